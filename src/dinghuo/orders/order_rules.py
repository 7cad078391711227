"""Hold priced orders to the tenant's order rules: minima, freight, cut-off and delivery days, quotas.

The last thing that happens to an order before it is admitted against balances. Rules that pass over one another and
what they come to are pure (`orders.rules.decide`); here they meet an order.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Context, Decimal
from fractions import Fraction

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.identity.facts import load_tenant
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message
from dinghuo.kit.money import MAX_MONEY, ZERO, split_tax
from dinghuo.orders import faults as say
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.places import by_place
from dinghuo.orders.quota_takes import takes_of
from dinghuo.orders.rules.decide import Goods, Missing, delivery_of, freight_of, is_free, missing_of
from dinghuo.orders.rules.facts import RuleBook, RuleFacts, rule_book
from dinghuo.orders.rules.outcome import FREE_FREIGHT, Charge, Delivery, Hint
from dinghuo.orders.rules.terms import DeliveryTerms, Freight, Kind, Minimum

BELOW_AMOUNT = Message(
    "order-below-amount",
    "订单商品金额 {amount}，未达到起订金额 {minimum}，还差 {missing} {currency}",
    "The goods come to {amount}: {missing} {currency} are missing to the minimum order of {minimum}",
    CONFLICT,
)
BELOW_AMOUNT_UNTOLD = Message(
    "order-below-amount-untold",
    "订单商品金额未达到起订金额",
    "The goods come to less than the minimum order",
    CONFLICT,
)
BELOW_QUANTITY = Message(
    "order-below-quantity",
    "订单未达到起订数量 {minimum}，还差 {missing}",
    "{missing} are missing to the minimum order of {minimum} units",
    CONFLICT,
)
TOO_EARLY = Message(
    "requested-too-early",
    "要求到货日 {requested} 太早，最早 {earliest}",
    "{requested} is too early: the earliest delivery is on {earliest}",
    CONFLICT,
)
NOT_DELIVERED = Message(
    "not-delivered-on",
    "{requested} 不送货，最近的送货日是 {suggested}",
    "Nothing is delivered on {requested}; the next day is {suggested}",
    CONFLICT,
)


_AS_IT_IS = (1, 1)
# A quantity times a weight has more digits than a decimal keeps by itself.
_EXACT = Context(prec=60)


async def find_rules(tx: Tx, orders: Sequence[Priced]) -> None:
    """Find what these priced orders are held to, and what they take of quotas; history is not measured by it."""
    book = await rule_book(tx)
    if book is None:
        return
    zone = (await load_tenant(tx)).zone
    for order in orders:
        if order.placement.history is None:
            order.rules = book
            order.placed_local = order.placed_at.astimezone(zone)
            if book.quotas:
                order.takes += takes_of(order.lines, book, frozenset(book.scopes_of(order.customer)), order.day)


def hold_to_rules(order: Priced) -> None:
    """Add the order's charges, faults and hints, and the day it can come: what its lines come to is settled."""
    book = order.rules
    if book is None or order.placed_local is None:
        return
    scopes = book.scopes_of(order.customer)
    if order.lines:
        minimum = minimum_of(order, book, scopes)
        if minimum is not None:
            goods = goods_of(order, counted=minimum.quantity is not None, weighed=False)
            order.faults += minimum_faults(order, minimum, goods, missing_of(minimum, goods))
        charge_freight(order, book, scopes)
    order.delivery = delivery_from(order, book, scopes, order.placed_local)
    if order.delivery is not None and not order.placement.waives_minimum:
        order.faults += _date_faults(order, order.delivery)


def minimum_of(order: Priced, book: RuleBook, scopes: Sequence[str]) -> Minimum | None:
    """What the order must come to at least."""
    rule = _winner(order, book, "minimum", scopes)
    return rule.terms if rule and isinstance(rule.terms, Minimum) else None


def charge_freight(order: Priced, book: RuleBook, scopes: Sequence[str]) -> None:
    """Charge what delivery of the order's goods costs, to each place for itself, if anything says so."""
    rule = _winner(order, book, "freight", scopes)
    if rule and isinstance(rule.terms, Freight):
        basis = rule.terms.basis
        goods = goods_of(order, counted=basis == "quantity", weighed=basis == "weight")
        _charge(order, rule, rule.terms, goods, _goods_by_place(order, goods))


def delivery_from(order: Priced, book: RuleBook, scopes: Sequence[str], moment: datetime) -> Delivery | None:
    """When goods that are ordered at this local moment can come."""
    organisation_id = order.organisation.id
    found = book.winner("delivery", scopes, organisation_id=organisation_id, day=moment.date(), currency=None)
    terms = found.terms if found and isinstance(found.terms, DeliveryTerms) else None
    route = book.route_of(order.customer)
    return delivery_of(terms, route, book.calendar(terms, route), moment)


def _winner(order: Priced, book: RuleBook, kind: Kind, scopes: Sequence[str]) -> RuleFacts | None:
    return book.winner(kind, scopes, organisation_id=order.organisation.id, day=order.day, currency=order.currency)


def goods_of(order: Priced, *, counted: bool = True, weighed: bool = True) -> Goods:
    """What the order's lines come to; their sales units and their weight only where somebody asks."""
    if not counted and not weighed:
        return Goods(sum((row.gross for row in order.lines), ZERO))
    return _goods(list(zip(order.lines, order.skus, strict=True)))


def _goods(lines: Sequence[tuple[LineRow, SkuFacts]]) -> Goods:
    """What lines come to. What costs nothing counts for no minimum quantity, but weighs.

    Added up as decimals for each packing: fractions are exact too, and twenty times slower.
    """
    amount, grams = ZERO, ZERO
    packed: dict[tuple[int, int], Decimal] = {}
    for row, sku in lines:
        if row.gross:
            amount += row.gross
            ratio = sku.units.get(sku.sales_unit, _AS_IT_IS)
            packed[ratio] = packed.get(ratio, ZERO) + row.base_quantity
        if sku.weight_grams:
            grams = _EXACT.fma(row.base_quantity, sku.weight_grams, grams)
    units = sum((Fraction(quantity) * of / to for (to, of), quantity in packed.items()), Fraction(0))
    return Goods(amount, units, Fraction(grams))


def _goods_by_place(order: Priced, goods: Goods) -> list[Goods]:
    """What goes to each place that an order of these goods goes to."""
    if all(row.ship_to is None for row in order.lines):
        return [goods]
    lines = list(zip(order.lines, order.skus, strict=True))
    to = order.placement.request.ship_to
    return [_goods(several) for several in by_place(lines, lambda line: line[0].ship_to, to)]


def minimum_faults(order: Priced, minimum: Minimum, goods: Goods, missing: Missing) -> Iterator[Fault]:
    """What is missing to the minimum, for those who must reach it."""
    if order.placement.waives_minimum:
        return
    if missing.amount and not order.placement.sees_price:
        yield BELOW_AMOUNT_UNTOLD("lines")
    elif missing.amount:
        yield BELOW_AMOUNT(
            "lines",
            amount=goods.amount,
            minimum=minimum.amount,
            missing=missing.amount,
            currency=order.currency,
        )
    if missing.quantity:
        yield BELOW_QUANTITY("lines", minimum=_plain(minimum.quantity), missing=_plain(missing.quantity))


def _plain(value: Decimal | None) -> str:
    return f"{(value or ZERO).normalize():f}"


def _charge(order: Priced, rule: RuleFacts, terms: Freight, goods: Goods, places: Sequence[Goods]) -> None:
    amount = sum((freight_of(terms, each, order.currency) for each in places), ZERO)
    split = split_tax(amount, terms.tax_rate, tax_inclusive=terms.tax_inclusive, currency=order.currency)
    reason = {"target": rule.target, "basis": terms.basis, "goods": f"{goods.amount:f}"}
    if terms.free_from is not None:
        reason["free_from"] = f"{terms.free_from:f}"
    if terms.basis == "weight":
        reason["grams"] = f"{round(goods.grams)}"
    if len(places) > 1:
        reason["places"] = str(len(places))
    if all(is_free(terms, each) for each in places):
        reason["free"] = "true"
    order.charges.append(
        Charge(
            order.id,
            len(order.charges) + 1,
            "freight",
            rule.code,
            rule.name,
            split.net,
            split.tax,
            split.gross,
            reason,
            rule.name_en,
            terms.tax_rate,
        )
    )
    order.net += split.net
    order.tax += split.tax
    order.gross += split.gross
    if order.gross > MAX_MONEY:
        order.faults.append(say.TOO_LARGE_ORDER("lines"))
    # Of several places, some may be free already.
    if split.gross and terms.free_from is not None and len(places) == 1:
        order.hints.append(Hint(FREE_FREIGHT, terms.free_from - goods.amount, terms.free_from))


def _date_faults(order: Priced, delivery: Delivery) -> Iterator[Fault]:
    """Days asked for on which nothing can come, of the order and of its lines."""
    if found := date_fault(delivery, "requested_date", order.placement.request.requested_date, None):
        yield found
    for number, line in enumerate(order.placement.request.lines, start=1):
        place = f"lines[{number - 1}].requested_date"
        if line.requested_date and (found := date_fault(delivery, place, line.requested_date, number)):
            yield found


def date_fault(delivery: Delivery, field: str, requested: date | None, line: int | None) -> Fault | None:
    """Why goods cannot come on the day that is asked for."""
    if requested is None or delivery.earliest is None:
        return None
    if requested < delivery.earliest:
        days = {"earliest": delivery.earliest.isoformat(), "suggested": delivery.earliest.isoformat()}
        return TOO_EARLY(field, line=line, requested=requested.isoformat(), **days)
    if delivery.is_driven(requested):
        return None
    suggested = delivery.next_from(requested)
    return NOT_DELIVERED(
        field,
        line=line,
        requested=requested.isoformat(),
        suggested=(suggested or delivery.earliest).isoformat(),
    )
