"""What SKUs cost from a day on. A field of its own right: only who may see costs reads or writes them."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from dinghuo.catalogue.rules import check_decimal
from dinghuo.catalogue.tables import sku, sku_cost
from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import MOST, TOO_MANY_ITEMS, UNKNOWN_CODE, Saved, among, drop, put, resolve
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import FORBIDDEN, MALFORMED, Message, Refused
from dinghuo.kit.faults import Faults

COST_HIDDEN = Message("cost-hidden", "您无权查看或修改成本", "You may not see or change costs", FORBIDDEN)
COST_TWICE = Message(
    "cost-twice", "“{code}”在 {day} 的成本重复", "The cost of '{code}' from {day} on is given twice", MALFORMED
)

_LARGEST_COST = Decimal("999999999999")


class CostInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What one base unit costs from a day on, without tax, in the tenant's currency. Null takes the entry away."""

    sku: str
    valid_from: date
    cost: Decimal | None


class CostView(msgspec.Struct, frozen=True):
    valid_from: date
    cost: Decimal


def check_sees_cost(seen_by: Principal | None) -> None:
    """Raise unless costs may be told; None is the system itself."""
    if seen_by is not None and not (isinstance(seen_by, StaffPrincipal) and seen_by.sees_cost):
        raise Refused(COST_HIDDEN("cost"))


async def save_costs(
    tx: Tx, *, costs: Sequence[CostInput], by: Actor, seen_by: Principal | None, path: str = "items"
) -> Saved:
    """Write or take away dated costs by the SKUs' codes, all or nothing, in a fixed number of statements.

    In the answer a cost taken away counts as updated, and `ids` are the SKUs'.
    """
    check_sees_cost(seen_by)
    if len(costs) > MOST:
        raise Refused(TOO_MANY_ITEMS("items", most=MOST, count=len(costs)))
    faults = Faults(path)
    ids = (await resolve(tx, {"sku": (sku, "code", [item.sku for item in costs])}))["sku"]
    seen: set[tuple[str, date]] = set()
    for line, item in enumerate(costs):
        check_decimal(faults, line, "cost", item.cost, Decimal(0), _LARGEST_COST)
        if item.sku not in ids:
            faults.add(line, "sku", UNKNOWN_CODE, code=item.sku)
        if (item.sku, item.valid_from) in seen:
            faults.add(line, "valid_from", COST_TWICE, code=item.sku, day=item.valid_from.isoformat())
        seen.add((item.sku, item.valid_from))
    faults.check()
    wanted = {(ids[item.sku], item.valid_from): item.cost for item in costs}
    old = await _stored(tx, set(ids.values()))
    changed = {key: cost for key, cost in wanted.items() if old.get(key) != cost}
    await drop(tx, sku_cost, [key for key, cost in changed.items() if cost is None])
    fresh = [
        {"sku_id": sku_id, "valid_from": day, "cost": cost}
        for (sku_id, day), cost in changed.items()
        if cost is not None
    ]
    await put(tx, sku_cost, fresh)
    await _audit(tx, changed, old, by)
    if changed:
        await touch(tx, "catalogue")
    created = sum(key not in old for key in changed)
    return Saved(created, len(changed) - created, len(wanted) - len(changed), ids)


async def _stored(tx: Tx, sku_ids: Collection[UUID]) -> dict[tuple[UUID, date], Decimal]:
    rows = await tx.rows(
        select(sku_cost).where(sku_cost.c.tenant_id == tx.tenant_id, among(sku_cost.c.sku_id, sku_ids))
    )
    return {(row.sku_id, row.valid_from): row.cost for row in rows}


async def _audit(
    tx: Tx,
    changed: dict[tuple[UUID, date], Decimal | None],
    old: dict[tuple[UUID, date], Decimal],
    by: Actor,
) -> None:
    """Under a kind of its own: who may read the history of a SKU need not see what it costs."""
    by_sku: dict[UUID, dict[str, list[Decimal | None]]] = {}
    for (sku_id, day), cost in changed.items():
        by_sku.setdefault(sku_id, {})[day.isoformat()] = [old.get((sku_id, day)), cost]
    await record(tx, [Change("sku_cost", sku_id, "updated", by, changes) for sku_id, changes in by_sku.items()])


async def read_costs(tx: Tx, sku_id: UUID, *, seen_by: Principal | None) -> list[CostView]:
    """All dated costs of a SKU, the newest first."""
    check_sees_cost(seen_by)
    rows = await tx.rows(
        select(sku_cost.c.valid_from, sku_cost.c.cost)
        .where(sku_cost.c.tenant_id == tx.tenant_id, sku_cost.c.sku_id == sku_id)
        .order_by(sku_cost.c.valid_from.desc())
    )
    return [CostView(row.valid_from, row.cost) for row in rows]


async def costs_on(tx: Tx, sku_ids: Collection[UUID], day: date, *, seen_by: Principal | None) -> dict[UUID, Decimal]:
    """What each SKU costs on a day; those whose cost nobody has said are absent."""
    check_sees_cost(seen_by)
    rows = await tx.rows(
        select(sku_cost.c.sku_id, sku_cost.c.cost)
        .where(sku_cost.c.tenant_id == tx.tenant_id, among(sku_cost.c.sku_id, sku_ids), sku_cost.c.valid_from <= day)
        .order_by(sku_cost.c.sku_id, sku_cost.c.valid_from.desc())
        .ext(distinct_on(sku_cost.c.sku_id))
    )
    return {row.sku_id: row.cost for row in rows}
