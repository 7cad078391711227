"""Figures over HTTP, for staff."""

from typing import Annotated

from litestar import Router, get
from litestar.params import Parameter

from dinghuo.analytics.own_figures import OwnFigures, own_figures
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


router = Router("/", route_handlers=[read_today, read_own_figures], tags=["analytics"])
