"""Customers and the words by which prices, assortments and reports group them."""

from sqlalchemy import Boolean, CheckConstraint, Column, Integer, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from dinghuo.kit.tables import index, moment, one_of, reference, revision, tenant_table, text, unique

PAYMENT_TERMS = ("prepaid", "on_delivery", "credit_days", "monthly")
CUSTOMER_STATES = ("active", "blocked", "closed")
LIKENESSES = ("tax_number", "name", "mobile", "pinyin")

tier = tenant_table("tier", text("code"), text("name"), text("name_en", nullable=True), revision(), unique("code"))
region = tenant_table(
    "region",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    Column("parent_id", Uuid, nullable=True),
    # Who answers for it.
    Column("head_id", Uuid, nullable=True),
    revision(),
    unique("code"),
    reference("region", "parent_id"),
    reference("app_user", "head_id"),
)
channel = tenant_table(
    "channel", text("code"), text("name"), text("name_en", nullable=True), revision(), unique("code")
)

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
    # The customer that this one turned out to be: its code keeps meaning that one.
    Column("merged_into_id", Uuid, nullable=True),
    text("note", nullable=True),
    Column("attributes", JSONB, nullable=False, server_default="{}"),
    moment("created_at"),
    moment("updated_at"),
    revision(),
    unique("code"),
    reference("tier", "tier_id"),
    reference("region", "region_id"),
    reference("channel", "channel_id"),
    reference("customer", "parent_id"),
    reference("customer", "merged_into_id"),
    reference("app_user", "owner_id"),
    reference("department", "department_id"),
    one_of("payment_terms", PAYMENT_TERMS),
    one_of("state", CUSTOMER_STATES),
)
# What a list of customers is narrowed to, in the order of that list.
index("ix_customer_owner", customer.c.owner_id, customer.c.code)
index("ix_customer_department", customer.c.department_id, customer.c.code)
index("ix_customer_region", customer.c.region_id, customer.c.code)
index("ix_customer_parent", customer.c.parent_id, customer.c.code)
index("ix_customer_tier", customer.c.tier_id, customer.c.code)
index("ix_customer_channel", customer.c.channel_id, customer.c.code)
index("ix_customer_state", customer.c.state, customer.c.code)
index("ix_customer_merged", customer.c.merged_into_id, where=customer.c.merged_into_id.is_not(None))

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

# By what a customer is like another one: the number it pays tax by, its name, how that sounds, a telephone.
customer_likeness = tenant_table(
    "customer_likeness",
    text("kind"),
    Column("value", Text(collation="C"), nullable=False),
    Column("customer_id", Uuid, nullable=False),
    reference("customer", "customer_id"),
    one_of("kind", LIKENESSES),
    key=("kind", "value", "customer_id"),
)
index("ix_customer_likeness_customer", customer_likeness.c.customer_id)

# Two customers that may be one, the lower id first; what somebody decided about them is not asked again.
likely_duplicate = tenant_table(
    "likely_duplicate",
    Column("one_id", Uuid, nullable=False),
    Column("other_id", Uuid, nullable=False),
    Column("score", Integer, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    text("state", default="open"),
    moment("found_at"),
    reference("customer", "one_id"),
    reference("customer", "other_id"),
    one_of("state", ("open", "dismissed")),
    CheckConstraint("one_id < other_id", name="lower_first"),
    key=("one_id", "other_id"),
)
index(
    "ix_likely_duplicate_open",
    likely_duplicate.c.score,
    likely_duplicate.c.one_id,
    likely_duplicate.c.other_id,
    where=likely_duplicate.c.state == "open",
)
index("ix_likely_duplicate_other", likely_duplicate.c.other_id)

# A sales person was at a customer's. Ids are UUIDv7 of that moment.
visit = tenant_table(
    "visit",
    Column("customer_id", Uuid, nullable=False),
    # A user, or a system's key.
    Column("visitor_id", Uuid, nullable=False),
    text("visitor_name"),
    moment("at"),
    text("note", nullable=True),
    Column("latitude", Numeric(9, 6), nullable=True),
    Column("longitude", Numeric(9, 6), nullable=True),
    Column("accuracy_m", Integer, nullable=True),
    moment("created_at"),
    reference("customer", "customer_id"),
    CheckConstraint("(latitude is null) = (longitude is null)", name="place_whole"),
)
index("ix_visit_customer", visit.c.customer_id, visit.c.id)
index("ix_visit_visitor", visit.c.visitor_id, visit.c.id)
visit_photo = tenant_table(
    "visit_photo",
    Column("visit_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    text("sha256"),
    reference("visit", "visit_id"),
    reference("stored_file", "sha256", target=("sha256",)),
    key=("visit_id", "position"),
)
