"""Promotions over HTTP, for staff and systems: `/api/v1/promotions`."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from litestar import Request, Response, Router, get, patch, post, put
from litestar.params import HeaderParameter, Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.pricing import budget_queries as budgets
from dinghuo.pricing import promotion_queries as queries
from dinghuo.pricing.budget_queries import BudgetEntryView, BudgetView, CouponView, CustomerBudget
from dinghuo.pricing.promotion_facts import PromotionKind
from dinghuo.pricing.promotion_input import PromotionFields, PromotionInput
from dinghuo.pricing.promotion_queries import PromotionFilter, PromotionView
from dinghuo.pricing.publish_promotions import publish_promotions, withdraw_promotions
from dinghuo.pricing.save_coupons import CouponInput, save_coupons
from dinghuo.pricing.save_promotions import edit_promotion, save_promotions

Limit = Annotated[int, Parameter(ge=1, le=MOST)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ, _WRITE = needs("promotions.read"), needs("promotions.write")


@get("/promotions", opt=_READ)
async def list_promotions(
    database: Database,
    staff: StaffPrincipal,
    search: str | None = None,
    kind: PromotionKind | None = None,
    in_state: Annotated[Literal["draft", "published", "withdrawn"] | None, QueryParameter(name="state")] = None,
    phase: queries.Phase | None = None,
    on: datetime | None = None,
    sku: str | None = None,
    customer: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[PromotionView]:
    """Promotions by code. `phase` tells the published ones apart by time, `on` leaves those that hold at a moment,
    `sku` those for it, `customer` those naming it."""
    wanted = PromotionFilter(search=search, kind=kind, state=in_state, phase=phase, on=on, sku=sku, customer=customer)
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_promotions(tx, seen_by=staff, wanted=wanted, cursor=cursor, limit=limit)


@put("/promotions", opt=_WRITE)
async def put_promotions(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[PromotionInput]
) -> SavedView:
    """Create or update promotions by code, all or nothing. New ones are drafts; fields left out stay as they are."""
    saved = await database.run(
        staff.tenant_id, lambda tx: save_promotions(tx, promotions=data.items, by=staff.actor(), seen_by=staff)
    )
    return saved_view(saved, language_of(request))


@get("/promotions/{code:str}", opt=_READ)
async def get_promotion(database: Database, staff: StaffPrincipal, code: str) -> Response[PromotionView]:
    """One promotion; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await queries.get_promotion(tx, code, seen_by=staff)
    return Response(view, headers={"etag": etag(view.revision)})


@patch("/promotions/{code:str}", opt=_WRITE)
async def patch_promotion(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    code: str,
    data: PromotionFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one promotion, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)
    saved = await database.run(
        staff.tenant_id,
        lambda tx: edit_promotion(tx, code=code, fields=data, revision=revision, by=staff.actor(), seen_by=staff),
    )
    return saved_view(saved, language_of(request))


@post("/promotions/{code:str}/publish", opt=_WRITE, status_code=200)
async def publish_promotion(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, code: str, if_match: IfMatch = None
) -> PromotionView:
    """Publish a promotion as it was read: it is granted while it holds."""
    revision = expected_revision(if_match)
    command = partial(publish_promotions, codes=[code], by=staff.actor(), seen_by=staff, revision=revision)
    await once(request, database, staff, command, int)
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.get_promotion(tx, code, seen_by=staff)


@post("/promotions/{code:str}/withdraw", opt=_WRITE, status_code=200)
async def withdraw_promotion(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, code: str, if_match: IfMatch = None
) -> PromotionView:
    """Withdraw a promotion: it is no longer granted. Orders keep what they were granted."""
    revision = expected_revision(if_match)
    command = partial(withdraw_promotions, codes=[code], by=staff.actor(), seen_by=staff, revision=revision)
    await once(request, database, staff, command, int)
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.get_promotion(tx, code, seen_by=staff)


@get("/promotions/{code:str}/budget", opt=_READ)
async def get_budget(database: Database, staff: StaffPrincipal, code: str) -> BudgetView:
    """What was taken of a promotion's budget, and what is left."""
    async with database.transaction(staff.tenant_id) as tx:
        return await budgets.budget_of(tx, code, seen_by=staff)


@get("/promotions/{code:str}/budget/customers", opt=_READ)
async def list_customer_budgets(
    database: Database, staff: StaffPrincipal, code: str, cursor: str | None = None, limit: Limit = 50
) -> Page[CustomerBudget]:
    """What each customer has taken of a budget of its own, by customer code."""
    async with database.transaction(staff.tenant_id) as tx:
        return await budgets.list_customer_budgets(tx, code, seen_by=staff, cursor=cursor, limit=limit)


@get("/promotions/{code:str}/budget/entries", opt=_READ)
async def list_budget_entries(
    database: Database, staff: StaffPrincipal, code: str, cursor: str | None = None, limit: Limit = 50
) -> Page[BudgetEntryView]:
    """What was taken of a promotion's budgets and given back, order by order, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await budgets.list_budget_entries(tx, code, seen_by=staff, cursor=cursor, limit=limit)


@get("/promotions/{code:str}/coupons", opt=_READ)
async def list_coupons(
    database: Database, staff: StaffPrincipal, code: str, cursor: str | None = None, limit: Limit = 50
) -> Page[CouponView]:
    """The coupons of a promotion by code."""
    async with database.transaction(staff.tenant_id) as tx:
        return await budgets.list_coupons(tx, code, seen_by=staff, cursor=cursor, limit=limit)


@put("/promotions/{code:str}/coupons", opt=_WRITE)
async def put_coupons(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, code: str, data: Items[CouponInput]
) -> SavedView:
    """Create or change up to 10,000 coupons of a promotion by their codes, all or nothing."""
    saved = await database.run(
        staff.tenant_id,
        lambda tx: save_coupons(tx, promotion_code=code, coupons=data.items, by=staff.actor(), seen_by=staff),
    )
    return saved_view(saved, language_of(request))


router = Router(
    "/",
    route_handlers=[
        list_promotions,
        put_promotions,
        get_promotion,
        patch_promotion,
        publish_promotion,
        withdraw_promotion,
        get_budget,
        list_customer_budgets,
        list_budget_entries,
        list_coupons,
        put_coupons,
    ],
    tags=["promotions"],
)
