"""Create and update customers by the caller's own codes."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import ARRAY, Uuid, bindparam, column, false, func, not_, select

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.save_users import normal_login
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import app_user, department, tenant
from dinghuo.kit import outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import (
    MISSING,
    UNKNOWN_CODE,
    Planned,
    Saved,
    among,
    check_codes,
    given,
    plan,
    resolve,
    saved,
    store,
)
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import FORBIDDEN, Fault, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import storable
from dinghuo.kit.trees import check_tree
from dinghuo.parties.details import AddressInput, ContactInput, plan_details, store_details
from dinghuo.parties.events import changed
from dinghuo.parties.file_for_search import file_for_search
from dinghuo.parties.rules import check_customer, check_tax_number, check_terms, compact_tax_number
from dinghuo.parties.tables import channel, customer, region, tier

NOT_IN_SCOPE = Message(
    "customer-not-in-scope",
    "客户“{code}”不在（或将不在）您的数据范围内",
    "The customer '{code}' is, or would come to lie, outside the customers you answer for",
    FORBIDDEN,
)


WAS_MERGED = Message(
    "customer-was-merged",
    "客户“{code}”已合并到另一客户，不能再修改；请改用合并后的客户",
    "The customer '{code}' was merged into another one and can no longer be changed: change that one",
)


class CustomerFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a customer. A field left out stays as it is; codes name what is referred to.

    `owner` is the login of one of the tenant's own people. `contacts` and `addresses`, when given, are all there are.
    """

    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    country: str | UnsetType = UNSET
    tax_number: str | UnsetType | None = UNSET
    tier: str | UnsetType | None = UNSET
    region: str | UnsetType | None = UNSET
    channel: str | UnsetType | None = UNSET
    parent: str | UnsetType | None = UNSET
    owner: str | UnsetType | None = UNSET
    department: str | UnsetType | None = UNSET
    currency: str | UnsetType = UNSET
    payment_terms: Literal["prepaid", "on_delivery", "credit_days", "monthly"] | UnsetType = UNSET
    payment_days: int | UnsetType = UNSET
    language: Literal["zh", "en"] | UnsetType = UNSET
    state: Literal["active", "blocked", "closed"] | UnsetType = UNSET
    note: str | UnsetType | None = UNSET
    attributes: dict[str, Any] | UnsetType = UNSET
    contacts: list[ContactInput] | UnsetType = UNSET
    addresses: list[AddressInput] | UnsetType = UNSET


class CustomerInput(CustomerFields, kw_only=True, forbid_unknown_fields=True):
    """One customer to create or update."""

    code: str


# Columns that are what the caller gave, as it is.
_PLAIN = (
    "name",
    "name_en",
    "country",
    "currency",
    "payment_terms",
    "payment_days",
    "language",
    "state",
    "note",
    "attributes",
)
_REFERENCES = {"tier": tier, "region": region, "channel": channel, "department": department}
_DEFAULTS: dict[str, Any] = {
    "name": None,
    "name_en": None,
    "country": "CN",
    "tax_number": None,
    "tier_id": None,
    "region_id": None,
    "channel_id": None,
    "parent_id": None,
    "payment_terms": "prepaid",
    "payment_days": 0,
    "language": "zh",
    "state": "active",
    "merged_into_id": None,
    "note": None,
    "attributes": {},
}


async def save_customers(
    tx: Tx,
    *,
    customers: Sequence[CustomerInput],
    by: Actor,
    within: StaffPrincipal | None,
    path: str = "items",
) -> Saved:
    """Create or update customers by code, all or nothing, in a fixed number of statements.

    `within` is whose data scope limits them, before and after; None where nobody's does. Who creates a customer
    within a scope answers for it, unless the request names someone else.
    """
    faults = Faults(path)
    check_codes(faults, [item.code for item in customers])
    for line, item in enumerate(customers):
        check_customer(faults, line, item)
    planned = await _plan(tx, customers, within, faults)
    await _set_parents(tx, customers, planned, within, faults)
    await check_tree(tx, customer, planned, faults, kind="parties")
    details = await plan_details(tx, planned, customers, faults)
    warnings = _check(planned, customers, faults)
    for row in await _outside(tx, planned, within):
        faults.add(row.line, "code", NOT_IN_SCOPE, code=row.code)
    for row in planned:
        if row.old is not None and row.old["merged_into_id"] is not None:
            faults.add(row.line, "code", WAS_MERGED, code=row.code)
    faults.check()
    written = await store(tx, customer, planned, by=by)
    await store_details(tx, details)
    await file_for_search(
        tx, [row.id for row in written if {"name", "name_en"} & row.changes.keys() or row.old is None]
    )
    if written:
        await outbox.emit(tx, list(changed(row.id for row in written)))
        await touch(tx, "parties")
    return saved(planned, warnings)


async def _plan(
    tx: Tx, customers: Sequence[CustomerInput], within: StaffPrincipal | None, faults: Faults
) -> list[Planned]:
    named = {field: [getattr(item, field) for item in customers] for field in _REFERENCES}
    found = await resolve(
        tx, {field: (_REFERENCES[field], "code", [c for c in codes if c]) for field, codes in named.items()}
    )
    found["owner"] = await _owners(tx, [item.owner for item in customers if item.owner])
    items = []
    for line, item in enumerate(customers):
        columns = given(item, _PLAIN)
        if item.tax_number is not UNSET:
            columns["tax_number"] = compact_tax_number(item.tax_number)
        for field, known in found.items():
            code = getattr(item, field)
            if code is not UNSET:
                columns[f"{field}_id"] = known.get(code) if code else None
                if code and code not in known:
                    faults.add(line, field, UNKNOWN_CODE, code=code)
        items.append((line, item.code, columns))
    return await plan(tx, customer, items, await _defaults(tx, customers, within))


async def _owners(tx: Tx, logins: Collection[str]) -> dict[str, UUID]:
    """The tenant's own people by their logins, as those were written."""
    if not logins:
        return {}
    normal = {login: normal_login(login) for login in logins}
    user = app_user.c
    rows = await tx.rows(
        select(user.login, user.id).where(
            user.tenant_id == tx.tenant_id, user.audience == "staff", among(user.login, storable(normal.values()))
        )
    )
    ids = {row.login: row.id for row in rows}
    return {written: ids[login] for written, login in normal.items() if login in ids}


async def _defaults(tx: Tx, customers: Iterable[CustomerInput], within: StaffPrincipal | None) -> dict[str, Any]:
    limited = within is not None and within.scope.kind != "all"
    defaults = _DEFAULTS | {
        "owner_id": within.scope.owner_id if within and limited else None,
        "department_id": within.department_id if within and limited else None,
    }
    if all(item.currency is not UNSET for item in customers):
        return defaults
    row = await tx.one(select(tenant.c.currency).where(tenant.c.id == tx.tenant_id))
    return defaults | {"currency": row.currency if row else None}


async def _set_parents(
    tx: Tx,
    customers: Sequence[CustomerInput],
    planned: Sequence[Planned],
    within: StaffPrincipal | None,
    faults: Faults,
) -> None:
    wanted = {line: item.parent for line, item in enumerate(customers) if item.parent is not UNSET}
    codes = storable(code for code in wanted.values() if code)
    known: dict[str, UUID] = {}
    if codes:
        visible = visible_customers(within, customer) if within else None
        statement = select(customer.c.code, customer.c.id).where(
            customer.c.tenant_id == tx.tenant_id, among(customer.c.code, codes)
        )
        rows = await tx.rows(statement if visible is None else statement.where(visible))
        known = {row.code: row.id for row in rows} | {row.code: row.id for row in planned}
    for row in planned:
        if row.line in wanted:
            code = wanted[row.line]
            row.new["parent_id"] = known.get(code) if code else None
            if code and code not in known:
                faults.add(row.line, "parent", UNKNOWN_CODE, code=code)


def _check(planned: Iterable[Planned], customers: Sequence[CustomerInput], faults: Faults) -> list[Fault]:
    warnings: list[Fault] = []
    for row in planned:
        if row.old is None and customers[row.line].name is UNSET:
            faults.add(row.line, "name", MISSING)
        check_terms(faults, row)
        warnings += check_tax_number(faults, row)
    return warnings


async def _outside(tx: Tx, planned: Sequence[Planned], within: StaffPrincipal | None) -> list[Planned]:
    """Which of the customers, as they are or as they shall be, lie outside a scope: by the one rule of `scopes`."""
    if within is None or within.scope.kind == "all" or not planned:
        return []
    names = ("owner_id", "department_id", "region_id")
    states = [(row.id, *(state[name] for name in names)) for row in planned for state in (row.old, row.new) if state]
    candidate = (
        func.unnest(*(bindparam(None, list(values), type_=ARRAY(Uuid)) for values in zip(*states, strict=True)))
        .table_valued(*(column(name, Uuid) for name in ("id", *names)), name="candidate")
        .render_derived()
    )
    rows = await tx.rows(
        select(candidate.c.id).where(not_(func.coalesce(visible_customers(within, candidate), false())))
    )
    outside = {row.id for row in rows}
    return [row for row in planned if row.id in outside]
