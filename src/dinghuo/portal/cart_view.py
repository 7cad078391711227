"""The cart as it would be ordered now: every line priced, every problem at its line, what is missing to the next
break, and what remains of the credit. One look, whatever its length."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Language
from dinghuo.kit.money import ZERO
from dinghuo.orders.charges import charge_view, goods_amounts
from dinghuo.orders.decide import LineRow
from dinghuo.orders.grant_views import GrantView, NextView, grants_of, next_of, saved_of
from dinghuo.orders.preview import Look, look
from dinghuo.orders.rebate_views import RebateOffer, offer_of
from dinghuo.orders.requests import DraftLine, FromDraft, LineRequest, OrderRequest, Origin, Placement, ShipTo
from dinghuo.orders.rules.views import DeliveryView, HintView, delivery_view, hint_views
from dinghuo.orders.scope import sees
from dinghuo.orders.views import Amounts, ChargeView
from dinghuo.portal.cards import Availability, UnitOffer
from dinghuo.portal.cart import Cart, Content
from dinghuo.portal.consent_rules import load_rule
from dinghuo.portal.credit import CreditView, read_credit
from dinghuo.portal.merge import Ignored, LineChange
from dinghuo.portal.prices import NextBreak, kind_of
from dinghuo.portal.problems import LineProblem, problem_of
from dinghuo.portal.promoted import CartGift, PromotionTag, tags_of
from dinghuo.portal.shelf import ProductFacts, Shelf, SkuTexts, load_prices, load_products, load_texts, open_shelf

# `ask` stands in the place of `submit` and `confirm` where a colleague's consent is needed.
Action = Literal["submit", "ask", "park", "clear", "resume", "delete", "confirm", "decline"]
# An empty cart is no problem, only nothing to submit.
_UNTOLD = frozenset({"no-lines"})


class CartLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as typed, and what it comes to. What is not known of it, or cannot be reckoned, is null.

    Prices are absent for those who see none.
    """

    line_no: int
    sku: str
    unit: str | None
    quantity: Decimal
    note: str | None
    requested_date: date | None
    # The blanket order it is called off from.
    blanket: str | None = None
    # Whether goods rebate pays it, at its list price.
    rebate_goods: bool = False
    # Where it goes, when that is not where the order does.
    ship_to: ShipTo | None = None
    # Its name among lines of the same goods and unit that go to several places.
    part: str | None = None
    sku_id: UUID | None = None
    product_id: UUID | None = None
    name: str | None = None
    name_en: str | None = None
    specification: str | None = None
    image: str | None = None
    base_unit: str | None = None
    base_quantity: Decimal | None = None
    units: list[UnitOffer] = []
    availability: Availability | None = None
    price: Decimal | UnsetType | None = UNSET
    list_price: Decimal | UnsetType | None = UNSET
    price_kind: str | UnsetType | None = UNSET
    tax_inclusive: bool | UnsetType | None = UNSET
    amounts: Amounts | UnsetType | None = UNSET
    # What promotions took off, tax-inclusive.
    discount: Decimal | UnsetType | None = UNSET
    tags: list[PromotionTag] = []
    next_break: NextBreak | UnsetType | None = UNSET
    problems: list[LineProblem] = []


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Net + tax = gross, of the lines that could be priced."""

    lines: int
    currency: str
    net: Decimal | UnsetType = UNSET
    tax: Decimal | UnsetType = UNSET
    gross: Decimal | UnsetType = UNSET
    # By promotions, the value of gifts included.
    saved: Decimal | UnsetType = UNSET


class CartCredit(CreditView, frozen=True, kw_only=True):
    """`after` is what would be left after this order."""

    after: Decimal | None


class CartView(msgspec.Struct, frozen=True, kw_only=True):
    """`actions` is what may be done with it now; submitting only when nothing stands in the way."""

    id: UUID | None
    name: str | None
    revision: int
    updated_at: datetime | None
    customer_reference: str | None
    requested_date: date | None
    ship_to: ShipTo | None
    note: str | None
    coupons: list[str]
    lines: list[CartLine]
    gifts: list[CartGift]
    promotions: list[GrantView]
    next: list[NextView]
    problems: list[LineProblem]
    totals: Totals
    credit: CartCredit | UnsetType = UNSET
    actions: list[Action]
    # `totals` are those of the goods and the charges together.
    goods: Amounts | UnsetType = UNSET
    charges: list[ChargeView] = []
    delivery: DeliveryView | None = None
    hints: list[HintView] = []
    ignored: list[Ignored] = []
    # Absent where there is nothing to use, and for those who see no prices.
    rebate: RebateOffer | UnsetType = UNSET


async def show_cart(
    tx: Tx,
    cart: Cart | None,
    *,
    dealer: DealerPrincipal,
    language: Language,
    waives_minimum: bool = False,
    ignored: Sequence[LineChange] = (),
) -> CartView:
    """A cart (none yet: an empty one), a parked draft or a proposal."""
    shelf = await open_shelf(tx, dealer)
    content = cart.content if cart else Content()
    # None of the rebates is used, but there may be some.
    ask = ZERO if dealer.sees_price else None
    placement = placement_of(dealer, shelf.customer.code, cart, waives_minimum=waives_minimum, use_rebate=ask)
    looked = await look(tx, placement) if content.lines else None
    faults = looked.priced.faults if looked else []
    lines = await _lines(tx, shelf, content.lines, looked, faults, language)
    problems = [
        problem_of(f, language, shelf.units) for f in faults if f.line is None and f.message.code not in _UNTOLD
    ]
    gross = looked.priced.gross if looked else ZERO
    rule = await load_rule(tx, dealer.customer_id)
    return CartView(
        id=cart.id if cart else None,
        name=content.name,
        revision=cart.revision if cart else 0,
        updated_at=cart.updated_at if cart else None,
        customer_reference=content.customer_reference,
        requested_date=content.requested_date,
        ship_to=content.ship_to,
        note=content.note,
        coupons=content.coupons,
        lines=lines,
        gifts=await _gifts(tx, looked),
        promotions=grants_of(looked.priced, told=dealer.sees_price) if looked else [],
        next=next_of(looked.priced, told=dealer.sees_price) if looked else [],
        problems=problems,
        totals=_totals(shelf, len(lines), looked),
        credit=await _credit(tx, dealer, gross),
        actions=_actions(cart, bool(lines) and not faults, asks=rule.wants(dealer, gross)),
        **_of_rules(looked, language, told=shelf.sees_price),
        ignored=[Ignored(each.sku, each.unit, each.seq) for each in ignored],
    )


def _of_rules(looked: Look | None, language: Language, *, told: bool) -> dict[str, Any]:
    """What the order rules come to."""
    if looked is None:
        return {}
    order = looked.priced
    return {
        "goods": goods_amounts(order) if told else UNSET,
        "charges": [charge_view(charge, sees_price=told, hidden=UNSET) for charge in order.charges],
        "delivery": delivery_view(order.delivery, language),
        "hints": hint_views(order.hints, order.currency, language) if told else [],
        "rebate": offer_of(order) if told else UNSET,
    }


def placement_of(
    dealer: DealerPrincipal,
    customer: str,
    cart: Cart | None,
    *,
    waives_minimum: bool = False,
    use_rebate: Decimal | None = None,
) -> Placement:
    """What ordering the cart asks for. Prices that somebody set count in proposals only."""
    content = cart.content if cart else Content()
    proposed = cart is not None and cart.proposal is not None
    lines: list[LineRequest] = [*content.lines] if proposed else [_unpriced(line) for line in content.lines]
    return Placement(
        request=OrderRequest(
            customer=customer,
            lines=lines,
            customer_reference=content.customer_reference,
            requested_date=content.requested_date,
            ship_to=content.ship_to,
            note=content.note,
            coupons=content.coupons,
            use_rebate=use_rebate,
        ),
        by=dealer.actor(),
        may_see=sees(dealer),
        may_set_prices=proposed,
        waives_minimum=waives_minimum,
        sees_price=dealer.sees_price,
        draft=FromDraft(cart.id, cart.revision) if cart else None,
        origin=Origin("proposal", cart.id) if cart and proposed else None,
    )


def _unpriced(line: DraftLine) -> DraftLine:
    return msgspec.structs.replace(line, price=None)


def _actions(cart: Cart | None, orderable: bool, *, asks: bool) -> list[Action]:
    if cart is None or cart.order_id is not None or cart.waits:
        return []
    if cart.proposal is not None:
        if cart.proposal.state != "proposed":
            return []
        return ["ask" if asks else "confirm", "decline"] if orderable else ["decline"]
    order: Action = "ask" if asks else "submit"
    if not cart.is_cart:
        return ["resume", "delete", order] if orderable else ["resume", "delete"]
    if not cart.content.lines:
        return []
    return [order, "park", "clear"] if orderable else ["park", "clear"]


def _totals(shelf: Shelf, lines: int, looked: Look | None) -> Totals:
    if not shelf.sees_price:
        return Totals(lines=lines, currency=shelf.pricer.currency)
    priced = looked.priced if looked else None
    return Totals(
        lines=lines,
        currency=shelf.pricer.currency,
        net=priced.net if priced else ZERO,
        tax=priced.tax if priced else ZERO,
        gross=priced.gross if priced else ZERO,
        saved=saved_of(priced) if priced else ZERO,
    )


async def _credit(tx: Tx, dealer: DealerPrincipal, gross: Decimal) -> CartCredit | UnsetType:
    if not (dealer.sees_price and dealer.may("portal.account.read")):
        return UNSET
    credit = await read_credit(tx, dealer)
    after = None if credit.left is None else credit.left - gross
    return CartCredit(**msgspec.structs.asdict(credit), after=after)


async def _lines(
    tx: Tx,
    shelf: Shelf,
    lines: Sequence[DraftLine],
    looked: Look | None,
    faults: Sequence[Fault],
    language: Language,
) -> list[CartLine]:
    if looked is None:
        return []
    known = await load_skus(tx, [line.sku for line in lines])
    # What is not sold to this dealer is not known to them.
    skus = {line.sku: sku for line in lines if (sku := known.get(line.sku)) is not None and shelf.sellable(sku)}
    goods = _Goods(
        shelf=shelf,
        looked=looked,
        texts=await load_texts(tx, [sku.id for sku in skus.values()]),
        products=await load_products(tx, {sku.product_id for sku in skus.values()}),
        rows={row.line_no: row for row in looked.priced.lines},
        tags=tags_of(looked.priced),
    )
    await load_prices(tx, shelf, skus.values())
    at_line: dict[int, list[Fault]] = {}
    for fault in faults:
        if fault.line is not None:
            at_line.setdefault(fault.line, []).append(fault)
    return [
        goods.line(number, line, skus.get(line.sku), at_line.get(number, []), language)
        for number, line in enumerate(lines, start=1)
    ]


async def _gifts(tx: Tx, looked: Look | None) -> list[CartGift]:
    granted = looked.priced.granted if looked else None
    if granted is None or not granted.gifts:
        return []
    texts = await load_texts(tx, {each.gift.sku.id for each in granted.gifts})
    products = await load_products(tx, {each.gift.sku.product_id for each in granted.gifts})
    return [
        CartGift(
            sku=each.gift.sku.code,
            sku_id=each.gift.sku.id,
            product_id=each.gift.sku.product_id,
            name=each.gift.sku.name,
            name_en=texts[each.gift.sku.id].name_en,
            specification=texts[each.gift.sku.id].specification,
            image=products[each.gift.sku.product_id].image(each.gift.sku.id),
            unit=each.gift.unit,
            quantity=each.gift.quantity,
            promotion=each.promotion.code,
            promotion_name=each.promotion.name,
            given_by=each.given_by,
        )
        for each in granted.gifts
    ]


class _Goods(msgspec.Struct, frozen=True):
    """What lines are told from."""

    shelf: Shelf
    looked: Look
    texts: Mapping[UUID, SkuTexts]
    products: Mapping[UUID, ProductFacts]
    rows: Mapping[int, LineRow]
    tags: Mapping[int, list[PromotionTag]]

    def line(
        self, number: int, line: DraftLine, sku: SkuFacts | None, faults: Sequence[Fault], language: Language
    ) -> CartLine:
        row = self.rows.get(number)
        return CartLine(
            line_no=number,
            sku=line.sku,
            unit=line.unit,
            quantity=line.quantity,
            note=line.note,
            requested_date=line.requested_date,
            blanket=line.blanket,
            rebate_goods=line.rebate_goods,
            ship_to=line.ship_to,
            part=line.part,
            problems=[problem_of(fault, language, self.shelf.units, line, sku) for fault in faults],
            tags=self.tags.get(number, []),
            **self._of_sku(sku),
            **self._of_row(row, sku, agreed=line.blanket is not None),
        )

    def _of_sku(self, sku: SkuFacts | None) -> dict[str, Any]:
        if sku is None:
            return {}
        texts, product = self.texts[sku.id], self.products[sku.product_id]
        available = self.looked.available.get(sku.id)
        return {
            "sku_id": sku.id,
            "product_id": sku.product_id,
            "name": sku.name,
            "name_en": texts.name_en,
            "specification": texts.specification,
            "image": product.image(sku.id),
            "base_unit": sku.base_unit,
            "units": self.shelf.offers(sku, texts),
            "availability": self.shelf.availability(sku, available) if sku.id in self.looked.available else None,
        }

    def _of_row(self, row: LineRow | None, sku: SkuFacts | None, *, agreed: bool) -> dict[str, Any]:
        told: dict[str, Any] = {"base_quantity": row.base_quantity if row else None}
        if not self.shelf.sees_price:
            return told
        if row is None or sku is None:
            priced = ("price", "list_price", "price_kind", "tax_inclusive", "amounts", "discount", "next_break")
            return told | dict.fromkeys(priced)
        return told | {
            "price": row.deal_price,
            "list_price": row.list_price,
            "price_kind": kind_of(row.price_reason),
            "tax_inclusive": row.tax_inclusive,
            "amounts": Amounts(row.net, row.tax, row.gross),
            "discount": row.discount or ZERO,
            # What is agreed knows no breaks.
            "next_break": None
            if agreed
            else self.shelf.pricer.next_break(sku, row.unit, row.quantity, row.list_price or row.deal_price),
        }
