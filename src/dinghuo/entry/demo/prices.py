"""Price lists: what was, what holds, what will; by tier, by tier and region, and two contracts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from dinghuo.entry.demo.dealers import DEALER_BY_CODE, REGIONS, TIERS
from dinghuo.entry.demo.products import SKUS, Sku

Kind = Literal["base", "tier", "tier_region", "contract"]


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """From `minimum_quantity` on, one `unit` costs `price`, tax included."""

    sku: str
    unit: str
    minimum_quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class PriceList:
    """`valid_until` is its last day; None is until further notice."""

    code: str
    name_zh: str
    name_en: str
    kind: Kind
    tier: str | None
    region: str | None
    customer: str | None
    valid_from: date
    valid_until: date | None
    entries: tuple[PriceEntry, ...]


BREAKS: Final = ((1, Decimal(0)), (10, Decimal("0.015")), (50, Decimal("0.03")))
"""From how many cases on, and what comes off."""

_TIER_DISCOUNT: Final = {
    "diamond": Decimal("0.09"),
    "gold": Decimal("0.06"),
    "silver": Decimal("0.03"),
    "standard": Decimal(0),
}
_CONTRACT_DISCOUNT: Final = Decimal("0.13")
_CONTRACT_CUSTOMERS: Final = ("D001", "D003")
_CONTRACT_SKUS: Final = 24

# Freight from the coast to the south-west, on what the largest two tiers buy there.
_SOUTHWEST: Final = Decimal("1.015")

# Goods with thin margins bear half of any discount.
_THIN: Final = frozenset({"oil", "staples", "dairy", "beer"})

_TIER_ZH: Final = {word.code: word.zh for word in TIERS}
_TIER_EN: Final = {word.code: word.en for word in TIERS}
_REGION_ZH: Final = {word.code: word.zh for word in REGIONS}
_REGION_EN: Final = {word.code: word.en for word in REGIONS}


def price_lists(today: date) -> tuple[PriceList, ...]:
    """All lists as they stand on `today`: the present one began a few months ago, the next begins in some weeks."""
    since = (today - timedelta(days=100)).replace(day=1)
    following = (today + timedelta(days=62)).replace(day=1)
    return (
        _base("BASE-PREVIOUS", "上期标准价", "Previous list prices", since - timedelta(days=365), since, "0.97"),
        _base("BASE", "现行标准价", "List prices", since, following, "1"),
        _base("BASE-NEXT", "下期标准价（调价）", "Coming list prices", following, None, "1.03"),
        *(_tier(tier, since) for tier in _TIER_DISCOUNT),
        *(_tier_region(tier, "southwest", since) for tier in ("diamond", "gold")),
        *(_contract(customer, since) for customer in _CONTRACT_CUSTOMERS),
    )


def _base(code: str, zh: str, en: str, since: date, following: date | None, factor: str) -> PriceList:
    entries = tuple(
        PriceEntry(sku.code, sku.base_unit.code, 1, _rounded(sku.list_price * Decimal(factor))) for sku in SKUS
    )
    last = following - timedelta(days=1) if following else None
    return PriceList(code, zh, en, "base", None, None, None, since, last, entries)


def _tier(tier: str, since: date) -> PriceList:
    name_zh, name_en = f"{_TIER_ZH[tier]}价", f"{_TIER_EN[tier]} prices"
    entries = tuple(_breaks(_cased(), _TIER_DISCOUNT[tier], Decimal(1)))
    return PriceList(f"TIER-{tier.upper()}", name_zh, name_en, "tier", tier, None, None, since, None, entries)


def _tier_region(tier: str, region: str, since: date) -> PriceList:
    return PriceList(
        code=f"TIER-{tier.upper()}-{region.upper()}",
        name_zh=f"{_REGION_ZH[region]}{_TIER_ZH[tier]}价",
        name_en=f"{_TIER_EN[tier]} prices, {_REGION_EN[region]}",
        kind="tier_region",
        tier=tier,
        region=region,
        customer=None,
        valid_from=since,
        valid_until=None,
        entries=tuple(_breaks(_cased(), _TIER_DISCOUNT[tier], _SOUTHWEST)),
    )


def _contract(customer: str, since: date) -> PriceList:
    """A year's agreement on what sells best."""
    dealer = DEALER_BY_CODE[customer]
    best = sorted(_cased(), key=lambda sku: -sku.weekly_cases)[:_CONTRACT_SKUS]
    prices = ((sku, _case_price(sku, _CONTRACT_DISCOUNT, Decimal(1))) for sku in best)
    return PriceList(
        code=f"CONTRACT-{customer}",
        name_zh=f"{dealer.short_name}年度协议价",
        name_en=f"{dealer.name_en} annual contract",
        kind="contract",
        tier=None,
        region=None,
        customer=customer,
        valid_from=since,
        valid_until=since + timedelta(days=364),
        entries=tuple(PriceEntry(sku.code, sku.case_unit.code, 1, price) for sku, price in prices),
    )


def _cased() -> Iterable[Sku]:
    """What is sold by the case."""
    return (sku for sku in SKUS if len(sku.units) > 1)


def _breaks(skus: Iterable[Sku], discount: Decimal, freight: Decimal) -> Iterable[PriceEntry]:
    for sku in skus:
        for cases, more in BREAKS:
            yield PriceEntry(sku.code, sku.case_unit.code, cases, _case_price(sku, discount + more, freight))


def _case_price(sku: Sku, discount: Decimal, freight: Decimal) -> Decimal:
    """A case at the list price less the discount, to ten fen."""
    if sku.category in _THIN:
        discount /= 2
    price = sku.list_price * sku.case_unit.numerator * (1 - discount) * freight
    return price.quantize(Decimal("0.1"), ROUND_HALF_UP).quantize(Decimal("0.01"))


def _rounded(price: Decimal) -> Decimal:
    return price.quantize(Decimal("0.01"), ROUND_HALF_UP)
