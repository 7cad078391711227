"""Reading what opens doors: sessions and API keys, without their secrets; and who somebody is themselves."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.identity.permissions import Audience
from dinghuo.identity.principals import DealerPrincipal, Principal, StaffPrincipal
from dinghuo.identity.save_users import CUSTOMER, REGION
from dinghuo.identity.tables import api_key, app_user, department, session, tenant
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref, ref, ref_columns


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    is_current: bool


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """`user` is a login; `departments` and `regions` are codes. `used_at` may be a minute behind."""

    id: UUID
    name: str
    user: str | None
    permissions: list[str]
    scope: str
    departments: list[str]
    regions: list[str]
    sees_cost: bool
    sees_margin: bool
    sees_price: bool
    expires_at: datetime | None
    revoked_at: datetime | None
    previous_until: datetime | None
    used_at: datetime | None
    created_at: datetime


class CompanyView(msgspec.Struct, frozen=True):
    code: str
    name: str
    currency: str
    time_zone: str


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking and what they may do. `must` is what they have to do before anything else."""

    id: UUID
    audience: Audience
    name: str
    login: str | None
    language: str
    company: CompanyView
    permissions: list[str]
    must: Literal["password", "totp"] | None
    has_second_factor: bool
    sees_cost: bool
    sees_margin: bool
    sees_price: bool
    scope: str | None = None
    customer_id: UUID | None = None
    customers: list[Ref] = []


async def list_sessions(tx: Tx, *, user_id: UUID, current: UUID | None) -> list[SessionView]:
    """The open sessions of a user, the newest first."""
    rows = await tx.rows(
        select(session)
        .where(
            session.c.tenant_id == tx.tenant_id,
            session.c.user_id == user_id,
            session.c.revoked_at.is_(None),
            session.c.expires_at > tx.now,
        )
        .order_by(session.c.id.desc())
    )
    names = [name for name in SessionView.__struct_fields__ if name != "is_current"]
    return [SessionView(**{name: row._mapping[name] for name in names}, is_current=row.id == current) for row in rows]


async def list_keys(tx: Tx, *, cursor: str | None, limit: int) -> Page[KeyView]:
    """API keys, the newest first, revoked ones too."""
    of_user = (app_user.c.tenant_id == api_key.c.tenant_id) & (app_user.c.id == api_key.c.user_id)
    statement = (
        select(api_key, app_user.c.login.label("user"))
        .outerjoin(app_user, of_user)
        .where(api_key.c.tenant_id == tx.tenant_id)
        .order_by(api_key.c.id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        statement = statement.where(api_key.c.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement)
    departments = await _codes(tx, department, [id for row in rows for id in row.department_ids])
    regions = await _codes(tx, REGION, [id for row in rows for id in row.region_ids])
    names = [name for name in KeyView.__struct_fields__ if name not in {"departments", "regions"}]

    def view(row: Any) -> KeyView:
        return KeyView(
            **{name: row._mapping[name] for name in names},
            departments=sorted(departments[id] for id in row.department_ids),
            regions=sorted(regions[id] for id in row.region_ids),
        )

    return page(rows, limit, lambda row: (row.id,), view)


async def _codes(tx: Tx, table: Any, ids: list[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    rows = await tx.rows(
        select(table.c.id, table.c.code).where(table.c.tenant_id == tx.tenant_id, among(table.c.id, ids))
    )
    return {row.id: row.code for row in rows}


async def me(tx: Tx, principal: Principal) -> Me:
    """The principal as a screen needs it."""
    company = (await tx.rows(select(tenant).where(tenant.c.id == tx.tenant_id)))[0]
    user = (
        await tx.one(select(app_user).where(app_user.c.tenant_id == tx.tenant_id, app_user.c.id == principal.user_id))
        if principal.user_id is not None
        else None
    )
    is_staff = isinstance(principal, StaffPrincipal)
    return Me(
        id=principal.id,
        audience="staff" if is_staff else "dealer",
        name=principal.name,
        login=user.login if user else None,
        language=principal.language,
        company=CompanyView(company.code, company.name, company.currency, company.time_zone),
        permissions=sorted(principal.permissions),
        must=principal.must,
        has_second_factor=user is not None and user.totp_confirmed_at is not None,
        sees_cost=isinstance(principal, StaffPrincipal) and principal.sees_cost,
        sees_margin=isinstance(principal, StaffPrincipal) and principal.sees_margin,
        sees_price=principal.sees_price,
        scope=principal.scope.kind if isinstance(principal, StaffPrincipal) else None,
        customer_id=principal.customer_id if isinstance(principal, DealerPrincipal) else None,
        customers=await _customers(tx, principal) if isinstance(principal, DealerPrincipal) else [],
    )


async def _customers(tx: Tx, dealer: DealerPrincipal) -> list[Ref]:
    rows = await tx.rows(
        select(*ref_columns(CUSTOMER, "customer"))
        .where(CUSTOMER.c.tenant_id == tx.tenant_id, among(CUSTOMER.c.id, dealer.customer_ids))
        .order_by(CUSTOMER.c.code)
    )
    return [found for row in rows if (found := ref(row._mapping, "customer")) is not None]
