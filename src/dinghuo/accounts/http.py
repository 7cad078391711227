"""Customers' credit over HTTP, for staff and systems: `/api/v1/accounts`."""

from typing import Annotated
from uuid import UUID

from litestar import Router, get, put
from litestar.params import Parameter

from dinghuo.accounts import queries
from dinghuo.accounts.queries import AccountEntryView, AccountView
from dinghuo.accounts.set_limits import LimitInput, LimitsSet, set_limits
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs
from dinghuo.kit.paging import MOST, Page

Limit = Annotated[int, Parameter(ge=1, le=MOST)]
_READ = needs("accounts.read")


@get("/accounts", opt=_READ)
async def list_accounts(
    database: Database,
    staff: StaffPrincipal,
    customer: str | None = None,
    organisation: str | None = None,
    over_limit: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[AccountView]:
    """Credit accounts by customer code: limit, what takes it up, and the room that is left."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_accounts(
            tx,
            seen_by=staff,
            customer_code=customer,
            organisation_code=organisation,
            over_limit=over_limit,
            cursor=cursor,
            limit=limit,
        )


@put("/accounts", opt=needs("accounts.write"))
async def save_limits(database: Database, staff: StaffPrincipal, data: Items[LimitInput]) -> LimitsSet:
    """Set up to 10,000 credit limits by customer and organisation, all or nothing. Null is unlimited."""
    return await database.run(
        staff.tenant_id, lambda tx: set_limits(tx, limits=data.items, by=staff.actor(), seen_by=staff)
    )


@get("/accounts/{account_id:uuid}", opt=_READ)
async def get_account(database: Database, staff: StaffPrincipal, account_id: UUID) -> AccountView:
    """One account."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.get_account(tx, account_id, seen_by=staff)


@get("/accounts/{account_id:uuid}/entries", opt=_READ)
async def list_entries(
    database: Database, staff: StaffPrincipal, account_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[AccountEntryView]:
    """The entries of an account, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_entries(tx, account_id, seen_by=staff, cursor=cursor, limit=limit)


router = Router("/", route_handlers=[list_accounts, save_limits, get_account, list_entries], tags=["accounts"])
