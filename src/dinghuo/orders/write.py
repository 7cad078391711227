"""Write a batch of admitted orders: one statement a table, whatever their number."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import msgspec

from dinghuo.accounts.reserve import Entry, write_entries
from dinghuo.inventory.reserve import Issue, ReservationRow, warehouses, write_issues, write_reservations
from dinghuo.kit import audit, idempotency, outbox
from dinghuo.kit.database import Tx
from dinghuo.kit.numbering import document_number
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.events import Confirmed, Imported
from dinghuo.orders.requests import Placed

KIND = "SO"

_ORDERS = """
insert into sales_order (tenant_id, id, number, organisation_id, customer_id, customer_name, state, currency, net, tax,
  gross, line_count, channel, customer_reference, requested_date, ship_to, note, is_history, placed_by, placed_at)
select $1, o.* from unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[],
  $9::numeric[], $10::numeric[], $11::numeric[], $12::int[], $13::text[], $14::text[], $15::date[], $16::jsonb[],
  $17::text[], $18::bool[], $19::uuid[], $20::timestamptz[]) as o
"""

_LINES = """
insert into order_line (tenant_id, order_id, line_no, sku_id, sku_code, sku_name, unit, quantity, base_quantity,
  list_price, deal_price, tax_inclusive, price_reason, tax_rate, net, tax, gross, unit_cost, requested_date, note,
  shipped, cancelled)
select $1, l.* from unnest($2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::numeric[],
  $9::numeric[], $10::numeric[], $11::numeric[], $12::bool[], $13::json[], $14::numeric[], $15::numeric[],
  $16::numeric[], $17::numeric[], $18::numeric[], $19::date[], $20::text[], $21::numeric[], $22::numeric[]) as l
"""


async def write_orders(tx: Tx, orders: Sequence[Priced]) -> dict[UUID, str]:
    """Write the orders with everything that follows from them; by id, the JSON their callers are told."""
    if not orders:
        return {}
    numbers = await _numbers(tx, orders)
    states = {order.id: _state(order) for order in orders}
    await tx.write(
        _ORDERS,
        [order.id for order in orders],
        [numbers[order.id] for order in orders],
        [order.organisation.id for order in orders],
        [order.customer.id for order in orders],
        [order.customer.name for order in orders],
        [states[order.id] for order in orders],
        [order.currency for order in orders],
        [order.net for order in orders],
        [order.tax for order in orders],
        [order.gross for order in orders],
        [len(order.lines) for order in orders],
        [order.placement.by.channel for order in orders],
        [order.placement.request.customer_reference for order in orders],
        [order.placement.request.requested_date for order in orders],
        [_ship_to(order) for order in orders],
        [order.placement.request.note for order in orders],
        [order.placement.history is not None for order in orders],
        [order.placement.by.id for order in orders],
        [order.placed_at for order in orders],
    )
    await tx.write(_LINES, *_columns([line for order in orders for line in order.lines]))
    await _write_promises(tx, orders)
    await _write_credit(tx, orders)
    await _write_issues(tx, [order for order in orders if order.is_closed_history])
    await outbox.emit(
        tx,
        [(Imported if order.is_closed_history else Confirmed)(subject_id=order.id) for order in orders],
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
    if not order.is_closed_history:
        return "confirmed"
    return "closed" if any(line.shipped for line in order.lines) else "cancelled"


def _columns(lines: Sequence[LineRow]) -> list[list[object]]:
    return [list(column) for column in zip(*map(msgspec.structs.astuple, lines), strict=True)]


def _ship_to(order: Priced) -> str | None:
    ship_to = order.placement.request.ship_to
    return None if ship_to is None else msgspec.json.encode(ship_to).decode()


def _body(order: Priced, number: str, state: str) -> str:
    placed = Placed(
        id=order.id,
        number=number,
        state=state,
        customer=order.customer.code,
        currency=order.currency,
        net=order.net,
        tax=order.tax,
        gross=order.gross,
        lines=len(order.lines),
        placed_at=order.placed_at,
    )
    return msgspec.json.encode(placed).decode()


async def _numbers(tx: Tx, orders: Sequence[Priced]) -> dict[UUID, str]:
    """Each order's number: the one it had when it is history, else the next of its organisation and year."""
    numbers = {order.id: order.placement.history.number for order in orders if order.placement.history}
    wanted: dict[tuple[UUID, str, int], list[Priced]] = defaultdict(list)
    for order in orders:
        if order.id not in numbers:
            wanted[order.organisation.id, order.organisation.number_prefix, order.day.year].append(order)
    for (organisation_id, prefix, year), several in wanted.items():
        drawn = await tx.database.numbers.take(tx.tenant_id, organisation_id, KIND, year, len(several))
        for order, number in zip(several, drawn, strict=True):
            numbers[order.id] = document_number(KIND, prefix, year, number)
    return numbers


async def _write_promises(tx: Tx, orders: Sequence[Priced]) -> None:
    rows = []
    for order in orders:
        skus = {line.line_no: line.sku_id for line in order.lines}
        rows += [
            ReservationRow(order.id, line_no, skus[line_no], part) for line_no, parts in order.held for part in parts
        ]
    await write_reservations(tx, rows)


async def _write_credit(tx: Tx, orders: Sequence[Priced]) -> None:
    entries = []
    for order in orders:
        account_id = order.account_id
        entries.append(Entry(account_id, "open", order.gross, "reserve", "order", order.id))
        if order.is_closed_history:
            entries.append(Entry(account_id, "open", -order.gross, "release", "order", order.id))
    await write_entries(tx, entries)


async def _write_issues(tx: Tx, orders: Sequence[Priced]) -> None:
    if not orders:
        return
    preferred = (await warehouses(tx))[0]
    await write_issues(
        tx,
        [
            (Issue(order.id, line.line_no, line.sku_id, preferred, line.shipped), order.placed_at)
            for order in orders
            for line, sku in zip(order.lines, order.skus, strict=True)
            if line.shipped and sku.supply_policy != "untracked"
        ],
    )
