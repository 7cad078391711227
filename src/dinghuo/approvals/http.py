"""Approval requests over HTTP, for staff: the inbox, one request, and what may be done with it."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, delete, get, post
from litestar.params import Parameter, QueryParameter

from dinghuo.approvals.decide import Verdict, decide
from dinghuo.approvals.delegations import (
    DelegationInput,
    DelegationView,
    delegate,
    end_delegation,
    list_delegations,
)
from dinghuo.approvals.involve import add, hand_over, send_back
from dinghuo.approvals.queries import Box, State, Wanted, count_mine, get_request, list_requests
from dinghuo.approvals.views import RequestDetail, RequestSummary
from dinghuo.approvals.withdraw import withdraw
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page

_DECIDE = needs("approvals.decide")
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
AnyRequest = Request[Any, Any, Any]


class Count(msgspec.Struct, frozen=True):
    """How many requests wait for the reader."""

    mine: int


class DecideBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A refusal says why."""

    verdict: Verdict
    comment: str | None = None


class DecideManyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One verdict on many requests, all or none."""

    ids: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=100)]
    verdict: Verdict
    comment: str | None = None


class DecidedMany(msgspec.Struct, frozen=True):
    decided: int


class ColleagueBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom, by login."""

    user: str
    comment: str | None = None


class ReturnBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Back to which step, and why."""

    to_step: int
    comment: str | None = None


class WithdrawBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    comment: str | None = None


@get("/approvals", opt=_DECIDE)
async def read_requests(
    database: Database,
    staff: StaffPrincipal,
    box: Box = "mine",
    in_state: Annotated[list[State] | None, QueryParameter(name="state")] = None,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[RequestSummary]:
    """What waits for the caller, what they decided or asked for, or all they may see; the newest first."""
    wanted = Wanted(box=box, states=in_state or (), subject_kind=subject_kind, subject_id=subject_id)
    async with database.transaction(staff.tenant_id) as tx:
        return await list_requests(tx, staff=staff, wanted=wanted, cursor=cursor, limit=limit)


@get("/approvals/count", opt=_DECIDE)
async def read_count(database: Database, staff: StaffPrincipal) -> Count:
    """How many wait for the caller."""
    async with database.transaction(staff.tenant_id) as tx:
        return Count(await count_mine(tx, staff=staff))


@get("/approvals/{request_id:uuid}", opt=_DECIDE)
async def read_request(
    request: AnyRequest, database: Database, staff: StaffPrincipal, request_id: UUID
) -> RequestDetail:
    """One request with its facts, steps and decisions, and what the caller may do now."""
    async with database.transaction(staff.tenant_id) as tx:
        return await get_request(tx, request_id=request_id, staff=staff, language=language_of(request))


@post("/approvals/{request_id:uuid}/decide", opt=_DECIDE, status_code=200)
async def decide_request(
    request: AnyRequest, database: Database, staff: StaffPrincipal, request_id: UUID, data: DecideBody
) -> RequestDetail:
    """Approve or reject, for oneself and for those whom the caller stands in for."""
    return await _then_read(
        request,
        database,
        staff,
        request_id,
        lambda tx: decide(tx, ids=[request_id], verdict=data.verdict, staff=staff, comment=data.comment),
    )


@post("/approvals/decide", opt=_DECIDE, status_code=200)
async def decide_requests(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: DecideManyBody
) -> DecidedMany:
    """One verdict on many requests, all or none."""

    async def run(tx: Tx) -> DecidedMany:
        return DecidedMany(await decide(tx, ids=data.ids, verdict=data.verdict, staff=staff, comment=data.comment))

    return await once(request, database, staff, run, DecidedMany)


@post("/approvals/{request_id:uuid}/add", opt=_DECIDE, status_code=200)
async def add_approver(
    request: AnyRequest, database: Database, staff: StaffPrincipal, request_id: UUID, data: ColleagueBody
) -> RequestDetail:
    """Have somebody else agree as well before the step is over."""
    return await _then_read(
        request,
        database,
        staff,
        request_id,
        lambda tx: add(tx, request_id=request_id, user=data.user, staff=staff, comment=data.comment),
    )


@post("/approvals/{request_id:uuid}/hand-over", opt=_DECIDE, status_code=200)
async def hand_over_task(
    request: AnyRequest, database: Database, staff: StaffPrincipal, request_id: UUID, data: ColleagueBody
) -> RequestDetail:
    """Let somebody else decide in the caller's place."""
    return await _then_read(
        request,
        database,
        staff,
        request_id,
        lambda tx: hand_over(tx, request_id=request_id, user=data.user, staff=staff, comment=data.comment),
    )


@post("/approvals/{request_id:uuid}/return", opt=_DECIDE, status_code=200)
async def return_request(
    request: AnyRequest, database: Database, staff: StaffPrincipal, request_id: UUID, data: ReturnBody
) -> RequestDetail:
    """Ask an earlier step again, and all after it."""
    return await _then_read(
        request,
        database,
        staff,
        request_id,
        lambda tx: send_back(tx, request_id=request_id, to_step=data.to_step, staff=staff, comment=data.comment),
    )


@post("/approvals/{request_id:uuid}/withdraw", opt=_DECIDE, status_code=200)
async def withdraw_request(
    request: AnyRequest, database: Database, staff: StaffPrincipal, request_id: UUID, data: WithdrawBody
) -> RequestDetail:
    """Take back what one asked for; it is off."""
    return await _then_read(
        request,
        database,
        staff,
        request_id,
        lambda tx: withdraw(tx, request_id=request_id, staff=staff, comment=data.comment),
    )


@get("/approval-delegations", opt=_DECIDE)
async def read_delegations(
    database: Database, staff: StaffPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[DelegationView]:
    """Who decides for whom, and when: the caller's own, given and received."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_delegations(tx, staff=staff, cursor=cursor, limit=limit)


@post("/approval-delegations", opt=_DECIDE)
async def new_delegation(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: DelegationInput
) -> DelegationView:
    """Let somebody decide in one's place for a while."""
    return await once(request, database, staff, lambda tx: delegate(tx, item=data, staff=staff), DelegationView)


@delete("/approval-delegations/{delegation_id:uuid}", opt=_DECIDE, status_code=204)
async def stop_delegation(database: Database, staff: StaffPrincipal, delegation_id: UUID) -> Response[None]:
    """It ends now."""
    await database.run(staff.tenant_id, lambda tx: end_delegation(tx, delegation_id=delegation_id, staff=staff))
    return Response(None, status_code=204)


async def _then_read(
    request: AnyRequest,
    database: Database,
    staff: StaffPrincipal,
    request_id: UUID,
    command: Callable[[Tx], Awaitable[object]],
) -> RequestDetail:
    async def run(tx: Tx) -> RequestDetail:
        await command(tx)
        return await get_request(tx, request_id=request_id, staff=staff, language=language_of(request))

    return await once(request, database, staff, run, RequestDetail)


router = Router(
    "/",
    route_handlers=[
        read_requests,
        read_count,
        read_request,
        decide_request,
        decide_requests,
        add_approver,
        hand_over_task,
        return_request,
        withdraw_request,
        read_delegations,
        new_delegation,
        stop_delegation,
    ],
    tags=["approvals"],
)
