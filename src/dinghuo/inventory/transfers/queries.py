"""Reading transfers."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, select

from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import StaffPrincipal, lacking
from dinghuo.inventory.states import TRANSFER
from dinghuo.inventory.tables import stock, transfer, transfer_line, warehouse
from dinghuo.inventory.transfers.draft import SEARCH_KIND
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

StateFilter = Literal["draft", "shipped", "received", "cancelled"]


class TransferSummary(
    msgspec.Struct, frozen=True, kw_only=True, rename={"source": "from", "source_name": "from_name"}
):
    """A transfer in a list. `differs`: not all that left arrived."""

    id: UUID
    number: str
    source: str
    source_name: str
    to: str
    to_name: str
    state: str
    expected_on: date
    note: str | None
    line_count: int
    created_at: datetime
    shipped_at: datetime | None
    received_at: datetime | None
    differs: bool


class TransferLineView(msgspec.Struct, frozen=True, kw_only=True):
    """`difference` is what arrived less what left; `free` what could leave the one warehouse now. In base units."""

    line_no: int
    sku: str
    sku_name: str
    sku_name_en: str | None
    unit: str
    quantity: Decimal
    base_unit: str
    base_quantity: Decimal
    received: Decimal
    difference: Decimal
    free: Decimal


class TransferDetail(TransferSummary, frozen=True, kw_only=True):
    revision: int
    lines: list[TransferLineView]
    actions: list[Action]


_from, _to = warehouse.alias("w_from"), warehouse.alias("w_to")


def _transfers(tx: Tx) -> Select[Any]:
    t = transfer.c
    names = ["id", "number", "state", "expected_on", "note", "line_count", "created_at", "shipped_at", "received_at"]
    return (
        select(
            *(t[name] for name in (*names, "differs", "revision", "from_id")),
            _from.c.code.label("source"),
            _from.c.name.label("source_name"),
            _to.c.code.label("to"),
            _to.c.name.label("to_name"),
        )
        .select_from(transfer)
        .join(_from, and_(_from.c.tenant_id == tx.tenant_id, _from.c.id == t.from_id))
        .join(_to, and_(_to.c.tenant_id == tx.tenant_id, _to.c.id == t.to_id))
        .where(t.tenant_id == tx.tenant_id)
    )


def _summary(row: Any) -> dict[str, Any]:
    return {name: row._mapping[name] for name in TransferSummary.__struct_fields__}


async def list_transfers(
    tx: Tx,
    *,
    state: StateFilter | None = None,
    source: str | None = None,
    to: str | None = None,
    wanted: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[TransferSummary]:
    """A page of transfers, the last written first."""
    statement = _transfers(tx)
    if state is not None:
        statement = statement.where(transfer.c.state == state)
    if source is not None:
        statement = statement.where(among(_from.c.code, storable([source])))
    if to is not None:
        statement = statement.where(among(_to.c.code, storable([to])))
    if wanted:
        statement = statement.where(*search.matches(tx.tenant_id, SEARCH_KIND, transfer.c.id, wanted))
    if cursor is not None:
        statement = statement.where(transfer.c.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(transfer.c.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), lambda row: TransferSummary(**_summary(row)))


async def get_transfer(tx: Tx, transfer_id: UUID, *, staff: StaffPrincipal, language: Language) -> TransferDetail:
    """One transfer with its lines, and what may be done with it."""
    head = await tx.one(_transfers(tx).where(transfer.c.id == transfer_id))
    if head is None:
        raise missing("transfer", transfer_id)
    lines = await _lines(tx, head)
    return TransferDetail(
        **_summary(head), revision=head.revision, lines=lines, actions=_actions(head, staff, language)
    )


async def _lines(tx: Tx, head: Any) -> list[TransferLineView]:
    c, s = transfer_line.c, stock.c
    here = and_(s.tenant_id == tx.tenant_id, s.sku_id == c.sku_id, s.warehouse_id == head.from_id)
    rows = await tx.rows(
        select(
            *(c[name] for name in ("line_no", "unit", "quantity", "base_quantity", "received")),
            sku.c.code.label("sku"),
            sku.c.name.label("sku_name"),
            sku.c.name_en.label("sku_name_en"),
            sku.c.base_unit,
            s.on_hand,
            s.allowance,
            s.reserved,
        )
        .select_from(transfer_line)
        .join(sku, and_(sku.c.tenant_id == tx.tenant_id, sku.c.id == c.sku_id))
        .outerjoin(stock, here)
        .where(c.tenant_id == tx.tenant_id, c.transfer_id == head.id)
        .order_by(c.line_no)
    )
    arrived = head.state == "received"
    return [
        TransferLineView(
            line_no=row.line_no,
            sku=row.sku,
            sku_name=row.sku_name,
            sku_name_en=row.sku_name_en,
            unit=row.unit,
            quantity=row.quantity,
            base_unit=row.base_unit,
            base_quantity=row.base_quantity,
            received=row.received,
            difference=row.received - row.base_quantity if arrived else ZERO,
            free=_free(row),
        )
        for row in rows
    ]


def _free(row: Any) -> Decimal:
    """What could leave: neither promised nor absent."""
    if row.on_hand is None:
        return ZERO
    free: Decimal = min(row.on_hand, row.on_hand + row.allowance - row.reserved)
    return max(free, ZERO)


def _actions(head: Any, staff: StaffPrincipal, language: Language) -> list[Action]:
    needed = {"edit": "inventory.adjust", "ship": "inventory.adjust", "receive": "inventory.receive"}
    needed["cancel"] = "inventory.adjust"
    return [action(name, _against(name, permission, head, staff), language) for name, permission in needed.items()]


def _against(name: str, permission: str, head: Any, staff: StaffPrincipal) -> Iterator[Fault]:
    yield from lacking(staff, permission)
    to = {"ship": "shipped", "receive": "received", "cancel": "cancelled"}.get(name)
    allowed = ("draft", "shipped") if to is None else TRANSFER.sources(to)
    if head.state not in allowed:
        yield WRONG_STATE("state", to=to or head.state, id=str(head.id))
