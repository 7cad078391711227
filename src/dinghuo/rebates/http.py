"""Rebates over HTTP, for staff and systems: `/api/v1/rebates`."""

from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, patch, post, put
from litestar.params import HeaderParameter, Parameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.rebates import accruals, balances, queries
from dinghuo.rebates.accruals import AccrualFilter
from dinghuo.rebates.agreement_input import AgreementFields, AgreementInput
from dinghuo.rebates.propose import SettlementProposal, propose_settlements
from dinghuo.rebates.save_agreements import edit_agreement, save_agreements
from dinghuo.rebates.settle import SettlementPreview, SettlementRequest, SettleRequest, preview_settlement, settle
from dinghuo.rebates.views import (
    AccrualView,
    AgreementView,
    RebateBalance,
    RebateMovement,
    RebateSale,
    SettledLine,
    SettlementView,
)

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ, _WRITE, _SETTLE = needs("rebates.read"), needs("rebates.write"), needs("rebates.settle")


@get("/rebates/agreements", opt=_READ)
async def list_agreements(
    database: Database,
    staff: StaffPrincipal,
    search: str | None = None,
    active: bool | None = None,
    on: date | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[AgreementView]:
    """Agreements by code; `on` leaves those that hold on a day."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_agreements(
            tx, seen_by=staff, wanted=search, active=active, on=on, cursor=cursor, limit=limit
        )


@put("/rebates/agreements", opt=_WRITE)
async def put_agreements(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: Items[AgreementInput]
) -> SavedView:
    """Create or change agreements by code, all or nothing; fields left out stay as they are. Overlaps only warn."""
    saved = await database.run(
        staff.tenant_id, lambda tx: save_agreements(tx, agreements=data.items, by=staff.actor(), seen_by=staff)
    )
    return saved_view(saved, language_of(request))


@get("/rebates/agreements/{code:str}", opt=_READ)
async def get_agreement(database: Database, staff: StaffPrincipal, code: str) -> Response[AgreementView]:
    """One agreement; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await queries.get_agreement(tx, code, seen_by=staff)
    return Response(view, headers={"etag": etag(view.revision)})


@patch("/rebates/agreements/{code:str}", opt=_WRITE)
async def patch_agreement(
    request: AnyRequest,
    database: Database,
    staff: StaffPrincipal,
    code: str,
    data: AgreementFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one agreement, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)
    saved = await database.run(
        staff.tenant_id,
        lambda tx: edit_agreement(tx, code=code, fields=data, revision=revision, by=staff.actor(), seen_by=staff),
    )
    return saved_view(saved, language_of(request))


@get("/rebates/accruals", opt=_READ)
async def list_accruals(
    database: Database,
    staff: StaffPrincipal,
    agreement: str | None = None,
    customer: str | None = None,
    only_open: bool = False,
    running: bool | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[AccrualView]:
    """What has accrued, the latest periods first; `only_open` leaves what a settlement would change."""
    wanted = AccrualFilter(agreement=agreement, customer=customer, open=only_open, running=running)
    async with database.transaction(staff.tenant_id) as tx:
        return await accruals.list_accruals(tx, seen_by=staff, wanted=wanted, cursor=cursor, limit=limit)


@get("/rebates/accruals/{accrual_id:uuid}/sales", opt=_READ)
async def list_sales(
    database: Database, staff: StaffPrincipal, accrual_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[RebateSale]:
    """What documents brought to an accrual and took back, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await accruals.list_sales(tx, accrual_id, seen_by=staff, cursor=cursor, limit=limit)


@get("/rebates/balances", opt=_READ)
async def list_balances(
    database: Database,
    staff: StaffPrincipal,
    customer: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[RebateBalance]:
    """What customers were granted and may use, by customer code."""
    async with database.transaction(staff.tenant_id) as tx:
        return await balances.list_balances(tx, seen_by=staff, customer_code=customer, cursor=cursor, limit=limit)


@get("/rebates/balances/{balance_id:uuid}/entries", opt=_READ)
async def list_movements(
    database: Database, staff: StaffPrincipal, balance_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[RebateMovement]:
    """How a balance came about, entry by entry, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await balances.list_movements(tx, balance_id, seen_by=staff, cursor=cursor, limit=limit)


@get("/rebates/settlements/proposal", opt=_SETTLE)
async def propose(database: Database, staff: StaffPrincipal, until: date | None = None) -> SettlementProposal:
    """Which agreements have periods that are over and not settled, and what they come to; to settle some or all."""
    async with database.transaction(staff.tenant_id) as tx:
        return await propose_settlements(tx, until=until, seen_by=staff)


@post("/rebates/settlements/preview", opt=_SETTLE, status_code=200)
async def preview(database: Database, staff: StaffPrincipal, data: SettlementRequest) -> SettlementPreview:
    """What settling would credit now, customer by customer; nothing is written."""
    async with database.transaction(staff.tenant_id) as tx:
        return await preview_settlement(tx, request=data, seen_by=staff)


@post("/rebates/settlements", opt=_SETTLE)
async def settle_rebates(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: SettleRequest
) -> SettlementView:
    """Settle what the preview told: credited at once, each bit of it once."""
    command = partial(settle, request=data, seen_by=staff, by=staff.actor())
    settlement_id = await once(request, database, staff, command, UUID)
    async with database.transaction(staff.tenant_id) as tx:
        return await balances.get_settlement(tx, settlement_id, seen_by=staff)


@get("/rebates/settlements", opt=_SETTLE)
async def list_settlements(
    database: Database, staff: StaffPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[SettlementView]:
    """Settlements, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await balances.list_settlements(tx, seen_by=staff, cursor=cursor, limit=limit)


@get("/rebates/settlements/{settlement_id:uuid}/lines", opt=_SETTLE)
async def list_settled(
    database: Database, staff: StaffPrincipal, settlement_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[SettledLine]:
    """What a settlement did, customer by customer."""
    async with database.transaction(staff.tenant_id) as tx:
        return await balances.list_settled(tx, settlement_id, seen_by=staff, cursor=cursor, limit=limit)


router = Router(
    "/",
    route_handlers=[
        list_agreements,
        put_agreements,
        get_agreement,
        patch_agreement,
        list_accruals,
        list_sales,
        list_balances,
        list_movements,
        propose,
        preview,
        settle_rebates,
        list_settlements,
        list_settled,
    ],
    tags=["rebates"],
)
