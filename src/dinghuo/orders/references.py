"""The numbers that customers give their orders: of those who wish it, each stands for one order.

A number is free again once its order is called off. Kept in a small table of its own: nobody else pays for it.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message
from dinghuo.kit.texts import storable
from dinghuo.orders.decide import Priced
from dinghuo.orders.terms import load_terms
from dinghuo.parties.facts import CustomerFacts

REFERENCE_TAKEN = Message(
    "reference-taken",
    "客户订单号 {reference} 已用于订单 {number}",
    "The customer's number {reference} stands for order {number} already",
    CONFLICT,
)

_FIND = """
select r.customer_id, r.reference, r.order_id, o.number
from unnest($2::uuid[], $3::text[]) as w(customer_id, reference)
join order_reference r on r.tenant_id = $1 and r.customer_id = w.customer_id and r.reference = w.reference
join sales_order o on o.tenant_id = $1 and o.id = r.order_id
"""
_KEEP = """
insert into order_reference (tenant_id, customer_id, reference, order_id)
select $1, customer_id, reference, order_id
from unnest($2::uuid[], $3::text[], $4::uuid[]) as r(customer_id, reference, order_id)
order by customer_id, reference
on conflict (tenant_id, customer_id, reference) do nothing
"""
_FREE = "delete from order_reference r where r.tenant_id = $1 and r.order_id = $2"


class _Named(msgspec.Struct, frozen=True):
    customer_id: UUID
    reference: str


async def check_references(tx: Tx, orders: Sequence[Priced]) -> None:
    """An order with a number that stands for another one is at fault; within a batch the first has it."""
    named = [(order, _Named(order.customer.id, text)) for order in orders if (text := _reference(order))]
    if not named:
        return
    taken = {each: number for each, (_, number) in (await _taken(tx, [each for _, each in named])).items()}
    for order, each in named:
        if each in taken:
            order.faults.append(_fault(each.reference, taken[each]))
        elif not order.faults:
            taken[each] = "…"


async def keep_references(tx: Tx, orders: Sequence[Priced]) -> None:
    """Write the numbers of admitted orders; the whole starts over when another transaction was quicker."""
    rows = [(order.customer.id, text, order.id) for order in orders if (text := _reference(order))]
    if rows:
        await _keep(tx, rows)


async def check_reference(tx: Tx, customer: CustomerFacts, reference: str, order_id: UUID) -> list[Fault]:
    """Whether an order may have this number of its customer's now."""
    terms = await load_terms(tx, [customer])
    if terms is None or not terms[customer.id].unique_reference:
        return []
    each = _Named(customer.id, reference)
    found = (await _taken(tx, [each])).get(each)
    return [] if found is None or found[0] == order_id else [_fault(reference, found[1])]


async def change_reference(tx: Tx, customer: CustomerFacts, reference: str | None, order_id: UUID) -> None:
    """An order goes by another number of its customer's."""
    terms = await load_terms(tx, [customer])
    if terms is None or not terms[customer.id].unique_reference:
        return
    await tx.write(_FREE, order_id)
    if reference:
        await _keep(tx, [(customer.id, reference, order_id)])


async def _keep(tx: Tx, rows: Sequence[tuple[UUID, str, UUID]]) -> None:
    customers, references, orders = zip(*rows, strict=True)
    if await tx.write(_KEEP, customers, references, orders) != len(rows):
        raise RetryTransaction("another order has just taken one of these numbers")


async def _taken(tx: Tx, named: Sequence[_Named]) -> dict[_Named, tuple[UUID, str]]:
    rows = await tx.fetch(_FIND, [each.customer_id for each in named], [each.reference for each in named])
    return {_Named(row["customer_id"], row["reference"]): (row["order_id"], row["number"]) for row in rows}


def _reference(order: Priced) -> str | None:
    text = (order.placement.request.customer_reference or "").strip()
    # What cannot be stored is a fault of its own.
    return text if text and storable([text]) else None


def _fault(reference: str, number: str) -> Fault:
    return REFERENCE_TAKEN("customer_reference", reference=reference, number=number)
