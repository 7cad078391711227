"""Reading price lists and what stands in them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Row, Select, and_, or_, select, tuple_

from dinghuo.approvals.queries import progress
from dinghuo.approvals.views import ApprovalProgress
from dinghuo.catalogue import save_skus
from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit import search
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.missing import missing
from dinghuo.kit.money import fits
from dinghuo.kit.paging import BAD_CURSOR, Page, decode_cursor, page
from dinghuo.kit.refs import Ref, ref, ref_columns
from dinghuo.kit.texts import storable
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import channel, customer, region, tier
from dinghuo.pricing.list_facts import SUBJECT
from dinghuo.pricing.save_lists import SEARCH_KIND
from dinghuo.pricing.tables import price_entry, price_list


class PriceListView(msgspec.Struct, frozen=True):
    """A price list; whom it is for as its kind says. It holds through `valid_until`, or until further notice.

    `approval`: it is to be published and waits for somebody to agree. `last_outcome` is what became of the last time:
    approved, rejected, withdrawn, or that it overlaps another list by now.
    """

    id: UUID
    code: str
    name: str
    name_en: str | None
    kind: str
    customer: Ref | None
    tier: Ref | None
    region: Ref | None
    channel: Ref | None
    currency: str
    tax_inclusive: bool
    valid_from: date
    valid_until: date | None
    state: str
    version: int
    created_at: datetime
    updated_at: datetime
    revision: int
    last_outcome: str | None
    approval: ApprovalProgress | None = None


class PriceEntryView(msgspec.Struct, frozen=True):
    """A price per `unit`, from a quantity in that unit on. Only those who may see prices are told it."""

    sku: str
    sku_name: str
    unit: str
    minimum_quantity: Decimal
    price: Decimal | UnsetType = UNSET


class ListFilter(msgspec.Struct, frozen=True, kw_only=True):
    """`on`: those that hold on that day. `customer` is a code."""

    search: str | None = None
    kind: str | None = None
    state: str | None = None
    currency: str | None = None
    customer: str | None = None
    on: date | None = None


_TARGETS = {"customer": customer, "tier": tier, "region": region, "channel": channel}


async def list_price_lists(
    tx: Tx, *, seen_by: Principal | None, wanted: ListFilter, cursor: str | None = None, limit: int = 50
) -> Page[PriceListView]:
    """A page of price lists by code. Contracts of customers that may not be seen are not there."""
    p = price_list.c
    statement = _lists(tx, seen_by)
    for column, value in ((p.kind, wanted.kind), (p.state, wanted.state), (p.currency, wanted.currency)):
        if value is not None:
            statement = statement.where(among(column, storable([value])))
    if wanted.customer is not None:
        statement = statement.where(p.customer_id == named_customer(tx.tenant_id, wanted.customer))
    if wanted.on is not None:
        day = wanted.on
        statement = statement.where(p.valid_from <= day, or_(p.valid_until.is_(None), p.valid_until >= day))
    if wanted.search:
        statement = statement.where(*search.matches(tx.tenant_id, SEARCH_KIND, p.id, wanted.search))
    if cursor is not None:
        statement = statement.where(p.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement.order_by(p.code).limit(limit + 1))
    waiting = await _waiting(tx, rows[:limit])
    return page(rows, limit, lambda row: (row.code,), lambda row: _view(row, waiting))


async def get_price_list(tx: Tx, code: str, *, seen_by: Principal | None) -> PriceListView:
    """One price list; refused as missing when it is not there or not for these eyes."""
    row = await tx.one(_lists(tx, seen_by).where(among(price_list.c.code, storable([code]))))
    if row is None:
        raise missing("price list", code)
    return _view(row, await _waiting(tx, [row]))


async def price_lists_by_code(tx: Tx, codes: Sequence[str], *, seen_by: Principal | None) -> dict[str, PriceListView]:
    """These lists by code; those that are not there or not for these eyes are absent."""
    rows = await tx.rows(_lists(tx, seen_by).where(among(price_list.c.code, storable(codes))))
    waiting = await _waiting(tx, rows)
    return {row.code: _view(row, waiting) for row in rows}


async def list_entries(
    tx: Tx,
    code: str,
    *,
    seen_by: Principal | None,
    wanted: str | None = None,
    sku_code: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[PriceEntryView]:
    """A page of a list's prices by SKU code, unit and quantity. `wanted` searches SKUs."""
    found = await get_price_list(tx, code, seen_by=seen_by)
    e = price_entry.c
    columns = [e.unit, e.minimum_quantity, *([e.price] if seen_by is None or seen_by.sees_price else [])]
    statement = (
        select(sku.c.code.label("sku"), sku.c.name.label("sku_name"), *columns)
        .select_from(sku)
        .join(price_entry, and_(e.tenant_id == tx.tenant_id, e.list_id == found.id, e.sku_id == sku.c.id))
        .where(sku.c.tenant_id == tx.tenant_id)
        .order_by(sku.c.code, e.unit, e.minimum_quantity)
        .limit(limit + 1)
    )
    if wanted:
        statement = statement.where(*search.matches(tx.tenant_id, save_skus.SEARCH_KIND, sku.c.id, wanted))
    if sku_code is not None:
        statement = statement.where(among(sku.c.code, storable([sku_code])))
    if cursor is not None:
        last, unit, minimum = decode_cursor(cursor, (str, str, Decimal))
        if not fits(minimum):
            raise Refused(BAD_CURSOR("cursor"))
        # The first condition is what an index can begin at; the second compares numbers, which it may not.
        later = or_(sku.c.code > last, tuple_(e.unit, e.minimum_quantity) > tuple_(unit, minimum))
        statement = statement.where(sku.c.code >= last, later)
    rows = await tx.rows(statement)
    return page(
        rows, limit, lambda row: (row.sku, row.unit, row.minimum_quantity), lambda row: PriceEntryView(**row._mapping)
    )


def _lists(tx: Tx, seen_by: Principal | None) -> Select[Any]:
    joined: Any = price_list
    for name, table in _TARGETS.items():
        same = and_(table.c.tenant_id == tx.tenant_id, table.c.id == price_list.c[f"{name}_id"])
        joined = joined.outerjoin(table, same)
    columns = [column for name, column in price_list.c.items() if name in PriceListView.__struct_fields__]
    references = [column for name, table in _TARGETS.items() for column in ref_columns(table, name)]
    statement = (
        select(*columns, price_list.c.waits, *references)
        .select_from(joined)
        .where(price_list.c.tenant_id == tx.tenant_id)
    )
    if seen_by is not None:
        seen = visible_customers(seen_by, customer)
        statement = statement.where(or_(price_list.c.customer_id.is_(None), seen))
    return statement


async def _waiting(tx: Tx, rows: Sequence[Row[Any]]) -> dict[UUID, ApprovalProgress]:
    """How far those are that wait for approval."""
    ids = [row.id for row in rows if row.waits]
    return await progress(tx, SUBJECT, ids) if ids else {}


def _view(row: Row[Any], waiting: Mapping[UUID, ApprovalProgress]) -> PriceListView:
    values = row._mapping
    plain: dict[str, Any] = {name: values[name] for name in PriceListView.__struct_fields__ if name in values}
    return PriceListView(**plain | {name: ref(values, name) for name in _TARGETS}, approval=waiting.get(row.id))
