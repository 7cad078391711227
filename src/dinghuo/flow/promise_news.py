"""What a dealer and their sales person are told when goods waited for are to come on another day: once for an order,
however often."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from dinghuo.flow.dealer_news import Words, tell_dealers
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.notices.messages import Note, send
from dinghuo.orders.events import MovedPromise, Repromised

_LINES = """
select o.id, o.number, l.line_no, l.promised_date, l.sku_name, coalesce(s.name_en, l.sku_name) as sku_name_en
from sales_order o
join order_line l on l.tenant_id = $1 and l.order_id = o.id
join sku s on s.tenant_id = $1 and s.id = l.sku_id
where o.tenant_id = $1 and o.id = any($2::uuid[]) order by o.id, l.line_no
"""
# Who answers for the customers of these orders, where they may read orders.
_OWNERS = """
select o.id, c.owner_id, c.name, coalesce(c.name_en, c.name) as name_en
from sales_order o
join customer c on c.tenant_id = $1 and c.id = o.customer_id
join app_user u on u.tenant_id = $1 and u.id = c.owner_id and u.state = 'active'
where o.tenant_id = $1 and o.id = any($2::uuid[]) and exists (
  select from user_role r join role_permission p on p.tenant_id = $1 and p.role_id = r.role_id
  where r.tenant_id = $1 and r.user_id = c.owner_id and p.permission = 'orders.read')
order by o.id
"""
_MOST_NAMED = 5


async def tell_of_promises(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to Repromised. What came back to the day it was promised for, or has moved on, is no news."""
    moves: dict[UUID, list[MovedPromise]] = defaultdict(list)
    last: dict[UUID, Delivery] = {}
    for _, delivery in sorted({delivery.event_id: delivery for delivery in deliveries}.items()):
        moves[delivery.subject_id] += delivery.read(Repromised).lines
        last[delivery.subject_id] = delivery
    net = {order_id: lines for order_id, several in moves.items() if (lines := _together(several))}
    rows: dict[UUID, list[Any]] = defaultdict(list)
    for row in await tx.fetch(_LINES, sorted(net)) if net else ():
        move = net[row["id"]].get(row["line_no"])
        if move is not None and move.new == row["promised_date"]:
            rows[row["id"]].append(row)
    if rows:
        words = {order_id: _words(several, net[order_id]) for order_id, several in rows.items()}
        await tell_dealers(tx, [last[order_id] for order_id in rows], words)
        await _tell_owners(tx, {order_id: last[order_id] for order_id in rows}, words)


async def _tell_owners(tx: Tx, news: Mapping[UUID, Delivery], words: Mapping[UUID, Words]) -> None:
    """Nobody is told what they did themselves."""
    notes = []
    for row in await tx.fetch(_OWNERS, sorted(news)):
        delivery, (title, title_en, body, body_en) = news[row["id"]], words[row["id"]]
        if delivery.read(Repromised).moved_by != row["owner_id"]:
            notes.append(
                Note(
                    group_id=delivery.event_id,
                    users=[row["owner_id"]],
                    kind=delivery.kind,
                    title=f"{row['name']}：{title}",
                    title_en=f"{row['name_en']}: {title_en}",
                    body=body,
                    body_en=body_en,
                    link=f"order:{row['id']}",
                )
            )
    await send(tx, notes)


def _together(moves: Iterable[MovedPromise]) -> dict[int, MovedPromise]:
    """From the first day to the last of each line, where they differ."""
    found: dict[int, MovedPromise] = {}
    for move in moves:
        before = found.get(move.line_no)
        found[move.line_no] = MovedPromise(move.line_no, before.old if before else move.old, move.new)
    return {line_no: move for line_no, move in found.items() if move.old != move.new}


def _words(rows: Sequence[Any], moves: dict[int, MovedPromise]) -> Words:
    number, count = rows[0]["number"], len(rows)
    zh, en = _way([moves[row["line_no"]] for row in rows])
    shown = rows[:_MOST_NAMED]
    more = count - len(shown)
    body = [f"{row['sku_name']}：{_days(moves[row['line_no']], '未定')}" for row in shown]
    body_en = [f"{row['sku_name_en']}: {_days(moves[row['line_no']], 'unknown')}" for row in shown]
    return (
        f"订单 {number} 的 {count} 行预计到货{zh}",
        f"{count} line{'' if count == 1 else 's'} of order {number} will come {en}",
        "\n".join(body + ([f"另有 {more} 行"] if more else [])),
        "\n".join(body_en + ([f"and {more} more"] if more else [])),
    )


_WAYS = {
    "later": ("推迟", "later"),
    "sooner": ("提前", "sooner"),
    "known": ("日期已定", "on a day that is known now"),
}


def _way(moves: Sequence[MovedPromise]) -> tuple[str, str]:
    """How the days moved, in both languages, when all of them moved alike."""
    ways = {_way_of(move) for move in moves}
    return _WAYS[ways.pop()] if len(ways) == 1 else ("有变", "on other days")


def _way_of(move: MovedPromise) -> str:
    if move.old is None:
        return "known"
    return "later" if move.new is None or move.new > move.old else "sooner"


def _days(move: MovedPromise, unknown: str) -> str:
    """A line without a day was there, or nobody knew: of its past nothing is said."""
    new = unknown if move.new is None else move.new.isoformat()
    return new if move.old is None else f"{move.old.isoformat()} → {new}"
