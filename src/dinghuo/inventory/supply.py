"""What is on its way: listed, and as what promises are made of."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, and_, func, select, tuple_

from dinghuo.catalogue.facts import load_skus
from dinghuo.catalogue.save_skus import SEARCH_KIND
from dinghuo.catalogue.tables import sku
from dinghuo.identity.facts import load_tenant
from dinghuo.inventory.lots.tracked import load_tracked
from dinghuo.inventory.tables import expected_supply, warehouse
from dinghuo.kit import search
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import storable

StateFilter = Literal["open", "received", "cancelled", "all"]


class SupplyView(msgspec.Struct, frozen=True, kw_only=True):
    """One expected line, in base units. `open` is what has not come; `late` when its day is over; `lot_needed` when
    lots are kept of it: what comes names one."""

    id: UUID
    code: str
    sku: str
    sku_name: str
    sku_name_en: str | None
    base_unit: str
    units: list[str]
    warehouse: str
    warehouse_name: str
    expected_on: date
    quantity: Decimal
    received: Decimal
    open: Decimal
    document: str | None
    supplier: str | None
    note: str | None
    state: str
    late: bool
    lot_needed: bool


async def today_of(tx: Tx) -> date:
    """The day it is where the tenant is."""
    return tx.now.astimezone((await load_tenant(tx)).zone).date()


async def list_supply(
    tx: Tx,
    *,
    sku_code: str | None = None,
    warehouse_code: str | None = None,
    document: str | None = None,
    state: StateFilter = "open",
    until: date | None = None,
    wanted: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[SupplyView]:
    """A page of expected lines, the next one first. `wanted` searches SKUs."""
    today = await today_of(tx)
    e = expected_supply.c
    left = func.greatest(e.quantity - e.received, 0)
    plain = [e[name] for name in SupplyView.__struct_fields__ if name in e]
    statement = (
        select(
            *plain,
            sku.c.code.label("sku"),
            sku.c.name.label("sku_name"),
            sku.c.name_en.label("sku_name_en"),
            sku.c.base_unit,
            e.sku_id,
            warehouse.c.code.label("warehouse"),
            warehouse.c.name.label("warehouse_name"),
            left.label("open"),
        )
        .select_from(expected_supply)
        .join(sku, and_(sku.c.tenant_id == tx.tenant_id, sku.c.id == e.sku_id))
        .join(warehouse, and_(warehouse.c.tenant_id == tx.tenant_id, warehouse.c.id == e.warehouse_id))
        .where(e.tenant_id == tx.tenant_id, *_of_state(state))
        .order_by(e.expected_on, e.id)
        .limit(limit + 1)
    )
    if sku_code is not None:
        statement = statement.where(among(sku.c.code, storable([sku_code])))
    if warehouse_code is not None:
        statement = statement.where(among(warehouse.c.code, storable([warehouse_code])))
    if document is not None:
        statement = statement.where(among(e.document, storable([document])))
    if wanted:
        statement = statement.where(*search.matches(tx.tenant_id, SEARCH_KIND, e.sku_id, wanted))
    if until is not None:
        statement = statement.where(e.expected_on <= until)
    if cursor is not None:
        statement = statement.where(tuple_(e.expected_on, e.id) > tuple_(*decode_cursor(cursor, (date, UUID))))
    rows = await tx.rows(statement)
    tracked = await load_tracked(tx)
    facts = await load_skus(tx, {row.sku for row in rows})

    def view(row: Row[Any]) -> SupplyView:
        said = dict(row._mapping)
        lot_needed = said.pop("sku_id") in tracked
        late = row.expected_on < today and row.open > 0 and row.state == "expected"
        units = list(facts[row.sku].units) if row.sku in facts else [row.base_unit]
        return SupplyView(**said, late=late, lot_needed=lot_needed, units=units)

    return page(rows, limit, lambda row: (row.expected_on, row.id), view)


def _of_state(state: StateFilter) -> list[ColumnElement[bool]]:
    e = expected_supply.c
    if state == "all":
        return []
    if state == "cancelled":
        return [e.state == "cancelled"]
    came = e.received >= e.quantity
    return [e.state == "expected", came if state == "received" else ~came]


class Supply(msgspec.Struct, frozen=True, gc=False):
    """So much of a SKU will come to a warehouse on a day."""

    code: str
    sku_id: UUID
    warehouse_id: UUID
    expected_on: date
    quantity: Decimal
    # The transfer it is on its way with, when it comes from another warehouse.
    transfer_id: UUID | None = None


# What of the SKUs in $2 has not come yet.
OPEN_SUPPLY = """
select e.code, e.sku_id, e.warehouse_id, e.expected_on, e.quantity - e.received as quantity,
  null::uuid as transfer_id
from expected_supply e
where e.tenant_id = $1 and e.sku_id = any($2::uuid[]) and e.state = 'expected' and e.received < e.quantity
union all
select t.number, l.sku_id, t.to_id, t.expected_on, sum(l.base_quantity), t.id
from transfer t join transfer_line l on l.tenant_id = $1 and l.transfer_id = t.id
where t.tenant_id = $1 and t.state = 'shipped' and l.sku_id = any($2::uuid[])
group by t.id, t.number, l.sku_id, t.to_id, t.expected_on
"""
_OPEN = f"{OPEN_SUPPLY}order by 2, 4, 1"
_ANY = """
select exists (select from expected_supply where tenant_id = $1 and state = 'expected')
  or exists (select from transfer where tenant_id = $1 and state = 'shipped') as is_there
"""


async def load_supply(tx: Tx, sku_ids: Collection[UUID]) -> list[Supply]:
    """What of these SKUs has not come yet, the earliest first: what is on its way between warehouses too."""
    if not sku_ids or not await is_supply_known(tx):
        return []
    return [Supply(**dict(row)) for row in await tx.fetch(_OPEN, list(sku_ids))]


async def is_supply_known(tx: Tx) -> bool:
    """Whether the tenant says at all what is expected: who does not pays nothing for it."""
    memory = await tx.cached("inventory")
    known: bool | None = memory.get("has_supply")
    if known is None:
        known = memory["has_supply"] = bool((await tx.fetch(_ANY))[0]["is_there"])
    return known
