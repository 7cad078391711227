"""Why a line costs what it costs, as a dealer is told: every price there was, which won, why the others did not, and
what promotions made of it. Never cost or margin, and never another customer's price list by name."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.catalogue.facts import load_skus
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.missing import missing
from dinghuo.kit.texts import storable
from dinghuo.orders.decide import LineRow
from dinghuo.orders.preview import look
from dinghuo.orders.requests import LineRequest, OrderRequest, Placement
from dinghuo.orders.scope import sees
from dinghuo.orders.tables import order_line, sales_order
from dinghuo.parties.facts import load_customer
from dinghuo.portal.cart import find_cart
from dinghuo.portal.cart_view import placement_of
from dinghuo.portal.shelf import load_prices, open_shelf
from dinghuo.pricing.engine import find_price
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.tables import promotion


class PriceCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """A price that was asked: of which kind, and what came of it: `won`, `not_valid`, `no_entry`, `below_minimum`, or
    `yields` to a more specific one. `from_quantity` is the break that was reached, in `unit`."""

    kind: str
    why: str
    price: Decimal | None = None
    unit: str | None = None
    from_quantity: Decimal | None = None
    blanket: str | None = None


class PromotionVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a promotion on the line: `applied`, `gives`, or why it did nothing (docs/promotions.md)."""

    name: str
    name_en: str | None
    kind: str
    why: str
    saved: Decimal | None = None
    left: Decimal | None = None
    missing: Decimal | None = None
    by: str | None = None
    by_en: str | None = None


class PriceWhy(msgspec.Struct, frozen=True, kw_only=True):
    """`amount` is what the line would come to without promotions, `gross` what it comes to, both with tax."""

    sku: str
    name: str
    unit: str
    quantity: Decimal
    currency: str
    tax_inclusive: bool
    price: Decimal
    list_price: Decimal | None
    amount: Decimal
    discount: Decimal
    gross: Decimal
    candidates: list[PriceCandidate]
    promotions: list[PromotionVerdict]


async def why_in_cart(
    tx: Tx, *, sku: str, unit: str | None, part: str | None = None, dealer: DealerPrincipal
) -> PriceWhy:
    """Of a line of the cart, with all that is in it."""
    check_sees_price(dealer)
    cart = await find_cart(tx, dealer)
    lines = enumerate(cart.content.lines, 1) if cart else ()
    of_sku = [(n, line) for n, line in lines if line.sku == sku and unit in (None, line.unit)]
    place = next((n for n, line in of_sku if line.part == part), of_sku[0][0] if of_sku else None)
    customer = await load_customer(tx, dealer.customer_id)
    if cart is None or place is None or customer is None:
        raise missing("sku", sku)
    return await _of_placement(tx, placement_of(dealer, customer.code, cart), place, sku, dealer)


async def why_of(tx: Tx, *, sku: str, unit: str | None, quantity: Decimal, dealer: DealerPrincipal) -> PriceWhy:
    """Of so much of a SKU, ordered alone."""
    check_sees_price(dealer)
    customer = await load_customer(tx, dealer.customer_id)
    if customer is None:
        raise missing("sku", sku)
    request = OrderRequest(customer=customer.code, lines=[LineRequest(sku, quantity, unit)])
    return await _of_placement(
        tx, Placement(request=request, by=dealer.actor(), may_see=sees(dealer)), 1, sku, dealer
    )


async def _of_placement(tx: Tx, placement: Placement, place: int, sku: str, dealer: DealerPrincipal) -> PriceWhy:
    looked = await look(tx, placement)
    row = next((row for row in looked.priced.lines if row.line_no == place), None)
    if row is None:
        raise Refused(looked.priced.faults) if looked.priced.faults else missing("sku", sku)
    told = await _told(tx, row, looked.priced.currency)
    return msgspec.structs.replace(told, candidates=told.candidates + await _yielding(tx, row, dealer))


async def why_of_order(tx: Tx, *, order_id: UUID, line_no: int, dealer: DealerPrincipal) -> PriceWhy:
    """Of a line of an order, as it was when it was placed or last amended."""
    check_sees_price(dealer)
    line, o = order_line.c, sales_order.c
    row = await tx.one(
        select(order_line, o.currency)
        .join(sales_order, (o.tenant_id == line.tenant_id) & (o.id == line.order_id))
        .where(
            line.tenant_id == tx.tenant_id,
            line.order_id == order_id,
            line.line_no == line_no,
            o.customer_id == dealer.customer_id,
        )
    )
    if row is None:
        raise missing("sku", line_no)
    return await _told(tx, row, row.currency)


async def _told(tx: Tx, row: LineRow | Any, currency: str) -> PriceWhy:
    reason = _reason(row.price_reason)
    verdicts: list[dict[str, Any]] = reason.get("promotions", [])
    names = await _english(tx, [str(each[key]) for each in verdicts for key in ("code", "by") if each.get(key)])
    discount = row.discount or Decimal(0)
    return PriceWhy(
        sku=row.sku_code,
        name=row.sku_name,
        unit=row.unit,
        quantity=row.quantity,
        currency=currency,
        tax_inclusive=row.tax_inclusive,
        price=row.deal_price,
        list_price=row.list_price,
        amount=Decimal(reason["amount"]) if "amount" in reason else row.gross + discount,
        discount=discount,
        gross=row.gross,
        candidates=_candidates(reason),
        promotions=[_verdict(each, names) for each in verdicts],
    )


def _candidates(reason: Mapping[str, Any]) -> list[PriceCandidate]:
    found = [PriceCandidate(kind=str(each["kind"]), why=str(each["why"])) for each in reason.get("passed", [])]
    kind = str(reason.get("kind", reason.get("source", "manual")))
    found.append(
        PriceCandidate(
            kind=kind,
            why="won",
            price=_decimal(reason.get("price")),
            unit=reason.get("unit"),
            from_quantity=_decimal(reason.get("from_quantity")),
            blanket=reason.get("blanket") if isinstance(reason.get("blanket"), str) else None,
        )
    )
    return found


async def _yielding(tx: Tx, row: LineRow, dealer: DealerPrincipal) -> list[PriceCandidate]:
    """What the lists after the one that won would have said."""
    won = _reason(row.price_reason).get("list")
    shelf = await open_shelf(tx, dealer)
    sku = (await load_skus(tx, [row.sku_code])).get(row.sku_code)
    if won is None or sku is None:
        return []
    await load_prices(tx, shelf, [sku])
    pricer = shelf.pricer
    lists = [each for each in pricer.lists if each.currency == pricer.currency]
    places = [place for place, each in enumerate(lists) if each.code == won]
    found = []
    for price_list in lists[places[0] + 1 :] if places else ():
        price = find_price(
            [price_list],
            sku_id=sku.id,
            unit=row.unit,
            base_unit=sku.base_unit,
            ratio=sku.units[row.unit],
            quantity=row.quantity,
            day=pricer.day,
            currency=pricer.currency,
        )
        if price is not None:
            found.append(PriceCandidate(kind=price_list.kind, why="yields", price=price.price, unit=row.unit))
    return found


def _verdict(said: Mapping[str, Any], names: Mapping[str, tuple[str, str | None]]) -> PromotionVerdict:
    by = names.get(str(said.get("by")), (None, None))
    return PromotionVerdict(
        name=str(said["name"]),
        name_en=names.get(str(said["code"]), (None, None))[1],
        kind=str(said["kind"]),
        why=str(said["why"]),
        saved=_decimal(said.get("saved")),
        left=_decimal(said.get("left")),
        missing=_decimal(said.get("missing")),
        by=by[0],
        by_en=by[1],
    )


async def _english(tx: Tx, codes: list[str]) -> dict[str, tuple[str, str | None]]:
    """The names of promotions in both languages, by code."""
    if not codes:
        return {}
    p = promotion.c
    rows = await tx.rows(
        select(p.code, p.name, p.name_en).where(p.tenant_id == tx.tenant_id, p.code.in_(storable(codes)))
    )
    return {row.code: (row.name, row.name_en) for row in rows}


def _reason(said: Any) -> dict[str, Any]:
    found = msgspec.json.decode(said) if isinstance(said, (str, bytes, msgspec.Raw)) else said
    return found if isinstance(found, dict) else {}


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
