"""Lots over HTTP, for staff and systems."""

from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post, put
from litestar.params import JSONBody, Parameter, QueryParameter
from msgspec import Meta

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.inventory.http_promise import Changed
from dinghuo.inventory.lots import queries, track
from dinghuo.inventory.lots.queries import LotDetail, LotView, State
from dinghuo.inventory.lots.track import LifeInput, LifeView, TrackingInput, TrackingView
from dinghuo.kit.bodies import Items
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
_READ, _ADJUST = needs("inventory.read"), needs("inventory.adjust")


class Blocking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why nobody shall get any of it."""

    reason: Annotated[str, Meta(min_length=1)]


@get("/lot-tracking", opt=_READ)
async def list_tracking(
    database: Database, staff: StaffPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[TrackingView]:
    """The SKUs whose lots are kept."""
    async with database.transaction(staff.tenant_id) as tx:
        return await track.list_tracking(tx, cursor=cursor, limit=limit)


@put("/lot-tracking", opt=_ADJUST)
async def save_tracking(database: Database, staff: StaffPrincipal, data: Items[TrackingInput]) -> Changed:
    """Say of which SKUs lots are kept, all or nothing. What is there already is of no lot."""
    command = partial(track.save_tracking, items=data.items, by=staff.actor())
    return Changed(await database.run(staff.tenant_id, command))


@get("/minimum-life", opt=_READ)
async def list_lives(
    database: Database, staff: StaffPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[LifeView]:
    """For how many days more what customers and tiers get must be good."""
    async with database.transaction(staff.tenant_id) as tx:
        return await track.list_lives(tx, seen_by=staff, cursor=cursor, limit=limit)


@put("/minimum-life", opt=_ADJUST)
async def save_lives(database: Database, staff: StaffPrincipal, data: Items[LifeInput]) -> Changed:
    """Say for how many days more what customers get must be good, all or nothing."""
    command = partial(track.save_lives, items=data.items, by=staff.actor(), seen_by=staff)
    return Changed(await database.run(staff.tenant_id, command))


@get("/lots", opt=_READ)
async def list_lots(
    database: Database,
    staff: StaffPrincipal,
    sku: str | None = None,
    warehouse: str | None = None,
    search: str | None = None,
    in_state: Annotated[State | None, QueryParameter(name="state")] = None,
    expires_until: date | None = None,
    in_stock: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[LotView]:
    """Lots, the first to expire first; `search` looks for SKUs. With a warehouse: what is there."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_lots(
            tx,
            sku_code=sku,
            warehouse_code=warehouse,
            wanted=search,
            state=in_state,
            expires_until=expires_until,
            in_stock=in_stock,
            cursor=cursor,
            limit=limit,
        )


@get("/lots/{lot_id:uuid}", opt=_READ)
async def read_lot(request: AnyRequest, database: Database, staff: StaffPrincipal, lot_id: UUID) -> LotDetail:
    """One lot, where it is, and what may be done with it."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.get_lot(tx, lot_id, staff=staff, language=language_of(request))


async def _block(
    request: AnyRequest, database: Database, staff: StaffPrincipal, lot_id: UUID, reason: str | None
) -> LotDetail:
    async def run(tx: Tx) -> LotDetail:
        await track.block_lot(tx, lot_id=lot_id, reason=reason, by=staff.actor())
        return await queries.get_lot(tx, lot_id, staff=staff, language=language_of(request))

    return await once(request, database, staff, run, LotDetail)


@post("/lots/{lot_id:uuid}/block", opt=_ADJUST, status_code=200)
async def block(
    request: AnyRequest, database: Database, staff: StaffPrincipal, lot_id: UUID, data: JSONBody[Blocking]
) -> LotDetail:
    """Let no customer get any of a lot."""
    return await _block(request, database, staff, lot_id, data.reason)


@post("/lots/{lot_id:uuid}/unblock", opt=_ADJUST, status_code=200)
async def unblock(request: AnyRequest, database: Database, staff: StaffPrincipal, lot_id: UUID) -> LotDetail:
    """Let customers get it again."""
    return await _block(request, database, staff, lot_id, None)


router = Router(
    "/",
    route_handlers=[list_tracking, save_tracking, list_lives, save_lives, list_lots, read_lot, block, unblock],
    tags=["inventory"],
)
