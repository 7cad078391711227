"""Reading customers. Whoever asks is named in every query: what they may not see is not fetched."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import ColumnElement, Row, Select, Table, and_, func, select, true, tuple_

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import app_user, department
from dinghuo.kit import search
from dinghuo.kit.bulk import among, equals, within
from dinghuo.kit.database import Tx
from dinghuo.kit.few import narrowed, of_groups
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref, ref, ref_columns
from dinghuo.kit.texts import storable
from dinghuo.kit.trees import below
from dinghuo.parties.file_for_search import SEARCH_KIND
from dinghuo.parties.tables import address, channel, contact, customer, region, tier

Include = Literal["contacts", "addresses"]


class ContactView(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    mobile: str | None
    email: str | None
    title: str | None
    is_main: bool


class AddressView(msgspec.Struct, frozen=True):
    id: UUID
    label: str | None
    recipient: str
    mobile: str | None
    province: str | None
    city: str | None
    district: str | None
    street: str
    postcode: str | None
    country: str
    is_default: bool


class CustomerView(msgspec.Struct, frozen=True, kw_only=True):
    """`owner` has a login for its code. A parent or survivor outside the reader's scope is not told."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    country: str
    tax_number: str | None
    tier: Ref | None
    region: Ref | None
    channel: Ref | None
    parent: Ref | None
    owner: Ref | None
    department: Ref | None
    currency: str
    payment_terms: str
    payment_days: int
    language: str
    state: str
    merged_into: Ref | None
    note: str | None
    attributes: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    revision: int
    contacts: list[ContactView] | UnsetType = UNSET
    addresses: list[AddressView] | UnsetType = UNSET


class CustomerFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Codes (of the owner the login). A region means all below it too."""

    search: str | None = None
    tier: str | None = None
    region: str | None = None
    channel: str | None = None
    parent: str | None = None
    owner: str | None = None
    department: str | None = None
    state: str | None = None


_parent = customer.alias("parent")
_survivor = customer.alias("merged_into")
_REFERENCES: dict[str, tuple[Any, str]] = {
    "tier": (tier, "code"),
    "region": (region, "code"),
    "channel": (channel, "code"),
    "parent": (_parent, "code"),
    "merged_into": (_survivor, "code"),
    "owner": (app_user, "login"),
    "department": (department, "code"),
}
_REFERENCE_COLUMNS = {f"{name}_id" for name in _REFERENCES}


async def list_customers(
    tx: Tx,
    *,
    seen_by: Principal | None,
    wanted: CustomerFilter,
    cursor: str | None = None,
    limit: int = 50,
    include: Collection[Include] = (),
) -> Page[CustomerView]:
    """A page of customers by code; of a search, those whose code fits first. `seen_by` None sees all."""
    conditions = _conditions(tx.tenant_id, wanted, seen_by)
    if wanted.region is not None:
        conditions.append(await _in_region(tx, wanted.region))
    found = _customers(tx.tenant_id, seen_by).where(*conditions).limit(limit + 1)
    order: list[ColumnElement[Any]] = [customer.c.code]
    if wanted.search:
        order.insert(0, search.rank(customer.c.code, wanted.search))
        found = found.add_columns(order[0].label("rank"))
    if cursor is not None:
        found = found.where(tuple_(*order) > tuple_(*decode_cursor(cursor, (int, str)[-len(order) :])))
    rows = await tx.rows(_with_refs(found.order_by(*order), seen_by))
    view = await _views(tx, rows[:limit], include)
    return page(rows, limit, lambda row: (row.rank, row.code) if wanted.search else (row.code,), view)


async def get_customer(
    tx: Tx, customer_id: UUID, *, seen_by: Principal | None, include: Collection[Include] = ()
) -> CustomerView | None:
    """One customer; None when there is none, or none that may be seen."""
    found = _customers(tx.tenant_id, seen_by).where(customer.c.id == customer_id)
    rows = await tx.rows(_with_refs(found, seen_by))
    view = await _views(tx, rows, include)
    return view(rows[0]) if rows else None


async def find_customer_id(tx: Tx, code: str, *, seen_by: Principal | None) -> UUID | None:
    """The id behind a code, when it may be seen; of one that was merged, the survivor's."""
    row = await tx.one(
        select(customer.c.id).where(
            customer.c.tenant_id == tx.tenant_id,
            customer.c.id == named_customer(tx.tenant_id, code),
            _visible(seen_by, customer),
        )
    )
    return None if row is None else row.id


def named_customer(tenant_id: int, code: str) -> ColumnElement[UUID]:
    """The id of the customer with this code; of one that was merged, the survivor's.

    By id: through a join the planner would read and sort all that a big customer ever ordered.
    """
    asked = customer.alias("asked").c
    return (
        select(func.coalesce(asked.merged_into_id, asked.id))
        .where(asked.tenant_id == tenant_id, among(asked.code, storable([code])))
        .scalar_subquery()
    )


def _visible(seen_by: Principal | None, table: Any) -> ColumnElement[bool]:
    return true() if seen_by is None else visible_customers(seen_by, table)


def _customers(tenant_id: int, seen_by: Principal | None) -> Select[Any]:
    return select(customer).where(customer.c.tenant_id == tenant_id, _visible(seen_by, customer))


def _with_refs(found: Select[Any], seen_by: Principal | None) -> Select[Any]:
    """The customers found with what they refer to: joined once the page is cut, to its rows only."""
    one = found.subquery("customer")
    columns: list[Any] = [column for column in one.c if column.name not in _REFERENCE_COLUMNS]
    joined: Any = one
    for name, (table, code) in _REFERENCES.items():
        columns += ref_columns(table, name, code)
        seen = _visible(seen_by, table) if name in ("parent", "merged_into") else true()
        same = and_(table.c.tenant_id == one.c.tenant_id, table.c.id == one.c[f"{name}_id"], seen)
        joined = joined.outerjoin(table, same)
    order = [one.c.rank, one.c.code] if "rank" in one.c else [one.c.code]
    return select(*columns).select_from(joined).order_by(*order)


def _conditions(tenant_id: int, wanted: CustomerFilter, seen_by: Principal | None) -> list[ColumnElement[bool]]:
    # One that was merged is found by its code, no longer in lists.
    conditions: list[ColumnElement[bool]] = [customer.c.merged_into_id.is_(None)]
    for name, (table, code) in _REFERENCES.items():
        value = getattr(wanted, name, None)
        if value is not None and name != "region":
            named = among(table.c[code], storable([value]))
            seen = _visible(seen_by, table) if name == "parent" else true()
            one = select(table.c.id).where(table.c.tenant_id == tenant_id, named, seen)
            conditions.append(customer.c[f"{name}_id"] == one.scalar_subquery())
    if wanted.state is not None:
        conditions.append(equals(customer.c.state, wanted.state))
    if wanted.search:
        conditions += search.matches(tenant_id, SEARCH_KIND, customer.c.id, wanted.search)
    return conditions


async def _in_region(tx: Tx, code: str) -> ColumnElement[bool]:
    """In this region or below it."""
    tree = below(region, tx.tenant_id, among(region.c.code, storable([code])))
    ids = of_groups(tx.tenant_id, customer, "region_id", tree)
    return await narrowed(tx, customer.c.id, ids, otherwise=within(customer.c.region_id, tree))


async def _views(tx: Tx, rows: Sequence[Row[Any]], include: Collection[Include]) -> Any:
    ids = [row.id for row in rows]
    contacts = await _details(tx, contact, ids, ContactView) if "contacts" in include else None
    addresses = await _details(tx, address, ids, AddressView) if "addresses" in include else None

    def view(row: Row[Any]) -> CustomerView:
        values = row._mapping
        fields: dict[str, Any] = {name: values[name] for name in CustomerView.__struct_fields__ if name in values}
        return CustomerView(
            **fields | {name: ref(values, name) for name in _REFERENCES},
            contacts=UNSET if contacts is None else contacts.get(row.id, []),
            addresses=UNSET if addresses is None else addresses.get(row.id, []),
        )

    return view


async def _details(tx: Tx, table: Table, ids: Sequence[UUID], view: type[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    if ids:
        of_these = select(table).where(table.c.tenant_id == tx.tenant_id, among(table.c.customer_id, ids))
        for row in await tx.rows(of_these.order_by(table.c.id)):
            fields = {name: row._mapping[name] for name in view.__struct_fields__}
            found.setdefault(row.customer_id, []).append(view(**fields))
    return found
