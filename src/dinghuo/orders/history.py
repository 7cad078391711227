"""Price orders that were carried out long ago: at their own prices, measured by no list.

The plain order, of which an import has tens of thousands, is priced in one go; whatever is out of the ordinary is
left to `price_order`, which says everything that is wrong.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.money import CENT, MAX_MONEY, MAX_QUANTITY, MINOR_UNITS, ZERO, fits, split_tax
from dinghuo.orders.decide import HISTORY_REASON, LineRow, Priced
from dinghuo.orders.requests import History, LineRequest

_REASON = msgspec.Raw(HISTORY_REASON)


def price_history(priced: Priced, skus: Mapping[str, SkuFacts]) -> bool:
    """Fill in the lines and sums of a plain order; False, and nothing done, when it is not plain."""
    request, history = priced.placement.request, priced.placement.history
    if history is None or not request.lines or request.note or request.customer_reference or request.ship_to:
        return False
    rows: list[LineRow] = []
    met: list[SkuFacts] = []
    net, gross = ZERO, ZERO
    for number, line in enumerate(request.lines, start=1):
        sku = skus.get(line.sku)
        if sku is None or not _is_plain(line, sku):
            return False
        row = _row(priced, history, number, line, sku)
        if row.gross > MAX_MONEY:
            return False
        rows.append(row)
        met.append(sku)
        net += row.net
        gross += row.gross
    priced.lines, priced.skus = rows, met
    priced.net, priced.tax, priced.gross = net, gross - net, gross
    return True


def _is_plain(line: LineRequest, sku: SkuFacts) -> bool:
    """By the base unit, at a price of its own, in numbers that every column holds."""
    return (
        (line.unit or sku.sales_unit) == sku.base_unit
        and line.note is None
        and line.price is not None
        and _is_sound(line.quantity)
        and _is_sound(line.price)
        and line.quantity > ZERO
    )


@lru_cache(maxsize=65_536)
def _is_sound(number: Decimal) -> bool:
    return fits(number) and ZERO <= number <= MAX_QUANTITY


def _row(priced: Priced, history: History, number: int, line: LineRequest, sku: SkuFacts) -> LineRow:
    quantity, price, rate = line.quantity, line.price or ZERO, sku.tax_rate
    amount = (quantity * price).quantize(MINOR_UNITS.get(priced.currency, CENT), ROUND_HALF_UP)
    net, tax, gross = amount, ZERO, amount
    if rate:
        split = split_tax(amount, rate, tax_inclusive=history.tax_inclusive, currency=priced.currency)
        net, tax, gross = split.net, split.tax, split.gross
    cancelled = history.cancelled[number - 1]
    return LineRow(
        priced.id,
        number,
        sku.id,
        sku.code,
        sku.name,
        sku.base_unit,
        quantity,
        quantity,
        price,
        history.tax_inclusive,
        _REASON,
        net,
        tax,
        gross,
        rate,
        None,
        sku.cost_on(priced.day) if sku.costs else None,
        line.requested_date,
        None,
        None if history.live else quantity - cancelled,
        cancelled or None,
    )
