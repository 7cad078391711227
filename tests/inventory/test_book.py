"""Receipts, counts, adjustments, allowances: what is there, who is promised it, and what is said of it."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import count as count_up
from zoneinfo import ZoneInfo

import pytest
from tests.callers import Staff
from tests.inventory.conftest import Depot
from tests.statements import statements

from dinghuo.inventory.adjust import Adjustment, adjust
from dinghuo.inventory.count import Counted, count
from dinghuo.inventory.open_stock import Opening, open_stock
from dinghuo.inventory.receive import GoodsReceipt, ReceiptLine, receive
from dinghuo.inventory.set_allowance import Allowance, set_allowances
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx, utc_now

A1, B1 = ("A", "W1"), ("B", "W1")


async def test_a_receipt_adds_to_stock_in_base_units_with_its_cost(depot: Depot) -> None:
    arrived = utc_now() - timedelta(days=1)
    this_year = datetime.now(ZoneInfo("Asia/Shanghai")).year
    lines = [
        ReceiptLine("A", Decimal(5), "箱", Decimal("30")),
        ReceiptLine("A", Decimal(6)),
        ReceiptLine("B", Decimal("0.5"), "箱"),
    ]
    receipts = [
        GoodsReceipt("W1", lines, supplier="茶厂", received_at=arrived),
        GoodsReceipt("W2", lines[:1], number="PO-7"),
    ]
    first, second = await depot.run(lambda tx: receive(tx, receipts=receipts, by=depot.by))
    assert (first.number, first.lines, second.number, second.lines) == (f"GR-{this_year}-000001", 3, "PO-7", 1)
    assert await depot.levels() == {A1: (66, 0, 0), B1: (6, 0, 0), ("A", "W2"): (60, 0, 0)}
    moves = await depot.rows(
        """select at, kind, quantity::int, unit_cost, document_kind, document_id, line_no, actor_id from stock_move
        where tenant_id = $1 order by id"""
    )
    assert moves[:2] == [
        (arrived, "receipt", 60, Decimal("2.5"), "goods_receipt", first.id, 1, depot.tenant.owner_id),
        (arrived, "receipt", 6, None, "goods_receipt", first.id, 2, depot.tenant.owner_id),
    ]
    kept = await depot.rows(
        """select r.number, r.supplier, l.line_no, l.unit, l.quantity::float, l.base_quantity::int, l.unit_cost
        from goods_receipt r join goods_receipt_line l on l.tenant_id = $1 and l.receipt_id = r.id
        where r.tenant_id = $1 order by 1, 3"""
    )
    assert kept[0] == (first.number, "茶厂", 1, "箱", 5.0, 60, Decimal(30))
    assert kept[2] == (first.number, "茶厂", 3, "箱", 0.5, 6, None)


async def test_everything_wrong_with_receipts_is_said_at_once(depot: Depot) -> None:
    await depot.run(
        lambda tx: receive(tx, receipts=[GoodsReceipt("W1", [ReceiptLine("A", Decimal(1))], "N1")], by=depot.by)
    )
    good = ReceiptLine("A", Decimal(1))
    receipts = [
        GoodsReceipt(
            "W9",
            [good, ReceiptLine("X\0", Decimal(1)), ReceiptLine("A", Decimal(0)), ReceiptLine("B", Decimal(1), "托")],
        ),
        GoodsReceipt("W1", [ReceiptLine("A", Decimal("0.0000001"), unit_cost=Decimal(-1))], number="N1"),
        GoodsReceipt("W1", [], number=" "),
        GoodsReceipt("W1", [good], number="N2", received_at=utc_now() + timedelta(days=1)),
        GoodsReceipt("W1", [good], number="N2", received_at=datetime(2026, 1, 1), note="x" * 2001),  # noqa: DTZ001 - that is what is wrong
        GoodsReceipt("W1", [good], received_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8)))),
    ]
    assert await depot.refused(lambda tx: receive(tx, receipts=receipts, by=depot.by)) == [
        ("unknown-code", "items[0].warehouse", 1),
        ("unknown-code", "items[0].lines[1].sku", 1),
        ("stock-nothing", "items[0].lines[2].quantity", 1),
        ("stock-unknown-unit", "items[0].lines[3].unit", 1),
        ("receipt-number-taken", "items[1].number", 2),
        ("stock-cost", "items[1].lines[0].unit_cost", 2),
        ("stock-quantity", "items[1].lines[0].quantity", 2),
        ("code-form", "items[2].number", 3),
        ("receipt-no-lines", "items[2].lines", 3),
        ("receipt-in-future", "items[3].received_at", 4),
        ("receipt-number-taken", "items[4].number", 5),
        ("text-too-long", "items[4].note", 5),
        ("receipt-moment", "items[4].received_at", 5),
        ("receipt-moment", "items[5].received_at", 6),
    ]


async def test_a_cost_that_no_base_unit_can_have_is_refused(depot: Depot) -> None:
    """Of a hundredth of a bottle: its price a bottle is a hundred times that."""

    async def small_unit(tx: Tx) -> None:
        await tx.write("insert into unit (tenant_id, code, name) values ($1, '滴', '滴')")
        await tx.write(
            "insert into sku_unit (tenant_id, sku_id, unit, numerator, denominator) values ($1, $2, '滴', 1, 100)",
            depot.goods.skus["A"],
        )
        await touch(tx, "catalogue")

    await depot.run(small_unit)
    lines = [ReceiptLine("A", Decimal(1), "滴", Decimal(cost)) for cost in ("10000000000", "9999999999.99")]
    receipts = [GoodsReceipt("W1", lines)]
    assert await depot.refused(lambda tx: receive(tx, receipts=receipts, by=depot.by)) == [
        ("stock-cost", "items[0].lines[0].unit_cost", 1)
    ]


async def test_numbers_that_receipts_came_with_are_not_drawn_again(depot: Depot) -> None:
    one = [ReceiptLine("A", Decimal(1))]

    async def number_of(*receipts: GoodsReceipt) -> list[str]:
        return [outcome.number for outcome in await depot.run(lambda tx: receive(tx, receipts=receipts, by=depot.by))]

    year = (await number_of(GoodsReceipt("W1", one)))[0][3:7]
    given = f"GR-{year}-000250"
    assert await number_of(GoodsReceipt("W1", one), GoodsReceipt("W1", one, given)) == [f"GR-{year}-000251", given]


async def test_costs_come_only_from_those_who_may_see_them(depot: Depot, staff: Staff) -> None:
    receipts = [GoodsReceipt("W1", [ReceiptLine("A", Decimal(1), unit_cost=Decimal(2))])]
    picker = await staff.principal("warehouse")
    refused = await depot.refused(lambda tx: receive(tx, receipts=receipts, by=depot.by, seen_by=picker))
    assert [code for code, _, _ in refused] == ["cost-hidden"]


async def test_goods_that_arrive_go_to_those_who_wait_the_earliest_first(depot: Depot) -> None:
    first = await depot.promise(("A", 5), ("B", 2))
    second = await depot.promise(("A", 5))
    await depot.receive("A", 7)
    assert await depot.promises(first) == [(1, 5, 0, 0, 0), (2, 0, 2, 0, 0)]
    assert await depot.promises(second) == [(1, 2, 3, 0, 0)]
    assert await depot.levels() == {A1: (7, 0, 7), B1: (0, 0, 0)}
    assert await depot.news() == [("inventory.filled", first, [5]), ("inventory.filled", second, [2])]
    await depot.receive("A", 10)
    assert await depot.promises(second) == [(1, 5, 0, 0, 0)]
    assert (await depot.levels())[A1] == (17, 0, 10)


async def test_a_count_below_what_is_promised_turns_the_latest_promises_into_backorders(depot: Depot) -> None:
    await depot.receive("A", 20)
    first = await depot.promise(("A", 8))
    second = await depot.promise(("A", 4), ("A", 3))
    third = await depot.promise(("A", 5))
    outcome = await depot.run(
        lambda tx: count(tx, counted=[Counted("W1", "A", Decimal(9)), Counted("W2", "B", Decimal(0))], by=depot.by)
    )
    assert (outcome.counted, outcome.changed) == (2, 1)
    assert (await depot.levels())[A1] == (9, 0, 9)
    assert await depot.promises(first) == [(1, 8, 0, 0, 0)]
    assert await depot.promises(second) == [(1, 1, 3, 0, 0), (2, 0, 3, 0, 0)]
    assert await depot.promises(third) == [(1, 0, 5, 0, 0)]
    assert await depot.moves() == [("receipt", 20), ("count", -11)]
    assert sorted(await depot.news(), key=lambda n: str(n[1])) == [
        ("inventory.backordered", second, [3, 3]),
        ("inventory.backordered", third, [5]),
    ]
    # Counted again and found: the earliest are served first.
    await depot.count("A", 14)
    assert await depot.promises(second) == [(1, 4, 0, 0, 0), (2, 2, 1, 0, 0)]
    assert await depot.promises(third) == [(1, 0, 5, 0, 0)]


async def test_a_count_by_cases_and_everything_wrong_with_one(depot: Depot) -> None:
    await depot.run(lambda tx: count(tx, counted=[Counted("W1", "A", Decimal("2.5"), "箱")], by=depot.by))
    assert (await depot.levels())[A1] == (30, 0, 0)
    counted = [
        Counted("W1", "A", Decimal(1)),
        Counted("W1", "A", Decimal(2), "箱"),
        Counted("W1", "B", Decimal(-1)),
        Counted("W8", "Z", Decimal(1)),
        Counted("W1", "B", Decimal("1000000000000")),
        Counted("W2", "B", Decimal("100000000000"), "箱"),
    ]
    assert await depot.refused(lambda tx: count(tx, counted=counted, by=depot.by)) == [
        ("stock-twice", "items[1].sku", 2),
        ("stock-quantity", "items[2].quantity", 3),
        ("unknown-code", "items[3].sku", 4),
        ("unknown-code", "items[3].warehouse", 4),
        ("stock-quantity", "items[4].quantity", 5),
        ("stock-quantity", "items[5].quantity", 6),
    ]


async def test_damage_takes_promised_goods_but_never_more_than_is_there(depot: Depot) -> None:
    await depot.receive("A", 10)
    document = await depot.promise(("A", 9))
    await depot.adjust("A", -4)
    assert await depot.promises(document) == [(1, 6, 3, 0, 0)]
    assert (await depot.levels())[A1] == (6, 0, 6)
    worse = [
        Adjustment("W1", "A", Decimal(-4), "lost"),
        Adjustment("W1", "A", Decimal(-3), "expired"),
        Adjustment("W1", "A", Decimal(0), "found"),
    ]
    assert await depot.refused(lambda tx: adjust(tx, adjustments=worse, by=depot.by)) == [
        ("stock-nothing", "items[2].quantity", 3)
    ]
    assert await depot.refused(lambda tx: adjust(tx, adjustments=worse[:2], by=depot.by)) == [
        ("stock-not-there", "items[0].quantity", 1),
        ("stock-not-there", "items[1].quantity", 2),
    ]
    found = [Adjustment("W1", "A", Decimal(1), "found", "箱", "货架后面")]
    await depot.run(lambda tx: adjust(tx, adjustments=found, by=depot.by))
    assert await depot.promises(document) == [(1, 9, 0, 0, 0)]
    assert await depot.rows(
        "select quantity::int, reason, note from stock_move where tenant_id = $1 and kind = 'adjustment' order by id"
    ) == [
        (-4, "damaged", None),
        (12, "found", "货架后面"),
    ]


async def test_an_allowance_promises_what_is_not_there_yet_and_is_not_taken_back(depot: Depot) -> None:
    document = await depot.promise(("A", 5))
    allow = [Allowance("W1", "A", Decimal(8)), Allowance("W1", "B", Decimal(0))]
    assert await depot.run(lambda tx: set_allowances(tx, allowances=allow, by=depot.by)) == 1
    assert await depot.promises(document) == [(1, 5, 0, 0, 0)]
    assert await depot.levels() == {A1: (0, 8, 5), B1: (0, 0, 0)}
    lower = [Allowance("W1", "A", Decimal(4))]
    assert await depot.refused(lambda tx: set_allowances(tx, allowances=lower, by=depot.by)) == [
        ("allowance-in-use", "items[0].quantity", 1)
    ]
    assert (
        await depot.run(lambda tx: set_allowances(tx, allowances=[Allowance("W1", "A", Decimal(5))], by=depot.by))
        == 1
    )
    audit = await depot.rows(
        "select subject_kind, changes from audit_entry where tenant_id = $1 and action = 'allowance_set' order by id"
    )
    assert audit == [
        ("sku", {"allowance W1": ["0.000000", "8"]}),
        ("sku", {"allowance W1": ["8.000000", "5"]}),
    ]


async def test_opening_balances_bear_the_moment_of_the_cut_over(depot: Depot) -> None:
    cut_over = datetime(2025, 12, 31, 16, tzinfo=UTC)
    openings = [Opening("W1", "A", Decimal(3), "箱", Decimal(24)), Opening("W2", "B", Decimal(7))]
    opened = await depot.run(lambda tx: open_stock(tx, openings=openings, by=depot.by, at=cut_over))
    assert opened.moves == 2
    assert await depot.levels() == {A1: (36, 0, 0), ("B", "W2"): (7, 0, 0)}
    assert await depot.rows("select kind, at, unit_cost from stock_move where tenant_id = $1 order by id") == [
        ("opening", cut_over, Decimal(2)),
        ("opening", cut_over, None),
    ]


@pytest.mark.parametrize("what", ["receive", "count", "adjust", "allow", "open"])
async def test_the_number_of_statements_does_not_depend_on_the_lines(depot: Depot, what: str) -> None:
    fresh = count_up(1)

    async def sent(size: int) -> int:
        """With promises at every place, waiting and held."""
        for sku in ("A", "B"):
            await depot.count(sku, 5)
            await depot.promise((sku, 7))
        pairs = [(sku, warehouse) for sku in ("A", "B")[:size] for warehouse in ("W1", "W2")[:size]]
        many = pairs * (1 if size == 1 else 50)
        commands = {
            "receive": lambda tx: receive(
                tx, receipts=[GoodsReceipt(w, [ReceiptLine(s, Decimal(1))]) for s, w in many], by=depot.by
            ),
            "count": lambda tx: count(tx, counted=[Counted(w, s, Decimal(size)) for s, w in pairs], by=depot.by),
            "adjust": lambda tx: adjust(
                tx, adjustments=[Adjustment(w, s, Decimal(1), "found") for s, w in many], by=depot.by
            ),
            "allow": lambda tx: set_allowances(
                tx, allowances=[Allowance(w, s, Decimal(next(fresh))) for s, w in pairs], by=depot.by
            ),
            "open": lambda tx: open_stock(tx, openings=[Opening(w, s, Decimal(1)) for s, w in many], by=depot.by),
        }
        return await statements(depot.database, depot.tenant, commands[what])

    await sent(1)  # what processes remember
    assert await sent(1) == await sent(2)
