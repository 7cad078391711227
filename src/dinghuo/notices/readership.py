"""Who has read a notice, of those it is for."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, tuple_

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import app_user, user_customer
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor
from dinghuo.kit.refs import Ref, ref_columns
from dinghuo.kit.trees import below
from dinghuo.kit.walk import end_of_walk, walked
from dinghuo.notices.audience import seen_notices
from dinghuo.notices.tables import CUSTOMER, REGION, notice, notice_audience, notice_read


class Readership(msgspec.Struct, frozen=True):
    """How many customers and users it is for, of those the asker may see, and how many of them have read it."""

    customers: int
    customers_read: int
    users: int
    users_read: int


class ReaderView(msgspec.Struct, frozen=True):
    """`user` has a login for its code."""

    customer: Ref
    user: Ref
    read_at: datetime | None


async def readership(tx: Tx, notice_id: UUID, *, seen_by: StaffPrincipal) -> Readership:
    await _check(tx, notice_id, seen_by)
    c = CUSTOMER.c
    addressed = await _addressed(tx, notice_id)
    people = _people(tx, notice_id, addressed, seen_by).subquery("person")
    counted = select(
        func.count(people.c.user_id.distinct()).label("users"),
        func.count(people.c.user_id.distinct()).filter(people.c.read_at.is_not(None)).label("users_read"),
        func.count(people.c.customer_id.distinct()).filter(people.c.read_at.is_not(None)).label("customers_read"),
        select(func.count())
        .select_from(CUSTOMER)
        .where(c.tenant_id == tx.tenant_id, addressed, visible_customers(seen_by, CUSTOMER))
        .scalar_subquery()
        .label("customers"),
    )
    row = (await tx.rows(counted))[0]
    return Readership(row.customers, row.customers_read, row.users, row.users_read)


async def list_readers(
    tx: Tx, notice_id: UUID, *, read: bool | None, seen_by: StaffPrincipal, cursor: str | None, limit: int
) -> Page[ReaderView]:
    """Users of the customers it is for, by customer and login, with when they read it. Whoever has or has not is
    looked for among so many customers a page (kit.walk)."""
    await _check(tx, notice_id, seen_by)
    code = CUSTOMER.c.code
    addressed = await _addressed(tx, notice_id)
    people = _people(tx, notice_id, addressed, seen_by)
    theirs = CUSTOMER.c.tenant_id == tx.tenant_id, addressed, visible_customers(seen_by, CUSTOMER)
    codes = select(code).where(*theirs).order_by(code)
    order = (code, app_user.c.login)
    if cursor is not None:
        last = decode_cursor(cursor, (str, str))
        # Of two tables no index knows the pair: the first of it is where the walk begins.
        people = people.where(code >= last[0], tuple_(*order) > tuple_(*last))
        codes = codes.where(code >= last[0])
    end = None
    if read is not None:
        people = people.where(notice_read.c.read_at.is_not(None) if read else notice_read.c.read_at.is_(None))
        end = await end_of_walk(tx, codes)
        if end is not None:
            people = people.where(code < end)
    rows = await tx.rows(people.order_by(*order).limit(limit + 1))
    beyond = None if end is None else (end, "")
    return walked(rows, limit, lambda row: (row.customer_code, row.user_code), _reader, beyond)


def _reader(row: Any) -> ReaderView:
    customer = Ref(row.customer_id, row.customer_code, row.customer_name, row.customer_name_en)
    return ReaderView(customer, Ref(row.user_id, row.user_code, row.user_name), row.read_at)


async def _check(tx: Tx, notice_id: UUID, seen_by: StaffPrincipal) -> None:
    n = notice.c
    seen = [n.tenant_id == tx.tenant_id, n.id == notice_id, seen_notices(seen_by, tx.tenant_id)]
    if await tx.one(select(n.id).where(*seen)) is None:
        raise missing("notice", notice_id)


def _people(tx: Tx, notice_id: UUID, addressed: ColumnElement[bool], seen_by: StaffPrincipal) -> Select[Any]:
    """Active users of visible customers it is for, each with when they read it."""
    link, r = user_customer.c, notice_read.c
    return (
        select(*ref_columns(CUSTOMER, "customer"), *ref_columns(app_user, "user", code="login"), r.read_at)
        .select_from(CUSTOMER)
        .join(user_customer, and_(link.tenant_id == CUSTOMER.c.tenant_id, link.customer_id == CUSTOMER.c.id))
        .join(app_user, and_(app_user.c.tenant_id == link.tenant_id, app_user.c.id == link.user_id))
        .outerjoin(
            notice_read,
            and_(r.tenant_id == link.tenant_id, r.notice_id == notice_id, r.user_id == link.user_id),
        )
        .where(
            CUSTOMER.c.tenant_id == tx.tenant_id,
            app_user.c.state == "active",
            addressed,
            visible_customers(seen_by, CUSTOMER),
        )
    )


async def _addressed(tx: Tx, notice_id: UUID) -> ColumnElement[bool]:
    """The condition on the customers' table that leaves those a notice is for: named one by one, that the planner
    may know whether they are few."""
    a, c = notice_audience.c, CUSTOMER.c
    targets = await tx.rows(select(a.kind, a.target_id).where(a.tenant_id == tx.tenant_id, a.notice_id == notice_id))
    named: dict[str, list[UUID]] = {}
    for row in targets:
        named.setdefault(row.kind, []).append(row.target_id)
    if "everyone" in named:
        return true()
    if "region" in named:
        below_them = below(REGION, tx.tenant_id, among(REGION.c.id, named["region"]))
        named["region"] = [row.id for row in await tx.rows(below_them)]
    columns = {"customer": c.id, "tier": c.tier_id, "channel": c.channel_id, "region": c.region_id}
    return or_(false(), *(among(columns[kind], ids) for kind, ids in named.items()))
