"""Place orders: the hot path. One order or five hundred, always the same few statements (DESIGN §5)."""

from collections.abc import Sequence
from uuid import UUID

from dinghuo.accounts.allotments import Allotments
from dinghuo.accounts.budgets import open_budgets
from dinghuo.accounts.reserve import ensure_accounts
from dinghuo.inventory.reserve import take_out
from dinghuo.kit import idempotency
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.orders.admit import admit, holder_of
from dinghuo.orders.allotted import claim, draw_takes, find_allotments, unclaim
from dinghuo.orders.ask_approval import Asking, ask_approvals, find_policies, hold_to_policies
from dinghuo.orders.decide import Priced
from dinghuo.orders.draw import Balances, draw, lock_balances, see_balances
from dinghuo.orders.expected import hold_to_expected
from dinghuo.orders.order_rules import find_rules, hold_to_rules
from dinghuo.orders.payment import find_dues, write_dues
from dinghuo.orders.prepare import price_orders, start_orders
from dinghuo.orders.promise_dates import promise_dates
from dinghuo.orders.promote import find_promotions, give_back_budgets, promote
from dinghuo.orders.requests import Outcome, Placement
from dinghuo.orders.submit_drafts import lock_drafts, mark_submitted
from dinghuo.orders.unit_words import name_units
from dinghuo.orders.use_rebate import find_uses, give_back_rebates, use_rebates, write_uses
from dinghuo.orders.write import documents_together, write_consequences, write_documents, write_history

_Identity = tuple[UUID, str, str]


async def place(tx: Tx, placements: Sequence[Placement]) -> list[Outcome]:
    """Place each order or say why not, in the order they came. A refused one leaves no trace, its key included.

    The outcome of a known key is given again; the same key twice in one batch is one order.
    """
    outcomes: list[Outcome | None] = [None] * len(placements)
    first_of: dict[_Identity, int] = {}
    known = await idempotency.look_up(tx, [p.key for p in placements if p.key is not None])
    fresh: list[int] = []
    for i, placement in enumerate(placements):
        key = placement.key
        if key is None:
            fresh.append(i)
        elif key.identity in known:
            outcomes[i] = _replay(key, known[key.identity].body_hash, known[key.identity].outcome)
        elif first_of.setdefault(key.identity, i) == i:
            fresh.append(i)
    placed = await name_units(tx, await _place_fresh(tx, [placements[i] for i in fresh]))
    for i, outcome in zip(fresh, placed, strict=True):
        outcomes[i] = outcome
    return [
        outcome if outcome is not None else _follow(placements, outcomes, first_of, i)
        for i, outcome in enumerate(outcomes)
    ]


def _replay(key: idempotency.Key, body_hash: str, outcome: str) -> Outcome:
    if body_hash != key.body_hash:
        return Outcome(refused=Refused(idempotency.KEY_REUSED("Idempotency-Key")))
    return Outcome(body=outcome, replayed=True)


def _follow(
    placements: Sequence[Placement], outcomes: list[Outcome | None], first_of: dict[_Identity, int], i: int
) -> Outcome:
    """A duplicate inside the batch has the outcome of the first with its key."""
    key = placements[i].key
    if key is None:
        raise AssertionError("an order without a key was left undecided")
    first = first_of[key.identity]
    leader_key, leader = placements[first].key, outcomes[first]
    if leader is None or leader_key is None:
        raise AssertionError("the first order of a key was left undecided")
    if leader.body is None and key.body_hash == leader_key.body_hash:
        return leader
    if leader.body is None:
        return Outcome(refused=Refused(idempotency.KEY_REUSED("Idempotency-Key")))
    return _replay(key, leader_key.body_hash, leader.body)


async def _place_fresh(tx: Tx, placements: Sequence[Placement]) -> list[Outcome]:
    started = await start_orders(tx, placements)
    orders = [priced for priced in started if isinstance(priced, Priced)]
    await price_orders(tx, orders)
    await find_rules(tx, orders)
    await find_promotions(tx, orders)
    asking = await find_policies(tx, orders)
    await find_dues(tx, orders)
    await find_uses(tx, orders)
    await lock_drafts(tx, orders)
    balances = None if tx.is_second_try else await see_balances(tx, orders)
    allotments = await find_allotments(tx, orders, lock=balances is None)
    if balances is None:
        balances = await lock_balances(tx, orders)
    admitted = [order for order in orders if _admit(order, balances, allotments, asking)]
    await promise_dates(tx, admitted, balances.stock)
    accounts = await ensure_accounts(tx, [order.credit for order in admitted if order.credit is not None])
    await open_budgets(tx, balances.drawn_budgets)
    async with documents_together(tx, admitted):
        numbers = await write_documents(tx, admitted)
        bodies = await write_consequences(tx, admitted, numbers, accounts)
    await write_dues(tx, admitted)
    await write_uses(tx, admitted, accounts)
    await mark_submitted(tx, admitted)
    left = await write_history(tx, admitted)
    await ask_approvals(tx, admitted, numbers, asking)
    # From here on others may wait for us.
    await draw_takes(tx, admitted, allotments)
    await draw(tx, admitted, balances, accounts)
    await take_out(tx, left)
    return [
        Outcome(refused=Refused(item if isinstance(item, list) else item.faults))
        if isinstance(item, list) or item.faults
        else Outcome(body=bodies[item.id])
        for item in started
    ]


def _admit(order: Priced, balances: Balances, allotments: Allotments | None, asking: Asking | None) -> bool:
    order.credit = balances.credit[holder_of(order)]
    if order.is_closed_history:
        return not order.faults
    promote(order, balances.budgets, balances.stock, allotments)
    hold_to_rules(order)
    use_rebates(order, balances.wallets)
    hold_to_policies(order, asking)
    hold_to_expected(order)
    taken = claim(order, allotments)
    if admit(order, balances.stock, order.credit):
        return True
    unclaim(taken, allotments)
    give_back_budgets(order, balances.budgets)
    give_back_rebates(order, balances.wallets)
    return False
