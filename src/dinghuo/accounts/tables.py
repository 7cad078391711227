"""Balances that are bounded. A credit account's exposure is the sum of its four buckets, each entry by entry."""

from sqlalchemy import CheckConstraint, Column, Date, Integer, Uuid

from dinghuo.accounts.states import LIMIT_CHANGE
from dinghuo.kit.tables import MONEY, index, moment, one_of, reference, tenant_table, text, unique

BUCKETS = ("open", "shipped", "billed", "unapplied")

account = tenant_table(
    "account",
    Column("customer_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    text("kind", default="credit"),
    text("currency", default="CNY"),
    # Null is unlimited. A soft bound: decided under the lock, and an approval may go beyond it.
    Column("credit_limit", MONEY, nullable=True),
    Column("open", MONEY, nullable=False, server_default="0"),
    Column("shipped", MONEY, nullable=False, server_default="0"),
    Column("billed", MONEY, nullable=False, server_default="0"),
    # Money received and not yet matched: zero or negative.
    Column("unapplied", MONEY, nullable=False, server_default="0"),
    Column("oldest_due", Date, nullable=True),
    moment("updated_at"),
    unique("customer_id", "organisation_id", "kind", "currency"),
    reference("customer", "customer_id"),
    reference("organisation", "organisation_id"),
    one_of("kind", ("credit",)),
    CheckConstraint("credit_limit >= 0", name="limit_not_negative"),
    CheckConstraint("open >= 0 and shipped >= 0 and billed >= 0 and unapplied <= 0", name="bucket_signs"),
    lock_rank="accounts",
)
account.kwargs["postgresql_with"] = {"fillfactor": 50}

account_entry = tenant_table(
    "account_entry",
    Column("account_id", Uuid, nullable=False),
    moment("at"),
    text("bucket"),
    Column("amount", MONEY, nullable=False),
    text("verb"),
    text("document_kind"),
    Column("document_id", Uuid, nullable=False),
    reference("account", "account_id"),
    one_of("bucket", BUCKETS),
    one_of("verb", ("reserve", "consume", "release", "adjust")),
    CheckConstraint("amount <> 0", name="moves_something"),
)
index("ix_account_entry_account", account_entry.c.account_id, account_entry.c.id)

# A credit limit that somebody has to agree to before it counts. Whoever writes here has locked the account.
limit_change = tenant_table(
    "limit_change",
    Column("account_id", Uuid, nullable=False),
    # Null is unlimited. `old_limit` is what counted when it was asked about, and has to count still when it is set.
    Column("old_limit", MONEY, nullable=True),
    Column("new_limit", MONEY, nullable=True),
    text("state", default="waiting"),
    moment("asked_at"),
    text("asked_by_name"),
    moment("closed_at", nullable=True),
    reference("account", "account_id"),
    one_of("state", LIMIT_CHANGE.states),
    CheckConstraint("old_limit is distinct from new_limit", name="changes_something"),
    CheckConstraint("new_limit >= 0", name="limit_not_negative"),
    CheckConstraint("(state = 'waiting') = (closed_at is null)", name="closed_whole"),
)
index(
    "ix_limit_change_waiting",
    limit_change.c.account_id,
    where=limit_change.c.state == "waiting",
    unique=True,
)
index("ix_limit_change_account", limit_change.c.account_id, limit_change.c.id)

# What may be granted of something, by amount and by number of uses, in all or to one customer; null is unlimited.
# Opened when it is first drawn on. Its id follows from the subject and the customer (`accounts.budgets.budget_id`).
budget = tenant_table(
    "budget",
    # A promotion or a coupon; those stand in modules above.
    text("subject_kind"),
    Column("subject_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=True),
    Column("amount_limit", MONEY, nullable=True),
    Column("uses_limit", Integer, nullable=True),
    Column("amount", MONEY, nullable=False, server_default="0"),
    Column("uses", Integer, nullable=False, server_default="0"),
    moment("updated_at"),
    reference("customer", "customer_id"),
    one_of("subject_kind", ("promotion", "coupon")),
    CheckConstraint("amount >= 0 and uses >= 0", name="not_negative"),
    CheckConstraint("amount <= amount_limit and uses <= uses_limit", name="never_overspent"),
    lock_rank="accounts",
)
budget.kwargs["postgresql_with"] = {"fillfactor": 50}
index("ix_budget_subject", budget.c.subject_id, budget.c.id)

budget_entry = tenant_table(
    "budget_entry",
    Column("budget_id", Uuid, nullable=False),
    moment("at"),
    Column("amount", MONEY, nullable=False),
    Column("uses", Integer, nullable=False),
    text("verb"),
    text("document_kind"),
    Column("document_id", Uuid, nullable=False),
    reference("budget", "budget_id"),
    one_of("verb", ("reserve", "release")),
    CheckConstraint("amount <> 0 or uses <> 0", name="moves_something"),
)
index("ix_budget_entry_budget", budget_entry.c.budget_id, budget_entry.c.id)
index("ix_budget_entry_document", budget_entry.c.document_id)
