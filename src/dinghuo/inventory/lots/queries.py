"""Reading lots: what of them is where, how long it is good, and where it came from and went."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, func, select, tuple_

from dinghuo.catalogue.save_skus import SEARCH_KIND
from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import StaffPrincipal, lacking
from dinghuo.inventory.lots.pick import NEVER
from dinghuo.inventory.lots.tracked import load_lives
from dinghuo.inventory.supply import today_of
from dinghuo.inventory.tables import lot, lot_stock, warehouse
from dinghuo.kit import search
from dinghuo.kit.actions import Action, action
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Language
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import storable
from dinghuo.kit.transitions import WRONG_STATE

State = Literal["active", "blocked"]


class LotView(msgspec.Struct, frozen=True, kw_only=True):
    """A lot. `expires_on` null: never; `days_left` counts from today. `on_hand` is where it is asked for.
    `below_life` is the longest remaining life that somebody asks for, where this lot has less."""

    id: UUID
    sku: str
    sku_name: str
    sku_name_en: str | None
    base_unit: str
    number: str
    made_on: date | None
    expires_on: date | None
    supplier_lot: str | None
    state: str
    on_hand: Decimal
    days_left: int | None
    expired: bool
    below_life: int | None


class LotPlace(msgspec.Struct, frozen=True):
    warehouse: str
    warehouse_name: str
    on_hand: Decimal


class LotDetail(LotView, frozen=True, kw_only=True):
    revision: int
    block_reason: str | None
    stock: list[LotPlace]
    actions: list[Action]


def _lots(tx: Tx, warehouse_code: str | None = None) -> Select[Any]:
    c, k, s = lot.c, sku.c, lot_stock.c
    held = select(func.coalesce(func.sum(s.on_hand), 0)).where(s.tenant_id == tx.tenant_id, s.lot_id == c.id)
    if warehouse_code is not None:
        w = warehouse.c
        held = held.join(warehouse, and_(w.tenant_id == tx.tenant_id, w.id == s.warehouse_id)).where(
            among(w.code, storable([warehouse_code]))
        )
    names = ("id", "number", "made_on", "expires_on", "supplier_lot", "state", "revision", "block_reason")
    return (
        select(
            *(c[name] for name in names),
            k.code.label("sku"),
            k.name.label("sku_name"),
            k.name_en.label("sku_name_en"),
            k.base_unit,
            held.scalar_subquery().label("on_hand"),
        )
        .select_from(lot)
        .join(sku, and_(k.tenant_id == tx.tenant_id, k.id == c.sku_id))
        .where(c.tenant_id == tx.tenant_id)
    )


def _view(row: Any, today: date, longest: int) -> dict[str, Any]:
    never = row.expires_on == NEVER
    left = (row.expires_on - today).days
    names = (name for name in LotView.__struct_fields__ if name in row._mapping)
    return {name: row._mapping[name] for name in names} | {
        "expires_on": None if never else row.expires_on,
        "days_left": None if never else left,
        "expired": left < 0,
        "below_life": longest if left < longest else None,
    }


async def _longest_life(tx: Tx) -> int:
    lives = await load_lives(tx)
    return max([*lives.customers.values(), *lives.tiers.values()], default=0)


async def list_lots(
    tx: Tx,
    *,
    sku_code: str | None = None,
    warehouse_code: str | None = None,
    wanted: str | None = None,
    state: State | None = None,
    expires_until: date | None = None,
    in_stock: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[LotView]:
    """A page of lots, the first to expire first. `wanted` searches SKUs; `in_stock` leaves those of which there is
    something (in the warehouse, where one is named)."""
    today = await today_of(tx)
    c, s = lot.c, lot_stock.c
    statement = _lots(tx, warehouse_code)
    if sku_code is not None:
        statement = statement.where(among(sku.c.code, storable([sku_code])))
    if wanted:
        statement = statement.where(*search.matches(tx.tenant_id, SEARCH_KIND, c.sku_id, wanted))
    if state is not None:
        statement = statement.where(c.state == state)
    if expires_until is not None:
        statement = statement.where(c.expires_on <= expires_until)
    if in_stock or warehouse_code is not None:
        there = select(s.lot_id).where(s.tenant_id == tx.tenant_id, s.lot_id == c.id, s.on_hand > 0)
        if warehouse_code is not None:
            w = warehouse.c
            there = there.join(warehouse, and_(w.tenant_id == tx.tenant_id, w.id == s.warehouse_id)).where(
                among(w.code, storable([warehouse_code]))
            )
        statement = statement.where(there.correlate(lot).exists())
    if cursor is not None:
        statement = statement.where(tuple_(c.expires_on, c.id) > tuple_(*decode_cursor(cursor, (date, UUID))))
    rows = await tx.rows(statement.order_by(c.expires_on, c.id).limit(limit + 1))
    longest = await _longest_life(tx)
    return page(rows, limit, lambda row: (row.expires_on, row.id), lambda row: LotView(**_view(row, today, longest)))


async def get_lot(tx: Tx, lot_id: UUID, *, staff: StaffPrincipal, language: Language) -> LotDetail:
    """One lot, where it is, and what may be done with it."""
    row = await tx.one(_lots(tx).where(lot.c.id == lot_id))
    if row is None:
        raise missing("lot", lot_id)
    s, w = lot_stock.c, warehouse.c
    places = await tx.rows(
        select(w.code, w.name, s.on_hand)
        .select_from(lot_stock)
        .join(warehouse, and_(w.tenant_id == tx.tenant_id, w.id == s.warehouse_id))
        .where(s.tenant_id == tx.tenant_id, s.lot_id == lot_id, s.on_hand > 0)
        .order_by(w.code)
    )
    return LotDetail(
        **_view(row, await today_of(tx), await _longest_life(tx)),
        revision=row.revision,
        block_reason=row.block_reason,
        stock=[LotPlace(place.code, place.name, place.on_hand) for place in places],
        actions=[action(name, _against(name, row, staff), language) for name in ("block", "unblock")],
    )


def _against(name: str, row: Any, staff: StaffPrincipal) -> Iterator[Fault]:
    yield from lacking(staff, "inventory.adjust")
    to = "blocked" if name == "block" else "active"
    if row.state == to:
        yield WRONG_STATE("state", to=to, id=str(row.id))


class LotMoveRow(msgspec.Struct, frozen=True):
    """What happened to a lot. `quantity` is what was added to what is there."""

    at: datetime
    kind: str
    warehouse: str
    quantity: Decimal
    document_kind: str | None
    document_id: UUID | None
    line_no: int | None


_MOVES = """
select m.at, m.kind, w.code as warehouse, lm.quantity, m.document_kind, m.document_id, m.line_no
from lot_move lm
join stock_move m on m.tenant_id = $1 and m.id = lm.move_id
join warehouse w on w.tenant_id = $1 and w.id = m.warehouse_id
where lm.tenant_id = $1 and lm.lot_id = $2 order by lm.id desc limit $3
"""


async def moves_of(tx: Tx, lot_id: UUID, *, most: int) -> list[LotMoveRow]:
    """The last moves of a lot, the newest first."""
    return [LotMoveRow(**dict(row)) for row in await tx.fetch(_MOVES, lot_id, most)]
