"""Customers in bulk: all or nothing, by the caller's codes, in a number of statements that depends on nothing."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.support import Tenant, contents, make_user, trail

from dinghuo.entry.bench.statements import counted
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.bulk import MOST, Saved
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused
from dinghuo.kit.words import NodeInput, WordInput, save_words
from dinghuo.parties.details import AddressInput, ContactInput
from dinghuo.parties.queries import CustomerFilter, CustomerView, get_customer, list_customers
from dinghuo.parties.save_customers import CustomerInput, save_customers
from dinghuo.parties.tables import channel, region, tier


async def save(database: Database, tenant: Tenant, *customers: CustomerInput) -> Saved:
    return await database.run(
        tenant.id, lambda tx: save_customers(tx, customers=customers, by=tenant.owner, within=None)
    )


async def refused(database: Database, tenant: Tenant, *customers: CustomerInput) -> list[tuple[str, str, int | None]]:
    """The faults as (code, field, line), once it is sure that nothing was written."""
    before = await contents(database, tenant)
    with pytest.raises(Refused) as error:
        await save(database, tenant, *customers)
    assert await contents(database, tenant) == before
    return [(fault.message.code, fault.field, fault.line) for fault in error.value.faults]


async def read(database: Database, tenant: Tenant, customer_id: UUID) -> CustomerView:
    async with database.transaction(tenant.id) as tx:
        view = await get_customer(tx, customer_id, seen_by=None, include=["contacts", "addresses"])
    assert view is not None
    return view


async def version(database: Database, tenant: Tenant) -> int:
    async with database.transaction(tenant.id) as tx:
        return (await tx.versions()).get("parties", 0)


@pytest.fixture
async def words(database: Database, tenant: Tenant) -> None:
    """Tiers A and B, channel KA, region EAST with SH below it."""

    async def write(tx: Any) -> None:
        a_and_b = [WordInput(code="A", name="金牌"), WordInput(code="B", name="银牌")]
        await save_words(tx, tier, items=a_and_b, by=SYSTEM, kind="parties")
        await save_words(tx, channel, items=[WordInput(code="KA", name="商超")], by=SYSTEM, kind="parties")
        regions = [NodeInput(code="SH", name="上海", parent="EAST"), NodeInput(code="EAST", name="华东")]
        await save_words(tx, region, items=regions, by=SYSTEM, kind="parties")

    await database.run(tenant.id, write)


@pytest.mark.usefixtures("words")
async def test_a_customer_is_created_with_everything(database: Database, tenant: Tenant) -> None:
    login = await make_user(database, tenant, "sales")
    made = await save(
        database,
        tenant,
        CustomerInput(
            code="C1",
            name="上海吕氏商贸",
            name_en="Lü Trading",
            tax_number="9111 0000 6000 3734 1L",
            tier="A",
            region="SH",
            channel="KA",
            parent="HQ",
            owner=login.upper(),
            payment_terms="credit_days",
            payment_days=30,
            attributes={"erp": {"id": 7}},
            contacts=[ContactInput(name="王", mobile="13800000000", is_main=True)],
            addresses=[AddressInput(recipient="王", street="人民路 1 号", city="上海", is_default=True)],
        ),
        CustomerInput(code="HQ", name="总部"),
    )
    assert (made.created, made.updated, made.unchanged, made.warnings) == (2, 0, 0, ())
    view = await read(database, tenant, made.ids["C1"])
    assert view.tax_number == "91110000600037341L"
    assert [ref.code if ref else None for ref in (view.tier, view.region, view.channel, view.parent, view.owner)] == [
        "A",
        "SH",
        "KA",
        "HQ",
        login,
    ]
    assert (view.country, view.currency, view.payment_terms, view.payment_days) == ("CN", "CNY", "credit_days", 30)
    assert view.attributes == {"erp": {"id": 7}}
    assert view.revision == 1
    assert isinstance(view.contacts, list) and isinstance(view.addresses, list)
    assert [(one.name, one.mobile, one.is_main) for one in view.contacts] == [("王", "13800000000", True)]
    assert [(one.street, one.city, one.is_default) for one in view.addresses] == [("人民路 1 号", "上海", True)]


@pytest.mark.usefixtures("words")
async def test_what_is_left_out_stays_and_null_empties(database: Database, tenant: Tenant) -> None:
    made = await save(database, tenant, CustomerInput(code="C1", name="一", tier="A", region="SH", note="老客户"))
    again = await save(database, tenant, CustomerInput(code="C1", tier="B", region=None))
    assert (again.created, again.updated, again.unchanged) == (0, 1, 0)
    view = await read(database, tenant, made.ids["C1"])
    assert (view.name, view.note, view.region, view.revision) == ("一", "老客户", None, 2)
    assert view.tier is not None
    assert view.tier.code == "B"


async def test_the_same_again_writes_nothing(database: Database, tenant: Tenant) -> None:
    items = [
        CustomerInput(code="C1", name="一", parent="C2", addresses=[AddressInput(recipient="a", street="b")]),
        CustomerInput(code="C2", name="二", payment_terms="monthly"),
    ]
    await save(database, tenant, *items)
    before = await contents(database, tenant)
    again = await save(database, tenant, *items)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    assert await contents(database, tenant) == before


@pytest.mark.usefixtures("words")
async def test_changes_are_audited_with_what_they_changed(database: Database, tenant: Tenant) -> None:
    made = await save(database, tenant, CustomerInput(code="C1", name="一", payment_terms="monthly"))
    before = await version(database, tenant)
    await save(
        database,
        tenant,
        CustomerInput(code="C1", name="壹", payment_terms="monthly", contacts=[ContactInput(name="王")]),
    )
    assert await version(database, tenant) == before + 1
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch(
            "select changes::text from audit_entry where tenant_id = $1 and subject_id = $2 order by id desc",
            made.ids["C1"],
        )
    contact = {"name": "王", "mobile": None, "email": None, "title": None, "is_main": False}
    assert rows[0]["changes"] == _json({"name": ["一", "壹"], "contacts": [[], [contact]]})
    assert [entry for entry in await trail(database, tenant) if entry[0] == "customer"] == [
        ("customer", "created", "owner"),
        ("customer", "updated", "owner"),
    ]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


@pytest.mark.usefixtures("words")
async def test_every_fault_is_named_and_nothing_is_written(database: Database, tenant: Tenant) -> None:
    dealer = await make_user(database, tenant, "dealer_buyer")
    await save(database, tenant, CustomerInput(code="OLD", name="旧"))
    faults = await refused(
        database,
        tenant,
        CustomerInput(code="OK", name="好"),
        CustomerInput(code="X1", tier="T", region="R", channel="C", parent="P", department="D", owner=dealer),
        CustomerInput(code=" X2", name="二", payment_days=10, country="china", currency="rmb"),
        CustomerInput(code="OLD", name=" ", payment_terms="credit_days"),
        CustomerInput(code="X3", name="a\x00b", tax_number="123", note="x" * 2001),
        CustomerInput(code="OK", name="又"),
        CustomerInput(
            code="X4",
            name="四",
            contacts=[
                ContactInput(name=""),
                ContactInput(name="a", is_main=True),
                ContactInput(name="b", is_main=True),
            ],
            addresses=[AddressInput(recipient="a", street="b", id=UUID(int=7))],
        ),
        CustomerInput(code="X5", name="五", tier="\x00", attributes={"a": ["b\x00"]}),
    )
    assert faults == [
        ("unknown-code", "items[1].tier", 2),
        ("unknown-code", "items[1].region", 2),
        ("unknown-code", "items[1].channel", 2),
        ("unknown-code", "items[1].department", 2),
        ("unknown-code", "items[1].owner", 2),
        ("unknown-code", "items[1].parent", 2),
        ("missing-value", "items[1].name", 2),
        ("code-form", "items[2].code", 3),
        ("country-form", "items[2].country", 3),
        ("currency-form", "items[2].currency", 3),
        ("payment-days", "items[2].payment_days", 3),
        ("empty-text", "items[3].name", 4),
        ("payment-days", "items[3].payment_days", 4),
        ("text-unprintable", "items[4].name", 5),
        ("text-too-long", "items[4].note", 5),
        ("tax-number-wrong", "items[4].tax_number", 5),
        ("duplicate-code", "items[5].code", 6),
        ("several-defaults", "items[6].contacts", 7),
        ("empty-text", "items[6].contacts[0].name", 7),
        ("unknown-detail", "items[6].addresses[0].id", 7),
        ("text-unprintable", "items[7].attributes", 8),
        ("unknown-code", "items[7].tier", 8),
    ]


async def test_too_many_at_once_are_refused(database: Database, tenant: Tenant) -> None:
    faults = await refused(
        database, tenant, *(CustomerInput(code=str(number), name="x") for number in range(MOST + 1))
    )
    assert faults == [("too-many-items", "items", None)]


@pytest.mark.parametrize(
    ("number", "country", "outcome"),
    [
        ("91110000600037341L", "CN", "right"),
        ("911100006000373410", "CN", "tax-number-wrong"),
        ("440301198001011234", "CN", "tax-number-wrong"),
        ("310101123456789", "CN", "right"),
        ("GB 980 7806 84", "GB", "right"),
        ("GB980780685", "GB", "tax-number-doubtful"),
        ("anything", "BV", "right"),
    ],
)
async def test_tax_numbers(database: Database, tenant: Tenant, number: str, country: str, outcome: str) -> None:
    customer = CustomerInput(code="C1", name="一", tax_number=number, country=country)
    if outcome == "tax-number-wrong":
        assert await refused(database, tenant, customer) == [(outcome, "items[0].tax_number", 1)]
        return
    warnings = (await save(database, tenant, customer)).warnings
    assert [fault.message.code for fault in warnings] == ([] if outcome == "right" else [outcome])
    assert (await save(database, tenant, customer)).warnings == ()


async def test_details_keep_their_ids_while_they_stay_the_same(database: Database, tenant: Tenant) -> None:
    home = AddressInput(recipient="王", street="人民路 1 号")
    work = AddressInput(recipient="李", street="南京路 2 号")
    made = await save(database, tenant, CustomerInput(code="C1", name="一", addresses=[home, work]))
    first = await _addresses(database, tenant, made)
    assert (await save(database, tenant, CustomerInput(code="C1", addresses=[work, home]))).unchanged == 1
    assert await _addresses(database, tenant, made) == first

    moved = AddressInput(recipient="王", street="北京路 3 号", id=first["人民路 1 号"])
    new = AddressInput(recipient="赵", street="西藏路 4 号")
    assert (await save(database, tenant, CustomerInput(code="C1", addresses=[moved, new]))).updated == 1
    second = await _addresses(database, tenant, made)
    assert set(second) == {"北京路 3 号", "西藏路 4 号"}
    assert second["北京路 3 号"] == first["人民路 1 号"]
    assert second["西藏路 4 号"] not in first.values()

    twice = AddressInput(recipient="王", street="b", id=second["北京路 3 号"])
    assert await refused(database, tenant, CustomerInput(code="C1", addresses=[moved, twice])) == [
        ("unknown-detail", "items[0].addresses[1].id", 1)
    ]
    assert (await save(database, tenant, CustomerInput(code="C1", addresses=[]))).updated == 1
    assert await _addresses(database, tenant, made) == {}


async def _addresses(database: Database, tenant: Tenant, made: Saved) -> dict[str, UUID]:
    view = await read(database, tenant, made.ids["C1"])
    assert isinstance(view.addresses, list)
    return {one.street: one.id for one in view.addresses}


async def test_nobody_is_above_himself(database: Database, tenant: Tenant) -> None:
    await save(
        database,
        tenant,
        CustomerInput(code="A", name="A"),
        CustomerInput(code="B", name="B", parent="A"),
        CustomerInput(code="C", name="C", parent="B"),
    )
    assert await refused(database, tenant, CustomerInput(code="A", parent="C")) == [
        ("own-ancestor", "items[0].parent", 1)
    ]
    assert await refused(database, tenant, CustomerInput(code="C", parent="C")) == [
        ("own-ancestor", "items[0].parent", 1)
    ]
    chain = [CustomerInput(code=f"D{n}", name="x", parent=f"D{n - 1}" if n else "C") for n in range(14)]
    assert await refused(database, tenant, *chain) == [("too-deep", "items[13].parent", 14)]
    # Turning a branch round in one request is fine: only the outcome counts.
    await save(
        database,
        tenant,
        CustomerInput(code="A", parent="C"),
        CustomerInput(code="B", parent=None),
        CustomerInput(code="C", parent="B"),
    )


async def test_two_moves_at_once_make_no_ring(database: Database, tenant: Tenant) -> None:
    await save(database, tenant, CustomerInput(code="A", name="A"), CustomerInput(code="B", name="B"))
    for _ in range(5):
        outcomes = await asyncio.gather(
            save(database, tenant, CustomerInput(code="A", parent="B")),
            save(database, tenant, CustomerInput(code="B", parent="A")),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused", "Saved"]
        await save(database, tenant, CustomerInput(code="A", parent=None), CustomerInput(code="B", parent=None))


async def test_the_same_new_code_from_two_sides_is_one_customer(database: Database, tenant: Tenant) -> None:
    outcomes = await asyncio.gather(
        *(
            save(database, tenant, CustomerInput(code="NEW", name="新"), CustomerInput(code="N2", name="x"))
            for _ in "ab"
        )
    )
    assert sorted((one.created, one.unchanged) for one in outcomes) == [(0, 2), (2, 0)]
    assert outcomes[0].ids == outcomes[1].ids


@pytest.mark.usefixtures("words")
async def test_the_number_of_statements_depends_on_nothing(database: Database, tenant: Tenant) -> None:
    def some(start: int, count: int, name: str) -> list[CustomerInput]:
        return [
            CustomerInput(
                code=f"C{number}",
                name=f"{name} {number}",
                tier="A",
                region="SH",
                parent=None if number == start else f"C{start}",
                contacts=[ContactInput(name=name)],
                addresses=[AddressInput(recipient=name, street="x"), AddressInput(recipient=name, street="y")],
            )
            for number in range(start, start + count)
        ]

    counts = []
    for start, count in ((0, 2), (100, 300)):
        for name in ("一", "二", "二"):
            async with counted(database.engine) as statements:
                await save(database, tenant, *some(start, count, name))
            counts.append(len(statements))
    assert counts[:3] == counts[3:]
    assert max(counts) < 25


@pytest.mark.slow
async def test_ten_thousand_customers_in_one_call(database: Database, tenant: Tenant) -> None:
    made = await save(database, tenant, *(CustomerInput(code=f"C{n:05}", name=f"客户 {n}") for n in range(MOST)))
    assert (made.created, len(made.ids)) == (MOST, MOST)
    async with database.transaction(tenant.id) as tx:
        page = await list_customers(tx, seen_by=None, wanted=CustomerFilter(search="kh 9999"), limit=10)
    assert [view.code for view in page.items] == ["C09999"]
