"""Read drafts: carts that keep."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, and_, select

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.orders.requests import LineRequest, ShipTo
from dinghuo.orders.tables import draft
from dinghuo.parties.tables import customer


class DraftView(msgspec.Struct, frozen=True, kw_only=True):
    """A cart. `order_id` names the order it became; then it changes no more."""

    id: UUID
    customer: str
    name: str | None
    customer_reference: str | None
    requested_date: date | None
    ship_to: ShipTo | None
    note: str | None
    lines: list[LineRequest]
    order_id: UUID | None
    updated_at: datetime
    revision: int


async def list_drafts(
    tx: Tx, *, principal: Principal, customer_code: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[DraftView]:
    """Drafts not yet submitted, the newest first."""
    conditions: list[ColumnElement[bool]] = [draft.c.order_id.is_(None)]
    if customer_code is not None:
        conditions.append(customer.c.code == customer_code)
    if cursor is not None:
        (last,) = decode_cursor(cursor, (UUID,))
        conditions.append(draft.c.id < last)
    rows = await _read(tx, principal, conditions, limit + 1)
    return page(rows, limit, lambda row: (row.id,), draft_view)


async def get_draft(tx: Tx, *, principal: Principal, draft_id: UUID) -> DraftView:
    rows = await _read(tx, principal, [draft.c.id == draft_id], 1)
    if not rows:
        raise missing("draft", draft_id)
    return draft_view(rows[0])


async def _read(
    tx: Tx, principal: Principal, conditions: list[ColumnElement[bool]], most: int
) -> list[Row[tuple[object, ...]]]:
    d = draft.c
    return list(
        await tx.rows(
            select(draft, customer.c.code.label("customer_code"))
            .join(customer, and_(customer.c.tenant_id == d.tenant_id, customer.c.id == d.customer_id))
            .where(
                d.tenant_id == tx.tenant_id,
                customer.c.tenant_id == tx.tenant_id,
                visible_customers(principal, customer),
                *conditions,
            )
            .order_by(d.id.desc())
            .limit(most)
        )
    )


def told(draft: DraftView, principal: Principal) -> DraftView:
    """The draft as this principal is shown it: the prices set in it only to those who see prices."""
    if principal.sees_price:
        return draft
    lines = [msgspec.structs.replace(line, price=None) for line in draft.lines]
    return msgspec.structs.replace(draft, lines=lines)


def draft_view(row: Row[tuple[object, ...]]) -> DraftView:
    return DraftView(
        id=row.id,
        customer=row.customer_code,
        name=row.name,
        customer_reference=row.customer_reference,
        requested_date=row.requested_date,
        ship_to=msgspec.convert(row.ship_to, ShipTo | None),
        note=row.note,
        lines=msgspec.convert(row.lines, list[LineRequest]),
        order_id=row.order_id,
        updated_at=row.updated_at,
        revision=row.revision,
    )
