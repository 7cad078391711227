"""What customers were granted as rebates and may use on orders: a bounded balance, entry by entry."""

from sqlalchemy import CheckConstraint, Column, Uuid

from dinghuo.kit.tables import MONEY, index, moment, one_of, reference, tenant_table, text, unique

KINDS = ("credit", "goods")
BUCKETS = ("credited", "reserved", "used")

# What is free is credited − reserved − used: a hard bound, whoever races.
rebate_balance = tenant_table(
    "rebate_balance",
    Column("customer_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    # Money for any goods, or goods of ours at their list price.
    text("kind"),
    text("currency"),
    # What was settled; held by orders that are open; taken for good by those that are over.
    Column("credited", MONEY, nullable=False, server_default="0"),
    Column("reserved", MONEY, nullable=False, server_default="0"),
    Column("used", MONEY, nullable=False, server_default="0"),
    moment("updated_at"),
    unique("customer_id", "organisation_id", "kind", "currency"),
    reference("customer", "customer_id"),
    reference("organisation", "organisation_id"),
    one_of("kind", KINDS),
    CheckConstraint("reserved >= 0 and used >= 0", name="not_negative"),
    CheckConstraint("reserved + used <= credited", name="never_overdrawn"),
    lock_rank="accounts",
)
rebate_balance.kwargs["postgresql_with"] = {"fillfactor": 50}

rebate_entry = tenant_table(
    "rebate_entry",
    Column("balance_id", Uuid, nullable=False),
    moment("at"),
    text("bucket"),
    Column("amount", MONEY, nullable=False),
    text("verb"),
    text("document_kind"),
    Column("document_id", Uuid, nullable=False),
    reference("rebate_balance", "balance_id"),
    one_of("bucket", BUCKETS),
    one_of("verb", ("settle", "reserve", "consume", "release", "adjust")),
    CheckConstraint("amount <> 0", name="moves_something"),
)
index("ix_rebate_entry_balance", rebate_entry.c.balance_id, rebate_entry.c.id)
index("ix_rebate_entry_document", rebate_entry.c.document_id)
