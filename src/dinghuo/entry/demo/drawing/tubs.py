"""Bowls and cups, and what is no pack at all: a lorry, a display cooler, a crate."""

from collections.abc import Callable
from typing import Final

from dinghuo.entry.demo.drawing.canvas import (
    CENTRE,
    CYLINDER,
    FLOOR,
    GLASS,
    METAL,
    Canvas,
    circle,
    darken,
    ellipse,
    lighten,
    n,
    rect,
    rounded,
    stroke,
    text,
)
from dinghuo.entry.demo.drawing.labels import Box, Look, label
from dinghuo.entry.demo.drawing.stage import stand


def noodlebowl(c: Canvas, look: Look) -> None:
    """An instant-noodle bowl: foil lid half seen, steam, chopsticks."""
    top, half, foot = 190, 100, 70
    steam = "".join(stroke(f"M{x} 118q-12-14 0-28t0-28", "#fff", 6, 'opacity=".7"') for x in (172, 204, 236))
    c.add(steam)
    stand(c, foot + 12)
    left, right = CENTRE - foot, CENTRE + foot
    outline = f"M{CENTRE - half} {top}L{left} {FLOOR}Q{CENTRE} {FLOOR + 22} {right} {FLOOR}L{CENTRE + half} {top}Z"
    box = Box(CENTRE - half + 8, top + 34, half * 2 - 16, FLOOR - top - 32)
    art = rect(CENTRE - half, top, half * 2, 180, look.deep) + label(c, look, box)
    c.solid(outline, art, CYLINDER)
    c.ellipse(CENTRE, top, half + 5, 37, "#f7f3ea")
    c.ellipse(CENTRE, top - 1, half + 3, 35, c.linear(METAL), 'opacity=".55"')
    c.ellipse(CENTRE, top - 2, half - 1, 32, c.fade(lighten(look.deep, 0.24), look.deep))
    c.add(
        ellipse(CENTRE, top - 4, 58, 29, look.accent),
        ellipse(CENTRE, top - 4, 53, 26.5, "#fff6e0"),
        f'<use href="#{look.motif}" transform="translate({CENTRE} {top - 8}) scale(.8 .5)"/>',
    )
    c.path(f"M{CENTRE + half - 10} {top - 16}q26-10 30 2q-6 12-24 12Z", lighten(look.deep, 0.3))


def yogurtcup(c: Canvas, look: Look) -> None:
    """Two cups of a tray, one before the other."""
    stand(c, 106)
    for x, low, half in ((258, FLOOR - 16, 50), (158, FLOOR, 58)):
        top = low - half * 2.1
        inner, outer = half * 0.6, half * 0.77
        outline = (
            f"M{x - half} {n(top)}L{n(x - outer)} {low - 8}Q{n(x - outer)} {low} {n(x - inner)} {low}"
            f"Q{x} {low + 8} {n(x + inner)} {low}Q{n(x + outer)} {low} {n(x + outer)} {low - 8}L{x + half} {n(top)}Z"
        )
        art = rect(x - half, top, half * 2, half * 2.4, "#fff") + label(
            c, look, Box(x - half, top + 20, half * 2, low - top - 20)
        )
        c.solid(outline, art, CYLINDER)
        c.ellipse(x, top, half + 5, half * 0.3, "#f4f6f8")
        c.ellipse(x, top - 2, half + 4, half * 0.28, c.linear(METAL))
        c.ellipse(x, top - 2, half - 3, half * 0.22, lighten(look.light, 0.2))
        c.add(
            f'<use href="#{look.motif}" transform="translate({x} {n(top - 4)}) '
            f'scale({half / 130:.2f} {half / 220:.2f})"/>'
        )


def truck(c: Canvas, look: Look) -> None:
    """The delivery lorry, a longer one for other provinces."""
    far = look.flavour == "跨省专线"
    left = 52 if far else 84
    low = FLOOR - 22
    c.ellipse(CENTRE + 4, FLOOR + 2, 160, 12, c.radial(((0, "#1b2430", 0.4), (1, "#1b2430", 0))))
    body = Box(left, 150, 246 - left, low - 150)
    c.add(rect(left, low - 4, 300 - left, 12, "#39424d", 3))
    c.add(rect(body.x, body.y, body.w, body.h, c.fade("#ffffff", "#e9eef3"), 6))
    c.add(
        rect(body.x, body.y + body.h * 0.62, body.w, body.h * 0.38, look.deep, 4),
        rect(body.x, body.y + body.h * 0.56, body.w, 6, look.accent),
    )
    c.add(
        text(body.cx, body.y + 44, 34 if far else 30, "江南配送", look.main),
        text(body.cx, body.y + 78, 13, look.flavour, darken(look.deep, 0.1), bold=False),
    )
    c.add(text(body.cx, body.y + body.h * 0.81, 15, look.net, "#fff"))
    cab = f"M252 190H300Q312 190 318 202L336 244Q340 250 340 258V{low}H252Z"
    c.path(cab, c.fade(lighten(look.main, 0.16), look.main))
    c.path("M270 204H296Q304 204 308 212L320 242H270Z", c.fade("#e8f6ff", "#9fc8e6"))
    c.path("M276 208H290L276 238Z", "#fff", 'opacity=".6"')
    c.add(
        rect(326, low - 34, 12, 10, "#ffe08a", 3),
        rect(320, low - 6, 26, 12, "#39424d", 4),
        rect(262, 262, 18, 4, "#fff", 2, 'opacity=".7"'),
    )
    wheels = (left + 38, left + 84, 300) if far else (left + 42, 300)
    for x in wheels:
        c.add(
            circle(x, low + 6, 25, "#20262e"),
            circle(x, low + 6, 13, c.ball("#cfd6dc")),
            circle(x, low + 6, 4, "#7b858f"),
        )


def deposit(c: Canvas, look: Look) -> None:
    """What the deposit is for."""
    if look.flavour == "周转筐押金":
        _crate(c, look)
    else:
        _cooler(c, look)


def _cooler(c: Canvas, look: Look) -> None:
    """An upright display cooler, lit, four shelves of bottles."""
    x, y, wide, tall = 128, 58, 144, FLOOR - 58
    stand(c, 76)
    c.add(rect(x, y, wide, tall, c.linear(((0, "#2b3a49", 1), (0.5, "#44586b", 1), (1, "#22303d", 1))), 8))
    c.add(rect(x + 8, y + 8, wide - 16, 38, look.deep, 5), text(CENTRE, y + 27, 20, "江南冰柜", "#fff"))
    inside = Box(x + 12, y + 54, wide - 24, tall - 92)
    c.add(rect(inside.x, inside.y, inside.w, inside.h, c.fade("#f4fcff", "#cfeaf5"), 4))
    colours = ("#f2b705", "#e0385c", "#5ba829", "#1a86c7", "#f2790f", "#6b3fa0")
    for row in range(4):
        shelf = inside.y + (row + 1) * inside.h / 4 - 2
        for place in range(6):
            bx, colour = inside.x + 5 + place * 19.2, colours[(row * 2 + place // 2) % 6]
            c.add(
                rect(bx + 4, shelf - 38, 6, 9, "#fff", 2),
                rect(bx, shelf - 31, 14, 31, colour, 4),
                rect(bx, shelf - 20, 14, 9, "#fff", 0, 'opacity=".75"'),
            )
        c.add(rect(inside.x, shelf, inside.w, 3, "#8fa9b8"))
    c.path(f"M{inside.x} {inside.y}h46l-40 {n(inside.h)}h-6Z", "#fff", 'opacity=".28"')
    c.add(
        rect(inside.x + inside.w - 5, inside.y + 60, 5, 70, "#dfe7ec", 2.5),
        rect(x + 14, FLOOR - 28, wide - 28, 16, "#16202a", 3),
    )
    c.add("".join(rect(x + 20, FLOOR - 25 + 4 * k, wide - 40, 1.4, "#44586b") for k in range(3)))


def _crate(c: Canvas, look: Look) -> None:
    """Two stacked plastic crates."""
    stand(c, 112)
    for low, colour in ((FLOOR, look.deep), (FLOOR - 84, lighten(look.deep, 0.14))):
        top = low - 88
        c.path(f"M84 {top}L108 {top - 30}H300L316 {top}Z", darken(colour, 0.45))
        c.path(f"M316 {top}L300 {top - 30}V{top - 22}L308 {top}Z", darken(colour, 0.2))
        c.path(rounded(84, top, 232, 88, 6), c.fade(lighten(colour, 0.12), darken(colour, 0.12)))
        c.add(rect(84, top, 232, 14, lighten(colour, 0.22), 5))
        for k in range(9):
            if k not in {3, 4, 5}:
                c.add(rect(98 + k * 24, top + 24, 14, 48, darken(colour, 0.36), 4))
        c.add(rect(164, top + 22, 72, 20, darken(colour, 0.4), 10), text(CENTRE, top + 62, 17, "江南周转", "#fff"))
    c.path(rounded(84, FLOOR - 172, 232, 172, 6), c.linear(GLASS), 'opacity=".35"')


TUBS: Final[dict[str, Callable[[Canvas, Look], None]]] = {
    "noodlebowl": noodlebowl, "yogurtcup": yogurtcup, "truck": truck, "deposit": deposit,
}  # fmt: skip
