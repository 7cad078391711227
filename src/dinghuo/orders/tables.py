"""Sales orders and their lines. A line keeps everything that was agreed: later master data changes no document."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Computed, Date, Integer, Text, Uuid, and_
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB

from dinghuo.kit.tables import (
    MONEY,
    QUANTITY,
    RATE,
    UNIT_PRICE,
    index,
    moment,
    one_of,
    reference,
    tenant_table,
    text,
    unique,
)
from dinghuo.orders.states import ORDER

sales_order = tenant_table(
    "sales_order",
    text("number"),
    Column("organisation_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    text("customer_name"),
    text("state"),
    text("currency"),
    Column("net", MONEY, nullable=False),
    Column("tax", MONEY, nullable=False),
    Column("gross", MONEY, nullable=False),
    # For ranges of amounts: under row-level security no index can be asked for a range of NUMERIC.
    Column("gross_cents", BigInteger, Computed("(gross * 100)::bigint", persisted=True)),
    Column("line_count", Integer, nullable=False),
    # How it came in (portal, console, api, import …) and, for documents taken over, the number it had there.
    text("channel"),
    text("customer_reference", nullable=True),
    Column("requested_date", Date, nullable=True),
    Column("ship_to", JSONB, nullable=True),
    text("note", nullable=True),
    Column("holds", ARRAY(Text), nullable=False, server_default="{}"),
    Column("is_history", Boolean, nullable=False, server_default="false"),
    Column("placed_by", Uuid, nullable=True),
    # What the customer wants when not all of it is there; nothing was said where it is null.
    text("partial_delivery", nullable=True),
    text("substitution", nullable=True),
    moment("placed_at"),
    # What it was made from: a draft, a proposal, an import, a blanket order.
    text("origin_kind", nullable=True),
    Column("origin_id", Uuid, nullable=True),
    # The earliest day on which it could be delivered, by the rules of the moment it was placed.
    Column("earliest_date", Date, nullable=True),
    # What promotions granted it: [{promotion_id, saved (its gifts' value included), coupon}]; null is nothing.
    Column("promotions", JSONB, nullable=True),
    Column("revision", Integer, nullable=False, server_default="1"),
    reference("organisation", "organisation_id"),
    reference("customer", "customer_id"),
    unique("number"),
    one_of("state", ORDER.states),
    CheckConstraint("net + tax = gross", name="tax_adds_up"),
    lock_rank="documents",
)
# Ids are UUIDv7 of the moment an order was placed, so the primary key is the list, newest first.
index("ix_sales_order_customer", sales_order.c.customer_id, sales_order.c.id)
index("ix_sales_order_state", sales_order.c.state, sales_order.c.id)
index("ix_sales_order_channel", sales_order.c.channel, sales_order.c.id)
index("ix_sales_order_gross", sales_order.c.gross_cents)
index("ix_sales_order_held", sales_order.c.id, where=sql("holds <> '{}'::text[]"))

order_line = tenant_table(
    "order_line",
    Column("order_id", Uuid, nullable=False),
    Column("line_no", Integer, nullable=False),
    # Without a foreign key: SKUs stay for ever (docs/adr/0008).
    Column("sku_id", Uuid, nullable=False),
    text("sku_code"),
    text("sku_name"),
    text("unit"),
    Column("quantity", QUANTITY, nullable=False),
    Column("base_quantity", QUANTITY, nullable=False),
    # Per `unit`, in the order's currency and tax mode; the reason says which list gave it and why.
    Column("list_price", UNIT_PRICE, nullable=True),
    Column("deal_price", UNIT_PRICE, nullable=False),
    Column("price_reason", JSON, nullable=True),
    Column("tax_inclusive", Boolean, nullable=False),
    # Null is exempt, which is not 0 %.
    Column("tax_rate", RATE, nullable=True),
    Column("net", MONEY, nullable=False),
    Column("tax", MONEY, nullable=False),
    Column("gross", MONEY, nullable=False),
    # Per base unit, without tax, when the line was placed.
    Column("unit_cost", UNIT_PRICE, nullable=True),
    Column("requested_date", Date, nullable=True),
    # Where it goes, when that is not where the order does.
    Column("ship_to", JSONB, nullable=True),
    # When its goods were said to be there; null: they were there, or nobody knew.
    Column("promised_date", Date, nullable=True),
    text("note", nullable=True),
    # Progress in base units, written by the modules above under the line's lock.
    Column("released", QUANTITY, nullable=False, server_default="0"),
    Column("shipped", QUANTITY, nullable=False, server_default="0"),
    Column("returned", QUANTITY, nullable=False, server_default="0"),
    Column("cancelled", QUANTITY, nullable=False, server_default="0"),
    # Gift lines cost nothing: which promotion gave them, and for which lines.
    text("kind", default="goods"),
    # What promotions took off, tax-inclusive; of a gift line what it would have cost.
    Column("discount", MONEY, nullable=False, server_default="0"),
    Column("promotion_id", Uuid, nullable=True),
    Column("given_by", ARRAY(Integer), nullable=True),
    reference("sales_order", "order_id"),
    one_of("kind", ("goods", "gift")),
    CheckConstraint("discount >= 0 and (kind = 'goods' or (gross = 0 and promotion_id is not null))", name="gift"),
    CheckConstraint("quantity > 0 and base_quantity > 0", name="quantity_positive"),
    CheckConstraint("net + tax = gross", name="tax_adds_up"),
    CheckConstraint("returned <= shipped and shipped <= base_quantity - cancelled", name="progress"),
    CheckConstraint("released >= 0 and shipped >= 0 and returned >= 0 and cancelled >= 0", name="not_negative"),
    CheckConstraint("released <= base_quantity - cancelled", name="released_of_wanted"),
    key=("order_id", "line_no"),
    lock_rank="lines",
)

# What lines of cancellations and returns took back long ago, in the system that history was taken over from.
historical_return = tenant_table(
    "historical_return",
    text("number"),
    Column("line_no", Integer, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("sku_id", Uuid, nullable=False),
    text("unit"),
    Column("quantity", QUANTITY, nullable=False),
    Column("base_quantity", QUANTITY, nullable=False),
    text("currency"),
    Column("price", UNIT_PRICE, nullable=False),
    Column("amount", MONEY, nullable=False),
    moment("at"),
    # The order line that it cancelled, which counts it as `cancelled`; null when none was found: goods came back.
    Column("order_id", Uuid, nullable=True),
    Column("order_line_no", Integer, nullable=True),
    reference("customer", "customer_id"),
    reference("sku", "sku_id"),
    reference("order_line", "order_id", "order_line_no", target=("order_id", "line_no")),
    CheckConstraint("quantity > 0 and base_quantity > 0", name="quantity_positive"),
    CheckConstraint("(order_id is null) = (order_line_no is null)", name="order_line_whole"),
)
index("ix_historical_return_number", historical_return.c.number, historical_return.c.line_no)
index("ix_historical_return_customer", historical_return.c.customer_id, historical_return.c.id)
index("ix_historical_return_order", historical_return.c.order_id, where=historical_return.c.order_id.is_not(None))

# The cart. Submitting places it with the draft's id as the key, so that five taps are one order.
draft = tenant_table(
    "draft",
    Column("customer_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    Column("created_by", Uuid, nullable=True),
    text("name", nullable=True),
    text("customer_reference", nullable=True),
    Column("requested_date", Date, nullable=True),
    Column("ship_to", JSONB, nullable=True),
    text("note", nullable=True),
    Column("lines", JSONB, nullable=False, server_default="[]"),
    Column("coupons", JSONB, nullable=False, server_default="[]"),
    Column("order_id", Uuid, nullable=True),
    # Made in the portal: the dealer's own. Of a user's own ones one is the cart, which they fill at the moment on
    # every device of theirs; the others are parked.
    Column("by_dealer", Boolean, nullable=False, server_default="false"),
    Column("is_cart", Boolean, nullable=False, server_default="false"),
    # Who changed each line last, by SKU and unit: see portal.merge.
    Column("marks", JSONB, nullable=False, server_default="{}"),
    moment("created_at"),
    moment("updated_at"),
    Column("revision", Integer, nullable=False, server_default="1"),
    reference("customer", "customer_id"),
    reference("organisation", "organisation_id"),
    lock_rank="documents",
)
index("ix_draft_customer", draft.c.customer_id, draft.c.id)
index("ix_draft_open", draft.c.id, where=draft.c.order_id.is_(None))
index("ix_draft_open_customer", draft.c.customer_id, draft.c.id, where=draft.c.order_id.is_(None))
index(
    "ix_draft_cart",
    draft.c.customer_id,
    draft.c.created_by,
    where=and_(draft.c.is_cart, draft.c.order_id.is_(None)),
    unique=True,
)

PROPOSALS = ("proposed", "withdrawn", "declined", "confirmed")

# A draft that a sales person proposes to the dealer, who confirms or declines it.
draft_proposal = tenant_table(
    "draft_proposal",
    Column("draft_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    text("state"),
    text("message", nullable=True),
    Column("waives_minimum", Boolean, nullable=False, server_default="false"),
    moment("proposed_at"),
    Column("proposed_by", Uuid, nullable=True),
    text("proposed_by_name"),
    moment("decided_at", nullable=True),
    Column("decided_by", Uuid, nullable=True),
    text("decided_by_name", nullable=True),
    text("reason", nullable=True),
    reference("draft", "draft_id"),
    reference("customer", "customer_id"),
    one_of("state", PROPOSALS),
    key=("draft_id",),
)
index("ix_draft_proposal_customer", draft_proposal.c.customer_id, draft_proposal.c.draft_id)
index("ix_draft_proposal_state", draft_proposal.c.state, draft_proposal.c.draft_id)

CONSENTS = ("waiting", "given", "refused", "taken_back")

# A draft that needs the consent of a colleague at the dealer before it is an order. The seller has nothing of it yet.
draft_consent = tenant_table(
    "draft_consent",
    Column("draft_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    text("state"),
    text("message", nullable=True),
    # What it came to when it was asked for.
    Column("gross", MONEY, nullable=False),
    moment("asked_at"),
    Column("asked_by", Uuid, nullable=False),
    text("asked_by_name"),
    moment("decided_at", nullable=True),
    Column("decided_by", Uuid, nullable=True),
    text("decided_by_name", nullable=True),
    text("answer", nullable=True),
    # What those who may approve made of its quantities: by whom, when, which line, from what to what.
    Column("changes", JSONB, nullable=False, server_default="[]"),
    # Whether as much as may be is to be paid by rebates.
    Column("uses_rebate", Boolean, nullable=False, server_default="false"),
    reference("draft", "draft_id"),
    reference("customer", "customer_id"),
    one_of("state", CONSENTS),
    key=("draft_id",),
)
index("ix_draft_consent_customer", draft_consent.c.customer_id, draft_consent.c.draft_id)
index(
    "ix_draft_consent_waiting",
    draft_consent.c.customer_id,
    draft_consent.c.draft_id,
    where=draft_consent.c.state == "waiting",
)
