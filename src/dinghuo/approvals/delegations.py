"""While somebody is away another decides for them 委托."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, or_, select, update

from dinghuo.approvals.acting import LONGEST_COMMENT
from dinghuo.approvals.involve import MAY_NOT_DECIDE
from dinghuo.approvals.people import colleague
from dinghuo.approvals.tables import approval_delegation
from dinghuo.identity.principals import StaffPrincipal, not_permitted, person_of
from dinghuo.identity.tables import app_user
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import UNKNOWN_CODE
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, FORBIDDEN, MALFORMED, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import text_faults

_LONGEST = timedelta(days=366)

SPAN = Message(
    "delegation-span",
    "结束时间应晚于开始时间和现在，且最长一年",
    "It ends after it begins and after now, and lasts a year at most",
    MALFORMED,
)
TO_ONESELF = Message("delegation-to-oneself", "不能委托给自己", "Nobody delegates to themselves", CONFLICT)
OF_ANOTHER = Message(
    "delegation-of-another",
    "只有委托人、受托人或审批管理员可以结束委托",
    "Only the two it is between, or whoever keeps the policies, may end it",
    FORBIDDEN,
)
NOT_A_PERSON = Message("not-a-person", "接口密钥不能委托审批", "A system's key has nothing to delegate", FORBIDDEN)


class DelegationInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`user` names who is away, for whoever keeps the policies; left out, it is oneself."""

    delegate: str
    starts_at: datetime
    ends_at: datetime
    reason: str | None = None
    user: str | None = None


class Somebody(msgspec.Struct, frozen=True):
    id: UUID
    login: str
    name: str


class DelegationView(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    user: Somebody
    delegate: Somebody
    starts_at: datetime
    ends_at: datetime
    reason: str | None
    active: bool


async def delegate(tx: Tx, *, item: DelegationInput, staff: StaffPrincipal) -> DelegationView:
    """Let somebody decide in another's place for a while."""
    faults: list[Fault] = list(text_faults("reason", item.reason, LONGEST_COMMENT))
    for_another = item.user is not None
    if for_another and not staff.may("approvals.write"):
        raise Refused(not_permitted("approvals.write"))
    if not for_another and staff.user_id is None:
        raise Refused(NOT_A_PERSON("user"))
    to = await colleague(tx, item.delegate)
    away_id = staff.user_id
    if item.user is not None:
        away = await colleague(tx, item.user)
        away_id = away.id if away is not None else None
        if away is None:
            faults.append(UNKNOWN_CODE("user", code=item.user))
    if to is None:
        faults.append(UNKNOWN_CODE("delegate", code=item.delegate))
    elif not to.may_decide:
        faults.append(MAY_NOT_DECIDE("delegate", name=to.name))
    elif to.id == away_id:
        faults.append(TO_ONESELF("delegate"))
    if not _is_aware(item) or not max(item.starts_at, tx.now) < item.ends_at <= item.starts_at + _LONGEST:
        faults.append(SPAN("ends_at"))
    if faults or to is None or away_id is None:
        raise Refused(faults)
    id = new_id()
    values = {"user_id": away_id, "delegate_id": to.id, "starts_at": item.starts_at, "ends_at": item.ends_at}
    await tx.execute(
        insert(approval_delegation).values(
            tenant_id=tx.tenant_id, id=id, reason=item.reason, created_at=tx.now, created_by=staff.name, **values
        )
    )
    by = staff.actor()
    await record(
        tx, [Change("approval_delegation", id, "created", by, {n: [None, str(v)] for n, v in values.items()})]
    )
    return await _get(tx, id)


async def end_delegation(tx: Tx, *, delegation_id: UUID, staff: StaffPrincipal) -> None:
    """It ends now."""
    d = approval_delegation.c
    row = await tx.one(
        select(d.user_id, d.delegate_id, d.starts_at, d.ends_at).where(
            d.tenant_id == tx.tenant_id, d.id == delegation_id
        )
    )
    if row is None:
        raise missing("delegation", delegation_id)
    if person_of(staff) not in (row.user_id, row.delegate_id) and not staff.may("approvals.write"):
        raise Refused(OF_ANOTHER("id"))
    if row.ends_at > tx.now:
        ends = max(tx.now, row.starts_at)
        await tx.execute(
            update(approval_delegation).where(d.tenant_id == tx.tenant_id, d.id == delegation_id).values(ends_at=ends)
        )
        change = {"ends_at": [str(row.ends_at), str(ends)]}
        await record(tx, [Change("approval_delegation", delegation_id, "ended", staff.actor(), change)])


async def list_delegations(tx: Tx, *, staff: StaffPrincipal, cursor: str | None, limit: int) -> Page[DelegationView]:
    """Those one has given and received, the newest first; everybody's for whoever keeps the policies."""
    d = approval_delegation.c
    wanted = _delegations(tx).where(*_seen_by(staff))
    if cursor is not None:
        wanted = wanted.where(d.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(wanted.order_by(d.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), lambda row: _view(row, tx.now))


def _seen_by(staff: StaffPrincipal) -> Sequence[Any]:
    d = approval_delegation.c
    if staff.may("approvals.write"):
        return ()
    me = person_of(staff)
    return (or_(d.user_id == me, d.delegate_id == me),)


async def _get(tx: Tx, id: UUID) -> DelegationView:
    row = await tx.one(_delegations(tx).where(approval_delegation.c.id == id))
    if row is None:
        raise missing("delegation", id)
    return _view(row, tx.now)


def _delegations(tx: Tx) -> Any:
    d, u, t = approval_delegation.c, app_user.c, app_user.alias("delegate")
    return (
        select(
            approval_delegation,
            u.login.label("user_login"),
            u.name.label("user_name"),
            t.c.login.label("delegate_login"),
            t.c.name.label("delegate_name"),
        )
        .join(app_user, (u.tenant_id == d.tenant_id) & (u.id == d.user_id))
        .join(t, (t.c.tenant_id == d.tenant_id) & (t.c.id == d.delegate_id))
        .where(d.tenant_id == tx.tenant_id, u.tenant_id == tx.tenant_id, t.c.tenant_id == tx.tenant_id)
    )


def _view(row: Any, now: datetime) -> DelegationView:
    return DelegationView(
        id=row.id,
        user=Somebody(row.user_id, row.user_login, row.user_name),
        delegate=Somebody(row.delegate_id, row.delegate_login, row.delegate_name),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        reason=row.reason,
        active=row.starts_at <= now < row.ends_at,
    )


def _is_aware(item: DelegationInput) -> bool:
    return item.starts_at.tzinfo is not None and item.ends_at.tzinfo is not None
