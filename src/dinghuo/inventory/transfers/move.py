"""Ship a transfer, and receive it: what left one warehouse and what arrived in the other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.catalogue.quantities import plain
from dinghuo.inventory.book import book
from dinghuo.inventory.events import SupplyChanged
from dinghuo.inventory.levels import Level, Place
from dinghuo.inventory.lots.bar import barred_of
from dinghuo.inventory.lots.tracked import load_tracked
from dinghuo.inventory.moves import Move, write_moves
from dinghuo.inventory.rebalance import Booking
from dinghuo.inventory.states import TRANSFER
from dinghuo.inventory.tables import transfer
from dinghuo.inventory.transfers.locked import Sent, lines_of, lock_transfer
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.money import ZERO, fits
from dinghuo.kit.periodic import TENANT
from dinghuo.kit.texts import text_faults
from dinghuo.kit.transitions import transition

SHORT = Message(
    "transfer-short",
    "{sku} 可调出 {free}（其余已被预占或不在库），不能调出 {wanted}",
    "{free} of {sku} are free (the others are promised, or not there): {wanted} cannot leave",
    CONFLICT,
)
NO_LINE = Message("transfer-no-line", "调拨单没有第 {line_no} 行", "The transfer has no line {line_no}", MALFORMED)
NAMED_TWICE = Message("transfer-line-twice", "第 {line_no} 行重复", "Line {line_no} is named twice", MALFORMED)
BAD_ARRIVAL = Message(
    "transfer-arrival",
    "实收数量应在 0 到发出的 {most} 之间，小数不超过 6 位",
    "What arrived is between 0 and the {most} that left, with at most 6 decimals",
    MALFORMED,
)
_LONGEST_NOTE = 2000


class Arrived(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a line arrived, in base units."""

    line_no: int
    quantity: Decimal


async def ship_transfer(tx: Tx, *, transfer_id: UUID, by: Actor) -> None:
    """The goods leave. A decision: goods that are promised to orders stay for them."""
    head = await lock_transfer(tx, transfer_id)
    await transition(
        tx, transfer, TRANSFER, [transfer_id], "shipped", shipped_at=tx.now, revision=transfer.c.revision + 1
    )
    lines = await lines_of(tx, transfer_id)
    totals = _totals(lines, {line.line_no: line.quantity for line in lines}, head.from_id)
    await book(
        tx,
        [Booking(*place, by=-quantity) for place, quantity in totals.items()],
        check=lambda before, after: _check(lines, head.from_id, before, after),
    )
    quantities = {line.line_no: -line.quantity for line in lines}
    await write_moves(tx, _moves(tx, head, lines, quantities, head.from_id, by))
    await _record(tx, head, "shipped", by, {})
    await touch(tx, "inventory")


async def receive_transfer(
    tx: Tx, *, transfer_id: UUID, arrived: Sequence[Arrived], note: str | None, by: Actor
) -> None:
    """The goods arrive: all of a line that is not named. What left and did not arrive is the line's difference."""
    head = await lock_transfer(tx, transfer_id)
    lines = await lines_of(tx, transfer_id)
    quantities = _arrived(lines, arrived, note)
    differs = any(quantities[line.line_no] != line.quantity for line in lines)
    new_note = head.note if note is None else note
    await transition(
        tx,
        transfer,
        TRANSFER,
        [transfer_id],
        "received",
        received_at=tx.now,
        differs=differs,
        note=new_note,
        revision=transfer.c.revision + 1,
    )
    await tx.write(_RECEIVE, transfer_id, list(quantities), list(quantities.values()))
    totals = {place: quantity for place, quantity in _totals(lines, quantities, head.to_id).items() if quantity}
    moves, lots = await _arriving(tx, _moves(tx, head, lines, quantities, head.to_id, by))
    if totals:
        barred = await barred_of(tx, moves, lots)
        await book(tx, [Booking(*place, by=by, barred=barred.get(place, ZERO)) for place, by in totals.items()])
    await write_moves(tx, moves, lots=lots)
    missing = {
        f"difference {line.line_no}": [None, -(line.quantity - quantities[line.line_no])]
        for line in lines
        if quantities[line.line_no] != line.quantity
    }
    if missing:
        await _tell(tx, lines)
    await _record(tx, head, "received", by, missing | ({"note": [head.note, note]} if note else {}))


async def _tell(tx: Tx, lines: Sequence[Sent]) -> None:
    """What was on its way is not expected any more, whether it has come or not."""
    await outbox.emit(tx, [SupplyChanged(subject_id=TENANT, skus=sorted({line.sku_id for line in lines}))])


_RECEIVE = """
update transfer_line l set received = a.quantity from unnest($3::int[], $4::numeric[]) as a(line_no, quantity)
where l.tenant_id = $1 and l.transfer_id = $2 and l.line_no = a.line_no
"""


def _arrived(lines: Sequence[Sent], arrived: Sequence[Arrived], note: str | None) -> dict[int, Decimal]:
    """How much of each line arrived; refused where that cannot be."""
    found = {line.line_no: line.quantity for line in lines}
    faults: list[Fault] = list(text_faults("note", note, _LONGEST_NOTE))
    seen: set[int] = set()
    for i, item in enumerate(arrived):
        most = next((line.quantity for line in lines if line.line_no == item.line_no), None)
        field = f"lines[{i}]"
        if most is None:
            faults.append(NO_LINE(f"{field}.line_no", line=i + 1, line_no=item.line_no))
        elif item.line_no in seen:
            faults.append(NAMED_TWICE(f"{field}.line_no", line=i + 1, line_no=item.line_no))
        elif not fits(item.quantity) or not ZERO <= item.quantity <= most:
            faults.append(BAD_ARRIVAL(f"{field}.quantity", line=i + 1, most=plain(most)))
        else:
            found[item.line_no] = item.quantity
        seen.add(item.line_no)
    if faults:
        raise Refused(faults)
    return found


def _totals(lines: Sequence[Sent], quantities: Mapping[int, Decimal], warehouse_id: UUID) -> dict[Place, Decimal]:
    totals: dict[Place, Decimal] = defaultdict(Decimal)
    for line in lines:
        totals[line.sku_id, warehouse_id] += quantities[line.line_no]
    return totals


def _check(
    lines: Sequence[Sent], warehouse_id: UUID, before: Mapping[Place, Level], after: Mapping[Place, Level]
) -> list[Fault]:
    found = []
    for i, line in enumerate(lines):
        place = (line.sku_id, warehouse_id)
        if after[place].free < 0 or after[place].on_hand < 0:
            level = before[place]
            free = max(min(level.on_hand, level.on_hand + level.allowance - level.reserved), ZERO)
            params = {"sku": line.sku, "free": plain(free), "wanted": plain(line.quantity)}
            found.append(SHORT(f"lines[{i}].quantity", line=i + 1, **params))
    return found


def _moves(
    tx: Tx, head: Any, lines: Sequence[Sent], quantities: Mapping[int, Decimal], warehouse_id: UUID, by: Actor
) -> list[Move]:
    return [
        Move(
            new_id(),
            tx.now,
            "transfer",
            line.sku_id,
            warehouse_id,
            quantities[line.line_no],
            document_kind="transfer",
            document_id=head.id,
            line_no=line.line_no,
            actor_id=by.id,
        )
        for line in lines
    ]


_SENT_LOTS = """
select m.line_no, lm.lot_id, -lm.quantity as quantity
from stock_move m
join lot_move lm on lm.tenant_id = $1 and lm.move_id = m.id
join lot l on l.tenant_id = $1 and l.id = lm.lot_id
where m.tenant_id = $1 and m.document_id = $2 and m.kind = 'transfer' and m.quantity < 0
order by m.line_no, l.expires_on, l.number
"""


async def _arriving(tx: Tx, moves: Sequence[Move]) -> tuple[list[Move], dict[UUID, UUID]]:
    """What arrives is of the lots that left, those first that expire first: a move for each."""
    if not moves or not await load_tracked(tx):
        return list(moves), {}
    left: dict[int, list[tuple[UUID, Decimal]]] = defaultdict(list)
    for row in await tx.fetch(_SENT_LOTS, moves[0].document_id):
        left[row["line_no"]].append((row["lot_id"], row["quantity"]))
    found: list[Move] = []
    lots: dict[UUID, UUID] = {}
    for move in moves:
        rest = move.quantity
        for lot_id, quantity in left[move.line_no or 0]:
            if part := min(quantity, rest):
                found.append(msgspec.structs.replace(move, id=new_id(), quantity=part))
                lots[found[-1].id] = lot_id
                rest -= part
        if rest:
            found.append(msgspec.structs.replace(move, quantity=rest))
    return found, lots


async def _record(tx: Tx, head: Any, state: str, by: Actor, more: dict[str, list[Any]]) -> None:
    changes = {"state": [head.state, state]} | more
    await audit.record(tx, [audit.Change("transfer", head.id, state, by, changes)])
