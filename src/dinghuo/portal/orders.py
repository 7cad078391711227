"""The orders of one company: listed, and each with its lines and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Literal, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET
from sqlalchemy import ColumnElement, and_, func, select

from dinghuo.approvals.queries import progress
from dinghuo.approvals.views import DealerApproval
from dinghuo.catalogue.tables import sku
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.identity.tables import api_key, app_user
from dinghuo.kit.audit import audit_entry
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language, Refused
from dinghuo.kit.money import ZERO
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.search import matches
from dinghuo.orders import faults as say
from dinghuo.orders.amend_faults import AMENDMENTS_OFF
from dinghuo.orders.amend_workout import AMENDABLE
from dinghuo.orders.cancel import ALREADY_RELEASED
from dinghuo.orders.charges import charges_of, told_of
from dinghuo.orders.file_for_search import SEARCH_KIND
from dinghuo.orders.fit_rebates import rebates_of
from dinghuo.orders.hold import UNPAID
from dinghuo.orders.requests import ShipTo
from dinghuo.orders.settings import load_settings
from dinghuo.orders.states import ORDER
from dinghuo.orders.tables import order_line, sales_order
from dinghuo.orders.views import Amounts
from dinghuo.portal.order_consent import consent_of
from dinghuo.portal.order_views import (
    DealerOrder,
    DealerOrderDetail,
    DealerOrderLine,
    DealerProgress,
    OrderAction,
    OrderStep,
    Stage,
)
from dinghuo.portal.prices import kind_of
from dinghuo.portal.shelf import load_products
from dinghuo.portal.take import Entry

StageFilter = Literal["open", "done", "cancelled"]
OPEN_STATES = ("pending_approval", "confirmed")
_STATES: dict[str, tuple[str, ...]] = {
    "open": OPEN_STATES,
    "done": ("closed",),
    "cancelled": ("cancelled", "rejected"),
}
_CANCELLABLE = frozenset(ORDER.sources("cancelled"))
_PICTURES = 4


class OrderFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Days are in the tenant's zone, both included; `search` looks for numbers, the company's own too."""

    state: str | None = None
    stage: StageFilter | None = None
    search: str | None = None
    placed_from: date | None = None
    placed_until: date | None = None


class _Sums(msgspec.Struct, frozen=True):
    """How far the lines of an order are together."""

    released: bool
    shipped: bool
    whole: bool
    pictures: list[str]


async def list_orders(
    tx: Tx, *, dealer: DealerPrincipal, wanted: OrderFilter, cursor: str | None = None, limit: int = 50
) -> Page[DealerOrder]:
    """The company's orders, the newest first."""
    conditions = _narrow(tx.tenant_id, wanted, (await load_tenant(tx)).zone)
    if cursor is not None:
        conditions.append(sales_order.c.id < decode_cursor(cursor, (UUID,))[0])
    rows = await _read(tx, dealer, conditions, limit + 1)
    sums = await _sums(tx, [row.id for row in rows[:limit]])
    takes = await _takes_amendments(tx)
    return page(
        rows, limit, lambda row: (row.id,), lambda row: DealerOrder(**_fields(row, sums[row.id], dealer, takes))
    )


async def _takes_amendments(tx: Tx) -> bool:
    return (await load_settings(tx)).dealer_amendments != "off"


async def _read(
    tx: Tx, dealer: DealerPrincipal, conditions: Sequence[ColumnElement[bool]], most: int
) -> Sequence[Any]:
    o, u, k = sales_order.c, app_user.c, api_key.c
    # Whoever placed it for the seller has no name here.
    own = o.channel == "portal"
    return await tx.rows(
        select(sales_order, func.coalesce(u.name, k.name).label("placed_by_name"))
        .outerjoin(app_user, and_(u.tenant_id == tx.tenant_id, u.id == o.placed_by, own))
        .outerjoin(api_key, and_(k.tenant_id == tx.tenant_id, k.id == o.placed_by, own))
        .where(o.tenant_id == tx.tenant_id, o.customer_id == dealer.customer_id, *conditions)
        .order_by(o.id.desc())
        .limit(most)
    )


def _narrow(tenant_id: int, wanted: OrderFilter, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    o = sales_order.c
    found: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(o.state == wanted.state)
    if wanted.stage is not None:
        found.append(o.state.in_(_STATES[wanted.stage]))
    if wanted.search:
        found += matches(tenant_id, SEARCH_KIND, o.id, wanted.search)
    if wanted.placed_from is not None:
        found.append(o.id >= _id_at(datetime.combine(wanted.placed_from, time.min, zone)))
    if wanted.placed_until is not None:
        last = _id_at(datetime.combine(wanted.placed_until, time.max, zone))
        found.append(o.id <= UUID(int=last.int | ((1 << 80) - 1)))
    return found


def _id_at(moment: datetime) -> UUID:
    """The smallest UUIDv7 of a moment: a range of days becomes a range of the index."""
    return UUID(int=max(int(moment.timestamp() * 1000), 0) << 80)


_SUMS = f"""
select l.order_id, bool_or(l.released > 0) as released, bool_or(l.shipped > 0) as shipped,
  bool_and(l.shipped >= l.base_quantity - l.cancelled) as whole,
  (array_agg(distinct l.sku_id) filter (where l.line_no <= {_PICTURES})) as first_skus
from order_line l where l.tenant_id = $1 and l.order_id = any($2::uuid[])
group by l.order_id
"""  # noqa: S608 - a constant of ours
_PRODUCT_OF = "select s.id, s.product_id from sku s where s.tenant_id = $1 and s.id = any($2::uuid[])"


async def _sums(tx: Tx, order_ids: Sequence[UUID]) -> dict[UUID, _Sums]:
    rows = await tx.fetch(_SUMS, order_ids) if order_ids else []
    images = await _images(tx, {sku_id for row in rows for sku_id in row["first_skus"] or ()})
    found = {
        row["order_id"]: _Sums(
            row["released"],
            row["shipped"],
            row["whole"],
            list(dict.fromkeys(image for id in row["first_skus"] or () if (image := images.get(id)))),
        )
        for row in rows
    }
    return {order_id: found.get(order_id, _Sums(False, False, False, [])) for order_id in order_ids}


async def _images(tx: Tx, sku_ids: set[UUID]) -> dict[UUID, str | None]:
    """The picture of each SKU."""
    of = {row["id"]: row["product_id"] for row in await tx.fetch(_PRODUCT_OF, list(sku_ids))} if sku_ids else {}
    products = await load_products(tx, set(of.values()))
    return {sku_id: products[product_id].image(sku_id) for sku_id, product_id in of.items()}


def _stage(state: str, sums: _Sums) -> Stage:
    if state == "closed":
        return "done"
    if state != "confirmed":
        return cast(Stage, state)
    if not sums.shipped:
        return "to_ship"
    return "shipped" if sums.whole else "partly_shipped"


def _fields(row: Any, sums: _Sums, dealer: DealerPrincipal, takes_amendments: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"amounts": Amounts(row.net, row.tax, row.gross)} if dealer.sees_price else {}
    return told | {
        "id": row.id,
        "number": row.number,
        "state": row.state,
        "stage": _stage(row.state, sums),
        "placed_at": row.placed_at,
        "placed_by": row.placed_by_name,
        "customer_reference": row.customer_reference,
        "requested_date": row.requested_date,
        "line_count": row.line_count,
        "currency": row.currency,
        "on_hold": bool(row.holds),
        "pictures": sums.pictures,
        "actions": _actions(row, sums, dealer, takes_amendments),
    }


def _actions(row: Any, sums: _Sums, dealer: DealerPrincipal, takes_amendments: bool) -> list[OrderAction]:
    found: list[OrderAction] = []
    if row.state in _CANCELLABLE and not sums.released and not sums.shipped and dealer.may("portal.orders.cancel"):
        found.append("cancel")
    if row.state in AMENDABLE and takes_amendments and dealer.may("portal.orders.amend"):
        found.append("amend")
    if UNPAID in row.holds and row.state in AMENDABLE and dealer.sees_price and dealer.may("portal.orders.pay"):
        found.append("pay")
    if dealer.may("portal.orders.place"):
        found += ["attach", "reorder"]
    return found


async def get_order(tx: Tx, order_id: UUID, *, dealer: DealerPrincipal, language: Language) -> DealerOrderDetail:
    """One order; refused (404) when it is not there or another company's."""
    row = next(iter(await _read(tx, dealer, [sales_order.c.id == order_id], 1)), None)
    if row is None:
        raise Refused(say.UNKNOWN_ORDER("id"))
    sums = (await _sums(tx, [order_id]))[order_id]
    goods = told_of(
        row, (await charges_of(tx, [order_id])).get(order_id, []), sees_price=dealer.sees_price, hidden=UNSET
    )
    takes_amendments = await _takes_amendments(tx)
    refused = {}
    if row.state in AMENDABLE and not takes_amendments and dealer.may("portal.orders.amend"):
        refused["amend"] = AMENDMENTS_OFF.sentence(language, {})
    if row.state in _CANCELLABLE and (sums.released or sums.shipped):
        refused["cancel"] = ALREADY_RELEASED.sentence(language, {"number": row.number})
    return DealerOrderDetail(
        **_fields(row, sums, dealer, takes_amendments),
        goods=goods.amounts or UNSET,
        rebate=(await rebates_of(tx, [order_id])).get(order_id, ZERO) if dealer.sees_price else UNSET,
        charges=goods.charges,
        earliest_date=row.earliest_date,
        revision=row.revision,
        ship_to=msgspec.convert(row.ship_to, ShipTo | None),
        note=row.note,
        partial_delivery=row.partial_delivery or "allowed",
        substitution=row.substitution or "ask",
        lines=await _lines(tx, order_id, dealer),
        timeline=await _timeline(tx, order_id),
        approval=await _approval(tx, row),
        consent=await consent_of(tx, order_id),
        refused_actions=refused,
    )


async def _approval(tx: Tx, row: Any) -> DealerApproval | None:
    found = (await progress(tx, "order", [row.id])).get(row.id) if row.state == "pending_approval" else None
    return DealerApproval(found.state, found.step_no, found.steps, found.expires_at) if found is not None else None


async def _lines(tx: Tx, order_id: UUID, dealer: DealerPrincipal) -> list[DealerOrderLine]:
    line = order_line.c
    rows = await tx.rows(
        select(order_line, sku.c.base_unit, sku.c.product_id, sku.c.name_en)
        .join(sku, and_(sku.c.tenant_id == line.tenant_id, sku.c.id == line.sku_id))
        .where(line.tenant_id == tx.tenant_id, sku.c.tenant_id == tx.tenant_id, line.order_id == order_id)
        .order_by(line.line_no)
    )
    products = await load_products(tx, {row.product_id for row in rows})
    waiting = {row["line_no"]: row["waiting"] for row in await tx.fetch(_WAITING, order_id)}
    return [
        DealerOrderLine(
            line_no=row.line_no,
            sku=row.sku_code,
            sku_id=row.sku_id,
            product_id=row.product_id,
            name=row.sku_name,
            name_en=row.name_en,
            image=products[row.product_id].image(row.sku_id),
            unit=row.unit,
            quantity=row.quantity,
            base_unit=row.base_unit,
            note=row.note,
            requested_date=row.requested_date,
            promised_date=row.promised_date,
            ship_to=msgspec.convert(row.ship_to, ShipTo | None),
            progress=DealerProgress(
                ordered=row.base_quantity,
                released=row.released,
                shipped=row.shipped,
                returned=row.returned,
                cancelled=row.cancelled,
                waiting=waiting.get(row.line_no, ZERO),
            ),
            kind=row.kind,
            promotion=row.price_reason["promotion"] if row.kind == "gift" else None,
            given_by=row.given_by,
            promotions=_granted(row.price_reason),
            **(_deal(row) if dealer.sees_price else {}),
        )
        for row in rows
    ]


def _granted(reason: Any) -> list[str]:
    said = reason.get("promotions", []) if isinstance(reason, dict) else []
    return [str(each["name"]) for each in said if each.get("why") in ("applied", "gives")]


_WAITING = """
select r.line_no, sum(r.backordered) as waiting from reservation r
where r.tenant_id = $1 and r.document_id = $2 and r.backordered > 0 group by r.line_no
"""


def _deal(row: Any) -> dict[str, Any]:
    return {
        "price": row.deal_price,
        "list_price": row.list_price,
        "tax_rate": row.tax_rate,
        "tax_inclusive": row.tax_inclusive,
        "price_kind": kind_of(row.price_reason),
        "amounts": Amounts(row.net, row.tax, row.gross),
        "discount": row.discount,
    }


async def _timeline(tx: Tx, order_id: UUID) -> list[OrderStep]:
    a = audit_entry.c
    rows = await tx.rows(
        select(a.at, a.action, a.actor_name, a.channel, a.changes)
        .where(a.tenant_id == tx.tenant_id, a.subject_id == order_id, a.subject_kind == "order")
        .order_by(a.id)
    )
    return [
        OrderStep(
            at=row.at,
            action=row.action,
            side="own" if row.channel == "portal" else "seller",
            by=row.actor_name if row.channel == "portal" else None,
            channel=row.channel,
            reason=_reason(row.changes),
        )
        for row in rows
    ]


def _reason(changes: Mapping[str, Any] | None) -> str | None:
    """Why it was done, when that was said; nothing else of what changed."""
    told = (changes or {}).get("reason")
    return str(told[1]) if isinstance(told, list) and len(told) == 2 and told[1] else None


_AGAIN = """
select l.line_no, l.unit, l.quantity, l.sku_code, s.code
from order_line l
join sales_order o on o.tenant_id = $1 and o.id = l.order_id and o.customer_id = $3
join sku s on s.tenant_id = $1 and s.id = l.sku_id
where l.tenant_id = $1 and l.order_id = $2 and l.kind = 'goods' order by l.line_no
"""


async def entries_of(tx: Tx, order_id: UUID, *, dealer: DealerPrincipal) -> list[Entry]:
    """What ordering an order again would put into the cart."""
    rows = await tx.fetch(_AGAIN, order_id, dealer.customer_id)
    if not rows:
        raise Refused(say.UNKNOWN_ORDER("id"))
    return [
        Entry(
            code=row["sku_code"],
            quantity=row["quantity"],
            unit=row["unit"],
            line=row["line_no"],
            sku_code=row["code"],
        )
        for row in rows
    ]
