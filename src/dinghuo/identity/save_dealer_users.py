"""A dealer's administrator looks after the users of their own company, and sees nothing of anyone else's."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import select

from dinghuo.identity.granting import Granter
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.identity.queries import users_of_customers
from dinghuo.identity.save_users import CUSTOMER, UserInput, normal_login, save_users
from dinghuo.identity.tables import app_user
from dinghuo.kit.bulk import UNKNOWN_CODE, Saved, among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Language, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.missing import missing

LOGIN_TAKEN = Message("login-taken", "登录名“{login}”已被使用", "The login '{login}' is taken", CONFLICT)


MANAGES = "portal.users"


class DealerUserInput(Struct, kw_only=True, forbid_unknown_fields=True):
    """One user of the dealer's own. `customers` are codes of companies of theirs: the present one, if left out."""

    login: str
    name: str | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    mobile: str | UnsetType | None = UNSET
    language: Language | UnsetType = UNSET
    state: Literal["active", "disabled"] | UnsetType = UNSET
    roles: list[str] | UnsetType = UNSET
    customers: list[str] | UnsetType = UNSET


def looked_after(dealer: DealerPrincipal) -> frozenset[UUID]:
    """The companies whose users this one looks after: somebody may do so in one of theirs and not in another."""
    return frozenset(id for id in dealer.customer_ids if MANAGES in dealer.rights_in(id).permissions)


def granter_of_dealer(dealer: DealerPrincipal) -> Granter:
    """Gives what they have in each company they look after: a role may hold in all of them."""
    return Granter(
        frozenset.intersection(*(dealer.rights_in(id).permissions for id in looked_after(dealer))), "dealer"
    )


async def save_dealer_users(tx: Tx, *, items: Sequence[DealerUserInput], dealer: DealerPrincipal) -> Saved:
    """Create or update users of this dealer's companies by login, all or nothing."""
    own = await _own_codes(tx, dealer)
    theirs = await _logins(tx, [normal_login(item.login) for item in items], dealer)
    faults = Faults()
    users = []
    for line, item in enumerate(items):
        known = theirs.get(normal_login(item.login))
        if known is False:
            faults.add(line, "login", LOGIN_TAKEN, login=item.login)
        customers = item.customers
        if customers is UNSET and known is None:
            customers = [own[dealer.customer_id]]
        for number, code in enumerate(customers or ()):
            if code not in own.values():
                faults.add(line, f"customers[{number}]", UNKNOWN_CODE, code=code)
        users.append(
            UserInput(
                login=item.login,
                audience="dealer",
                name=item.name,
                email=item.email,
                mobile=item.mobile,
                language=item.language,
                state=item.state,
                roles=item.roles,
                customers=customers,
            )
        )
    faults.check()
    return await save_users(tx, items=users, by=dealer.actor(), granter=granter_of_dealer(dealer))


async def check_own_user(tx: Tx, user_id: UUID, dealer: DealerPrincipal) -> None:
    """Raise, as if there were none, unless the user belongs to the dealer's companies and to no other."""
    of_own = app_user.c.id.in_(users_of_customers(tx, looked_after(dealer)))
    of_user = (app_user.c.tenant_id == tx.tenant_id) & (app_user.c.id == user_id)
    if await tx.one(select(app_user.c.id).where(of_user, of_own)) is None:
        raise missing("user", user_id)


async def _own_codes(tx: Tx, dealer: DealerPrincipal) -> dict[UUID, str]:
    rows = await tx.rows(
        select(CUSTOMER.c.id, CUSTOMER.c.code).where(
            CUSTOMER.c.tenant_id == tx.tenant_id, among(CUSTOMER.c.id, looked_after(dealer))
        )
    )
    return {row.id: row.code for row in rows}


async def _logins(tx: Tx, logins: Sequence[str], dealer: DealerPrincipal) -> dict[str, bool]:
    """Which of these logins exist: True when the user is one of the dealer's own."""
    is_own = app_user.c.id.in_(users_of_customers(tx, looked_after(dealer))).label("is_own")
    rows = await tx.rows(
        select(app_user.c.login, is_own).where(app_user.c.tenant_id == tx.tenant_id, among(app_user.c.login, logins))
    )
    return {row.login: row.is_own for row in rows}
