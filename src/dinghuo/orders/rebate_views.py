"""What an order may use of rebates, and uses, as its readers see it."""

from decimal import Decimal

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.kit.money import ZERO
from dinghuo.orders.decide import Priced


class RebateOffer(msgspec.Struct, frozen=True, kw_only=True):
    """`free` is what its customer has, `most` what this order may use of it (`percent` of its amount), `used` what it
    asks for. `owed` is what is left to pay, `owed_at_most_use` what would be if all that may be were used.

    `goods_free` is what there is of goods rebates, `goods_used` what the lines come to that are marked to be paid by
    them."""

    free: Decimal
    most: Decimal
    percent: Decimal
    used: Decimal
    owed: Decimal
    owed_at_most_use: Decimal
    goods_free: Decimal
    goods_used: Decimal


def offer_of(order: Priced) -> RebateOffer | UnsetType:
    """What there is; absent when nothing is free and nothing used."""
    use = order.rebate
    if use is None or not (use.free or use.goods_free or use.total):
        return UNSET
    goods = use.taken["goods"][1] if "goods" in use.taken else ZERO
    return RebateOffer(
        free=use.free,
        most=use.most,
        percent=use.percent,
        used=use.total,
        owed=order.owed,
        owed_at_most_use=order.gross - goods - use.most,
        goods_free=use.goods_free,
        goods_used=goods,
    )
