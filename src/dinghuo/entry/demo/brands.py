"""Invented brands and their colours. No name here is meant to be, or to resemble, a real trade mark."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand; `serif` sets its name in a song typeface, `main` and `accent` colour caps, bands and logos."""

    code: str
    zh: str
    en: str
    main: str
    accent: str
    serif: bool = False


_BRANDS: Final = (
    Brand("LP", "泠泡", "Lingpao", "#1F6FEB", "#FFD23F"),
    Brand("LQ", "岚气", "Lanqi", "#0F9D8A", "#E8FF6B"),
    Brand("CQ", "橙阡", "Chengqian", "#F26B1D", "#2E9E4F"),
    Brand("PY", "圃语", "Puyu", "#2F7D4F", "#F6C445"),
    Brand("CX", "澄岫", "Chengxiu", "#1A9BD7", "#0B5FA5"),
    Brand("SS", "漱石泉", "Shushi Spring", "#2B6777", "#C8D8E4", serif=True),
    Brand("MD", "茗渡", "Mingdu", "#2C6E49", "#D9B44A", serif=True),
    Brand("YT", "一叶汀", "Yiyeting", "#5B8C5A", "#F3E9D2", serif=True),
    Brand("MS", "牧笙", "Musheng", "#1E63B5", "#7CC6FE"),
    Brand("SY", "朔原", "Shuoyuan", "#6C4AB6", "#FFB3C6"),
    Brand("MX", "麦汐", "Maixi", "#C8102E", "#E9B949"),
    Brand("YN", "塬酿", "Yuanniang", "#A4161A", "#E0B973", serif=True),
    Brand("HT", "鹤汀春", "Hetingchun", "#123C69", "#D4AF6A", serif=True),
    Brand("TG", "棠谷", "Tanggu Estate", "#5C1A33", "#C9A66B", serif=True),
    Brand("XY", "面小驿", "Mianxiaoyi", "#D7261E", "#FFC83D"),
    Brand("ZT", "灶台巷", "Zaotai Lane", "#8C2F1B", "#F4B942", serif=True),
    Brand("SH", "酥禾", "Suhe", "#E08A1E", "#7A3E12"),
    Brand("HX", "烘小川", "Hongxiaochuan", "#8A4B2D", "#F5D7A1", serif=True),
    Brand("TT", "糖汀", "Tangting", "#EC4C8B", "#7FD8D4"),
    Brand("SL", "松栗集", "Songliji", "#7B4B2A", "#E6A44A"),
    Brand("JB", "酱泊", "Jiangbo", "#9E1B1B", "#F2C14E", serif=True),
    Brand("XI", "醯园", "Xiyuan", "#3E2723", "#D8A657", serif=True),
    Brand("SX", "菽香里", "Shuxiangli", "#D9480F", "#FFD43B"),
    Brand("JL", "稷垄", "Jilong", "#2F6B3A", "#E3B23C", serif=True),
    Brand("XG", "汐罐", "Xiguan", "#0B7285", "#FF922B"),
    Brand("ST", "霜屉", "Shuangti", "#1C5DB8", "#A5D8FF"),
    Brand("LZ", "澜皂", "Lanzao", "#2A9DB0", "#F7A8B8"),
    Brand("JN", "江南服务", "Jiangnan Service", "#33527A", "#F2A65A"),
)

BRANDS: Final = {brand.code: brand for brand in _BRANDS}
"""By code, in the order the catalogue shows them."""
