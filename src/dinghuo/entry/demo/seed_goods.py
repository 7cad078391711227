"""What the demo company sells, at which prices, and what was in its warehouses, through the commands of the API."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from dinghuo.catalogue.costs import CostInput, save_costs
from dinghuo.catalogue.floors import FloorInput, save_floors
from dinghuo.catalogue.rules import UnitInput
from dinghuo.catalogue.save_assortments import AssortmentInput, AudienceInput, ItemInput, save_assortments
from dinghuo.catalogue.save_products import MediaInput, ProductInput, save_products
from dinghuo.catalogue.save_skus import SkuInput, save_skus
from dinghuo.catalogue.tables import brand, category, unit
from dinghuo.entry.demo.assortments import RULES
from dinghuo.entry.demo.brands import BRANDS
from dinghuo.entry.demo.company import CHENGDU, SHANGHAI, WAREHOUSES
from dinghuo.entry.demo.deliveries import Delivery
from dinghuo.entry.demo.pictures import product_picture
from dinghuo.entry.demo.prices import PriceList, price_lists
from dinghuo.entry.demo.products import CATEGORIES, PRODUCTS, SKU_BY_CODE, SKUS, Sku
from dinghuo.entry.demo.steps import DEMO, NOTHING, Outcome
from dinghuo.inventory.open_stock import Opening, open_stock
from dinghuo.inventory.receive import GoodsReceipt, ReceiptLine, receive
from dinghuo.inventory.save_warehouses import WarehouseInput, save_warehouses
from dinghuo.inventory.set_allowance import Allowance, set_allowances
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.files import store_files
from dinghuo.kit.money import round_money
from dinghuo.kit.words import PlacedNodeInput, WordInput, save_words
from dinghuo.pricing.publish import publish
from dinghuo.pricing.save_entries import EntryInput, save_entries
from dinghuo.pricing.save_lists import PriceListInput, save_lists

# The floor price, by what goods cost.
_LEAST = Decimal("1.08")
_REGIONS = {SHANGHAI: "east", CHENGDU: "southwest"}


async def catalogue(tx: Tx) -> Outcome:
    """Categories, brands, units, SKUs with their products, pictures; who may buy what."""
    categories = [
        PlacedNodeInput(code=item.code, name=item.zh, name_en=item.en, parent=item.parent, position=number)
        for number, item in enumerate(CATEGORIES, start=1)
    ]
    await save_words(tx, category, items=categories, by=DEMO, kind="catalogue")
    units = {one.code: one for sku in SKUS for one in sku.units}
    for table, words in ((brand, BRANDS), (unit, units)):
        items = [WordInput(code=code, name=word.zh, name_en=word.en) for code, word in words.items()]
        await save_words(tx, table, items=items, by=DEMO, kind="catalogue")
    await save_skus(tx, skus=[sku_input(sku) for sku in SKUS], by=DEMO)
    await save_products(tx, products=await _products(tx), by=DEMO)
    rules = [
        AssortmentInput(
            code=rule.code,
            name=rule.name,
            mode=rule.mode,
            audience=[AudienceInput(kind=kind, code=code) for kind, code in rule.audience],
            items=[ItemInput(kind=kind, code=code) for kind, code in rule.items],
        )
        for rule in RULES
    ]
    await save_assortments(tx, assortments=rules, by=DEMO, within=None)
    return NOTHING


def sku_input(sku: Sku) -> SkuInput:
    """A SKU as the catalogue takes it."""
    base, case = sku.base_unit, sku.case_unit
    packed = f"×{case.numerator}{base.zh}/{case.zh}" if case.numerator > 1 else ""
    return SkuInput(
        code=sku.code,
        name=sku.name_zh,
        name_en=sku.name_en,
        specification=f"{sku.net_content}{packed}",
        product=sku.product,
        category=sku.category,
        brand=sku.brand.code,
        base_unit=base.code,
        sales_unit=case.code,
        units=[
            UnitInput(
                unit=one.code,
                numerator=one.numerator,
                denominator=one.denominator,
                barcode=sku.barcode if one is base else None,
            )
            for one in sku.units
        ],
        minimum_quantity=None if sku.minimum_order is None else Decimal(sku.minimum_order),
        multiple=None if sku.order_multiple is None else Decimal(sku.order_multiple),
        tax_rate=sku.tax_rate,
        supply_policy=sku.supply_policy,
        attributes={
            **dict(sku.specification),
            "temperature": sku.temperature,
            "shelf_life_days": sku.shelf_life_days,
        },
    )


async def _products(tx: Tx) -> list[ProductInput]:
    """What SKUs cannot say of their products, with a picture of each SKU."""
    files = await store_files(tx, [product_picture(sku).encode() for sku in SKUS])
    media: dict[str, list[MediaInput]] = {}
    for sku, file in zip(SKUS, files, strict=True):
        media.setdefault(sku.product, []).append(MediaInput(sha256=file.sha256, sku=sku.code))
    return [
        ProductInput(
            code=item.code,
            name=item.name_zh,
            name_en=item.name_en,
            description=item.description_zh,
            attributes={"axes": list(item.axes), "description_en": item.description_en},
            media=media[item.code],
        )
        for item in PRODUCTS
    ]


async def prices(tx: Tx, today: date) -> Outcome:
    """What goods cost and the least they are to be sold for, and the price lists, published."""
    lists = price_lists(today)
    since = min(item.valid_from for item in lists)
    costs = [CostInput(sku=sku.code, valid_from=since, cost=sku.cost) for sku in SKUS]
    await save_costs(tx, costs=costs, by=DEMO, seen_by=None)
    floors = [FloorInput(sku=sku.code, valid_from=since, floor=round_money(sku.cost * _LEAST)) for sku in SKUS]
    await save_floors(tx, floors=floors, by=DEMO, seen_by=None)
    await save_lists(tx, lists=[_price_list(item) for item in lists], by=DEMO)
    entries = [
        EntryInput(item.code, entry.sku, entry.unit, _from(entry.minimum_quantity), price=entry.price)
        for item in lists
        for entry in item.entries
    ]
    await save_entries(tx, entries=entries, by=DEMO)
    await publish(tx, codes=[item.code for item in lists], by=DEMO)
    return NOTHING


def _from(minimum: int) -> Decimal:
    """A price from the first unit on is one for every quantity: half a kilogram has it too."""
    return Decimal(minimum if minimum > 1 else 0)


def _price_list(item: PriceList) -> PriceListInput:
    return PriceListInput(
        code=item.code,
        name=item.name_zh,
        name_en=item.name_en,
        kind=item.kind,
        tier=item.tier,
        region=item.region,
        customer=item.customer,
        valid_from=item.valid_from,
        valid_until=item.valid_until,
    )


async def stock(tx: Tx) -> Outcome:
    """Two warehouses, what was in them, and what may be sold before it comes."""
    warehouses = [
        WarehouseInput(
            code=item.code, name=item.name_zh, name_en=item.name_en, region=_REGIONS[item.code], priority=10 * number
        )
        for number, item in enumerate(WAREHOUSES, start=1)
    ]
    await save_warehouses(tx, warehouses=warehouses, by=DEMO)
    openings = [
        Opening(warehouse, sku.code, Decimal(quantity), unit_cost=sku.cost)
        for sku in SKUS
        for warehouse, quantity in sku.opening_stock
        if quantity
    ]
    await open_stock(tx, openings=openings, by=DEMO)
    allowances = [
        Allowance(warehouse, sku.code, Decimal(sku.presell_allowance))
        for sku in SKUS
        for warehouse, _ in sku.opening_stock
        if sku.presell_allowance
    ]
    await set_allowances(tx, allowances=allowances, by=DEMO)
    return NOTHING


async def receipts(tx: Tx, came: Sequence[Delivery], by: Actor) -> Outcome:
    """What suppliers delivered since, each lorry a goods receipt."""
    await receive(tx, receipts=[_receipt(item) for item in sorted(came, key=lambda item: item.received_at)], by=by)
    return NOTHING


def _receipt(item: Delivery) -> GoodsReceipt:
    lines = []
    for code, cases in item.lines:
        sku = SKU_BY_CODE[code]
        case = sku.case_unit
        lines.append(ReceiptLine(code, Decimal(cases), case.code, sku.cost * case.numerator))
    return GoodsReceipt(
        warehouse=item.warehouse,
        lines=lines,
        supplier=f"{BRANDS[item.brand].zh}（供应商）",
        reference=f"{item.brand}-{item.received_at:%y%m%d}",
        received_at=item.received_at,
    )
