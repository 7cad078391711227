"""The dealer's rebates over HTTP: under /portal/v1."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import Parameter

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs
from dinghuo.kit.paging import MOST, Page
from dinghuo.portal.rebates import DealerRebates, read_movements
from dinghuo.portal.rebates import read_rebates as read
from dinghuo.pricing.locked import check_sees_price
from dinghuo.rebates.views import RebateMovement

_READ = needs("portal.account.read")


@get("/rebates", opt=_READ)
async def read_rebates(database: Database, dealer: DealerPrincipal) -> DealerRebates:
    """What the company may use on orders, and how far it is to the next tiers."""
    check_sees_price(dealer)
    async with database.transaction(dealer.tenant_id) as tx:
        return await read(tx, dealer) or DealerRebates(balances=[], progress=[])


@get("/rebates/{balance_id:uuid}/entries", opt=_READ)
async def read_rebate_entries(
    database: Database,
    dealer: DealerPrincipal,
    balance_id: UUID,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=MOST)] = 50,
) -> Page[RebateMovement]:
    """How a balance came about: what was granted, used on orders and given back, the newest first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await read_movements(tx, balance_id, dealer=dealer, cursor=cursor, limit=limit)


HANDLERS = [read_rebates, read_rebate_entries]
