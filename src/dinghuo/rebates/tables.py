"""Agreements about rebates, what has accrued under them, document by document, and what was settled."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from dinghuo.accounts.rebate_tables import KINDS
from dinghuo.kit.tables import (
    MONEY,
    QUANTITY,
    index,
    moment,
    one_of,
    reference,
    revision,
    tenant_table,
    text,
    unique,
)

MEASURES = ("net", "gross", "quantity")
METHODS = ("whole", "slice")
PERIODS = ("month", "quarter", "year", "term")
AUDIENCE_KINDS = ("customer", "tier", "region", "channel")
ITEM_KINDS = ("sku", "product", "category", "brand")
DOCUMENTS = ("order", "historical_return")

rebate_agreement = tenant_table(
    "rebate_agreement",
    text("code"),
    text("name"),
    text("name_en", nullable=True),
    Column("organisation_id", Uuid, nullable=False),
    text("currency", default="CNY"),
    text("measure"),
    text("method", default="whole"),
    text("period"),
    # [{"from": "10000", "value": "2"}, …], rising: percent of amounts, or an amount for each base unit.
    Column("steps", JSONB, nullable=False, server_default="[]"),
    text("settle_as", default="credit"),
    # Branches count with the company at the top of theirs, which has the rebate.
    Column("with_branches", Boolean, nullable=False, server_default="false"),
    # Only what is more than in the same period of last year counts.
    Column("over_last_year", Boolean, nullable=False, server_default="false"),
    Column("valid_from", Date, nullable=False),
    # The last day; null = until further notice.
    Column("valid_until", Date, nullable=True),
    Column("active", Boolean, nullable=False, server_default="true"),
    # When all that it looks at was last looked at.
    moment("counted_at", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    revision(),
    unique("code"),
    reference("organisation", "organisation_id"),
    one_of("measure", MEASURES),
    one_of("method", METHODS),
    one_of("period", PERIODS),
    one_of("settle_as", KINDS),
    CheckConstraint("valid_until >= valid_from", name="validity"),
    CheckConstraint("period <> 'term' or valid_until is not null", name="term_ends"),
    lock_rank="documents",
)

# Whom it is for; without any row everyone.
rebate_audience = tenant_table(
    "rebate_audience",
    Column("agreement_id", Uuid, nullable=False),
    text("kind"),
    Column("target_id", Uuid, nullable=False),
    reference("rebate_agreement", "agreement_id"),
    one_of("kind", AUDIENCE_KINDS),
    key=("agreement_id", "kind", "target_id"),
)
index("ix_rebate_audience_target", rebate_audience.c.target_id)

# Which goods count, a category with all below it; without any row that is not excluded all goods.
rebate_item = tenant_table(
    "rebate_item",
    Column("agreement_id", Uuid, nullable=False),
    text("kind"),
    Column("target_id", Uuid, nullable=False),
    Column("excluded", Boolean, nullable=False, server_default="false"),
    reference("rebate_agreement", "agreement_id"),
    one_of("kind", ITEM_KINDS),
    key=("agreement_id", "kind", "target_id"),
)
index("ix_rebate_item_target", rebate_item.c.target_id)

# What a customer has bought of what counts in one period, what that earns, and how much of it was settled.
rebate_accrual = tenant_table(
    "rebate_accrual",
    Column("agreement_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("period_from", Date, nullable=False),
    Column("period_until", Date, nullable=False),
    Column("amount", MONEY, nullable=False, server_default="0"),
    Column("quantity", QUANTITY, nullable=False, server_default="0"),
    Column("earned", MONEY, nullable=False, server_default="0"),
    Column("settled", MONEY, nullable=False, server_default="0"),
    moment("updated_at"),
    unique("agreement_id", "customer_id", "period_from"),
    reference("rebate_agreement", "agreement_id"),
    reference("customer", "customer_id"),
    CheckConstraint("earned >= 0 and settled >= 0", name="not_negative"),
    lock_rank="lines",
)
index("ix_rebate_accrual_period", rebate_accrual.c.period_from, rebate_accrual.c.id)
index("ix_rebate_accrual_customer", rebate_accrual.c.customer_id, rebate_accrual.c.period_from, rebate_accrual.c.id)
index("ix_rebate_accrual_agreement", rebate_accrual.c.agreement_id, rebate_accrual.c.period_from, rebate_accrual.c.id)
index(
    "ix_rebate_accrual_due",
    rebate_accrual.c.period_until,
    rebate_accrual.c.id,
    where=rebate_accrual.c.earned != rebate_accrual.c.settled,
)

# Which document brought how much of it, and took it back: the differences, in the order they were found.
rebate_sale = tenant_table(
    "rebate_sale",
    Column("accrual_id", Uuid, nullable=False),
    moment("at"),
    text("document_kind"),
    Column("document_id", Uuid, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("quantity", QUANTITY, nullable=False),
    reference("rebate_accrual", "accrual_id"),
    one_of("document_kind", DOCUMENTS),
    CheckConstraint("amount <> 0 or quantity <> 0", name="moves_something"),
)
index("ix_rebate_sale_accrual", rebate_sale.c.accrual_id, rebate_sale.c.id)
index("ix_rebate_sale_document", rebate_sale.c.document_id)

rebate_settlement = tenant_table(
    "rebate_settlement",
    # Periods that ended on this day or before.
    Column("until", Date, nullable=False),
    Column("total", MONEY, nullable=False),
    text("note", nullable=True),
    moment("settled_at"),
    Column("settled_by", Uuid, nullable=True),
    text("settled_by_name"),
)

rebate_settlement_line = tenant_table(
    "rebate_settlement_line",
    Column("settlement_id", Uuid, nullable=False),
    Column("accrual_id", Uuid, nullable=False),
    # What was settled before, what was earned by then, and what this came to.
    Column("before", MONEY, nullable=False),
    Column("earned", MONEY, nullable=False),
    Column("amount", MONEY, nullable=False),
    reference("rebate_settlement", "settlement_id"),
    reference("rebate_accrual", "accrual_id"),
    CheckConstraint("amount <> 0", name="settles_something"),
    key=("settlement_id", "accrual_id"),
)
index(
    "ix_rebate_settlement_line_accrual", rebate_settlement_line.c.accrual_id, rebate_settlement_line.c.settlement_id
)
