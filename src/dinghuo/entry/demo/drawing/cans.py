"""Cans, tins, jars and other round packs that are not bottles."""

from collections.abc import Callable
from typing import Final

from dinghuo.entry.demo.drawing.canvas import (
    CENTRE,
    CYLINDER,
    FLOOR,
    GLASS,
    GOLD,
    METAL,
    Canvas,
    Stop,
    band,
    circle,
    darken,
    ellipse,
    lighten,
    rect,
    rounded,
    stroke,
    text,
    turned,
)
from dinghuo.entry.demo.drawing.labels import Box, Look, label
from dinghuo.entry.demo.drawing.stage import stand

Metal = tuple[Stop, ...]


def _lid(c: Canvas, top: float, half: float, tilt: float, metal: Metal, tab: bool) -> None:
    """A rimmed lid with a ring to pull."""
    c.ellipse(CENTRE, top, half, tilt, c.linear(metal))
    c.ellipse(CENTRE, top + 1, half - 5, tilt - 2, darken(metal[2][1], 0.12))
    c.ellipse(CENTRE, top + 2, half - 8, tilt - 3, c.linear(metal), 'opacity=".85"')
    if tab:
        c.add(
            ellipse(CENTRE + 3, top + 1, half * 0.3, tilt * 0.3, darken(metal[2][1], 0.25)),
            ellipse(CENTRE + 3, top, half * 0.26, tilt * 0.24, metal[1][1]),
        )


def drink_can(c: Canvas, look: Look, tall: float, half: float) -> None:
    """A beverage can: tapered at neck and foot."""
    top = FLOOR - tall
    outline = turned(((top, half - 11), (top + 20, half), (FLOOR - 13, half), (FLOOR, half - 10)), sag=4)
    stand(c, half - 4)
    box = Box(CENTRE - half, top + 22, half * 2, tall - 30)
    art = Box(box.x, top, box.w, tall + 12).fill(c.linear(METAL))
    art += f"<g {c.clip(band(top + 15, FLOOR - 9, half, 4))}>{Box(box.x, top, box.w, tall).fill(_edge(look))}"
    art += f"{label(c, look, box)}{_dew(look, box)}</g>"
    c.solid(outline, art, CYLINDER)
    c.gleam(CENTRE - half * 0.72, top + 30, FLOOR - 24, 7, 0.3)
    _lid(c, top, half - 10, 7, METAL, tab=True)


def _edge(look: Look) -> str:
    """What meets the metal above the label."""
    return look.deep if look.design in {"fresh", "badge"} else "#ffffff"


def _dew(look: Look, box: Box) -> str:
    """A few drops of condensation, so that it looks cold."""
    places = ((0.16, 0.3, 2.6), (0.82, 0.24, 2), (0.86, 0.5, 3), (0.13, 0.62, 2), (0.2, 0.82, 2.8), (0.8, 0.8, 2.2))
    return "".join(
        circle(box.x + box.w * x, box.at(y), r, "#fff", f'opacity=".55" stroke="{look.light}" stroke-width=".8"')
        for x, y, r in places
    )


def can(c: Canvas, look: Look) -> None:
    drink_can(c, look, 214, 59)


def slimcan(c: Canvas, look: Look) -> None:
    drink_can(c, look, 236, 49)


def beercan(c: Canvas, look: Look) -> None:
    if look.net.startswith("500"):
        drink_can(c, look, 244, 59)
    else:
        drink_can(c, look, 204, 56)


def tin(c: Canvas, look: Look, tall: float, half: float, metal: Metal = METAL, rim: int = 9) -> None:
    """A food tin in a paper sleeve: rolled rims, ribs, ring pull, seen a little from above."""
    top = FLOOR - tall
    outline = turned(((top, half), (FLOOR, half)), sag=rim)
    stand(c, half)
    box = Box(CENTRE - half, top + rim + 12, half * 2, tall - 24)
    art = Box(box.x, top, box.w, tall + 2 * rim).fill(c.linear(metal))
    for y in (top + 4, FLOOR - 5):
        art += f'<path d="{band(y, y + 3, half, rim)}" fill="#000" opacity=".16"/>'
    art += f"<g {c.clip(band(top + 12, FLOOR - 10, half, rim))}>{Box(box.x, top, box.w, tall + 20).fill(look.deep)}"
    art += f"{label(c, look, box)}</g>"
    c.solid(outline, art, CYLINDER)
    _lid(c, top, half, rim + 6, metal, tab=True)


def fruittin(c: Canvas, look: Look) -> None:
    tin(c, look, 186, 72)


def flattin(c: Canvas, look: Look) -> None:
    tin(c, look, 104, 96, GOLD, 14)


def luncheontin(c: Canvas, look: Look) -> None:
    """The square tin with round corners and a key."""
    stand(c, 84)
    x, y, w, h = CENTRE - 84, 152, 168, FLOOR - 152
    outline = f"M{x + 6} {y}h{w - 12}q6 0 6 8l-5 {h - 18}q-1 10-13 10h-132q-12 0-13-10l-5-{h - 18}q0-8 6-8Z"
    art = (
        rect(x, y, w, h, c.linear(GOLD))
        + rect(x, y + 10, w, h - 18, look.deep)
        + label(c, look, Box(x, y + 12, w, h - 22))
    )
    c.solid(outline, art, CYLINDER)
    lid = f"M{x} {y + 4}q0-8 16-20q8-8 24-8h{w - 80}q16 0 24 8q16 12 16 20q-84 6-{w} 0Z"
    c.path(lid, c.linear(GOLD))
    c.path(rounded(x + 30, y - 19, w - 60, 14, 7), "#fff", 'opacity=".35"')
    c.ellipse(CENTRE + 6, y - 11, 20, 4.5, "#8a6420", 'opacity=".55"')
    c.ellipse(CENTRE + 5, y - 12, 18, 3.6, "#fbeab2")


def cookietin(c: Canvas, look: Look) -> None:
    """A low round gift tin with a printed lid and a cookie leaning on it."""
    half, top = 98, 196
    stand(c, half)
    outline = turned(((top, half), (FLOOR - 2, half)), sag=14)
    box = Box(CENTRE - half, top + 40, half * 2, FLOOR - top - 44)
    art = Box(box.x, top, box.w, 180).fill(c.fade(lighten(look.deep, 0.1), darken(look.deep, 0.2)))
    art += text(CENTRE, 292, 36, look.brand, "#fff8e6", serif=True) + text(
        CENTRE, 324, 15, f"{look.flavour}{look.line} · {look.net}", look.light
    )
    for x in range(-5, 6):
        art += circle(CENTRE + x * 19.5, 258 + 14 - abs(x) ** 1.8 * 0.72, 4, look.accent, 'opacity=".8"')
    c.solid(outline, art, CYLINDER)
    rim = turned(((top - 2, half + 3), (top + 26, half + 3)), sag=14)
    c.path(rim, look.accent)
    c.path(rim, c.linear(CYLINDER))
    c.ellipse(CENTRE, top - 2, half + 3, 40, c.linear(GOLD))
    c.ellipse(CENTRE, top - 3, half - 1, 37, c.fade(lighten(look.light, 0.3), look.light))
    c.ellipse(
        CENTRE, top - 3, half - 12, 31, "none", f'stroke="{look.deep}" stroke-width="1.5" stroke-dasharray="3 4"'
    )
    c.add(look.mark(CENTRE, top - 5, 58), _cookie(c, 290, 314), _cookie(c, 312, 326))


def _cookie(c: Canvas, x: float, y: float) -> str:
    crumbs = "".join(circle(x + a, y + b, 2.2, "#8a5527") for a, b in ((-9, -4), (3, -9), (8, 3), (-3, 6)))
    return (
        circle(x, y, 22, c.ball("#e2ae66"))
        + circle(x, y, 15, "none", 'stroke="#c98f48" stroke-width="3" opacity=".6"')
        + crumbs
    )


def jar(c: Canvas, look: Look, content: str, lid: str, tall: float, half: float) -> None:
    """A clear jar, its content seen above and below the label."""
    top = FLOOR - tall
    outline = turned(
        ((top, half * 0.84), (top + 10, half * 0.84), (top + 30, half), (FLOOR - 10, half), (FLOOR, half * 0.92))
    )
    stand(c, half)
    art = Box(CENTRE - half, top, half * 2, tall + 12).fill(c.fade("#fbfdfd", content))
    for row in range(8):
        for place in range(5):
            x = CENTRE - half + 12 + place * (half * 0.46) + (row % 2) * 14
            art += look.mark(x, top + 34 + row * (tall - 30) / 7.4, 40, (row * 67 + place * 41) % 360)
    box = Box(CENTRE - half, top + tall * 0.3, half * 2, tall * 0.5)
    art += f"<g {c.clip(band(box.y, box.y + box.h, half, 5))}>{Box(box.x, box.y, box.w, box.h + 12).fill(look.light)}"
    art += f"{label(c, look, Box(box.x, box.y + 6, box.w, box.h))}</g>"
    c.solid(outline, art, GLASS)
    cap = turned(((top - 26, half * 0.86), (top - 22, half * 0.9), (top + 4, half * 0.9)), sag=4)
    c.path(cap, lid)
    c.path(cap, c.linear(CYLINDER))
    c.ellipse(CENTRE, top - 26, half * 0.86, 7, lighten(lid, 0.25))
    c.gleam(CENTRE - half * 0.76, top + 34, FLOOR - 26, 7, 0.5)


def nutjar(c: Canvas, look: Look) -> None:
    jar(c, look, "#ead2ac", look.deep, 200, 74)


def fruitjar(c: Canvas, look: Look) -> None:
    jar(c, look, look.light, "#d9a441", 206, 70)


def roll(c: Canvas, look: Look) -> None:
    """A tube of biscuits with pleated ends and two biscuits before it."""
    half, top = 41, 92
    stand(c, half + 26)
    outline = turned(((top, half - 8), (top + 12, half), (FLOOR - 14, half), (FLOOR - 2, half - 6)), sag=4)
    art = Box(CENTRE - half, top, half * 2, 260).fill(look.main) + label(
        c, look, Box(CENTRE - half, top + 14, half * 2, 222)
    )
    for k in range(-5, 6):
        art += stroke(f"M{CENTRE + k * 5} {top}L{CENTRE + k * 8} {top + 16}", "#fff", 1.4, 'opacity=".5"')
    c.solid(outline, art, CYLINDER)
    c.ellipse(CENTRE, top, half - 8, 5, darken(look.main, 0.12))
    for x, y in ((264, 318), (286, 328)):
        c.add(_sandwich(look, x, y))


def _sandwich(look: Look, x: float, y: float) -> str:
    halves = (
        ellipse(x, y + 7, 25, 9, "#b87b3c"),
        ellipse(x, y + 3, 24, 8, look.light),
        ellipse(x, y - 2, 25, 9, "#d89d57"),
    )
    holes = "".join(circle(x + d, y - 2, 1.5, "#9c6430") for d in (-12, -4, 4, 12))
    return "".join(halves) + holes


def stick(c: Canvas, look: Look) -> None:
    """A bundle of dried noodles in a paper sleeve."""
    stand(c, 40)
    outline = turned(((84, 40), (FLOOR - 2, 40)), sag=4)
    straws: tuple[Stop, ...] = tuple((k / 16, "#f3dfa5" if k % 2 else "#ddbf75", 1.0) for k in range(17))
    art = rect(158, 76, 84, 270, c.linear(straws))
    box = Box(160, 118, 80, 180)
    art += f"<g {c.clip(band(112, 300, 40, 4))}>{rect(160, 110, 80, 206, look.light)}{label(c, look, box)}</g>"
    c.solid(outline, art, CYLINDER)
    c.ellipse(CENTRE, 84, 40, 6, "#f7e7b8")
    c.add("".join(circle(164 + k * 6, 84 + (k % 3 - 1) * 2, 1.6, "#c9a75a") for k in range(1, 12)))


CANS: Final[dict[str, Callable[[Canvas, Look], None]]] = {
    "can": can, "slimcan": slimcan, "beercan": beercan, "fruittin": fruittin, "flattin": flattin,
    "luncheontin": luncheontin, "cookietin": cookietin, "nutjar": nutjar, "fruitjar": fruitjar, "roll": roll,
    "stick": stick,
}  # fmt: skip
