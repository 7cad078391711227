"""Invite a person to a customer's portal, and take an invitation back."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import insert, select, update

from dinghuo.identity.granting import granter_of, roles_of
from dinghuo.identity.invitations import check_customer, inviting, state_of
from dinghuo.identity.members import granter_in
from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.identity.save_users import CUSTOMER, ROLE_OF_OTHERS
from dinghuo.identity.tables import invitation, role
from dinghuo.identity.tokens import Token, new_token
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import UNKNOWN_CODE, resolve
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.kit.texts import text_faults

LONGEST_HOURS = 720

NO_ROLES = Message("invitation-without-roles", "请选择至少一个角色", "Choose at least one role", MALFORMED)
HOURS = Message(
    "invitation-hours", "有效期为 1 到 {most} 小时", "An invitation holds for 1 to {most} hours", MALFORMED
)
NOT_OPEN = Message("invitation-not-open", "此邀请已不再有效", "This invitation is no longer open", CONFLICT)


class NewInvitation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to invite, as far as known, and as what: `roles` are codes of dealers' roles."""

    roles: list[str]
    name: str | None = None
    mobile: str | None = None
    email: str | None = None
    expires_in_hours: int = 168


async def invite(tx: Tx, *, customer_id: UUID, wanted: NewInvitation, by: Principal) -> tuple[Token, datetime]:
    """An invitation and when it expires; its secret is told only now. The roles hold for this customer alone."""
    await check_customer(tx, customer_id, seen_by=by)
    faults = Faults("")
    found = list(text_faults("name", wanted.name, 100))
    found += [*text_faults("mobile", wanted.mobile, 40), *text_faults("email", wanted.email, 200)]
    if not wanted.roles:
        found.append(NO_ROLES("roles"))
    if not 1 <= wanted.expires_in_hours <= LONGEST_HOURS:
        found.append(HOURS("expires_in_hours", most=LONGEST_HOURS))
    ids = (await resolve(tx, {"role": (role, "code", wanted.roles)}))["role"]
    facts = await roles_of(tx, ids.values())
    for number, code in enumerate(wanted.roles):
        if code not in ids:
            faults.add(number, f"roles[{number}]", UNKNOWN_CODE, code=code)
        elif facts[ids[code]].audience != "dealer":
            faults.add(number, f"roles[{number}]", ROLE_OF_OTHERS, code=code)
    granter = granter_of(by) if isinstance(by, StaffPrincipal) else granter_in(by)
    granter.check(facts.values(), 0, faults)
    if found or faults:
        raise Refused([*found, *faults])
    token = new_token(tx.tenant_id, new_id())
    expires_at = tx.now + timedelta(hours=wanted.expires_in_hours)
    await tx.execute(
        insert(invitation).values(
            tenant_id=tx.tenant_id,
            id=token.id,
            customer_id=customer_id,
            secret_hash=token.hash,
            role_ids=sorted(set(ids.values())),
            name=wanted.name or None,
            mobile=wanted.mobile or None,
            email=wanted.email or None,
            invited_by=by.name,
            created_at=tx.now,
            expires_at=expires_at,
        )
    )
    told = {"customer_id": [None, str(customer_id)], "roles": [None, sorted(ids)], "name": [None, wanted.name]}
    await record(tx, [Change("invitation", token.id, "created", by.actor(), told)])
    return token, expires_at


async def revoke_invitation(tx: Tx, *, invitation_id: UUID, by: Principal) -> None:
    """Take an open invitation back; the link opens nothing from now on."""
    i, c = invitation.c, CUSTOMER.c
    row = await tx.one(
        select(invitation)
        .join(CUSTOMER, (c.tenant_id == i.tenant_id) & (c.id == i.customer_id))
        .where(i.tenant_id == tx.tenant_id, i.id == invitation_id, inviting(by))
        .with_for_update(key_share=True, of=invitation)
    )
    if row is None:
        raise missing("invitation", invitation_id)
    if state_of(row, tx.now) != "open":
        raise Refused(NOT_OPEN())
    await tx.execute(
        update(invitation).where(i.tenant_id == tx.tenant_id, i.id == invitation_id).values(revoked_at=tx.now)
    )
    await record(tx, [Change("invitation", invitation_id, "revoked", by.actor())])
