"""Tenants and what belongs to one as a company. `tenant` and `host` are the only tables without a tenant_id."""

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Table, Text

from dinghuo.kit.tables import metadata, moment, one_of, tenant_table, text, unique

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
    unique("code"),
    one_of("tax_status", ("general", "small_scale", "exempt")),
    one_of("state", ("active", "closed")),
)
