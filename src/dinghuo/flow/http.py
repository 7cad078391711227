"""Operations: reactions that failed, to see, replay and drop."""

from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import JSONBody, Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs, once
from dinghuo.kit.outbox_parked import Chosen, FailureView, State, drop, failures, replay
from dinghuo.kit.paging import MOST, Page

_OPERATOR = needs("operations.outbox")


class Choice(msgspec.Struct, frozen=True):
    """Which parked reactions an operator means."""

    items: Annotated[list[Chosen], msgspec.Meta(min_length=1, max_length=1000)]


class Handled(msgspec.Struct, frozen=True):
    """How many reactions it was done to."""

    count: int


@get("/", opt=_OPERATOR)
async def list_failures(
    database: Database,
    staff: StaffPrincipal,
    in_state: Annotated[State, QueryParameter(name="state")] = "parked",
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=MOST)] = 50,
) -> Page[FailureView]:
    """Reactions that failed: `parked` ones wait for an operator, `failed` ones are tried again by themselves."""
    async with database.transaction(staff.tenant_id) as tx:
        return await failures(tx, state=in_state, cursor=cursor, limit=limit)


@post("/replay", opt=_OPERATOR, status_code=200)
async def replay_parked(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: JSONBody[Choice]
) -> Handled:
    """Try parked reactions again, at once."""
    return Handled(await once(request, database, staff, partial(replay, chosen=data.items, by=staff.actor()), int))


@post("/drop", opt=_OPERATOR, status_code=200)
async def drop_parked(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: JSONBody[Choice]
) -> Handled:
    """Give parked reactions up for good."""
    return Handled(await once(request, database, staff, partial(drop, chosen=data.items, by=staff.actor()), int))


router = Router("/operations/outbox", route_handlers=[list_failures, replay_parked, drop_parked])
