"""Reading stock counts."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Select, and_, select

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.catalogue.save_skus import SEARCH_KIND as SKUS
from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import StaffPrincipal, lacking
from dinghuo.inventory.counts.sheet import SEARCH_KIND
from dinghuo.inventory.counts.submit import NOTHING_COUNTED, differences_of
from dinghuo.inventory.lots.pick import NEVER
from dinghuo.inventory.states import COUNT
from dinghuo.inventory.tables import lot, stock_count, stock_count_line, warehouse
from dinghuo.kit import search
from dinghuo.kit.actions import Action, action
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Language
from dinghuo.kit.missing import missing
from dinghuo.kit.money import ZERO
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import storable
from dinghuo.kit.transitions import WRONG_STATE

StateFilter = Literal["open", "pending_approval", "booked", "cancelled"]
LineFilter = Literal["all", "uncounted", "differences"]


class CountSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A count in a list: how many lines it has, how many are counted, how many differ."""

    id: UUID
    number: str
    warehouse: str
    warehouse_name: str
    state: str
    note: str | None
    line_count: int
    counted_count: int
    difference_count: int
    created_at: datetime
    created_by: str
    submitted_at: datetime | None
    booked_at: datetime | None


class CountDetail(CountSummary, frozen=True, kw_only=True):
    """`difference_value` is what is found less what is missing, at cost, for those who may see costs.

    `last_outcome`: approved, rejected, withdrawn, or no_longer_fits when goods had left before it was approved.
    """

    revision: int
    request_id: UUID | None
    last_outcome: str | None
    actions: list[Action]
    difference_value: Decimal | UnsetType = UNSET


class Pack(msgspec.Struct, frozen=True):
    """One of a unit is so many base units, as large ones are counted: 1 case is 24."""

    unit: str
    quantity: Decimal


class CountLineView(msgspec.Struct, frozen=True):
    """In base units; `packs` are larger ones, the largest first. Where lots are kept, one line a lot (`lot` null:
    what is of none). `expected` is what the books said when the sheet was written; `counted` null: not yet."""

    line_no: int
    sku: str
    sku_name: str
    sku_name_en: str | None
    base_unit: str
    expected: Decimal
    counted: Decimal | None
    difference: Decimal | None
    note: str | None
    lot: str | None
    expires_on: date | None
    packs: list[Pack]


def _counts(tx: Tx) -> Select[Any]:
    c, w = stock_count.c, warehouse.c
    plain = [c[name] for name in CountSummary.__struct_fields__ if name in c and name != "created_by"]
    return (
        select(
            *plain,
            c.created_by_name.label("created_by"),
            c.revision,
            c.request_id,
            c.last_outcome,
            w.code.label("warehouse"),
            w.name.label("warehouse_name"),
        )
        .select_from(stock_count)
        .join(warehouse, and_(w.tenant_id == tx.tenant_id, w.id == c.warehouse_id))
        .where(c.tenant_id == tx.tenant_id)
    )


def _summary(row: Any) -> dict[str, Any]:
    return {name: row._mapping[name] for name in CountSummary.__struct_fields__}


async def list_counts(
    tx: Tx,
    *,
    state: StateFilter | None = None,
    warehouse_code: str | None = None,
    wanted: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[CountSummary]:
    """A page of counts, the last opened first."""
    statement = _counts(tx)
    if state is not None:
        statement = statement.where(stock_count.c.state == state)
    if warehouse_code is not None:
        statement = statement.where(among(warehouse.c.code, storable([warehouse_code])))
    if wanted:
        statement = statement.where(*search.matches(tx.tenant_id, SEARCH_KIND, stock_count.c.id, wanted))
    if cursor is not None:
        statement = statement.where(stock_count.c.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(stock_count.c.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), lambda row: CountSummary(**_summary(row)))


async def get_count(tx: Tx, count_id: UUID, *, staff: StaffPrincipal, language: Language) -> CountDetail:
    """One count, and what may be done with it."""
    head = await tx.one(_counts(tx).where(stock_count.c.id == count_id))
    if head is None:
        raise missing("stock count", count_id)
    told: dict[str, Any] = {}
    if staff.sees_cost:
        told["difference_value"] = sum((one.value for one in await differences_of(tx, count_id)), ZERO)
    return CountDetail(
        **_summary(head),
        revision=head.revision,
        request_id=head.request_id,
        last_outcome=head.last_outcome,
        actions=[action(name, _against(name, head, staff), language) for name in ("enter", "submit", "cancel")],
        **told,
    )


def _against(name: str, head: Any, staff: StaffPrincipal) -> Iterator[Fault]:
    yield from lacking(staff, "inventory.count")
    to = "cancelled" if name == "cancel" else "booked"
    if head.state not in (COUNT.sources("cancelled") if name == "cancel" else ("open",)):
        yield WRONG_STATE("state", to=to, id=str(head.id))
    elif name == "submit" and not head.counted_count:
        yield NOTHING_COUNTED("lines")


async def list_lines(
    tx: Tx,
    count_id: UUID,
    *,
    only: LineFilter = "all",
    wanted: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[CountLineView]:
    """A page of a count's lines; `wanted` searches SKUs."""
    c = stock_count.c
    if await tx.one(select(c.id).where(c.tenant_id == tx.tenant_id, c.id == count_id)) is None:
        raise missing("stock count", count_id)
    line, k = stock_count_line.c, sku.c
    statement = (
        select(
            line.line_no,
            k.code.label("sku"),
            k.name.label("sku_name"),
            k.name_en.label("sku_name_en"),
            k.base_unit,
            line.expected,
            line.counted,
            (line.counted - line.expected).label("difference"),
            line.note,
            lot.c.number.label("lot"),
            lot.c.expires_on,
        )
        .select_from(stock_count_line)
        .join(sku, and_(k.tenant_id == tx.tenant_id, k.id == line.sku_id))
        .outerjoin(lot, and_(lot.c.tenant_id == tx.tenant_id, lot.c.id == line.lot_id))
        .where(line.tenant_id == tx.tenant_id, line.count_id == count_id)
        .order_by(line.line_no)
        .limit(limit + 1)
    )
    if only == "uncounted":
        statement = statement.where(line.counted.is_(None))
    elif only == "differences":
        statement = statement.where(line.counted != line.expected)
    if wanted:
        statement = statement.where(*search.matches(tx.tenant_id, SKUS, line.sku_id, wanted))
    if cursor is not None:
        statement = statement.where(line.line_no > decode_cursor(cursor, (int,))[0])
    rows = await tx.rows(statement)
    facts = await load_skus(tx, {row.sku for row in rows})
    return page(rows, limit, lambda row: (row.line_no,), lambda row: _line(row, facts))


def _line(row: Any, facts: Mapping[str, SkuFacts]) -> CountLineView:
    said = dict(row._mapping)
    if said["expires_on"] == NEVER:
        said["expires_on"] = None
    units = facts[row.sku].units.items() if row.sku in facts else ()
    packs = [Pack(unit, Decimal(many) / one) for unit, (many, one) in units if many > one and many % one == 0]
    return CountLineView(**said, packs=sorted(packs, key=lambda pack: -pack.quantity))
