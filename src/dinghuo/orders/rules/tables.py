"""Order rules, delivery routes, calendars and quotas: data that orders are held to. Rules: docs/order-rules.md."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Integer, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint

from dinghuo.kit.tables import MONEY, QUANTITY, RATE, index, moment, one_of, reference, tenant_table, text, unique

RULE_KINDS = ("minimum", "freight", "delivery")
TARGETS = ("contract", "tier_region", "tier", "region", "channel", "base")
PERIODS = ("once", "day", "week", "month")

# One rule of each kind counts for an order: the most specific one, found as price lists are.
order_rule = tenant_table(
    "order_rule",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    text("kind"),
    # Null: of every selling organisation.
    Column("organisation_id", Uuid, nullable=True),
    text("target"),
    Column("customer_id", Uuid, nullable=True),
    Column("tier_id", Uuid, nullable=True),
    Column("region_id", Uuid, nullable=True),
    Column("channel_id", Uuid, nullable=True),
    # Organisation, kind and target in one word, so that two rules for the same orders clash by constraint.
    text("scope"),
    text("currency", default="CNY"),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=True),
    Column("active", Boolean, nullable=False, server_default="true"),
    # By kind: see orders.rules.terms.
    Column("terms", JSONB, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    unique("code"),
    one_of("kind", RULE_KINDS),
    one_of("target", TARGETS),
    reference("organisation", "organisation_id"),
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
        where=sql("active"),
        using="gist",
        name="ex_order_rule_overlap",
        deferrable=True,
        initially="IMMEDIATE",
    ),
)

work_calendar = tenant_table(
    "work_calendar",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    text("base"),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    unique("code"),
    one_of("base", ("china", "weekdays", "every_day")),
)
# The company's own days, whatever the base says of them.
calendar_day = tenant_table(
    "calendar_day",
    Column("calendar_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    text("kind"),
    text("name"),
    reference("work_calendar", "calendar_id"),
    one_of("kind", ("holiday", "working")),
    key=("calendar_id", "day"),
)

delivery_route = tenant_table(
    "delivery_route",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    # On which it is driven: 1 is Monday.
    Column("weekdays", ARRAY(Integer), nullable=False),
    # Instead of the delivery rule's, where they are said.
    text("cut_off", nullable=True),
    Column("lead_days", Integer, nullable=True),
    Column("calendar_id", Uuid, nullable=True),
    Column("active", Boolean, nullable=False, server_default="true"),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    unique("code"),
    reference("work_calendar", "calendar_id"),
    CheckConstraint("lead_days between 0 and 90", name="lead_days_range"),
)
index("ix_delivery_route_calendar", delivery_route.c.calendar_id)
# Which route a customer, or a region with all below it, is on: one.
route_stop = tenant_table(
    "route_stop",
    text("kind"),
    Column("target_id", Uuid, nullable=False),
    Column("route_id", Uuid, nullable=False),
    reference("delivery_route", "route_id"),
    one_of("kind", ("customer", "region")),
    key=("kind", "target_id"),
)
index("ix_route_stop_route", route_stop.c.route_id, route_stop.c.kind, route_stop.c.target_id)

quota = tenant_table(
    "quota",
    text("code"),
    text("name", nullable=True),
    Column("sku_id", Uuid, nullable=False),
    text("target"),
    Column("customer_id", Uuid, nullable=True),
    Column("tier_id", Uuid, nullable=True),
    Column("region_id", Uuid, nullable=True),
    Column("channel_id", Uuid, nullable=True),
    text("scope"),
    text("period"),
    # In base units, for each period anew.
    Column("quantity", QUANTITY, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=True),
    Column("active", Boolean, nullable=False, server_default="true"),
    # Whether what promotions give is taken of it too.
    Column("counts_gifts", Boolean, nullable=False, server_default="false"),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    unique("code"),
    one_of("target", TARGETS),
    one_of("period", PERIODS),
    reference("sku", "sku_id"),
    reference("customer", "customer_id"),
    reference("tier", "tier_id"),
    reference("region", "region_id"),
    reference("channel", "channel_id"),
    CheckConstraint("quantity >= 0", name="quantity_not_negative"),
    CheckConstraint("valid_until is null or valid_until >= valid_from", name="validity"),
)
index("ix_quota_sku", quota.c.sku_id, quota.c.code)

# What an order costs beside its lines. Its sums are those of lines and charges.
order_charge = tenant_table(
    "order_charge",
    Column("order_id", Uuid, nullable=False),
    Column("charge_no", Integer, nullable=False),
    text("kind"),
    # The code of the rule that asked for it, and its name then.
    text("rule"),
    text("name"),
    text("name_en", nullable=True),
    Column("tax_rate", RATE, nullable=True),
    Column("net", MONEY, nullable=False),
    Column("tax", MONEY, nullable=False),
    Column("gross", MONEY, nullable=False),
    Column("reason", JSONB, nullable=False),
    reference("sales_order", "order_id"),
    one_of("kind", ("freight",)),
    CheckConstraint("net + tax = gross", name="tax_adds_up"),
    key=("order_id", "charge_no"),
    lock_rank="lines",
)
