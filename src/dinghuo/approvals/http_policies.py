"""Approval policies over HTTP, for those who keep them."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, patch, post, put
from litestar.params import HeaderParameter, Parameter

from dinghuo.approvals.look_back import Tried, checked, try_on_past
from dinghuo.approvals.policy_views import Kinds, PolicyView, get_policy, kinds, list_policies
from dinghuo.approvals.save_policies import PolicyFields, PolicyInput, save_policies
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import etag, expected_revision

_READ, _WRITE = needs("approvals.read"), needs("approvals.write")
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]


class ConditionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A condition over the facts of a kind."""

    subject_kind: str
    condition: str


class Uses(msgspec.Struct, frozen=True):
    """The facts that a condition asks for."""

    uses: list[str]


class TryBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition, and how many of the last subjects to try it on."""

    subject_kind: str
    condition: str
    last: Annotated[int, msgspec.Meta(ge=1, le=2000)] = 500


@get("/approval-kinds", opt=_READ)
async def read_kinds() -> Kinds:
    """What can be approved, with the facts that conditions may use."""
    return kinds()


@get("/approval-policies", opt=_READ)
async def read_policies(
    database: Database,
    staff: StaffPrincipal,
    subject_kind: str | None = None,
    active: bool | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[PolicyView]:
    """Policies by kind, in the order in which they are asked."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_policies(tx, subject_kind=subject_kind, active=active, cursor=cursor, limit=limit)


@get("/approval-policies/{policy_id:uuid}", opt=_READ)
async def read_policy(database: Database, staff: StaffPrincipal, policy_id: UUID) -> Response[PolicyView]:
    """One policy; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await get_policy(tx, policy_id)
    return Response(view, headers={"etag": etag(view.revision)})


@put("/approval-policies", opt=_WRITE)
async def put_policies(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[PolicyInput]
) -> SavedView:
    """Create or update policies by code; what is asked already goes on under what it was opened with."""
    saved = await database.run(staff.tenant_id, lambda tx: save_policies(tx, items=data.items, by=staff.actor()))
    return saved_view(saved, language_of(request))


@patch("/approval-policies/{policy_id:uuid}", opt=_WRITE)
async def patch_policy(
    database: Database, staff: StaffPrincipal, policy_id: UUID, data: PolicyFields, if_match: IfMatch = None
) -> PolicyView:
    """Change what is given, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)

    async def edit(tx: Tx) -> PolicyView:
        old = await get_policy(tx, policy_id)
        item = PolicyInput(code=old.code, **{name: getattr(data, name) for name in PolicyFields.__struct_fields__})
        await save_policies(tx, items=[item], by=staff.actor(), path="", revision=revision)
        return await get_policy(tx, policy_id)

    return await database.run(staff.tenant_id, edit)


@post("/approval-policies/check", opt=_WRITE, status_code=200)
async def check_condition(data: ConditionBody) -> Uses:
    """Whether a condition can be saved; refused with all that is wrong with it."""
    return Uses(list(checked(data.subject_kind, data.condition).uses))


@post("/approval-policies/try", opt=_WRITE, status_code=200)
async def try_condition(database: Database, staff: StaffPrincipal, data: TryBody) -> Tried:
    """Which of the last subjects a condition would have caught. Writes nothing."""
    async with database.transaction(staff.tenant_id) as tx:
        return await try_on_past(
            tx, subject_kind=data.subject_kind, condition=data.condition, last=data.last, staff=staff
        )


router = Router(
    "/",
    route_handlers=[
        read_kinds,
        read_policies,
        read_policy,
        put_policies,
        patch_policy,
        check_condition,
        try_condition,
    ],
    tags=["approvals"],
)
