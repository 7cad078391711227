"""Whom a notice is for: read, checked and written, by those who may see the customers it names."""

from collections.abc import Collection, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.bulk import UNKNOWN_CODE, among, drop, put, resolve
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, TOO_LARGE, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import storable
from dinghuo.notices.tables import CUSTOMER, TARGETS, notice, notice_audience

EVERYONE = UUID(int=0)
MOST_TARGETS = 5_000

Target = tuple[str, UUID]

TARGET_CODE_NEEDED = Message("notice-target-code-needed", "“{kind}”须写明编码", "'{kind}' needs a code", MALFORMED)
TARGET_WITHOUT_CODE = Message(
    "notice-target-without-code", "“全部客户”不带编码", "'everyone' takes no code", MALFORMED
)
TOO_MANY_TARGETS = Message(
    "too-many-notice-targets",
    "一则公告最多 {most} 个对象，这里有 {count} 个",
    "A notice is for at most {most} groups and customers, not {count}",
    TOO_LARGE,
)
NOBODY_ADDRESSED = Message("notice-for-nobody", "请选择公告对象", "Say whom it is for", MALFORMED)


class TargetInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of customers, or one; a region means all below it too."""

    kind: Literal["everyone", "tier", "region", "channel", "customer"]
    code: str | None = None


class TargetView(msgspec.Struct, frozen=True):
    kind: str
    code: str | None = None
    name: str | None = None
    name_en: str | None = None


class AudienceView(msgspec.Struct, frozen=True):
    """`hidden` counts customers that are named but not the reader's to see."""

    targets: list[TargetView]
    hidden: int


async def resolve_targets(tx: Tx, targets: Sequence[TargetInput], *, within: Principal) -> set[Target]:
    """The targets by id; every one that names nothing, or a customer out of sight, is at fault."""
    if len(targets) > MOST_TARGETS:
        raise Refused(TOO_MANY_TARGETS("audience", most=MOST_TARGETS, count=len(targets)))
    codes = {kind: [t.code for t in targets if t.kind == kind and t.code is not None] for kind in TARGETS}
    wanted = {kind: (TARGETS[kind], "code", codes[kind]) for kind in TARGETS if kind != "customer"}
    known = await resolve(tx, wanted)
    known["customer"] = await _customers(tx, codes["customer"], within)
    faults = Faults("audience")
    found: set[Target] = set()
    for line, target in enumerate(targets):
        if target.kind == "everyone":
            if target.code is not None:
                faults.add(line, "code", TARGET_WITHOUT_CODE)
            found.add(("everyone", EVERYONE))
        elif target.code is None:
            faults.add(line, "code", TARGET_CODE_NEEDED, kind=target.kind)
        elif target.code not in known[target.kind]:
            faults.add(line, "code", UNKNOWN_CODE, code=target.code)
        else:
            found.add((target.kind, known[target.kind][target.code]))
    faults.check()
    return found


async def _customers(tx: Tx, codes: Collection[str], within: Principal) -> dict[str, UUID]:
    wanted = storable(codes)
    if not wanted:
        return {}
    c = CUSTOMER.c
    rows = await tx.rows(
        select(c.code, c.id).where(
            c.tenant_id == tx.tenant_id, among(c.code, wanted), visible_customers(within, CUSTOMER)
        )
    )
    return {row.code: row.id for row in rows}


async def replace_targets(tx: Tx, notice_id: UUID, wanted: set[Target], *, within: StaffPrincipal) -> bool:
    """Make these all there are, but for named customers the writer may not see: those stay. Whether any changed."""
    rows = await tx.rows(_members([notice_id], tx.tenant_id, within))
    present = {(row.kind, row.target_id) for row in rows if not row.is_hidden}
    hidden = {(row.kind, row.target_id) for row in rows if row.is_hidden}
    if not wanted and not hidden:
        raise Refused(NOBODY_ADDRESSED("audience"))
    gone, fresh = present - wanted, wanted - present - hidden
    await drop(tx, notice_audience, [(notice_id, *target) for target in gone])
    await write_targets(tx, notice_id, fresh)
    return bool(gone or fresh)


async def write_targets(tx: Tx, notice_id: UUID, targets: Collection[Target]) -> None:
    rows = [{"notice_id": notice_id, "kind": kind, "target_id": id} for kind, id in targets]
    await put(tx, notice_audience, rows)


def seen_notices(principal: StaffPrincipal, tenant_id: int) -> ColumnElement[bool]:
    """The condition on `notice` that leaves those for a group, or for a customer whom this principal may see."""
    if principal.scope.kind == "all":
        return true()
    a, c = notice_audience.c, CUSTOMER.c
    of_one = select(c.id).where(c.tenant_id == tenant_id, visible_customers(principal, CUSTOMER))
    return exists().where(
        a.tenant_id == tenant_id,
        a.notice_id == notice.c.id,
        or_(a.kind != "customer", a.target_id.in_(of_one)),
    )


async def audiences(tx: Tx, notice_ids: Sequence[UUID], *, seen_by: StaffPrincipal) -> dict[UUID, AudienceView]:
    """Whom each of these notices is for, by kind and code."""
    found: dict[UUID, list[TargetView]] = {id: [] for id in notice_ids}
    hidden = dict.fromkeys(notice_ids, 0)
    for row in await tx.rows(_members(notice_ids, tx.tenant_id, seen_by)):
        if row.is_hidden:
            hidden[row.notice_id] += 1
        else:
            found[row.notice_id].append(TargetView(row.kind, row.code, row.name, row.name_en))
    return {id: AudienceView(found[id], hidden[id]) for id in notice_ids}


def _members(notice_ids: Sequence[UUID], tenant_id: int, seen_by: Principal) -> Select[Any]:
    """The targets of these notices, whatever kinds they are of, in one statement."""
    a = notice_audience.c
    joined: Any = notice_audience
    for kind, table in TARGETS.items():
        seen = visible_customers(seen_by, table) if table is CUSTOMER else true()
        same = and_(table.c.tenant_id == a.tenant_id, table.c.id == a.target_id, a.kind == kind, seen)
        joined = joined.outerjoin(table, same)
    code = func.coalesce(*(table.c.code for table in TARGETS.values())).label("code")
    name = func.coalesce(*(table.c.name for table in TARGETS.values())).label("name")
    name_en = func.coalesce(*(table.c.name_en for table in TARGETS.values())).label("name_en")
    is_hidden = and_(a.kind == "customer", CUSTOMER.c.id.is_(None)).label("is_hidden")
    return (
        select(a.notice_id, a.kind, a.target_id, code, name, name_en, is_hidden)
        .select_from(joined)
        .where(a.tenant_id == tenant_id, among(a.notice_id, notice_ids))
        .order_by(a.notice_id, a.kind, code)
    )
