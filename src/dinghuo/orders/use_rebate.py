"""Rebates used on orders: asked for with the order, held with it, given back as it shrinks.

What an order uses lowers what it takes of its customer's credit and what is due beforehand: its account has it as
money received (`unapplied`) under the order's own name. A company without rebates pays a look into memory.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.accounts.rebates import (
    Owner,
    RebateEntry,
    RebateKind,
    Wallet,
    append_rebates,
    has_rebates,
    lock_wallets,
    move_rebates,
    still_free,
)
from dinghuo.accounts.reserve import (
    Entry,
    Holder,
    append_entries,
    set_off,
)
from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.errors import CONFLICT, FORBIDDEN, MALFORMED, Fault, Message
from dinghuo.kit.money import MAX_MONEY, ZERO, fits
from dinghuo.orders.decide import Priced
from dinghuo.orders.rebate_use import DOCUMENT, RebateUse, give_back, most_of, take
from dinghuo.orders.settings import load_settings

BAD_AMOUNT = Message(
    "rebate-amount",
    "使用返利的金额 {amount} 应在 0 到 {most} 之间，小数不超过 2 位",
    "The amount of rebate to use, {amount}, must be between 0 and {most}, with at most 2 decimals",
    MALFORMED,
)
SHORT = Message(
    "rebate-short",
    "可用返利余额只有 {free}，不足 {wanted}",
    "Only {free} of the rebate balance is free, not {wanted}",
    CONFLICT,
)
BEYOND_SHARE = Message(
    "rebate-beyond-share",
    "本单最多可用返利 {most}（订单金额的 {percent}%）",
    "At most {most} of rebates may be used on this order ({percent} % of its amount)",
    CONFLICT,
)
GOODS_SHORT = Message(
    "rebate-goods-short",
    "货补余额只有 {free}，不足以抵付标记为货补的商品 {wanted}",
    "Only {free} of the goods rebate is free: the lines to be paid by it come to {wanted}",
    CONFLICT,
)
UNTOLD = Message(
    "rebate-untold", "您无权查看价格，不能使用返利", "Who does not see prices cannot use rebates", FORBIDDEN
)

_KINDS: tuple[RebateKind, ...] = ("credit", "goods")


async def find_uses(tx: Tx, orders: Sequence[Priced]) -> None:
    """Note what orders ask for of rebates, before anything is decided."""
    asking = [order for order in orders if _asks(order)]
    if not asking or (not any(_wants(order) for order in asking) and not await has_rebates(tx)):
        return
    percent = Decimal((await load_settings(tx)).rebate_percent)
    for order in asking:
        request = order.placement.request
        lines = tuple(number for number, line in enumerate(request.lines, start=1) if line.rebate_goods)
        wanted = None if request.use_rebate_most else request.use_rebate or ZERO
        order.rebate = RebateUse(percent, wanted, lines)
        order.faults += _written(order, request.use_rebate)


def _asks(order: Priced) -> bool:
    request = order.placement.request
    if order.placement.history is not None:
        return False
    return (
        request.use_rebate is not None or request.use_rebate_most or any(line.rebate_goods for line in request.lines)
    )


def _wants(order: Priced) -> bool:
    """Whether it asks for something, and not only what there is."""
    request = order.placement.request
    return bool(request.use_rebate) or request.use_rebate_most or any(line.rebate_goods for line in request.lines)


def _written(order: Priced, amount: Decimal | None) -> list[Fault]:
    found: list[Fault] = []
    if amount is not None and (not fits(amount, most=MAX_MONEY, places=2) or amount < ZERO):
        found.append(BAD_AMOUNT("use_rebate", amount=amount, most=MAX_MONEY))
    if not order.placement.sees_price:
        found.append(UNTOLD("use_rebate"))
    return found


def owners_of(orders: Iterable[Priced]) -> list[Owner]:
    """The balances that these orders ask of."""
    return [owner for order in orders if order.rebate is not None for owner in _owners(order)]


def _owners(order: Priced) -> list[Owner]:
    """Those of its customer, and those of the company at the top where it may use them."""
    group = order.customer.parents[-1:] if order.terms is not None and order.terms.uses_group_rebates else ()
    return [
        (whose, order.organisation.id, order.currency, kind)
        for whose in dict.fromkeys((order.customer.id, *group))
        for kind in _KINDS
    ]


def _chosen(order: Priced, wallets: Mapping[Owner, Wallet]) -> dict[RebateKind, Wallet]:
    """Of each kind the balance that has more; its customer's own where the group's has not."""
    there = [wallets[owner] for owner in _owners(order)]
    return {
        kind: max((each for each in there if each.owner[3] == kind), key=lambda each: each.room) for kind in _KINDS
    }


def use_rebates(order: Priced, wallets: Mapping[Owner, Wallet]) -> None:
    """Decide what the order uses, its amount being known: goods lines first, then money on what is left to pay."""
    use = order.rebate
    if use is None:
        return
    own = _chosen(order, wallets)
    goods = sum((row.gross for row in order.lines if row.line_no in use.lines), ZERO)
    wrong: list[Fault] = []
    use.goods_free = max(own["goods"].room, ZERO)
    if use.lines and goods > use.goods_free:
        place = f"lines[{use.lines[0] - 1}].rebate_goods"
        wrong.append(GOODS_SHORT(place, line=use.lines[0], free=use.goods_free, wanted=goods))
    use.free = max(own["credit"].room, ZERO)
    share = most_of(order.gross - goods, use.percent, order.currency)
    use.most = min(use.free, share)
    wanted = use.most if use.wanted is None else use.wanted
    if wanted > use.free:
        wrong.append(SHORT("use_rebate", free=use.free, wanted=wanted))
    elif wanted > share:
        wrong.append(BEYOND_SHARE("use_rebate", most=share, percent=use.percent))
    if wrong:
        order.faults += wrong
        return
    if use.lines:
        take(use, "goods", own["goods"], goods)
    take(use, "credit", own["credit"], wanted)


def give_back_rebates(order: Priced, wallets: Mapping[Owner, Wallet]) -> None:
    """The order is refused after all: what it took is there for others."""
    if order.rebate is not None:
        give_back(order.rebate, [wallets[owner] for owner in _owners(order)])


class _UseRow(msgspec.Struct, frozen=True):
    order_id: UUID
    kind: str
    balance_id: UUID
    customer_id: UUID
    organisation_id: UUID
    currency: str
    amount: Decimal
    percent: Decimal | None
    lines: tuple[int, ...] | None


_USES = """
insert into order_rebate
  (tenant_id, order_id, kind, balance_id, customer_id, organisation_id, currency, amount, percent, lines)
select $1, u.* from json_to_recordset($2::json) as u(order_id uuid, kind text, balance_id uuid, customer_id uuid,
  organisation_id uuid, currency text, amount numeric, percent numeric, lines int[])
"""


async def write_uses(tx: Tx, orders: Sequence[Priced], accounts: Mapping[Holder, UUID]) -> None:
    """Write what admitted orders use; the balances move at the very end (`draw_uses`)."""
    rows = [row for order in orders for row in _rows(order)]
    if not rows:
        return
    await tx.write_rows(_USES, rows)
    await append_rebates(tx, _holds(rows))
    await append_entries(
        tx,
        [Entry(_account(row, accounts), "unapplied", -row.amount, "reserve", DOCUMENT, row.order_id) for row in rows],
    )


async def draw_uses(
    tx: Tx,
    orders: Sequence[Priced],
    wallets: Mapping[Owner, Wallet],
    accounts: Mapping[Holder, UUID],
    *,
    locked: bool,
) -> None:
    """Move the balances by what the orders use. Raises `RetryTransaction` when they were not locked before and no
    longer have what was seen."""
    rows = [row for order in orders for row in _rows(order)]
    if not rows:
        return
    taken = {owner: wallet for owner, wallet in wallets.items() if wallet.taken}
    if not locked and not still_free(taken, await lock_wallets(tx, taken)):
        raise RetryTransaction("others have drawn on the same rebates meanwhile")
    await move_rebates(tx, _holds(rows))
    sums: dict[UUID, Decimal] = {}
    for row in rows:
        account_id = _account(row, accounts)
        sums[account_id] = sums.get(account_id, ZERO) - row.amount
    await set_off(tx, sums)


def _rows(order: Priced) -> Iterator[_UseRow]:
    use = order.rebate
    if use is None:
        return
    whose = (order.customer.id, order.organisation.id, order.currency)
    for kind, (balance_id, amount) in use.taken.items():
        terms = (use.percent, None) if kind == "credit" else (None, use.lines)
        yield _UseRow(order.id, kind, balance_id, *whose, amount, *terms)


def _holds(rows: Iterable[_UseRow]) -> list[RebateEntry]:
    return [RebateEntry(row.balance_id, "reserved", row.amount, "reserve", "order", row.order_id) for row in rows]


def _account(row: _UseRow, accounts: Mapping[Holder, UUID]) -> UUID:
    return accounts[row.customer_id, row.organisation_id, row.currency]
