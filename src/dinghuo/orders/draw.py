"""The balances that a batch draws on, stock and credit: seen without a lock first, locked at the very end.

Nearly always what was seen still holds when the locks are taken: then these are held for as long as it takes to
move the balances and to commit, not while orders are decided and written, and batches side by side hardly wait
for each other. When it does not hold, nothing was promised yet: the whole is started over, and decided under the
locks (docs/adr/0006).
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import msgspec

from dinghuo.accounts.budgets import Budget, find_budgets, lock_budgets, move_budgets
from dinghuo.accounts.rebates import Owner, Wallet, find_wallets, lock_wallets
from dinghuo.accounts.reserve import Credit, Holder, find_credit, lock_credit, move_accounts, take_up
from dinghuo.catalogue.facts import SkuFacts
from dinghuo.inventory.reserve import Stock, lock_and_hold, lock_stock, move_reserved, read_stock
from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.money import ZERO
from dinghuo.orders.admit import holder_of
from dinghuo.orders.decide import Priced
from dinghuo.orders.offers import bounds_wanted
from dinghuo.orders.use_rebate import draw_uses, owners_of

K = TypeVar("K", bound=Hashable)


class Balances(msgspec.Struct):
    """What the orders of a batch are decided against."""

    stock: Stock
    credit: dict[Holder, Credit]
    budgets: dict[UUID, Budget]
    are_locked: bool
    wallets: dict[Owner, Wallet] = {}

    @property
    def drawn_budgets(self) -> list[Budget]:
        return [budget for budget in self.budgets.values() if budget.taken_amount or budget.taken_uses]


async def see_balances(tx: Tx, orders: Sequence[Priced]) -> Balances | None:
    """The balances as they are now; None when some have to be opened first, which takes a lock."""
    present = [order for order in orders if not order.is_closed_history]
    credit = await find_credit(tx, [holder_of(order) for order in orders]) if orders else {}
    if any(credit[holder_of(order)].account_id is None for order in present):
        return None
    wanted = {sku.id for _, sku in tracked(present)}
    stock = await read_stock(tx, wanted) if wanted else Stock({})
    if any(sku.id not in stock for order, sku in tracked(present) if order.may_wait(sku)):
        return None
    budgets = await find_budgets(tx, bounds_wanted(order.offers for order in present))
    return Balances(stock, credit, budgets, False, await find_wallets(tx, owners_of(present)))


async def lock_balances(tx: Tx, orders: Sequence[Priced]) -> Balances:
    """Lock accounts and budgets, then stock, each in key order.

    History leaves its accounts as they are, and has no need to hold them.
    """
    present = [order for order in orders if not order.is_closed_history]
    credit = await lock_credit(tx, [holder_of(order) for order in present]) if present else {}
    past = [holder for order in orders if (holder := holder_of(order)) not in credit]
    if past:
        credit |= await find_credit(tx, past)
    budgets = await lock_budgets(tx, bounds_wanted(order.offers for order in present))
    wallets = await lock_wallets(tx, owners_of(present))
    stock = await lock_stock(
        tx,
        (sku.id for _, sku in tracked(present)),
        open_missing=(sku.id for order, sku in tracked(present) if order.may_wait(sku)),
    )
    return Balances(stock, credit, budgets, True, wallets)


async def draw(tx: Tx, orders: Sequence[Priced], balances: Balances, accounts: Mapping[Holder, UUID]) -> None:
    """Move the balances by what these orders were admitted to; the commit must follow at once.

    Raises `RetryTransaction` when the balances were not locked and no longer allow what was seen to be allowed.
    """
    present = [order for order in orders if not order.is_closed_history]
    amounts = _sums((accounts[holder_of(order)], order.gross) for order in present)
    quantities = _sums(
        ((line.sku_id, part.warehouse_id), part.held)
        for order in present
        for line, parts in order.held
        for part in parts
        if part.held
    )
    drawn = balances.drawn_budgets
    if balances.are_locked:
        await move_accounts(tx, amounts)
        await move_budgets(tx, drawn)
        await draw_uses(tx, present, balances.wallets, accounts, locked=True)
        await move_reserved(tx, quantities)
        return
    credit = await take_up(tx, amounts)
    if not all(balances.credit[holder].fits(now) for holder, now in credit.items()):
        raise RetryTransaction("others have drawn on the same accounts meanwhile")
    if drawn:
        budgets = await lock_budgets(tx, [budget.bound for budget in drawn])
        if not all(budget.fits(budgets[budget.bound.id]) for budget in drawn):
            raise RetryTransaction("others have drawn on the same budgets meanwhile")
        await move_budgets(tx, drawn)
    await draw_uses(tx, present, balances.wallets, accounts, locked=False)
    wanted = {line.sku_id for order in present for line, _ in order.held}
    if not balances.stock.fits(await lock_and_hold(tx, quantities, wanted), wanted):
        raise RetryTransaction("others have taken the same goods meanwhile")


def tracked(orders: Iterable[Priced]) -> Iterator[tuple[Priced, SkuFacts]]:
    """Each order with the SKUs whose stock it draws on, or may when it is given something."""
    for order in orders:
        skus = order.skus if order.offers is None else (*order.skus, *order.offers.possible_gifts())
        for sku in skus:
            if sku.supply_policy != "untracked":
                yield order, sku


def _sums(parts: Iterable[tuple[K, Decimal]]) -> dict[K, Decimal]:
    sums: dict[K, Decimal] = {}
    for key, amount in parts:
        sums[key] = sums.get(key, ZERO) + amount
    return sums
