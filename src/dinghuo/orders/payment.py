"""What is due before an order's goods may go: given when it is placed, and looked at again whenever it changes.

An order on which something is due is held (`unpaid`) until that much of its customer's money is set aside for it
(docs/orders.md).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.kit import outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO, round_money
from dinghuo.orders.decide import Priced
from dinghuo.orders.events import Paid
from dinghuo.orders.fit_rebates import rebates_of
from dinghuo.orders.hold import UNPAID, lift_holds, note_holds, put_on_hold
from dinghuo.orders.references import check_references, keep_references
from dinghuo.orders.terms import Terms, load_terms

_HUNDRED = Decimal(100)

_DUE = """
insert into order_payment
  (tenant_id, order_id, customer_id, organisation_id, currency, policy, percent, due, expires_at)
select $1, p.* from json_to_recordset($2::json) as p(order_id uuid, customer_id uuid, organisation_id uuid,
  currency text, policy text, percent numeric, due numeric, expires_at timestamptz)
"""
_LOCK = """
select p.order_id, p.percent, p.due, p.paid, p.settled_at, p.waived
from order_payment p where p.tenant_id = $1 and p.order_id = any($2::uuid[])
order by p.order_id for no key update
"""
_WRITE = """
update order_payment p set due = w.due, paid = w.paid, settled_at = w.settled_at
from json_to_recordset($2::json) as w(order_id uuid, due numeric, paid numeric, settled_at timestamptz)
where p.tenant_id = $1 and p.order_id = w.order_id
"""


class _DueRow(msgspec.Struct, frozen=True):
    order_id: UUID
    customer_id: UUID
    organisation_id: UUID
    currency: str
    policy: str
    percent: Decimal | None
    due: Decimal
    expires_at: Any


async def find_dues(tx: Tx, orders: Sequence[Priced]) -> None:
    """Find what is agreed with these orders' customers, before anything is decided.

    An order whose number of the customer's own is taken is at fault.
    """
    fresh = [order for order in orders if order.placement.history is None]
    terms = await load_terms(tx, (order.customer for order in fresh)) if fresh else None
    if terms is None:
        return
    for order in fresh:
        order.terms = terms[order.customer.id]
    await check_references(tx, [order for order in fresh if order.terms and order.terms.unique_reference])


def holds_of(order: Priced) -> Sequence[str]:
    """What an order is held for from its first moment on."""
    return _UNPAID if order.terms is not None and _due(order, order.terms) else ()


async def write_dues(tx: Tx, orders: Sequence[Priced]) -> None:
    """Write what is due on admitted orders, and keep their customers' own numbers."""
    agreed = [order for order in orders if order.terms is not None]
    if not agreed:
        return
    await keep_references(tx, [order for order in agreed if order.terms and order.terms.unique_reference])
    rows = [_due_row(tx, order, order.terms) for order in agreed if order.terms and _due(order, order.terms)]
    if rows:
        await tx.write_rows(_DUE, rows)
        await note_holds(tx, [row.order_id for row in rows], UNPAID, note=None, by=_HOUSE)


_UNPAID = (UNPAID,)
# Nobody holds an order for payment: how its customer pays does.
_HOUSE = Actor("system", "system", "worker")


def _due(order: Priced, terms: Terms) -> Decimal:
    return ZERO if terms.percent is None else due_of(order.owed, terms.percent, order.currency)


def _due_row(tx: Tx, order: Priced, terms: Terms) -> _DueRow:
    days = terms.expire_days
    return _DueRow(
        order.id,
        order.customer.id,
        order.organisation.id,
        order.currency,
        terms.payment,
        terms.percent,
        _due(order, terms),
        None if days is None else tx.now + timedelta(days=days),
    )


def due_of(gross: Decimal, percent: Decimal, currency: str) -> Decimal:
    """What of an order's amount is due beforehand, half up."""
    return round_money(gross * percent / _HUNDRED, currency)


class _Now(msgspec.Struct, frozen=True):
    order_id: UUID
    due: Decimal
    paid: Decimal
    settled_at: Any


async def reconsider(tx: Tx, orders: Sequence[Any], left: Mapping[UUID, Decimal], by: Actor) -> set[UUID]:
    """The amount of these locked orders is another one: what is left of it now decides what is due.

    What is set aside beyond that is the customer's to use again; where it no longer suffices, the order is held.
    `orders` are as they were when they were locked. Answers which of them are held, or no longer held, by it.
    """
    rows = {row["order_id"]: row for row in await tx.fetch(_LOCK, [order.id for order in orders])}
    used = await rebates_of(tx, rows.keys())
    changed, hold, lift = [], [], []
    for order in orders:
        row = rows.get(order.id)
        if row is None or row["waived"]:
            continue
        owed = left[order.id] - used.get(order.id, ZERO)
        due = due_of(owed, row["percent"], order.currency)
        paid = min(row["paid"], owed)
        settled = row["settled_at"] or tx.now if paid >= due else None
        changed.append(_Now(order.id, due, paid, settled))
        if settled is None and UNPAID not in order.holds:
            hold.append(order)
        elif settled is not None and UNPAID in order.holds:
            lift.append(order)
    if changed:
        await tx.write_rows(_WRITE, changed)
    await put_on_hold(tx, hold, UNPAID, note=None, by=by)
    if lift:
        await lift_holds(tx, lift, {order.id: [UNPAID] for order in lift}, note=None, by=by)
        await outbox.emit(tx, [Paid(subject_id=order.id) for order in lift])
    return {order.id for order in (*hold, *lift)}
