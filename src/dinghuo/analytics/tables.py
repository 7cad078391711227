"""Sums by day of what was ordered and not called off. Worked out from the orders; any day can be worked out again."""

from sqlalchemy import Boolean, Column, Date, Integer, Uuid

from dinghuo.kit.tables import MONEY, QUANTITY, index, moment, tenant_table, text

# By days of the tenant's zone, up to yesterday; today is read from the orders themselves.
sales_day = tenant_table(
    "sales_day",
    Column("day", Date, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    # How the orders came in.
    text("channel"),
    text("currency"),
    Column("orders", Integer, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("net", MONEY, nullable=False),
    Column("gross", MONEY, nullable=False),
    key=("day", "customer_id", "channel", "currency"),
)
index("ix_sales_day_customer", sales_day.c.customer_id, sales_day.c.day)

sku_day = tenant_table(
    "sku_day",
    Column("day", Date, nullable=False),
    Column("sku_id", Uuid, nullable=False),
    text("currency"),
    Column("lines", Integer, nullable=False),
    Column("quantity", QUANTITY, nullable=False),
    Column("net", MONEY, nullable=False),
    Column("gross", MONEY, nullable=False),
    key=("day", "sku_id", "currency"),
)

# Which days have orders, and whether these have changed since the day's sums were worked out.
counted_day = tenant_table(
    "counted_day",
    Column("day", Date, nullable=False),
    Column("dirty", Boolean, nullable=False),
    moment("counted_at", nullable=True),
    key=("day",),
)
index("ix_counted_day_dirty", counted_day.c.day, where=counted_day.c.dirty)
