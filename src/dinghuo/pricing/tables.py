"""Price lists and promotions. Validity and scope lie on the list, entries are unique within it: overlap is a
constraint."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Integer, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint

from dinghuo.kit.tables import (
    MONEY,
    QUANTITY,
    UNIT_PRICE,
    index,
    moment,
    one_of,
    reference,
    tenant_table,
    text,
    unique,
)

KINDS = ("contract", "tier_region", "tier", "region", "channel", "base")
PROMOTION_KINDS = ("percent", "amount_off", "fixed_price", "bundle", "spend_save", "buy_get")
AUDIENCE_KINDS = ("customer", "tier", "region", "channel")
ITEM_KINDS = ("sku", "product", "category", "brand")

price_list = tenant_table(
    "price_list",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    text("kind"),
    Column("customer_id", Uuid, nullable=True),
    Column("tier_id", Uuid, nullable=True),
    Column("region_id", Uuid, nullable=True),
    Column("channel_id", Uuid, nullable=True),
    # kind and whom it is for in one word, e.g. `tier_region:<tier>:<region>`; never null, so it can be unique.
    text("scope"),
    text("currency", default="CNY"),
    Column("tax_inclusive", Boolean, nullable=False, server_default="true"),
    Column("valid_from", Date, nullable=False),
    # The last day it holds; null = until further notice.
    Column("valid_until", Date, nullable=True),
    text("state", default="draft"),
    # Grows with every published change of an entry: what price caches are keyed by.
    Column("version", BigInteger, nullable=False, server_default="1"),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    # Whether somebody is being asked to let it be published; until then nothing of it changes.
    Column("waits", Boolean, nullable=False, server_default="false"),
    # What became of the last time: rejected, withdrawn, or that it no longer fits.
    text("last_outcome", nullable=True),
    unique("code"),
    one_of("kind", KINDS),
    one_of("state", ("draft", "published", "withdrawn")),
    CheckConstraint("not (waits and state = 'published')", name="waits_to_be_published"),
    reference("customer", "customer_id"),
    reference("tier", "tier_id"),
    reference("region", "region_id"),
    reference("channel", "channel_id"),
    CheckConstraint("valid_until is null or valid_until >= valid_from", name="validity"),
    ExcludeConstraint(
        ("tenant_id", "="),
        ("scope", "="),
        ("currency", "="),
        (sql("daterange(valid_from, valid_until, '[]')"), "&&"),
        where=sql("state = 'published'"),
        using="gist",
        name="ex_price_list_overlap",
        # Checked after each statement, not each row: two lists may exchange their dates.
        deferrable=True,
        initially="IMMEDIATE",
    ),
)

price_entry = tenant_table(
    "price_entry",
    Column("list_id", Uuid, nullable=False),
    Column("sku_id", Uuid, nullable=False),
    text("unit"),
    # From this quantity on, in `unit`.
    Column("minimum_quantity", QUANTITY, nullable=False, server_default="0"),
    # Per `unit`, in the list's currency and tax mode.
    Column("price", UNIT_PRICE, nullable=False),
    reference("price_list", "list_id"),
    reference("sku_unit", "sku_id", "unit", target=("sku_id", "unit")),
    CheckConstraint("price >= 0", name="price_not_negative"),
    CheckConstraint("minimum_quantity >= 0", name="minimum_not_negative"),
    key=("list_id", "sku_id", "unit", "minimum_quantity"),
)
index("ix_price_entry_sku", price_entry.c.sku_id)

# What is granted for a while beside the price lists (docs/promotions.md). Amounts are tax-inclusive.
promotion = tenant_table(
    "promotion",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    text("kind"),
    text("state", default="draft"),
    text("currency", default="CNY"),
    moment("valid_from"),
    # The moment it ends; null = until further notice.
    moment("valid_until", nullable=True),
    # What a step's `from` counts: the amount or the quantity (in sales units) of all lines that it holds for.
    text("measure", nullable=True),
    # [{"from": "1000.00", "value": "100.00"}, …], rising; what a value means is said by the kind.
    Column("steps", JSONB, nullable=False, server_default="[]"),
    Column("repeats", Boolean, nullable=False, server_default="false"),
    Column("bundle_price", MONEY, nullable=True),
    # Null on a buy_get: the SKU that was bought.
    Column("gift_sku_id", Uuid, nullable=True),
    text("gift_unit", nullable=True),
    Column("priority", Integer, nullable=False, server_default="0"),
    text("exclusion_group", nullable=True),
    Column("stackable", Boolean, nullable=False, server_default="false"),
    Column("first_order_only", Boolean, nullable=False, server_default="false"),
    Column("coupon_required", Boolean, nullable=False, server_default="false"),
    # How much may be granted in all and to each customer, by amount and by number of orders; null is unlimited.
    # What was taken of it stands in `budget`.
    Column("budget", MONEY, nullable=True),
    Column("customer_budget", MONEY, nullable=True),
    Column("uses", Integer, nullable=True),
    Column("customer_uses", Integer, nullable=True),
    moment("published_at", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    unique("code"),
    one_of("kind", PROMOTION_KINDS),
    one_of("state", ("draft", "published", "withdrawn")),
    one_of("measure", ("amount", "quantity")),
    reference("sku_unit", "gift_sku_id", "gift_unit", target=("sku_id", "unit")),
    CheckConstraint("valid_until > valid_from", name="validity"),
    CheckConstraint("bundle_price >= 0", name="bundle_price_not_negative"),
    CheckConstraint("budget >= 0 and customer_budget >= 0 and uses >= 0 and customer_uses >= 0", name="bounds"),
)
index("ix_promotion_published", promotion.c.id, where=promotion.c.state == "published")

# Whom it is for; without any row everyone.
promotion_audience = tenant_table(
    "promotion_audience",
    Column("promotion_id", Uuid, nullable=False),
    text("kind"),
    Column("target_id", Uuid, nullable=False),
    reference("promotion", "promotion_id"),
    one_of("kind", AUDIENCE_KINDS),
    key=("promotion_id", "kind", "target_id"),
)
index("ix_promotion_audience_target", promotion_audience.c.target_id)

# Which goods it holds for, a category with all below it; without any row all goods.
promotion_item = tenant_table(
    "promotion_item",
    Column("promotion_id", Uuid, nullable=False),
    text("kind"),
    Column("target_id", Uuid, nullable=False),
    # Of a SKU: its special price per unit, or how much of it belongs to a bundle.
    text("unit", nullable=True),
    Column("quantity", QUANTITY, nullable=True),
    Column("price", UNIT_PRICE, nullable=True),
    reference("promotion", "promotion_id"),
    one_of("kind", ITEM_KINDS),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    CheckConstraint("price >= 0", name="price_not_negative"),
    key=("promotion_id", "kind", "target_id"),
)
index("ix_promotion_item_target", promotion_item.c.target_id)

coupon = tenant_table(
    "coupon",
    text("code"),
    Column("promotion_id", Uuid, nullable=False),
    # Whose it is; null is anybody's whom the promotion is for.
    Column("customer_id", Uuid, nullable=True),
    # How many orders may use it; null is unlimited.
    Column("uses", Integer, nullable=True, server_default="1"),
    Column("active", Boolean, nullable=False, server_default="true"),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    unique("code"),
    reference("promotion", "promotion_id"),
    reference("customer", "customer_id"),
    CheckConstraint("uses > 0", name="uses_positive"),
)
index("ix_coupon_promotion", coupon.c.promotion_id, coupon.c.code)
index("ix_coupon_customer", coupon.c.customer_id, coupon.c.code, where=coupon.c.customer_id.is_not(None))
