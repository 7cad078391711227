"""The demo tenant itself: its selling organisation and its two warehouses. Everything is invented."""

from dataclasses import dataclass
from typing import Final

from dinghuo.entry.demo.check_digits import credit_code


@dataclass(frozen=True, slots=True)
class Company:
    """The tenant and its one selling organisation."""

    code: str
    name_zh: str
    name_en: str
    tax_number: str
    province: str
    city: str
    street: str
    phone: str


@dataclass(frozen=True, slots=True)
class Warehouse:
    code: str
    name_zh: str
    name_en: str
    province: str
    city: str
    street: str


COMPANY: Final = Company(
    code="jiangnan",
    name_zh="江南食品饮料贸易有限公司",
    name_en="Jiangnan Food & Beverage Trading Co., Ltd.",
    tax_number=credit_code(district="310118", organisation="MADEM0JN"),
    province="上海市",
    city="上海市",
    street="青浦区汇泽路 1688 号 3 幢",
    phone="021-0000-1688",
)

SHANGHAI: Final = "SH"
CHENGDU: Final = "CD"

WAREHOUSES: Final = (
    Warehouse(SHANGHAI, "上海青浦中心仓", "Shanghai Qingpu centre", "上海市", "上海市", "青浦区汇泽路 1688 号 5 幢"),
    Warehouse(CHENGDU, "成都龙泉仓", "Chengdu Longquan", "四川省", "成都市", "龙泉驿区桃源物流大道 99 号 B 库"),
)
