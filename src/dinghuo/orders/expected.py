"""Nobody is surprised: an order that has become dearer than what its buyer saw is not placed, but shown again."""

from collections.abc import Iterator
from decimal import Decimal

from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message
from dinghuo.kit.money import MAX_MONEY, ZERO, fits
from dinghuo.orders.decide import Priced

TOTAL_HIGHER = Message(
    "total-higher",
    "应付总额由 {seen} 变为 {now} {currency}，请核对后重新提交",
    "The total was {seen} and is now {now} {currency}: look at it again before you submit it",
    CONFLICT,
)
TOTAL_HIGHER_UNTOLD = Message(
    "total-higher-untold",
    "价格刚刚变动，请重新提交",
    "Prices have just changed: submit it again",
    CONFLICT,
)

BAD_TOTAL = Message(
    "bad-total",
    "应为所看到的总额，小数不超过 2 位",
    "The total that was seen is needed, with at most 2 decimals",
    MALFORMED,
)


def seen_faults(gross: Decimal | None) -> Iterator[Fault]:
    """What cannot be a total that somebody has seen."""
    if gross is not None and (not fits(gross, most=MAX_MONEY, places=2) or gross < ZERO):
        yield BAD_TOTAL("expected_gross")


def hold_to_expected(order: Priced) -> None:
    """Compare the total with the one that was seen."""
    most = order.placement.most_gross
    if most is None or order.gross <= most:
        return
    if order.placement.sees_price:
        order.faults.append(TOTAL_HIGHER("expected_gross", seen=most, now=order.gross, currency=order.currency))
    else:
        order.faults.append(TOTAL_HIGHER_UNTOLD("expected_gross"))
