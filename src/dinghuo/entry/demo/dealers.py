"""Sixty invented dealers: who they are, where they are, and on what terms they buy."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal
from zlib import crc32

from dinghuo.entry.demo.check_digits import CREDIT_ALPHABET, credit_code
from dinghuo.entry.demo.company import CHENGDU, SHANGHAI
from dinghuo.entry.demo.dealer_rows import CITIES, ROWS, City, Row
from dinghuo.entry.demo.people import DEPARTMENT_OF, OWNER_OF_REGION

Terms = Literal["prepaid", "on_delivery", "monthly"]


@dataclass(frozen=True, slots=True)
class Word:
    """A tier, region or channel."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """`days` is how long after the month's statement a bill is due."""

    kind: Terms
    days: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Dealer:
    """A customer. `credit_limit` None is unlimited; `parent` is the chain it belongs to."""

    code: str
    name_zh: str
    name_en: str
    short_name: str
    tax_number: str
    tier: str
    region: str
    channel: str
    province: str
    city: str
    district: str
    street: str
    contact: str
    mobile: str
    terms: PaymentTerms
    credit_limit: Decimal | None
    owner: str
    department: str
    warehouse: str
    parent: str | None


TIERS: Final = (
    Word("diamond", "钻石经销商", "Diamond"),
    Word("gold", "金牌经销商", "Gold"),
    Word("silver", "银牌经销商", "Silver"),
    Word("standard", "普通客户", "Standard"),
)
REGIONS: Final = (
    Word("east", "华东", "East China"),
    Word("south", "华南", "South China"),
    Word("north", "华北", "North China"),
    Word("central", "华中", "Central China"),
    Word("southwest", "西南", "Southwest China"),
    Word("northwest", "西北", "Northwest China"),
)
CHANNELS: Final = (
    Word("modern", "现代渠道", "Modern trade"),
    Word("wholesale", "传统批发", "Wholesale"),
    Word("catering", "餐饮", "Catering"),
    Word("ecommerce", "电商", "E-commerce"),
)
TERMS: Final = {
    "M30": PaymentTerms("monthly", 30, "月结 30 天", "Monthly, 30 days"),
    "M60": PaymentTerms("monthly", 60, "月结 60 天", "Monthly, 60 days"),
    "PRE": PaymentTerms("prepaid", 0, "先款后货", "Pay before delivery"),
    "COD": PaymentTerms("on_delivery", 0, "货到付款", "Pay on delivery"),
}


def _sign(code: str, place: int, alphabet: str) -> str:
    return alphabet[crc32(f"{code}/{place}".encode()) % len(alphabet)]


def _tax_number(code: str, city: City) -> str:
    """Registered where it is: the letters after the district are invented, the check digits are right."""
    body = "MA" + "".join(_sign(code, place, CREDIT_ALPHABET) for place in range(6))
    return credit_code(district=city.district_code, organisation=body)


def _mobile(code: str) -> str:
    """154 looks like a mobile number and is given to nobody."""
    return "154" + "".join(_sign(code, place, "0123456789") for place in range(20, 28))


def _dealer(row: Row) -> Dealer:
    city = CITIES[row.city]
    owner = OWNER_OF_REGION[city.region]
    return Dealer(
        code=row.code,
        name_zh=row.zh,
        name_en=row.en,
        short_name=row.short,
        tax_number=_tax_number(row.code, city),
        tier=row.tier,
        region=city.region,
        channel=row.channel,
        province=city.province,
        city=row.city + "市",
        district=city.district,
        street=row.street,
        contact=row.contact,
        mobile=_mobile(row.code),
        terms=TERMS[row.terms],
        credit_limit=None if row.limit is None else Decimal(row.limit),
        owner=owner,
        department=DEPARTMENT_OF[owner],
        warehouse=CHENGDU if city.region in {"southwest", "northwest"} else SHANGHAI,
        parent=row.parent,
    )


DEALERS: Final = tuple(_dealer(row) for row in ROWS)
DEALER_BY_CODE: Final = {dealer.code: dealer for dealer in DEALERS}
