"""Who answers for a region, over HTTP."""

from typing import Any

from litestar import Request, Router, get, put

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs
from dinghuo.parties.region_heads import RegionHead, RegionHeads, list_heads, save_heads


@get("/region-heads", opt=needs("parties.read"))
async def read_heads(database: Database, staff: StaffPrincipal) -> RegionHeads:
    """Every region that has a head."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_heads(tx)


@put("/region-heads", opt=needs("identity.users"))
async def put_heads(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[RegionHead]
) -> SavedView:
    """Say who answers for these regions, all or nothing."""
    saved = await database.run(staff.tenant_id, lambda tx: save_heads(tx, items=data.items, by=staff.actor()))
    return saved_view(saved, language_of(request))


router = Router("/", route_handlers=[read_heads, put_heads], tags=["parties"])
