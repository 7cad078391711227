"""What a gift would have cost, by the price lists that speak for a customer. Pure."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.money import MAX_QUANTITY, base_quantity, round_money, split_tax
from dinghuo.pricing.engine import find_price
from dinghuo.pricing.facts import ListFacts
from dinghuo.pricing.grant import GiftOffer


def gift_offer(
    lists: Sequence[ListFacts], sku: SkuFacts, unit: str | None, quantity: Decimal, *, day: date, currency: str
) -> GiftOffer | None:
    """So many of a SKU as a gift; None when it cannot be given by this unit, or no longer."""
    by = unit or sku.sales_unit
    ratio = sku.units.get(by)
    in_base = base_quantity(quantity, *ratio) if ratio else None
    if ratio is None or in_base is None or in_base > MAX_QUANTITY or not sku.active:
        return None
    price = find_price(
        lists,
        sku_id=sku.id,
        unit=by,
        base_unit=sku.base_unit,
        ratio=ratio,
        quantity=quantity,
        day=day,
        currency=currency,
    )
    if price is None:
        return GiftOffer(sku, by, quantity, in_base, None)
    amount = round_money(quantity * price.price, currency)
    value = split_tax(amount, sku.tax_rate, tax_inclusive=price.tax_inclusive, currency=currency).gross
    return GiftOffer(sku, by, quantity, in_base, value, price.price, price.tax_inclusive)
