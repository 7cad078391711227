"""Who belongs to one of a dealer's companies, and what its administrator may do about each of them."""

from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Row, func, select

from dinghuo.identity.granting import Granter, roles_of
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.identity.queries import users_of_customers
from dinghuo.identity.save_dealer_users import looked_after
from dinghuo.identity.tables import app_user, role, user_customer, user_customer_role, user_role
from dinghuo.kit.database import Tx
from dinghuo.kit.paging import Page, decode_cursor, page

Deed = Literal["edit", "password", "roles", "remove"]


class CompanyMember(msgspec.Struct, frozen=True, kw_only=True):
    """`roles` are codes of those in force in this company; `elsewhere`: belongs to other companies too."""

    id: UUID
    login: str
    name: str
    mobile: str | None
    state: Literal["active", "disabled"]
    roles: list[str]
    is_you: bool
    elsewhere: bool
    actions: list[Deed]


class MemberRole(msgspec.Struct, frozen=True):
    """A role for dealers' people. Nobody gives away more than they may do themselves."""

    code: str
    name: str
    name_en: str | None
    may_give: bool


def granter_in(dealer: DealerPrincipal) -> Granter:
    """What this user may give to others in the company they act for."""
    return Granter(dealer.permissions, "dealer")


async def list_members(tx: Tx, *, dealer: DealerPrincipal, cursor: str | None, limit: int) -> Page[CompanyMember]:
    """The people of the company acted for, by login."""
    u, link, there = app_user.c, user_customer.c, user_customer_role.c
    held = select(func.array_agg(user_role.c.role_id)).where(
        user_role.c.tenant_id == u.tenant_id, user_role.c.user_id == u.id
    )
    held_there = select(func.array_agg(there.role_id)).where(
        there.tenant_id == u.tenant_id, there.user_id == u.id, there.customer_id == dealer.customer_id
    )
    others = (
        select(link.customer_id)
        .where(link.tenant_id == u.tenant_id, link.user_id == u.id, link.customer_id != dealer.customer_id)
        .exists()
    )
    found = (
        select(
            u.id,
            u.login,
            u.name,
            u.mobile,
            u.state,
            held.scalar_subquery().label("everywhere"),
            held_there.scalar_subquery().label("here"),
            others.label("elsewhere"),
            u.id.in_(users_of_customers(tx, looked_after(dealer))).label("is_own"),
        )
        .where(u.tenant_id == tx.tenant_id, u.id.in_(_of_company(tx, dealer.customer_id)))
        .order_by(u.login)
        .limit(limit + 1)
    )
    if cursor is not None:
        found = found.where(u.login > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(found)
    facts = await roles_of(tx, sorted({id for row in rows for id in (*(row.everywhere or ()), *(row.here or ()))}))
    granter = granter_in(dealer)

    def view(row: Row[Any]) -> CompanyMember:
        held = [facts[id] for id in {*(row.everywhere or ()), *(row.here or ())}]
        is_you = row.id == dealer.user_id
        actions: list[Deed] = []
        if not granter.beyond(name for one in held for name in one.permissions):
            actions += ["edit"] if row.is_own else []
            actions += ["password"] if row.is_own and not is_you else []
            actions += ["roles", "remove"] if not is_you else []
        return CompanyMember(
            id=row.id,
            login=row.login,
            name=row.name,
            mobile=row.mobile,
            state=row.state,
            roles=sorted(one.code for one in held),
            is_you=is_you,
            elsewhere=row.elsewhere,
            actions=actions,
        )

    return page(rows, limit, lambda row: (row.login,), view)


async def list_member_roles(tx: Tx, *, dealer: DealerPrincipal) -> list[MemberRole]:
    """The roles there are for dealers' people, in the order they were made."""
    rows = await tx.rows(
        select(role.c.id, role.c.code, role.c.name, role.c.name_en)
        .where(role.c.tenant_id == tx.tenant_id, role.c.audience == "dealer")
        .order_by(role.c.id)
    )
    facts = await roles_of(tx, [row.id for row in rows])
    granter = granter_in(dealer)
    return [
        MemberRole(row.code, row.name, row.name_en, not granter.beyond(facts[row.id].permissions)) for row in rows
    ]


def _of_company(tx: Tx, customer_id: UUID) -> Any:
    return select(user_customer.c.user_id).where(
        user_customer.c.tenant_id == tx.tenant_id, user_customer.c.customer_id == customer_id
    )
