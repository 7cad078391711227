"""Dated costs, and who may know them."""

from datetime import date
from decimal import Decimal

import pytest
from tests.callers import Staff
from tests.catalogue.goods import make_groups, new_sku, save
from tests.support import Tenant, contents, trail

from dinghuo.catalogue.costs import CostInput, costs_on, read_costs, save_costs
from dinghuo.catalogue.queries import SkuFilter, get_sku, list_skus
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bulk import Saved
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)


@pytest.fixture(autouse=True)
async def skus(database: Database, tenant: Tenant) -> Saved:
    await make_groups(database, tenant)
    return await save(database, tenant, new_sku("S1"), new_sku("S2"))


def cost(sku: str, day: date, amount: str | None) -> CostInput:
    return CostInput(sku=sku, valid_from=day, cost=None if amount is None else Decimal(amount))


async def write(
    database: Database, tenant: Tenant, *costs: CostInput, seen_by: StaffPrincipal | None = None
) -> tuple[int, int, int]:
    saved = await database.run(tenant.id, lambda tx: save_costs(tx, costs=costs, by=tenant.owner, seen_by=seen_by))
    return saved.created, saved.updated, saved.unchanged


async def test_a_cost_holds_from_its_day_until_the_next(database: Database, tenant: Tenant, skus: Saved) -> None:
    assert await write(database, tenant, cost("S1", MARCH, "3"), cost("S1", JANUARY, "2.5")) == (2, 0, 0)
    async with database.transaction(tenant.id) as tx:
        for day, known in (
            (date(2025, 12, 31), {}),
            (JANUARY, {"S1": Decimal("2.5")}),
            (date(2026, 2, 28), {"S1": Decimal("2.5")}),
            (MARCH, {"S1": Decimal(3)}),
        ):
            found = await costs_on(tx, list(skus.ids.values()), day, seen_by=None)
            assert found == {skus.ids[code]: amount for code, amount in known.items()}
        history = await read_costs(tx, skus.ids["S1"], seen_by=None)
    assert [(one.valid_from, one.cost) for one in history] == [(MARCH, Decimal(3)), (JANUARY, Decimal("2.5"))]


async def test_costs_change_and_go(database: Database, tenant: Tenant, skus: Saved) -> None:
    await write(database, tenant, cost("S1", JANUARY, "2"), cost("S2", JANUARY, "5"))
    changed = [cost("S1", JANUARY, "2.1"), cost("S2", JANUARY, None), cost("S2", MARCH, "6")]
    assert await write(database, tenant, *changed) == (1, 2, 0)
    assert await write(database, tenant, *changed) == (0, 0, 3)
    async with database.transaction(tenant.id) as tx:
        assert await costs_on(tx, [skus.ids["S2"]], JANUARY, seen_by=None) == {}
        rows = await tx.fetch(
            "select changes::text from audit_entry where tenant_id = $1 and subject_kind = 'sku_cost' "
            "and subject_id = $2 order by id desc",
            skus.ids["S2"],
        )
    assert rows[0]["changes"] == '{"2026-01-01":["5.000000",null],"2026-03-01":[null,"6"]}'
    assert [entry for entry in await trail(database, tenant) if entry[0] == "sku_cost"] == [
        ("sku_cost", "updated", "owner")
    ] * 4


async def test_every_fault_is_named_and_nothing_is_written(database: Database, tenant: Tenant) -> None:
    before = await contents(database, tenant)
    with pytest.raises(Refused) as error:
        await write(
            database,
            tenant,
            cost("S1", JANUARY, "1"),
            cost("S9", JANUARY, "1"),
            cost("S1", JANUARY, "-1"),
            cost("S2", JANUARY, "NaN"),
            cost("S2", MARCH, "0.0000001"),
        )
    assert [(fault.message.code, fault.field) for fault in error.value.faults] == [
        ("unknown-code", "items[1].sku"),
        ("number-out-of-range", "items[2].cost"),
        ("cost-twice", "items[2].valid_from"),
        ("number-out-of-range", "items[3].cost"),
        ("number-out-of-range", "items[4].cost"),
    ]
    assert await contents(database, tenant) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "sees"), [("owner", True), ("finance", True), ("sales", False), ("warehouse", False)]
)
async def test_only_who_sees_costs_is_told(
    database: Database, tenant: Tenant, staff: Staff, skus: Saved, role: str, sees: bool
) -> None:
    await write(database, tenant, cost("S1", JANUARY, "2"))
    person = await staff.principal(role)
    assert person.sees_cost is sees
    before = await contents(database, tenant)
    s1 = skus.ids["S1"]
    async with database.transaction(tenant.id) as tx:
        if sees:
            view = await get_sku(tx, s1, seen_by=person, sellable_to=None, include=["cost"])
            assert view is not None
            assert view.cost == Decimal(2)
            page = await list_skus(tx, seen_by=person, sellable_to=None, wanted=SkuFilter(), include=["cost"])
            assert [one.cost for one in page.items] == [Decimal(2), None]
            assert len(await read_costs(tx, s1, seen_by=person)) == 1
            return
        with pytest.raises(Refused) as error:
            await get_sku(tx, s1, seen_by=person, sellable_to=None, include=["cost"])
        assert error.value.status == 403
        with pytest.raises(Refused):
            await list_skus(tx, seen_by=person, sellable_to=None, wanted=SkuFilter(), include=["cost"])
        with pytest.raises(Refused):
            await read_costs(tx, s1, seen_by=person)
        view = await get_sku(tx, s1, seen_by=person, sellable_to=None, include=["units"])
        assert view is not None
    with pytest.raises(Refused):
        await write(database, tenant, cost("S1", JANUARY, "3"), seen_by=person)
    assert await contents(database, tenant) == before
