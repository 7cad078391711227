"""Carry an amendment out: lines, promises, credit and the order itself, in one transaction, under its locks."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.accounts.reserve import Entry, write_entries
from dinghuo.inventory.levels import Place, lock_levels, write_levels
from dinghuo.inventory.promises import Promise, change_promises, waiting_at
from dinghuo.inventory.rebalance import rebalance
from dinghuo.inventory.reserve import write_reservations
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.orders.charges import replace_charges
from dinghuo.orders.diff import Diff
from dinghuo.orders.shift import Shift
from dinghuo.orders.write import write_lines

AMENDMENT = "order_amendment"

_CHANGED = """
update order_line l set unit = c.unit, quantity = c.quantity, base_quantity = c.base_quantity,
  list_price = c.list_price, deal_price = c.deal_price, tax_inclusive = c.tax_inclusive,
  price_reason = c.price_reason, tax_rate = c.tax_rate, net = c.net, tax = c.tax, gross = c.gross,
  unit_cost = c.unit_cost,
  requested_date = c.requested_date, note = c.note, ship_to = c.ship_to,
  discount = coalesce(c.discount, 0), given_by = c.given_by
from json_to_recordset($2::json) as c(order_id uuid, line_no int, unit text, quantity numeric, base_quantity numeric,
  list_price numeric, deal_price numeric, tax_inclusive bool, price_reason json, tax_rate numeric, net numeric,
  tax numeric, gross numeric, unit_cost numeric, requested_date date, note text, discount numeric,
  given_by int[], ship_to jsonb)
where l.tenant_id = $1 and l.order_id = c.order_id and l.line_no = c.line_no
"""
_REMOVED = "delete from order_line l where l.tenant_id = $1 and l.order_id = $2 and l.line_no = any($3::int[])"
_NO_PROMISES = (
    "delete from reservation r where r.tenant_id = $1 and r.document_id = $2 and r.line_no = any($3::int[])"
)
_NOTHING_GIVEN = "delete from reservation r where r.tenant_id = $1 and r.document_id = $2"
_HEAD = """
update sales_order o set net = $3, tax = $4, gross = $5, line_count = $6, requested_date = $7, ship_to = $8::jsonb,
  note = $9, customer_reference = $10, earliest_date = coalesce($11, o.earliest_date), revision = o.revision + 1
where o.tenant_id = $1 and o.id = $2
"""


async def write_lines_of(tx: Tx, diff: Diff) -> None:
    """Write the order's lines as they are to be, and its head; before any promise is touched."""
    order = diff.order
    changed = [line.new for line in diff.changed if line.change == "changed" and line.new]
    if changed:
        await tx.write_rows(_CHANGED, changed)
    removed = [line.line_no for line in diff.changed if line.change == "removed"]
    if removed:
        await tx.write(_REMOVED, order.id, removed)
    added = [line.new for line in diff.changed if line.change == "added" and line.new]
    if added:
        await write_lines(tx, added)
    head = {name: change[1] for name, change in diff.head.items()}
    day = head.get("requested_date", order.requested_date)
    ship_to = head.get("ship_to", order.ship_to)
    await tx.write(
        _HEAD,
        order.id,
        diff.after.net,
        diff.after.tax,
        diff.after.gross,
        sum(line.change != "removed" for line in diff.lines),
        date.fromisoformat(day) if isinstance(day, str) else day,
        None if ship_to is None else msgspec.json.encode(ship_to).decode(),
        head.get("note", order.note),
        head.get("customer_reference", order.customer_reference),
        diff.earliest,
    )
    if diff.charges is not None:
        await replace_charges(tx, order.id, diff.charges)


async def move_credit(
    tx: Tx, diff: Diff, account_id: UUID, amount: Decimal, *, amendment_id: UUID | None = None, given: Decimal = ZERO
) -> None:
    """Add to what is open; under the amendment while it waits, and what it held then goes to the order."""
    entries = []
    if given and amendment_id is not None:
        entries.append(Entry(account_id, "open", -given, "release", AMENDMENT, amendment_id))
    kind, document_id = ("order", diff.order.id)
    if amendment_id is not None and not given:
        kind, document_id = AMENDMENT, amendment_id
    verb = "reserve" if amount > ZERO else "release"
    entries.append(Entry(account_id, "open", amount, verb, kind, document_id))
    await write_entries(tx, entries)


async def move_promises(
    tx: Tx, diff: Diff, moved: Shift, promises: Sequence[Promise], *, given: Sequence[Promise] = ()
) -> None:
    """Move what is promised; what comes free serves those who wait. `promises` are all that were locked."""
    deltas: dict[Place, Decimal] = dict.fromkeys(waiting_at([*promises, *given]), ZERO)
    for place, held in _held(moved, given):
        deltas[place] = deltas.get(place, ZERO) + held
    if not deltas and not moved.rows and not moved.changes:
        return
    before = await lock_levels(tx, deltas, open_missing=False)
    after = {
        place: msgspec.structs.replace(level, reserved=level.reserved + deltas[place])
        for place, level in before.items()
    }
    await change_promises(tx, moved.changes)
    removed = [line.line_no for line in diff.changed if line.change == "removed"]
    if removed:
        await tx.write(_NO_PROMISES, diff.order.id, removed)
    if given:
        await tx.write(_NOTHING_GIVEN, given[0].document_id)
    await write_reservations(tx, moved.rows)
    await write_levels(tx, before, await rebalance(tx, after))


def _held(moved: Shift, given: Sequence[Promise]) -> list[tuple[Place, Decimal]]:
    """What is added to what is reserved at each place."""
    return [
        *((change.place, change.held) for change in moved.changes),
        *(((row.sku_id, row.warehouse_id), row.held) for row in moved.rows),
        *((promise.place, -promise.held) for promise in given),
    ]


def rows_of(diff: Diff, amendment_id: UUID) -> list[dict[str, Any]]:
    """The lines of an amendment as they are kept."""
    found = []
    for line in diff.changed:
        row = line.new or (line.old.row if line.old else None)
        if row is None:
            raise AssertionError("a line is neither old nor new")
        found.append(
            {
                "amendment_id": amendment_id,
                "line_no": line.line_no,
                "change": line.change,
                "sku_id": row.sku_id,
                "sku_code": row.sku_code,
                "sku_name": row.sku_name,
                "old": None if line.old is None else _json(line.old.row),
                "new": None if line.new is None else _json(line.new),
            }
        )
    return found


def _json(row: msgspec.Struct) -> Any:
    return msgspec.json.decode(msgspec.json.encode(row))
