"""Reading users, roles, departments, organisations, sessions and keys. Nothing read here holds a secret."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, ScalarSelect, Select, Table, exists, false, func, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from dinghuo.identity.holders import holders
from dinghuo.identity.permissions import Audience
from dinghuo.identity.principals import ScopeKind
from dinghuo.identity.save_users import CUSTOMER, REGION
from dinghuo.identity.tables import (
    app_user,
    department,
    organisation,
    role,
    role_permission,
    user_customer,
    user_customer_role,
    user_region,
    user_role,
)
from dinghuo.kit.bulk import among, equals
from dinghuo.kit.database import Tx
from dinghuo.kit.few import narrowed
from dinghuo.kit.paging import Page, decode_cursor
from dinghuo.kit.refs import Ref, ref, ref_columns
from dinghuo.kit.texts import storable
from dinghuo.kit.walk import end_of_walk, walked


class UserView(msgspec.Struct, frozen=True, kw_only=True):
    """`roles`, `customers` and `regions` are codes; `roles_in` are roles a dealer's user has in one company only."""

    id: UUID
    login: str
    audience: Audience
    name: str
    email: str | None
    mobile: str | None
    language: str
    state: str
    department: Ref | None
    roles: list[str]
    roles_in: dict[str, list[str]]
    customers: list[str]
    regions: list[str]
    has_password: bool
    must_change_password: bool
    has_second_factor: bool
    created_at: datetime
    updated_at: datetime
    revision: int


class UserFilter(msgspec.Struct, frozen=True, kw_only=True):
    """`search` is a part of the login, the name, the mobile number or the e-mail address."""

    search: str | None = None
    audience: Audience | None = None
    state: str | None = None
    role: str | None = None
    department: str | None = None
    customer_ids: Collection[UUID] | None = None


class RoleView(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    code: str
    name: str
    name_en: str | None
    audience: Audience
    scope: ScopeKind
    sees_cost: bool
    sees_margin: bool
    sees_price: bool
    requires_totp: bool
    permissions: list[str]
    users: int
    revision: int


class DepartmentView(msgspec.Struct, frozen=True, kw_only=True):
    """`head` has a login for its code."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    parent: Ref | None
    head: Ref | None
    revision: int


class OrganisationView(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    code: str
    name: str
    name_en: str | None
    tax_number: str | None
    tax_status: str
    currency: str
    bank_account: str | None
    number_prefix: str
    state: str
    revision: int


def _codes(link: Table, column: str, of: Any) -> ScalarSelect[Any]:
    """The codes that hang on a user, sorted, as one column of the statement."""
    return (
        select(func.array_agg(aggregate_order_by(of.c.code, of.c.code)))
        .select_from(link)
        .join(of, (of.c.tenant_id == link.c.tenant_id) & (of.c.id == link.c[column]))
        .where(link.c.tenant_id == app_user.c.tenant_id, link.c.user_id == app_user.c.id)
        .scalar_subquery()
    )


def _roles_in() -> ScalarSelect[Any]:
    """The codes of the roles that hold in one company, by its code."""
    link = user_customer_role.c
    by_customer = (
        select(CUSTOMER.c.code.label("code"), func.json_agg(role.c.code).label("roles"))
        .select_from(user_customer_role)
        .join(role, (role.c.tenant_id == link.tenant_id) & (role.c.id == link.role_id))
        .join(CUSTOMER, (CUSTOMER.c.tenant_id == link.tenant_id) & (CUSTOMER.c.id == link.customer_id))
        .where(link.tenant_id == app_user.c.tenant_id, link.user_id == app_user.c.id)
        .group_by(CUSTOMER.c.code)
        .correlate(app_user)
        .lateral("by_customer")
    )
    return select(func.json_object_agg(by_customer.c.code, by_customer.c.roles)).scalar_subquery()


def _users(tx: Tx) -> Select[Any]:
    of_department = (department.c.tenant_id == app_user.c.tenant_id) & (department.c.id == app_user.c.department_id)
    return (
        select(
            app_user,
            *ref_columns(department, "of_department"),
            _codes(user_role, "role_id", role).label("roles"),
            _roles_in().label("roles_in"),
            _codes(user_customer, "customer_id", CUSTOMER).label("customers"),
            _codes(user_region, "region_id", REGION).label("regions"),
        )
        .outerjoin(department, of_department)
        .where(app_user.c.tenant_id == tx.tenant_id)
    )


def _user_view(row: Any) -> UserView:
    return UserView(
        id=row.id,
        login=row.login,
        audience=row.audience,
        name=row.name,
        email=row.email,
        mobile=row.mobile,
        language=row.language,
        state=row.state,
        department=ref(row._mapping, "of_department"),
        roles=row.roles or [],
        roles_in={code: sorted(roles) for code, roles in (row.roles_in or {}).items()},
        customers=row.customers or [],
        regions=row.regions or [],
        has_password=row.password_hash is not None,
        must_change_password=row.must_change_password,
        has_second_factor=row.totp_confirmed_at is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        revision=row.revision,
    )


_SOUGHT = (app_user.c.login, app_user.c.name, app_user.c.mobile, app_user.c.email)


def _called(search: str) -> ColumnElement[bool]:
    """A part of the login, the name or an address of theirs."""
    sought = storable([search.strip().casefold()])
    return or_(false(), *(func.strpos(func.lower(c), text) > 0 for text in sought for c in _SOUGHT))


async def _conditions(tx: Tx, wanted: UserFilter) -> list[ColumnElement[bool]]:
    """All that is wanted but the words that are searched for."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.audience is not None:
        conditions.append(app_user.c.audience == wanted.audience)
    if wanted.state is not None:
        conditions.append(app_user.c.state == wanted.state)
    if wanted.department is not None:
        named = department.alias("named").c
        one = select(named.id).where(named.tenant_id == tx.tenant_id, equals(named.code, wanted.department))
        conditions.append(app_user.c.department_id == one.scalar_subquery())
    if wanted.role is not None:
        of_role = select(role.c.id).where(role.c.tenant_id == tx.tenant_id, equals(role.c.code, wanted.role))
        with_role = select(user_role.c.user_id).where(
            user_role.c.tenant_id == tx.tenant_id, user_role.c.role_id == of_role.scalar_subquery()
        )
        has_it = exists(with_role.where(user_role.c.user_id == app_user.c.id)).correlate(app_user)
        conditions.append(await narrowed(tx, app_user.c.id, with_role, otherwise=has_it))
    if wanted.customer_ids is not None:
        conditions.append(app_user.c.id.in_(users_of_customers(tx, wanted.customer_ids)))
    return conditions


def users_of_customers(tx: Tx, customer_ids: Collection[UUID]) -> Select[tuple[UUID]]:
    """The users who belong to these customers and to no other."""
    others = user_customer.alias("other")
    return select(user_customer.c.user_id).where(
        user_customer.c.tenant_id == tx.tenant_id,
        among(user_customer.c.customer_id, customer_ids),
        user_customer.c.user_id.not_in(
            select(others.c.user_id).where(
                others.c.tenant_id == tx.tenant_id, ~among(others.c.customer_id, customer_ids)
            )
        ),
    )


async def list_users(tx: Tx, *, wanted: UserFilter, cursor: str | None, limit: int) -> Page[UserView]:
    """Users by login. A search looks at so many a page (kit.walk)."""
    login = app_user.c.login
    conditions = await _conditions(tx, wanted)
    if cursor is not None:
        conditions.append(login > decode_cursor(cursor, (str,))[0])
    end = None
    if wanted.search is not None:
        keys = select(login).where(app_user.c.tenant_id == tx.tenant_id, *conditions).order_by(login)
        end = await end_of_walk(tx, keys)
        conditions += [_called(wanted.search), true() if end is None else login <= end]
    rows = await tx.rows(_users(tx).where(*conditions).order_by(login).limit(limit + 1))
    return walked(rows, limit, lambda row: (row.login,), _user_view, None if end is None else (end,))


async def get_user(tx: Tx, user_id: UUID, *, wanted: UserFilter | None = None) -> UserView | None:
    """One user, of those wanted."""
    wanted = wanted or UserFilter()
    called = true() if wanted.search is None else _called(wanted.search)
    row = await tx.one(_users(tx).where(app_user.c.id == user_id, called, *await _conditions(tx, wanted)))
    return None if row is None else _user_view(row)


async def list_roles(tx: Tx) -> list[RoleView]:
    """Every role by audience and code, with what it permits and how many users have it: the matrix."""
    permissions = (
        select(func.array_agg(aggregate_order_by(role_permission.c.permission, role_permission.c.permission)))
        .where(role_permission.c.tenant_id == role.c.tenant_id, role_permission.c.role_id == role.c.id)
        .scalar_subquery()
    )
    users = holders(role.c.tenant_id, role.c.id).label("users")
    rows = await tx.rows(
        select(role, permissions.label("permissions"), users)
        .where(role.c.tenant_id == tx.tenant_id)
        .order_by(role.c.audience.desc(), role.c.code)
    )
    return [
        RoleView(**{name: row._mapping[name] for name in _ROLE_COLUMNS}, permissions=row.permissions or [])
        for row in rows
    ]


_ROLE_COLUMNS = [name for name in RoleView.__struct_fields__ if name != "permissions"]


async def list_departments(tx: Tx) -> list[DepartmentView]:
    """Every department by code."""
    parent = department.alias("parent")
    head = app_user.alias("head")
    rows = await tx.rows(
        select(department, *ref_columns(parent, "of_parent"), *ref_columns(head, "of_head", code="login"))
        .outerjoin(parent, (parent.c.tenant_id == department.c.tenant_id) & (parent.c.id == department.c.parent_id))
        .outerjoin(head, (head.c.tenant_id == department.c.tenant_id) & (head.c.id == department.c.head_id))
        .where(department.c.tenant_id == tx.tenant_id)
        .order_by(department.c.code)
    )
    return [
        DepartmentView(
            id=row.id,
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            parent=ref(row._mapping, "of_parent"),
            head=ref(row._mapping, "of_head"),
            revision=row.revision,
        )
        for row in rows
    ]


async def list_organisations(tx: Tx) -> list[OrganisationView]:
    """Every selling organisation by code."""
    rows = await tx.rows(
        select(organisation).where(organisation.c.tenant_id == tx.tenant_id).order_by(organisation.c.code)
    )
    return [
        OrganisationView(**{name: row._mapping[name] for name in OrganisationView.__struct_fields__}) for row in rows
    ]
