"""What is expected, kept back, and who is served first and from where, over HTTP, for staff and systems."""

from datetime import date
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, put
from litestar.params import HeaderParameter, Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.inventory import priorities, settings, sourcing_rules, supply
from dinghuo.inventory.days import StockByDay, stock_by_day
from dinghuo.inventory.priorities import PriorityInput, PriorityView
from dinghuo.inventory.save_supply import SupplyInput
from dinghuo.inventory.save_supply import save_supply as save
from dinghuo.inventory.set_safety import Safety, set_safety
from dinghuo.inventory.settings import InventorySettings
from dinghuo.inventory.sourcing_rules import SourcingInput, SourcingView
from dinghuo.inventory.supply import StateFilter, SupplyView
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import etag, expected_revision

Limit = Annotated[int, Parameter(ge=1, le=MOST)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ = needs("inventory.read")
_ADJUST = needs("inventory.adjust")


class Changed(msgspec.Struct, frozen=True):
    """How many were different before."""

    updated: int


@get("/expected-supply", opt=_READ)
async def list_supply(
    database: Database,
    staff: StaffPrincipal,
    sku: str | None = None,
    warehouse: str | None = None,
    document: str | None = None,
    in_state: Annotated[StateFilter, QueryParameter(name="state")] = "open",
    until: date | None = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[SupplyView]:
    """What is expected, the next first; `search` looks for SKUs."""
    async with database.transaction(staff.tenant_id) as tx:
        return await supply.list_supply(
            tx,
            sku_code=sku,
            warehouse_code=warehouse,
            document=document,
            state=in_state,
            until=until,
            wanted=search,
            cursor=cursor,
            limit=limit,
        )


@put("/expected-supply", opt=needs("inventory.receive"))
async def save_supply(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[SupplyInput]
) -> SavedView:
    """Say what is expected by the caller's own codes, all or nothing. Fields left out stay as they are."""
    saved = await database.run(staff.tenant_id, lambda tx: save(tx, supplies=data.items, by=staff.actor()))
    return saved_view(saved, language_of(request))


@get("/stock/by-day", opt=_READ)
async def read_days(
    database: Database,
    staff: StaffPrincipal,
    sku: str,
    warehouse: str | None = None,
    days: Annotated[int, Parameter(ge=1, le=366)] = 60,
) -> StockByDay:
    """What of a SKU is there, comes and can be promised, day by day, in one warehouse or in all that are open."""
    async with database.transaction(staff.tenant_id) as tx:
        return await stock_by_day(tx, sku_code=sku, warehouse_code=warehouse, count=days)


@put("/stock/safety", opt=_ADJUST)
async def save_safety(database: Database, staff: StaffPrincipal, data: Items[Safety]) -> Changed:
    """Say how much of each SKU a warehouse keeps back from those who order, all or nothing."""
    return Changed(
        await database.run(staff.tenant_id, lambda tx: set_safety(tx, safeties=data.items, by=staff.actor()))
    )


@get("/settings/inventory", opt=_READ)
async def read_settings(database: Database, staff: StaffPrincipal) -> Response[InventorySettings]:
    """Who is served first, and from where; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        revision = await settings.settings_revision(tx)
        return Response(await settings.load_settings(tx), headers={"etag": etag(revision)})


@put("/settings/inventory", opt=needs("settings.write"))
async def save_settings(
    database: Database, staff: StaffPrincipal, data: InventorySettings, if_match: IfMatch = None
) -> InventorySettings:
    """Say who is served first, and from where, provided that nobody else did meanwhile."""
    command = partial(settings.save_settings, settings=data, by=staff.actor(), revision=expected_revision(if_match))
    return await database.run(staff.tenant_id, command)


@get("/allocation-priorities", opt=_READ)
async def list_priorities(
    database: Database, staff: StaffPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[PriorityView]:
    """Which customers and tiers are served sooner or later than usual."""
    async with database.transaction(staff.tenant_id) as tx:
        return await priorities.list_priorities(tx, seen_by=staff, cursor=cursor, limit=limit)


@put("/allocation-priorities", opt=_ADJUST)
async def save_priorities(database: Database, staff: StaffPrincipal, data: Items[PriorityInput]) -> Changed:
    """Say who is served sooner or later, all or nothing. What waits is ranked anew."""
    command = partial(priorities.save_priorities, priorities=data.items, by=staff.actor(), seen_by=staff)
    return Changed(await database.run(staff.tenant_id, command))


@get("/sourcing-rules", opt=_READ)
async def list_sourcing(
    database: Database, staff: StaffPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[SourcingView]:
    """From which warehouses regions are served."""
    async with database.transaction(staff.tenant_id) as tx:
        return await sourcing_rules.list_sourcing(tx, cursor=cursor, limit=limit)


@put("/sourcing-rules", opt=_ADJUST)
async def save_sourcing(database: Database, staff: StaffPrincipal, data: Items[SourcingInput]) -> Changed:
    """Say from which warehouses regions are served, all or nothing."""
    return Changed(
        await database.run(
            staff.tenant_id, lambda tx: sourcing_rules.save_sourcing(tx, rules=data.items, by=staff.actor())
        )
    )


router = Router(
    "/",
    route_handlers=[
        list_supply,
        save_supply,
        read_days,
        save_safety,
        read_settings,
        save_settings,
        list_priorities,
        save_priorities,
        list_sourcing,
        save_sourcing,
    ],
    tags=["inventory"],
)
