"""A dealer's own users: under /portal/v1."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post, put
from litestar.params import Parameter

from dinghuo.identity.http.users import PasswordForUser, TemporaryPassword
from dinghuo.identity.passwords import hash_password, password_faults
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.identity.queries import UserFilter, UserView, list_users
from dinghuo.identity.save_dealer_users import (
    DealerUserInput,
    check_own_user,
    granter_of_dealer,
    looked_after,
    save_dealer_users,
)
from dinghuo.identity.set_password import set_password
from dinghuo.identity.tokens import readable_secret
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.paging import Page

_USERS = needs("portal.users")


@get("/users", opt=_USERS)
async def read_own_users(
    database: Database,
    dealer: DealerPrincipal,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Page[UserView]:
    """The users of the dealer's companies, by login."""
    wanted = UserFilter(audience="dealer", customer_ids=looked_after(dealer))
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_users(tx, wanted=wanted, cursor=cursor, limit=limit)


@put("/users", opt=_USERS)
async def put_own_users(
    request: Request[Any, Any, Any], database: Database, dealer: DealerPrincipal, data: Items[DealerUserInput]
) -> SavedView:
    """Create or update users of the dealer's companies by login, all or nothing."""
    saved = await database.run(dealer.tenant_id, lambda tx: save_dealer_users(tx, items=data.items, dealer=dealer))
    return saved_view(saved, language_of(request))


@post("/users/{user_id:uuid}/password", opt=_USERS)
async def give_own_password(
    database: Database, dealer: DealerPrincipal, user_id: UUID, data: PasswordForUser
) -> TemporaryPassword:
    """Give a user of the dealer's companies a temporary password. Their sessions end."""
    password = data.password if data.password is not None else readable_secret()
    faults = password_faults(password, field="password")
    if faults:
        raise Refused(faults)
    hashed = await hash_password(password)

    async def give(tx: Tx) -> None:
        await check_own_user(tx, user_id, dealer)
        await set_password(
            tx, user_id=user_id, password_hash=hashed, by=dealer.actor(), granter=granter_of_dealer(dealer)
        )

    await database.run(dealer.tenant_id, give)
    return TemporaryPassword(password)


router = Router("/", route_handlers=[read_own_users, put_own_users, give_own_password], tags=["users"])
