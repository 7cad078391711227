"""What a process remembers of price lists: what it will be asked for, and not much more."""

from tests.pricing.conftest import Prices, base, price

from dinghuo.kit.database import Tx
from dinghuo.parties.facts import load_customers
from dinghuo.pricing.facts import load_entries, load_lists


async def test_entries_are_fetched_for_the_lists_that_all_share_and_for_no_other_contract(prices: Prices) -> None:
    await prices.lists(
        base(),
        base("CONTRACT-1", kind="contract", customer="CHILD"),
        base("CONTRACT-2", kind="contract", customer="OTHER"),
        base("GOLD", kind="tier", tier="GOLD"),
    )
    await prices.entries(price("BASE", "A", "3"), price("GOLD", "A", "2"), price("CONTRACT-2", "A", "1"))
    await prices.publish("BASE", "CONTRACT-1", "CONTRACT-2", "GOLD")
    a, b = prices.goods.skus["A"], prices.goods.skus["B"]

    async def ask(tx: Tx) -> None:
        customers = await load_customers(tx, ["CHILD", "OTHER"])
        lists = await load_lists(tx, [customers["CHILD"], customers["OTHER"]])
        known = {each.code: each for several in lists.values() for each in several}
        own = next(each for each in lists[customers["CHILD"].id] if each.code == "CONTRACT-1")
        await load_entries(tx, [(own, a), (own, b)])
        assert {code: set(each.entries) for code, each in known.items()} == {
            "BASE": {a, b},
            "GOLD": {a, b},
            "CONTRACT-1": {a, b},
            "CONTRACT-2": set(),
        }
        assert (bool(known["GOLD"].entries[a]), known["GOLD"].entries[b], own.entries[a]) == (True, {}, {})

    await prices.run(ask)


async def test_who_asks_with_lists_that_were_forgotten_since_is_answered_all_the_same(prices: Prices) -> None:
    await prices.lists(base(), base("GOLD", kind="tier", tier="GOLD"))
    await prices.entries(price("BASE", "A", "3"), price("GOLD", "A", "2"))
    await prices.publish("BASE", "GOLD")
    a = prices.goods.skus["A"]

    async def ask(tx: Tx) -> None:
        customers = (await load_customers(tx, ["CHILD"])).values()
        lists = [each for several in (await load_lists(tx, customers)).values() for each in several]
        # As when a rival is rolled back meanwhile, and another asks for the same lists.
        tx.database.caches.forget(tx.tenant_id)
        await load_lists(tx, customers)
        await load_entries(tx, [(each, a) for each in lists])
        assert lists
        assert all(a in each.entries for each in lists)

    await prices.run(ask)
