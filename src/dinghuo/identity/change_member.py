"""What somebody may do in one company, and that they leave it: as its administrator decides, for it alone."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from dinghuo.identity.authenticate import changed
from dinghuo.identity.granting import RoleFacts, roles_of
from dinghuo.identity.members import granter_in
from dinghuo.identity.narrow_roles import narrow_roles
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.identity.revoke_sessions import revoke_sessions
from dinghuo.identity.save_users import CUSTOMER, ROLE_OF_OTHERS
from dinghuo.identity.tables import app_user, role, user_customer, user_customer_role, user_role
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import UNKNOWN_CODE, resolve
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.missing import missing

NOT_ONESELF = Message(
    "not-oneself",
    "不能修改自己的角色或移除自己，请由其他管理员操作",
    "Nobody changes their own roles or removes themselves: ask another administrator",
    CONFLICT,
)
NO_ROLES = Message("member-without-roles", "请选择至少一个角色", "Choose at least one role", MALFORMED)


async def set_member_roles(tx: Tx, *, user_id: UUID, roles: Sequence[str], dealer: DealerPrincipal) -> None:
    """These roles, by code, and no others in the company acted for. Elsewhere nothing changes."""
    held = await _hold(tx, user_id, dealer)
    faults = Faults("")
    if not roles:
        raise Refused([NO_ROLES("roles")])
    ids = (await resolve(tx, {"role": (role, "code", roles)}))["role"]
    facts = await roles_of(tx, ids.values())
    for number, code in enumerate(roles):
        if code not in ids:
            faults.add(number, f"roles[{number}]", UNKNOWN_CODE, code=code)
        elif facts[ids[code]].audience != "dealer":
            faults.add(number, f"roles[{number}]", ROLE_OF_OTHERS, code=code)
    granter_in(dealer).check([*held.values(), *facts.values()], 0, faults)
    faults.check()
    if held.keys() == set(ids.values()):
        return
    there = user_customer_role.c
    await narrow_roles(tx, user_id)
    await tx.execute(delete(user_customer_role).where(*_here(tx, there, user_id, dealer)))
    key = {"tenant_id": tx.tenant_id, "user_id": user_id, "customer_id": dealer.customer_id}
    await tx.execute(insert(user_customer_role), [key | {there.role_id.name: id} for id in sorted(ids.values())])
    told = {"roles": [_codes(held.values()), sorted(ids)], "customer": [None, await _code(tx, dealer)]}
    await record(tx, [Change("app_user", user_id, "roles_set", dealer.actor(), told)])
    await changed(tx)


async def remove_member(tx: Tx, *, user_id: UUID, dealer: DealerPrincipal) -> None:
    """Take a user out of the company acted for. Who belongs to no other then is disabled, and signed out."""
    held = await _hold(tx, user_id, dealer)
    faults = Faults("")
    granter_in(dealer).check(held.values(), 0, faults)
    faults.check()
    link = user_customer.c
    await tx.execute(delete(user_customer).where(*_here(tx, link, user_id, dealer)))
    left = {"customers": [await _code(tx, dealer), None]}
    await record(tx, [Change("app_user", user_id, "left", dealer.actor(), left)])
    if not await tx.rows(select(link.customer_id).where(link.tenant_id == tx.tenant_id, link.user_id == user_id)):
        await tx.execute(
            update(app_user)
            .where(app_user.c.tenant_id == tx.tenant_id, app_user.c.id == user_id)
            .values(state="disabled", updated_at=tx.now, revision=app_user.c.revision + 1)
        )
        await revoke_sessions(tx, user_id=user_id, by=dealer.actor())
    await changed(tx)


async def _hold(tx: Tx, user_id: UUID, dealer: DealerPrincipal) -> dict[UUID, RoleFacts]:
    """Lock the user and tell their roles here; as if there were none when they are not of this company."""
    link, there = user_customer.c, user_customer_role.c
    is_here = select(link.user_id).where(*_here(tx, link, user_id, dealer)).exists()
    of_user = (app_user.c.tenant_id == tx.tenant_id) & (app_user.c.id == user_id)
    if (await tx.one(select(app_user.c.id).where(of_user, is_here).with_for_update(key_share=True))) is None:
        raise missing("user", user_id)
    if user_id == dealer.user_id:
        raise Refused([NOT_ONESELF("user_id")])
    everywhere = select(user_role.c.role_id).where(
        user_role.c.tenant_id == tx.tenant_id, user_role.c.user_id == user_id
    )
    here = select(there.role_id).where(*_here(tx, there, user_id, dealer))
    return await roles_of(tx, list((await tx.execute(everywhere.union(here))).scalars()))


def _here(tx: Tx, link: Any, user_id: UUID, dealer: DealerPrincipal) -> tuple[Any, ...]:
    return link.tenant_id == tx.tenant_id, link.user_id == user_id, link.customer_id == dealer.customer_id


def _codes(roles: Collection[RoleFacts]) -> list[str]:
    return sorted(one.code for one in roles)


async def _code(tx: Tx, dealer: DealerPrincipal) -> str:
    c = CUSTOMER.c
    rows = await tx.rows(select(c.code).where(c.tenant_id == tx.tenant_id, c.id == dealer.customer_id))
    return str(rows[0].code)
