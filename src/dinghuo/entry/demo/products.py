"""The catalogue: 200 SKUs in a two-level category tree, made from the hand-written families."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zlib import crc32

from dinghuo.entry.demo.brands import BRANDS, Brand
from dinghuo.entry.demo.check_digits import ean13
from dinghuo.entry.demo.company import CHENGDU, SHANGHAI
from dinghuo.entry.demo.families import Family, Size, SupplyPolicy, Temperature
from dinghuo.entry.demo.families_drinks import DRINKS
from dinghuo.entry.demo.families_food import FOOD
from dinghuo.entry.demo.flavours import FLAVOURS, Flavour

CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the tree; `parent` is None at the top."""

    code: str
    zh: str
    en: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit in which a SKU is sold: one holds exactly `numerator / denominator` base units."""

    code: str
    zh: str
    en: str
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Product:
    """What is described; its SKUs are what is ordered. `axes` are the attributes they differ by."""

    code: str
    brand: str
    category: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    axes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sku:
    """What is ordered, stocked and priced.

    `units[0]` is the base unit (1 / 1), `units[-1]` the one dealers usually order in. Minimum and multiple
    are in base units, None where any quantity is welcome. `cost` is net of tax, `list_price` includes it, both
    for one base unit. `opening_stock` is by warehouse and in base units, `presell_allowance` too.
    """

    code: str
    product: str
    brand: Brand
    category: str
    flavour: Flavour
    net_content: str
    form: str
    name_zh: str
    name_en: str
    specification: tuple[tuple[str, str], ...]
    barcode: str
    units: tuple[Unit, ...]
    minimum_order: int | None
    order_multiple: int | None
    tax_rate: Decimal
    cost: Decimal
    list_price: Decimal
    temperature: Temperature
    shelf_life_days: int
    supply_policy: SupplyPolicy
    presell_allowance: int
    opening_stock: tuple[tuple[str, int], ...]
    weekly_cases: float

    @property
    def base_unit(self) -> Unit:
        return self.units[0]

    @property
    def case_unit(self) -> Unit:
        return self.units[-1]


CATEGORIES: Final = (
    Category("drinks", "饮料冲饮", "Drinks", None),
    Category("soda", "碳酸饮料", "Soft Drinks", "drinks"),
    Category("juice", "果汁", "Juice", "drinks"),
    Category("water", "饮用水", "Water", "drinks"),
    Category("tea", "茶饮料", "Tea Drinks", "drinks"),
    Category("dairy-products", "乳品", "Dairy", None),
    Category("dairy", "牛奶酸奶", "Milk & Yoghurt", "dairy-products"),
    Category("alcohol", "酒类", "Alcohol", None),
    Category("beer", "啤酒", "Beer", "alcohol"),
    Category("baijiu", "白酒", "Baijiu", "alcohol"),
    Category("wine", "葡萄酒", "Wine", "alcohol"),
    Category("instant", "方便速食", "Convenience Food", None),
    Category("noodles", "方便面", "Instant Noodles", "instant"),
    Category("canned", "罐头", "Canned Food", "instant"),
    Category("frozen", "速冻食品", "Frozen Food", "instant"),
    Category("snacks", "休闲食品", "Snacks", None),
    Category("biscuit", "饼干糕点", "Biscuits", "snacks"),
    Category("candy", "糖果巧克力", "Confectionery", "snacks"),
    Category("nuts", "坚果炒货", "Nuts & Seeds", "snacks"),
    Category("pantry", "粮油调味", "Staples & Seasoning", None),
    Category("soy", "酱油酱料", "Soy & Sauces", "pantry"),
    Category("vinegar", "食醋", "Vinegar", "pantry"),
    Category("oil", "食用油", "Cooking Oil", "pantry"),
    Category("staples", "米面挂面", "Rice, Flour & Noodles", "pantry"),
    Category("home", "日用百货", "Home Care", None),
    Category("household", "家清纸品", "Cleaning & Paper", "home"),
    Category("other", "其他", "Other", None),
    Category("service", "服务与押金", "Services & Deposits", "other"),
)

_UNITS: Final = {
    "瓶": ("bottle", "bottle"),
    "罐": ("can", "can"),
    "盒": ("carton", "carton"),
    "袋": ("bag", "bag"),
    "包": ("pack", "pack"),
    "桶": ("tub", "tub"),
    "提": ("bundle", "bundle"),
    "板": ("tray", "tray"),
    "筒": ("roll", "roll"),
    "把": ("stick", "stick"),
    "箱": ("case", "case"),
    "托": ("pallet", "pallet"),
    "kg": ("kg", "kg"),
    "斤": ("jin", "jin (500 g)"),
    "次": ("trip", "trip"),
    "件": ("piece", "piece"),
}

# Sold out, nearly out, or in one warehouse only: what a portal has to show well.
_SHORT_CASES: Final = {
    "LP-LY-1250-12": (0, 0),
    "PY-GF-0280-12": (4, 0),
    "MX-SB-0500B-12": (6, 2),
    "TT-HQ-0080-48": (3, 0),
    "SL-KX-0500-8": (5, 1),
    "XG-YJ-0180-24": (60, 4),
    "ST-SX-1000-10": (8, 0),
    "MS-WH-0950-6": (420, 160),
    "TG-RO-0750-6": (0, 9),
    "HT-JZ-1000-3": (0, 0),
}


def _units(spelled: str) -> tuple[Unit, ...]:
    base, *larger = spelled.split()
    units = [Unit(_UNITS[base][0], base, _UNITS[base][1], 1, 1)]
    for part in larger:
        zh, ratio = part.split("=")
        numerator, _, denominator = ratio.partition("/")
        units.append(Unit(_UNITS[zh][0], zh, _UNITS[zh][1], int(numerator), int(denominator or 1)))
    return tuple(units)


def _stock(code: str, policy: SupplyPolicy, weekly_cases: float, case: int) -> tuple[tuple[str, int], ...]:
    """About two months of cover, two thirds of it in Shanghai; each SKU a little different, always the same."""
    if policy == "untracked":
        return ()
    if code in _SHORT_CASES:
        shanghai, chengdu = _SHORT_CASES[code]
    else:
        cover = 8 + crc32(code.encode()) % 600 / 100
        shanghai = round(weekly_cases * cover * 0.68)
        chengdu = round(weekly_cases * cover * 0.32)
    return ((SHANGHAI, shanghai * case), (CHENGDU, chengdu * case))


def _price(amount: str, factor: str) -> Decimal:
    return (Decimal(amount) * Decimal(factor)).quantize(CENT, ROUND_HALF_UP)


def _name(parts: tuple[str, str, str], comma: str) -> str:
    """Line, flavour, size; a flavour that the line's name says already is not said twice."""
    line, flavour, _ = parts
    return comma.join(part for part in parts if part != flavour or flavour not in line)


def _sku(family: Family, flavour_key: str, size: Size, number: int) -> Sku:
    brand, flavour, units = BRANDS[family.brand], FLAVOURS[flavour_key], _units(size.units)
    case = units[-1].numerator
    code = f"{brand.code}-{flavour.code}-{size.code}" + (f"-{case}" if case > 1 else "")
    keys = family.flavours.split()
    weights = {key: 1 / (1.6 + place) for place, key in enumerate(keys)}
    share = weights[flavour_key] / sum(weights.values()) * size.share / sum(s.share for s in family.sizes)
    factor = dict(family.premium).get(flavour_key, "1")
    weekly_cases = round(family.pace * share, 2)
    service = family.category == "service"
    return Sku(
        code=code,
        product=f"{brand.code}-{family.code}",
        brand=brand,
        category=family.category,
        flavour=flavour,
        net_content=size.zh,
        form=size.form,
        name_zh=flavour.zh if service else _name((brand.zh + family.zh, flavour.zh, size.zh), " "),
        name_en=flavour.en if service else _name((f"{brand.en} {family.en}", flavour.en, size.en or size.zh), ", "),
        specification=((family.axis, flavour.zh), ("计价" if service else "净含量", size.zh)),
        barcode=ean13(f"699{list(BRANDS).index(brand.code) + 1101:04d}{number:05d}"),
        units=units,
        minimum_order=family.minimum * case if family.minimum else None,
        order_multiple=family.multiple * case if family.multiple else None,
        tax_rate=Decimal(family.tax),
        cost=_price(size.cost, factor),
        list_price=_price(size.price, factor),
        temperature=family.temperature,
        shelf_life_days=family.shelf_days,
        supply_policy=family.policy,
        presell_allowance=family.presell * case,
        opening_stock=_stock(code, family.policy, weekly_cases, case),
        weekly_cases=weekly_cases,
    )


def _skus() -> tuple[Sku, ...]:
    made: list[Sku] = []
    for family in DRINKS + FOOD:
        for flavour in family.flavours.split():
            for size in family.sizes:
                if (flavour, size.code) not in family.skip:
                    made.append(_sku(family, flavour, size, len(made) + 101))
    return tuple(made)


def _product(family: Family) -> Product:
    brand = BRANDS[family.brand]
    return Product(
        code=f"{brand.code}-{family.code}",
        brand=brand.code,
        category=family.category,
        name_zh=f"{brand.zh}{family.zh}",
        name_en=f"{brand.en} {family.en}",
        description_zh=family.blurb_zh,
        description_en=family.blurb_en,
        axes=(family.axis, "计价" if family.category == "service" else "净含量"),
    )


PRODUCTS: Final = tuple(_product(family) for family in DRINKS + FOOD)
SKUS: Final = _skus()
SKU_BY_CODE: Final = {sku.code: sku for sku in SKUS}
