"""Placing orders against the real database: what is written, what is refused, and that refusals leave no trace."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tests.orders.asking import BY, ask, codes, line, placed, wanted
from tests.world import World, traces

from dinghuo.entry.invariants import broken_invariants
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id
from dinghuo.orders.place import place
from dinghuo.orders.requests import History


async def rows(database: Database, world: World, sql: str, *arguments: object) -> list[dict[str, object]]:
    async with database.transaction(world.tenant.id) as tx:
        return [dict(row) for row in await tx.fetch(sql, *arguments)]


async def sound(database: Database, world: World) -> None:
    async with database.transaction(world.tenant.id) as tx:
        assert await broken_invariants(tx, world.tenant.id) == []


async def test_an_order_promises_stock_takes_credit_and_tells_its_price(database: Database, world: World) -> None:
    (outcome,) = await ask(database, world.tenant.id, wanted("K1", line("COLA", 2, "箱"), line("BEER", 3)))
    order = placed(outcome)
    # Gold pays 2.50 a bottle: 24 × 2.50 = 60.00 a case; beer has only the base price.
    assert (order.gross, order.net, order.tax) == (Decimal("135.00"), Decimal("119.46"), Decimal("15.54"))
    assert order.state == "confirmed"
    lines = await rows(
        database,
        world,
        """select line_no, unit, quantity, base_quantity, list_price, deal_price, net, tax, gross, price_reason
        from order_line where tenant_id = $1 and order_id = $2 order by line_no""",
        order.id,
    )
    assert [(r["line_no"], r["unit"], r["base_quantity"], r["deal_price"], r["net"], r["gross"]) for r in lines] == [
        (1, "箱", Decimal(48), Decimal(60), Decimal("106.19"), Decimal("120.00")),
        (2, "瓶", Decimal(3), Decimal(5), Decimal("13.27"), Decimal("15.00")),
    ]
    reason = lines[1]["price_reason"]
    assert isinstance(reason, dict)
    assert (reason["list"], reason["passed"]) == ("BASE", [{"list": "GOLD", "kind": "tier", "why": "no_entry"}])
    stock = await rows(
        database,
        world,
        "select reserved from stock where tenant_id = $1 and sku_id = $2 and warehouse_id = $3",
        world.skus["COLA"],
        world.warehouses["main"],
    )
    assert stock == [{"reserved": Decimal(48)}]
    account = await rows(
        database,
        world,
        "select open from account where tenant_id = $1 and customer_id = $2",
        world.customers["K1"],
    )
    assert account == [{"open": Decimal("135.00")}]
    events = await rows(
        database, world, "select kind from outbox_event where tenant_id = $1 and subject_id = $2", order.id
    )
    assert events == [{"kind": "orders.confirmed"}]
    await sound(database, world)


async def test_the_break_is_that_of_the_ordered_unit(database: Database, world: World) -> None:
    nine, ten = await ask(
        database, world.tenant.id, wanted("K2", line("COLA", 9, "箱")), wanted("K2", line("COLA", 10, "箱"))
    )
    # Below ten cases there is no case price: 24 bottles at 3.00. From ten on a case is 60.00.
    assert (placed(nine).gross, placed(ten).gross) == (Decimal("648.00"), Decimal("600.00"))


async def test_every_fault_is_told_at_once_and_nothing_stays(database: Database, world: World) -> None:
    before = await traces(database, world.tenant)
    outcomes = await ask(
        database,
        world.tenant.id,
        wanted(
            "K1",
            line("NONE", 1),
            line("COLA", 0),
            line("COLA", "1.0000001"),
            line("COLA", 1, "吨"),
            line("NEW", 1),
            line("COLA", 5000),
            line("COLA", 1, price="1"),
        ),
        wanted("NOBODY", line("COLA", 1)),
        wanted("K3", line("COLA", 1)),
        wanted("K1"),
        wanted("K1", line("COLA", "1e30")),
        wanted("K1", *[line("COLA", 1)] * 5001),
    )
    assert codes(outcomes[0]) == [
        ("unknown-sku", "lines[0].sku"),
        ("bad-quantity", "lines[1].quantity"),
        ("bad-quantity", "lines[2].quantity"),
        ("unknown-unit", "lines[3].unit"),
        ("no-price", "lines[4].sku"),
        ("may-not-set-price", "lines[6].price"),
        ("short-stock", "lines[5].quantity"),
        ("over-credit", "customer"),
    ]
    assert [codes(outcome) for outcome in outcomes[1:5]] == [
        [("unknown-customer", "customer")],
        [("customer-blocked", "customer")],
        [("no-lines", "lines")],
        [("bad-quantity", "lines[0].quantity")],
    ]
    assert codes(outcomes[5])[0] == ("too-many-lines", "lines")
    assert await traces(database, world.tenant) == before


async def test_credit_refuses_what_goes_beyond_it_and_prepaid_needs_none(database: Database, world: World) -> None:
    first, over, fits, prepaid = await ask(
        database,
        world.tenant.id,
        wanted("K1", line("GIFT", 9_000)),
        wanted("K1", line("GIFT", "1000.01")),
        wanted("K1", line("GIFT", 1000)),
        wanted("K4", line("GIFT", 50)),
    )
    assert placed(first).gross == Decimal("9000.00")
    assert codes(over) == [("over-credit", "customer")]
    assert placed(fits).gross == Decimal("1000.00")
    assert placed(prepaid).gross == Decimal("50.00")
    await sound(database, world)


async def test_one_refusal_gives_back_what_it_took_for_the_next(database: Database, world: World) -> None:
    short, whole = await ask(
        database,
        world.tenant.id,
        wanted("K2", line("COLA", 1100), line("NEW", 1, price="1"), may_set_prices=True),
        wanted("K2", line("COLA", 1100)),
    )
    assert codes(short) == [("short-stock", "lines[1].quantity")]
    assert placed(whole).gross == Decimal("3300.00")
    held = await rows(
        database,
        world,
        "select warehouse_id, held from reservation where tenant_id = $1 order by held desc",
    )
    assert held == [
        {"warehouse_id": world.warehouses["main"], "held": Decimal(1000)},
        {"warehouse_id": world.warehouses["west"], "held": Decimal(100)},
    ]
    await sound(database, world)


async def test_backorder_promises_what_is_there_and_lets_the_rest_wait(database: Database, world: World) -> None:
    (outcome,) = await ask(database, world.tenant.id, wanted("K2", line("BEER", 25)))
    assert placed(outcome).state == "confirmed"
    held = await rows(database, world, "select held, backordered from reservation where tenant_id = $1")
    assert held == [{"held": Decimal(10), "backordered": Decimal(15)}]
    await sound(database, world)


async def test_a_key_is_one_order_and_another_body_is_refused(database: Database, world: World) -> None:
    tenant = world.tenant.id
    one, same, other = await ask(
        database,
        tenant,
        wanted("K2", line("COLA", 1), key="a"),
        wanted("K2", line("COLA", 1), key="a"),
        wanted("K2", line("COLA", 2), key="a", body="other"),
    )
    (again,) = await ask(database, tenant, wanted("K2", line("COLA", 1), key="a"))
    assert placed(one) == placed(same) == placed(again)
    assert (same.replayed, again.replayed) == (True, True)
    assert codes(other) == [("idempotency-key-reused", "Idempotency-Key")]
    assert len(await rows(database, world, "select id from sales_order where tenant_id = $1")) == 1
    await sound(database, world)


async def test_a_refusal_leaves_its_key_free(database: Database, world: World) -> None:
    (refused,) = await ask(database, world.tenant.id, wanted("K2", line("NONE", 1), key="b"))
    (taken,) = await ask(database, world.tenant.id, wanted("K2", line("COLA", 1), key="b", body="mended"))
    twins = await ask(
        database,
        world.tenant.id,
        wanted("K2", line("NONE", 1), key="d"),
        wanted("K2", line("NONE", 1), key="d"),
        wanted("K2", line("COLA", 1), key="d", body="mended"),
    )
    # Each is told of its own body, never of another's.
    assert [codes(outcome)[0][0] for outcome in twins] == ["unknown-sku", "unknown-sku", "idempotency-key-reused"]
    assert codes(refused) == [("unknown-sku", "lines[0].sku")]
    assert placed(taken).lines == 1


@pytest.mark.slow
async def test_fifty_at_once_with_one_key_make_one_order(database: Database, world: World) -> None:
    outcomes = await asyncio.gather(
        *(ask(database, world.tenant.id, wanted("K2", line("COLA", 1), key="c")) for _ in range(50))
    )
    assert len({placed(outcome).id for (outcome,) in outcomes}) == 1
    assert len(await rows(database, world, "select id from sales_order where tenant_id = $1")) == 1
    await sound(database, world)


async def test_the_number_of_statements_depends_on_neither_orders_nor_lines(database: Database, world: World) -> None:
    async def count(orders: int, lines: int) -> int:
        asked = [wanted("K2", *[line("GIFT", 1), line("COLA", 1)] * lines, key=new_id().hex) for _ in range(orders)]
        counter = Counter()
        async with database.transaction(world.tenant.id) as tx:
            counter.watch(tx)
            await place(tx, asked)
        return counter.sent

    await count(1, 1)
    assert await count(1, 1) == await count(1, 500) == await count(64, 4)


class Counter:
    """Counts the statements a transaction sends."""

    def __init__(self) -> None:
        self.sent = 0

    def watch(self, tx: Tx) -> None:
        check = tx.check

        def counted(sql: str) -> None:
            self.sent += 1
            check(sql)

        tx.check = counted  # type: ignore[method-assign]


async def test_history_ends_closed_with_its_goods_gone_and_its_credit_back(database: Database, world: World) -> None:
    moment = datetime(2011, 3, 4, 9, 30, tzinfo=UTC)
    asked = wanted("K1", line("COLA", 30, price="1.95"), line("BEER", 4, price="2"))
    asked = msgspec.structs.replace(
        asked,
        history=History("536365", moment, True, (Decimal(10), Decimal(4))),
    )
    (outcome,) = await ask(database, world.tenant.id, asked)
    order = placed(outcome)
    assert (order.number, order.state, order.placed_at, order.gross) == (
        "536365",
        "closed",
        moment,
        Decimal("66.50"),
    )
    lines = await rows(
        database, world, "select shipped, cancelled from order_line where tenant_id = $1 order by line_no"
    )
    assert lines == [
        {"shipped": Decimal(20), "cancelled": Decimal(10)},
        {"shipped": Decimal(0), "cancelled": Decimal(4)},
    ]
    moves = await rows(database, world, "select quantity, at from stock_move where tenant_id = $1 and kind = 'issue'")
    assert moves == [{"quantity": Decimal(-20), "at": moment}]
    entries = await rows(database, world, "select verb, amount from account_entry where tenant_id = $1 order by id")
    assert entries == [
        {"verb": "reserve", "amount": Decimal("66.50")},
        {"verb": "release", "amount": Decimal("-66.50")},
    ]
    assert (await rows(database, world, "select kind from outbox_event where tenant_id = $1")) == [
        {"kind": "orders.imported"}
    ]
    assert BY.kind == "staff"
    await sound(database, world)


async def test_numbers_that_history_came_with_are_not_drawn_again(database: Database, world: World) -> None:
    moment = datetime(2026, 1, 7, 10, 0, tzinfo=UTC)
    first = placed((await ask(database, world.tenant.id, wanted("K2", line("GIFT", 1))))[0])
    year = first.number[3:7]
    old = [
        msgspec.structs.replace(
            wanted("K2", line("GIFT", 1, price="1")), history=History(number, moment, True, (Decimal(0),))
        )
        for number in (f"SO-{year}-000002", f"SO-{year}-000450", "536365")
    ]
    await ask(database, world.tenant.id, *old)
    second = placed((await ask(database, world.tenant.id, wanted("K2", line("GIFT", 1))))[0])
    assert (first.number, second.number) == (f"SO-{year}-000001", f"SO-{year}-000451")
    await sound(database, world)


async def test_a_number_of_a_block_drawn_before_is_tried_no_second_time(database: Database, world: World) -> None:
    (outcome,) = await ask(database, world.tenant.id, wanted("K2", line("GIFT", 1)))
    year = placed(outcome).number[3:7]
    async with database.transaction(world.tenant.id) as tx:
        await tx.write("update sales_order set number = $2 where tenant_id = $1", f"SO-{year}-000002")
    (outcome,) = await ask(database, world.tenant.id, wanted("K2", line("GIFT", 1), key="again"))
    assert placed(outcome).number == f"SO-{year}-000003"


async def test_a_number_drawn_for_a_refused_order_is_the_next_ones(database: Database, world: World) -> None:
    first, short, after = await ask(
        database,
        world.tenant.id,
        wanted("K2", line("COLA", 1)),
        wanted("K2", line("COLA", 5000)),
        wanted("K2", line("COLA", 1)),
    )
    assert codes(short) == [("short-stock", "lines[0].quantity")]
    (later,) = await ask(database, world.tenant.id, wanted("K2", line("COLA", 1)))
    year = placed(first).placed_at.astimezone(ZoneInfo("Asia/Shanghai")).year
    assert {placed(outcome).number for outcome in (first, after, later)} == {
        f"SO-{year}-00000{number}" for number in (1, 2, 3)
    }
    await sound(database, world)


async def test_another_currency_is_no_way_around_the_limit(database: Database, world: World) -> None:
    async with database.transaction(world.tenant.id) as tx:
        await tx.write("update price_list set currency = 'USD' where tenant_id = $1 and code = 'BASE'")
        await touch(tx, "pricing")
    before = await traces(database, world.tenant)
    asked = wanted("K1", line("GIFT", 20_000))
    asked = msgspec.structs.replace(asked, request=msgspec.structs.replace(asked.request, currency="USD"))
    (refused,) = await ask(database, world.tenant.id, asked)
    assert codes(refused) == [("currency-not-agreed", "currency")]
    assert await traces(database, world.tenant) == before
