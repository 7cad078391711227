"""The intake: who waits with whom, who fails alone, and what happens when it is too much."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs
from tests.orders.asking import BY, codes, line, placed, wanted
from tests.orders.test_place import rows, sound
from tests.world import World, traces

from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database, RetryTransaction, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.ids import new_id
from dinghuo.orders import decide
from dinghuo.orders import intake as intake_module
from dinghuo.orders.intake import Intake
from dinghuo.orders.place import place
from dinghuo.orders.requests import LineRequest, OrderRequest, Outcome, Placement, ShipTo
from dinghuo.pricing import engine

pytestmark = pytest.mark.slow


def ask_with_key(customer: str, quantity: int, sku: str = "COLA") -> Placement:
    return wanted(customer, line(sku, quantity), key=new_id().hex)


async def test_what_arrives_together_is_one_transaction(database: Database, world: World) -> None:
    intake = Intake(database)
    tenant = world.tenant.id
    outcomes = await asyncio.gather(*(intake.submit(tenant, ask_with_key("K2", 1), size=100) for _ in range(40)))
    assert len({placed(outcome).id for outcome in outcomes}) == 40
    moments = await rows(database, world, "select distinct placed_at from sales_order where tenant_id = $1")
    # The first finds the intake idle; what comes while it runs goes together.
    assert len(moments) <= 2
    await sound(database, world)


async def test_one_poisoned_request_among_63_fails_alone(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_price(*args: Any, sku_id: UUID, **more: Any) -> Any:
        if sku_id == world.skus["GIFT"]:
            raise ZeroDivisionError
        return engine.find_price(*args, sku_id=sku_id, **more)

    monkeypatch.setattr(decide, "find_price", find_price)
    intake = Intake(database)
    asked = [ask_with_key("K2", 1) for _ in range(63)]
    asked.insert(31, ask_with_key("K2", 1, "GIFT"))
    outcomes = await asyncio.gather(
        *(intake.submit(world.tenant.id, item, size=100) for item in asked), return_exceptions=True
    )
    assert isinstance(outcomes.pop(31), ZeroDivisionError)
    assert len({placed(outcome).id for outcome in outcomes if not isinstance(outcome, BaseException)}) == 63
    count = await rows(database, world, "select count(*) as n from sales_order where tenant_id = $1")
    assert count == [{"n": 63}]
    await sound(database, world)


@pytest.mark.parametrize("saved", [True, False])
@pytest.mark.parametrize("after", [PoolTimeout(), RetryTransaction(), ZeroDivisionError()])
async def test_after_a_lost_commit_nothing_else_is_blamed(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch, after: Exception, saved: bool
) -> None:
    """The connection goes with the first commit on its way; whatever befalls the attempts that follow."""
    tries = 0

    async def lose(tx: Tx, placements: Sequence[Placement]) -> list[Outcome]:
        nonlocal tries
        tries += 1
        if tries > 1:
            raise after
        outcomes = await place(tx, placements)
        driver = (await tx.connection.get_raw_connection()).driver_connection
        assert driver is not None
        if saved:
            await driver.execute("commit")
        await driver.close()
        return outcomes

    monkeypatch.setattr(intake_module, "place", lose)
    asked = ask_with_key("K2", 1)
    outcome = await Intake(database).submit(world.tenant.id, asked, size=10)
    assert tries > 1
    assert codes(outcome) == [("outcome-unknown", "Idempotency-Key")]
    assert (await traces(database, world.tenant))["sales_order"] == saved
    monkeypatch.undo()
    again = await Intake(database).submit(world.tenant.id, asked, size=10)
    assert again.replayed == saved
    assert (await traces(database, world.tenant))["sales_order"] == 1
    await sound(database, world)


async def test_what_cannot_be_stored_is_refused_with_its_place(database: Database, world: World) -> None:
    request = OrderRequest(
        "K2",
        [LineRequest("COLA", Decimal(1), note="\x00"), LineRequest("\x00", Decimal(1), unit="\x00")],
        note="\x00" + "n" * 2000,
        customer_reference="\x07",
        ship_to=ShipTo(" ", "\x00"),
    )
    intake = Intake(database)
    refused = await intake.submit(world.tenant.id, Placement(request=request, by=BY), size=10)
    assert codes(refused) == [
        ("text-too-long", "note"),
        ("text-unprintable", "note"),
        ("text-unprintable", "customer_reference"),
        ("empty-text", "ship_to.recipient"),
        ("text-unprintable", "ship_to.street"),
        ("text-unprintable", "lines[0].note"),
        ("unknown-sku", "lines[1].sku"),
    ]
    unknown = Placement(request=OrderRequest("\x00", [line("COLA", 1)], currency="\x00"), by=BY)
    assert codes(await intake.submit(world.tenant.id, unknown, size=10)) == [
        ("unknown-customer", "customer"),
        ("unknown-currency", "currency"),
    ]


async def test_what_no_column_holds_is_refused(database: Database, world: World) -> None:
    intake = Intake(database)
    most = 999_999_999_999
    many = [wanted("K2", line("GIFT", most, "箱")), wanted("K2", *[line("GIFT", 9000, price=str(most))] * 2)]
    many[1] = msgspec.structs.replace(many[1], may_set_prices=True)
    outcomes = [await intake.submit(world.tenant.id, item, size=10) for item in many]
    assert [codes(outcome) for outcome in outcomes] == [
        [("bad-quantity", "lines[0].quantity")],
        [("order-too-large", "lines")],
    ]
    async with database.transaction(world.tenant.id) as tx:
        await tx.write(
            "update price_entry set price = $2 where tenant_id = $1 and sku_id = $3",
            Decimal(most),
            world.skus["BEER"],
        )
        await tx.write("update price_list set version = version + 1 where tenant_id = $1")
        await touch(tx, "pricing")
    dear = await intake.submit(world.tenant.id, wanted("K2", line("BEER", "0.5", "箱")), size=10)
    assert codes(dear) == [("amount-too-large", "lines[0].quantity")]
    fits = wanted("K2", line("GIFT", 9000, price=str(most)), may_set_prices=True)
    assert placed(await intake.submit(world.tenant.id, fits, size=10)).gross == 9000 * most
    assert codes(await intake.submit(world.tenant.id, fits, size=10)) == [("order-too-large", "lines")]
    await sound(database, world)


async def test_accounts_opened_by_rivals_cost_no_deadlock(database: Database, world: World) -> None:
    intakes = [Intake(database) for _ in range(4)]
    with capture_logs() as said:
        outcomes = await asyncio.gather(
            *(intakes[i % 4].submit(world.tenant.id, ask_with_key("K2", 1), size=10) for i in range(16))
        )
    assert len({placed(outcome).id for outcome in outcomes}) == 16
    assert [entry for entry in said if entry.get("reason") == "40P01"] == []
    await sound(database, world)


async def test_a_client_that_hangs_up_changes_nothing_for_the_others(database: Database, world: World) -> None:
    intake = Intake(database)
    tasks = [asyncio.create_task(intake.submit(world.tenant.id, ask_with_key("K2", 1), size=100)) for _ in range(20)]
    await asyncio.sleep(0)
    gone = tasks[::2]
    for task in gone:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(outcome, asyncio.CancelledError) for outcome in outcomes] == [True, False] * 10
    stayed = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert len({placed(outcome).id for outcome in stayed}) == 10
    await sound(database, world)


async def test_a_full_queue_says_come_back(database: Database, world: World) -> None:
    intake = Intake(database, most_lines=30, batch_lines=10)
    accepted = [intake.enqueue(world.tenant.id, ask_with_key("K2", 1), size=10) for _ in range(30)]
    with pytest.raises(Refused) as refused:
        intake.enqueue(world.tenant.id, ask_with_key("K2", 1), size=10)
    assert (refused.value.status, refused.value.retry_after) == (503, 1)
    outcomes = await asyncio.gather(*accepted)
    assert len({placed(outcome).id for outcome in outcomes}) == 30
    assert (await traces(database, world.tenant))["sales_order"] == 30


async def test_what_waited_too_long_is_dropped_before_it_is_begun(database: Database, world: World) -> None:
    intake = Intake(database, patience=-1)
    outcome = await intake.submit(world.tenant.id, ask_with_key("K2", 1), size=10)
    assert codes(outcome) == [("busy", "")]
    assert (await traces(database, world.tenant))["sales_order"] == 0


async def test_a_large_order_runs_alone(database: Database, world: World) -> None:
    intake = Intake(database, batch_lines=50)
    large = wanted("K2", *[line("GIFT", 1)] * 400, key=new_id().hex)
    outcomes = await asyncio.gather(
        *(
            intake.submit(world.tenant.id, item, size=10)
            for item in [ask_with_key("K2", 1), large, ask_with_key("K2", 1)]
        )
    )
    assert [placed(outcome).lines for outcome in outcomes] == [1, 400, 1]


async def test_concurrent_intakes_never_oversell(database: Database, world: World) -> None:
    intakes = [Intake(database) for _ in range(4)]
    outcomes = await asyncio.gather(
        *(intakes[i % 4].submit(world.tenant.id, ask_with_key("K2", 7), size=10) for i in range(200))
    )
    taken = [outcome for outcome in outcomes if outcome.body is not None]
    # 1,000 + 100 bottles: 157 orders of seven, and the last bottle stays.
    assert len(taken) == 157
    assert {codes(outcome)[0][0] for outcome in outcomes if outcome.body is None} == {"short-stock"}
    stock = await rows(
        database,
        world,
        "select sum(reserved) as reserved from stock where tenant_id = $1 and sku_id = $2",
        world.skus["COLA"],
    )
    assert stock == [{"reserved": Decimal(1099)}]
    await sound(database, world)


async def test_an_order_of_two_skus_is_all_or_nothing(database: Database, world: World) -> None:
    intake = Intake(database)
    request = OrderRequest("K2", [line("BEER", 3), line("COLA", 5000)])
    outcome = await intake.submit(world.tenant.id, Placement(request=request, by=BY), size=10)
    assert codes(outcome) == [("short-stock", "lines[1].quantity")]
    assert (await traces(database, world.tenant))["reservation"] == 0
    assert msgspec.to_builtins(request.lines[0].quantity) == "3"
