"""Price lists by code: created, changed, refused with everything that is wrong, and never two for one day."""

import asyncio
from datetime import date

import pytest
from tests.callers import Staff
from tests.pricing.conftest import NEW_YEAR, Prices, base, price, said
from tests.statements import statements

from dinghuo.kit.errors import Refused
from dinghuo.pricing.publish import publish
from dinghuo.pricing.save_lists import PriceListInput, save_lists
from dinghuo.pricing.withdraw import withdraw


async def test_lists_are_created_changed_and_left_alone(prices: Prices) -> None:
    contract = base("C1", kind="contract", customer="CHILD", currency="USD", tax_inclusive=False)
    region = base("TR", kind="tier_region", tier="GOLD", region="BJ", valid_until=date(2026, 12, 31))
    first = await prices.lists(base(), contract, region)
    assert (first.created, first.updated, first.unchanged) == (3, 0, 0)
    again = await prices.lists(base(), PriceListInput(code="C1", name="合同"), PriceListInput(code="TR"))
    assert (again.created, again.updated, again.unchanged, again.ids) == (0, 1, 2, first.ids)
    found = await prices.rows(
        """select code, name, kind, scope, currency, tax_inclusive, valid_from, valid_until, state, version, revision
        from price_list where tenant_id = $1 order by code"""
    )
    parties = prices.parties
    assert [tuple(row.values()) for row in found] == [
        ("BASE", "价目表 BASE", "base", "base", "CNY", True, NEW_YEAR, None, "draft", 1, 1),
        (
            "C1",
            "合同",
            "contract",
            f"contract:{parties.customers['CHILD']}",
            "USD",
            False,
            NEW_YEAR,
            None,
            "draft",
            1,
            2,
        ),
        (
            "TR",
            "价目表 TR",
            "tier_region",
            f"tier_region:{parties.tier}:{parties.beijing}",
            "CNY",
            True,
            NEW_YEAR,
            date(2026, 12, 31),
            "draft",
            1,
            1,
        ),
    ]
    audit = await prices.rows(
        "select action, changes from audit_entry where tenant_id = $1 and subject_kind = 'price_list' order by id"
    )
    assert [row["action"] for row in audit] == ["created", "created", "created", "updated"]
    assert audit[-1]["changes"] == {"name": ["价目表 C1", "合同"]}
    assert await prices.version() == 0


async def test_a_draft_may_become_of_another_kind(prices: Prices) -> None:
    await prices.lists(base("X", kind="contract", customer="CHILD"))
    await prices.lists(PriceListInput(code="X", kind="tier", tier="GOLD"))
    (row,) = await prices.rows("select customer_id, tier_id, scope from price_list where tenant_id = $1")
    assert dict(row) == {"customer_id": None, "tier_id": prices.parties.tier, "scope": f"tier:{prices.parties.tier}"}


async def test_everything_wrong_is_said_at_once(prices: Prices) -> None:
    lists = [
        PriceListInput(code="NEW"),
        base("A", kind="tier_region", tier="GOLD"),
        base("B", kind="tier", tier="SILVER", currency="XXX"),
        base("C", customer="CHILD"),
        base("D", valid_until=date(2025, 12, 31)),
    ]
    refused = await prices.refused(lambda tx: save_lists(tx, lists=lists, by=prices.by))
    assert said(refused) == [
        ("missing-value", "items[0].name", 1),
        ("missing-value", "items[0].kind", 1),
        ("missing-value", "items[0].valid_from", 1),
        ("price-list-target-needed", "items[1].region", 2),
        ("price-list-currency", "items[2].currency", 3),
        ("unknown-code", "items[2].tier", 3),
        ("price-list-target-unwanted", "items[3].customer", 4),
        ("price-list-ends-early", "items[4].valid_until", 5),
    ]
    assert [refused.faults[n].sentence("zh") for n in (3, 6)] == [
        "等级与区域价目表必须指定区域",
        "基础价目表不能指定客户",
    ]
    twice = await prices.refused(lambda tx: save_lists(tx, lists=[base(), base(), base("\n")], by=prices.by))
    assert said(twice) == [("duplicate-code", "items[1].code", 2), ("code-form", "items[2].code", 3)]


async def test_what_prices_were_measured_by_stays_once_published(prices: Prices) -> None:
    await prices.lists(base())
    await prices.publish("BASE")
    changed = PriceListInput(code="BASE", kind="tier", tier="GOLD", currency="USD", tax_inclusive=False, name="新")
    refused = await prices.refused(lambda tx: save_lists(tx, lists=[changed], by=prices.by))
    assert said(refused) == [
        ("price-list-was-published", "items[0].kind", 1),
        ("price-list-was-published", "items[0].tier", 1),
        ("price-list-was-published", "items[0].currency", 1),
        ("price-list-was-published", "items[0].tax_inclusive", 1),
    ]
    assert refused.faults[3].sentence("zh") == "价目表 BASE 已发布过，不能再改变是否含税；请另建一份"
    before = await prices.version()
    await prices.lists(PriceListInput(code="BASE", name="新"))
    assert await prices.version() == before + 1


async def test_an_overlap_names_the_other_list_and_its_dates(prices: Prices) -> None:
    await prices.lists(
        base("H1", valid_until=date(2026, 6, 30)), base("H2", valid_from=date(2026, 7, 1)), base("ALL")
    )
    await prices.publish("H1", "H2")
    refused = await prices.refused(lambda tx: publish(tx, codes=["ALL"], by=prices.by))
    (fault,) = refused.faults
    assert (fault.message.code, fault.field, fault.line) == ("price-list-overlap", "codes[0]", 1)
    assert fault.sentence("en") == (
        "Price list ALL (2026-01-01 – …) overlaps H1 (2026-01-01 – 2026-06-30), "
        "which is for the same customers and currency"
    )
    longer = PriceListInput(code="H1", valid_until=date(2026, 7, 1))
    refused = await prices.refused(lambda tx: save_lists(tx, lists=[longer], by=prices.by))
    assert said(refused) == [("price-list-overlap", "items[0].valid_from", 1)]
    # Another currency is another matter, and so are lists that are not published.
    await prices.lists(base("USD", currency="USD"))
    assert await prices.publish("USD") == 1
    await prices.run(lambda tx: withdraw(tx, codes=["H1", "H2"], by=prices.by))
    assert await prices.publish("ALL") == 1


async def test_two_published_lists_may_exchange_their_dates(prices: Prices) -> None:
    h1 = {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 6, 30)}
    h2 = {"valid_from": date(2026, 7, 1), "valid_until": date(2026, 12, 31)}
    await prices.lists(base("H1", **h1), base("H2", **h2))
    await prices.publish("H1", "H2")
    await prices.lists(PriceListInput(code="H1", **h2), PriceListInput(code="H2", **h1))  # type: ignore[arg-type]
    rows = await prices.rows("select code, valid_from from price_list where tenant_id = $1 order by valid_from")
    assert [row["code"] for row in rows] == ["H2", "H1"]


async def test_of_rivals_published_at_once_one_wins_and_the_others_are_told_which(prices: Prices) -> None:
    codes = [f"L{n}" for n in range(4)]
    await prices.lists(*map(base, codes))
    outcomes = await asyncio.gather(*map(prices.publish, codes), return_exceptions=True)
    winners = [code for code, outcome in zip(codes, outcomes, strict=True) if outcome == 1]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(winners) == 1
    assert [refused.faults[0].params["other"] for refused in refusals] == winners * 3


async def test_contracts_of_customers_one_may_not_see_do_not_exist(prices: Prices, staff: Staff) -> None:
    await prices.lists(base("C1", kind="contract", customer="OTHER"))
    nobody = await staff.principal("sales")
    assert said(
        await prices.refused(
            lambda tx: save_lists(
                tx,
                lists=[base("C2", kind="contract", customer="CHILD"), PriceListInput(code="C1", name="x")],
                by=prices.by,
                seen_by=nobody,
            )
        )
    ) == [
        ("unknown-code", "items[0].customer", 1),
        ("price-list-code-taken", "items[1].code", 2),
    ]
    owner = await staff.principal("owner")
    saved = await prices.lists(PriceListInput(code="C1", name="x"), seen_by=owner)
    assert saved.updated == 1


@pytest.mark.parametrize("count", [1, 50])
async def test_the_number_of_statements_does_not_depend_on_the_lists(prices: Prices, count: int) -> None:
    lists = [base(f"L{n}", kind="contract", customer="CHILD") for n in range(count)]
    sent = await statements(prices.database, prices.tenant, lambda tx: save_lists(tx, lists=lists, by=prices.by))
    assert sent == 6


async def test_a_price_set_once_is_found_under_its_list(prices: Prices) -> None:
    await prices.lists(base())
    await prices.entries(price("BASE", "A", "12.5"))
    (row,) = await prices.rows("select unit, minimum_quantity, price from price_entry where tenant_id = $1")
    assert [str(value) for value in row.values()] == ["箱", "0.000000", "12.500000"]
