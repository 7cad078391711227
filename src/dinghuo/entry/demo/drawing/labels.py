"""What is printed on a pack: nine designs, one a brand, in the colours of the flavour."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

from dinghuo.entry.demo.drawing.canvas import (
    Canvas,
    Stop,
    circle,
    column,
    darken,
    fitting,
    is_light,
    lighten,
    mix,
    n,
    pill,
    polygon,
    rect,
    ring,
    rounded,
    shape,
    text,
)

GOLD_INK: Final = "#e8cf94"


@dataclass(frozen=True, slots=True)
class Look:
    """All that a picture shows of one SKU; `motif` and `prop` are ids of drawings on the canvas."""

    brand: str
    brand_en: str
    line: str
    flavour: str
    net: str
    main: str
    accent: str
    light: str
    deep: str
    serif: bool
    design: str
    motif: str
    prop: str

    def mark(self, x: float, y: float, size: float, turn: float = 0, more: str = "") -> str:
        """The motif, `size` wide."""
        place = f"translate({n(x)} {n(y)}) rotate({n(turn)}) scale({size / 100:.3g})"
        return f'<use href="#{self.motif}" transform="{place}"{" " + more if more else ""}/>'


@dataclass(frozen=True, slots=True)
class Box:
    """Where a label is printed."""

    x: float
    y: float
    w: float
    h: float

    @property
    def cx(self) -> float:
        return self.x + self.w / 2

    def at(self, part: float) -> float:
        return self.y + self.h * part

    def fill(self, colour: str, more: str = "") -> str:
        return rect(self.x, self.y, self.w, self.h, colour, 0, more)

    def inset(self, by: float) -> "Box":
        return Box(self.x + by, self.y + by, self.w - 2 * by, self.h - 2 * by)


def _line(
    x: float, y: float, words: str, width: float, tall: float, ink: str, *, serif: bool = False, bold: bool = False
) -> str:
    """Words as large as width and height allow; nothing where they could not be read."""
    size = fitting(words, width, tall)
    return text(x, y, size, words, ink, serif=serif, bold=bold) if size >= 5.5 else ""


def _titles(look: Look, box: Box, ink: str, middle: float = 0.15) -> str:
    """Brand, and the product line under it."""
    size = fitting(look.brand, box.w * 0.66, min(box.h * 0.2, 54))
    y = box.at(middle)
    under = _line(box.cx, y + size * 0.62 + box.h * 0.05, look.line, box.w * 0.7, min(box.h * 0.08, 16), ink)
    return text(box.cx, y, size, look.brand, ink, serif=look.serif) + under


def _net(look: Look, box: Box, ink: str, at: float = 0.95) -> str:
    words = f"净含量 {look.net}" if box.w > 130 else look.net
    return _line(box.cx, box.at(at), words, box.w * 0.6, min(box.h * 0.065, 13), ink)


def _flavour(look: Look, box: Box, at: float, paper: str, ink: str) -> str:
    return pill(
        box.cx, box.at(at), look.flavour, fitting(look.flavour, box.w * 0.54, min(box.h * 0.095, 20)), paper, ink
    )


def fresh(c: Canvas, look: Look, box: Box) -> str:
    """Deep colour, a pale moon with the fruit in it."""
    r = min(box.w * 0.38, box.h * 0.19)
    moon = circle(box.cx, box.at(0.72), r, look.light) + circle(
        box.cx, box.at(0.72), r * 0.86, "#fff", 'opacity=".55"'
    )
    return (
        box.fill(c.fade(lighten(look.deep, 0.16), darken(look.deep, 0.12)))
        + moon
        + look.mark(box.cx, box.at(0.72), r * 1.55, -8)
        + _titles(look, box, "#fff")
        + _flavour(look, box, 0.445, "#fff", darken(look.deep, 0.1))
        + _net(look, box, "#fff")
    )


def split(c: Canvas, look: Look, box: Box) -> str:
    """Brand colour above, pale below, a swelling edge between and the fruit across it."""
    edge = box.at(0.46)
    swell = (
        f"M{n(box.x)} {n(box.y)}H{n(box.x + box.w)}V{n(edge - box.h * 0.04)}"
        f"Q{n(box.x + box.w * 0.7)} {n(edge - box.h * 0.1)} {n(box.cx)} {n(edge)}T{n(box.x)} {n(edge)}Z"
    )
    size = min(box.w * 0.6, box.h * 0.34)
    return (
        box.fill(c.fade(lighten(look.light, 0.55), look.light))
        + shape(swell, look.accent, f'transform="translate(0 {n(box.h * 0.025)})"')
        + shape(swell, c.fade(lighten(look.main, 0.1), look.main))
        + look.mark(box.cx, box.at(0.62), size, 6)
        + _titles(look, box, "#fff", 0.15)
        + _flavour(look, box, 0.85, look.deep, "#fff")
        + _net(look, box, darken(look.deep, 0.3), 0.965)
    )


def pure(c: Canvas, look: Look, box: Box) -> str:
    """Almost white: the brand written downwards, the flavour beside it, the fruit below."""
    ink = darken(look.deep, 0.25)
    size = min(box.w * 0.27, box.h * 0.42 / len(look.brand))
    side = min(size * 0.5, box.h * 0.42 / len(look.flavour))
    return (
        box.fill(c.fade("#ffffff", lighten(look.light, 0.35)))
        + circle(box.cx, box.at(0.98), box.w * 0.62, look.light, 'opacity=".75"')
        + column(box.cx - size * 0.34, box.at(0.07), size, look.brand, ink, serif=look.serif)
        + column(box.cx + size * 0.66, box.at(0.08), side, look.flavour, ink, gap=1.15, serif=look.serif)
        + look.mark(box.cx, box.at(0.71), min(box.w * 0.62, box.h * 0.36))
        + _net(look, box, ink)
    )


def wave(c: Canvas, look: Look, box: Box) -> str:
    """White sky, two waves, the brand in its colour."""
    x, w = box.x, box.w

    def crest(level: float, lift: float) -> str:
        return (
            f"M{n(x)} {n(box.at(level))}C{n(x + w * 0.3)} {n(box.at(level - lift))} {n(x + w * 0.6)} "
            f"{n(box.at(level + lift))} {n(x + w)} {n(box.at(level - lift * 0.5))}V{n(box.at(1))}H{n(x)}Z"
        )

    ink = look.main
    return (
        box.fill(c.fade("#ffffff", lighten(look.light, 0.5)))
        + shape(crest(0.6, 0.1), look.light)
        + look.mark(box.cx, box.at(0.55), min(w * 0.5, box.h * 0.29))
        + shape(crest(0.75, 0.06), c.fade(look.deep, darken(look.deep, 0.15)))
        + _titles(look, box, ink, 0.15)
        + _line(box.cx, box.at(0.845), look.flavour, w * 0.6, min(box.h * 0.1, 20), "#fff", bold=True)
        + _net(look, box, "#fff")
    )


def seal(c: Canvas, look: Look, box: Box) -> str:
    """Rice paper, a double frame, the brand as a signboard and the variety as a red seal."""
    frame = box.inset(min(box.w, box.h) * 0.05)
    ink = darken(look.deep, 0.35)
    size = min(frame.w * 0.3, frame.h * 0.46 / len(look.brand))
    lines = f'fill="none" stroke="{look.deep}" stroke-width='
    inner = frame.inset(4)
    foot = f"{look.line} {look.net}" if box.w > 100 else look.net
    paper = c.fade(mix(lighten(look.light, 0.7), "#f7efdc", 0.5), mix(lighten(look.light, 0.4), "#ecdcb8", 0.4))
    return (
        box.fill(paper)
        + f'<path d="{rounded(frame.x, frame.y, frame.w, frame.h, 3)}" {lines}"2.2"/>'
        + f'<path d="{rounded(inner.x, inner.y, inner.w, inner.h, 2)}" {lines}".9"/>'
        + (look.mark(box.cx, box.at(0.71), min(box.w * 0.46, box.h * 0.26)) if _chinese(look.flavour) else "")
        + column(frame.cx - size * 0.1, box.at(0.1), size, look.brand, ink)
        + _stamp(look, frame, size)
        + _line(box.cx, box.at(0.895), foot, frame.w * 0.8, min(box.h * 0.06, 13), ink)
    )


def _chinese(words: str) -> bool:
    """Whether they can be written downwards."""
    return all(ord(sign) > 0x2E7F for sign in words)


def _stamp(look: Look, frame: Box, size: float) -> str:
    """The variety as a red seal: beside the brand in Chinese, lying under it otherwise."""
    red, top = "#b3261e", frame.at(0.1)
    if not _chinese(look.flavour):
        small = fitting(look.flavour, frame.w * 0.5, size * 0.5)
        under = look.mark(frame.cx, frame.at(0.81), min(frame.w * 0.4, frame.h * 0.13))
        return under + pill(frame.cx, frame.at(0.66), look.flavour, small, red, "#fff")
    small = min(size * 0.44, frame.h * 0.42 / max(len(look.flavour), 3))
    left, wide = frame.cx + size * 0.66, small * 1.3
    paper = rect(left, top, wide, small * (len(look.flavour) * 1.08 + 0.4), red, 3)
    return paper + column(left + wide / 2, top + small * 0.18, small, look.flavour, "#fff")


def burst(c: Canvas, look: Look, box: Box) -> str:
    """Rays from the dish, the brand outlined in white: made to be seen from across the shop."""
    cx, cy, far = box.cx, box.at(0.685), box.w + box.h
    rays = "".join(
        shape(
            polygon(
                (
                    (cx, cy),
                    (cx + far * cos(2 * pi * k / 14), cy + far * sin(2 * pi * k / 14)),
                    (cx + far * cos(2 * pi * (k + 0.5) / 14), cy + far * sin(2 * pi * (k + 0.5) / 14)),
                )
            ),
            look.light,
            'opacity=".34"',
        )
        for k in range(14)
    )
    size = fitting(look.brand, box.w * 0.76, box.h * 0.22)
    outline = f'stroke="#fff" stroke-width="{n(size * 0.16)}" stroke-linejoin="round" paint-order="stroke"'
    r = min(box.w * 0.34, box.h * 0.22)
    return (
        box.fill(c.fade(lighten(look.deep, 0.2), darken(look.deep, 0.1)))
        + rays
        + circle(cx, cy, r * 1.08, look.accent)
        + circle(cx, cy, r, "#fff8e6")
        + look.mark(cx, cy, r * 1.6)
        + text(cx, box.at(0.17), size, look.brand, look.main, more=outline)
        + _flavour(look, box, 0.385, look.accent, darken(look.deep, 0.45))
        + _net(look, box, "#fff")
    )


def noble(c: Canvas, look: Look, box: Box) -> str:
    """Dark ground, a hairline of gold, a song typeface."""
    frame = box.inset(min(box.w, box.h) * 0.07)
    size = fitting(look.brand, box.w * 0.6, min(box.h * 0.2, 40))
    ground: tuple[Stop, ...] = ((0, lighten(look.deep, 0.12), 1), (1, darken(look.deep, 0.35), 1))
    return (
        box.fill(c.linear(ground, down=True))
        + f'<path d="{rounded(frame.x, frame.y, frame.w, frame.h, 3)}" fill="none" stroke="{GOLD_INK}"/>'
        + look.mark(box.cx, box.at(0.3), min(box.w * 0.42, box.h * 0.3))
        + text(box.cx, box.at(0.58), size, look.brand, GOLD_INK, serif=True)
        + rect(box.cx - box.w * 0.22, box.at(0.69), box.w * 0.44, 1, GOLD_INK)
        + _line(
            box.cx, box.at(0.77), look.flavour, box.w * 0.62, min(box.h * 0.1, 18), "#fff6dd", serif=True, bold=True
        )
        + _line(box.cx, box.at(0.87), look.net, box.w * 0.6, min(box.h * 0.075, 11), GOLD_INK)
    )


def estate(c: Canvas, look: Look, box: Box) -> str:
    """The label of a wine: cream, engraved, quiet."""
    hills = (
        f"M{n(box.x)} {n(box.at(0.44))}Q{n(box.x + box.w * 0.3)} {n(box.at(0.2))} {n(box.cx)} {n(box.at(0.38))}"
        f"T{n(box.x + box.w)} {n(box.at(0.3))}V{n(box.at(0.47))}H{n(box.x)}Z"
    )
    return (
        box.fill(c.fade("#fffdf6", "#f1e9d8"))
        + shape(hills, mix(look.deep, look.light, 0.55))
        + shape(hills, look.deep, f'transform="translate(0 {n(box.h * 0.06)})" opacity=".85"')
        + look.mark(box.cx, box.at(0.26), min(box.w * 0.36, box.h * 0.34))
        + _line(
            box.cx,
            box.at(0.64),
            look.brand,
            box.w * 0.6,
            min(box.h * 0.17, 30),
            darken(look.deep, 0.3),
            serif=True,
            bold=True,
        )
        + _line(
            box.cx, box.at(0.81), look.flavour, box.w * 0.72, min(box.h * 0.11, 12), look.deep, serif=True, bold=True
        )
        + _line(box.cx, box.at(0.925), look.net, box.w * 0.6, min(box.h * 0.08, 9), darken(look.deep, 0.1))
    )


def badge(c: Canvas, look: Look, box: Box) -> str:
    """A round medal with the brand in it on a coloured ground."""
    r = min(box.w * 0.4, box.h * 0.24)
    cy = box.at(0.36)
    rim = darken(look.accent, 0.1)
    return (
        box.fill(c.fade(lighten(look.deep, 0.14), darken(look.deep, 0.18)))
        + rect(box.x, cy - r * 0.45, box.w, r * 0.9, look.accent, 0, 'opacity=".9"')
        + circle(box.cx, cy, r, "#fffaf0", f'stroke="{rim}" stroke-width="{n(r * 0.09)}"')
        + ring(box.cx, cy, r * 0.86, look.deep, 1)
        + text(box.cx, cy - r * 0.08, fitting(look.brand, r * 1.3, r * 0.7), look.brand, look.deep, serif=look.serif)
        + text(box.cx, cy + r * 0.48, fitting(look.brand_en, r * 1.2, r * 0.25), look.brand_en, look.deep, bold=False)
        + look.mark(box.cx, box.at(0.69), min(box.w * 0.36, box.h * 0.2))
        + _line(box.cx, box.at(0.86), look.flavour, box.w * 0.66, min(box.h * 0.09, 18), "#fff", bold=True)
        + _net(look, box, "#fff")
    )


def stripe(c: Canvas, look: Look, box: Box) -> str:
    """Slanting sweet-shop stripes behind a pale cloud with the brand."""
    gap = box.w / 7
    stripes = "".join(
        f'<path d="M{n(box.x + gap * k * 2 - box.h * 0.35)} {n(box.at(1))}l{n(box.h * 0.35)} {n(-box.h)}h{n(gap)}'
        f'l{n(-box.h * 0.35)} {n(box.h)}Z" fill="#fff" opacity=".2"/>'
        for k in range(-1, 7)
    )
    cloud = rounded(box.x + box.w * 0.1, box.at(0.1), box.w * 0.8, box.h * 0.36, box.h * 0.16)
    size = fitting(look.brand, box.w * 0.6, box.h * 0.19)
    line = fitting(look.line, box.w * 0.6, min(box.h * 0.075, 15))
    return (
        box.fill(c.fade(mix(look.light, look.deep, 0.35), look.deep))
        + stripes
        + shape(cloud, "#fff", 'opacity=".95"')
        + text(box.cx, box.at(0.24), size, look.brand, look.main)
        + text(box.cx, box.at(0.385), line, look.line, darken(look.deep, 0.15), bold=False)
        + look.mark(box.cx, box.at(0.635), min(box.w * 0.5, box.h * 0.31), 8)
        + _flavour(look, box, 0.855, look.accent if is_light(look.accent) else "#fff", darken(look.deep, 0.4))
        + _net(look, box, "#fff")
    )


def kraft(c: Canvas, look: Look, box: Box) -> str:
    """Brown paper with a coloured sash."""
    sash = Box(box.x, box.at(0.1), box.w, box.h * 0.33)
    size = fitting(look.brand, box.w * 0.6, box.h * 0.16)
    return (
        box.fill(c.fade("#e9cfa6", "#d3ad78"))
        + sash.fill(look.deep)
        + rect(box.x, sash.y - 4, box.w, 2, look.deep)
        + rect(box.x, sash.y + sash.h + 2, box.w, 2, look.deep)
        + text(box.cx, box.at(0.22), size, look.brand, "#fff6e3", serif=look.serif)
        + _line(box.cx, box.at(0.355), look.flavour, box.w * 0.6, min(box.h * 0.09, 18), look.light, bold=True)
        + circle(box.cx, box.at(0.68), min(box.w * 0.36, box.h * 0.2), "#fbf0dc")
        + look.mark(box.cx, box.at(0.68), min(box.w * 0.52, box.h * 0.32))
        + _net(look, box, "#5a3a1c", 0.945)
    )


def broad(c: Canvas, look: Look, box: Box) -> str:
    """Any brand on a face much wider than high: words on the left, the motif in its moon on the right."""
    dark = look.design in {"fresh", "burst", "badge", "stripe", "noble", "split"}
    ground = look.main if look.design == "split" else look.deep
    ink = "#fff" if dark else look.main
    paper = (
        c.fade(lighten(ground, 0.16), darken(ground, 0.12)) if dark else c.fade("#ffffff", lighten(look.light, 0.2))
    )
    r = min(box.w * 0.17, box.h * 0.34)
    x, moon, wide = box.x + box.w * 0.32, box.x + box.w * 0.73, box.w * 0.38
    return (
        box.fill(paper)
        + circle(moon, box.at(0.5), r * 1.7, look.light, 'opacity=".28"')
        + circle(moon, box.at(0.5), r * 1.12, look.light if dark else look.deep, 'opacity=".9"')
        + circle(moon, box.at(0.5), r * 1.03, "#fffaf0")
        + look.mark(moon, box.at(0.5), r * 1.6)
        + _line(x, box.at(0.25), look.brand, wide, box.h * 0.3, ink, serif=look.serif, bold=True)
        + _line(x, box.at(0.49), look.line, wide, min(box.h * 0.12, 16), ink)
        + pill(
            x,
            box.at(0.69),
            look.flavour,
            fitting(look.flavour, wide * 0.7, box.h * 0.13),
            look.accent,
            darken(look.deep, 0.45),
        )
        + _line(x, box.at(0.89), look.net, wide * 0.7, min(box.h * 0.1, 13), ink)
    )


DESIGNS: Final[dict[str, Callable[[Canvas, Look, Box], str]]] = {
    design.__name__: design for design in (fresh, split, pure, wave, seal, burst, noble, estate, badge, stripe, kraft)
}

DESIGN_OF_BRAND: Final = {
    "LP": "fresh", "LQ": "pure", "CQ": "split", "PY": "pure", "CX": "wave", "SS": "pure", "MD": "seal",
    "YT": "pure", "MS": "wave", "SY": "split", "MX": "badge", "YN": "seal", "HT": "noble", "TG": "estate",
    "XY": "burst", "ZT": "seal", "SH": "split", "HX": "badge", "TT": "stripe", "SL": "kraft", "JB": "seal",
    "XI": "noble", "SX": "burst", "JL": "seal", "XG": "split", "ST": "wave", "LZ": "wave", "JN": "wave",
}  # fmt: skip


def label(c: Canvas, look: Look, box: Box) -> str:
    """What the brand prints, in that box."""
    return (broad if box.w > box.h * 1.55 else DESIGNS[look.design])(c, look, box)
