"""Blanket orders and their lines. What was called off of a line is its allotment's (accounts)."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Integer, Uuid

from dinghuo.kit.tables import QUANTITY, UNIT_PRICE, index, moment, one_of, reference, tenant_table, text, unique
from dinghuo.orders.blankets.states import BLANKET

blanket_order = tenant_table(
    "blanket_order",
    text("number"),
    Column("organisation_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    text("name"),
    text("state", default="draft"),
    text("currency"),
    Column("tax_inclusive", Boolean, nullable=False),
    Column("valid_from", Date, nullable=False),
    # The last day on which it can be called off.
    Column("valid_until", Date, nullable=False),
    text("customer_reference", nullable=True),
    text("note", nullable=True),
    Column("created_by", Uuid, nullable=True),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    reference("organisation", "organisation_id"),
    reference("customer", "customer_id"),
    unique("number"),
    one_of("state", BLANKET.states),
    CheckConstraint("valid_until >= valid_from", name="validity"),
    lock_rank="documents",
)
index("ix_blanket_order_customer", blanket_order.c.customer_id, blanket_order.c.id)
index("ix_blanket_order_running", blanket_order.c.valid_until, where=blanket_order.c.state == "active")

# The line's id is its allotment's, once the blanket order is active.
blanket_line = tenant_table(
    "blanket_line",
    Column("blanket_id", Uuid, nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("sku_id", Uuid, nullable=False),
    text("unit"),
    Column("quantity", QUANTITY, nullable=False),
    Column("base_quantity", QUANTITY, nullable=False),
    # Per `unit`, in the blanket order's currency and tax mode.
    Column("price", UNIT_PRICE, nullable=False),
    reference("blanket_order", "blanket_id"),
    reference("sku", "sku_id"),
    unique("blanket_id", "sku_id"),
    CheckConstraint("quantity > 0 and base_quantity > 0", name="quantity_positive"),
    CheckConstraint("price >= 0", name="price_not_negative"),
)
