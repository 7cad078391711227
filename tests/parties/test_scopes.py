"""Own, department's, region's, all: in every read, search, filter, creation and update."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from tests.callers import Staff
from tests.support import Tenant, contents, make_user

from dinghuo.identity.principals import Scope, StaffPrincipal
from dinghuo.identity.save_departments import DepartmentInput, save_departments
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.words import NodeInput, save_words
from dinghuo.parties.edit_customer import edit_customer
from dinghuo.parties.queries import CustomerFilter, get_customer, list_customers
from dinghuo.parties.save_customers import CustomerFields, CustomerInput, save_customers
from dinghuo.parties.tables import region

pytestmark = pytest.mark.slow

ALL = {"MINE", "OURS", "EAST", "SH", "ELSE", "HQ"}


@dataclass(frozen=True)
class Land:
    """Customers by code, and one person for each scope who sees the customers named."""

    ids: dict[str, UUID]
    people: dict[str, tuple[StaffPrincipal, set[str]]]


@pytest.fixture
async def land(database: Database, tenant: Tenant, staff: Staff) -> Land:
    me = await make_user(database, tenant, "sales")

    async def write(tx: Tx) -> dict[str, UUID]:
        await save_departments(tx, items=[DepartmentInput(code="D", name="一部")], by=SYSTEM)
        regions = [NodeInput(code="E", name="华东"), NodeInput(code="S", name="上海", parent="E")]
        await save_words(tx, region, items=regions, by=SYSTEM, kind="parties")
        customers = [
            CustomerInput(code="MINE", name="客户一", owner=me, parent="HQ"),
            CustomerInput(code="OURS", name="客户二", department="D", parent="MINE"),
            CustomerInput(code="EAST", name="客户三", region="E"),
            CustomerInput(code="SH", name="客户四", region="S"),
            CustomerInput(code="ELSE", name="客户五"),
            CustomerInput(code="HQ", name="客户六"),
        ]
        made = await save_customers(tx, customers=customers, by=SYSTEM, within=None)
        named = await tx.fetch("select 'me' as what, id from app_user where tenant_id = $1 and login = $2", me)
        named += await tx.fetch("select code as what, id from department where tenant_id = $1")
        named += await tx.fetch("select code as what, id from region where tenant_id = $1")
        return made.ids | {row["what"]: row["id"] for row in named}

    ids = await database.run(tenant.id, write)
    anyone = await staff.principal("sales")

    def person(scope: Scope) -> StaffPrincipal:
        return StaffPrincipal(id=anyone.id, tenant_id=tenant.id, name="x", user_id=ids["me"], scope=scope)

    return Land(
        ids={code: ids[code] for code in ALL},
        people={
            "own": (person(Scope("own", owner_id=ids["me"])), {"MINE"}),
            "department": (
                person(Scope("department", owner_id=ids["me"], department_ids=frozenset({ids["D"]}))),
                {"MINE", "OURS"},
            ),
            "region": (person(Scope("region", region_ids=frozenset({ids["E"], ids["S"]}))), {"EAST", "SH"}),
            "all": (person(Scope("all")), ALL),
            "nothing": (person(Scope("own")), set()),
        },
    )


SCOPES = pytest.mark.parametrize("scope", ["own", "department", "region", "all", "nothing"])


@SCOPES
async def test_lists_searches_and_reads_show_only_the_scope(
    database: Database, tenant: Tenant, land: Land, scope: str
) -> None:
    person, seen = land.people[scope]
    async with database.transaction(tenant.id) as tx:
        for wanted in (CustomerFilter(), CustomerFilter(search="客户"), CustomerFilter(search="kh", state="active")):
            page = await list_customers(tx, seen_by=person, wanted=wanted)
            assert {view.code for view in page.items} == seen
        for code, id in land.ids.items():
            view = await get_customer(tx, id, seen_by=person, include=["contacts", "addresses"])
            assert (view is not None) == (code in seen)


async def test_a_parent_outside_the_scope_is_neither_told_nor_asked_for(
    database: Database, tenant: Tenant, land: Land
) -> None:
    async with database.transaction(tenant.id) as tx:
        for scope, told, found in (("own", None, set()), ("all", "HQ", {"MINE"})):
            person, _ = land.people[scope]
            view = await get_customer(tx, land.ids["MINE"], seen_by=person)
            assert view is not None
            assert (view.parent.code if view.parent else None) == told
            page = await list_customers(tx, seen_by=person, wanted=CustomerFilter(parent="HQ"))
            assert {one.code for one in page.items} == found


@SCOPES
async def test_updates_reach_only_the_scope(database: Database, tenant: Tenant, land: Land, scope: str) -> None:
    person, seen = land.people[scope]
    before = await contents(database, tenant)
    everything = [CustomerInput(code=code, note="x") for code in sorted(ALL)]
    if seen != ALL:
        with pytest.raises(Refused) as error:
            await database.run(
                tenant.id, lambda tx: save_customers(tx, customers=everything, by=person.actor(), within=person)
            )
        assert [(fault.message.code, fault.params["code"]) for fault in error.value.faults] == [
            ("customer-not-in-scope", code) for code in sorted(ALL - seen)
        ]
        assert error.value.status == 403
        for code in ALL - seen:
            with pytest.raises(Refused) as error:
                await _edit(database, tenant, land.ids[code], CustomerFields(note="x"), person)
            assert error.value.status == 404
        assert await contents(database, tenant) == before
    allowed = [item for item in everything if item.code in seen]
    saved = await database.run(
        tenant.id, lambda tx: save_customers(tx, customers=allowed, by=person.actor(), within=person)
    )
    assert saved.updated == len(seen)


async def test_nobody_hands_a_customer_out_of_the_own_scope(database: Database, tenant: Tenant, land: Land) -> None:
    person, _ = land.people["own"]
    before = await contents(database, tenant)
    with pytest.raises(Refused) as error:
        await _edit(database, tenant, land.ids["MINE"], CustomerFields(owner=None), person)
    assert [fault.message.code for fault in error.value.faults] == ["customer-not-in-scope"]
    with pytest.raises(Refused) as error:
        await _edit(database, tenant, land.ids["MINE"], CustomerFields(parent="ELSE"), person)
    assert [fault.message.code for fault in error.value.faults] == ["unknown-code"]
    assert await contents(database, tenant) == before


async def test_who_creates_a_customer_answers_for_it(database: Database, tenant: Tenant, land: Land) -> None:
    for scope, owned in (("own", True), ("all", False)):
        person, _ = land.people[scope]
        new = CustomerInput(code=f"NEW-{scope}", name="新")

        async def create(tx: Tx, new: CustomerInput = new, person: StaffPrincipal = person) -> UUID | None:
            made = await save_customers(tx, customers=[new], by=person.actor(), within=person)
            view = await get_customer(tx, made.ids[new.code], seen_by=person)
            assert view is not None
            return view.owner.id if view.owner else None

        assert await database.run(tenant.id, create) == (person.user_id if owned else None)
    person, _ = land.people["region"]
    with pytest.raises(Refused) as error:
        await database.run(
            tenant.id,
            lambda tx: save_customers(
                tx, customers=[CustomerInput(code="FAR", name="远")], by=person.actor(), within=person
            ),
        )
    assert [fault.message.code for fault in error.value.faults] == ["customer-not-in-scope"]


async def _edit(database: Database, tenant: Tenant, id: UUID, fields: CustomerFields, person: StaffPrincipal) -> None:
    await database.run(
        tenant.id,
        lambda tx: edit_customer(tx, customer_id=id, fields=fields, revision=1, by=person.actor(), within=person),
    )
