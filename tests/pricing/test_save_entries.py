"""Prices set by SKU code: only what differs is written, published prices count at once, refusals leave no trace."""

from datetime import date
from decimal import Decimal

import pytest
from tests.callers import Staff
from tests.pricing.conftest import Prices, base, price, said
from tests.statements import statements

from dinghuo.pricing.delete_entries import delete_entries
from dinghuo.pricing.save_entries import EntriesSaved, EntryKey, save_entries
from dinghuo.pricing.withdraw import withdraw


async def test_prices_are_added_changed_and_left_alone(prices: Prices) -> None:
    await prices.lists(base(), base("OLD", valid_until=date(2026, 1, 31)))
    entries = [price("BASE", "A", "24"), price("BASE", "A", "22", minimum="10"), price("OLD", "A", "2", "瓶")]
    assert await prices.entries(*entries) == EntriesSaved(3, 0, 0)
    changed = [price("BASE", "A", "24.00"), price("BASE", "A", "21.5", minimum="10.0"), price("BASE", "B", "7")]
    assert await prices.entries(*changed) == EntriesSaved(1, 1, 1)
    found = await prices.rows(
        """select l.code as list, s.code as sku, e.unit, e.minimum_quantity, e.price from price_entry e
        join price_list l on l.tenant_id = $1 and l.id = e.list_id join sku s on s.tenant_id = $1 and s.id = e.sku_id
        where e.tenant_id = $1 order by 1, 2, 4"""
    )
    assert [tuple(row.values()) for row in found] == [
        ("BASE", "A", "箱", Decimal(0), Decimal(24)),
        ("BASE", "A", "箱", Decimal(10), Decimal("21.5")),
        ("BASE", "B", "箱", Decimal(0), Decimal(7)),
        ("OLD", "A", "瓶", Decimal(0), Decimal(2)),
    ]
    audit = await prices.rows(
        "select changes from audit_entry where tenant_id = $1 and action = 'priced' order by id desc limit 1"
    )
    assert audit[0]["changes"] == {"A 箱 10": ["22.000000", "21.500000"], "B 箱 0": [None, "7.000000"]}


async def test_a_published_price_touches_its_list_and_nothing_else(prices: Prices) -> None:
    await prices.lists(base(), base("D", valid_from=date(2027, 1, 1)))
    await prices.entries(price("BASE", "A", "24"), price("BASE", "B", "7"), price("D", "A", "1"))
    assert await prices.version() == 0
    await prices.publish("BASE")
    before = await prices.rows("select ctid::text, * from price_entry where tenant_id = $1")
    await prices.entries(price("BASE", "A", "25"), price("BASE", "B", "7"), price("D", "A", "1"))
    after = await prices.rows("select ctid::text, * from price_entry where tenant_id = $1")
    assert len([row for row in after if row not in before]) == 1
    lists = await prices.rows("select code, version from price_list where tenant_id = $1 order by code")
    assert [tuple(row.values()) for row in lists] == [("BASE", 3), ("D", 2)]
    assert await prices.version() == 2
    # Nothing new: nobody has to forget anything. A draft's prices are nobody's business either.
    await prices.entries(price("BASE", "A", "25"))
    await prices.entries(price("D", "A", "2"))
    assert await prices.version() == 2


async def test_everything_wrong_is_said_at_once(prices: Prices) -> None:
    await prices.lists(base())
    entries = [
        price("BASE", "A", "1"),
        price("NONE", "NONE\0", "1"),
        price("BASE", "A", "-0.01", "托"),
        price("BASE", "B", "NaN", minimum="-1"),
        price("BASE", "B", "1.2345678", minimum="0.0000001"),
        price("BASE", "A", "2", "箱", "0.0"),
        price("BASE", "A", "sNaN", minimum="sNaN"),
    ]
    refused = await prices.refused(lambda tx: save_entries(tx, entries=entries, by=prices.by))
    assert said(refused) == [
        ("unknown-code", "items[1].list", 2),
        ("unknown-code", "items[1].sku", 2),
        ("price-entry-price", "items[2].price", 3),
        ("price-entry-unknown-unit", "items[2].unit", 3),
        ("price-entry-price", "items[3].price", 4),
        ("price-entry-minimum", "items[3].minimum_quantity", 4),
        ("price-entry-price", "items[4].price", 5),
        ("price-entry-minimum", "items[4].minimum_quantity", 5),
        ("price-entry-twice", "items[5].sku", 6),
        ("price-entry-price", "items[6].price", 7),
        ("price-entry-minimum", "items[6].minimum_quantity", 7),
    ]
    many = [price("BASE", "A", "1", minimum=str(n)) for n in range(10_001)]
    refused = await prices.refused(lambda tx: save_entries(tx, entries=many, by=prices.by))
    assert said(refused) == [("too-many-items", "items", None)]


async def test_prices_are_deleted_all_or_none(prices: Prices) -> None:
    await prices.lists(base())
    await prices.entries(price("BASE", "A", "24"), price("BASE", "A", "22", minimum="10"))
    await prices.publish("BASE")
    keys = [EntryKey("BASE", "A"), EntryKey("BASE", "B"), EntryKey("BASE", "A", "瓶")]
    refused = await prices.refused(lambda tx: delete_entries(tx, keys=keys, by=prices.by))
    assert said(refused) == [
        ("price-entry-unknown", "items[1].sku", 2),
        ("price-entry-unknown", "items[2].sku", 3),
    ]
    assert await prices.run(lambda tx: delete_entries(tx, keys=keys[:1], by=prices.by)) == 1
    left = await prices.rows("select minimum_quantity from price_entry where tenant_id = $1")
    assert [row["minimum_quantity"] for row in left] == [Decimal(10)]
    assert await prices.version() == 2


async def test_who_may_not_see_prices_sets_none(prices: Prices, staff: Staff) -> None:
    await prices.lists(base())
    picker = await staff.principal("warehouse")
    refused = await prices.refused(
        lambda tx: save_entries(tx, entries=[price("BASE", "A", "1")], by=prices.by, seen_by=picker)
    )
    assert said(refused) == [("price-hidden", "price", None)]


@pytest.mark.slow
async def test_the_number_of_statements_does_not_depend_on_the_prices(prices: Prices) -> None:
    await prices.lists(base(), base("X", valid_from=date(2020, 1, 1), valid_until=date(2020, 12, 31)))
    await prices.publish("BASE", "X")

    async def sent(count: int) -> int:
        entries = [price(code, "A", f"{count}.5", minimum=str(n)) for n in range(count) for code in ("BASE", "X")]
        return await statements(
            prices.database, prices.tenant, lambda tx: save_entries(tx, entries=entries, by=prices.by)
        )

    await sent(1)  # what processes remember of SKUs
    assert await sent(2) == await sent(2000)


async def test_withdrawing_ends_prices_and_needs_a_published_list(prices: Prices) -> None:
    await prices.lists(base(), base("D", valid_from=date(2020, 1, 1), valid_until=date(2020, 1, 1)))
    await prices.publish("BASE")
    assert await prices.publish("BASE") == 0
    refused = await prices.refused(lambda tx: withdraw(tx, codes=["BASE", "D", "NONE"], by=prices.by))
    assert said(refused) == [("price-list-never-published", "codes[1]", 2), ("unknown-code", "codes[2]", 3)]
    assert await prices.run(lambda tx: withdraw(tx, codes=["BASE"], by=prices.by)) == 1
    assert await prices.run(lambda tx: withdraw(tx, codes=["BASE"], by=prices.by)) == 0
    assert await prices.publish("BASE") == 1
    assert [
        row["state"] for row in await prices.rows("select state from price_list where tenant_id = $1 order by code")
    ] == [
        "published",
        "draft",
    ]
