"""Admit a priced order against stock and credit, locked or only seen (`draw`). Pure: no I/O, no clock."""

from decimal import Decimal

from dinghuo.accounts.reserve import Credit, Holder
from dinghuo.catalogue.quantities import at_most, plain
from dinghuo.inventory.reserve import Held, Stock
from dinghuo.kit.errors import Fault
from dinghuo.kit.money import MAX_MONEY, ZERO
from dinghuo.orders import faults as say
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.faults import line_fault


def admit(priced: Priced, stock: Stock, credit: Credit) -> bool:
    """Take stock and credit for the order, or add what is missing to its faults and take nothing."""
    held: list[tuple[LineRow, list[Held]]] = []
    route, only = stock.way(priced.customer.regions, priced.tracked())
    for row, sku in zip(priced.lines, priced.skus, strict=True):
        wanted = row.base_quantity - (row.cancelled or ZERO)
        if sku.supply_policy == "untracked" or not wanted:
            continue
        taken = stock.take(sku.id, wanted, backorder=priced.may_wait(sku), route=route, only=only)
        if taken is None:
            available = max(stock.available(sku.id), ZERO)
            priced.faults.append(
                line_fault(
                    say.SHORT_STOCK,
                    row.line_no,
                    "quantity",
                    code=sku.code,
                    available=plain(available),
                    wanted=plain(row.base_quantity),
                    base_unit=sku.base_unit,
                    suggested=plain(at_most(sku, row.unit, available)),
                )
            )
        else:
            held.append((row, taken))
    priced.faults += _credit_faults(priced, credit)
    if priced.faults:
        for row, parts in held:
            stock.put_back(row.sku_id, parts)
        return False
    credit.taken += priced.owed
    credit.is_bound = credit.is_bound or _is_bound(priced)
    priced.held = held
    return True


def holder_of(priced: Priced) -> Holder:
    """Whose credit account the order draws on."""
    return (priced.customer.id, priced.organisation.id, priced.currency)


def _credit_faults(priced: Priced, credit: Credit) -> list[Fault]:
    if priced.gross <= MAX_MONEY < max(credit.exposure + credit.taken, ZERO) + priced.gross:
        return [say.TOO_LARGE_ORDER("lines")]
    if priced.placement.history is not None:
        return []
    if credit.account_id is None and priced.currency != priced.customer.currency:
        # Without an account there is no limit: another currency must not be the way around the one there is.
        return [say.CURRENCY_NOT_AGREED("currency", currency=priced.currency, own=priced.customer.currency)]
    room = credit.room()
    if room is None or not _is_bound(priced) or priced.owed <= max(room, ZERO):
        return []
    return [_over_credit(priced, max(room, ZERO))]


def _is_bound(priced: Priced) -> bool:
    """Whether the limit has a say: none over what was delivered long ago, over what is paid for beforehand, nor where
    somebody is to approve going beyond it."""
    if priced.waives_credit:
        return False
    return priced.placement.history is None and priced.customer.payment_terms != "prepaid"


def _over_credit(priced: Priced, room: Decimal) -> Fault:
    if not priced.placement.sees_price:
        return say.OVER_CREDIT_UNTOLD("customer")
    return say.OVER_CREDIT("customer", gross=priced.owed, currency=priced.currency, room=room)
