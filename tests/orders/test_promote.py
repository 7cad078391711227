"""Promotions on placed orders: what lines cost and keep, gifts, budgets, coupons, and what a refusal leaves."""

import asyncio
from decimal import Decimal

import msgspec
import pytest
from tests.orders.asking import BY, CALLER, ask, codes, line, placed, wanted
from tests.orders.promotions import budgets, lines_of, on, promotion, publish, sound
from tests.support import contents
from tests.world import World

from dinghuo.identity.principals import EVERYTHING, StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.orders.cancel import cancel
from dinghuo.orders.preview import preview
from dinghuo.orders.requests import Placement
from dinghuo.pricing.promotion_input import AudienceMember, GiftInput
from dinghuo.pricing.publish_promotions import withdraw_promotions
from dinghuo.pricing.save_coupons import CouponInput, save_coupons


def with_coupons(placement: Placement, *coupons: str) -> Placement:
    request = msgspec.structs.replace(placement.request, coupons=list(coupons))
    return msgspec.structs.replace(placement, request=request)


async def test_a_discount_is_on_the_line_and_in_its_reason(database: Database, world: World) -> None:
    await publish(database, world, promotion("TEN", "percent", ("0", "10"), items=[on("COLA")]))
    (outcome,) = await ask(database, world.tenant.id, wanted("K2", line("COLA", 100), line("BEER", 1)))
    order = placed(outcome)
    assert (order.net, order.tax, order.gross) == (Decimal("243.36"), Decimal("31.64"), Decimal("275.00"))
    assert await lines_of(database, world, order.id) == [
        (1, "goods", "COLA", "100.000000", "270.00", "30.00", None),
        (2, "goods", "BEER", "1.000000", "5.00", "0.00", None),
    ]
    async with database.transaction(world.tenant.id) as tx:
        (row,) = await tx.fetch(
            "select price_reason, list_price, deal_price from order_line "
            "where tenant_id = $1 and order_id = $2 and line_no = 1",
            order.id,
        )
    assert (row["list_price"], row["deal_price"]) == (Decimal("3.00"), Decimal("2.70"))
    reason = row["price_reason"]
    assert (reason["source"], reason["list"], reason["amount"]) == ("price_list", "BASE", "300.00")
    assert reason["promotions"] == [
        {"code": "TEN", "name": "促销 TEN", "kind": "percent", "why": "applied", "saved": "30.00", "left": "270.00"}
    ]
    await sound(database, world)


async def test_gifts_are_lines_that_cost_nothing_and_hold_stock(database: Database, world: World) -> None:
    give = promotion("GIVE", "buy_get", ("50", "5"), repeats=True, items=[on("BEER")], gift=GiftInput(sku="COLA"))
    await publish(database, world, give)
    (outcome,) = await ask(database, world.tenant.id, wanted("K2", line("BEER", 120)))
    order = placed(outcome)
    assert order.gross == Decimal("600.00")
    assert order.lines == 2
    assert await lines_of(database, world, order.id) == [
        (1, "goods", "BEER", "120.000000", "600.00", "0.00", None),
        (2, "gift", "COLA", "10.000000", "0.00", "30.00", [1]),
    ]
    async with database.transaction(world.tenant.id) as tx:
        (row,) = await tx.fetch(
            "select sum(reserved) as reserved from stock where tenant_id = $1 and sku_id = $2", world.skus["COLA"]
        )
    assert row["reserved"] == 10
    await sound(database, world)


async def test_a_gift_that_is_not_there_does_not_stop_the_order(database: Database, world: World) -> None:
    give = promotion("GIVE", "buy_get", ("1", "1"), items=[on("BEER")], gift=GiftInput(sku="NEW"))
    await publish(database, world, give)
    (outcome,) = await ask(database, world.tenant.id, wanted("K2", line("BEER", 1)))
    assert [row[1] for row in await lines_of(database, world, placed(outcome).id)] == ["goods"]
    await sound(database, world)


async def test_a_gift_of_what_is_ordered_takes_what_the_order_leaves(database: Database, world: World) -> None:
    await publish(database, world, promotion("TWO", "buy_get", ("100", "10"), items=[on("COLA")]))
    (all_of_it,) = await ask(database, world.tenant.id, wanted("K2", line("COLA", 1095)))
    assert len(await lines_of(database, world, placed(all_of_it).id)) == 1
    await sound(database, world)


async def test_a_contract_is_final(database: Database, world: World) -> None:
    async with database.transaction(world.tenant.id) as tx:
        await tx.write(
            "update price_list set kind = 'contract', tier_id = null, customer_id = $3, "
            "scope = 'contract:' || $3::uuid where tenant_id = $1 and id = $2",
            world.lists["GOLD"],
            world.customers["K1"],
        )
        await tx.write("update data_version set version = version + 1 where tenant_id = $1")
    await publish(database, world, promotion("TEN", "percent", ("0", "10")))
    (outcome,) = await ask(database, world.tenant.id, wanted("K1", line("COLA", 100), line("GIFT", 100)))
    assert [row[4:6] for row in await lines_of(database, world, placed(outcome).id)] == [
        ("250.00", "0.00"),
        ("90.00", "10.00"),
    ]


async def test_whom_a_promotion_is_for(database: Database, world: World) -> None:
    gold = promotion("GOLD", "percent", ("0", "10"), audience=[AudienceMember(kind="tier", code="gold")])
    await publish(database, world, gold)
    mine, others = await ask(
        database, world.tenant.id, wanted("K1", line("GIFT", 100)), wanted("K2", line("GIFT", 100))
    )
    assert (placed(mine).gross, placed(others).gross) == (Decimal("90.00"), Decimal("100.00"))


async def test_a_budget_is_exhausted_exactly_within_a_batch(database: Database, world: World) -> None:
    await publish(database, world, promotion("TEN", "percent", ("0", "10"), budget=Decimal("25.00")))
    outcomes = await ask(database, world.tenant.id, *[wanted("K2", line("GIFT", 100)) for _ in range(4)])
    assert [placed(outcome).gross for outcome in outcomes] == [Decimal(90), Decimal(90), Decimal(100), Decimal(100)]
    assert await budgets(database, world) == [("promotion", False, "20.00", 2)]
    await sound(database, world)


async def test_a_refused_order_gives_its_part_back_within_the_batch(database: Database, world: World) -> None:
    await publish(database, world, promotion("TEN", "percent", ("0", "10"), uses=1))
    refused, fine = await ask(
        database, world.tenant.id, wanted("K2", line("GIFT", 1), line("COLA", 5000)), wanted("K2", line("GIFT", 100))
    )
    assert codes(refused) == [("short-stock", "lines[1].quantity")]
    assert placed(fine).gross == Decimal("90.00")
    assert await budgets(database, world) == [("promotion", False, "10.00", 1)]
    await sound(database, world)


async def test_many_at_once_exhaust_a_budget_exactly(database: Database, world: World) -> None:
    await publish(
        database,
        world,
        promotion("TEN", "percent", ("0", "10"), budget=Decimal("55.00"), customer_budget=Decimal("30.00")),
    )
    several = [wanted(customer, line("GIFT", 100)) for customer in ("K2", "K4") for _ in range(6)]
    outcomes = await asyncio.gather(*[ask(database, world.tenant.id, each) for each in several])
    grosses = sorted(placed(outcome).gross or Decimal(0) for (outcome,) in outcomes)
    assert grosses == [Decimal(90)] * 5 + [Decimal(100)] * 7
    taken = await budgets(database, world)
    assert taken[0] == ("promotion", False, "50.00", 5)
    assert sorted(each[2] for each in taken[1:]) == ["20.00", "30.00"]
    await sound(database, world)


async def test_first_orders_only_even_when_two_are_first(database: Database, world: World) -> None:
    await publish(database, world, promotion("HELLO", "spend_save", ("50", "20"), first_order_only=True))
    outcomes = await asyncio.gather(
        *[ask(database, world.tenant.id, wanted("K2", line("GIFT", 100))) for _ in range(3)]
    )
    assert sorted(placed(outcome).gross or Decimal(0) for (outcome,) in outcomes) == [
        Decimal(80),
        Decimal(100),
        Decimal(100),
    ]
    (later,) = await ask(database, world.tenant.id, wanted("K2", line("GIFT", 100)))
    assert placed(later).gross == Decimal(100)
    await sound(database, world)


async def test_cancelling_gives_budgets_and_coupons_back(database: Database, world: World) -> None:
    await publish(
        database, world, promotion("TEN", "percent", ("0", "10"), budget=Decimal("10.00"), coupon_required=True)
    )
    await coupons(database, world, "TEN", CouponInput(code="hello"))
    placement = with_coupons(wanted("K2", line("GIFT", 100)), " Hello ")
    (first,) = await ask(database, world.tenant.id, placement)
    assert placed(first).gross == Decimal(90)
    assert await budgets(database, world) == [("coupon", False, "10.00", 1), ("promotion", False, "10.00", 1)]
    (second,) = await ask(database, world.tenant.id, placement)
    assert codes(second) == [("coupon-used-up", "coupons[0]")]

    principal = StaffPrincipal(id=CALLER, tenant_id=world.tenant.id, name="Li", scope=EVERYTHING)
    async with database.transaction(world.tenant.id) as tx:
        await cancel(tx, ids=[placed(first).id], by=BY, principal=principal)
    assert await budgets(database, world) == [("coupon", False, "0.00", 0), ("promotion", False, "0.00", 0)]
    await sound(database, world)
    (again,) = await ask(database, world.tenant.id, placement)
    assert placed(again).gross == Decimal(90)
    await sound(database, world)


async def coupons(database: Database, world: World, code: str, *several: CouponInput) -> None:
    async with database.transaction(world.tenant.id) as tx:
        await save_coupons(tx, promotion_code=code, coupons=several, by=world.tenant.owner, seen_by=None)


async def test_a_coupon_that_does_nothing_refuses_the_order_and_leaves_no_trace(
    database: Database, world: World
) -> None:
    await publish(
        database,
        world,
        promotion("BIG", "spend_save", ("1000", "100"), coupon_required=True),
        promotion("OLD", "percent", ("0", "5"), coupon_required=True),
    )
    await coupons(database, world, "BIG", CouponInput(code="BIG1"), CouponInput(code="K1S", customer="K1"))
    await coupons(database, world, "OLD", CouponInput(code="GONE", active=False))
    before = await contents(database, world.tenant)
    (outcome,) = await ask(
        database, world.tenant.id, with_coupons(wanted("K2", line("GIFT", 100)), "BIG1", "K1S", "GONE", "NOPE")
    )
    assert sorted(codes(outcome)) == [
        ("coupon-not-yours", "coupons[1]"),
        ("coupon-over", "coupons[2]"),
        ("coupon-unknown", "coupons[3]"),
        ("coupon-without-effect", "coupons[0]"),
    ]
    assert await contents(database, world.tenant) == before


async def test_a_preview_shows_gifts_savings_and_what_is_missing(database: Database, world: World) -> None:
    give = promotion("GIVE", "buy_get", ("100", "1"), items=[on("BEER")], gift=GiftInput(sku="COLA"))
    await publish(
        database,
        world,
        promotion("SAVE", "spend_save", ("50", "5"), ("200", "30"), items=[on("GIFT")]),
        give,
    )
    before = await contents(database, world.tenant)
    async with database.transaction(world.tenant.id) as tx:
        seen = await preview(tx, placement=wanted("K2", line("GIFT", 100), line("BEER", 100)), language="zh")
    assert seen.faults == []
    assert [(each.line_no, each.kind, each.sku, each.discount, each.promotion) for each in seen.lines] == [
        (1, "goods", "GIFT", Decimal("5.00"), None),
        (2, "goods", "BEER", Decimal(0), None),
        (3, "gift", "COLA", Decimal("3.00"), "GIVE"),
    ]
    assert [(each.code, each.saved, each.lines) for each in seen.promotions] == [
        ("SAVE", Decimal("5.00"), [1]),
        ("GIVE", Decimal("3.00"), [2]),
    ]
    assert [(each.code, each.missing, each.value) for each in seen.next] == [("SAVE", Decimal("100.00"), Decimal(30))]
    assert seen.saved == Decimal("8.00")
    assert await contents(database, world.tenant) == before


@pytest.mark.parametrize("customer", ["K1", "K2"])
async def test_what_is_not_published_or_over_grants_nothing(database: Database, world: World, customer: str) -> None:
    await publish(database, world, promotion("TEN", "percent", ("0", "10")))
    async with database.transaction(world.tenant.id) as tx:
        await withdraw_promotions(tx, codes=["TEN"], by=world.tenant.owner)
    (outcome,) = await ask(database, world.tenant.id, wanted(customer, line("GIFT", 100)))
    assert placed(outcome).gross == Decimal(100)
