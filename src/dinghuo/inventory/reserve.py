"""Stock: what is available where, how a line is served, and the rows that promise it.

`available = on_hand + allowance − reserved − safety − barred` (`barred`: of lots that are blocked or expired). Supply
policies: `refuse` and `presell` never promise more than is available (presell's allowance is part of it), `backorder`
promises what is there and lets the rest wait, `untracked` reserves nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.inventory.sourcing import Route, Sourcing, load_sites, load_sourcing
from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.money import ZERO


class Balance(msgspec.Struct):
    """One SKU in one warehouse; `available` falls while a batch is decided, `seen` is what it was."""

    warehouse_id: UUID
    priority: int
    seen: Decimal
    available: Decimal


class Held(msgspec.Struct, frozen=True, gc=False):
    """What one line takes from one warehouse, in base units. `why` from there is said where there are rules."""

    warehouse_id: UUID
    held: Decimal
    backordered: Decimal = ZERO
    why: str | None = None


class Stock:
    """The balances of a batch: `take` for a line, `put_back` when its order is refused after all."""

    def __init__(self, balances: dict[UUID, list[Balance]], sourcing: Sourcing | None = None) -> None:
        self._balances = balances
        self.sourcing = sourcing
        self._waiting: set[UUID] = set()

    def __contains__(self, sku_id: UUID) -> bool:
        return sku_id in self._balances

    @property
    def has_waiting(self) -> bool:
        """Whether something that was taken has to wait."""
        return bool(self._waiting)

    def available(self, sku_id: UUID) -> Decimal:
        return sum((b.available for b in self._balances.get(sku_id, ()) if b.available > 0), ZERO)

    def take(
        self,
        sku_id: UUID,
        quantity: Decimal,
        *,
        backorder: bool,
        route: Route | None = None,
        only: UUID | None = None,
    ) -> list[Held] | None:
        """Serve a line: from one warehouse if any can, the preferred first; else from several; None when short.

        `route` is the customer's own order of warehouses; `only` is one that can serve the whole order.
        """
        balances: Sequence[Balance] = self._balances.get(sku_id, ())
        if route is not None and len(balances) > 1:
            rank = route.rank
            balances = sorted(balances, key=lambda b: (b.warehouse_id != only, rank[b.warehouse_id]))
        for balance in balances:
            if balance.available >= quantity:
                balance.available -= quantity
                return [Held(balance.warehouse_id, quantity, why=_why(route, balance.warehouse_id, only))]
        if not balances or (not backorder and self.available(sku_id) < quantity):
            return None
        parts = self._split(sku_id, balances, quantity)
        return parts if route is None else [_explained(part, route, of_several=len(parts) > 1) for part in parts]

    def way(
        self, regions: tuple[UUID, ...], wanted: Iterable[tuple[UUID, Decimal]]
    ) -> tuple[Route | None, UUID | None]:
        """How to `take` for a customer of these regions: their order of warehouses, and one that has all that is
        wanted where orders shall not be split."""
        if self.sourcing is None:
            return None, None
        route = self.sourcing.route(regions)
        return route, self._one_for_all(wanted, route) if self.sourcing.whole_orders else None

    def _one_for_all(self, wanted: Iterable[tuple[UUID, Decimal]], route: Route) -> UUID | None:
        """The first warehouse that has all of this; None when there is none."""
        sums: dict[UUID, Decimal] = {}
        for sku_id, quantity in wanted:
            sums[sku_id] = sums.get(sku_id, ZERO) + quantity
        able: set[UUID] | None = None
        for sku_id, quantity in sums.items():
            here = {b.warehouse_id for b in self._balances.get(sku_id, ()) if b.available >= quantity}
            able = here if able is None else able & here
        return min(able, key=lambda id: route.rank[id]) if able else None

    def _split(self, sku_id: UUID, balances: Sequence[Balance], quantity: Decimal) -> list[Held]:
        taken: list[Held] = []
        for balance in balances:
            part = min(balance.available, quantity)
            if part > 0:
                balance.available -= part
                quantity -= part
                taken.append(Held(balance.warehouse_id, part))
        if not quantity:
            return taken
        # What nobody has waits at the preferred warehouse.
        self._waiting.add(sku_id)
        preferred = balances[0].warehouse_id
        for i, part_taken in enumerate(taken):
            if part_taken.warehouse_id == preferred:
                taken[i] = Held(preferred, part_taken.held, quantity)
                return taken
        return [*taken, Held(preferred, ZERO, quantity)]

    def put_back(self, sku_id: UUID, taken: Iterable[Held]) -> None:
        for part in taken:
            for balance in self._balances[sku_id]:
                if balance.warehouse_id == part.warehouse_id:
                    balance.available += part.held

    def fits(self, now: "Stock", sku_ids: Iterable[UUID]) -> bool:
        """Whether what was taken of these SKUs is there `now`, and what had to wait would have to wait still."""
        for sku_id in sku_ids:
            there = {balance.warehouse_id: balance.seen for balance in now._balances.get(sku_id, ())}
            for balance in self._balances[sku_id]:
                found, taken = there.get(balance.warehouse_id), balance.seen - balance.available
                if found is None or (taken and found < taken) or (sku_id in self._waiting and found != balance.seen):
                    return False
        return True


def _why(route: Route | None, warehouse_id: UUID, only: UUID | None) -> str | None:
    if route is None:
        return None
    return "whole" if warehouse_id == only else route.why[warehouse_id]


def _explained(part: Held, route: Route, *, of_several: bool) -> Held:
    why = "split" if of_several else route.why[part.warehouse_id]
    return Held(part.warehouse_id, part.held, part.backordered, why)


class ReservationRow(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What one line of a document takes from one warehouse. Without a priority it has the usual one."""

    document_id: UUID
    line_no: int
    sku_id: UUID
    warehouse_id: UUID
    held: Decimal
    backordered: Decimal
    priority: int | None = None
    source: str | None = None


class Issue(msgspec.Struct, frozen=True, gc=False):
    """Goods that left for a document's line without having been promised first: taken-over history."""

    id: UUID
    document_id: UUID
    line_no: int
    sku_id: UUID
    warehouse_id: UUID
    quantity: Decimal
    at: datetime


class _Moved(msgspec.Struct, frozen=True, gc=False):
    sku_id: UUID
    warehouse_id: UUID
    quantity: Decimal


_READ = """
select s.sku_id, s.warehouse_id, s.on_hand + s.allowance - s.reserved - s.safety - s.barred as available
from stock s
where s.tenant_id = $1 and s.sku_id = any($2::uuid[]) and s.warehouse_id = any($3::uuid[])
order by s.sku_id, s.warehouse_id
"""
_LOCK = f"{_READ} for no key update"

_OPEN = """
insert into stock (tenant_id, sku_id, warehouse_id)
select $1, sku_id, $3 from unnest($2::uuid[]) as w(sku_id) order by sku_id
on conflict (tenant_id, sku_id, warehouse_id) do nothing
"""

_HOLD = """
update stock s set reserved = s.reserved + d.quantity
from json_to_recordset($2::json) as d(sku_id uuid, warehouse_id uuid, quantity numeric)
where s.tenant_id = $1 and s.sku_id = d.sku_id and s.warehouse_id = d.warehouse_id
"""

# What is locked in key order here and held at once; a row that has no room left is not counted as held.
_LOCK_AND_HOLD = """
with wanted as (
  select d.sku_id, d.warehouse_id, d.quantity
  from json_to_recordset($2::json) as d(sku_id uuid, warehouse_id uuid, quantity numeric)
), locked as materialized (
  select s.sku_id, s.warehouse_id, s.on_hand + s.allowance - s.reserved - s.safety - s.barred as available
  from stock s
  where s.tenant_id = $1 and s.sku_id = any($3::uuid[]) and s.warehouse_id = any($4::uuid[])
  order by s.sku_id, s.warehouse_id for no key update
), held as (
  update stock s set reserved = s.reserved + w.quantity
  from locked l join wanted w on w.sku_id = l.sku_id and w.warehouse_id = l.warehouse_id
  where s.tenant_id = $1 and s.sku_id = l.sku_id and s.warehouse_id = l.warehouse_id
    and s.reserved + w.quantity <= s.on_hand + s.allowance
  returning 1
)
select l.sku_id, l.warehouse_id, l.available, (select count(*) from held) as held from locked l
"""

_RESERVE = """
insert into reservation (tenant_id, document_id, line_no, warehouse_id, sku_id, held, backordered)
select $1, document_id, line_no, warehouse_id, sku_id, held, backordered
from json_to_recordset($2::json) as r(document_id uuid, line_no int, warehouse_id uuid, sku_id uuid, held numeric,
  backordered numeric)
"""

_RESERVE_RANKED = """
insert into reservation (tenant_id, document_id, line_no, warehouse_id, sku_id, held, backordered, priority, source)
select $1, document_id, line_no, warehouse_id, sku_id, held, backordered, coalesce(priority, 100), source
from json_to_recordset($2::json) as r(document_id uuid, line_no int, warehouse_id uuid, sku_id uuid, held numeric,
  backordered numeric, priority int, source text)
"""

_TAKE_OUT = """
with locked as (
  select s.sku_id, s.warehouse_id, d.quantity
  from json_to_recordset($2::json) as d(sku_id uuid, warehouse_id uuid, quantity numeric)
  join stock s on s.tenant_id = $1 and s.sku_id = d.sku_id and s.warehouse_id = d.warehouse_id
  order by s.sku_id, s.warehouse_id for no key update of s
)
update stock s set on_hand = s.on_hand - l.quantity
from locked l where s.tenant_id = $1 and s.sku_id = l.sku_id and s.warehouse_id = l.warehouse_id
"""

# What left, from a common table `issued (id, at, sku_id, warehouse_id, quantity, document_id, line_no)`.
MOVE_ISSUED = """
insert into stock_move (tenant_id, id, at, kind, sku_id, warehouse_id, quantity, document_kind, document_id, line_no)
select $1, id, at, 'issue', sku_id, warehouse_id, -quantity, 'order', document_id, line_no from issued
"""
_ISSUE = f"""
with issued as (
  select * from json_to_recordset($2::json) as m(id uuid, at timestamptz, sku_id uuid, warehouse_id uuid,
    quantity numeric, document_id uuid, line_no int)
)
{MOVE_ISSUED}
"""  # noqa: S608 - a constant of ours

Taken = dict[tuple[UUID, UUID], Decimal]
"""What left, by SKU and warehouse."""


async def warehouses(tx: Tx) -> list[UUID]:
    """The active warehouses, the preferred first."""
    memory = await tx.cached("inventory")
    known: list[UUID] | None = memory.get("warehouses")
    if known is None:
        known = memory["warehouses"] = [site.id for site in await load_sites(tx)]
    return known


async def lock_stock(tx: Tx, sku_ids: Iterable[UUID], *, open_missing: Iterable[UUID] = ()) -> Stock:
    """Lock the balances of these SKUs in every active warehouse, in key order, each SKU's preferred first.

    SKUs among `open_missing` get a balance of zero in the preferred warehouse when they have none: what is
    backordered waits somewhere.
    """
    active = await warehouses(tx)
    wanted = list(set(sku_ids))
    rows = await tx.fetch(_LOCK, wanted, active) if wanted else []
    absent = set(open_missing) - {row["sku_id"] for row in rows}
    if absent and active:
        await tx.write(_OPEN, list(absent), active[0])
        rows += await tx.fetch(_LOCK, list(absent), active)
    return _stock(rows, active, await load_sourcing(tx))


async def read_stock(tx: Tx, sku_ids: Iterable[UUID]) -> Stock:
    """Like `lock_stock` without a lock: what could be promised if nobody else asked now."""
    active = await warehouses(tx)
    rows = await tx.fetch(_READ, list(set(sku_ids)), active)
    return _stock(rows, active, await load_sourcing(tx))


def _stock(rows: Sequence[Any], active: Sequence[UUID], sourcing: Sourcing | None) -> Stock:
    rank = {warehouse_id: number for number, warehouse_id in enumerate(active)}
    balances: dict[UUID, list[Balance]] = {}
    for row in rows:
        warehouse_id = row["warehouse_id"]
        balances.setdefault(row["sku_id"], []).append(
            Balance(warehouse_id, rank[warehouse_id], row["available"], row["available"])
        )
    if len(active) > 1:
        for several in balances.values():
            several.sort(key=lambda balance: balance.priority)
    return Stock(balances, sourcing)


async def write_reservations(tx: Tx, rows: Sequence[ReservationRow]) -> None:
    """Write what was promised, a row each; `move_reserved` holds it in the balances."""
    if rows:
        plain = all(row.priority is None and row.source is None for row in rows)
        await tx.write_rows(_RESERVE if plain else _RESERVE_RANKED, rows)


async def write_issues(tx: Tx, issues: Sequence[Issue]) -> None:
    """Write what left, each at the moment it happened. `take_out` takes it from the balances."""
    if issues:
        await tx.write_rows(_ISSUE, issues)


async def take_out(tx: Tx, taken: Taken) -> None:
    """Take from the balances what was issued in this transaction; locks them, in key order."""
    rows = [_Moved(sku_id, warehouse_id, quantity) for (sku_id, warehouse_id), quantity in taken.items()]
    if rows:
        await _write_moved(tx, _TAKE_OUT, rows)


async def move_reserved(tx: Tx, quantities: dict[tuple[UUID, UUID], Decimal]) -> None:
    """Add to what is reserved of each (SKU, warehouse), which this transaction has locked; negative frees it."""
    await _move(tx, _HOLD, quantities)


async def lock_and_hold(tx: Tx, quantities: dict[tuple[UUID, UUID], Decimal], sku_ids: Collection[UUID]) -> Stock:
    """Lock the balances of these SKUs in key order and hold so much of each (SKU, warehouse); how they were before.

    One statement. The caller makes sure that what was there allows it, or rolls back. Raises `RetryTransaction`
    when not all of it could be held.
    """
    active = await warehouses(tx)
    rows = [_Moved(sku_id, warehouse_id, quantity) for (sku_id, warehouse_id), quantity in quantities.items()]
    found = await tx.fetch_rows(_LOCK_AND_HOLD, rows, list(sku_ids), active) if sku_ids else []
    if rows and (not found or found[0]["held"] != len(rows)):
        raise RetryTransaction("others have taken the same goods meanwhile")
    return _stock(found, active, await load_sourcing(tx))


async def _move(tx: Tx, sql: str, quantities: dict[tuple[UUID, UUID], Decimal]) -> None:
    if not quantities:
        return
    await _write_moved(
        tx, sql, [_Moved(sku_id, warehouse_id, quantity) for (sku_id, warehouse_id), quantity in quantities.items()]
    )


async def _write_moved(tx: Tx, sql: str, rows: Sequence[_Moved]) -> None:
    moved = await tx.write_rows(sql, rows)
    if moved != len(rows):
        raise AssertionError(f"{moved} of {len(rows)} balances were there to be moved")
