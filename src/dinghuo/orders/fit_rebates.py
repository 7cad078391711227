"""What orders use of rebates follows them: given back as they shrink or are off, used for good once they are over."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.accounts.rebates import RebateEntry, has_rebates, lock_balances, write_rebates
from dinghuo.accounts.reserve import Entry, ensure_accounts, find_credit, write_entries
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.kit.outbox import Delivery
from dinghuo.orders.lock_orders import holder_of
from dinghuo.orders.rebate_use import DOCUMENT, most_of

_HELD = """
select r.order_id, r.kind, r.balance_id, r.amount, r.percent, l.whole, l.own, coalesce(c.gross, 0) as charges
from order_rebate r
cross join lateral (
  select coalesce(sum(w.worth), 0) as whole,
    coalesce(sum(w.worth) filter (where w.line_no = any(r.lines)), 0) as own
  from (
    select l.line_no, case when l.cancelled = 0 then l.gross
      else round(l.gross * (l.base_quantity - l.cancelled) / l.base_quantity, 2) end as worth
    from order_line l where l.tenant_id = $1 and l.order_id = r.order_id
  ) w
) l
left join lateral (
  select sum(c.gross) as gross from order_charge c where c.tenant_id = $1 and c.order_id = r.order_id
) c on true
where r.tenant_id = $1 and r.order_id = any($2::uuid[]) and r.amount > 0 and r.used_at is null
order by r.order_id, r.kind desc
"""
_CHANGE = """
update order_rebate r set amount = c.amount
from json_to_recordset($2::json) as c(order_id uuid, kind text, amount numeric)
where r.tenant_id = $1 and r.order_id = c.order_id and r.kind = c.kind
"""
_IN_USE = """
select r.order_id, sum(r.amount) as amount from order_rebate r
where r.tenant_id = $1 and r.order_id = any($2::uuid[]) and r.amount > 0 group by r.order_id
"""
_BALANCES = """
select distinct r.balance_id from order_rebate r
where r.tenant_id = $1 and r.order_id = any($2::uuid[]) and r.amount > 0 and r.used_at is null
"""


class _Change(msgspec.Struct, frozen=True):
    order_id: UUID
    kind: str
    amount: Decimal


async def rebates_of(tx: Tx, order_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """What these orders use; those that use nothing are absent."""
    if not await has_rebates(tx):
        return {}
    return {row["order_id"]: row["amount"] for row in await tx.fetch(_IN_USE, list(order_ids))}


async def lock_uses(tx: Tx, order_ids: Collection[UUID]) -> None:
    """Lock the balances that these orders draw on; after accounts, before stock."""
    if await has_rebates(tx):
        rows = await tx.fetch(_BALANCES, list(order_ids))
        await lock_balances(tx, {row["balance_id"] for row in rows})


async def fit_rebates(tx: Tx, orders: Sequence[Any], *, off: bool = False) -> None:
    """Give back what these locked orders, their lines changed, may no longer use; all of it when they are off.

    An order that grows does not use more. Their accounts are locked by the caller; the balances here.
    """
    if not await has_rebates(tx):
        return
    rows = await tx.fetch(_HELD, [order.id for order in orders])
    currencies = {order.id: order.currency for order in orders}
    changes = [] if not rows else _less(rows, currencies, off=off)
    if not changes:
        return
    await lock_balances(tx, {row["balance_id"] for row, _ in changes})
    await tx.write_rows(
        _CHANGE, [_Change(row["order_id"], row["kind"], row["amount"] - less) for row, less in changes]
    )
    await write_rebates(
        tx,
        [
            RebateEntry(row["balance_id"], "reserved", -less, "release", "order", row["order_id"])
            for row, less in changes
        ],
    )
    holders = {order.id: holder_of(order) for order in orders}
    accounts = await ensure_accounts(tx, list((await find_credit(tx, list(holders.values()))).values()))
    await write_entries(
        tx,
        [
            Entry(accounts[holders[row["order_id"]]], "unapplied", less, "release", DOCUMENT, row["order_id"])
            for row, less in changes
        ],
    )


def _less(rows: Sequence[Any], currencies: Mapping[UUID, str], *, off: bool) -> list[tuple[Any, Decimal]]:
    """By how much less each is used; of one order goods come before money, whose share is of what is left to pay."""
    goods: dict[UUID, Decimal] = {}
    changes = []
    for row in rows:
        order_id = row["order_id"]
        if off or not row["whole"]:
            kept = ZERO
        elif row["kind"] == "goods":
            kept = goods[order_id] = min(row["amount"], row["own"])
        else:
            left = row["whole"] + row["charges"] - goods.get(order_id, ZERO)
            kept = min(row["amount"], most_of(left, row["percent"], currencies[order_id]))
        if kept != row["amount"]:
            changes.append((row, row["amount"] - kept))
    return changes


_OVER = """
select r.order_id, r.kind, r.balance_id, r.amount from order_rebate r
join sales_order o on o.tenant_id = $1 and o.id = r.order_id and o.state = 'closed'
where r.tenant_id = $1 and r.order_id = any($2::uuid[]) and r.used_at is null
order by r.order_id, r.kind for no key update of r
"""
_USED = """
update order_rebate r set used_at = $3
where r.tenant_id = $1 and r.order_id = any($2::uuid[]) and r.used_at is null
"""


async def consume_rebates(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to orders that are over: what they held is used for good."""
    if not await has_rebates(tx):
        return
    rows = await tx.fetch(_OVER, sorted({delivery.subject_id for delivery in deliveries}))
    if not rows:
        return
    await tx.write(_USED, sorted({row["order_id"] for row in rows}), tx.now)
    held = [row for row in rows if row["amount"]]
    await lock_balances(tx, {row["balance_id"] for row in held})
    entries = [
        RebateEntry(row["balance_id"], bucket, amount, "consume", "order", row["order_id"])
        for row in held
        for bucket, amount in (("reserved", -row["amount"]), ("used", row["amount"]))
    ]
    await write_rebates(tx, entries)
