"""Reading blanket orders: agreed, called off, left."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from dinghuo.identity.principals import DealerPrincipal, Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import organisation
from dinghuo.kit.actions import Action
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.money import ZERO, round_money
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref
from dinghuo.kit.texts import storable
from dinghuo.orders.blankets.tables import blanket_order
from dinghuo.parties.facts import load_customer
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import customer

State = Literal["draft", "active", "closed", "expired"]
_SHARE = Decimal("0.0001")


class BlanketSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A blanket order as a row of a list.

    `amount` is all that was agreed, `called_off` what was taken of it, in its tax mode: null for staff who see no
    prices, absent for dealers who see none. `share` is how much of the quantities was called off, 0 to 1.
    """

    id: UUID
    number: str
    name: str
    state: str
    customer: Ref
    organisation: str
    currency: str
    tax_inclusive: bool
    valid_from: date
    valid_until: date
    customer_reference: str | None
    line_count: int
    amount: Decimal | UnsetType | None
    called_off: Decimal | UnsetType | None
    share: Decimal
    created_at: datetime
    revision: int


class BlanketLineView(msgspec.Struct, frozen=True, kw_only=True):
    """A line; `taken` and `remaining` in base units, `remaining_in_unit` in its own; its price like amounts."""

    line_no: int
    sku_id: UUID
    sku: str
    name: str
    name_en: str | None
    unit: str
    quantity: Decimal
    price: Decimal | UnsetType | None
    base_unit: str
    base_quantity: Decimal
    taken: Decimal
    remaining: Decimal
    remaining_in_unit: Decimal
    share: Decimal


class BlanketView(BlanketSummary, frozen=True, kw_only=True):
    """A blanket order with its lines."""

    note: str | None
    lines: list[BlanketLineView]
    actions: list[Action]


class CallOffView(msgspec.Struct, frozen=True, kw_only=True):
    """What an order's line took of it, in base units; nothing when it was cancelled."""

    order_id: UUID
    number: str
    placed_at: datetime
    state: str
    line_no: int
    sku: str
    quantity: Decimal
    base_unit: str


class BlanketFilter(msgspec.Struct, frozen=True, kw_only=True):
    """`search` looks at numbers and names."""

    customer: str | None = None
    state: State | None = None
    search: str | None = None


_SUMS = """
select l.blanket_id, count(*)::int as lines, sum(l.quantity * l.price) as amount,
  sum(coalesce(a.taken, 0) / l.base_quantity * l.quantity * l.price) as called_off,
  sum(coalesce(a.taken, 0)) / sum(l.base_quantity) as share
from blanket_line l
left join allotment a on a.tenant_id = $1 and a.id = l.id
where l.tenant_id = $1 and l.blanket_id = any($2::uuid[])
group by l.blanket_id
"""


async def list_blankets(
    tx: Tx, *, principal: Principal, wanted: BlanketFilter, cursor: str | None = None, limit: int = 50
) -> Page[BlanketSummary]:
    """The newest first. A dealer sees those of its company and of the companies above it, drafts excepted."""
    b = blanket_order.c
    conditions = await _visible(tx, principal)
    if wanted.customer is not None:
        conditions.append(b.customer_id == named_customer(tx.tenant_id, wanted.customer))
    if wanted.state is not None:
        conditions.append(b.state == wanted.state)
    for text in storable([wanted.search] if wanted.search else []):
        like = f"%{text.lower().replace('%', '').replace('_', '')}%"
        conditions.append(or_(func.lower(b.number).like(like), func.lower(b.name).like(like)))
    if cursor is not None:
        conditions.append(b.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(_select(tx).where(*conditions).order_by(b.id.desc()).limit(limit + 1))
    sums = await _sums(tx, rows)
    return page(
        rows,
        limit,
        lambda row: (row.id,),
        lambda row: BlanketSummary(**_fields(row, sums.get(row.id), principal)),
    )


async def get_blanket(tx: Tx, *, principal: Principal, blanket_id: UUID) -> BlanketView:
    """One; refused (404) when it is not there or not this principal's to see."""
    conditions = await _visible(tx, principal)
    row = await tx.one(_select(tx).where(blanket_order.c.id == blanket_id, *conditions))
    if row is None:
        raise missing("blanket order", blanket_id)
    sums = await _sums(tx, [row])
    return BlanketView(
        **_fields(row, sums.get(row.id), principal),
        note=row.note,
        lines=await _lines(tx, blanket_id, principal),
        actions=_actions(row.state, principal),
    )


async def _visible(tx: Tx, principal: Principal) -> list[ColumnElement[bool]]:
    b = blanket_order.c
    if not isinstance(principal, DealerPrincipal):
        return [visible_customers(principal, customer)]
    own = await load_customer(tx, principal.customer_id)
    return [among(b.customer_id, own.parents if own else ()), b.state != "draft"]


def _select(tx: Tx) -> Select[Any]:
    b, o = blanket_order.c, organisation.c
    return (
        select(
            blanket_order,
            customer.c.code.label("customer_code"),
            customer.c.name.label("customer_name"),
            customer.c.name_en.label("customer_name_en"),
            o.code.label("organisation"),
        )
        .join(customer, and_(customer.c.tenant_id == b.tenant_id, customer.c.id == b.customer_id))
        .join(organisation, and_(o.tenant_id == b.tenant_id, o.id == b.organisation_id))
        .where(b.tenant_id == tx.tenant_id, customer.c.tenant_id == tx.tenant_id, o.tenant_id == tx.tenant_id)
    )


async def _sums(tx: Tx, rows: Sequence[Any]) -> dict[UUID, Any]:
    return {row["blanket_id"]: row for row in await tx.fetch(_SUMS, [row.id for row in rows])}


def _fields(row: Any, sums: Any, principal: Principal) -> dict[str, Any]:
    names = (
        "id",
        "number",
        "name",
        "state",
        "organisation",
        "currency",
        "tax_inclusive",
        "valid_from",
        "valid_until",
        "customer_reference",
        "created_at",
        "revision",
    )
    amount, called_off = (sums["amount"], sums["called_off"]) if sums else (ZERO, ZERO)
    return {name: getattr(row, name) for name in names} | {
        "customer": Ref(row.customer_id, row.customer_code, row.customer_name, row.customer_name_en),
        "line_count": sums["lines"] if sums else 0,
        "amount": _told(principal, round_money(amount, row.currency)),
        "called_off": _told(principal, round_money(called_off, row.currency)),
        "share": (sums["share"] if sums else ZERO).quantize(_SHARE),
    }


def _told(principal: Principal, amount: Decimal) -> Decimal | UnsetType | None:
    if principal.sees_price:
        return amount
    return UNSET if isinstance(principal, DealerPrincipal) else None


_LINES = """
select l.line_no, l.sku_id, s.code as sku, s.name, s.name_en, l.unit, l.quantity, l.price, s.base_unit,
  l.base_quantity, coalesce(a.taken, 0) as taken, coalesce(a.quantity - a.taken, 0) as remaining
from blanket_line l
join sku s on s.tenant_id = $1 and s.id = l.sku_id
left join allotment a on a.tenant_id = $1 and a.id = l.id
where l.tenant_id = $1 and l.blanket_id = $2 order by l.line_no
"""


async def _lines(tx: Tx, blanket_id: UUID, principal: Principal) -> list[BlanketLineView]:
    return [
        BlanketLineView(
            line_no=row["line_no"],
            sku_id=row["sku_id"],
            sku=row["sku"],
            name=row["name"],
            name_en=row["name_en"],
            unit=row["unit"],
            quantity=row["quantity"],
            price=_told(principal, row["price"]),
            base_unit=row["base_unit"],
            base_quantity=row["base_quantity"],
            taken=row["taken"],
            remaining=row["remaining"],
            remaining_in_unit=(row["remaining"] * row["quantity"] / row["base_quantity"]).quantize(_SHARE).normalize()
            + 0,
            share=(row["taken"] / row["base_quantity"]).quantize(_SHARE),
        )
        for row in await tx.fetch(_LINES, blanket_id)
    ]


def _actions(state: str, principal: Principal) -> list[Action]:
    dealer = isinstance(principal, DealerPrincipal)
    running, writes = state in ("draft", "active"), principal.may("blankets.write")
    places = principal.may("portal.orders.place" if dealer else "orders.place")
    own = (
        {}
        if dealer
        else {"change": running and writes, "activate": state == "draft" and writes, "close": running and writes}
    )
    return [Action(name, allowed, []) for name, allowed in {**own, "call_off": state == "active" and places}.items()]


_CALL_OFFS = """
with taken as (
  select e.document_id, e.line_no, e.allotment_id, sum(e.quantity) as quantity
  from blanket_line l
  join allotment_entry e on e.tenant_id = $1 and e.allotment_id = l.id
  where l.tenant_id = $1 and l.blanket_id = $2
  group by e.document_id, e.line_no, e.allotment_id
)
select o.id, o.number, o.placed_at, o.state, t.line_no, s.code as sku, t.quantity, s.base_unit
from taken t
join sales_order o on o.tenant_id = $1 and o.id = t.document_id
join blanket_line l on l.tenant_id = $1 and l.id = t.allotment_id
join sku s on s.tenant_id = $1 and s.id = l.sku_id
where $3::uuid is null or (o.id, -t.line_no) < ($3, -$4::int)
order by o.id desc, t.line_no limit $5
"""


async def list_call_offs(
    tx: Tx, *, principal: Principal, blanket_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[CallOffView]:
    """What orders took of it, the newest order first."""
    await get_blanket(tx, principal=principal, blanket_id=blanket_id)
    last: tuple[Any, ...] = decode_cursor(cursor, (UUID, int)) if cursor is not None else (None, None)
    rows = await tx.fetch(_CALL_OFFS, blanket_id, *last, limit + 1)
    return page(
        rows,
        limit,
        lambda row: (row["id"], row["line_no"]),
        lambda row: CallOffView(
            order_id=row["id"],
            number=row["number"],
            placed_at=row["placed_at"],
            state=row["state"],
            line_no=row["line_no"],
            sku=row["sku"],
            quantity=row["quantity"],
            base_unit=row["base_unit"],
        ),
    )
