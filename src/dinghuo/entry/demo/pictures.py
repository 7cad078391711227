"""Product pictures and company logos, drawn as self-contained SVG: no files, fonts, links or scripts."""

from html import escape
from typing import Final
from zlib import crc32

from dinghuo.entry.demo.drawing.bags import BAGS
from dinghuo.entry.demo.drawing.bottles import BOTTLES
from dinghuo.entry.demo.drawing.boxes import BOXES
from dinghuo.entry.demo.drawing.canisters import CANISTERS
from dinghuo.entry.demo.drawing.cans import CANS
from dinghuo.entry.demo.drawing.canvas import CENTRE, FLOOR, SANS, Canvas, darken, lighten
from dinghuo.entry.demo.drawing.labels import DESIGN_OF_BRAND, Look
from dinghuo.entry.demo.drawing.motifs import MOTIFS, PROPS
from dinghuo.entry.demo.drawing.stage import backdrop, prop
from dinghuo.entry.demo.drawing.tubs import TUBS
from dinghuo.entry.demo.products import PRODUCTS, Sku

PACKS: Final = BOTTLES | CANISTERS | CANS | BOXES | BAGS | TUBS
"""How each form of pack is drawn."""

SCALES: Final = {
    "can": 1.28, "slimcan": 1.22, "beercan": 1.2, "fruittin": 1.28, "luncheontin": 1.22, "fruitjar": 1.2,
    "nutjar": 1.2, "baijiusmall": 1.3, "winesmall": 1.28, "brick": 1.24, "juiceglass": 1.22, "handwash": 1.2,
    "wine": 1.08, "beerglass": 1.06, "deposit": 1.04, "truck": 1.0, "giftbox": 1.05, "nutbox": 1.06,
    "noodlepack": 1.1, "noodlebowl": 1.14, "wovensack": 1.08, "tissue": 1.08, "bulkbin": 1.08, "gable": 1.1,
    "oiljug": 1.12, "soyjug": 1.12, "waterjug": 1.12, "detergent": 1.12,
}  # fmt: skip
"""How large a pack stands in the picture, where it is not as most do."""

_LINES: Final = {product.code: product.name_zh for product in PRODUCTS}

_TONES: Final = (
    "#2563eb", "#0f766e", "#b45309", "#7c3aed", "#be123c", "#15803d", "#0369a1", "#a21caf", "#c2410c", "#4d7c0f",
)  # fmt: skip


def product_picture(sku: Sku) -> str:
    """The packshot of a SKU, 400 × 400."""
    turn = crc32(sku.code.encode())
    c = Canvas(f"p{turn:08x}"[:6])
    look = _look(c, sku)
    left = turn % 2 == 0
    upright = sku.flavour.motif not in PROPS
    backdrop(c, look)
    if look.prop:
        prop(c, look, 84 if left else 316, FLOOR - 38, 70, upright * (-10 if left else 10))
    scale = SCALES.get(sku.form, 1.14)
    c.add(f'<g transform="translate({CENTRE} {FLOOR}) scale({scale}) translate({-CENTRE} {-FLOOR})">')
    PACKS[sku.form](c, look)
    c.add("</g>")
    if look.prop:
        prop(c, look, 308 if left else 92, FLOOR - 11, 56, upright * (14 if left else -14))
    return c.svg(sku.name_zh)


def _look(c: Canvas, sku: Sku) -> Look:
    brand, flavour = sku.brand, sku.flavour
    motif = MOTIFS.get(flavour.motif)
    beside = PROPS.get(flavour.motif, motif)
    return Look(
        brand=brand.zh,
        brand_en=brand.en,
        line=_LINES[sku.product].removeprefix(brand.zh),
        flavour=flavour.zh,
        net=sku.net_content.split()[0],
        main=brand.main,
        accent=brand.accent,
        light=flavour.light,
        deep=flavour.deep,
        serif=brand.serif,
        design=DESIGN_OF_BRAND[brand.code],
        motif=c.symbol(motif(c, flavour.deep)) if motif else "",
        prop=c.symbol(beside(c, flavour.deep)) if beside else "",
    )


def dealer_logo(code: str, short_name: str) -> str:
    """A monogram of a company: the first two characters of its trade name on its own colour."""
    tone = _TONES[crc32(code.encode()) % len(_TONES)]
    key = f"logo-{code.lower()}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160" width="160" height="160" role="img">'
        f'<title>{escape(short_name)}</title><defs><linearGradient id="{key}" x2="1" y2="1">'
        f'<stop offset="0" stop-color="{lighten(tone, 0.18)}"/><stop offset="1" stop-color="{darken(tone, 0.16)}"/>'
        f'</linearGradient><clipPath id="{key}-c"><rect width="160" height="160" rx="36"/></clipPath></defs>'
        f'<g clip-path="url(#{key}-c)"><rect width="160" height="160" fill="url(#{key})"/>'
        '<circle cx="134" cy="22" r="52" fill="#fff" opacity=".12"/>'
        '<circle cx="22" cy="150" r="40" opacity=".08"/></g>'
        f'<text x="80" y="101" font-family="{SANS}" font-size="58" font-weight="700" '
        f'text-anchor="middle" fill="#fff">{escape(short_name[:2])}</text></svg>'
    )
