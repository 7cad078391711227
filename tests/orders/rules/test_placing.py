"""Orders held to rules, against the real database: charges, refusals, quotas, and what is given back."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from tests.orders.asking import ask, codes, line, placed, wanted
from tests.statements import statements
from tests.support import contents
from tests.world import World, traces

from dinghuo.entry.invariants import broken_invariants
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused
from dinghuo.orders.cancel import call_off
from dinghuo.orders.lock_orders import lock_orders
from dinghuo.orders.place import place
from dinghuo.orders.preview import preview
from dinghuo.orders.requests import Placement
from dinghuo.orders.rules.remove import remove_rules
from dinghuo.orders.rules.save_calendars import CalendarInput, save_calendars
from dinghuo.orders.rules.save_quotas import QuotaInput, save_quotas
from dinghuo.orders.rules.save_routes import RouteInput, save_routes
from dinghuo.orders.rules.save_rules import OrderRuleInput, save_rules
from dinghuo.orders.rules.terms import DeliveryTerms, Freight, Minimum, Step

D = Decimal
SINCE = date(2020, 1, 1)


def rule(code: str, **fields: Any) -> OrderRuleInput:
    kind = next(name for name in ("minimum", "freight", "delivery") if name in fields)
    return OrderRuleInput(code=code, name=code, kind=kind, valid_from=SINCE, **{"target": "base", **fields})


FREIGHT = Freight(basis="amount", steps=(Step(D(0), D("21.80")),), free_from=D(100), tax_rate=D("0.09"))


async def save(database: Database, world: World, *rules: OrderRuleInput) -> None:
    await database.run(world.tenant.id, lambda tx: save_rules(tx, rules=rules, by=SYSTEM))


async def rows(database: Database, world: World, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
    async with database.transaction(world.tenant.id) as tx:
        return [tuple(row) for row in await tx.fetch(sql, *arguments)]


async def sound(database: Database, world: World) -> None:
    async with database.transaction(world.tenant.id) as tx:
        assert await broken_invariants(tx, world.tenant.id) == []


async def cancelled(database: Database, world: World, *ids: Any) -> None:
    async with database.transaction(world.tenant.id) as tx:
        await call_off(tx, await lock_orders(tx, list(ids), None), to="cancelled", by=SYSTEM)


async def test_freight_is_a_charge_of_the_order_and_credit_takes_it(database: Database, world: World) -> None:
    await save(database, world, rule("F", freight=FREIGHT))
    below, free = await ask(database, world.tenant.id, wanted("K1", line("COLA", 10)), wanted("K1", line("COLA", 40)))
    order = placed(below)
    # 10 × 2.50 = 25.00, and 21.80 of freight with 9 %.
    assert (order.gross, order.net, order.tax) == (D("46.80"), D("42.12"), D("4.68"))
    assert placed(free).gross == D("100.00")
    charges = await rows(
        database, world, "select order_id, kind, rule, net, tax, gross from order_charge where tenant_id = $1"
    )
    assert charges == [(order.id, "freight", "F", D("20.00"), D("1.80"), D("21.80"))]
    open_now = await rows(
        database, world, "select open from account where tenant_id = $1 and customer_id = $2", world.customers["K1"]
    )
    assert open_now == [(D("146.80"),)]
    await sound(database, world)
    await cancelled(database, world, order.id)
    assert await rows(
        database, world, "select open from account where tenant_id = $1 and customer_id = $2", world.customers["K1"]
    ) == [(D("100.00"),)]
    await sound(database, world)


async def test_below_the_minimum_is_refused_with_what_is_missing_and_no_trace(
    database: Database, world: World
) -> None:
    await save(database, world, rule("M", minimum=Minimum(D(50), D(20))), rule("F", freight=FREIGHT))
    before = await traces(database, world.tenant)
    (outcome,) = await ask(database, world.tenant.id, wanted("K1", line("COLA", 10)))
    assert codes(outcome) == [("order-below-amount", "lines"), ("order-below-quantity", "lines")]
    assert outcome.refused is not None
    amount, quantity = (fault.params for fault in outcome.refused.faults)
    assert (amount["missing"], quantity["missing"]) == (D("25.00"), "10")
    assert await traces(database, world.tenant) == before
    waived = msgspec.structs.replace(wanted("K1", line("COLA", 10)), waives_minimum=True)
    (allowed,) = await ask(database, world.tenant.id, waived)
    assert placed(allowed).gross == D("46.80")


async def test_who_sees_no_prices_is_told_no_amounts(database: Database, world: World) -> None:
    await save(database, world, rule("M", minimum=Minimum(D(50))))
    blind = msgspec.structs.replace(wanted("K1", line("COLA", 10)), sees_price=False)
    (outcome,) = await ask(database, world.tenant.id, blind)
    assert codes(outcome) == [("order-below-amount-untold", "lines")]


async def test_the_most_specific_rule_counts(database: Database, world: World) -> None:
    await save(
        database,
        world,
        rule("M", minimum=Minimum(D(50))),
        rule("GOLD", target="tier", tier="gold", minimum=Minimum(D(10))),
        rule("K2", target="contract", customer="K2", minimum=Minimum(D(40))),
    )
    first, second = await ask(
        database, world.tenant.id, wanted("K1", line("COLA", 10)), wanted("K2", line("COLA", 10))
    )
    assert placed(first).gross == D("25.00")
    assert second.refused is not None
    assert second.refused.faults[0].params["missing"] == D("10.00")


async def test_what_is_previewed_is_what_is_placed(database: Database, world: World) -> None:
    await save(database, world, rule("F", freight=FREIGHT))
    placement = wanted("K1", line("COLA", 10))
    before = await contents(database, world.tenant)
    async with database.transaction(world.tenant.id) as tx:
        seen = await preview(tx, placement=placement, language="zh")
    assert await contents(database, world.tenant) == before
    assert seen.goods is not None and seen.amounts is not None
    assert (seen.goods.gross, seen.amounts.gross, seen.faults) == (D("25.00"), D("46.80"), [])
    assert [(each.kind, each.gross, each.said) for each in seen.charges] == [
        ("freight", D("21.80"), "满 100 免，当前 25.00")
    ]
    assert [(each.code, each.message, each.missing) for each in seen.hints] == [
        ("free-freight", "再买 75.00 CNY 免运费", D("75.00"))
    ]
    (outcome,) = await ask(database, world.tenant.id, placement)
    assert placed(outcome).gross == seen.amounts.gross


def at(database: Database, moment: datetime) -> Database:
    return Database(database.url, pool_size=2, guard=True, clock=lambda: moment, vault=database.vault)


async def test_a_day_is_asked_for_on_which_nothing_comes(database: Database, world: World) -> None:
    async def prepare(tx: Any) -> None:
        await save_calendars(tx, calendars=[CalendarInput(code="CN", name="中国", base="china")], by=SYSTEM)
        await save_routes(
            tx, routes=[RouteInput(code="R", name="周二周五", weekdays=[2, 5], customers=["K1"])], by=SYSTEM
        )

    await database.run(world.tenant.id, prepare)
    await save(database, world, rule("D", delivery=DeliveryTerms("16:00", 1, "CN")))
    # Monday, 16:30 in Shanghai: counts for Tuesday, is ready on Wednesday, comes on Friday.
    monday = at(database, datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    try:
        early = _on("2026-11-24", wanted("K1", line("COLA", 1)))
        never = _on("2026-11-28", wanted("K1", line("COLA", 1)))
        right = _on("2026-12-01", wanted("K1", line("COLA", 1)))
        agreed = msgspec.structs.replace(early, waives_minimum=True)
        outcomes = await ask(monday, world.tenant.id, early, never, right, agreed, wanted("K2", line("COLA", 1)))
    finally:
        await monday.close()
    assert [codes(each) for each in outcomes[:2]] == [
        [("requested-too-early", "requested_date")],
        [("not-delivered-on", "requested_date")],
    ]
    told = [each.refused.faults[0].params["suggested"] for each in outcomes[:2] if each.refused]
    assert told == ["2026-11-27", "2026-12-01"]
    kept = await rows(
        database,
        world,
        "select id, earliest_date from sales_order where tenant_id = $1 and id = any($2::uuid[]) order by id",
        [placed(each).id for each in outcomes[2:]],
    )
    # K2 is on no route: any worked day will do.
    by_id = dict(kept)
    assert [by_id[placed(each).id] for each in outcomes[2:]] == [
        date(2026, 11, 27),
        date(2026, 11, 27),
        date(2026, 11, 25),
    ]


def _on(day: str, placement: Placement) -> Placement:
    request = msgspec.structs.replace(placement.request, requested_date=date.fromisoformat(day))
    return msgspec.structs.replace(placement, request=request)


async def quotas(database: Database, world: World, *items: QuotaInput) -> None:
    await database.run(world.tenant.id, lambda tx: save_quotas(tx, quotas=items, by=SYSTEM))


def quota(quantity: int, code: str = "Q", **fields: Any) -> QuotaInput:
    return QuotaInput(
        code=code, **{"sku": "COLA", "target": "base", "quantity": D(quantity), "valid_from": SINCE, **fields}
    )


async def taken(database: Database, world: World) -> list[tuple[Any, ...]]:
    return await rows(database, world, "select taken from allotment where tenant_id = $1 order by period_from, id")


async def test_a_quota_is_taken_and_given_back(database: Database, world: World) -> None:
    await quotas(database, world, quota(30))
    first, second, short = await ask(
        database,
        world.tenant.id,
        wanted("K1", line("COLA", 10)),
        wanted("K2", line("COLA", 20)),
        wanted("K2", line("BEER", 1), line("COLA", 1)),
    )
    assert (placed(first).gross, placed(second).gross) == (D("25.00"), D("60.00"))
    assert codes(short) == [("quota-short", "lines[1].quantity")]
    assert await taken(database, world) == [(D(30),)]
    await cancelled(database, world, placed(first).id)
    assert await taken(database, world) == [(D(20),)]
    (again,) = await ask(database, world.tenant.id, wanted("K2", line("COLA", 10)))
    assert placed(again).lines == 1
    await sound(database, world)


async def test_a_quota_is_of_those_it_names_and_of_its_period(database: Database, world: World) -> None:
    await quotas(database, world, quota(5, "GOLD", target="tier", tier="gold", period="day"))
    gold, other = await ask(database, world.tenant.id, wanted("K1", line("COLA", 6)), wanted("K2", line("COLA", 6)))
    assert (codes(gold)[0][0], placed(other).lines) == ("quota-short", 1)
    days = [at(database, datetime(2026, 11, day, 4, tzinfo=UTC)) for day in (23, 24)]
    try:
        for day in days:
            (outcome,) = await ask(day, world.tenant.id, wanted("K1", line("COLA", 5)))
            assert placed(outcome).lines == 1
    finally:
        for day in days:
            await day.close()
    assert await taken(database, world) == [(D(5),), (D(5),)]
    await sound(database, world)


async def test_one_orders_refusal_gives_back_what_it_had_claimed(database: Database, world: World) -> None:
    await quotas(database, world, quota(10), quota(10, "BEER", sku="BEER"))
    refused, other = await ask(
        database,
        world.tenant.id,
        wanted("K1", line("BEER", 10), line("COLA", 11)),
        wanted("K2", line("BEER", 10), line("COLA", 10)),
    )
    assert codes(refused) == [("quota-short", "lines[1].quantity")]
    assert placed(other).lines == 2
    await sound(database, world)


async def test_rivals_never_overdraw_a_quota(database: Database, world: World) -> None:
    await quotas(database, world, quota(50))
    outcomes = await asyncio.gather(
        *(ask(database, world.tenant.id, wanted("K2", line("COLA", 7))) for _ in range(10))
    )
    sold = [outcome for (outcome,) in outcomes if outcome.body is not None]
    assert len(sold) == 7
    assert await taken(database, world) == [(D(49),)]
    await sound(database, world)


async def test_a_bound_moves_but_never_below_what_is_taken(database: Database, world: World) -> None:
    await quotas(database, world, quota(30))
    await ask(database, world.tenant.id, wanted("K2", line("COLA", 20)))
    await quotas(database, world, QuotaInput(code="Q", quantity=D(20)))
    (none_left,) = await ask(database, world.tenant.id, wanted("K2", line("COLA", 1)))
    assert codes(none_left) == [("quota-short", "lines[0].quantity")]
    with pytest.raises(Refused) as refused:
        await quotas(database, world, QuotaInput(code="Q", quantity=D(19)))
    assert [fault.message.code for fault in refused.value.faults] == ["quota-below-taken"]


async def test_the_number_of_statements_does_not_grow(database: Database, world: World) -> None:
    await save(database, world, rule("F", freight=FREIGHT))
    await quotas(database, world, quota(1000))
    tenant = world.tenant
    await ask(database, tenant.id, wanted("K2", line("COLA", 1)))
    one = await statements(database, tenant, lambda tx: place(tx, [wanted("K2", line("COLA", 1))]))
    many = await statements(database, tenant, lambda tx: place(tx, [wanted("K2", line("COLA", 1))] * 20))
    assert one == many


async def test_rules_that_were_taken_away_cost_no_statement(database: Database, world: World) -> None:
    tenant = world.tenant
    await ask(database, tenant.id, wanted("K2", line("COLA", 1)))
    without = await statements(database, tenant, lambda tx: place(tx, [wanted("K2", line("COLA", 1))]))
    await save(database, world, rule("F", freight=FREIGHT))
    async with database.transaction(tenant.id) as tx:
        assert await remove_rules(tx, codes=["F"], by=SYSTEM, seen_by=None) == 1
    await ask(database, tenant.id, wanted("K2", line("COLA", 1)))
    after = await statements(database, tenant, lambda tx: place(tx, [wanted("K2", line("COLA", 1))]))
    assert after == without
