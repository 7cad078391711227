"""Amendments as their readers see them: the revisions of an order, each with old and new side by side."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Select, and_, select

from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import DealerPrincipal, Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.money import ZERO
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.orders import amend_faults as say
from dinghuo.orders.charges import read_charges
from dinghuo.orders.decide import LineRow
from dinghuo.orders.diff import DiffLine
from dinghuo.orders.life_tables import order_amendment, order_amendment_line
from dinghuo.orders.order_comments import check_sees_order
from dinghuo.orders.requests import ShipTo
from dinghuo.orders.rules.outcome import Charge
from dinghuo.orders.tables import sales_order
from dinghuo.orders.views import Amounts, CustomerName
from dinghuo.parties.tables import customer


class HeadChange(msgspec.Struct, frozen=True):
    """A field of the order that changes."""

    field: str
    old: Any
    new: Any


class LineSide(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was, or as it is to be; price and amounts are absent for those who see none."""

    unit: str
    quantity: Decimal
    base_quantity: Decimal
    requested_date: date | None
    note: str | None
    # Where it goes, when that is not where the order does.
    ship_to: ShipTo | None
    price: Decimal | UnsetType = UNSET
    amounts: Amounts | UnsetType = UNSET


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """Old and new of one line. `least`, in base units, cannot be amended away."""

    change: str
    line_no: int
    sku: str
    name: str
    name_en: str | None
    old: LineSide | None
    new: LineSide | None
    least: Decimal


class ChargeChange(msgspec.Struct, frozen=True, kw_only=True):
    """A charge that changes, with tax: null where there was none, or is to be none."""

    kind: str
    rule: str
    name: str
    name_en: str | None
    old: Decimal | None
    new: Decimal | None


Deed = Literal["consent", "accept", "reject", "withdraw"]


class AmendmentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An amendment in a list. `side` says who asked, `consented_by` which colleague of theirs agreed, `actions` what
    the reader may do with it now; `before` and `after` are absent for those who see no prices."""

    id: UUID
    order_id: UUID
    number: str
    customer: CustomerName
    currency: str
    revision_from: int
    revision_to: int | None
    state: str
    waits_for: str | None
    side: str
    reason: str | None
    reprice: bool
    requested_at: datetime
    requested_by: str | None
    consented_at: datetime | None
    consented_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str | None
    actions: list[Deed]
    before: Amounts | UnsetType = UNSET
    after: Amounts | UnsetType = UNSET


class Amendment(AmendmentSummary, frozen=True, kw_only=True):
    """An amendment with all that it changes."""

    head: list[HeadChange]
    lines: list[LineView]
    charges: list[ChargeChange] | UnsetType = UNSET


async def amendments_of(tx: Tx, *, principal: Principal, order_id: UUID) -> list[AmendmentSummary]:
    """The amendments of an order, the newest first; refused (404) when it is not this principal's to see."""
    await check_sees_order(tx, principal, order_id)
    statement = _statement(tx, principal).where(order_amendment.c.order_id == order_id)
    rows = await tx.rows(statement.order_by(order_amendment.c.id.desc()))
    return [AmendmentSummary(**_fields(row, principal)) for row in rows]


async def list_amendments(
    tx: Tx, *, principal: Principal, state: str, cursor: str | None = None, limit: int = 50
) -> Page[AmendmentSummary]:
    """Amendments in a state, the newest first."""
    statement = _statement(tx, principal).where(order_amendment.c.state == state)
    if cursor is not None:
        statement = statement.where(order_amendment.c.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(order_amendment.c.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), lambda row: AmendmentSummary(**_fields(row, principal)))


async def get_amendment(tx: Tx, *, principal: Principal, order_id: UUID, amendment_id: UUID) -> Amendment:
    """One amendment; refused (404) when it is not there or not this principal's to see."""
    a = order_amendment.c
    row = await tx.one(_statement(tx, principal).where(a.order_id == order_id, a.id == amendment_id))
    if row is None:
        raise Refused(say.UNKNOWN_AMENDMENT("amendment_id"))
    line = order_amendment_line.c
    lines = await tx.rows(
        select(order_amendment_line, sku.c.name_en.label("sku_name_en"))
        .join(sku, and_(sku.c.tenant_id == line.tenant_id, sku.c.id == line.sku_id))
        .where(line.tenant_id == tx.tenant_id, sku.c.tenant_id == tx.tenant_id, line.amendment_id == amendment_id)
        .order_by(line.line_no)
    )
    told = principal.sees_price
    return Amendment(
        **_fields(row, principal),
        head=head_of(row.head),
        lines=[
            LineView(
                change=each.change,
                line_no=each.line_no,
                sku=each.sku_code,
                name=each.sku_name,
                name_en=each.sku_name_en,
                old=_kept_side(each.old, told=told),
                new=_kept_side(each.new, told=told),
                least=ZERO,
            )
            for each in lines
        ],
        charges=_kept_charges(row.charges) if told else UNSET,
    )


def _kept_charges(kept: dict[str, Any] | None) -> list[ChargeChange]:
    return [] if kept is None else charges_of_diff(read_charges(kept["old"]), read_charges(kept["new"]))


def charges_of_diff(old: Sequence[Charge] | None, new: Sequence[Charge] | None) -> list[ChargeChange]:
    """Charges that change, old and new side by side, by the rule that asks for them; none when they stay."""
    if new is None:
        return []
    was, is_now = ({charge.rule: charge for charge in several} for several in (old or (), new))
    return [
        ChargeChange(
            kind=charge.kind,
            rule=rule,
            name=charge.name,
            name_en=charge.name_en,
            old=was[rule].gross if rule in was else None,
            new=is_now[rule].gross if rule in is_now else None,
        )
        for rule, charge in (was | is_now).items()
    ]


def _statement(tx: Tx, principal: Principal) -> Select[Any]:
    a, o = order_amendment.c, sales_order.c
    return (
        select(
            order_amendment,
            o.number,
            o.currency,
            o.customer_name,
            customer.c.code.label("customer_code"),
            customer.c.name_en.label("customer_name_en"),
        )
        .join(sales_order, and_(o.tenant_id == a.tenant_id, o.id == a.order_id))
        .join(customer, and_(customer.c.tenant_id == a.tenant_id, customer.c.id == o.customer_id))
        .where(
            a.tenant_id == tx.tenant_id,
            o.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            visible_customers(principal, customer),
        )
    )


def _fields(row: Any, principal: Principal) -> dict[str, Any]:
    told = principal.sees_price
    # The seller's people have no names for dealers.
    hides = isinstance(principal, DealerPrincipal)
    return {
        "id": row.id,
        "order_id": row.order_id,
        "number": row.number,
        "customer": CustomerName(row.customer_id, row.customer_code, row.customer_name, row.customer_name_en),
        "currency": row.currency,
        "revision_from": row.revision_from,
        "revision_to": row.revision_to,
        "state": row.state,
        "waits_for": row.waits_for,
        "side": row.side,
        "reason": row.reason,
        "reprice": row.reprice,
        "requested_at": row.requested_at,
        "requested_by": None if hides and row.side == "staff" else row.requested_by_name,
        "consented_at": row.consented_at,
        "consented_by": row.consented_by_name,
        "decided_at": row.decided_at,
        "decided_by": None if hides else row.decided_by_name,
        "decision_reason": row.decision_reason,
        "actions": deeds_of(row.state, row.waits_for, row.side, principal),
        "before": Amounts(row.old_net, row.old_tax, row.old_gross) if told else UNSET,
        "after": Amounts(row.new_net, row.new_tax, row.new_gross) if told else UNSET,
    }


def deeds_of(state: str, waits_for: str | None, side: str, principal: Principal) -> list[Deed]:
    """What somebody may do with an amendment now."""
    if state != "pending":
        return []
    found: list[Deed] = []
    if isinstance(principal, DealerPrincipal):
        if waits_for == "colleague" and principal.may("portal.orders.approve"):
            found += ["consent", "reject"]
        if side == "dealer" and principal.may("portal.orders.amend"):
            found.append("withdraw")
    elif principal.may("orders.amend"):
        if waits_for == "seller":
            found.append("accept")
        if waits_for in ("seller", "colleague"):
            found.append("reject")
        if side == "staff":
            found.append("withdraw")
    return found


def head_of(head: dict[str, list[Any]]) -> list[HeadChange]:
    return [HeadChange(field, old, new) for field, (old, new) in head.items()]


def side_of(row: LineRow | None, *, told: bool) -> LineSide | None:
    if row is None:
        return None
    return LineSide(
        unit=row.unit,
        quantity=row.quantity,
        base_quantity=row.base_quantity,
        price=row.deal_price if told else UNSET,
        amounts=Amounts(row.net, row.tax, row.gross) if told else UNSET,
        requested_date=row.requested_date,
        note=row.note,
        ship_to=row.ship_to,
    )


def _kept_side(kept: dict[str, Any] | None, *, told: bool) -> LineSide | None:
    return None if kept is None else side_of(msgspec.convert(_without_reason(kept), LineRow), told=told)


def _without_reason(kept: dict[str, Any]) -> dict[str, Any]:
    return kept | {"price_reason": msgspec.Raw(b"null")}


def views_of(lines: Sequence[DiffLine], *, told: bool, english: Mapping[UUID, str | None]) -> list[LineView]:
    """Every line of an order, old and new side by side. `english`: what its SKUs are called in English."""
    found = []
    for line in lines:
        row = line.new or (line.old.row if line.old else None)
        if row is not None:
            found.append(
                LineView(
                    change=line.change,
                    line_no=line.line_no,
                    sku=row.sku_code,
                    name=row.sku_name,
                    name_en=english.get(row.sku_id),
                    old=side_of(line.old.row if line.old else None, told=told),
                    new=side_of(line.new, told=told),
                    least=line.old.least if line.old else ZERO,
                )
            )
    return found
