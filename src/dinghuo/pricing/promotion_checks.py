"""Whether a promotion makes sense. Pure; everything wrong is said at once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.bulk import MISSING
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import MAX_MONEY, MAX_QUANTITY, MINOR_UNITS, ZERO, base_quantity, fits
from dinghuo.pricing.promotion_facts import Step
from dinghuo.pricing.promotion_input import GiftInput, PromotionItem

MOST_STEPS = 20
MOST_PRIORITY = 1000

UNKNOWN_CURRENCY = Message(
    "promotion-currency",
    "不支持币种 {currency}，可用：{known}",
    "The currency {currency} is not known here; use one of {known}",
    MALFORMED,
)
ENDS_EARLY = Message("promotion-ends-early", "结束时间应晚于开始时间", "It must end after it begins", MALFORMED)
STEPS_NEEDED = Message(
    "promotion-steps-needed",
    "请填写 1 到 {most} 档优惠",
    "It needs between 1 and {most} steps",
    MALFORMED,
)
STEPS_UNWANTED = Message(
    "promotion-steps-unwanted", "此类促销不分档", "This kind of promotion has no steps", MALFORMED
)
STEPS_RISE = Message(
    "promotion-steps-rise", "各档门槛应依次递增", "Each step must begin above the one before", MALFORMED
)
BAD_START = Message(
    "promotion-step-from",
    "门槛 {value} 应在 {least} 到 {most} 之间，小数不超过 {places} 位",
    "The threshold {value} must be between {least} and {most}, with at most {places} decimals",
    MALFORMED,
)
BAD_VALUE = Message(
    "promotion-step-value",
    "优惠 {value} 应大于 0、不超过 {most}，小数不超过 {places} 位",
    "What is granted, {value}, must be above 0, at most {most}, with at most {places} decimals",
    MALFORMED,
)
MEASURE_FIXED = Message(
    "promotion-measure", "此类促销只能按“{measure}”计算门槛", "This kind is measured by {measure}", MALFORMED
)
REPEATS_ONE = Message(
    "promotion-repeats",
    "“每满”只用于满减和买赠，并且只有一档",
    "Only money off a sum and gifts repeat, with exactly one step",
    MALFORMED,
)
BUNDLE_PRICE = Message(
    "promotion-bundle-price",
    "组合价促销须填写组合价，其他类型不填",
    "A bundle needs its price; no other kind has one",
    MALFORMED,
)
GIFT_UNWANTED = Message(
    "promotion-gift", "只有买赠促销才有赠品", "Only a promotion that gives goods names a gift", MALFORMED
)
SKUS_NEEDED = Message(
    "promotion-skus-needed",
    "特价和组合价须逐个列出单品",
    "Special prices and bundles name their SKUs one by one",
    MALFORMED,
)
ITEM_PRICE = Message(
    "promotion-item-price",
    "特价促销的每个单品须填写价格（0 到 {most}，小数不超过 6 位），其他类型不填",
    "Each SKU at a special price needs it (0 to {most}, at most 6 decimals); no other kind has one",
    MALFORMED,
)
ITEM_QUANTITY = Message(
    "promotion-item-quantity",
    "组合中的每个单品须填写数量（大于 0，折算成基本单位须精确），其他类型不填",
    "Each SKU of a bundle needs its quantity (above 0, exact in base units); no other kind has one",
    MALFORMED,
)
ITEM_UNIT = Message("promotion-item-unit", "{code} 没有单位“{unit}”", "{code} has no unit {unit}", MALFORMED)
GIFT_INEXACT = Message(
    "promotion-gift-inexact",
    "赠送 {value} {unit} 折算成基本单位不是精确数量",
    "{value} {unit} is no exact quantity in base units",
    MALFORMED,
)
BAD_BUDGET = Message(
    "promotion-budget",
    "预算 {value} 应在 0 到 {most} 之间，小数不超过 2 位；不限请留空 (null)",
    "The budget {value} must be between 0 and {most}, with at most 2 decimals; null is unlimited",
    MALFORMED,
)
BAD_USES = Message(
    "promotion-uses",
    "次数应在 0 到 {most} 之间；不限请留空 (null)",
    "The number of uses must be between 0 and {most}; null is unlimited",
    MALFORMED,
)
BAD_PRIORITY = Message(
    "promotion-priority",
    "优先级应在 -{most} 到 {most} 之间",
    "The priority must be between -{most} and {most}",
    MALFORMED,
)
WAS_PUBLISHED = Message(
    "promotion-was-published",
    "促销 {code} 已发布过，不能再改变{field_zh}；请另建一个",
    "Promotion {code} has been published: its {field_name} can no longer change; make another one",
    CONFLICT,
)

_MOST_USES = 2_000_000_000
_MEASURE_OF = {"spend_save": "amount"}
# How many decimals a value may have, and the most it may be.
_VALUES: Mapping[str, tuple[int, Decimal]] = {
    "percent": (4, Decimal(100)),
    "amount_off": (2, MAX_MONEY),
    "spend_save": (2, MAX_MONEY),
    "buy_get": (6, MAX_QUANTITY),
}


def check_head(faults: Faults, line: int, new: Mapping[str, Any]) -> None:
    """What does not depend on the kind."""
    for name in ("name", "kind", "valid_from"):
        if new[name] is None:
            faults.add(line, name, MISSING)
    if new["currency"] not in MINOR_UNITS:
        faults.add(line, "currency", UNKNOWN_CURRENCY, currency=new["currency"], known="、".join(MINOR_UNITS))
    if new["valid_from"] and new["valid_until"] and new["valid_until"] <= new["valid_from"]:
        faults.add(line, "valid_until", ENDS_EARLY)
    for name in ("budget", "customer_budget"):
        value = new[name]
        if value is not None and (not fits(value, most=MAX_MONEY, places=2) or value < 0):
            faults.add(line, name, BAD_BUDGET, value=value, most=MAX_MONEY)
    for name in ("uses", "customer_uses"):
        if new[name] is not None and not 0 <= new[name] <= _MOST_USES:
            faults.add(line, name, BAD_USES, most=_MOST_USES)
    if not -MOST_PRIORITY <= new["priority"] <= MOST_PRIORITY:
        faults.add(line, "priority", BAD_PRIORITY, most=MOST_PRIORITY)


def check_terms(faults: Faults, line: int, new: Mapping[str, Any], steps: Sequence[Step]) -> None:
    """What the kind demands of steps, measure and the bundle's price."""
    kind = new["kind"]
    if kind in _VALUES:
        _check_steps(faults, line, kind, new["measure"], steps)
    elif steps:
        faults.add(line, "steps", STEPS_UNWANTED)
    fixed = _MEASURE_OF.get(kind)
    if fixed is not None and new["measure"] != fixed:
        faults.add(line, "measure", MEASURE_FIXED, measure=fixed)
    if new["repeats"] and (kind not in ("spend_save", "buy_get") or len(steps) != 1):
        faults.add(line, "repeats", REPEATS_ONE)
    price = new["bundle_price"]
    if (kind == "bundle") != (price is not None):
        faults.add(line, "bundle_price", BUNDLE_PRICE)
    elif price is not None and (not fits(price, most=MAX_MONEY, places=2) or price < 0):
        faults.add(line, "bundle_price", BAD_BUDGET, value=price, most=MAX_MONEY)


def _check_steps(faults: Faults, line: int, kind: str, measure: str | None, steps: Sequence[Step]) -> None:
    if not 0 < len(steps) <= MOST_STEPS:
        faults.add(line, "steps", STEPS_NEEDED, most=MOST_STEPS)
    places, most = (2, MAX_MONEY) if measure == "amount" else (6, MAX_QUANTITY)
    value_places, most_value = _VALUES[kind]
    positive = kind in ("spend_save", "buy_get")
    last: Decimal | None = None
    for number, step in enumerate(steps):
        place = f"steps[{number}]"
        start = step.start
        if not fits(start, most=most, places=places) or start < 0 or (positive and not start):
            told = {"value": start, "least": "0.01" if positive else "0", "most": most, "places": places}
            faults.add(line, f"{place}.from", BAD_START, **told)
        elif last is not None and start <= last:
            faults.add(line, f"{place}.from", STEPS_RISE)
        else:
            last = start
        if not fits(step.value, most=most_value, places=value_places) or step.value <= ZERO:
            faults.add(line, f"{place}.value", BAD_VALUE, value=step.value, most=most_value, places=value_places)


def check_items(
    faults: Faults, line: int, kind: str, items: Sequence[PromotionItem], skus: Mapping[str, SkuFacts]
) -> None:
    """Special prices and parts of bundles; other kinds name goods only."""
    if kind in ("fixed_price", "bundle") and (not items or any(item.kind != "sku" for item in items)):
        faults.add(line, "items", SKUS_NEEDED)
    for number, item in enumerate(items):
        place = f"items[{number}]"
        sku = skus.get(item.code) if item.kind == "sku" else None
        price = item.price
        sound = price is not None and fits(price) and price >= 0
        if sound if kind != "fixed_price" else not sound:
            faults.add(line, f"{place}.price", ITEM_PRICE, most=MAX_QUANTITY)
        if sku is None:
            continue
        unit = item.unit or sku.sales_unit
        if unit not in sku.units:
            faults.add(line, f"{place}.unit", ITEM_UNIT, code=item.code, unit=unit)
        elif (kind == "bundle") != _is_part(item, sku, unit):
            faults.add(line, f"{place}.quantity", ITEM_QUANTITY)


def _is_part(item: PromotionItem, sku: SkuFacts, unit: str) -> bool:
    quantity = item.quantity
    if quantity is None or not fits(quantity) or quantity <= 0:
        return False
    return base_quantity(quantity, *sku.units[unit]) is not None


def check_gift(
    faults: Faults,
    line: int,
    new: Mapping[str, Any],
    gift: GiftInput | None,
    steps: Sequence[Step],
    skus: Mapping[str, SkuFacts],
) -> None:
    """What is given; without a gift of its own it is what was bought, which is counted by quantity."""
    if new["kind"] != "buy_get":
        if gift is not None:
            faults.add(line, "gift", GIFT_UNWANTED)
        return
    if new["measure"] is None or (gift is None and new["measure"] != "quantity"):
        faults.add(line, "measure", MEASURE_FIXED, measure="quantity")
    sku = skus.get(gift.sku) if gift else None
    if gift is None or sku is None:
        return
    unit = gift.unit or sku.sales_unit
    if unit not in sku.units:
        faults.add(line, "gift.unit", ITEM_UNIT, code=gift.sku, unit=unit)
        return
    for number, step in enumerate(steps):
        if fits(step.value) and base_quantity(step.value, *sku.units[unit]) is None:
            faults.add(line, f"steps[{number}].value", GIFT_INEXACT, value=step.value, unit=unit)
