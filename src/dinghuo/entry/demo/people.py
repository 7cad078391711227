"""Who works at the demo company, and who orders at its dealers. Every person is invented."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Department:
    code: str
    zh: str
    en: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody of the company; `role` is the code of a default role."""

    login: str
    zh: str
    en: str
    role: str
    department: str


@dataclass(frozen=True, slots=True)
class DealerUser:
    """Somebody of a dealer, who orders through the portal."""

    login: str
    zh: str
    en: str
    role: str
    dealer: str


DEPARTMENTS: Final = (
    Department("head-office", "总经办", "Head office", None),
    Department("sales", "销售中心", "Sales", "head-office"),
    Department("sales-1", "销售一部", "Sales team 1", "sales"),
    Department("sales-2", "销售二部", "Sales team 2", "sales"),
    Department("finance", "财务部", "Finance", "head-office"),
    Department("warehouse", "仓储部", "Warehousing", "head-office"),
    Department("it", "信息部", "IT", "head-office"),
)

STAFF: Final = (
    Staff("boss", "顾承远", "Gu Chengyuan", "owner", "head-office"),
    Staff("manager", "林佩芸", "Lin Peiyun", "sales_manager", "sales"),
    Staff("sales1", "周子谦", "Zhou Ziqian", "sales", "sales-1"),
    Staff("sales2", "吴若桐", "Wu Ruotong", "sales", "sales-1"),
    Staff("sales3", "唐一舟", "Tang Yizhou", "sales", "sales-2"),
    Staff("finance", "沈静宜", "Shen Jingyi", "finance", "finance"),
    Staff("warehouse", "何大勇", "He Dayong", "warehouse", "warehouse"),
    Staff("it", "陆明哲", "Lu Mingzhe", "it", "it"),
)

DEALER_USERS: Final = (
    DealerUser("d001.admin", "方雅琴", "Fang Yaqin", "dealer_admin", "D001"),
    DealerUser("d001.buyer", "钱小满", "Qian Xiaoman", "dealer_buyer", "D001"),
    DealerUser("d001.approver", "汪德全", "Wang Dequan", "dealer_approver", "D001"),
    DealerUser("d001.receiver", "施建平", "Shi Jianping", "dealer_receiver", "D001"),
    DealerUser("d002.admin", "梁启文", "Liang Qiwen", "dealer_admin", "D002"),
    DealerUser("d002.buyer", "黎佳欣", "Li Jiaxin", "dealer_buyer", "D002"),
    DealerUser("d003.admin", "马国栋", "Ma Guodong", "dealer_admin", "D003"),
    DealerUser("d003.buyer", "田甜", "Tian Tian", "dealer_buyer", "D003"),
    DealerUser("d004.admin", "谭志豪", "Tan Zhihao", "dealer_admin", "D004"),
    DealerUser("d004.buyer", "罗珊", "Luo Shan", "dealer_buyer", "D004"),
    DealerUser("d005.admin", "蒋文博", "Jiang Wenbo", "dealer_admin", "D005"),
    DealerUser("d005.buyer", "冯雨晴", "Feng Yuqing", "dealer_buyer", "D005"),
    DealerUser("d018.admin", "孟德贵", "Meng Degui", "dealer_admin", "D018"),
    DealerUser("d036.buyer", "余阿妹", "Yu Amei", "dealer_buyer", "D036"),
)

OWNER_OF_REGION: Final = {
    "east": "sales1",
    "north": "sales1",
    "south": "sales2",
    "central": "sales2",
    "southwest": "sales3",
    "northwest": "sales3",
}
"""The sales person who looks after each region's dealers."""

DEPARTMENT_OF: Final = {person.login: person.department for person in STAFF}
