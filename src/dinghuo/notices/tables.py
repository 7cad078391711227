"""Notices, whom they are for, who has read them; and what this module knows by name of those above it."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Integer, Text, Uuid, column
from sqlalchemy import table as named_table
from sqlalchemy.dialects.postgresql import JSONB

from dinghuo.kit.tables import index, moment, one_of, reference, tenant_table, text, unique
from dinghuo.notices.states import NOTICE

KINDS = ("notice", "policy", "banner")
AUDIENCE_KINDS = ("everyone", "tier", "region", "channel", "customer")

notice = tenant_table(
    "notice",
    text("kind"),
    text("title"),
    text("title_en", nullable=True),
    text("body"),
    text("body_en", nullable=True),
    text("picture", nullable=True),
    # Where a tap on it leads: `sku:CODE`, `category:CODE`, `notice:ID` or an address.
    text("link", nullable=True),
    # Files in their order: [{"sha256", "name"}].
    Column("attachments", JSONB, nullable=False, server_default="[]"),
    Column("pinned", Boolean, nullable=False, server_default="false"),
    Column("must_read", Boolean, nullable=False, server_default="false"),
    moment("valid_from", nullable=True),
    moment("valid_until", nullable=True),
    text("state", default="draft"),
    # From when on dealers see it: when it was published, or `valid_from`. What their list is sorted by.
    moment("shown_at", nullable=True),
    # Which `shown_at` was told to screens, once its moment had come.
    moment("told_at", nullable=True),
    moment("published_at", nullable=True),
    text("published_by", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    reference("stored_file", "picture", target=("sha256",)),
    one_of("kind", KINDS),
    one_of("state", NOTICE.states),
    CheckConstraint("(state = 'draft') = (shown_at is null)", name="shown_once_published"),
    CheckConstraint("valid_until > valid_from", name="valid_for_a_while"),
)
index("ix_notice_state", notice.c.state, notice.c.id)
index("ix_notice_kind", notice.c.kind, notice.c.id)
index("ix_notice_shown", notice.c.pinned, notice.c.shown_at, notice.c.id, where=notice.c.state == "published")

notice_audience = tenant_table(
    "notice_audience",
    Column("notice_id", Uuid, nullable=False),
    text("kind"),
    # What `kind` names: a customer, tier, region (with all below it) or channel; all zeros for everyone.
    Column("target_id", Uuid, nullable=False),
    reference("notice", "notice_id"),
    one_of("kind", AUDIENCE_KINDS),
    key=("notice_id", "kind", "target_id"),
)

notice_read = tenant_table(
    "notice_read",
    Column("notice_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    moment("read_at"),
    reference("notice", "notice_id"),
    reference("app_user", "user_id"),
    key=("notice_id", "user_id"),
)
index("ix_notice_read_user", notice_read.c.user_id, notice_read.c.notice_id)

# What one person is told. Whatever is told again in one group is told once.
message = tenant_table(
    "message",
    Column("group_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    text("kind"),
    text("title"),
    text("title_en"),
    text("body", default=""),
    text("body_en", default=""),
    # What it is about: `approval:ID`, `order:ID`.
    text("link", nullable=True),
    # Of dealers' people: for which of their companies.
    Column("customer_id", Uuid, nullable=True),
    moment("at"),
    moment("read_at", nullable=True),
    unique("group_id", "user_id"),
    reference("app_user", "user_id"),
)
index("ix_message_user", message.c.user_id, message.c.id)
index("ix_message_unread", message.c.user_id, message.c.id, where=message.c.read_at.is_(None))

# The company's own app in WeCom. `secret` is sealed (kit.vault).
wecom_app = tenant_table(
    "wecom_app",
    text("corp_id"),
    Column("agent_id", Integer, nullable=False),
    text("secret", nullable=True),
    Column("active", Boolean, nullable=False, server_default="false"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    key=(),
)

# Who somebody is in WeCom; one of each.
wecom_person = tenant_table(
    "wecom_person",
    Column("user_id", Uuid, nullable=False),
    text("wecom_user"),
    unique("wecom_user"),
    reference("app_user", "user_id"),
    key=("user_id",),
)

# Somebody is at WeCom's door and is to come back, once and soon, with the browser they went with. Both secrets are
# hashed; `user_id` is who was signed in already and wants to be known there.
wecom_visit = tenant_table(
    "wecom_visit",
    text("secret_hash"),
    text("browser_hash"),
    Column("user_id", Uuid, nullable=True),
    moment("expires_at"),
    reference("app_user", "user_id"),
)
index("ix_wecom_visit_expires", wecom_visit.c.expires_at)


def _above(name: str, *ids: str) -> Any:
    texts = [column(each, Text) for each in ("code", "name", "name_en")]
    columns = [column("tenant_id", BigInteger), column("id", Uuid), *texts]
    return named_table(name, *columns, *(column(id, Uuid) for id in ids))


# Customers and their words lie above this module: named by table, never imported.
CUSTOMER = _above("customer", "tier_id", "region_id", "channel_id", "owner_id", "department_id")
TIER = _above("tier")
REGION = _above("region", "parent_id")
CHANNEL = _above("channel")
TARGETS = {"tier": TIER, "region": REGION, "channel": CHANNEL, "customer": CUSTOMER}
