"""Price lists. Validity and scope lie on the list, entries are unique within it: overlap is a constraint."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Integer, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from dinghuo.kit.tables import (
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
    unique("code"),
    one_of("kind", KINDS),
    one_of("state", ("draft", "published", "withdrawn")),
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
