"""From which warehouses a customer is served, in which order, and why: by rule, in memory (docs/inventory.md).

A customer's nearest region that has a rule counts. The warehouses it names come first; the others follow by their own
priority, or by how far they are. Who has no rules, or one warehouse, pays nothing for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from typing import Literal
from uuid import UUID

import msgspec

from dinghuo.inventory.settings import load_settings
from dinghuo.kit.database import Tx

Why = Literal["priority", "region", "nearest", "whole", "split"]
Spot = tuple[float, float]
_EARTH_KM = 6371.0


class Site(msgspec.Struct, frozen=True):
    """An active warehouse and where it stands."""

    id: UUID
    spot: Spot | None


class RegionRule(msgspec.Struct, frozen=True):
    """The warehouses that a region names, the first one first, and where the region lies."""

    warehouses: tuple[UUID, ...]
    spot: Spot | None


class Route(msgspec.Struct, frozen=True):
    """The rank of each warehouse for a customer, the lowest first, and why each has it."""

    rank: Mapping[UUID, int]
    why: Mapping[UUID, Why]


class Sourcing:
    """The rules of a seller. `sites` are the active warehouses, the preferred first."""

    def __init__(
        self,
        sites: Sequence[Site],
        rules: Mapping[UUID, RegionRule],
        *,
        by_distance: bool = False,
        whole_orders: bool = False,
    ) -> None:
        self._sites = sites
        self._rules = rules
        self._by_distance = by_distance
        self.whole_orders = whole_orders
        self._routes: dict[tuple[UUID, ...], Route] = {}

    def route(self, regions: tuple[UUID, ...]) -> Route:
        """The way to a customer of these regions, from the nearest to the farthest; worked out once."""
        known = self._routes.get(regions)
        if known is None:
            known = self._routes[regions] = self._find(regions)
        return known

    def _find(self, regions: Iterable[UUID]) -> Route:
        rules = [self._rules[region] for region in regions if region in self._rules]
        named = next((rule.warehouses for rule in rules if rule.warehouses), ())
        spot = next((rule.spot for rule in rules if rule.spot), None)
        first = [site for id in named for site in self._sites if site.id == id]
        others = [site for site in self._sites if site.id not in named]
        why: dict[UUID, Why] = {}
        why.update((site.id, "region") for site in first)
        why.update((site.id, "priority") for site in others)
        if self._by_distance and spot is not None:
            others.sort(key=lambda site: (site.spot is None, kilometres(spot, site.spot) if site.spot else 0.0))
            why.update((site.id, "nearest") for site in others if site.spot)
        return Route({site.id: rank for rank, site in enumerate([*first, *others])}, why)


def kilometres(one: Spot, other: Spot) -> float:
    """Along a great circle; spots are (latitude, longitude)."""
    south, north = radians(one[0]), radians(other[0])
    across = sin((north - south) / 2) ** 2
    across += cos(south) * cos(north) * sin(radians(other[1] - one[1]) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(min(across, 1.0)))


_SITES = """
select id, latitude, longitude from warehouse where tenant_id = $1 and state = 'active' order by priority, code
"""
_RULES = "select region_id, warehouses, latitude, longitude from sourcing_rule where tenant_id = $1"


async def load_sites(tx: Tx) -> Sequence[Site]:
    """The active warehouses, the preferred first."""
    memory = await tx.cached("inventory")
    known: Sequence[Site] | None = memory.get("sites")
    if known is None:
        known = [Site(row["id"], spot_of(row["latitude"], row["longitude"])) for row in await tx.fetch(_SITES)]
        memory["sites"] = known
    return known


async def load_sourcing(tx: Tx) -> Sourcing | None:
    """The rules, remembered with their routes; None when every customer is served alike, by priority."""
    memory = await tx.cached("inventory")
    if "sourcing" not in memory:
        memory["sourcing"] = await _read(tx)
    found: Sourcing | None = memory["sourcing"]
    return found


async def _read(tx: Tx) -> Sourcing | None:
    sites = await load_sites(tx)
    if len(sites) < 2:
        return None
    settings = await load_settings(tx)
    rules = await load_rules(tx)
    whole = settings.fewest_splits == "order"
    if not rules and not whole:
        return None
    return Sourcing(sites, rules, by_distance=settings.sourcing == "distance", whole_orders=whole)


async def load_rules(tx: Tx) -> Mapping[UUID, RegionRule]:
    """What regions say of their warehouses."""
    return {
        row["region_id"]: RegionRule(tuple(row["warehouses"]), spot_of(row["latitude"], row["longitude"]))
        for row in await tx.fetch(_RULES)
    }


def spot_of(latitude: Decimal | None, longitude: Decimal | None) -> Spot | None:
    return None if latitude is None or longitude is None else (float(latitude), float(longitude))
