"""Banners of the dealers' home page: words on a colour, and packshots standing before it."""

import re
from dataclasses import dataclass
from html import escape
from typing import Final

from dinghuo.entry.demo.drawing.canvas import SANS, darken, lighten
from dinghuo.entry.demo.pictures import product_picture
from dinghuo.entry.demo.products import SKU_BY_CODE

WIDTH, HEIGHT = 1200, 440
_WIDE, _TALL = 184, 280
# The shell of a packshot and its title; what it defines is named by it alone.
_SHELL = re.compile(r"^<svg[^>]*><title>.*?</title>(.*)</svg>$", re.S)


@dataclass(frozen=True, slots=True)
class Banner:
    """`link` is where a tap on it leads; `tone` its colour."""

    key: str
    title: str
    title_en: str
    line: str
    badge: str
    tone: str
    skus: tuple[str, str, str]
    link: str


BANNERS: Final = (
    Banner(
        key="restock",
        title="年末备货季",
        title_en="Stock up for the end of the year",
        line="饮料整箱满 100 箱，下单即享阶梯价",
        badge="阶梯价已更新",
        tone="#c2261d",
        skus=("LP-CO-0330-24", "MD-BT-0500-15", "CQ-OR-0450-15"),
        link="category:drinks",
    ),
    Banner(
        key="snacks",
        title="零食新货到仓",
        title_en="New snacks have come in",
        line="坚果、饼干、糖果现货充足，当日可发",
        badge="上海 · 成都两仓现货",
        tone="#0f6b5c",
        skus=("SL-BD-0160-24", "SH-HY-0400-12", "TT-NN-0227-24"),
        link="category:snacks",
    ),
)


def banner_picture(banner: Banner) -> str:
    """A wide picture that is whole in itself: no files, fonts, links or scripts."""
    key = f"banner-{banner.key}"
    tiles = "".join(_tile(key, number, code) for number, code in enumerate(banner.skus))
    badge = 40 + 32 * len(banner.badge)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="{SANS}"><title>{escape(banner.title)}</title><defs>'
        f'<linearGradient id="{key}" x2="1" y2="1"><stop offset="0" stop-color="{darken(banner.tone, 0.12)}"/>'
        f'<stop offset="1" stop-color="{lighten(banner.tone, 0.22)}"/></linearGradient></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#{key})"/>'
        f'<circle cx="{WIDTH - 120}" cy="60" r="260" fill="#fff" opacity=".08"/>'
        f'<circle cx="90" cy="{HEIGHT + 40}" r="220" fill="#fff" opacity=".06"/>{tiles}'
        f'<text x="64" y="160" font-size="76" font-weight="700" fill="#fff">{escape(banner.title)}</text>'
        f'<text x="66" y="226" font-size="29" fill="#fff" opacity=".92">{escape(banner.line)}</text>'
        f'<rect x="64" y="278" width="{badge}" height="62" rx="31" fill="#fff" opacity=".95"/>'
        f'<text x="{64 + badge / 2:g}" y="319" font-size="29" font-weight="700" text-anchor="middle" '
        f'fill="{darken(banner.tone, 0.1)}">{escape(banner.badge)}</text></svg>'
    )


def _tile(key: str, number: int, code: str) -> str:
    """The middle of a packshot on a rounded card."""
    shell = _SHELL.match(product_picture(SKU_BY_CODE[code]))
    if shell is None:
        raise ValueError(f"the picture of {code} is not as packshots are")
    crop = (_TALL - _WIDE) / 2
    x, y = 590 + number * (_WIDE + 16), 64 + (number % 2) * 32
    card = f'x="{x}" y="{y}" width="{_WIDE}" height="{_TALL}" rx="28"'
    scale = _TALL / 400
    return (
        f'<clipPath id="{key}-{number}"><rect {card}/></clipPath><g clip-path="url(#{key}-{number})">'
        f'<g transform="translate({x - crop:g} {y}) scale({scale:g})" text-anchor="middle">{shell[1]}</g>'
        f'</g><rect {card} fill="none" stroke="#fff" stroke-width="5" opacity=".9"/>'
    )
