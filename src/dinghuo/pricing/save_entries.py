"""Set prices in price lists, many at once: new ones are added, those that differ changed, the others left alone."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.identity.principals import Principal
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MOST, TOO_MANY_ITEMS, UNKNOWN_CODE
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import MAX_QUANTITY, ZERO, fits
from dinghuo.kit.texts import storable
from dinghuo.pricing.change_published import Change, hold_to_policies
from dinghuo.pricing.locked import WAITS, LockedList, check_sees_price, lock_lists

UNKNOWN_UNIT = Message(
    "price-entry-unknown-unit",
    "{code} 没有单位“{unit}”，可用：{units}",
    "{code} has no unit {unit}; use one of {units}",
    MALFORMED,
)
BAD_PRICE = Message(
    "price-entry-price",
    "价格 {price} 应在 0 到 {most} 之间，小数不超过 6 位",
    "The price {price} must be between 0 and {most}, with at most 6 decimals",
    MALFORMED,
)
BAD_MINIMUM = Message(
    "price-entry-minimum",
    "起始数量 {quantity} 应在 0 到 {most} 之间，小数不超过 6 位",
    "The minimum quantity {quantity} must be between 0 and {most}, with at most 6 decimals",
    MALFORMED,
)
ENTRY_TWICE = Message(
    "price-entry-twice",
    "{list} 中 {sku} 的同一价格与第 {other} 行重复",
    "The same price of {sku} in {list} is on line {other} too",
    MALFORMED,
)


class EntryKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which price: of a SKU in a list, by a unit (the SKU's sales unit when none is named), from a quantity on."""

    list: str
    sku: str
    unit: str | None = None
    minimum_quantity: Decimal = ZERO


class EntryInput(EntryKey, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A price as wanted: per unit, in the list's currency and tax mode."""

    price: Decimal


class EntriesSaved(msgspec.Struct, frozen=True):
    """How many prices were new, were changed, and were already as wanted."""

    created: int
    updated: int
    unchanged: int


Key = tuple[UUID, UUID, str, Decimal]
"""Which price: (list, SKU, unit, minimum quantity)."""


class Located(msgspec.Struct, frozen=True):
    """The prices meant, their locked lists, and the codes of their SKUs."""

    keys: list[Key]
    lists: dict[UUID, LockedList]
    sku_codes: dict[UUID, str]


_SAVE = """
with given as (
  select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::numeric[], $6::numeric[])
    as g(list_id, sku_id, unit, minimum_quantity, price)
), before as (
  select e.list_id, e.sku_id, e.unit, e.minimum_quantity, e.price
  from given g join price_entry e on e.tenant_id = $1 and e.list_id = g.list_id and e.sku_id = g.sku_id
    and e.unit = g.unit and e.minimum_quantity = g.minimum_quantity
), saved as (
  insert into price_entry as e (tenant_id, list_id, sku_id, unit, minimum_quantity, price)
  select $1, g.list_id, g.sku_id, g.unit, g.minimum_quantity, g.price from given g
  on conflict (tenant_id, list_id, sku_id, unit, minimum_quantity)
  do update set price = excluded.price where e.tenant_id = $1 and e.price <> excluded.price
  returning e.list_id, e.sku_id, e.unit, e.minimum_quantity, e.price
)
select s.list_id, s.sku_id, s.unit, s.minimum_quantity, s.price, b.price as old
from saved s
left join before b on b.list_id = s.list_id and b.sku_id = s.sku_id and b.unit = s.unit
  and b.minimum_quantity = s.minimum_quantity
"""

_BUMP = """
update price_list p set version = p.version + 1, revision = p.revision + 1, updated_at = $3
where p.tenant_id = $1 and p.id = any($2::uuid[])
"""


async def save_entries(
    tx: Tx,
    *,
    entries: Sequence[EntryInput],
    by: Actor,
    seen_by: Principal | None = None,
    is_history: bool = False,
) -> EntriesSaved:
    """Set these prices, all or none. In a published list they count from the commit on.

    Nobody is to agree to history: it is taken over as it was.
    """
    faults = Faults()
    for i, entry in enumerate(entries):
        if not fits(entry.price) or entry.price < 0:
            faults.add(i, "price", BAD_PRICE, price=entry.price, most=MAX_QUANTITY)
    located = await locate(tx, entries, faults, seen_by=seen_by)
    rows = await save_located(tx, list(zip(located.keys, (entry.price for entry in entries), strict=True)))
    created = sum(row["old"] is None for row in rows)
    await remember_changes(tx, rows, located, by, is_history=is_history)
    return EntriesSaved(created, len(rows) - created, len(entries) - len(rows))


async def save_located(tx: Tx, prices: Sequence[tuple[Key, Decimal]]) -> Sequence[Any]:
    """Write these prices; the rows of those that were not so already, as `remember_changes` takes them."""
    if not prices:
        return []
    return await tx.fetch(_SAVE, *map(list, zip(*((*key, price) for key, price in prices), strict=True)))


async def locate(tx: Tx, keys: Sequence[EntryKey], faults: Faults, *, seen_by: Principal | None) -> Located:
    """Lock the lists and find every key's ids. Raises with `faults` and all that cannot be found."""
    check_sees_price(seen_by)
    if len(keys) > MOST:
        raise Refused(TOO_MANY_ITEMS("items", most=MOST, count=len(keys)))
    lists = await lock_lists(tx, (key.list for key in keys), seen_by=seen_by)
    skus = await load_skus(tx, storable(key.sku for key in keys))
    found: dict[Key, int] = {}
    for i, key in enumerate(keys):
        price_list, sku = lists.get(key.list), skus.get(key.sku)
        _check(faults, key, price_list, sku, i)
        if price_list is not None and sku is not None and fits(key.minimum_quantity):
            place = (price_list.id, sku.id, key.unit or sku.sales_unit, key.minimum_quantity)
            other = found.setdefault(place, i)
            if other != i:
                faults.add(i, "sku", ENTRY_TWICE, list=key.list, sku=key.sku, other=other + 1)
    faults.check()
    return Located(list(found), {x.id: x for x in lists.values()}, {skus[key.sku].id: key.sku for key in keys})


def _check(faults: Faults, key: EntryKey, price_list: LockedList | None, sku: SkuFacts | None, i: int) -> None:
    if price_list is None:
        faults.add(i, "list", UNKNOWN_CODE, code=key.list)
    elif price_list.waits:
        faults.add(i, "list", WAITS, code=key.list)
    if sku is None:
        faults.add(i, "sku", UNKNOWN_CODE, code=key.sku)
    elif key.unit is not None and key.unit not in sku.units:
        faults.add(i, "unit", UNKNOWN_UNIT, code=key.sku, unit=key.unit, units="、".join(sku.units))
    if not fits(key.minimum_quantity) or key.minimum_quantity < 0:
        faults.add(i, "minimum_quantity", BAD_MINIMUM, quantity=key.minimum_quantity, most=MAX_QUANTITY)


async def remember_changes(
    tx: Tx, rows: Sequence[Any], located: Located, by: Actor, *, is_history: bool = False
) -> None:
    """Give each changed list its next version and revision, audit what changed, and make processes forget.

    Raises when a policy would want a published list approved as it is now.

    Each row is a price's key with what it was (`old`) and is (`price`), null where there was or is none.
    """
    if not rows:
        return
    changes: dict[UUID, dict[str, list[Decimal | None]]] = {}
    for row in rows:
        name = f"{located.sku_codes[row['sku_id']]} {row['unit']} {row['minimum_quantity'].normalize():f}"
        changes.setdefault(row["list_id"], {})[name] = [row["old"], row["price"]]
    await tx.write(_BUMP, sorted(changes), tx.now)
    await audit.record(
        tx, [audit.Change("price_list", list_id, "priced", by, prices) for list_id, prices in changes.items()]
    )
    published = [located.lists[id] for id in changes if located.lists[id].state == "published"]
    if published and not is_history:
        prices = {list_id: {name: new for name, (_, new) in several.items()} for list_id, several in changes.items()}
        await hold_to_policies(tx, [Change(x.id, x.code, "list", prices=prices[x.id]) for x in published], by=by)
    if published:
        await touch(tx, "pricing")
