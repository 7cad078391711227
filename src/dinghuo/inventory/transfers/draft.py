"""Write transfers, change those that are drafts, call them off."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import select

from dinghuo.identity.facts import load_tenant
from dinghuo.inventory.goods import Known, know
from dinghuo.inventory.receive import NUMBER_TAKEN
from dinghuo.inventory.states import TRANSFER
from dinghuo.inventory.tables import transfer
from dinghuo.inventory.transfers.locked import lock_transfer
from dinghuo.kit import audit, search
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import among
from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.revisions import check_revision
from dinghuo.kit.texts import CODE_FORM, check_texts, is_code, storable
from dinghuo.kit.transitions import WRONG_STATE, transition

KIND = "TR"
SEARCH_KIND = "transfer"

SAME_PLACE = Message(
    "transfer-same-place", "调出仓和调入仓不能相同", "The goods must go to another warehouse", MALFORMED
)
NO_LINES = Message("transfer-no-lines", "调拨单没有任何行", "The transfer has no lines", MALFORMED)
ON_ITS_WAY = Message(
    "transfer-on-its-way",
    "调拨单已发出，只能改预计到达日和备注",
    "The goods are on their way: only the day and the note can be changed",
    CONFLICT,
)

Lines = Annotated[list["TransferLine"], Meta(max_length=2000)]


class TransferLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of a SKU, in `unit` or its base unit."""

    sku: str
    quantity: Decimal
    unit: str | None = None


class TransferInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from"}):
    """Goods to be sent from one warehouse to another. Without a `number` it gets the next one of the year."""

    source: str
    to: str
    expected_on: date
    lines: Lines
    number: str | None = None
    note: str | None = None


class TransferChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a transfer shall be; lines only while it is a draft."""

    expected_on: date
    lines: Lines | None = None
    note: str | None = None


class TransferOutcome(msgspec.Struct, frozen=True):
    id: UUID
    number: str
    state: str
    lines: int


class _Head(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    number: str
    from_id: UUID
    to_id: UUID
    expected_on: date
    note: str | None
    line_count: int


class _Line(msgspec.Struct, frozen=True, gc=False):
    transfer_id: UUID
    line_no: int
    sku_id: UUID
    unit: str
    quantity: Decimal
    base_quantity: Decimal


_HEADS = """
insert into transfer (tenant_id, id, number, from_id, to_id, state, expected_on, note, line_count, created_at,
  created_by)
select $1, id, number, from_id, to_id, 'draft', expected_on, note, line_count, $3, $4
from json_to_recordset($2::json) as t(id uuid, number text, from_id uuid, to_id uuid, expected_on date, note text,
  line_count int)
on conflict (tenant_id, number) do nothing
"""
_LINES = """
insert into transfer_line (tenant_id, transfer_id, line_no, sku_id, unit, quantity, base_quantity)
select $1, transfer_id, line_no, sku_id, unit, quantity, base_quantity
from json_to_recordset($2::json) as l(transfer_id uuid, line_no int, sku_id uuid, unit text, quantity numeric,
  base_quantity numeric)
"""
_NOWHERE = UUID(int=0)


async def draft_transfers(tx: Tx, *, transfers: Sequence[TransferInput], by: Actor) -> list[TransferOutcome]:
    """Write all of these or none. Nothing is moved yet."""
    known = await know(
        tx,
        skus=(line.sku for item in transfers for line in item.lines),
        warehouses=(code for item in transfers for code in (item.source, item.to)),
        count=sum(len(item.lines) for item in transfers),
    )
    await _check_numbers(tx, known, transfers)
    found = [_resolve(known, i, item) for i, item in enumerate(transfers)]
    known.faults.check()
    if not found:
        return []
    heads = await _number(tx, [head for head, _ in found])
    if await tx.write_rows(_HEADS, heads, tx.now, by.id) != len(heads):
        raise RetryTransaction("another transaction has just used one of these transfer numbers")
    await tx.write_rows(_LINES, [line for _, lines in found for line in lines])
    await search.file(tx, SEARCH_KIND, {head.id: (head.number, head.note) for head in heads})
    changes = [audit.Change("transfer", head.id, "created", by, {"number": [None, head.number]}) for head in heads]
    await audit.record(tx, changes)
    return [TransferOutcome(head.id, head.number, "draft", head.line_count) for head in heads]


def _resolve(known: Known, i: int, item: TransferInput) -> tuple[_Head, list[_Line]]:
    check_texts(known.faults, i, item, {"note": 2000})
    source = _warehouse(known, i, "from", item.source)
    to = _warehouse(known, i, "to", item.to)
    if item.source == item.to:
        known.faults.add(i, "to", SAME_PLACE)
    if not item.lines:
        known.faults.add(i, "lines", NO_LINES)
    id = new_id()
    lines = _lines(known, i, id, item.lines)
    return _Head(id, item.number or "", source, to, item.expected_on, item.note, len(item.lines)), lines


def _warehouse(known: Known, i: int, field: str, code: str) -> UUID:
    return known.warehouse(i, code, closed_too=False, field=field) or _NOWHERE


def _lines(known: Known, i: int, id: UUID, lines: Sequence[TransferLine]) -> list[_Line]:
    found = []
    for j, line in enumerate(lines):
        within = f"lines[{j}]."
        sku = known.sku(i, line.sku, within=within)
        base = known.in_base(i, sku, line.quantity, line.unit, within=within) if sku else None
        if sku is not None and base is not None:
            found.append(_Line(id, j + 1, sku.id, line.unit or sku.base_unit, line.quantity, base))
    return found


async def _check_numbers(tx: Tx, known: Known, transfers: Sequence[TransferInput]) -> None:
    wanted = storable(item.number for item in transfers if item.number is not None)
    t = transfer.c
    rows = await tx.rows(select(t.number).where(t.tenant_id == tx.tenant_id, among(t.number, wanted)))
    taken = {row.number for row in rows}
    for i, item in enumerate(transfers):
        if item.number is None:
            continue
        if not is_code(item.number):
            known.faults.add(i, "number", CODE_FORM)
        if item.number in taken:
            known.faults.add(i, "number", NUMBER_TAKEN, number=item.number)
        taken.add(item.number)


async def _number(tx: Tx, heads: Sequence[_Head]) -> list[_Head]:
    """The transfers, each with a number."""
    await tx.database.numbers.pass_over(tx.tenant_id, KIND, (head.number for head in heads))
    missing = sum(not head.number for head in heads)
    year = tx.now.astimezone((await load_tenant(tx)).zone).year
    numbers = iter(await tx.database.numbers.take(tx.tenant_id, KIND, "", year, missing) if missing else ())
    return [head if head.number else msgspec.structs.replace(head, number=next(numbers)) for head in heads]


_CHANGE = """
update transfer t set expected_on = $3, note = $4, line_count = coalesce($5, t.line_count), revision = t.revision + 1
where t.tenant_id = $1 and t.id = $2
"""
_EMPTY = "delete from transfer_line l where l.tenant_id = $1 and l.transfer_id = $2"


async def change_transfer(tx: Tx, *, transfer_id: UUID, change: TransferChange, revision: int, by: Actor) -> None:
    """Change a transfer, provided that nobody else did meanwhile."""
    head = await lock_transfer(tx, transfer_id)
    check_revision(head.revision, revision)
    if head.state == "shipped" and change.lines is not None:
        raise Refused(ON_ITS_WAY("lines"))
    if head.state not in ("draft", "shipped"):
        raise Refused(WRONG_STATE("state", to=head.state, id=str(transfer_id)))
    lines = change.lines
    known = await know(tx, skus=(line.sku for line in lines or ()), warehouses=(), count=len(lines or ()), path="")
    check_texts(known.faults, 0, change, {"note": 2000})
    if lines is not None and not lines:
        known.faults.add(0, "lines", NO_LINES)
    rows = _lines(known, 0, transfer_id, lines or ())
    known.faults.check()
    if lines is not None:
        await tx.write(_EMPTY, transfer_id)
        await tx.write_rows(_LINES, rows)
    await tx.write(_CHANGE, transfer_id, change.expected_on, change.note, None if lines is None else len(lines))
    await search.file(tx, SEARCH_KIND, {transfer_id: (head.number, change.note)})
    changes = {"expected_on": [head.expected_on, change.expected_on], "note": [head.note, change.note]}
    changes |= {"lines": [head.line_count, len(lines)]} if lines is not None else {}
    await audit.record(tx, [audit.Change("transfer", transfer_id, "updated", by, changes)])


async def cancel_transfer(tx: Tx, *, transfer_id: UUID, by: Actor) -> None:
    """Call a draft off."""
    head = await lock_transfer(tx, transfer_id)
    await transition(tx, transfer, TRANSFER, [transfer_id], "cancelled", revision=transfer.c.revision + 1)
    changes = {"state": [head.state, "cancelled"]}
    await audit.record(tx, [audit.Change("transfer", transfer_id, "cancelled", by, changes)])
