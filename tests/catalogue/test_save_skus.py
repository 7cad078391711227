"""SKUs in bulk: all or nothing, with units, barcodes and products, in a fixed number of statements."""

import asyncio
from decimal import Decimal

import pytest
from tests.catalogue.goods import make_groups, new_sku, read, refused, save, units
from tests.support import Tenant, contents, trail

from dinghuo.catalogue.queries import SkuFilter, list_skus
from dinghuo.catalogue.rules import UnitInput
from dinghuo.catalogue.save_skus import SkuInput
from dinghuo.entry.bench.statements import counted
from dinghuo.kit.bulk import MOST
from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id


@pytest.fixture(autouse=True)
async def groups(database: Database, tenant: Tenant) -> None:
    await make_groups(database, tenant)


async def found(database: Database, tenant: Tenant, query: str) -> list[str]:
    async with database.transaction(tenant.id) as tx:
        page = await list_skus(tx, seen_by=None, sellable_to=None, wanted=SkuFilter(search=query))
    return [view.code for view in page.items]


async def test_a_sku_is_created_with_everything(database: Database, tenant: Tenant) -> None:
    made = await save(
        database,
        tenant,
        new_sku(
            "S1",
            name="东方树叶 绿茶",
            specification="500ml",
            product="P1",
            product_name="东方树叶",
            category="TEA",
            brand="B1",
            sales_unit="箱",
            units=[
                UnitInput(unit="箱", numerator=30, denominator=2, barcode="16921168509253"),
                UnitInput(unit="瓶", barcode="6921168509256"),
            ],
            minimum_quantity=Decimal(2),
            multiple=Decimal("0.5"),
            supply_policy="backorder",
            weight_grams=520,
            attributes={"flavour": "绿茶"},
        ),
    )
    assert (made.created, made.updated, made.unchanged, made.warnings) == (1, 0, 0, ())
    view = await read(database, tenant, made, "S1")
    assert (view.name, view.specification, view.base_unit, view.sales_unit) == ("东方树叶 绿茶", "500ml", "瓶", "箱")
    assert [ref.code if ref else None for ref in (view.product, view.category, view.brand)] == ["P1", "TEA", "B1"]
    assert (view.minimum_quantity, view.multiple, view.tax_rate) == (Decimal(2), Decimal("0.5"), Decimal("0.13"))
    assert (view.supply_policy, view.weight_grams, view.state, view.revision) == ("backorder", 520, "active", 1)
    assert view.attributes == {"flavour": "绿茶"}
    assert units(view) == {"瓶": (1, 1, "6921168509256"), "箱": (15, 1, "16921168509253")}
    for query in ("s1", "dfsy", "绿茶", "500", "6921168509256", "1692"):
        assert await found(database, tenant, query) == ["S1"], query


async def test_without_a_product_a_sku_brings_its_own(database: Database, tenant: Tenant) -> None:
    made = await save(
        database,
        tenant,
        new_sku("S1", name="一"),
        new_sku("S2", product="P", name="二"),
        new_sku("S3", product="P", name="三", category="TEA"),
    )
    products = []
    for code in ("S1", "S2", "S3"):
        view = await read(database, tenant, made, code)
        assert view.product is not None
        products.append((view.product.code, view.product.name, view.category.code if view.category else None))
    assert products == [("S1", "一", None), ("P", "二", "TEA"), ("P", "二", "TEA")]
    # What was made once stays with its SKU, whatever is said of the SKU later.
    await save(database, tenant, SkuInput(code="S1", name="壹", brand="B2"))
    view = await read(database, tenant, made, "S1")
    assert view.product is not None and view.brand is not None
    assert (view.product.name, view.brand.code) == ("一", "B2")
    await save(database, tenant, SkuInput(code="S1", product="P"))
    assert (await read(database, tenant, made, "S1")).product == (await read(database, tenant, made, "S2")).product


async def test_what_is_left_out_stays(database: Database, tenant: Tenant) -> None:
    made = await save(
        database,
        tenant,
        new_sku("S1", category="TEA", units=[UnitInput(unit="箱", numerator=12)], multiple=Decimal(6)),
    )
    again = await save(database, tenant, SkuInput(code="S1", tax_rate=None))
    assert (again.created, again.updated, again.unchanged) == (0, 1, 0)
    view = await read(database, tenant, made, "S1")
    assert (view.tax_rate, view.multiple, view.name, view.revision) == (None, Decimal(6), "茶 S1", 2)
    assert view.category is not None
    assert view.category.code == "TEA"
    assert set(units(view)) == {"瓶", "箱"}


async def test_the_same_again_writes_nothing(database: Database, tenant: Tenant) -> None:
    items = [
        new_sku("S1", category="TEA", units=[UnitInput(unit="箱", numerator=12)]),
        new_sku("S2", product="S1", tax_rate=Decimal("0.1300")),
    ]
    await save(database, tenant, *items)
    before = await contents(database, tenant)
    assert (await save(database, tenant, *items)).unchanged == 2
    assert await contents(database, tenant) == before


async def test_changes_are_audited(database: Database, tenant: Tenant) -> None:
    made = await save(database, tenant, new_sku("S1"))
    await save(database, tenant, SkuInput(code="S1", units=[UnitInput(unit="箱", numerator=12)], brand="B1"))
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch(
            "select changes->'units'->1->1->>'unit' as unit, array(select json_object_keys(changes)) as fields "
            "from audit_entry where tenant_id = $1 and subject_id = $2 order by id desc limit 1",
            made.ids["S1"],
        )
    assert (rows[0]["unit"], rows[0]["fields"]) == ("箱", ["units"])
    assert [entry[:2] for entry in await trail(database, tenant)][-4:] == [
        ("product", "created"),
        ("sku", "created"),
        ("product", "updated"),
        ("sku", "updated"),
    ]


async def test_every_fault_is_named_and_nothing_is_written(database: Database, tenant: Tenant) -> None:
    faults = await refused(
        database,
        tenant,
        new_sku("OK"),
        SkuInput(code="X1"),
        new_sku(" X2", base_unit="桶", sales_unit="筐", units=[UnitInput(unit="瓶"), UnitInput(unit="x\x00")]),
        new_sku("X3", category="NO", brand="NO", tax_rate=Decimal("1.3"), minimum_quantity=Decimal(0)),
        new_sku("X4", units=[UnitInput(unit="瓶", numerator=2), UnitInput(unit="箱", denominator=0)]),
        new_sku("X5", units=[UnitInput(unit="箱", barcode="a b"), UnitInput(unit="箱")], weight_grams=-1),
        new_sku("OK"),
        new_sku("X6", product="P", product_name="一", name="x" * 201),
        new_sku("X7", product="P", product_name="二", sales_unit="箱"),
        new_sku("X8", product="\n", attributes={"a": "x" * 20_000}),
    )
    assert faults == [
        ("missing-value", "items[1].name", 2),
        ("missing-value", "items[1].base_unit", 2),
        ("missing-value", "items[1].tax_rate", 2),
        ("code-form", "items[2].code", 3),
        ("unknown-code", "items[2].base_unit", 3),
        ("unknown-code", "items[2].sales_unit", 3),
        ("unknown-code", "items[2].units[1].unit", 3),
        ("sales-unit-not-among-units", "items[2].sales_unit", 3),
        ("number-out-of-range", "items[3].minimum_quantity", 4),
        ("number-out-of-range", "items[3].tax_rate", 4),
        ("unknown-code", "items[3].category", 4),
        ("unknown-code", "items[3].brand", 4),
        ("unit-ratio", "items[4].units[1].numerator", 5),
        ("base-unit-ratio", "items[4].units", 5),
        ("number-out-of-range", "items[5].weight_grams", 6),
        ("barcode-form", "items[5].units[0].barcode", 6),
        ("unit-twice", "items[5].units[1].unit", 6),
        ("duplicate-code", "items[6].code", 7),
        ("text-too-long", "items[7].name", 8),
        ("product-differs", "items[8].product_name", 9),
        ("sales-unit-not-among-units", "items[8].sales_unit", 9),
        ("attributes-too-large", "items[9].attributes", 10),
        ("code-form", "items[9].product", 10),
    ]


async def test_a_code_given_twice_with_two_base_units_is_refused(database: Database, tenant: Tenant) -> None:
    await save(database, tenant, new_sku("S1"))
    twice = SkuInput(code="S1", base_unit="箱"), SkuInput(code="S1", units=[UnitInput(unit="瓶")])
    assert ("duplicate-code", "items[1].code", 2) in await refused(database, tenant, *twice)


async def test_a_doubtful_barcode_is_a_warning_once(database: Database, tenant: Tenant) -> None:
    item = new_sku("S1", units=[UnitInput(unit="瓶", barcode="6921168509257"), UnitInput(unit="箱", barcode="OWN")])
    warnings = (await save(database, tenant, item)).warnings
    assert [(one.message.code, one.field, one.line) for one in warnings] == [
        ("barcode-doubtful", "items[0].units[0].barcode", 1)
    ]
    assert (await save(database, tenant, item)).warnings == ()


async def test_units_are_replaced_and_searched_anew(database: Database, tenant: Tenant) -> None:
    made = await save(database, tenant, new_sku("S1", units=[UnitInput(unit="箱", numerator=12, barcode="OLD-1")]))
    await save(database, tenant, SkuInput(code="S1", units=[UnitInput(unit="盒", numerator=6, barcode="NEW-1")]))
    assert units(await read(database, tenant, made, "S1")) == {"瓶": (1, 1, None), "盒": (6, 1, "NEW-1")}
    assert (await found(database, tenant, "old-1"), await found(database, tenant, "new-1")) == ([], ["S1"])


async def refer(database: Database, tenant: Tenant, *, sku: str, to: str) -> None:
    """Something above that refers to a SKU: an entry of a price list for cases, or stock."""
    async with database.transaction(tenant.id) as tx:
        other = new_id()
        if to == "price":
            await tx.write(
                "insert into price_list (tenant_id, id, code, name, kind, scope, valid_from, created_at, updated_at) "
                "values ($1, $2, 'L', 'L', 'base', 'base', '2026-01-01', now(), now())",
                other,
            )
            await tx.write(
                "insert into price_entry (tenant_id, list_id, sku_id, unit, price) "
                "select $1, $2, id, '箱', 1 from sku where tenant_id = $1 and code = $3",
                other,
                sku,
            )
        else:
            await tx.write("insert into warehouse (tenant_id, id, code, name) values ($1, $2, 'W', 'W')", other)
            await tx.write(
                "insert into stock (tenant_id, sku_id, warehouse_id) "
                "select $1, id, $2 from sku where tenant_id = $1 and code = $3",
                other,
                sku,
            )


async def test_a_unit_with_a_price_cannot_go(database: Database, tenant: Tenant) -> None:
    case = UnitInput(unit="箱", numerator=12)
    made = await save(database, tenant, new_sku("S1", units=[case]), new_sku("S2", units=[case]))
    await refer(database, tenant, sku="S1", to="price")
    both = [SkuInput(code=code, units=[UnitInput(unit="盒", numerator=6)]) for code in ("S1", "S2")]
    assert await refused(database, tenant, *both) == [("unit-in-use", "items[0].units", 1)]
    # The ratio of a unit may change: documents keep theirs.
    await save(database, tenant, SkuInput(code="S1", units=[UnitInput(unit="箱", numerator=24)]), both[1])
    assert units(await read(database, tenant, made, "S1"))["箱"] == (24, 1, None)


async def test_a_base_unit_changes_only_while_nothing_is_counted_in_it(database: Database, tenant: Tenant) -> None:
    made = await save(database, tenant, new_sku("S1"), new_sku("S2", units=[UnitInput(unit="箱", numerator=12)]))
    turned = [UnitInput(unit="瓶", denominator=12)]
    assert await refused(database, tenant, SkuInput(code="S2", base_unit="箱")) == [
        ("units-with-base-unit", "items[0].units", 1)
    ]
    await save(database, tenant, SkuInput(code="S2", base_unit="箱", units=turned))
    assert units(await read(database, tenant, made, "S2")) == {"箱": (1, 1, None), "瓶": (1, 12, None)}
    await refer(database, tenant, sku="S1", to="stock")
    assert await refused(database, tenant, SkuInput(code="S1", base_unit="箱", sales_unit="箱", units=turned)) == [
        ("base-unit-in-use", "items[0].base_unit", 1)
    ]


async def test_the_same_new_code_from_two_sides_is_one_sku(database: Database, tenant: Tenant) -> None:
    outcomes = await asyncio.gather(*(save(database, tenant, new_sku("S1"), new_sku("S2")) for _ in "ab"))
    assert sorted((one.created, one.unchanged) for one in outcomes) == [(0, 2), (2, 0)]
    assert outcomes[0].ids == outcomes[1].ids


async def test_the_number_of_statements_depends_on_nothing(database: Database, tenant: Tenant) -> None:
    def some(start: int, count: int, name: str, case: int) -> list[SkuInput]:
        return [
            new_sku(
                f"S{number}",
                name=f"{name} {number}",
                product=f"P{number // 3}",
                product_name="商品",
                category="TEA",
                brand="B1",
                units=[UnitInput(unit="箱", numerator=case), UnitInput(unit="盒" if case == 12 else "瓶")],
            )
            for number in range(start, start + count)
        ]

    counts = []
    for start, count in ((0, 2), (300, 300)):
        for name, case in (("一", 12), ("二", 24), ("二", 24)):
            async with counted(database.engine) as statements:
                await save(database, tenant, *some(start, count, name, case))
            counts.append(len(statements))
    assert counts[:3] == counts[3:]
    assert max(counts) < 25


@pytest.mark.slow
async def test_ten_thousand_skus_in_one_call(database: Database, tenant: Tenant) -> None:
    items = [
        new_sku(
            f"S{number:05}",
            units=[UnitInput(unit="箱", numerator=12), UnitInput(unit="瓶", barcode=f"OWN{number:05}")],
            category="TEA",
            brand="B1",
        )
        for number in range(MOST)
    ]
    made = await save(database, tenant, *items)
    assert (made.created, len(made.ids)) == (MOST, MOST)
    assert await found(database, tenant, "own0999") == [f"S{number:05}" for number in range(9990, 10_000)]
    assert units(await read(database, tenant, made, "S00007")) == {"瓶": (1, 1, "OWN00007"), "箱": (12, 1, None)}
