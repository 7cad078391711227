"""Amounts of a SKU that hold from a day on until the next: what it costs, and the least it may be sold for.

Fields of their own right: only who may see costs reads or writes them. They are told in base units, without tax, in
the tenant's currency.
"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.dialects.postgresql import distinct_on

from dinghuo.catalogue.rules import check_decimal
from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import MOST, TOO_MANY_ITEMS, UNKNOWN_CODE, Saved, among, drop, put, resolve
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import FORBIDDEN, Message, Refused
from dinghuo.kit.faults import Faults

COST_HIDDEN = Message("cost-hidden", "您无权查看或修改成本", "You may not see or change costs", FORBIDDEN)

_LARGEST = Decimal("999999999999")
_ZERO = Decimal(0)


class Entry(msgspec.Struct, frozen=True):
    """An amount of a SKU from a day on; null takes the entry away."""

    sku: str
    valid_from: date
    amount: Decimal | None


class Dated(msgspec.Struct, frozen=True):
    """A kind of dated amounts: its table, whose name the audit has too, its column, and what is said of doubles."""

    table: Table
    field: str
    twice: Message

    @property
    def amount(self) -> ColumnElement[Decimal]:
        return self.table.c[self.field]


def check_sees_cost(seen_by: Principal | None) -> None:
    """Raise unless costs may be told; None is the system itself."""
    if seen_by is not None and not (isinstance(seen_by, StaffPrincipal) and seen_by.sees_cost):
        raise Refused(COST_HIDDEN("cost"))


async def save_dated(
    tx: Tx, kind: Dated, entries: Sequence[Entry], *, by: Actor, seen_by: Principal | None, path: str
) -> Saved:
    """Write or take away dated amounts by the SKUs' codes, all or nothing, in a fixed number of statements.

    In the answer an amount taken away counts as updated, and `ids` are the SKUs'.
    """
    check_sees_cost(seen_by)
    if len(entries) > MOST:
        raise Refused(TOO_MANY_ITEMS("items", most=MOST, count=len(entries)))
    faults = Faults(path)
    ids = (await resolve(tx, {"sku": (sku, "code", [entry.sku for entry in entries])}))["sku"]
    seen: set[tuple[str, date]] = set()
    for line, entry in enumerate(entries):
        check_decimal(faults, line, kind.field, entry.amount, _ZERO, _LARGEST)
        if entry.sku not in ids:
            faults.add(line, "sku", UNKNOWN_CODE, code=entry.sku)
        if (entry.sku, entry.valid_from) in seen:
            faults.add(line, "valid_from", kind.twice, code=entry.sku, day=entry.valid_from.isoformat())
        seen.add((entry.sku, entry.valid_from))
    faults.check()
    wanted = {(ids[entry.sku], entry.valid_from): entry.amount for entry in entries}
    old = await _stored(tx, kind, set(ids.values()))
    changed = {key: amount for key, amount in wanted.items() if old.get(key) != amount}
    await drop(tx, kind.table, [key for key, amount in changed.items() if amount is None])
    fresh = [
        {"sku_id": sku_id, "valid_from": day, kind.field: amount}
        for (sku_id, day), amount in changed.items()
        if amount is not None
    ]
    await put(tx, kind.table, fresh)
    await _audit(tx, kind, changed, old, by)
    if changed:
        await touch(tx, "catalogue")
    created = sum(key not in old for key in changed)
    return Saved(created, len(changed) - created, len(wanted) - len(changed), ids)


async def _stored(tx: Tx, kind: Dated, sku_ids: Collection[UUID]) -> dict[tuple[UUID, date], Decimal]:
    c = kind.table.c
    rows = await tx.rows(select(kind.table).where(c.tenant_id == tx.tenant_id, among(c.sku_id, sku_ids)))
    return {(row.sku_id, row.valid_from): getattr(row, kind.field) for row in rows}


async def _audit(
    tx: Tx,
    kind: Dated,
    changed: dict[tuple[UUID, date], Decimal | None],
    old: dict[tuple[UUID, date], Decimal],
    by: Actor,
) -> None:
    """Under a kind of its own: who may read the history of a SKU need not see what it costs."""
    by_sku: dict[UUID, dict[str, list[Decimal | None]]] = {}
    for (sku_id, day), amount in changed.items():
        by_sku.setdefault(sku_id, {})[day.isoformat()] = [old.get((sku_id, day)), amount]
    await record(
        tx, [Change(str(kind.table.name), sku_id, "updated", by, changes) for sku_id, changes in by_sku.items()]
    )


async def read_dated(tx: Tx, kind: Dated, sku_id: UUID, *, seen_by: Principal | None) -> list[tuple[date, Decimal]]:
    """All dated amounts of a SKU, the newest first."""
    check_sees_cost(seen_by)
    c = kind.table.c
    rows = await tx.rows(
        select(c.valid_from, kind.amount.label("amount"))
        .where(c.tenant_id == tx.tenant_id, c.sku_id == sku_id)
        .order_by(c.valid_from.desc())
    )
    return [(row.valid_from, row.amount) for row in rows]


async def dated_on(
    tx: Tx, kind: Dated, sku_ids: Collection[UUID], day: date, *, seen_by: Principal | None
) -> dict[UUID, Decimal]:
    """What holds of each SKU on a day; those of which nobody has said anything are absent."""
    check_sees_cost(seen_by)
    c = kind.table.c
    rows = await tx.rows(
        select(c.sku_id, kind.amount.label("amount"))
        .where(c.tenant_id == tx.tenant_id, among(c.sku_id, sku_ids), c.valid_from <= day)
        .order_by(c.sku_id, c.valid_from.desc())
        .ext(distinct_on(c.sku_id))
    )
    return {row.sku_id: row.amount for row in rows}
