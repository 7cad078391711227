"""Save a block of cells of the price grid: all or nothing, every fault by its cell, nobody's change undone unseen."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.identity.principals import Principal
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import MAX_QUANTITY, fits
from dinghuo.pricing.delete_entries import delete_located
from dinghuo.pricing.save_entries import (
    BAD_PRICE,
    EntryKey,
    Key,
    Located,
    locate,
    remember_changes,
    save_located,
)

PRICE_CHANGED = Message(
    "price-changed",
    "此价格已被他人改为 {now}（您看到的是 {read}），请刷新后重试",
    "Somebody changed this price to {now} meanwhile (you saw {read}): reload and try again",
    CONFLICT,
)


class CellInput(EntryKey, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cell as wanted; without a price it shall be empty.

    `was` is what stood there when it was read (null: nothing): given, another price there by now is a fault.
    """

    price: Decimal | None
    was: Decimal | UnsetType | None = UNSET


class GridSaved(msgspec.Struct, frozen=True):
    """How many prices are new, changed, gone, and as they were; the lists' versions from now on."""

    created: int
    updated: int
    deleted: int
    unchanged: int
    versions: dict[str, int]


async def save_grid(tx: Tx, *, cells: Sequence[CellInput], by: Actor, seen_by: Principal | None = None) -> GridSaved:
    """Set and empty these cells, all or none. In a published list it counts from the commit on."""
    faults = Faults("cells")
    for line, cell in enumerate(cells):
        if cell.price is not None and (not fits(cell.price) or cell.price < 0):
            faults.add(line, "price", BAD_PRICE, price=cell.price, most=MAX_QUANTITY)
    located = await locate(tx, cells, faults, seen_by=seen_by)
    before = await _prices(tx, located) if cells else {}
    _check_unchanged(faults, cells, located, before)
    faults.check()
    wanted = dict(zip(located.keys, (cell.price for cell in cells), strict=True))
    written = [(key, price) for key, price in wanted.items() if price is not None]
    emptied = [key for key, price in wanted.items() if price is None and key in before]
    rows = [*await save_located(tx, written), *await delete_located(tx, emptied)]
    await remember_changes(tx, rows, located, by)
    created = sum(row["old"] is None for row in rows)
    return GridSaved(
        created=created,
        updated=len(rows) - created - len(emptied),
        deleted=len(emptied),
        unchanged=len(cells) - len(rows),
        versions=await _versions(tx, located),
    )


def _check_unchanged(
    faults: Faults, cells: Sequence[CellInput], located: Located, before: dict[Key, Decimal]
) -> None:
    for line, (cell, key) in enumerate(zip(cells, located.keys, strict=True)):
        now = before.get(key)
        if cell.was is not UNSET and cell.was != now:
            faults.add(line, "price", PRICE_CHANGED, now=_said(now), read=_said(cell.was))


def _said(price: Decimal | None) -> str:
    return "—" if price is None else f"{price.normalize():f}"


_PRICES = """
select e.list_id, e.sku_id, e.unit, e.minimum_quantity, e.price
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::numeric[]) as g(list_id, sku_id, unit, minimum_quantity)
join price_entry e on e.tenant_id = $1 and e.list_id = g.list_id and e.sku_id = g.sku_id and e.unit = g.unit
  and e.minimum_quantity = g.minimum_quantity
"""
_VERSIONS = "select p.code, p.version from price_list p where p.tenant_id = $1 and p.id = any($2::uuid[])"


async def _prices(tx: Tx, located: Located) -> dict[Key, Decimal]:
    rows: Sequence[Any] = await tx.fetch(_PRICES, *map(list, zip(*located.keys, strict=True)))
    return {(row["list_id"], row["sku_id"], row["unit"], row["minimum_quantity"]): row["price"] for row in rows}


async def _versions(tx: Tx, located: Located) -> dict[str, int]:
    return {row["code"]: row["version"] for row in await tx.fetch(_VERSIONS, list(located.lists))}
