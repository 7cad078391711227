"""What promotions gave an order follows its amendments.

An order keeps the promotions it was granted and no others: they are reckoned anew on what it is to be, with what it
holds of their budgets added to what is left of them. Discounts and gifts become more or fewer; a gift of which some
is released or shipped stays as it is.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.accounts.budgets import (
    Bound,
    Budget,
    BudgetEntry,
    append_budget_entries,
    find_budgets,
    held_of_budgets,
    lock_budgets,
    move_budgets,
    open_budgets,
)
from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO, split_tax
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.diff import Diff, DiffLine, agrees, changes_goods, settle, sums_after
from dinghuo.orders.offers import bounds_of
from dinghuo.orders.places import place_of_gift
from dinghuo.orders.promote import GrantedBy, discounted, final_of, gift_line
from dinghuo.pricing.facts import load_entries, load_lists
from dinghuo.pricing.gift_offer import gift_offer
from dinghuo.pricing.grant import GiftOffer, Given, Granted, Offer, Room, grant, room_of
from dinghuo.pricing.measure import BasketLine
from dinghuo.pricing.promotion_facts import PromotionFacts, promotions_by_id

GIFT = "gift"

_GRANTS = """
select g.promotion_id, g.coupon
from sales_order o cross join jsonb_to_recordset(o.promotions) as g(promotion_id uuid, coupon text)
where o.tenant_id = $1 and o.id = $2
"""
_WRITE_GRANTS = "update sales_order o set promotions = $3::jsonb where o.tenant_id = $1 and o.id = $2"


class Regranted(msgspec.Struct):
    """What an amended order is granted now, and the budgets that move by the difference."""

    grants: list[GrantedBy]
    budgets: dict[UUID, Budget]
    entries: list[BudgetEntry]


async def regrant(
    tx: Tx, diff: Diff, standing: Priced, codes: Mapping[UUID, str], *, short: Collection[UUID] = (), locks: bool
) -> Regranted | None:
    """Reckon the order's promotions on its lines as they are to be, which follow; None when it was granted none.

    Promotions that are `short` give no more of their gifts than they did. With `locks` the budgets are locked: after
    accounts, before stock.
    """
    if not any(changes_goods(line) for line in diff.changed):
        return None
    had = {row["promotion_id"]: row for row in await tx.fetch(_GRANTS, diff.order.id)}
    if not had:
        return None
    promotions = await promotions_by_id(tx, had)
    bounds = {id: list(bounds_of(promotion, diff.order.customer_id)) for id, promotion in promotions.items()}
    wanted = [bound for several in bounds.values() for bound in several]
    budgets = await (lock_budgets if locks else find_budgets)(tx, wanted)
    held = {entry.budget_id: entry for entry in await held_of_budgets(tx, [diff.order.id])}
    # Reckoned before, without a lock: gifts that would come anew are found again.
    diff.lines = [line for line in diff.lines if line.old is not None or line.new is None or line.new.kind != GIFT]
    goods = [line for line in diff.lines if line.new is not None and line.new.kind != GIFT]
    skus = await _skus(tx, goods, codes, promotions.values())
    there = _gifts_there(diff)
    given = {key: line.old.row for key, line in there.items() if line.old}
    rooms = _rooms(bounds, budgets, held)
    granted = await _grant(tx, standing, goods, skus, promotions, rooms, _Short(short, given))
    _discount(goods, granted, standing)
    _give(diff, there, granted.gifts, standing)
    diff.after = sums_after(diff)
    kept = [GrantedBy(each.promotion.id, each.saved, had[each.promotion.id]["coupon"]) for each in granted.grants]
    return Regranted(kept, budgets, _entries(diff, granted, bounds, budgets, held))


async def write_regranted(tx: Tx, diff: Diff, regranted: Regranted) -> None:
    """Keep what the order is granted now, and move the budgets, which this transaction has locked."""
    grants = msgspec.json.encode(regranted.grants).decode() if regranted.grants else None
    await tx.write(_WRITE_GRANTS, diff.order.id, grants)
    await open_budgets(tx, [budget for budget in regranted.budgets.values() if budget.taken_uses])
    await append_budget_entries(tx, regranted.entries)
    await move_budgets(tx, regranted.budgets.values())


async def _skus(tx: Tx, goods: Sequence[DiffLine], codes: Mapping[UUID, str], promotions: Any) -> dict[str, SkuFacts]:
    named = {codes.get(line.new.sku_id, line.new.sku_code) for line in goods if line.new}
    named |= {promotion.gift_sku for promotion in promotions if promotion.gift_sku}
    known = await load_skus(tx, named)
    return {code: known[code] for code in named if code in known}


def _rooms(
    bounds: Mapping[UUID, Sequence[Bound]], budgets: Mapping[UUID, Budget], held: Mapping[UUID, BudgetEntry]
) -> dict[UUID, list[Room]]:
    """What is left of the budgets, and what the order holds of them."""

    def room(bound: Bound) -> Room:
        amount, uses = budgets[bound.id].room
        own = held.get(bound.id)
        return Room(
            None if amount is None else amount + (own.amount if own else ZERO),
            None if uses is None else uses + (own.uses if own else 0),
        )

    return {id: [room(bound) for bound in several] for id, several in bounds.items()}


async def _grant(
    tx: Tx,
    standing: Priced,
    goods: Sequence[DiffLine],
    skus: Mapping[str, SkuFacts],
    promotions: Mapping[UUID, PromotionFacts],
    rooms: Mapping[UUID, Sequence[Room]],
    short: "_Short",
) -> Granted:
    by_id = {sku.id: sku for sku in skus.values()}
    basket, of_goods = [], []
    for line in goods:
        row = line.new
        if row is not None and row.sku_id in by_id:
            full = row.gross + (row.discount or ZERO)
            basket.append(
                BasketLine(
                    row.line_no, by_id[row.sku_id], row.unit, row.quantity, row.base_quantity, full, final_of(row)
                )
            )
            of_goods.append(by_id[row.sku_id])
    offers = [
        Offer(promotion, places, room_of(promotion, rooms))
        for promotion in promotions.values()
        if (places := [place for place, sku in enumerate(of_goods) if promotion.covers(sku)])
    ]
    lists = (await load_lists(tx, [standing.customer]))[standing.customer.id]
    giving = [p for p in promotions.values() if p.kind == "buy_get"]
    gifts = {sku.id for sku in of_goods} | {skus[p.gift_sku].id for p in giving if p.gift_sku and p.gift_sku in skus}
    if giving:
        await load_entries(tx, ((price_list, sku_id) for price_list in lists for sku_id in gifts))

    def gift_of(promotion: PromotionFacts, bought: SkuFacts | None, quantity: Decimal) -> GiftOffer | None:
        sku = bought or skus.get(promotion.gift_sku or "")
        if sku is None:
            return None
        offer = gift_offer(lists, sku, promotion.gift_unit, quantity, day=standing.day, currency=standing.currency)
        if offer is None or promotion.id not in short.promotions:
            return offer
        was = short.given.get((promotion.id, sku.id))
        if was is None:
            return GiftOffer(sku, offer.unit, ZERO, ZERO, None)
        if was.base_quantity >= offer.base_quantity:
            return offer
        return gift_offer(lists, sku, was.unit, was.quantity, day=standing.day, currency=standing.currency)

    return _given_only(grant(basket, offers, currency=standing.currency, gift_of=gift_of))


def _given_only(granted: Granted) -> Granted:
    """Without what came to nothing, because there is too little of it."""
    several = [given for given in granted.gifts if given.gift.quantity]
    giving = {given.promotion.id for given in several}
    grants = [each for each in granted.grants if each.promotion.kind != "buy_get" or each.promotion.id in giving]
    return msgspec.structs.replace(granted, gifts=several, grants=grants)


def _discount(goods: Sequence[DiffLine], granted: Granted, standing: Priced) -> None:
    """Give each line its discount of now; one whose discount is another is changed by it."""
    for line, discount, verdicts in zip(goods, granted.discounts, granted.verdicts, strict=True):
        row = line.new
        if row is None or (not verdicts and not row.discount):
            continue
        if line.change == "kept" and discount == (row.discount or ZERO):
            continue
        line.new = discounted(standing, _undiscounted(row, standing.currency), discount, verdicts)
        if line.change == "kept" and line.old and not agrees(line.old.row, line.new):
            line.change = "changed"
        settle(line)


def _undiscounted(row: LineRow, currency: str) -> LineRow:
    """A line as the lists priced it."""
    if not row.discount and b'"promotions":' not in bytes(row.price_reason):
        return row
    reason = msgspec.json.decode(row.price_reason)
    plain = {name: value for name, value in reason.items() if name not in ("amount", "promotions")}
    split = split_tax(row.gross + (row.discount or ZERO), row.tax_rate, tax_inclusive=True, currency=currency)
    return msgspec.structs.replace(
        row,
        price_reason=msgspec.Raw(msgspec.json.encode(plain)),
        deal_price=row.deal_price if row.list_price is None else row.list_price,
        discount=None,
        net=split.net,
        tax=split.tax,
        gross=split.gross,
    )


_Key = tuple[UUID | None, UUID]
"""A gift: of which promotion, which SKU."""


class _Short(msgspec.Struct, frozen=True):
    """The promotions that give no more than they did, and what that was."""

    promotions: Collection[UUID]
    given: Mapping[_Key, LineRow]


def _gifts_there(diff: Diff) -> dict[_Key, DiffLine]:
    """The gift lines that the order has."""
    return {
        (line.old.row.promotion_id, line.old.row.sku_id): line
        for line in diff.lines
        if line.old is not None and line.old.row.kind == GIFT
    }


def _give(diff: Diff, gift_lines: Mapping[_Key, DiffLine], gifts: Sequence[Given], standing: Priced) -> None:
    """Bring the gift lines in line with what is given now."""
    there = dict(gift_lines)
    goods = {line.line_no: line.new for line in diff.lines if line.new is not None and line.new.kind != GIFT}
    number = max((line.line_no for line in diff.lines), default=0)
    for given in gifts:
        to = place_of_gift(given.given_by, goods)
        line = there.pop((given.promotion.id, given.gift.sku.id), None)
        if line is None:
            number += 1
            line = DiffLine(number, "added", None, None, None, given.gift.sku)
            line.new = gift_line(standing, number, given, to)
            diff.lines.append(line)
        elif line.old is not None and not line.old.least and not line.old.cancelled:
            line.sku = given.gift.sku
            line.new = gift_line(standing, line.line_no, given, to)
            new, old = line.new, line.old.row
            same = (new.unit, new.quantity, new.ship_to) == (old.unit, old.quantity, old.ship_to)
            line.change = "kept" if same else "changed"
            if same:
                _revalue(line, given.gift.value or ZERO, given.given_by)
        else:
            _revalue(line, given.gift.value or ZERO, given.given_by)
    for line in there.values():
        if line.old is not None and not line.old.least and not line.old.cancelled:
            line.change, line.new = "removed", None
        else:
            _revalue(line, ZERO, line.old.row.given_by if line.old else None)


def _revalue(line: DiffLine, value: Decimal, given_by: list[int] | None) -> None:
    """A gift that is on its way, or closed, stays, and counts as what is still granted, for the lines of now."""
    if line.old is None:
        raise AssertionError("only a gift that is there stays")
    row = line.new = line.old.row
    if (row.discount or ZERO, row.given_by) != (value, given_by):
        line.change, line.new = "changed", msgspec.structs.replace(row, discount=value, given_by=given_by)


def _entries(
    diff: Diff,
    granted: Granted,
    bounds: Mapping[UUID, Sequence[Bound]],
    budgets: Mapping[UUID, Budget],
    held: Mapping[UUID, BudgetEntry],
) -> list[BudgetEntry]:
    """By how much each budget is drawn on more, or less, than it is."""
    wanted: dict[UUID, tuple[Decimal, int]] = dict.fromkeys(budgets, (ZERO, 0))
    for each in granted.grants:
        for bound in bounds.get(each.promotion.id, ()):
            amount, uses = wanted[bound.id]
            wanted[bound.id] = (amount + each.saved, uses + 1)
    entries = []
    for id, (amount, uses) in wanted.items():
        own = held.get(id)
        more = amount - (own.amount if own else ZERO)
        often = uses - (own.uses if own else 0)
        if more or often:
            budgets[id].take(more, often)
            verb = "release" if more < ZERO or often < 0 else "reserve"
            entries.append(BudgetEntry(id, more, often, verb, "order", diff.order.id))
    return entries
