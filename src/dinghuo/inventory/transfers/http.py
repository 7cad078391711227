"""Transfers between warehouses over HTTP, for staff and systems."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.params import HeaderParameter, JSONBody, Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.inventory.transfers import queries
from dinghuo.inventory.transfers.draft import (
    TransferChange,
    TransferInput,
    TransferOutcome,
    cancel_transfer,
    change_transfer,
    draft_transfers,
)
from dinghuo.inventory.transfers.move import Arrived, receive_transfer, ship_transfer
from dinghuo.inventory.transfers.queries import StateFilter, TransferDetail, TransferSummary, get_transfer
from dinghuo.kit.bodies import Items
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import etag, expected_revision

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ, _ADJUST = needs("inventory.read"), needs("inventory.adjust")


class Arrival(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What arrived; lines not named arrived whole."""

    lines: list[Arrived] = []
    note: str | None = None


@post("/transfers", opt=_ADJUST)
async def draft(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: JSONBody[Items[TransferInput]]
) -> list[TransferOutcome]:
    """Write transfers, all or nothing. Nothing is moved yet."""
    command = partial(draft_transfers, transfers=data.items, by=staff.actor())
    return await once(request, database, staff, command, list[TransferOutcome])


@get("/transfers", opt=_READ)
async def list_transfers(
    database: Database,
    staff: StaffPrincipal,
    in_state: Annotated[StateFilter | None, QueryParameter(name="state")] = None,
    source: Annotated[str | None, QueryParameter(name="from")] = None,
    to: str | None = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[TransferSummary]:
    """Transfers, the last written first; `search` looks for numbers and notes."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_transfers(
            tx, state=in_state, source=source, to=to, wanted=search, cursor=cursor, limit=limit
        )


@get("/transfers/{transfer_id:uuid}", opt=_READ)
async def read_transfer(
    request: AnyRequest, database: Database, staff: StaffPrincipal, transfer_id: UUID
) -> Response[TransferDetail]:
    """One transfer with its lines and what may be done with it; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        found = await get_transfer(tx, transfer_id, staff=staff, language=language_of(request))
    return Response(found, headers={"etag": etag(found.revision)})


@put("/transfers/{transfer_id:uuid}", opt=_ADJUST)
async def change(
    request: AnyRequest,
    database: Database,
    staff: StaffPrincipal,
    transfer_id: UUID,
    data: TransferChange,
    if_match: IfMatch = None,
) -> TransferDetail:
    """Change a draft, or when goods on their way are expected, provided that nobody else did meanwhile."""
    revision = expected_revision(if_match)

    async def run(tx: Tx) -> TransferDetail:
        await change_transfer(tx, transfer_id=transfer_id, change=data, revision=revision, by=staff.actor())
        return await get_transfer(tx, transfer_id, staff=staff, language=language_of(request))

    return await database.run(staff.tenant_id, run)


async def _move(
    request: AnyRequest,
    database: Database,
    staff: StaffPrincipal,
    transfer_id: UUID,
    command: Callable[[Tx], Awaitable[None]],
) -> TransferDetail:
    async def run(tx: Tx) -> TransferDetail:
        await command(tx)
        return await get_transfer(tx, transfer_id, staff=staff, language=language_of(request))

    return await once(request, database, staff, run, TransferDetail)


@post("/transfers/{transfer_id:uuid}/ship", opt=_ADJUST, status_code=200)
async def ship(request: AnyRequest, database: Database, staff: StaffPrincipal, transfer_id: UUID) -> TransferDetail:
    """The goods leave. Those that are promised to orders stay for them."""
    command = partial(ship_transfer, transfer_id=transfer_id, by=staff.actor())
    return await _move(request, database, staff, transfer_id, command)


@post("/transfers/{transfer_id:uuid}/receive", opt=needs("inventory.receive"), status_code=200)
async def receive(
    request: AnyRequest, database: Database, staff: StaffPrincipal, transfer_id: UUID, data: JSONBody[Arrival]
) -> TransferDetail:
    """The goods arrive. What left and did not arrive is kept as the difference."""
    command = partial(receive_transfer, transfer_id=transfer_id, arrived=data.lines, note=data.note, by=staff.actor())
    return await _move(request, database, staff, transfer_id, command)


@post("/transfers/{transfer_id:uuid}/cancel", opt=_ADJUST, status_code=200)
async def cancel(request: AnyRequest, database: Database, staff: StaffPrincipal, transfer_id: UUID) -> TransferDetail:
    """Call a draft off."""
    command = partial(cancel_transfer, transfer_id=transfer_id, by=staff.actor())
    return await _move(request, database, staff, transfer_id, command)


router = Router(
    "/",
    route_handlers=[draft, list_transfers, read_transfer, change, ship, receive, cancel],
    tags=["inventory"],
)
