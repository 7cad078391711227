"""The life of an order after it was placed: holds, payment, transfer slips, amendments, its customer's own number."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Integer, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from dinghuo.kit.tables import MONEY, index, moment, one_of, reference, tenant_table, text

HOLD_REASONS = ("manual", "credit", "overdue", "stock", "unpaid")
PAYMENT_POLICIES = ("none", "before_delivery", "deposit")
PARTIAL_DELIVERY = ("allowed", "whole_lines", "whole_order")
SUBSTITUTION = ("never", "ask", "allowed")
SLIP_STATES = ("submitted", "confirmed", "refused", "withdrawn")
AMENDMENT_STATES = ("pending", "applied", "rejected", "withdrawn")

# Why an order was held and who lifted it; `sales_order.holds` names those that are not lifted yet.
order_hold = tenant_table(
    "order_hold",
    Column("order_id", Uuid, nullable=False),
    text("reason"),
    text("note", nullable=True),
    moment("held_at"),
    Column("held_by", Uuid, nullable=True),
    text("held_by_name"),
    moment("released_at", nullable=True),
    Column("released_by", Uuid, nullable=True),
    text("released_by_name", nullable=True),
    text("release_note", nullable=True),
    reference("sales_order", "order_id"),
    one_of("reason", HOLD_REASONS),
)
index("ix_order_hold_order", order_hold.c.order_id, order_hold.c.id)
index(
    "ix_order_hold_open",
    order_hold.c.order_id,
    order_hold.c.reason,
    where=order_hold.c.released_at.is_(None),
    unique=True,
)

# How a customer pays and wants to be served, where it is agreed. Most customers have none.
order_terms = tenant_table(
    "order_terms",
    Column("customer_id", Uuid, nullable=False),
    text("payment", default="none"),
    # Of the order's gross, when a deposit is agreed.
    Column("deposit_percent", Numeric(5, 2), nullable=True),
    Column("expire_days", Integer, nullable=True),
    Column("unique_reference", Boolean, nullable=False, server_default="false"),
    text("partial_delivery", default="allowed"),
    text("substitution", default="ask"),
    # Whether it may use the rebates of the company at the top of its group.
    Column("uses_group_rebates", Boolean, nullable=False, server_default="false"),
    moment("updated_at"),
    reference("customer", "customer_id"),
    one_of("payment", PAYMENT_POLICIES),
    one_of("partial_delivery", PARTIAL_DELIVERY),
    one_of("substitution", SUBSTITUTION),
    CheckConstraint("(payment = 'deposit') = (deposit_percent is not null)", name="deposit_whole"),
    key=("customer_id",),
)

order_setting = tenant_table(
    "order_setting",
    text("name"),
    Column("value", JSONB, nullable=False),
    Column("revision", Integer, nullable=False, server_default="1"),
    key=("name",),
)

# What must be paid before an order's goods may go, and what of the customer's advance is set aside for it.
order_payment = tenant_table(
    "order_payment",
    Column("order_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    text("currency"),
    text("policy"),
    Column("percent", Numeric(5, 2), nullable=True),
    Column("due", MONEY, nullable=False),
    Column("paid", MONEY, nullable=False, server_default="0"),
    moment("expires_at", nullable=True),
    moment("settled_at", nullable=True),
    Column("waived", Boolean, nullable=False, server_default="false"),
    reference("sales_order", "order_id"),
    one_of("policy", PAYMENT_POLICIES),
    CheckConstraint("due >= 0 and paid >= 0", name="not_negative"),
    key=("order_id",),
)
index(
    "ix_order_payment_set_aside",
    order_payment.c.customer_id,
    order_payment.c.organisation_id,
    where=order_payment.c.paid > 0,
)
index(
    "ix_order_payment_expiring",
    order_payment.c.expires_at,
    order_payment.c.order_id,
    where=order_payment.c.settled_at.is_(None),
)

# What a bank gave a customer to show that the money is on its way; finance says whether it came.
transfer_slip = tenant_table(
    "transfer_slip",
    Column("order_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    text("currency"),
    # As stated; finance may confirm another amount.
    Column("amount", MONEY, nullable=False),
    Column("confirmed_amount", MONEY, nullable=True),
    Column("paid_on", Date, nullable=False),
    text("payer"),
    text("bank_reference", nullable=True),
    text("note", nullable=True),
    text("sha256"),
    text("file_name"),
    text("state"),
    text("side"),
    moment("submitted_at"),
    Column("submitted_by", Uuid, nullable=True),
    text("submitted_by_name"),
    moment("decided_at", nullable=True),
    Column("decided_by", Uuid, nullable=True),
    text("decided_by_name", nullable=True),
    text("reason", nullable=True),
    reference("sales_order", "order_id"),
    reference("customer", "customer_id"),
    reference("stored_file", "sha256", target=("sha256",)),
    one_of("state", SLIP_STATES),
    one_of("side", ("dealer", "staff")),
    CheckConstraint("amount > 0 and (confirmed_amount is null or confirmed_amount > 0)", name="amount_positive"),
)
index("ix_transfer_slip_order", transfer_slip.c.order_id, transfer_slip.c.id)
index("ix_transfer_slip_state", transfer_slip.c.state, transfer_slip.c.id)
index("ix_transfer_slip_customer", transfer_slip.c.customer_id, transfer_slip.c.id)

# The numbers that customers gave their orders, of those who want each but once.
order_reference = tenant_table(
    "order_reference",
    Column("customer_id", Uuid, nullable=False),
    Column("reference", Text, nullable=False),
    Column("order_id", Uuid, nullable=False),
    reference("sales_order", "order_id"),
    key=("customer_id", "reference"),
)
index("ix_order_reference_order", order_reference.c.order_id)

# Files that were sent for an order: what may be attached to it, or shown as a slip of it. Nobody names another's.
order_upload = tenant_table(
    "order_upload",
    Column("order_id", Uuid, nullable=False),
    text("sha256"),
    moment("uploaded_at"),
    reference("sales_order", "order_id"),
    reference("stored_file", "sha256", target=("sha256",)),
    key=("order_id", "sha256"),
)

order_attachment = tenant_table(
    "order_attachment",
    Column("order_id", Uuid, nullable=False),
    text("sha256"),
    text("name"),
    moment("added_at"),
    Column("added_by", Uuid, nullable=True),
    text("added_by_name"),
    text("side"),
    Column("for_customer", Boolean, nullable=False),
    reference("sales_order", "order_id"),
    reference("stored_file", "sha256", target=("sha256",)),
    one_of("side", ("dealer", "staff")),
    key=("order_id", "sha256"),
)

# A diff against a revision of an order. While it is pending it holds what would grow, under its own id.
order_amendment = tenant_table(
    "order_amendment",
    Column("order_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    text("state"),
    text("waits_for", nullable=True),
    text("side"),
    Column("revision_from", Integer, nullable=False),
    Column("revision_to", Integer, nullable=True),
    text("reason", nullable=True),
    Column("reprice", Boolean, nullable=False, server_default="false"),
    # Field by field: [old, new].
    Column("head", JSONB, nullable=False, server_default="{}"),
    Column("old_net", MONEY, nullable=False),
    Column("old_tax", MONEY, nullable=False),
    Column("old_gross", MONEY, nullable=False),
    Column("new_net", MONEY, nullable=False),
    Column("new_tax", MONEY, nullable=False),
    Column("new_gross", MONEY, nullable=False),
    # What is charged beside the lines, where that changes: old and new.
    Column("charges", JSONB, nullable=True),
    moment("requested_at"),
    Column("requested_by", Uuid, nullable=True),
    text("requested_by_name"),
    # A colleague of whoever asked, where the dealer's own rule wants one to agree.
    moment("consented_at", nullable=True),
    Column("consented_by", Uuid, nullable=True),
    text("consented_by_name", nullable=True),
    moment("decided_at", nullable=True),
    Column("decided_by", Uuid, nullable=True),
    text("decided_by_name", nullable=True),
    text("decision_reason", nullable=True),
    reference("sales_order", "order_id"),
    reference("customer", "customer_id"),
    one_of("state", AMENDMENT_STATES),
    one_of("waits_for", ("colleague", "seller", "approval")),
    one_of("side", ("dealer", "staff")),
    CheckConstraint("(state = 'pending') = (waits_for is not null)", name="waits_while_pending"),
)
index("ix_order_amendment_order", order_amendment.c.order_id, order_amendment.c.id)
index(
    "ix_order_amendment_pending",
    order_amendment.c.order_id,
    where=order_amendment.c.state == "pending",
    unique=True,
)
index("ix_order_amendment_state", order_amendment.c.state, order_amendment.c.id)
index("ix_order_amendment_customer", order_amendment.c.customer_id, order_amendment.c.id)

order_amendment_line = tenant_table(
    "order_amendment_line",
    Column("amendment_id", Uuid, nullable=False),
    Column("line_no", Integer, nullable=False),
    text("change"),
    Column("sku_id", Uuid, nullable=False),
    text("sku_code"),
    text("sku_name"),
    # The line's row as it was, and as it is to be.
    Column("old", JSONB, nullable=True),
    Column("new", JSONB, nullable=True),
    reference("order_amendment", "amendment_id"),
    reference("sku", "sku_id"),
    one_of("change", ("added", "changed", "removed")),
    CheckConstraint(
        "(old is null) = (change = 'added') and (new is null) = (change = 'removed')", name="sides_fit_change"
    ),
    key=("amendment_id", "line_no"),
)

# What of a customer's rebates an order uses: held while it is open, taken for good once it is over.
order_rebate = tenant_table(
    "order_rebate",
    Column("order_id", Uuid, nullable=False),
    text("kind"),
    Column("balance_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    text("currency"),
    Column("amount", MONEY, nullable=False),
    # How much of the order it may pay at most, by the rule of the moment; of goods the lines that it pays.
    Column("percent", Numeric(5, 2), nullable=True),
    Column("lines", ARRAY(Integer), nullable=True),
    moment("used_at", nullable=True),
    reference("sales_order", "order_id"),
    reference("rebate_balance", "balance_id"),
    one_of("kind", ("credit", "goods")),
    CheckConstraint("amount >= 0", name="not_negative"),
    key=("order_id", "kind"),
)
index(
    "ix_order_rebate_customer",
    order_rebate.c.customer_id,
    order_rebate.c.organisation_id,
    where=order_rebate.c.amount > 0,
)
index("ix_order_rebate_balance", order_rebate.c.balance_id, order_rebate.c.order_id)
