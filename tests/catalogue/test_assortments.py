"""Who is sold what: the rule in memory, the rule in SQL, and every way in."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.catalogue.goods import make_groups, new_sku, save
from tests.support import Tenant, contents

from dinghuo.catalogue.assortment_queries import get_assortment
from dinghuo.catalogue.assortments import sellable_condition
from dinghuo.catalogue.facts import Sellable, load_assortments, load_skus
from dinghuo.catalogue.queries import SkuFilter, get_sku, list_skus
from dinghuo.catalogue.save_assortments import AssortmentInput, AudienceInput, ItemInput, save_assortments
from dinghuo.catalogue.save_products import ProductInput, save_products
from dinghuo.catalogue.tables import sku
from dinghuo.entry.bench.statements import counted
from dinghuo.kit.bulk import Saved
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.words import NodeInput, WordInput, save_words
from dinghuo.parties.facts import load_customers
from dinghuo.parties.save_customers import CustomerInput, save_customers
from dinghuo.parties.tables import channel, region, tier

SKUS = {"TEA1": "P1", "TEA2": "P1", "COLA": "P2", "BREAD": "P3", "PLAIN": "P4", "ODD": "P5"}
PRODUCTS = [
    ProductInput(code="P1", name="茶", category="TEA", brand="B1"),
    ProductInput(code="P2", name="可乐", category="DRINK", brand="B2"),
    ProductInput(code="P3", name="面包", category="FOOD"),
    ProductInput(code="P4", name="杂"),
    ProductInput(code="P5", name="怪", brand="B2"),
]
CUSTOMERS = [
    CustomerInput(code="C1", name="一", tier="A", region="SH", channel="KA"),
    CustomerInput(code="C2", name="二", tier="B", region="EAST"),
    CustomerInput(code="C3", name="三", tier="A"),
    CustomerInput(code="C4", name="四", region="WEST", channel="KA"),
    CustomerInput(code="C5", name="五", parent="C1"),
]
AUDIENCES = [
    ("everyone", None),
    *(("customer", f"C{n}") for n in range(1, 6)),
    *(("tier", code) for code in "AB"),
    *(("region", code) for code in ("CN", "EAST", "SH", "WEST")),
    ("channel", "KA"),
]
ITEMS = [
    ("everything", None),
    *(("sku", code) for code in SKUS),
    *(("product", f"P{n}") for n in range(1, 6)),
    *(("category", code) for code in ("DRINK", "TEA", "FOOD")),
    *(("brand", code) for code in ("B1", "B2")),
]


@pytest.fixture
async def world(database: Database, tenant: Tenant) -> dict[str, UUID]:
    """The customers' ids by code."""
    await make_groups(database, tenant)

    async def write(tx: Tx) -> dict[str, UUID]:
        who = tenant.owner
        two = [WordInput(code=code, name=code) for code in "AB"]
        await save_words(tx, tier, items=two, by=who, kind="parties")
        await save_words(tx, channel, items=[WordInput(code="KA", name="商超")], by=who, kind="parties")
        tree = {"CN": None, "EAST": "CN", "SH": "EAST", "WEST": "CN"}
        nodes = [NodeInput(code=code, name=code, parent=parent) for code, parent in tree.items()]
        await save_words(tx, region, items=nodes, by=who, kind="parties")
        made = await save_customers(tx, customers=CUSTOMERS, by=who, within=None)
        await save_products(tx, products=PRODUCTS, by=who)
        return made.ids

    ids = await database.run(tenant.id, write)
    await save(database, tenant, *(new_sku(code, product=product) for code, product in SKUS.items()))
    return ids


def assortment(
    code: str,
    mode: Any,
    audience: list[tuple[Any, str | None]],
    items: list[tuple[Any, str | None]],
    active: bool = True,
) -> AssortmentInput:
    return AssortmentInput(
        code=code,
        name=code,
        mode=mode,
        active=active,
        audience=[AudienceInput(kind=kind, code=target) for kind, target in audience],
        items=[ItemInput(kind=kind, code=target) for kind, target in items],
    )


async def write(database: Database, tenant: Tenant, *assortments: AssortmentInput) -> Saved:
    return await database.run(
        tenant.id, lambda tx: save_assortments(tx, assortments=assortments, by=tenant.owner, within=None)
    )


async def by_sql(database: Database, tenant: Tenant, world: dict[str, UUID]) -> dict[str, set[str]]:
    sold = {}
    async with database.transaction(tenant.id) as tx:
        for code, customer_id in world.items():
            condition = sellable_condition(tenant.id, customer_id, sku=sku)
            rows = await tx.rows(select(sku.c.code).where(sku.c.tenant_id == tenant.id, condition))
            sold[code] = {row.code for row in rows}
    return sold


async def in_memory(database: Database, tenant: Tenant, world: dict[str, UUID]) -> dict[str, set[str]]:
    async with database.transaction(tenant.id) as tx:
        customers = await load_customers(tx, world)
        skus = await load_skus(tx, SKUS)
        assortments = await load_assortments(tx)
        return {
            code: {name for name in SKUS if Sellable(assortments, customers[code].audience())(skus[name])}
            for code in world
        }


@pytest.mark.parametrize(
    ("assortments", "sold"),
    [
        ([], {"C1": set(SKUS), "C5": set(SKUS)}),
        (
            [assortment("A", "allow", [("region", "EAST")], [("category", "DRINK")])],
            {
                "C1": {"TEA1", "TEA2", "COLA"},
                "C2": {"TEA1", "TEA2", "COLA"},
                "C3": set(SKUS),
                "C4": set(SKUS),
                "C5": set(SKUS),
            },
        ),
        (
            [
                assortment("A", "allow", [("tier", "A")], [("category", "TEA")]),
                assortment("B", "allow", [("channel", "KA")], [("brand", "B2")]),
                assortment("D", "deny", [("everyone", None)], [("sku", "TEA2"), ("product", "P5")]),
            ],
            {"C1": {"TEA1", "COLA"}, "C2": {"TEA1", "COLA", "BREAD", "PLAIN"}, "C3": {"TEA1"}, "C4": {"COLA"}},
        ),
        (
            [assortment("D", "deny", [("customer", "C3")], [("everything", None)])],
            {"C3": set(), "C1": set(SKUS)},
        ),
        ([assortment("D", "deny", [("everyone", None)], [("everything", None)], active=False)], {"C3": set(SKUS)}),
        ([assortment("A", "allow", [("everyone", None)], [])], {"C1": set(), "C4": set()}),
        ([assortment("A", "allow", [], [("sku", "COLA")])], {"C1": set(SKUS)}),
    ],
)
async def test_what_is_sold(
    database: Database,
    tenant: Tenant,
    world: dict[str, UUID],
    assortments: list[AssortmentInput],
    sold: dict[str, set[str]],
) -> None:
    await write(database, tenant, *assortments)
    for found in (await by_sql(database, tenant, world), await in_memory(database, tenant, world)):
        assert {code: found[code] for code in sold} == sold


drawn = st.builds(
    assortment,
    code=st.sampled_from(["X1", "X2", "X3"]),
    mode=st.sampled_from(["allow", "deny"]),
    audience=st.lists(st.sampled_from(AUDIENCES), max_size=3, unique=True),
    items=st.lists(st.sampled_from(ITEMS), max_size=4, unique=True),
    active=st.sampled_from([True, True, True, False]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(assortments=st.lists(drawn, max_size=3, unique_by=lambda one: one.code))
@pytest.mark.slow
async def test_the_rule_is_one(
    database: Database, tenant: Tenant, world: dict[str, UUID], assortments: list[AssortmentInput]
) -> None:
    """However assortments are made, SQL and memory agree on every customer and SKU."""
    rest = [assortment(code, "deny", [], []) for code in ("X1", "X2", "X3")]
    given = {one.code: one for one in rest} | {one.code: one for one in assortments}
    await write(database, tenant, *given.values())
    assert await by_sql(database, tenant, world) == await in_memory(database, tenant, world)


@pytest.mark.slow
async def test_every_way_in_keeps_to_it(database: Database, tenant: Tenant, world: dict[str, UUID]) -> None:
    await write(
        database,
        tenant,
        assortment("A", "allow", [("region", "CN")], [("category", "DRINK"), ("product", "P5")]),
        assortment("D", "deny", [("customer", "C1")], [("sku", "TEA1")]),
    )
    sold = {"TEA2", "COLA", "ODD"}
    async with database.transaction(tenant.id) as tx:
        for wanted, found in (
            (SkuFilter(), sold),
            (SkuFilter(search="茶"), sold),
            (SkuFilter(search="tea"), {"TEA2"}),
            (SkuFilter(search="tea1"), set()),
            (SkuFilter(category="DRINK"), {"TEA2", "COLA"}),
            (SkuFilter(brand="B2"), {"COLA", "ODD"}),
            (SkuFilter(product="P1"), {"TEA2"}),
        ):
            page = await list_skus(tx, seen_by=None, sellable_to=world["C1"], wanted=wanted)
            assert {view.code for view in page.items} == found, wanted
        for code, facts in (await load_skus(tx, SKUS)).items():
            view = await get_sku(tx, facts.id, seen_by=None, sellable_to=world["C1"])
            assert (view is not None) == (code in sold)


@pytest.mark.usefixtures("world")
async def test_members_are_replaced_when_given_and_kept_when_not(database: Database, tenant: Tenant) -> None:
    made = await write(
        database, tenant, assortment("A", "allow", [("tier", "A")], [("sku", "COLA"), ("brand", "B1")])
    )
    again = await write(database, tenant, AssortmentInput(code="A", items=[ItemInput(kind="brand", code="B2")]))
    assert (made.created, again.updated) == (1, 1)
    same = await write(database, tenant, AssortmentInput(code="A", items=[ItemInput(kind="brand", code="B2")]))
    assert same.unchanged == 1
    async with database.transaction(tenant.id) as tx:
        view = await get_assortment(tx, made.ids["A"], seen_by=None, include=["audience", "items"])
    assert view is not None
    assert isinstance(view.audience, list) and isinstance(view.items, list)
    assert [(one.kind, one.code, one.name) for one in view.audience] == [("tier", "A", "A")]
    assert [(one.kind, one.code, one.name) for one in view.items] == [("brand", "B2", "康师傅")]
    assert view.revision == 2


@pytest.mark.usefixtures("world")
async def test_every_fault_is_named_and_nothing_is_written(database: Database, tenant: Tenant) -> None:
    before = await contents(database, tenant)
    with pytest.raises(Refused) as error:
        await write(
            database,
            tenant,
            AssortmentInput(code="NEW"),
            assortment("A", "allow", [("everyone", "C1"), ("tier", None), ("customer", "C9")], [("sku", "\x00")]),
        )
    assert [(fault.message.code, fault.field, fault.line) for fault in error.value.faults] == [
        ("missing-value", "items[0].name", 1),
        ("member-without-code", "items[1].audience[0].code", 2),
        ("member-code-needed", "items[1].audience[1].code", 2),
        ("unknown-code", "items[1].audience[2].code", 2),
        ("unknown-code", "items[1].items[0].code", 2),
    ]
    assert await contents(database, tenant) == before


@pytest.mark.usefixtures("world")
async def test_the_number_of_statements_depends_on_nothing(database: Database, tenant: Tenant) -> None:
    counts = []
    for start, count in ((0, 1), (10, 50)):
        for audience, items in ((AUDIENCES[:7], ITEMS[:9]), (AUDIENCES[3:], ITEMS[3:])):
            some = [assortment(f"N{number}", "allow", audience, items) for number in range(start, start + count)]
            async with counted(database.engine) as statements:
                await write(database, tenant, *some)
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
    assert max(counts) < 20
