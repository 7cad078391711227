"""From which warehouses a customer is served, in which order, and why: the rules tried out."""

from decimal import Decimal

import msgspec
from sqlalchemy import select

from dinghuo.inventory.sourcing import Site, Spot, kilometres, load_rules, load_sites, load_sourcing
from dinghuo.inventory.tables import warehouse
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import FaultView, Language, Message, fault_view
from dinghuo.parties.facts import CustomerFacts
from dinghuo.parties.tables import region

BY_REGION = Message("route-region", "{region} 的规则把它排在第 {place}", "The rule of {region} puts it at {place}")
BY_DISTANCE = Message(
    "route-nearest", "按距离：离 {region} {kilometres} 公里", "By distance: {kilometres} km from {region}"
)
BY_PRIORITY = Message(
    "route-priority", "没有规则点名它，按仓库优先级 {priority}", "No rule names it: by its priority, {priority}"
)


class SourcingStop(msgspec.Struct, frozen=True):
    """One warehouse on the way: the first that has the goods gives them. `why` as orders keep it."""

    warehouse: str
    warehouse_name: str
    why: str
    kilometres: int | None
    reason: FaultView


class SourcingRoute(msgspec.Struct, frozen=True):
    """`region` is the nearest of the customer's that has a rule; null: only the priority of warehouses counts."""

    customer: str
    customer_name: str
    region: str | None
    region_name: str | None
    whole_orders: bool
    stops: list[SourcingStop]


async def try_route(tx: Tx, *, customer: CustomerFacts, language: Language) -> SourcingRoute:
    """The way to a customer by the rules of now."""
    sites = await load_sites(tx)
    sourcing = await load_sourcing(tx)
    rules = await load_rules(tx)
    route = sourcing.route(customer.regions) if sourcing else None
    rank = route.rank if route else {site.id: number for number, site in enumerate(sites)}
    nearest = next((id for id in customer.regions if id in rules), None)
    spot = next((rules[id].spot for id in customer.regions if id in rules and rules[id].spot), None)
    w, r = warehouse.c, region.c
    rows = await tx.rows(select(w.id, w.code, w.name, w.priority).where(w.tenant_id == tx.tenant_id))
    known = {row.id: row for row in rows}
    named = None
    if nearest is not None:
        named = await tx.one(select(r.code, r.name).where(r.tenant_id == tx.tenant_id, r.id == nearest))
    stops = []
    for place, site in enumerate(sorted(sites, key=lambda site: rank[site.id]), start=1):
        row, why = known[site.id], route.why[site.id] if route else "priority"
        far = _far(spot, site)
        said = {"region": named.name if named else "", "place": place, "kilometres": far, "priority": row.priority}
        message = {"region": BY_REGION, "nearest": BY_DISTANCE}.get(why, BY_PRIORITY)
        stops.append(SourcingStop(row.code, row.name, why, far, fault_view(message(**said), language)))
    return SourcingRoute(
        customer=customer.code,
        customer_name=customer.name,
        region=named.code if named else None,
        region_name=named.name if named else None,
        whole_orders=bool(sourcing and sourcing.whole_orders),
        stops=stops,
    )


def _far(spot: Spot | None, site: Site) -> int | None:
    if spot is None or site.spot is None:
        return None
    return int(Decimal(kilometres(spot, site.spot)).to_integral_value())
