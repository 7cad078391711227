"""What placing an order must know of a SKU, remembered in process by the catalogue's version."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.kit.texts import storable


class SkuFacts(msgspec.Struct, frozen=True, gc=False):
    """One SKU. `units` maps a unit to its ratio to the base unit (numerator, denominator)."""

    id: UUID
    code: str
    name: str
    product_id: UUID
    brand_id: UUID | None
    category_ids: frozenset[UUID]
    base_unit: str
    sales_unit: str
    units: dict[str, tuple[int, int]]
    minimum_quantity: Decimal | None
    multiple: Decimal | None
    tax_rate: Decimal | None
    supply_policy: str
    active: bool
    costs: tuple[tuple[date, Decimal], ...]
    weight_grams: int | None = None
    floors: tuple[tuple[date, Decimal], ...] = ()

    def cost_on(self, day: date) -> Decimal | None:
        """Cost of one base unit in force on a day."""
        return _in_force(self.costs, day)

    def floor_on(self, day: date) -> Decimal | None:
        """The least that one base unit is to be sold for on a day."""
        return _in_force(self.floors, day)


def _in_force(amounts: tuple[tuple[date, Decimal], ...], day: date) -> Decimal | None:
    found = None
    for valid_from, amount in amounts:
        if valid_from > day:
            break
        found = amount
    return found


class AssortmentFacts(msgspec.Struct, frozen=True):
    """One active assortment: whom it is for and what it names."""

    allows: bool
    for_everyone: bool
    audience: frozenset[tuple[str, UUID]]
    has_everything: bool
    items: frozenset[tuple[str, UUID]]

    def applies_to(self, audience: Iterable[tuple[str, UUID]]) -> bool:
        return self.for_everyone or not self.audience.isdisjoint(audience)

    def contains(self, sku: SkuFacts) -> bool:
        items = self.items
        return (
            self.has_everything
            or ("sku", sku.id) in items
            or ("product", sku.product_id) in items
            or (sku.brand_id is not None and ("brand", sku.brand_id) in items)
            or any(("category", category_id) in items for category_id in sku.category_ids)
        )


_SKUS = """
select s.id, s.code, s.name, s.product_id, p.brand_id, p.category_id, s.base_unit, s.sales_unit,
       s.minimum_quantity, s.multiple, s.tax_rate, s.supply_policy, s.weight_grams,
       s.state = 'active' and p.state = 'active' as active, u.units, u.numerators, u.denominators, c.days, c.costs,
       f.days as floor_days, f.floors
from sku s
join product p on p.tenant_id = $1 and p.id = s.product_id
left join lateral (
  select array_agg(unit) as units, array_agg(numerator) as numerators, array_agg(denominator) as denominators
  from sku_unit where tenant_id = $1 and sku_id = s.id) u on true
left join lateral (
  select array_agg(valid_from order by valid_from) as days, array_agg(cost order by valid_from) as costs
  from sku_cost where tenant_id = $1 and sku_id = s.id) c on true
left join lateral (
  select array_agg(valid_from order by valid_from) as days, array_agg(floor order by valid_from) as floors
  from sku_floor where tenant_id = $1 and sku_id = s.id) f on true
where s.tenant_id = $1 and s.code = any($2::text[])
"""

_CATEGORIES = "select id, parent_id from category where tenant_id = $1"

_ASSORTMENTS = """
select a.id, a.mode,
  array(
    select kind || ' ' || target_id from assortment_audience where tenant_id = $1 and assortment_id = a.id
  ) as audience,
  array(select kind || ' ' || target_id from assortment_item where tenant_id = $1 and assortment_id = a.id) as items
from assortment a where a.tenant_id = $1 and a.active
"""


async def load_skus(tx: Tx, codes: Iterable[str]) -> dict[str, SkuFacts]:
    """The SKUs with these codes, whatever their state. Those unknown are absent.

    The answer is this process's memory itself and may hold more than was asked for: read, never written to.
    """
    memory: dict[str, SkuFacts] = (await tx.cached("catalogue")).setdefault("skus", {})
    missing = storable(code for code in codes if code not in memory)
    if missing:
        paths = await _category_paths(tx)
        for row in await tx.fetch(_SKUS, missing):
            memory[row["code"]] = SkuFacts(
                id=row["id"],
                code=row["code"],
                name=row["name"],
                product_id=row["product_id"],
                brand_id=row["brand_id"],
                category_ids=paths.get(row["category_id"], frozenset()),
                base_unit=row["base_unit"],
                sales_unit=row["sales_unit"],
                units=_units(row),
                minimum_quantity=row["minimum_quantity"],
                multiple=row["multiple"],
                tax_rate=row["tax_rate"],
                supply_policy=row["supply_policy"],
                active=row["active"],
                costs=tuple(zip(row["days"] or (), row["costs"] or (), strict=True)),
                weight_grams=row["weight_grams"],
                floors=tuple(zip(row["floor_days"] or (), row["floors"] or (), strict=True)),
            )
    return memory


def _units(row: dict[str, list[str]]) -> dict[str, tuple[int, int]]:
    ratios = zip(row["numerators"] or (), row["denominators"] or (), strict=True)
    units = dict(zip(row["units"] or (), ratios, strict=True))
    return {str(row["base_unit"]): (1, 1)} | {u: (int(n), int(d)) for u, (n, d) in units.items()}


async def _category_paths(tx: Tx) -> dict[UUID, frozenset[UUID]]:
    """Each category with all those above it."""
    memory = await tx.cached("catalogue")
    paths: dict[UUID, frozenset[UUID]] | None = memory.get("category_paths")
    if paths is None:
        parents = {row["id"]: row["parent_id"] for row in await tx.fetch(_CATEGORIES)}
        paths = {category_id: frozenset(ancestry(category_id, parents)) for category_id in parents}
        memory["category_paths"] = paths
    return paths


def ancestry(start: UUID | None, parents: dict[UUID, UUID | None]) -> list[UUID]:
    """`start` and all above it, nearest first; stops when a tree was bent into a ring."""
    path: list[UUID] = []
    current = start
    while current is not None and current not in path:
        path.append(current)
        current = parents.get(current)
    return path


async def load_assortments(tx: Tx) -> Sequence[AssortmentFacts]:
    """All active assortments of the tenant."""
    memory = await tx.cached("catalogue")
    known: list[AssortmentFacts] | None = memory.get("assortments")
    if known is None:
        known = [
            _assortment(row["mode"] == "allow", _targets(row["audience"]), _targets(row["items"]))
            for row in await tx.fetch(_ASSORTMENTS)
        ]
        memory["assortments"] = known
    return known


def _assortment(
    allows: bool, audience: frozenset[tuple[str, UUID]], items: frozenset[tuple[str, UUID]]
) -> AssortmentFacts:
    for_everyone = any(kind == "everyone" for kind, _ in audience)
    return AssortmentFacts(allows, for_everyone, audience, any(kind == "everything" for kind, _ in items), items)


def _targets(words: Iterable[str]) -> frozenset[tuple[str, UUID]]:
    pairs = (word.split(" ", 1) for word in words)
    return frozenset((kind, UUID(target)) for kind, target in pairs)


class Sellable:
    """Which SKUs one audience may see and buy. Rule: docs/assortments.md."""

    def __init__(self, assortments: Sequence[AssortmentFacts], audience: Iterable[tuple[str, UUID]]) -> None:
        wanted = set(audience)
        applicable = [a for a in assortments if a.applies_to(wanted)]
        self._denied = [a for a in applicable if not a.allows]
        self._allowed = [a for a in applicable if a.allows]
        self._open = not applicable

    @property
    def is_everything(self) -> bool:
        """Whether there is nothing that this audience may not buy."""
        if self._denied:
            return False
        return not self._allowed or any(a.has_everything for a in self._allowed)

    def __call__(self, sku: SkuFacts) -> bool:
        if self._open:
            return True
        if any(a.contains(sku) for a in self._denied):
            return False
        return not self._allowed or any(a.contains(sku) for a in self._allowed)
