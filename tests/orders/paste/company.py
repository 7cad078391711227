"""The demo company's goods, and customers who order of them as those do who write the messages."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.orders.paste.messages import Writer, writers
from tests.support import Tenant

from dinghuo.catalogue.save_assortments import AssortmentInput, AudienceInput, ItemInput, save_assortments
from dinghuo.catalogue.save_products import ProductInput, save_products
from dinghuo.catalogue.save_skus import save_skus
from dinghuo.catalogue.tables import brand, category, unit
from dinghuo.entry.demo.brands import BRANDS
from dinghuo.entry.demo.products import CATEGORIES, PRODUCTS, SKUS
from dinghuo.entry.demo.seed_goods import sku_input
from dinghuo.identity.principals import EVERYTHING, StaffPrincipal
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.bulk import put
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.words import PlacedNodeInput, WordInput, save_words
from dinghuo.orders.paste.learn import Phrase, learn
from dinghuo.orders.tables import order_line, sales_order
from dinghuo.parties.facts import CustomerFacts, load_customer
from dinghuo.parties.tables import customer


async def found_company(database: Database, tenant: Tenant) -> dict[str, UUID]:
    """The ids of the customers, by the names by which messages call them."""
    ids = {name: new_id() for name in writers()}
    await database.run(tenant.id, _goods)
    await database.run(tenant.id, lambda tx: _customers(tx, ids))
    await database.run(tenant.id, lambda tx: _orders(tx, tenant, ids))
    await database.run(tenant.id, lambda tx: _phrases(tx, tenant, ids))
    return ids


async def facts_of(tx: Tx, customer_id: UUID) -> CustomerFacts:
    found = await load_customer(tx, customer_id)
    assert found is not None
    return found


async def _goods(tx: Tx) -> None:
    categories = [
        PlacedNodeInput(code=item.code, name=item.zh, name_en=item.en, parent=item.parent, position=number)
        for number, item in enumerate(CATEGORIES, start=1)
    ]
    await save_words(tx, category, items=categories, by=SYSTEM, kind="catalogue")
    units = {one.code: one for sku in SKUS for one in sku.units}
    for table, words in ((brand, BRANDS), (unit, units)):
        items = [WordInput(code=code, name=word.zh, name_en=word.en) for code, word in words.items()]
        await save_words(tx, table, items=items, by=SYSTEM, kind="catalogue")
    await save_skus(tx, skus=[sku_input(sku) for sku in SKUS], by=SYSTEM)
    products = [ProductInput(code=item.code, name=item.name_zh, name_en=item.name_en) for item in PRODUCTS]
    await save_products(tx, products=products, by=SYSTEM)


async def _customers(tx: Tx, ids: dict[str, UUID]) -> None:
    stamp = {"created_at": tx.now, "updated_at": tx.now}
    rows = [
        {"id": id, "code": name, "name": f"经销商 {name}", "payment_terms": "monthly", **stamp}
        for name, id in ids.items()
    ]
    await put(tx, customer, rows)
    await touch(tx, "parties")
    rules = [
        AssortmentInput(
            code=f"NOT-{name}",
            name="不供",
            mode="deny",
            audience=[AudienceInput(kind="customer", code=name)],
            items=[ItemInput(kind="brand", code=code) for code in writer.denied],
        )
        for name, writer in writers().items()
        if writer.denied
    ]
    await save_assortments(tx, assortments=rules, by=SYSTEM, within=None)


async def _orders(tx: Tx, tenant: Tenant, ids: dict[str, UUID]) -> None:
    """As many orders with each SKU as it was bought often."""
    skus = {row["code"]: row["id"] for row in await tx.fetch("select id, code from sku where tenant_id = $1")}
    orders, lines = [], []
    for name, writer in writers().items():
        for number in range(max((times for _, _, times, _ in writer.habits), default=0)):
            order_id = new_id()
            bought = [habit for habit in writer.habits if habit[2] > number]
            orders.append(_order(order_id, f"{name}-{number}", ids[name], tenant, len(bought)))
            lines += _lines(order_id, bought, skus)
    await put(tx, sales_order, orders)
    await put(tx, order_line, lines)


def _order(order_id: UUID, number: str, customer_id: UUID, tenant: Tenant, count: int) -> dict[str, object]:
    return {
        "id": order_id,
        "number": number,
        "organisation_id": tenant.organisation_id,
        "customer_id": customer_id,
        "customer_name": "经销商",
        "state": "closed",
        "currency": "CNY",
        "net": 0,
        "tax": 0,
        "gross": 0,
        "line_count": count,
        "channel": "import",
        "placed_at": datetime.now(UTC) - timedelta(days=7),
    }


def _lines(
    order_id: UUID, bought: Sequence[tuple[str, str, int, object]], skus: dict[str, UUID]
) -> list[dict[str, object]]:
    return [
        {
            "order_id": order_id,
            "line_no": number,
            "sku_id": skus[code],
            "sku_code": code,
            "sku_name": code,
            "unit": unit_code,
            "quantity": quantity,
            "base_quantity": quantity,
            "deal_price": 0,
            "tax_inclusive": True,
            "net": 0,
            "tax": 0,
            "gross": 0,
        }
        for number, (code, unit_code, _, quantity) in enumerate(bought, start=1)
    ]


async def _phrases(tx: Tx, tenant: Tenant, ids: dict[str, UUID]) -> None:
    staff = StaffPrincipal(id=new_id(), tenant_id=tenant.id, name="王芳", scope=EVERYTHING)
    for name, writer in writers().items():
        await teach(tx, ids[name], writer, staff)


async def teach(tx: Tx, customer_id: UUID, writer: Writer, staff: StaffPrincipal) -> None:
    phrases = [Phrase(phrase, code, unit_code) for phrase, (code, unit_code) in writer.learned.items()]
    if phrases:
        await learn(tx, customer_facts=await facts_of(tx, customer_id), phrases=phrases, principal=staff)
