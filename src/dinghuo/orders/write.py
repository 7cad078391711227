"""Write a batch of admitted orders: one statement a table, whatever their number."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from decimal import Decimal
from operator import gt
from uuid import UUID

import msgspec
from sqlalchemy.exc import DBAPIError

from dinghuo.accounts.budgets import append_budget_entries
from dinghuo.accounts.reserve import Entry, Holder, append_entries
from dinghuo.inventory.priorities import load_ranks
from dinghuo.inventory.reserve import (
    Issue,
    ReservationRow,
    Taken,
    warehouses,
    write_issues,
    write_reservations,
)
from dinghuo.kit import audit, idempotency, outbox
from dinghuo.kit.database import RetryTransaction, Tx, constraint_name
from dinghuo.kit.ids import new_id
from dinghuo.kit.money import ZERO
from dinghuo.kit.outbox import Event
from dinghuo.orders.admit import holder_of
from dinghuo.orders.charges import write_charges
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.events import Confirmed, Imported, Submitted
from dinghuo.orders.history import write_plain
from dinghuo.orders.payment import holds_of
from dinghuo.orders.promote import GrantedBy, budget_entries, granted_by
from dinghuo.orders.requests import Origin, Placed, ShipTo

KIND = "SO"
_NUMBER_ONCE = "uq_sales_order_tenant_id_number"


class OrderRow(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A row of sales_order."""

    id: UUID
    number: str
    organisation_id: UUID
    customer_id: UUID
    customer_name: str
    state: str
    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    line_count: int
    channel: str
    placed_at: datetime
    is_history: bool
    holds: Sequence[str]
    customer_reference: str | None = None
    requested_date: date | None = None
    ship_to: ShipTo | None = None
    note: str | None = None
    placed_by: UUID | None = None
    origin_kind: str | None = None
    origin_id: UUID | None = None
    earliest_date: date | None = None
    partial_delivery: str | None = None
    substitution: str | None = None
    promotions: Sequence[GrantedBy] | None = None


_ORDERS = """
insert into sales_order (tenant_id, id, number, organisation_id, customer_id, customer_name, state, currency,
  net, tax, gross, line_count, channel, customer_reference, requested_date, ship_to, note, is_history, placed_by,
  placed_at, origin_kind, origin_id, earliest_date, holds, partial_delivery, substitution, promotions)
select $1, o.* from json_to_recordset($2::json) as o(id uuid, number text, organisation_id uuid, customer_id uuid,
  customer_name text, state text, currency text, net numeric, tax numeric, gross numeric, line_count int,
  channel text, customer_reference text, requested_date date, ship_to jsonb, note text, is_history bool,
  placed_by uuid, placed_at timestamptz, origin_kind text, origin_id uuid, earliest_date date,
  holds text[], partial_delivery text, substitution text, promotions jsonb)
"""


def _insert_lines(columns: str = "", values: str = "", types: str = "") -> str:
    return f"""
insert into order_line (tenant_id, order_id, line_no, sku_id, sku_code, sku_name, unit, quantity, base_quantity,
  list_price, deal_price, tax_inclusive, price_reason, tax_rate, net, tax, gross, unit_cost, requested_date, note,
  promised_date, shipped, cancelled{columns})
select $1, order_id, line_no, sku_id, sku_code, sku_name, unit, quantity, base_quantity, list_price, deal_price,
  tax_inclusive, price_reason, tax_rate, net, tax, gross, unit_cost, requested_date, note, promised_date,
  coalesce(shipped, 0),
  coalesce(cancelled, 0){values}
from json_to_recordset($2::json) as l(order_id uuid, line_no int, sku_id uuid, sku_code text, sku_name text,
  unit text, quantity numeric, base_quantity numeric, list_price numeric, deal_price numeric, tax_inclusive bool,
  price_reason json, tax_rate numeric, net numeric, tax numeric, gross numeric, unit_cost numeric,
  requested_date date, note text, promised_date date, shipped numeric, cancelled numeric{types})
"""  # noqa: S608 - constants of ours


_LINES = _insert_lines()
# When promotions gave something, or lines go to places of their own; the others need not pay for it.
_SPECIAL_LINES = _insert_lines(
    ", kind, discount, promotion_id, given_by, ship_to",
    ", coalesce(kind, 'goods'), coalesce(discount, 0), promotion_id, given_by, ship_to",
    ", kind text, discount numeric, promotion_id uuid, given_by int[], ship_to jsonb",
)


@asynccontextmanager
async def documents_together(tx: Tx, orders: Sequence[Priced]) -> AsyncIterator[None]:
    """Send all that is written of these orders as one statement; started over when a document from elsewhere has a
    number that was drawn here."""
    try:
        async with tx.together():
            yield
    except DBAPIError as error:
        if constraint_name(error) == _NUMBER_ONCE and not all(order.placement.history for order in orders):
            raise RetryTransaction("another order has one of these numbers") from error
        raise


async def write_documents(tx: Tx, orders: Sequence[Priced]) -> dict[UUID, str]:
    """Write the orders and their lines; each order's number."""
    if not orders:
        return {}
    numbers = await _numbers(tx, orders)
    await tx.write_rows(_ORDERS, [_row(order, numbers[order.id], _state(order)) for order in orders])
    await write_charges(tx, orders)
    rows = [line for order in orders for line in order.lines]
    if rows:
        special = any(order.granted is not None for order in orders) or any(row.ship_to for row in rows)
        await tx.write_rows(_SPECIAL_LINES if special else _LINES, rows)
    return numbers


async def write_lines(tx: Tx, rows: Sequence[LineRow]) -> None:
    """Write lines that come to orders later."""
    special = any(row.kind or row.discount or row.ship_to for row in rows)
    await tx.write_rows(_SPECIAL_LINES if special else _LINES, rows)


async def write_consequences(
    tx: Tx, orders: Sequence[Priced], numbers: Mapping[UUID, str], accounts: Mapping[Holder, UUID]
) -> dict[UUID, str]:
    """Write everything that follows from admitted orders but the balances; by id, the JSON their callers are told."""
    if not orders:
        return {}
    states = {order.id: _state(order) for order in orders}
    await _write_promises(tx, orders)
    await _write_credit(tx, orders, accounts)
    await outbox.emit(
        tx,
        [_news(order)(subject_id=order.id) for order in orders],
    )
    await audit.record(
        tx,
        [
            audit.Change(
                "order",
                order.id,
                "imported" if order.placement.history else "placed",
                order.placement.by,
                {"number": [None, numbers[order.id]], "state": [None, states[order.id]]},
            )
            for order in orders
        ],
    )
    bodies = {order.id: _body(order, numbers[order.id], states[order.id]) for order in orders}
    await idempotency.remember(
        tx, [(order.placement.key, bodies[order.id]) for order in orders if order.placement.key is not None]
    )
    return bodies


def _state(order: Priced) -> str:
    if order.policies:
        return "pending_approval"
    if not order.is_closed_history:
        return "confirmed"
    if order.plain is not None:
        left = any(map(gt, order.plain.quantities, order.plain.cancelled))
    else:
        left = any(line.shipped for line in order.lines)
    return "closed" if left else "cancelled"


def _news(order: Priced) -> type[Event]:
    if order.policies:
        return Submitted
    return Imported if order.is_closed_history else Confirmed


def _row(order: Priced, number: str, state: str) -> OrderRow:
    request, origin = order.placement.request, origin_of(order)
    return OrderRow(
        id=order.id,
        number=number,
        organisation_id=order.organisation.id,
        customer_id=order.customer.id,
        customer_name=order.customer.name,
        state=state,
        currency=order.currency,
        net=order.net,
        tax=order.tax,
        gross=order.gross,
        line_count=order.line_count,
        channel=order.placement.by.channel,
        placed_at=order.placed_at,
        is_history=order.placement.history is not None,
        holds=holds_of(order),
        customer_reference=request.customer_reference,
        requested_date=request.requested_date,
        ship_to=request.ship_to,
        note=request.note,
        placed_by=order.placement.by.id,
        origin_kind=origin.kind if origin else None,
        origin_id=origin.id if origin else None,
        earliest_date=order.delivery.earliest if order.delivery else None,
        partial_delivery=request.partial_delivery or (order.terms.partial_delivery if order.terms else None),
        substitution=request.substitution or (order.terms.substitution if order.terms else None),
        promotions=granted_by(order),
    )


def origin_of(order: Priced) -> Origin | None:
    """What the order was made from: as its caller says, else its cart, else the one blanket order it calls off."""
    placement = order.placement
    if placement.origin is not None:
        return placement.origin
    if placement.draft is not None:
        return Origin("draft", placement.draft.id)
    if len(order.blankets) == 1:
        return Origin("blanket", next(iter(order.blankets.values())).id)
    return None


def _body(order: Priced, number: str, state: str) -> str:
    told = order.placement.sees_price
    placed = Placed(
        id=order.id,
        number=number,
        state=state,
        customer=order.customer.code,
        currency=order.currency,
        net=order.net if told else None,
        tax=order.tax if told else None,
        gross=order.gross if told else None,
        lines=order.line_count,
        placed_at=order.placed_at,
    )
    return msgspec.json.encode(placed).decode()


async def _numbers(tx: Tx, orders: Sequence[Priced]) -> dict[UUID, str]:
    """Each order's number: the one it had when it is history, else the next by its organisation's prefix and year."""
    numbers = {order.id: order.placement.history.number for order in orders if order.placement.history}
    await tx.database.numbers.pass_over(tx.tenant_id, KIND, numbers.values())
    wanted: dict[tuple[str, int], list[Priced]] = defaultdict(list)
    for order in orders:
        if order.id not in numbers:
            wanted[order.organisation.number_prefix, order.day.year].append(order)
    for (prefix, year), several in wanted.items():
        drawn = await tx.database.numbers.take(tx.tenant_id, KIND, prefix, year, len(several))
        numbers |= {order.id: number for order, number in zip(several, drawn, strict=True)}
    return numbers


async def _write_promises(tx: Tx, orders: Sequence[Priced]) -> None:
    ranks = await load_ranks(tx)
    await write_reservations(
        tx,
        [
            ReservationRow(
                order.id,
                line.line_no,
                line.sku_id,
                part.warehouse_id,
                part.held,
                part.backordered,
                ranks.of(order.customer) if ranks else None,
                part.why,
            )
            for order in orders
            for line, parts in order.held
            for part in parts
        ],
    )


async def _write_credit(tx: Tx, orders: Sequence[Priced], accounts: Mapping[Holder, UUID]) -> None:
    entries = []
    for order in orders:
        account_id = accounts[holder_of(order)]
        entries.append(Entry(account_id, "open", order.gross, "reserve", "order", order.id))
        if order.is_closed_history:
            entries.append(Entry(account_id, "open", -order.gross, "release", "order", order.id))
    await append_entries(tx, entries)
    await append_budget_entries(tx, budget_entries(orders))


async def write_history(tx: Tx, orders: Sequence[Priced]) -> Taken:
    """Write what left for closed orders, and the lines of plain ones; `take_out` takes it from the balances."""
    orders = [order for order in orders if order.is_closed_history]
    if not orders:
        return {}
    active = await warehouses(tx)

    def warehouse_of(order: Priced) -> UUID:
        history = order.placement.history
        return history.warehouse_id if history and history.warehouse_id else active[0]

    taken = await write_plain(tx, orders, warehouse_of)
    issues = [issue for order in orders for issue in _issues(order, warehouse_of)]
    await write_issues(tx, issues)
    for issue in issues:
        place = (issue.sku_id, issue.warehouse_id)
        taken[place] = taken.get(place, ZERO) + issue.quantity
    return taken


def _issues(order: Priced, warehouse_of: Callable[[Priced], UUID]) -> Iterator[Issue]:
    for line, sku in zip(order.lines, order.skus, strict=True):
        if line.shipped and sku.supply_policy != "untracked":
            yield Issue(
                new_id(), order.id, line.line_no, line.sku_id, warehouse_of(order), line.shipped, order.placed_at
            )
