"""Shopping lists of dealers, whose orders need a colleague's consent, and how a seller wants their portal to be.

Carts are drafts of `orders`.
"""

from sqlalchemy import Boolean, CheckConstraint, Column, Integer, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from dinghuo.kit.tables import MONEY, QUANTITY, moment, reference, revision, tenant_table, text, unique

# Shared by all users of the customer.
shopping_list = tenant_table(
    "shopping_list",
    Column("customer_id", Uuid, nullable=False),
    text("name"),
    Column("updated_by", Uuid, nullable=True),
    text("updated_by_name"),
    moment("created_at"),
    moment("updated_at"),
    revision(),
    reference("customer", "customer_id"),
    unique("customer_id", "name"),
)
shopping_list_line = tenant_table(
    "shopping_list_line",
    Column("list_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("sku_id", Uuid, nullable=False),
    text("unit"),
    Column("quantity", QUANTITY, nullable=False),
    reference("shopping_list", "list_id"),
    reference("sku", "sku_id"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    key=("list_id", "position"),
)

portal_setting = tenant_table(
    "portal_setting", text("name"), Column("value", JSONB, nullable=False), revision(), key=("name",)
)

# Which orders of a dealer need the consent of one of their own who may approve, as their administrator wants it.
consent_rule = tenant_table(
    "consent_rule",
    Column("customer_id", Uuid, nullable=False),
    Column("active", Boolean, nullable=False, server_default="false"),
    # Of this amount (with tax, in the customer's currency) and less none is needed; null: for every order.
    Column("above", MONEY, nullable=True),
    # Whose orders; empty: everybody's.
    Column("buyers", ARRAY(Uuid), nullable=False, server_default="{}"),
    moment("updated_at"),
    text("updated_by_name"),
    revision(),
    reference("customer", "customer_id"),
    CheckConstraint("above > 0", name="above_nothing"),
    key=("customer_id",),
)
