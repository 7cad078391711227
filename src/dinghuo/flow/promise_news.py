"""What dealers are told when what they wait for is to come on another day: once for an order, however often."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from dinghuo.flow.dealer_news import tell_dealers
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.orders.events import MovedPromise, Repromised

_LINES = """
select o.id, o.number, l.line_no, l.promised_date, l.sku_name, coalesce(s.name_en, l.sku_name) as sku_name_en
from sales_order o
join order_line l on l.tenant_id = $1 and l.order_id = o.id
join sku s on s.tenant_id = $1 and s.id = l.sku_id
where o.tenant_id = $1 and o.id = any($2::uuid[]) order by o.id, l.line_no
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


def _together(moves: Iterable[MovedPromise]) -> dict[int, MovedPromise]:
    """From the first day to the last of each line, where they differ."""
    found: dict[int, MovedPromise] = {}
    for move in moves:
        before = found.get(move.line_no)
        found[move.line_no] = MovedPromise(move.line_no, before.old if before else move.old, move.new)
    return {line_no: move for line_no, move in found.items() if move.old != move.new}


def _words(rows: Sequence[Any], moves: dict[int, MovedPromise]) -> tuple[str, str, str, str]:
    number, count = rows[0]["number"], len(rows)
    later = sum(_is_later(moves[row["line_no"]]) for row in rows)
    zh = "推迟" if later == count else "提前" if not later else "有变"
    en = "later" if later == count else "sooner" if not later else "on other days"
    shown = rows[:_MOST_NAMED]
    more = count - len(shown)
    body = [
        f"{row['sku_name']}：{_day(moves[row['line_no']].old, '未定')} → {_day(moves[row['line_no']].new, '未定')}"
        for row in shown
    ] + ([f"另有 {more} 行"] if more else [])
    body_en = [
        f"{row['sku_name_en']}: {_day(moves[row['line_no']].old, 'unknown')} → "
        f"{_day(moves[row['line_no']].new, 'unknown')}"
        for row in shown
    ] + ([f"and {more} more"] if more else [])
    return (
        f"订单 {number} 的 {count} 行预计到货{zh}",
        f"{count} line{'' if count == 1 else 's'} of order {number} will come {en}",
        "\n".join(body),
        "\n".join(body_en),
    )


def _is_later(move: MovedPromise) -> bool:
    return move.new is None or (move.old is not None and move.new > move.old)


def _day(day: date | None, unknown: str) -> str:
    return unknown if day is None else day.isoformat()
