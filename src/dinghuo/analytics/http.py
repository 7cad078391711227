"""Figures over HTTP, for staff."""

import asyncio
from datetime import date
from typing import Annotated

from litestar import Router, get
from litestar.params import Parameter

from dinghuo.analytics.backtest.promotions import PromotionBacktest, prepare_promotion_backtest
from dinghuo.analytics.backtest.run import Backtest, prepare_backtest
from dinghuo.analytics.own_figures import OwnFigures, own_figures
from dinghuo.analytics.promotion_check import PromotionCheck, check_promotion
from dinghuo.analytics.publishing_check import PublishingCheck, check_publishing
from dinghuo.analytics.today import Today, figures
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs


@get("/today", opt=needs("analytics.read"))
async def read_today(
    database: Database,
    staff: StaffPrincipal,
    days: Annotated[int, Parameter(ge=1, le=366)] = 30,
    currency: str | None = None,
) -> Today:
    """Today, this week and this month against the same span before, by day and hour, and what stands out."""
    async with database.transaction(staff.tenant_id) as tx:
        return await figures(tx, staff=staff, days=days, currency=currency)


@get("/me/figures", opt=needs("parties.visit"))
async def read_own_figures(database: Database, staff: StaffPrincipal) -> OwnFigures:
    """The caller's own month."""
    async with database.transaction(staff.tenant_id) as tx:
        return await own_figures(tx, staff=staff)


@get("/price-lists/{code:str}/check", opt=needs("pricing.write"))
async def check_price_list(database: Database, staff: StaffPrincipal, code: str) -> PublishingCheck:
    """What to know before a list is published: what it clashes with, prices below cost, customers and carts."""
    async with database.transaction(staff.tenant_id) as tx:
        return await check_publishing(tx, code=code, seen_by=staff)


@get("/price-lists/{code:str}/backtest", opt=needs("pricing.write"))
async def backtest_price_list(
    database: Database,
    staff: StaffPrincipal,
    code: str,
    months: Annotated[int, Parameter(ge=1, le=24)] = 3,
    until: date | None = None,
) -> Backtest:
    """The list tried on what was sold to the customers it is for, in so many months up to today or a day: revenue
    and margin, before and after, by month, customer and SKU."""
    async with database.transaction(staff.tenant_id) as tx:
        reckon = await prepare_backtest(tx, code=code, months=months, until=until, seen_by=staff)
    return await asyncio.to_thread(reckon)


@get("/promotions/{code:str}/check", opt=needs("promotions.write"))
async def check_one_promotion(database: Database, staff: StaffPrincipal, code: str) -> PromotionCheck:
    """What to know before a promotion is published: what it meets, prices below cost, customers and carts."""
    async with database.transaction(staff.tenant_id) as tx:
        return await check_promotion(tx, code=code, seen_by=staff)


@get("/promotions/{code:str}/backtest", opt=needs("promotions.write"))
async def backtest_one_promotion(
    database: Database,
    staff: StaffPrincipal,
    code: str,
    months: Annotated[int, Parameter(ge=1, le=24)] = 3,
    until: date | None = None,
) -> PromotionBacktest:
    """The promotion tried on the orders of so many months up to today or a day: what it would have given to whom, its
    budgets drawn on order by order, and what was left of revenue and margin by month, customer and SKU."""
    async with database.transaction(staff.tenant_id) as tx:
        reckon = await prepare_promotion_backtest(tx, code=code, months=months, until=until, seen_by=staff)
    return await asyncio.to_thread(reckon)


router = Router(
    "/",
    route_handlers=[
        read_today,
        read_own_figures,
        check_price_list,
        backtest_price_list,
        check_one_promotion,
        backtest_one_promotion,
    ],
    tags=["analytics"],
)
