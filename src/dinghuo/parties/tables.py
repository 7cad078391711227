"""Customers and the words by which prices, assortments and reports group them."""

from sqlalchemy import Boolean, Column, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from dinghuo.kit.tables import index, moment, one_of, reference, tenant_table, text, unique

PAYMENT_TERMS = ("prepaid", "on_delivery", "credit_days", "monthly")
CUSTOMER_STATES = ("active", "blocked", "closed")

tier = tenant_table("tier", text("code"), text("name"), text("name_en", nullable=True), unique("code"))
region = tenant_table(
    "region",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    Column("parent_id", Uuid, nullable=True),
    unique("code"),
    reference("region", "parent_id"),
)
channel = tenant_table("channel", text("code"), text("name"), text("name_en", nullable=True), unique("code"))

customer = tenant_table(
    "customer",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    # ISO 3166: whose tax numbers and addresses it has.
    text("country", default="CN"),
    text("tax_number", nullable=True),
    Column("tier_id", Uuid, nullable=True),
    Column("region_id", Uuid, nullable=True),
    Column("channel_id", Uuid, nullable=True),
    Column("parent_id", Uuid, nullable=True),
    # Data scopes: the sales person who owns the customer, and the department that answers for it.
    Column("owner_id", Uuid, nullable=True),
    Column("department_id", Uuid, nullable=True),
    text("currency", default="CNY"),
    text("payment_terms", default="prepaid"),
    Column("payment_days", Integer, nullable=False, server_default="0"),
    text("language", default="zh"),
    text("state", default="active"),
    text("note", nullable=True),
    Column("attributes", JSONB, nullable=False, server_default="{}"),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    unique("code"),
    reference("tier", "tier_id"),
    reference("region", "region_id"),
    reference("channel", "channel_id"),
    reference("customer", "parent_id"),
    reference("app_user", "owner_id"),
    reference("department", "department_id"),
    one_of("payment_terms", PAYMENT_TERMS),
    one_of("state", CUSTOMER_STATES),
)
index("ix_customer_owner", customer.c.owner_id, customer.c.id)
index("ix_customer_department", customer.c.department_id, customer.c.id)
index("ix_customer_region", customer.c.region_id, customer.c.id)
index("ix_customer_parent", customer.c.parent_id, customer.c.id)

contact = tenant_table(
    "contact",
    Column("customer_id", Uuid, nullable=False),
    text("name"),
    text("mobile", nullable=True),
    text("email", nullable=True),
    text("title", nullable=True),
    Column("is_main", Boolean, nullable=False, server_default="false"),
    reference("customer", "customer_id"),
)
index("ix_contact_customer", contact.c.customer_id)

address = tenant_table(
    "address",
    Column("customer_id", Uuid, nullable=False),
    text("label", nullable=True),
    text("recipient"),
    text("mobile", nullable=True),
    text("province", nullable=True),
    text("city", nullable=True),
    text("district", nullable=True),
    Column("street", Text, nullable=False),
    text("postcode", nullable=True),
    text("country", default="CN"),
    Column("is_default", Boolean, nullable=False, server_default="false"),
    reference("customer", "customer_id"),
)
index("ix_address_customer", address.c.customer_id)
