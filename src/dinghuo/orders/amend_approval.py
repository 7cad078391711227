"""Amendments that somebody has to approve: only what changes is held against the policies."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from dinghuo.approvals.ask import Ask, open_requests
from dinghuo.approvals.kinds import Fact, Kind, Waiver
from dinghuo.approvals.policies import Policy, load_policies
from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO, round_money
from dinghuo.orders.decide import LineRow
from dinghuo.orders.diff import Diff, DiffLine
from dinghuo.orders.floor import shortfall

SUBJECT = "amendment"
AMENDMENT = Kind(
    SUBJECT,
    "订单变更",
    "Order amendment",
    facts=(
        Fact("amount_up", "number", "金额增加", "Amount added", "price"),
        Fact("amount_down", "number", "金额减少", "Amount taken away", "price"),
        Fact("gross", "number", "变更后价税合计", "Amount with tax afterwards", "price"),
        Fact("discount", "number", "变更行的最大折扣", "Largest discount of a line that changes", "price"),
        Fact("manual_price", "flag", "有手工价格的变更行", "The price of a line that changes was set by hand"),
        Fact(
            "lowest_margin_rate",
            "number",
            "变更行的最低毛利率",
            "Lowest margin rate of a line that changes",
            "margin",
        ),
        Fact("below_cost", "flag", "有低于成本的变更行", "Some line that changes is below cost", "margin"),
        Fact("below_floor", "integer", "低于最低限价的变更行数", "Lines that change below their floor price", "cost"),
        Fact("credit_overrun", "number", "超出信用额度的金额", "By how much it exceeds the credit limit", "price"),
        Fact("lines_added", "integer", "新增行数", "Lines added"),
        Fact("lines_changed", "integer", "变更行数", "Lines changed"),
        Fact("lines_removed", "integer", "删除行数", "Lines taken out"),
        Fact("date_changed", "flag", "改了交期", "The requested date changes"),
        Fact("address_changed", "flag", "改了收货地址", "The address changes"),
        Fact("by_dealer", "flag", "经销商提出", "A dealer asks for it"),
        Fact("currency", "text", "币种", "Currency"),
        Fact("customer", "text", "客户编码", "Customer's code"),
    ),
    waives=(Waiver("credit", "超信用额度", "Over the credit limit"),),
)
_FOUR = Decimal("0.0001")


async def matching(tx: Tx, facts: dict[str, Any] | None) -> tuple[Policy, ...]:
    """The policies that want an amendment with these facts approved."""
    policies = await load_policies(tx, SUBJECT)
    return policies.matching(facts) if policies and facts is not None else ()


async def is_asked(tx: Tx) -> bool:
    """Whether any policy is about amendments: else nobody needs to know their facts."""
    return bool(await load_policies(tx, SUBJECT))


async def open_request(
    tx: Tx, diff: Diff, policies: tuple[Policy, ...], facts: dict[str, Any], *, amendment_id: UUID, by: Actor
) -> None:
    await open_requests(
        tx,
        [
            (
                Ask(
                    subject_kind=SUBJECT,
                    subject_id=amendment_id,
                    title=diff.order.number,
                    facts=facts,
                    by=by,
                    customer_id=diff.order.customer_id,
                ),
                policies,
            )
        ],
    )


def facts_of(diff: Diff, *, room: Decimal | None, customer: str, by_dealer: bool, day: date) -> dict[str, Any]:
    """What policies may ask of an amendment; `room` is what is left of the credit limit before it, `day` the
    order's."""
    up = diff.after.gross - diff.before.gross
    agreed = list(_agreed_anew(diff))
    rows = [row for row, _ in agreed]
    rates = [rate for row in rows if (rate := _margin_rate(row)) is not None]
    changes = [line.change for line in diff.changed]
    return {
        "amount_up": max(up, ZERO),
        "amount_down": max(-up, ZERO),
        "gross": diff.after.gross,
        "discount": max((_discount(row) for row in rows), default=ZERO),
        "manual_price": any(b'"manual"' in bytes(row.price_reason) for row in rows),
        "lowest_margin_rate": min(rates, default=None),
        "below_cost": any(rate < ZERO for rate in rates),
        "below_floor": sum(sku is not None and shortfall(row, sku, day) > ZERO for row, sku in agreed),
        "credit_overrun": ZERO if room is None else max(up - max(room, ZERO), ZERO),
        "lines_added": changes.count("added"),
        "lines_changed": changes.count("changed"),
        "lines_removed": changes.count("removed"),
        "date_changed": "requested_date" in diff.head or any(map(_is_moved, diff.changed)),
        "address_changed": "ship_to" in diff.head or any(map(_goes_elsewhere, diff.changed)),
        "by_dealer": by_dealer,
        "currency": diff.order.currency,
        "customer": customer,
    }


def _agreed_anew(diff: Diff) -> Iterator[tuple[LineRow, SkuFacts | None]]:
    """The lines of which something is agreed anew; texts and dates are no matter of prices."""
    for line in diff.changed:
        if line.new is not None and line.new.kind != "gift" and not _is_text(line):
            yield line.new, line.sku


def _is_text(line: DiffLine) -> bool:
    old, new = line.old.row if line.old else None, line.new
    return (
        old is not None
        and new is not None
        and (old.unit, old.quantity, old.gross) == (new.unit, new.quantity, new.gross)
    )


def _is_moved(line: DiffLine) -> bool:
    return bool(line.old and line.new and line.old.row.requested_date != line.new.requested_date)


def _goes_elsewhere(line: DiffLine) -> bool:
    return bool(line.new and line.new.ship_to != (line.old.row.ship_to if line.old else None))


def _discount(row: LineRow) -> Decimal:
    if not row.list_price:
        return ZERO
    return max(1 - row.deal_price / row.list_price, ZERO).quantize(_FOUR)


def _margin_rate(row: LineRow) -> Decimal | None:
    if row.unit_cost is None or not row.net:
        return None
    return ((row.net - round_money(row.unit_cost * row.base_quantity)) / row.net).quantize(_FOUR)
