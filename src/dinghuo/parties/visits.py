"""Reading visits: who was where, and when."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Subquery, and_, select

from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal, StaffPrincipal, person_of
from dinghuo.identity.save_users import normal_login
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import app_user
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at, last_id_at
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref
from dinghuo.kit.texts import storable
from dinghuo.parties.newest import newest
from dinghuo.parties.tables import customer, visit, visit_photo


class Visitor(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class VisitView(msgspec.Struct, frozen=True, kw_only=True):
    """A visit. Photos are to be had at /files/{sha256}."""

    id: UUID
    at: datetime
    customer: Ref
    by: Visitor
    note: str | None
    latitude: Decimal | None
    longitude: Decimal | None
    accuracy_m: int | None
    photos: list[str]
    created_at: datetime


class VisitFilter(msgspec.Struct, frozen=True, kw_only=True):
    """`customer_id` and `by` (a login) narrow to one; days are in the tenant's zone, both included."""

    mine: bool = False
    customer_id: UUID | None = None
    by: str | None = None
    since: date | None = None
    until: date | None = None


async def list_visits(
    tx: Tx, *, seen_by: StaffPrincipal, wanted: VisitFilter, cursor: str | None = None, limit: int = 50
) -> Page[VisitView]:
    """A page of visits at customers that may be seen, the newest first."""
    v = visit.c
    statement = select(visit).where(v.tenant_id == tx.tenant_id)
    zone = (await load_tenant(tx)).zone
    if wanted.mine:
        statement = statement.where(v.visitor_id == person_of(seen_by))
    if wanted.customer_id is not None:
        statement = statement.where(v.customer_id == wanted.customer_id)
    if wanted.by is not None:
        u = app_user.alias("visitor").c
        named = among(u.login, storable([normal_login(wanted.by)]))
        statement = statement.where(
            v.visitor_id == select(u.id).where(u.tenant_id == tx.tenant_id, named).scalar_subquery()
        )
    if wanted.since is not None:
        statement = statement.where(v.id >= first_id_at(datetime.combine(wanted.since, time.min, zone)))
    if wanted.until is not None:
        statement = statement.where(v.id <= last_id_at(datetime.combine(wanted.until, time.max, zone)))
    if cursor is not None:
        statement = statement.where(v.id < decode_cursor(cursor, (UUID,))[0])
    found = newest(statement, visit, tenant_id=tx.tenant_id, seen_by=seen_by, most=limit + 1)
    rows = await tx.rows(_with_customer(tx, found, seen_by).order_by(found.c.id.desc()))
    photos = await _photos(tx, rows)
    return page(rows, limit, lambda row: (row.id,), lambda row: _view(row, photos))


async def get_visit(tx: Tx, *, visit_id: UUID, seen_by: Principal) -> VisitView:
    """One visit; refused as missing when it is not there or at a customer that may not be seen."""
    one = select(visit).where(visit.c.tenant_id == tx.tenant_id, visit.c.id == visit_id).subquery("visit")
    rows = await tx.rows(_with_customer(tx, one, seen_by))
    if not rows:
        raise missing("visit", visit_id)
    return _view(rows[0], await _photos(tx, rows))


def _with_customer(tx: Tx, visits: Subquery, seen_by: Principal) -> Select[Any]:
    c = customer.c
    return (
        select(
            visits, c.code.label("customer_code"), c.name.label("customer_name"), c.name_en.label("customer_name_en")
        )
        .join(customer, and_(c.tenant_id == tx.tenant_id, c.id == visits.c.customer_id))
        .where(visible_customers(seen_by, customer))
    )


async def _photos(tx: Tx, rows: Sequence[Any]) -> dict[UUID, list[str]]:
    p = visit_photo.c
    found: dict[UUID, list[str]] = {}
    for row in await tx.rows(
        select(p.visit_id, p.sha256)
        .where(p.tenant_id == tx.tenant_id, among(p.visit_id, [row.id for row in rows]))
        .order_by(p.visit_id, p.position)
    ):
        found.setdefault(row.visit_id, []).append(row.sha256)
    return found


def _view(row: Any, photos: dict[UUID, list[str]]) -> VisitView:
    return VisitView(
        id=row.id,
        at=row.at,
        customer=Ref(row.customer_id, row.customer_code, row.customer_name, row.customer_name_en),
        by=Visitor(row.visitor_id, row.visitor_name),
        note=row.note,
        latitude=row.latitude,
        longitude=row.longitude,
        accuracy_m=row.accuracy_m,
        photos=photos.get(row.id, []),
        created_at=row.created_at,
    )
