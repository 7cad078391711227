"""Price the lines that an amendment touches: by the lists of the day the order was placed, or by today's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import Sellable, SkuFacts, load_assortments, load_skus
from dinghuo.identity.facts import OrganisationFacts, load_tenant
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault
from dinghuo.kit.money import base_quantity, round_money, round_price, split_tax
from dinghuo.orders import faults as say
from dinghuo.orders.amend_plan import Wanted
from dinghuo.orders.decide import LineRow, Priced, price_order
from dinghuo.orders.diff import OldLine
from dinghuo.orders.requests import OrderRequest, Placement
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.engine import EntriesMissing
from dinghuo.pricing.facts import ListFacts, load_entries, load_lists

# Of the order, not of a line.
_OF_ORDER = frozenset({say.CUSTOMER_BLOCKED.code, say.TOO_LARGE_ORDER.code})


async def price_wanted(
    tx: Tx, order: Any, customer: CustomerFacts, placement: Placement, wanted: Sequence[Wanted]
) -> list[Fault]:
    """Give each of these lines its new row; what is wrong with them otherwise."""
    if not wanted:
        return []
    skus = await load_skus(tx, {each.request.sku for each in wanted})
    lists = (await load_lists(tx, [customer]))[customer.id]
    assortments = await load_assortments(tx)
    sellable = Sellable(assortments, customer.audience() if assortments else ())
    zone = (await load_tenant(tx)).zone
    days = {False: order.placed_at.astimezone(zone).date(), True: tx.now.astimezone(zone).date()}
    faults: list[Fault] = []
    for today, day in days.items():
        batch = [each for each in wanted if each.today is today]
        if batch:
            desk = _Desk(order, customer, placement, day, skus, sellable, lists)
            faults += await _price(tx, desk, batch)
    return faults


def standing_order(order: Any, customer: CustomerFacts, placement: Placement, day: date) -> Priced:
    """An order that is there, as one that is priced: without lines yet."""
    return Priced(
        placement=placement,
        id=order.id,
        placed_at=order.placed_at,
        day=day,
        customer=customer,
        organisation=OrganisationFacts(order.organisation_id, "", order.currency, ""),
        currency=order.currency,
        lines=[],
        skus=[],
        faults=[],
    )


class _Desk(msgspec.Struct, frozen=True):
    """What the lines of one day are priced with."""

    order: Any
    customer: CustomerFacts
    placement: Placement
    day: date
    skus: dict[str, SkuFacts]
    sellable: Sellable
    lists: Sequence[ListFacts]

    def price(self, wanted: Sequence[Wanted], *, agreed: bool) -> Priced:
        """Price them; raises `EntriesMissing`. A price that was `agreed` needs no right to set it."""
        request = OrderRequest(self.customer.code, [each.request for each in wanted])
        placement = msgspec.structs.replace(self.placement, request=request)
        priced = standing_order(self.order, self.customer, placement, self.day)
        if agreed:
            priced.placement = msgspec.structs.replace(priced.placement, may_set_prices=True)
        less = self._less(wanted)
        # What is no longer sold may still be ordered less of.
        skus = self.skus | {code: msgspec.structs.replace(self.skus[code], active=True) for code in less}
        lenient = _Lenient(self.sellable, frozenset(skus[code].id for code in less))
        price_order(priced, skus=skus, sellable=lenient, lists=self.lists)
        return priced

    def _less(self, wanted: Iterable[Wanted]) -> set[str]:
        """The goods of lines of which no more is wanted than was."""
        found = set()
        for each in wanted:
            old, sku = each.line.old, self.skus.get(each.request.sku)
            ratio = sku.units.get(each.request.unit or "") if sku else None
            if old is not None and ratio is not None and each.request.quantity.is_finite():
                in_base = base_quantity(each.request.quantity, *ratio)
                if in_base is not None and in_base <= old.row.base_quantity:
                    found.add(each.request.sku)
        return found


class _Lenient(Sellable):
    """Like another one, but for goods of which no more is wanted than was."""

    def __init__(self, real: Sellable, besides: frozenset[UUID]) -> None:
        self._real, self._besides = real, besides

    def __call__(self, sku: SkuFacts) -> bool:
        return sku.id in self._besides or self._real(sku)


async def _price(tx: Tx, desk: _Desk, wanted: Sequence[Wanted]) -> list[Fault]:
    by_list = [each for each in wanted if not each.keeps_price]
    if by_list:
        priced = await _priced(tx, desk, by_list, agreed=False)
        for fault in priced.faults:
            if fault.message is say.NO_PRICE and fault.line is not None and by_list[fault.line - 1].line.old:
                _keep_price(by_list[fault.line - 1], desk.skus)
    faults: list[Fault] = []
    for agreed in (True, False):
        batch = [each for each in wanted if each.keeps_price is agreed]
        if batch:
            faults += _take_over(await _priced(tx, desk, batch, agreed=agreed), batch, desk)
    return faults


async def _priced(tx: Tx, desk: _Desk, wanted: Sequence[Wanted], *, agreed: bool) -> Priced:
    try:
        return desk.price(wanted, agreed=agreed)
    except EntriesMissing:
        skus = [desk.skus[each.request.sku] for each in wanted if each.request.sku in desk.skus]
        await load_entries(tx, ((price_list, sku.id) for sku in skus for price_list in desk.lists))
        return desk.price(wanted, agreed=agreed)


def _keep_price(wanted: Wanted, skus: Mapping[str, SkuFacts]) -> None:
    """No list has a price any more: the line keeps the one it has, in whichever unit it is wanted now."""
    old = wanted.line.old
    if old is None:
        raise AssertionError("only a line that is there has a price to keep")
    units = skus[wanted.request.sku].units
    (numerator, denominator), (old_numerator, old_denominator) = (
        units[wanted.request.unit or old.row.unit],
        units.get(old.row.unit, (1, 1)),
    )
    price = old.row.deal_price * numerator * old_denominator / (denominator * old_numerator)
    wanted.keeps_price = True
    wanted.request = msgspec.structs.replace(wanted.request, price=round_price(price))


def _take_over(priced: Priced, wanted: Sequence[Wanted], desk: _Desk) -> list[Fault]:
    skus = {sku.id: sku for sku in priced.skus}
    for row in priced.lines:
        each = wanted[row.line_no - 1]
        each.line.sku = skus[row.sku_id]
        row = msgspec.structs.replace(row, line_no=each.line.line_no)
        each.line.new = (
            _agreed(row, each.line.old, desk.order.currency) if each.keeps_price and each.line.old else row
        )
    grows = any(each.line.grows > 0 for each in wanted)
    found = []
    for fault in priced.faults:
        if fault.line is not None:
            found.append(_placed(fault, wanted[fault.line - 1]))
        elif fault.message.code in _OF_ORDER and grows:
            found.append(fault)
    return found


def _agreed(row: LineRow, old: OldLine, currency: str) -> LineRow:
    """The row at the price that was agreed, in the tax mode and for the reason it was agreed."""
    amount = round_money(row.quantity * row.deal_price, currency)
    split = split_tax(amount, old.row.tax_rate, tax_inclusive=old.row.tax_inclusive, currency=currency)
    return msgspec.structs.replace(
        row,
        tax_inclusive=old.row.tax_inclusive,
        price_reason=old.row.price_reason,
        list_price=old.row.list_price if row.unit == old.row.unit else row.list_price,
        tax_rate=old.row.tax_rate,
        net=split.net,
        tax=split.tax,
        gross=split.gross,
    )


def _placed(fault: Fault, wanted: Wanted) -> Fault:
    """The fault at the line's place in the amendment, by its number in the order."""
    field = fault.field.partition(".")[2]
    line = wanted.line
    place = f"{line.path}.{field}" if line.index is not None and field else line.path
    return Fault(fault.message, place, line.line_no, {**fault.params, "line": line.line_no})
