"""How much of its customer's rebates an order uses. Pure (docs/rebates.md)."""

from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

import msgspec

from dinghuo.accounts.rebates import RebateKind, Wallet
from dinghuo.kit.money import CENT, MINOR_UNITS, ZERO

# Under which an account's entries say that an order was paid by rebates.
DOCUMENT = "order_rebate"
_HUNDRED = Decimal(100)


class RebateUse(msgspec.Struct):
    """What an order asks for, and what it gets once its amount is known.

    `wanted` of money, None as much as may be; `lines` by number are to be paid by goods rebate. `free` and `most` are
    what there was and what might have been used; `goods_free` what there was of goods rebates.
    """

    percent: Decimal
    wanted: Decimal | None
    lines: tuple[int, ...] = ()
    free: Decimal = ZERO
    most: Decimal = ZERO
    goods_free: Decimal = ZERO
    taken: dict[RebateKind, tuple[UUID, Decimal]] = {}

    @property
    def total(self) -> Decimal:
        return sum((amount for _, amount in self.taken.values()), ZERO)


def most_of(amount: Decimal, percent: Decimal, currency: str) -> Decimal:
    """How much of an amount rebates may pay: rounded down, never beyond the share."""
    return (max(amount, ZERO) * percent / _HUNDRED).quantize(MINOR_UNITS.get(currency, CENT), ROUND_DOWN)


def take(use: RebateUse, kind: RebateKind, wallet: Wallet, amount: Decimal) -> None:
    """Take this much of a balance; the caller has seen that it is there."""
    if wallet.id is None or amount <= ZERO:
        return
    wallet.taken += amount
    use.taken = {**use.taken, kind: (wallet.id, amount)}


def give_back(use: RebateUse, wallets: Iterable[Wallet]) -> None:
    """What was taken is there for others."""
    by_id = {wallet.id: wallet for wallet in wallets}
    for id, amount in use.taken.values():
        by_id[id].taken -= amount
    use.taken = {}
