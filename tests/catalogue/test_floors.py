"""Floor prices: dated, and only for those who may see costs."""

from datetime import date
from decimal import Decimal

import pytest
from tests.callers import Staff
from tests.catalogue.goods import make_groups, new_sku, save
from tests.support import Tenant, contents, trail

from dinghuo.catalogue.facts import load_skus
from dinghuo.catalogue.floors import FloorInput, read_floors, save_floors
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)


@pytest.fixture(autouse=True)
async def skus(database: Database, tenant: Tenant) -> None:
    await make_groups(database, tenant)
    await save(database, tenant, new_sku("S1"), new_sku("S2"))


def floor(sku: str, day: date, amount: str | None) -> FloorInput:
    return FloorInput(sku=sku, valid_from=day, floor=None if amount is None else Decimal(amount))


async def write(
    database: Database, tenant: Tenant, *floors: FloorInput, seen_by: StaffPrincipal | None = None
) -> tuple[int, int, int]:
    saved = await database.run(tenant.id, lambda tx: save_floors(tx, floors=floors, by=tenant.owner, seen_by=seen_by))
    return saved.created, saved.updated, saved.unchanged


async def test_a_floor_holds_from_its_day_and_goes(database: Database, tenant: Tenant) -> None:
    assert await write(database, tenant, floor("S1", MARCH, "3"), floor("S1", JANUARY, "2.5")) == (2, 0, 0)
    async with database.transaction(tenant.id) as tx:
        s1 = (await load_skus(tx, ["S1"]))["S1"]
        assert [s1.floor_on(day) for day in (date(2025, 12, 31), JANUARY, date(2026, 2, 28), MARCH)] == [
            None, Decimal("2.5"), Decimal("2.5"), Decimal(3),
        ]  # fmt: skip
        history = await read_floors(tx, s1.id, seen_by=None)
    assert [(one.valid_from, one.floor) for one in history] == [(MARCH, Decimal(3)), (JANUARY, Decimal("2.5"))]
    assert await write(database, tenant, floor("S1", MARCH, None), floor("S1", JANUARY, "2.5")) == (0, 1, 1)
    async with database.transaction(tenant.id) as tx:
        assert (await load_skus(tx, ["S1"]))["S1"].floor_on(MARCH) == Decimal("2.5")
    assert [entry for entry in await trail(database, tenant) if entry[0] == "sku_floor"] == [
        ("sku_floor", "updated", "owner")
    ] * 2


async def test_every_fault_is_named_and_nothing_is_written(database: Database, tenant: Tenant) -> None:
    before = await contents(database, tenant)
    with pytest.raises(Refused) as error:
        await write(
            database, tenant, floor("S1", JANUARY, "1"), floor("S9", JANUARY, "1"), floor("S1", JANUARY, "-1")
        )
    assert [(fault.message.code, fault.field) for fault in error.value.faults] == [
        ("unknown-code", "items[1].sku"),
        ("number-out-of-range", "items[2].floor"),
        ("floor-twice", "items[2].valid_from"),
    ]
    assert await contents(database, tenant) == before


async def test_only_who_sees_costs_is_told(database: Database, tenant: Tenant, staff: Staff) -> None:
    await write(database, tenant, floor("S1", JANUARY, "2"))
    person = await staff.principal("sales")
    before = await contents(database, tenant)
    async with database.transaction(tenant.id) as tx:
        s1 = (await load_skus(tx, ["S1"]))["S1"]
        with pytest.raises(Refused) as error:
            await read_floors(tx, s1.id, seen_by=person)
        assert error.value.status == 403
    with pytest.raises(Refused):
        await write(database, tenant, floor("S1", JANUARY, "3"), seen_by=person)
    assert await contents(database, tenant) == before
