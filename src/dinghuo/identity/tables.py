"""Tenants and what belongs to one as a company. `tenant` and `host` are the only tables without a tenant_id."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from dinghuo.kit.tables import MOMENT, index, metadata, moment, one_of, reference, tenant_table, text, unique

SCOPES = ("own", "department", "region", "all")
AUDIENCES = ("staff", "dealer")


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default="false")


def _revision() -> Column[int]:
    return Column("revision", Integer, nullable=False, server_default="1")


def _field_rights() -> list[Column[bool]]:
    return [_flag("sees_cost"), _flag("sees_margin"), _flag("sees_price")]


tenant = Table(
    "tenant",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    text("name"),
    text("time_zone", default="Asia/Shanghai"),
    text("currency", default="CNY"),
    text("language", default="zh"),
    text("state", default="active"),
    moment("created_at"),
    _revision(),
    one_of("state", ("active", "suspended")),
)

host = Table(
    "host",
    metadata,
    Column("name", Text, primary_key=True),
    Column("tenant", BigInteger, ForeignKey("tenant.id"), nullable=False),
)

organisation = tenant_table(
    "organisation",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    text("tax_number", nullable=True),
    text("tax_status", default="general"),
    text("currency", default="CNY"),
    text("bank_account", nullable=True),
    text("number_prefix", default=""),
    text("state", default="active"),
    moment("created_at"),
    _revision(),
    unique("code"),
    one_of("tax_status", ("general", "small_scale", "exempt")),
    one_of("state", ("active", "closed")),
)

department = tenant_table(
    "department",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    Column("parent_id", Uuid, nullable=True),
    Column("head_id", Uuid, nullable=True),
    moment("created_at"),
    _revision(),
    unique("code"),
    reference("department", "parent_id"),
    # Users name their department and departments their head: one of the two references is made afterwards.
    ForeignKeyConstraint(["tenant_id", "head_id"], ["app_user.tenant_id", "app_user.id"], use_alter=True),
)

# `user` is a reserved word of SQL.
app_user = tenant_table(
    "app_user",
    text("audience"),
    text("login"),
    text("name"),
    text("email", nullable=True),
    text("mobile", nullable=True),
    text("language", default="zh"),
    Column("department_id", Uuid, nullable=True),
    text("password_hash", nullable=True),
    _flag("must_change_password"),
    text("totp_secret", nullable=True),
    moment("totp_confirmed_at", nullable=True),
    # The last step a code was accepted for: no code works twice.
    Column("totp_step", BigInteger, nullable=True),
    text("state", default="active"),
    moment("created_at"),
    moment("updated_at"),
    _revision(),
    unique("login"),
    reference("department", "department_id"),
    one_of("audience", AUDIENCES),
    one_of("state", ("active", "disabled")),
)
index("ix_app_user_name", app_user.c.name, app_user.c.id)
# What a list of users is narrowed to, in the order of that list.
index("ix_app_user_audience", app_user.c.audience, app_user.c.login)
index("ix_app_user_state", app_user.c.state, app_user.c.login)
index("ix_app_user_department", app_user.c.department_id, app_user.c.login)

role = tenant_table(
    "role",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    text("audience"),
    text("scope", default="own"),
    *_field_rights(),
    _flag("requires_totp"),
    moment("created_at"),
    _revision(),
    unique("code"),
    one_of("audience", AUDIENCES),
    one_of("scope", SCOPES),
)
role_permission = tenant_table(
    "role_permission",
    Column("role_id", Uuid, nullable=False),
    text("permission"),
    reference("role", "role_id"),
    key=("role_id", "permission"),
)
user_role = tenant_table(
    "user_role",
    Column("user_id", Uuid, nullable=False),
    Column("role_id", Uuid, nullable=False),
    reference("app_user", "user_id"),
    reference("role", "role_id"),
    key=("user_id", "role_id"),
)
index("ix_user_role_role", user_role.c.role_id)

# The customers a dealer's user belongs to and the regions a sales person answers for lie above this module:
# named by table, never imported (see reach.py).
user_customer = tenant_table(
    "user_customer",
    Column("user_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    reference("app_user", "user_id"),
    reference("customer", "customer_id"),
    key=("user_id", "customer_id"),
)
index("ix_user_customer_customer", user_customer.c.customer_id)
# Roles somebody has in one of their companies only: invitations give these. Those of `user_role` hold in all.
user_customer_role = tenant_table(
    "user_customer_role",
    Column("user_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("role_id", Uuid, nullable=False),
    # Who leaves a company leaves its roles.
    ForeignKeyConstraint(
        ["tenant_id", "user_id", "customer_id"],
        ["user_customer.tenant_id", "user_customer.user_id", "user_customer.customer_id"],
        ondelete="CASCADE",
    ),
    reference("role", "role_id"),
    key=("user_id", "customer_id", "role_id"),
)
index("ix_user_customer_role_role", user_customer_role.c.role_id)
user_region = tenant_table(
    "user_region",
    Column("user_id", Uuid, nullable=False),
    Column("region_id", Uuid, nullable=False),
    reference("app_user", "user_id"),
    reference("region", "region_id"),
    key=("user_id", "region_id"),
)

session = tenant_table(
    "session",
    Column("user_id", Uuid, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    moment("created_at"),
    moment("seen_at"),
    # Slides with use, never beyond `ends_at`.
    moment("expires_at"),
    moment("ends_at"),
    moment("revoked_at", nullable=True),
    text("address"),
    text("agent"),
    reference("app_user", "user_id"),
)
index("ix_session_user", session.c.user_id, session.c.id)

recovery_code = tenant_table(
    "recovery_code",
    Column("user_id", Uuid, nullable=False),
    Column("code_hash", LargeBinary, nullable=False),
    reference("app_user", "user_id"),
    key=("user_id", "code_hash"),
)

api_key = tenant_table(
    "api_key",
    text("name"),
    # Whose key it is: it can do what its user can at the moment. None: a system's key, which stands by itself.
    Column("user_id", Uuid, nullable=True),
    Column("permissions", ARRAY(Text), nullable=False),
    text("scope", default="all"),
    Column("department_ids", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("region_ids", ARRAY(Uuid), nullable=False, server_default="{}"),
    *_field_rights(),
    Column("secret_hash", LargeBinary, nullable=False),
    # While a secret is being rotated the one before works too.
    Column("previous_hash", LargeBinary, nullable=True),
    moment("previous_until", nullable=True),
    moment("expires_at", nullable=True),
    moment("revoked_at", nullable=True),
    moment("used_at", nullable=True),
    # Unset when it was made on the command line.
    Column("created_by", Uuid, nullable=True),
    moment("created_at"),
    reference("app_user", "user_id"),
    reference("app_user", "created_by"),
    one_of("scope", ("department", "region", "all")),
)
index("ix_api_key_user", api_key.c.user_id, api_key.c.id)

# Attempts to sign in within the window, by account and by address.
sign_in_window = tenant_table(
    "sign_in_window",
    text("subject"),
    Column("moments", ARRAY(MOMENT), nullable=False),
    moment("last_at"),
    key=("subject",),
)
index("ix_sign_in_window_last", sign_in_window.c.last_at)

# A person asked to come to a customer's portal. Whoever holds the link may accept it, once.
invitation = tenant_table(
    "invitation",
    Column("customer_id", Uuid, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("role_ids", ARRAY(Uuid), nullable=False),
    text("name", nullable=True),
    text("mobile", nullable=True),
    text("email", nullable=True),
    text("invited_by"),
    moment("created_at"),
    moment("expires_at"),
    moment("revoked_at", nullable=True),
    moment("accepted_at", nullable=True),
    Column("accepted_by", Uuid, nullable=True),
    reference("customer", "customer_id"),
    reference("app_user", "accepted_by"),
    CheckConstraint("(accepted_at is null) = (accepted_by is null)", name="accepted_whole"),
)
index("ix_invitation_customer", invitation.c.customer_id, invitation.c.id)

# The company's own mini-program. `secret` is sealed (kit.vault).
wechat_app = tenant_table(
    "wechat_app",
    text("app_id"),
    text("secret", nullable=True),
    _flag("active"),
    moment("updated_at"),
    _revision(),
    key=(),
)

# Who somebody is to a mini-program; one of each.
wechat_binding = tenant_table(
    "wechat_binding",
    text("app_id"),
    text("openid"),
    Column("user_id", Uuid, nullable=False),
    moment("bound_at"),
    unique("user_id"),
    reference("app_user", "user_id"),
    key=("app_id", "openid"),
)

# What somebody looked at in a list, to come back to; shared ones are everybody's to look at.
saved_view = tenant_table(
    "saved_view",
    # A user, or a system's key.
    Column("owner_id", Uuid, nullable=False),
    text("owner_name"),
    text("list"),
    text("name"),
    text("query"),
    _flag("shared"),
    Column("position", Integer, nullable=False),
    moment("updated_at"),
    _revision(),
    unique("owner_id", "list", "name"),
)
index("ix_saved_view_shared", saved_view.c.list, saved_view.c.name, where=saved_view.c.shared)
