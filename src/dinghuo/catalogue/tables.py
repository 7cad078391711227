"""Products are described; SKUs are ordered, stocked and priced. Units are exact ratios to the base unit."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Integer, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from dinghuo.kit.tables import (
    QUANTITY,
    RATE,
    UNIT_PRICE,
    index,
    moment,
    one_of,
    reference,
    revision,
    tenant_table,
    text,
    unique,
)

AUDIENCE_KINDS = ("everyone", "customer", "tier", "region", "channel")
ITEM_KINDS = ("everything", "sku", "product", "category", "brand")
SUPPLY_POLICIES = ("refuse", "backorder", "presell", "untracked")

category = tenant_table(
    "category",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    Column("parent_id", Uuid, nullable=True),
    Column("position", Integer, nullable=False, server_default="0"),
    revision(),
    unique("code"),
    reference("category", "parent_id"),
)
brand = tenant_table("brand", text("code"), text("name"), text("name_en", nullable=True), revision(), unique("code"))
unit = tenant_table("unit", text("code"), text("name"), text("name_en", nullable=True), revision(), key=("code",))

product = tenant_table(
    "product",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    Column("category_id", Uuid, nullable=True),
    Column("brand_id", Uuid, nullable=True),
    text("description", nullable=True),
    text("state", default="active"),
    Column("attributes", JSONB, nullable=False, server_default="{}"),
    moment("created_at"),
    moment("updated_at"),
    revision(),
    unique("code"),
    reference("category", "category_id"),
    reference("brand", "brand_id"),
    one_of("state", ("active", "discontinued")),
)
# What a list is narrowed to, in the order of that list.
index("ix_product_category", product.c.category_id, product.c.code)
index("ix_product_brand", product.c.brand_id, product.c.code)
index("ix_product_state", product.c.state, product.c.code)

sku = tenant_table(
    "sku",
    Column("product_id", Uuid, nullable=False),
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    text("specification", nullable=True),
    text("base_unit"),
    # The unit an order line means when it names none.
    text("sales_unit"),
    Column("minimum_quantity", QUANTITY, nullable=True),
    Column("multiple", QUANTITY, nullable=True),
    Column("tax_rate", RATE, nullable=True),
    text("supply_policy", default="refuse"),
    Column("weight_grams", BigInteger, nullable=True),
    text("state", default="active"),
    Column("attributes", JSONB, nullable=False, server_default="{}"),
    moment("created_at"),
    moment("updated_at"),
    revision(),
    unique("code"),
    reference("product", "product_id"),
    reference("unit", "base_unit", target=("code",)),
    reference("unit", "sales_unit", target=("code",)),
    one_of("supply_policy", SUPPLY_POLICIES),
    one_of("state", ("active", "discontinued")),
    CheckConstraint("minimum_quantity > 0", name="minimum_positive"),
    CheckConstraint("multiple > 0", name="multiple_positive"),
    CheckConstraint("tax_rate >= 0 and tax_rate < 1", name="tax_rate_range"),
)
index("ix_sku_product", sku.c.product_id)
index("ix_sku_state", sku.c.state, sku.c.code)
index("ix_sku_supply_policy", sku.c.supply_policy, sku.c.code)

sku_unit = tenant_table(
    "sku_unit",
    Column("sku_id", Uuid, nullable=False),
    text("unit"),
    # 1 of this unit = numerator / denominator base units.
    Column("numerator", Integer, nullable=False),
    Column("denominator", Integer, nullable=False, server_default="1"),
    text("barcode", nullable=True),
    reference("sku", "sku_id"),
    reference("unit", "unit", target=("code",)),
    CheckConstraint("numerator > 0 and denominator > 0", name="ratio_positive"),
    key=("sku_id", "unit"),
)
index("ix_sku_unit_barcode", sku_unit.c.barcode, where=sku_unit.c.barcode.is_not(None))

sku_cost = tenant_table(
    "sku_cost",
    Column("sku_id", Uuid, nullable=False),
    Column("valid_from", Date, nullable=False),
    # Per base unit, without tax, in the tenant's currency.
    Column("cost", UNIT_PRICE, nullable=False),
    reference("sku", "sku_id"),
    CheckConstraint("cost >= 0", name="cost_not_negative"),
    key=("sku_id", "valid_from"),
)

sku_floor = tenant_table(
    "sku_floor",
    Column("sku_id", Uuid, nullable=False),
    Column("valid_from", Date, nullable=False),
    # The least for one base unit, without tax, in the tenant's currency.
    Column("floor", UNIT_PRICE, nullable=False),
    reference("sku", "sku_id"),
    CheckConstraint("floor >= 0", name="floor_not_negative"),
    key=("sku_id", "valid_from"),
)

# Pictures of products, the first one first; of one SKU where that is named.
product_media = tenant_table(
    "product_media",
    Column("product_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("sku_id", Uuid, nullable=True),
    text("sha256"),
    reference("product", "product_id"),
    reference("sku", "sku_id"),
    reference("stored_file", "sha256", target=("sha256",)),
    key=("product_id", "position"),
)
index("ix_product_media_sku", product_media.c.sku_id, where=product_media.c.sku_id.is_not(None))
index("ix_product_media_sha256", product_media.c.sha256)

# What comes with a product to be read: data sheets, certificates.
product_attachment = tenant_table(
    "product_attachment",
    Column("product_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    text("name"),
    text("sha256"),
    reference("product", "product_id"),
    reference("stored_file", "sha256", target=("sha256",)),
    key=("product_id", "position"),
)
index("ix_product_attachment_sha256", product_attachment.c.sha256)

# An assortment says which goods (items) are sold, or not sold, to which customers (audience).
assortment = tenant_table(
    "assortment",
    text("code"),
    text("name"),
    text("mode", default="allow"),
    Column("active", Boolean, nullable=False, server_default="true"),
    moment("created_at"),
    moment("updated_at"),
    revision(),
    unique("code"),
    one_of("mode", ("allow", "deny")),
)
assortment_audience = tenant_table(
    "assortment_audience",
    Column("assortment_id", Uuid, nullable=False),
    text("kind"),
    # What `kind` names: a customer, tier, region (with all below it) or channel; all zeros for everyone.
    Column("target_id", Uuid, nullable=False),
    reference("assortment", "assortment_id"),
    one_of("kind", AUDIENCE_KINDS),
    key=("assortment_id", "kind", "target_id"),
)
assortment_item = tenant_table(
    "assortment_item",
    Column("assortment_id", Uuid, nullable=False),
    text("kind"),
    # A SKU, product, category (with all below it) or brand; all zeros for everything.
    Column("target_id", Uuid, nullable=False),
    reference("assortment", "assortment_id"),
    one_of("kind", ITEM_KINDS),
    key=("assortment_id", "kind", "target_id"),
)
