"""Which price a customer gets: contract, tier × region, tier, region, channel, base; breaks and units; dates."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.callers import Staff
from tests.pricing.conftest import Prices, base, price

from dinghuo.kit.errors import Refused
from dinghuo.pricing.customer_prices import CustomerPrice, PriceStep, customer_prices
from dinghuo.pricing.withdraw import withdraw

LISTS = [
    base("6-base"),
    base("5-channel", kind="channel", channel="WEB"),
    base("4-region-north", kind="region", region="NORTH"),
    base("4-region", kind="region", region="BJ"),
    base("3-tier", kind="tier", tier="GOLD"),
    base("2-tier-north", kind="tier_region", tier="GOLD", region="NORTH"),
    base("2-tier-region", kind="tier_region", tier="GOLD", region="BJ"),
    base("1-contract-parent", kind="contract", customer="PARENT"),
    base("1-contract", kind="contract", customer="CHILD"),
]


async def asked(prices: Prices, customer: str = "CHILD", **how: Any) -> Sequence[CustomerPrice]:
    how = {"seen_by": None} | how
    async with prices.database.transaction(prices.tenant.id) as tx:
        return (await customer_prices(tx, customer=customer, **how)).items


async def winner(prices: Prices) -> str:
    (first, *_) = await asked(prices, sku_codes=["A"])
    return first.steps[0].list


async def test_the_most_specific_list_wins_and_the_next_one_when_it_goes(prices: Prices) -> None:
    await prices.lists(*LISTS)
    await prices.entries(*[price(item.code, "A", "5") for item in LISTS])
    codes = [item.code for item in LISTS]
    await prices.publish(*codes)
    won = []
    for _ in codes:
        found = await winner(prices)
        won.append(found)
        await prices.run(lambda tx, found=found: withdraw(tx, codes=[found], by=prices.by))  # type: ignore[misc]
    assert won == codes[::-1]
    (nothing,) = await asked(prices, sku_codes=["A"])
    assert nothing.steps == []


async def test_a_list_without_the_sku_lets_the_next_one_speak(prices: Prices) -> None:
    await prices.lists(base(), base("C", kind="contract", customer="CHILD"))
    await prices.entries(price("BASE", "A", "9"), price("BASE", "B", "8"), price("C", "B", "7"))
    await prices.publish("BASE", "C")
    steps = {item.sku: [(step.price, step.list) for step in item.steps] for item in await asked(prices)}
    assert steps == {"A": [(Decimal(9), "BASE")], "B": [(Decimal(7), "C")], "C": []}
    others = {item.sku: [(step.price, step.list) for step in item.steps] for item in await asked(prices, "OTHER")}
    assert others["B"] == [(Decimal(8), "BASE")]


async def test_breaks_by_the_ordered_unit_and_else_by_the_base_unit(prices: Prices) -> None:
    await prices.lists(base(), base("T", kind="tier", tier="GOLD"))
    await prices.entries(
        price("BASE", "A", "1", "瓶"),
        price("BASE", "A", "0.9", "瓶", "30"),
        price("BASE", "A", "9.999999", "箱", "10"),
        price("T", "A", "10.5", "箱", "2"),
        price("T", "A", "10", "箱", "5"),
    )
    await prices.publish("BASE", "T")
    (found, *_) = await asked(prices, sku_codes=["A"])
    # Below two cases the tier's list says nothing, and the base list speaks by the bottle: 12 × 1, then 12 × 0.9.
    assert found.steps == [
        PriceStep(Decimal(0), Decimal(12), True, "BASE"),
        PriceStep(Decimal(2), Decimal("10.5"), True, "T"),
        PriceStep(Decimal(5), Decimal(10), True, "T"),
    ]
    (other, *_) = await asked(prices, "OTHER", sku_codes=["A"])
    assert [step.list for step in other.steps] == ["BASE", "T", "T"]
    await prices.run(lambda tx: withdraw(tx, codes=["T"], by=prices.by))
    (base_only, *_) = await asked(prices, sku_codes=["A"])
    assert base_only.steps == [
        PriceStep(Decimal(0), Decimal(12), True, "BASE"),
        PriceStep(Decimal("2.5"), Decimal("10.8"), True, "BASE"),
        PriceStep(Decimal(10), Decimal("9.999999"), True, "BASE"),
    ]


async def test_dates_are_days_of_the_tenant_and_currencies_keep_apart(prices: Prices) -> None:
    jan, feb = date(2026, 1, 31), date(2026, 2, 1)
    await prices.lists(
        base("JAN", valid_until=jan), base("FEB", valid_from=feb), base("USD", currency="USD", tax_inclusive=False)
    )
    await prices.entries(price("JAN", "A", "1"), price("FEB", "A", "2"), price("USD", "A", "3"))
    await prices.publish("JAN", "FEB", "USD")

    async def on(**how: Any) -> list[str]:
        (found, *_) = await asked(prices, sku_codes=["A"], **how)
        return [step.list for step in found.steps]

    assert await on(day=jan) == ["JAN"]
    assert await on(day=feb) == ["FEB"]
    assert await on(day=date(2025, 12, 31)) == []
    assert await on(day=jan, currency="USD") == ["USD"]


async def test_pages_go_by_sku_code(prices: Prices) -> None:
    async with prices.database.transaction(prices.tenant.id) as tx:
        first = await customer_prices(tx, customer="CHILD", seen_by=None, limit=2)
        last = await customer_prices(tx, customer="CHILD", seen_by=None, limit=2, cursor=first.cursor)
    assert [[item.sku for item in page.items] for page in (first, last)] == [["A", "B"], ["C"]]
    assert last.cursor is None


@pytest.mark.parametrize(("role", "code"), [("sales", "no-such-record"), ("warehouse", "price-hidden")])
async def test_only_for_customers_and_prices_one_may_see(prices: Prices, staff: Staff, role: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        await asked(prices, seen_by=await staff.principal(role))
    assert [fault.message.code for fault in refusal.value.faults] == [code]
