"""Importing into a real database: what is written, once, whatever happens; and what a dry run leaves alone."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from tests.integrations.order_book.files import MAPPING
from tests.integrations.order_book.running import assert_sound, books, imported, read, rows_of
from tests.master import make_goods
from tests.support import Tenant, contents, make_tenant

from dinghuo.approvals.policies import Approver, StepSpec
from dinghuo.approvals.save_policies import PolicyInput, save_policies
from dinghuo.catalogue.tables import sku_unit, unit
from dinghuo.integrations.order_book import Report, dry_run, run_order_book, write_orders
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.bulk import put
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

ROWS = (
    "1,2026-01-01 09:00,K1,A,Ale,10,1.00",
    "1,2026-01-01 09:00,K1,B,Beer,5,2.50",
    "1,2026-01-01 09:00,K1,POST,Postage,1,4.00",
    "2,2026-01-02 09:00,K2,A,Ale,3,1.10",
    "C3,2026-01-03 09:00,K1,A,Ale,-4,1.00",
    "C4,2026-01-04 09:00,K2,B,Beer,-1,2.50",
    "5,2026-01-05 09:00,K1,B,Beer,2,2.50",
    "6,2026-01-06 09:00,K2,A,Ale,3,1.00",
    "C7,2026-01-07 09:00,K2,A,Ale,-3,1.00",
    "8,2026-01-08 09:00,,A,Ale,1,1.00",
)


def same(one: Report, other: Report) -> bool:
    """Equal but for what tells a dry run from a run."""
    plain = [msgspec.structs.replace(each, dry_run=False, checked=False, seconds=0.0) for each in (one, other)]
    return plain[0] == plain[1]


def moment(day: int) -> datetime:
    return datetime(2026, 1, day, 9, tzinfo=UTC)


async def test_an_order_book_becomes_orders_stock_and_credit(database: Database, tenant: Tenant) -> None:
    mapping = MAPPING.with_options(["time_zone=UTC"])
    told = await imported(database, tenant, *ROWS, mapping=mapping)
    assert told.checked
    assert (told.lines_read, told.lines_ordered, told.lines_set_aside) == (10, 8, 2)
    assert (told.amount_read, told.amount_ordered, told.amount_set_aside) == ("29.30", "24.30", "5.00")
    assert (told.orders, told.customers, told.skus) == (4, 2, 2)
    assert (told.cancelling_lines, told.returned_lines, told.reasons) == (2, 1, {"carriage": 1, "no-customer": 1})
    assert (told.opening.skus, told.opening.quantity) == (2, "15")
    written = await books(database, tenant)
    assert [(row[0], row[1], row[2], row[6], row[7], row[10:12], row[-2:]) for row in written["orders"]] == [
        ("1", "K1", "closed", Decimal("22.50"), moment(1), (1, "A"), (Decimal(6), Decimal(4))),
        ("1", "K1", "closed", Decimal("22.50"), moment(1), (2, "B"), (Decimal(5), Decimal(0))),
        ("2", "K2", "closed", Decimal("3.30"), moment(2), (1, "A"), (Decimal(3), Decimal(0))),
        ("5", "K1", "closed", Decimal("5.00"), moment(5), (1, "B"), (Decimal(2), Decimal(0))),
        ("6", "K2", "cancelled", Decimal("3.00"), moment(6), (1, "A"), (Decimal(0), Decimal(3))),
    ]
    assert written["returns"] == [
        ("C3", 1, Decimal(4), Decimal(1), Decimal(4), moment(3), "1", 1),
        ("C4", 1, Decimal(1), Decimal("2.5"), Decimal("2.5"), moment(4), None, None),
        ("C7", 1, Decimal(3), Decimal(1), Decimal(3), moment(7), "6", 1),
    ]
    assert [(row[0], row[2], row[3], row[4]) for row in written["moves"]] == [
        ("issue", "A", "HISTORY", Decimal(-6)),
        ("issue", "B", "HISTORY", Decimal(-5)),
        ("issue", "A", "HISTORY", Decimal(-3)),
        ("issue", "B", "HISTORY", Decimal(-2)),
        ("opening", "A", "HISTORY", Decimal(9)),
        ("opening", "B", "HISTORY", Decimal(6)),
        ("return", "B", "HISTORY", Decimal(1)),
    ]
    assert written["stock"] == [("A", "HISTORY", Decimal(0), Decimal(0)), ("B", "HISTORY", Decimal(0), Decimal(0))]
    assert {row[2] for row in written["accounts"]} == {Decimal(0)}
    assert written["customers"] == [("K1", "K1", "CN", None, "GBP"), ("K2", "K2", "CN", None, "GBP")]
    assert [row[4:] for row in written["prices"]] == [("A", "件", Decimal(1)), ("B", "件", Decimal("2.5"))]
    assert {row[:4] for row in written["prices"]} == {("ORDER-BOOK-GBP", "GBP", "published", True)}
    warehouses = await rows_of(database, tenant, "select code, state from warehouse where tenant_id = $1")
    assert warehouses == [("HISTORY", "closed")]
    await assert_sound(database, tenant)


async def test_a_dry_run_says_the_same_and_writes_nothing(database: Database, tenant: Tenant) -> None:
    before = await contents(database, tenant)
    told = dry_run(await read(database, tenant, *ROWS))
    assert await contents(database, tenant) == before
    assert same(told, await imported(database, tenant, *ROWS))
    assert (told.dry_run, told.checked) == (True, False)


async def test_a_second_run_changes_nothing(database: Database, tenant: Tenant) -> None:
    first = await imported(database, tenant, *ROWS, live_from=date(2026, 1, 5))
    before = await contents(database, tenant)
    expected = dry_run(await read(database, tenant, *ROWS, live_from=date(2026, 1, 5)))
    again = await imported(database, tenant, *ROWS, live_from=date(2026, 1, 5))
    assert await contents(database, tenant) == before
    assert same(again, expected)
    nothing = msgspec.structs.replace(first.new, **dict.fromkeys(first.new.__struct_fields__, 0))
    assert same(again, msgspec.structs.replace(first, new=nothing))


@pytest.mark.parametrize("slices", [1, 2, 3])
async def test_what_was_interrupted_is_finished_as_if_nothing_had_happened(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, slices: int
) -> None:
    """Two slices are at work: the one that was not waited for may be written or not."""
    monkeypatch.setattr(write_orders, "SLICE_LINES", 1)
    rows = (*ROWS, *(f"{n},2026-01-09 09:00,K2,A,Ale,1,1.00" for n in (9, 10)))
    whole = await make_tenant(database)
    await imported(database, whole, *rows)
    book = await read(database, tenant, *rows)
    running_: asyncio.Task[Report]

    def stop(stage: str, done: int, _total: int) -> None:
        if stage == "orders" and done >= slices:
            running_.cancel()

    running_ = asyncio.create_task(run_order_book(database, tenant.id, book, progress=stop))
    with pytest.raises(asyncio.CancelledError):
        await running_
    numbers = await rows_of(database, tenant, "select number from sales_order where tenant_id = $1")
    assert 0 < len(numbers) < 6
    await assert_sound(database, tenant)
    told = await imported(database, tenant, *rows)
    assert told.new.orders == 6 - len(numbers)
    assert await books(database, tenant) == await books(database, whole)
    await assert_sound(database, tenant)


@pytest.mark.parametrize("stage", ["master", "returns"])
async def test_an_interruption_before_the_orders_is_finished_too(
    database: Database, tenant: Tenant, stage: str
) -> None:
    whole = await make_tenant(database)
    await imported(database, whole, *ROWS)
    book = await read(database, tenant, *ROWS)

    class Stopped(Exception):
        pass

    def stop(reached: str, done: int, _total: int) -> None:
        if reached == stage and done:
            raise Stopped

    with pytest.raises(Stopped):
        await run_order_book(database, tenant.id, book, progress=stop)
    await imported(database, tenant, *ROWS)
    assert await books(database, tenant) == await books(database, whole)


async def test_two_runs_at_once_are_one(database: Database, tenant: Tenant) -> None:
    whole = await make_tenant(database)
    await imported(database, whole, *ROWS)
    both = [await read(database, tenant, *ROWS) for _ in range(2)]
    # The second finds the first's master data and stock made under its hands: whichever loses is run again.
    await asyncio.gather(*(run_order_book(database, tenant.id, book) for book in both), return_exceptions=True)
    await imported(database, tenant, *ROWS)
    assert await books(database, tenant) == await books(database, whole)
    await assert_sound(database, tenant)


async def test_from_a_day_on_orders_stay_open(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_orders, "OPEN_LINES", 1)
    told = await imported(database, tenant, *ROWS, live_from=date(2026, 1, 2))
    assert (told.orders, told.open_orders) == (4, 2)
    states = await rows_of(database, tenant, "select number, state from sales_order where tenant_id = $1 order by 1")
    assert states == [("1", "closed"), ("2", "confirmed"), ("5", "confirmed"), ("6", "cancelled")]
    written = await books(database, tenant)
    assert written["stock"] == [
        ("A", "HISTORY", Decimal(0), Decimal(0)),
        ("A", "MAIN", Decimal(3), Decimal(3)),
        ("B", "HISTORY", Decimal(1), Decimal(0)),
        ("B", "MAIN", Decimal(2), Decimal(2)),
    ]
    exposures = {row[0]: row[2] for row in written["accounts"]}
    assert exposures == {"K1": Decimal("5.00"), "K2": Decimal("3.30")}
    await assert_sound(database, tenant)


async def test_an_open_order_that_was_cancelled_in_part_holds_the_rest(database: Database, tenant: Tenant) -> None:
    rows = ("1,2026-01-01,K1,A,Ale,10,1.00", "C2,2026-01-02,K1,A,Ale,-4,1.00")
    await imported(database, tenant, *rows, live_from=date(2026, 1, 1))
    held = await rows_of(database, tenant, "select held, backordered from reservation where tenant_id = $1")
    assert held == [(Decimal(6), Decimal(0))]
    line = await rows_of(database, tenant, "select shipped, cancelled from order_line where tenant_id = $1")
    assert line == [(Decimal(0), Decimal(4))]
    await assert_sound(database, tenant)


async def test_what_the_tenant_has_stays_as_it_is(database: Database, tenant: Tenant) -> None:
    """SKUs are counted by their own units: one case is twelve bottles."""
    await make_goods(database, tenant, "A")
    before = await rows_of(database, tenant, "select code, name, tax_rate from sku where tenant_id = $1")
    mapping = msgspec.structs.replace(MAPPING, columns=MAPPING.columns | {"unit": "unit"})
    told = await imported(
        database,
        tenant,
        "1,2026-01-01,K1,A,Ale,2,12.00,",
        "1,2026-01-01,K1,A,Ale,5,1.00,瓶",
        "1,2026-01-01,K1,A,Ale,1,1.00,桶",
        "C2,2026-01-02,K1,A,Ale,-1,12.00,",
        header="number,date,customer,sku,name,quantity,price,unit",
        mapping=mapping,
    )
    assert (told.new.skus, told.new.prices, told.reasons) == (0, 1, {"unit": 1})
    assert await rows_of(database, tenant, "select code, name, tax_rate from sku where tenant_id = $1") == before
    lines = await rows_of(
        database,
        tenant,
        """select unit, base_quantity, shipped, cancelled, net, tax, gross from order_line
        where tenant_id = $1 order by line_no""",
    )
    assert lines == [
        ("箱", Decimal(24), Decimal(12), Decimal(12), Decimal("21.24"), Decimal("2.76"), Decimal("24.00")),
        ("瓶", Decimal(5), Decimal(5), Decimal(0), Decimal("4.42"), Decimal("0.58"), Decimal("5.00")),
    ]
    opening = await rows_of(
        database, tenant, "select quantity from stock_move where tenant_id = $1 and kind = 'opening'"
    )
    assert opening == [(Decimal(17),)]
    await assert_sound(database, tenant)


async def test_an_order_that_is_refused_is_set_aside_with_what_cancels_it(database: Database, tenant: Tenant) -> None:
    """Three glasses are a bottle; one is nothing exact."""
    goods = await make_goods(database, tenant, "A")
    async with database.transaction(tenant.id) as tx:
        await put(tx, unit, [{"code": "杯", "name": "杯"}])
        glass = {"sku_id": goods.skus["A"], "unit": "杯", "numerator": 1, "denominator": 3, "barcode": None}
        await put(tx, sku_unit, [glass])
        await touch(tx, "catalogue")
    told = await imported(
        database,
        tenant,
        "1,2026-01-01,K1,A,Ale,1,1.00,杯",
        "1,2026-01-01,K1,A,Ale,3,1.00,杯",
        "2,2026-01-01,K1,A,Ale,6,1.00,杯",
        "C3,2026-01-02,K1,A,Ale,-7,1.00,杯",
        header="number,date,customer,sku,name,quantity,price,unit",
        mapping=msgspec.structs.replace(MAPPING, columns=MAPPING.columns | {"unit": "unit"}),
    )
    assert (told.orders, told.lines_ordered, told.lines_set_aside) == (1, 1, 3)
    assert told.reasons == {"refused": 3}
    assert (told.amount_ordered, told.amount_set_aside) == ("6.00", "-3.00")
    assert "不是精确数量" in told.set_aside[0].zh
    assert "no exact quantity" in told.set_aside[0].en
    await assert_sound(database, tenant)


async def test_a_longer_file_adds_what_is_new(database: Database, tenant: Tenant) -> None:
    await imported(database, tenant, *ROWS[:4])
    told = await imported(database, tenant, *ROWS)
    # C3 came too late for order 1, which was imported as delivered: its goods came back.
    assert (told.new.orders, told.new.returns, told.returned_lines) == (2, 2, 2)
    written = await books(database, tenant)
    assert [row[0] for row in written["returns"] if row[6] is None] == ["C3", "C4"]
    assert [row[-2:] for row in written["orders"] if row[0] == "1"] == [
        (Decimal(10), Decimal(0)),
        (Decimal(5), Decimal(0)),
    ]
    await assert_sound(database, tenant)
    before = await contents(database, tenant)
    await imported(database, tenant, *ROWS)
    assert await contents(database, tenant) == before


async def test_nobody_is_asked_about_prices_of_the_past(database: Database, tenant: Tenant) -> None:
    mapping = MAPPING.with_options(["time_zone=UTC"])
    await imported(database, tenant, *ROWS, mapping=mapping)
    step = StepSpec(name="财务", approvers=[Approver("role", "finance")])
    policy = PolicyInput(code="lists", subject_kind="price_list", name="发布", condition="true", steps=[step])
    await database.run(tenant.id, lambda tx: save_policies(tx, items=[policy], by=SYSTEM))
    told = await imported(database, tenant, *ROWS, "9,2026-01-09 09:00,K9,NEW,Cider,2,3.00", mapping=mapping)
    assert (told.new.orders, told.new.skus) == (1, 1)
    prices = await rows_of(
        database,
        tenant,
        """select e.price from price_entry e join sku s on s.tenant_id = $1 and s.id = e.sku_id
        where e.tenant_id = $1 and s.code = 'NEW'""",
    )
    assert [tuple(row) for row in prices] == [(Decimal(3),)]


async def test_a_price_list_in_force_is_not_overruled(database: Database, tenant: Tenant) -> None:
    await imported(database, tenant, *ROWS)
    sql = "update price_list set code = 'OURS' where tenant_id = $1"
    async with database.transaction(tenant.id) as tx:
        await tx.write(sql)
    await imported(database, tenant, "9,2026-02-01,K1,A,Ale,1,3.00")
    lists = await rows_of(database, tenant, "select code, state from price_list where tenant_id = $1 order by code")
    assert lists == [("ORDER-BOOK-GBP", "draft"), ("OURS", "published")]


async def test_codes_and_names_come_through_as_they_are(database: Database, tenant: Tenant) -> None:
    named = {"NULL": 'Ale "strong", 5\\%', "{a,b}": "{}", "it's": "NULL", "甲\\n": "茶 ☕"}
    quoted = {code: name.replace('"', '""') for code, name in named.items()}
    await imported(database, tenant, *(f'1,2026-01-01,K1,"{code}","{name}",1,1.00' for code, name in quoted.items()))
    sql = "select sku_code, sku_name from order_line where tenant_id = $1"
    assert dict(await rows_of(database, tenant, sql)) == named


async def test_countries_become_regions_and_codes(database: Database, tenant: Tenant) -> None:
    mapping = msgspec.structs.replace(MAPPING, columns=MAPPING.columns | {"country": "country"})
    rows = [
        f"{number},2026-01-01,K{number},A,Ale,1,1.00,{country}"
        for number, country in enumerate(("United Kingdom", "EIRE", "法国", "Unspecified"), start=1)
    ]
    header = "number,date,customer,sku,name,quantity,price,country"
    await imported(database, tenant, *rows, header=header, mapping=mapping)
    assert (await books(database, tenant))["customers"] == [
        ("K1", "K1", "GB", "United Kingdom", "GBP"),
        ("K2", "K2", "IE", "EIRE", "GBP"),
        ("K3", "K3", "FR", "法国", "GBP"),
        ("K4", "K4", "CN", "Unspecified", "GBP"),
    ]


async def test_the_books_are_asked_whether_they_hold_the_file(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = await read(database, tenant, *ROWS)

    async def lose_one(self: Any, orders: Any) -> None:
        del self, orders

    monkeypatch.setattr(write_orders.Placing, "_place", lose_one)
    with pytest.raises(AssertionError, match="the database holds"):
        await run_order_book(database, tenant.id, book)


async def test_progress_is_told_stage_by_stage(database: Database, tenant: Tenant) -> None:
    told: list[tuple[str, int, int]] = []
    book = await read(database, tenant, *ROWS)
    await run_order_book(database, tenant.id, book, progress=lambda *each: told.append(each))
    last = {stage: (done, total) for stage, done, total in told}
    assert last == {"master": (6, 6), "returns": (3, 3), "orders": (5, 5), "check": (1, 1)}
    assert list(last) == ["master", "returns", "orders", "check"]
