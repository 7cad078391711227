"""Say of which SKUs lots are kept, how long goods must be good, and which lots nobody shall get."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import and_, literal, select, true, union_all, update

from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.inventory.lots.bar import bar_again, places_of
from dinghuo.inventory.tables import lot, lot_tracking, minimum_life
from dinghuo.inventory.targets import TABLES, find_targets
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE, check_codes, drop, put, resolve
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import text_faults

BAD_LIFE = Message("lot-life", "天数应在 1 到 {most} 之间", "The days must be between 1 and {most}", MALFORMED)
_LONGEST_SHELF, _LONGEST_LIFE, _LONGEST_REASON = 36_500, 3_650, 500


class TrackingInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether lots are kept of a SKU; by its shelf life lots expire of which only the day they were made is told."""

    sku: str
    tracked: bool = True
    shelf_life_days: int | None = None


class TrackingView(msgspec.Struct, frozen=True):
    sku: str
    sku_name: str
    shelf_life_days: int | None


async def save_tracking(tx: Tx, *, items: Sequence[TrackingInput], by: Actor) -> int:
    """Set all of these or none; how many were different. What is there already stays, as loose goods of no lot."""
    faults = Faults()
    check_codes(faults, [item.sku for item in items], "sku")
    ids = (await resolve(tx, {"sku": (sku, "code", [item.sku for item in items])}))["sku"]
    for line, item in enumerate(items):
        if item.sku not in ids:
            faults.add(line, "sku", UNKNOWN_CODE, code=item.sku)
        if item.shelf_life_days is not None and not 1 <= item.shelf_life_days <= _LONGEST_SHELF:
            faults.add(line, "shelf_life_days", BAD_LIFE, most=_LONGEST_SHELF)
    faults.check()
    rows = await tx.fetch(_TRACKED, list(ids.values()))
    old: dict[UUID, Any] = {row["sku_id"]: {"shelf_life_days": row["shelf_life_days"]} for row in rows}
    wanted = {ids[item.sku]: {"shelf_life_days": item.shelf_life_days} if item.tracked else None for item in items}
    changed = {id: said for id, said in wanted.items() if old.get(id) != said}
    await put(tx, lot_tracking, [{"sku_id": id, **said} for id, said in changed.items() if said is not None])
    await drop(tx, lot_tracking, [(id,) for id, said in changed.items() if said is None])
    changes = [audit.Change("sku", id, "lots_set", by, {"lots": [old.get(id), said]}) for id, said in changed.items()]
    await audit.record(tx, changes)
    if changed:
        await touch(tx, "inventory")
    return len(changed)


_TRACKED = "select sku_id, shelf_life_days from lot_tracking where tenant_id = $1 and sku_id = any($2::uuid[])"


async def list_tracking(tx: Tx, *, cursor: str | None = None, limit: int = 50) -> Page[TrackingView]:
    """The SKUs whose lots are kept."""
    t = lot_tracking.c
    statement = (
        select(sku.c.code, sku.c.name, t.shelf_life_days)
        .select_from(lot_tracking)
        .join(sku, and_(sku.c.tenant_id == t.tenant_id, sku.c.id == t.sku_id))
        .where(t.tenant_id == tx.tenant_id, sku.c.tenant_id == tx.tenant_id)
        .order_by(sku.c.code)
        .limit(limit + 1)
    )
    if cursor is not None:
        statement = statement.where(sku.c.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement)
    return page(rows, limit, lambda row: (row.code,), lambda row: TrackingView(*row))


class LifeInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days more goods must be good; null forgets it. A customer's own goes before its tier's."""

    kind: Literal["customer", "tier"]
    code: str
    days: int | None


class LifeView(msgspec.Struct, frozen=True):
    kind: str
    code: str
    name: str
    days: int


async def save_lives(tx: Tx, *, items: Sequence[LifeInput], by: Actor, seen_by: Principal | None = None) -> int:
    """Set or forget all of these or none; how many were different."""
    faults = Faults()
    check_codes(faults, [f"{item.kind} {item.code}" for item in items])
    ids = await find_targets(tx, ((item.kind, item.code) for item in items), seen_by)
    for line, item in enumerate(items):
        if (item.kind, item.code) not in ids:
            faults.add(line, "code", UNKNOWN_CODE, code=item.code)
        if item.days is not None and not 1 <= item.days <= _LONGEST_LIFE:
            faults.add(line, "days", BAD_LIFE, most=_LONGEST_LIFE)
    faults.check()
    wanted = {(item.kind, ids[item.kind, item.code]): item.days for item in items}
    rows = await tx.fetch(_LIVES, [kind for kind, _ in wanted], [id for _, id in wanted]) if wanted else []
    old = {(row["kind"], row["target_id"]): row["days"] for row in rows}
    changed = {key: days for key, days in wanted.items() if old.get(key) != days}
    kept = [{"kind": kind, "target_id": id, "days": days} for (kind, id), days in changed.items() if days is not None]
    await put(tx, minimum_life, kept)
    await drop(tx, minimum_life, [key for key, days in changed.items() if days is None])
    changes = [
        audit.Change(kind, id, "minimum_life_set", by, {"minimum_life": [old.get((kind, id)), days]})
        for (kind, id), days in changed.items()
    ]
    await audit.record(tx, changes)
    if changed:
        await touch(tx, "inventory")
    return len(changed)


_LIVES = """
select m.kind, m.target_id, m.days from minimum_life m
join unnest($2::text[], $3::uuid[]) as w(kind, target_id) on w.kind = m.kind and w.target_id = m.target_id
where m.tenant_id = $1
"""


async def list_lives(tx: Tx, *, seen_by: Principal, cursor: str | None = None, limit: int = 50) -> Page[LifeView]:
    """What customers and tiers ask for, by kind and code."""
    m = minimum_life.c
    both = union_all(
        *(
            select(literal(kind).label("kind"), table.c.code, table.c.name, m.days)
            .select_from(minimum_life)
            .join(table, and_(table.c.tenant_id == m.tenant_id, table.c.id == m.target_id))
            .where(m.tenant_id == tx.tenant_id, table.c.tenant_id == tx.tenant_id, m.kind == kind)
            .where(visible_customers(seen_by, table) if kind == "customer" else true())
            for kind, table in TABLES.items()
        )
    ).subquery()
    statement = select(both).order_by(both.c.kind, both.c.code).limit(limit + 1)
    if cursor is not None:
        kind, code = decode_cursor(cursor, (str, str))
        statement = statement.where((both.c.kind > kind) | ((both.c.kind == kind) & (both.c.code > code)))
    rows = await tx.rows(statement)
    return page(rows, limit, lambda row: (row.kind, row.code), lambda row: LifeView(*row))


async def block_lot(tx: Tx, *, lot_id: UUID, reason: str | None, by: Actor) -> None:
    """Let no customer get anything of a lot; with no reason, let them again."""
    if reason is not None and (faults := list(text_faults("reason", reason, _LONGEST_REASON))):
        raise Refused(faults)
    c = lot.c
    old = await tx.one(select(c.state, c.block_reason).where(c.tenant_id == tx.tenant_id, c.id == lot_id))
    if old is None:
        raise missing("lot", lot_id)
    state = "active" if reason is None else "blocked"
    if (old.state, old.block_reason) == (state, reason):
        return
    await tx.execute(
        update(lot)
        .where(c.tenant_id == tx.tenant_id, c.id == lot_id)
        .values(state=state, block_reason=reason, revision=c.revision + 1)
    )
    if old.state != state:
        await bar_again(tx, await places_of(tx, lot_id))
    changes = {"state": [old.state, state], "reason": [old.block_reason, reason]}
    await audit.record(tx, [audit.Change("lot", lot_id, state, by, changes)])
