"""Soft packs: pouches, pillow bags, sacks, tissue."""

from collections.abc import Callable
from typing import Final

from dinghuo.entry.demo.drawing.canvas import (
    BAG,
    CENTRE,
    FLOOR,
    Canvas,
    circle,
    darken,
    ellipse,
    lighten,
    mix,
    n,
    rect,
    rounded,
    shape,
    text,
)
from dinghuo.entry.demo.drawing.labels import Box, Look, label
from dinghuo.entry.demo.drawing.stage import stand


def _zigzag(wide: float, teeth: int, down: float) -> str:
    """The pinked edge of a sealed bag, to the right."""
    step = wide / teeth / 2
    return "".join(f"l{n(step)} {n(down)}l{n(step)} {n(-down)}" for _ in range(teeth))


def _pillow_outline(x: float, y: float, wide: float, tall: float, teeth: int = 16) -> str:
    back = "".join(f"l{n(-wide / teeth / 2)} 5l{n(-wide / teeth / 2)}-5" for _ in range(teeth))
    return (
        f"M{n(x)} {n(y)}{_zigzag(wide, teeth, -5)}v16q9 {n(tall * 0.24)} 4 {n((tall - 32) / 2)}"
        f"q4 {n(tall * 0.24)}-4 {n((tall - 32) / 2)}v16{back}v-16q-9 {n(-tall * 0.24)}-4 {n(-(tall - 32) / 2)}"
        f"q-4 {n(-tall * 0.24)} 4 {n(-(tall - 32) / 2)}Z"
    )


def _creases(x: float, y: float, wide: float, tall: float) -> str:
    """Folds that run from the seals, light beside dark."""
    bright = dark = ""
    for part, way in ((0.12, 1), (0.3, 0.4), (0.7, -0.4), (0.88, -1)):
        start = x + wide * part
        for edge, dy in ((y + 18, 26), (y + tall - 18, -26)):
            fold = f"{n(edge)}q{n(6 * way)} {n(dy / 2)} {n(12 * way)} {n(dy)}"
            bright += f"M{n(start)} {fold}"
            dark += f"M{n(start + 4)} {fold}"
    return (
        f'<path d="{bright}" stroke="#fff" stroke-width="3" opacity=".28" fill="none" stroke-linecap="round"/>'
        f'<path d="{dark}" stroke="#000" stroke-width="2" opacity=".1" fill="none" stroke-linecap="round"/>'
    )


def pillow_bag(c: Canvas, look: Look, wide: float, tall: float, sealed: str) -> Box:
    """A bag sealed above and below, plump in the middle; returns where it stands."""
    box = Box(CENTRE - wide / 2, FLOOR - tall, wide, tall)
    stand(c, wide / 2 - 4)
    outline = _pillow_outline(box.x, box.y, wide, tall)
    printed = Box(box.x - 4, box.y + 16, wide + 8, tall - 32)
    art = rect(box.x - 10, box.y - 8, wide + 20, tall + 16, sealed) + label(c, look, printed)
    for y in (box.y + 5, box.y + 11, FLOOR - 12, FLOOR - 6):
        art += rect(box.x - 6, y, wide + 12, 1.2, "#fff", 0, 'opacity=".45"')
    c.solid(outline, art, BAG)
    c.add(_creases(box.x, box.y, wide, tall))
    return box


def pillow(c: Canvas, look: Look) -> None:
    pillow_bag(c, look, 168, 236, look.deep if look.design != "split" else look.main)


def noodlepack(c: Canvas, look: Look) -> None:
    """Five packs in one, twice as wide."""
    box = pillow_bag(c, look, 232, 190, look.deep)
    x, y = box.x + box.w - 42, box.y + box.h - 50
    c.add(circle(x, y, 25, look.accent), circle(x, y, 21, look.main))
    c.add(text(x, y - 6, 19, "×5", "#fff"), text(x, y + 10, 9.5, "五连包", "#fff"))


_PLACES: Final = ((0.28, -0.045), (0.5, -0.06), (0.7, -0.045), (0.37, 0.06), (0.6, 0.06))
"""Where the pieces lie in the window of a freezer bag."""


def frozenbag(c: Canvas, look: Look) -> None:
    """A freezer bag with a window on what is inside and frost on its corners."""
    tall = 246 if look.net == "1kg" else 222
    wide = 190 if look.net == "1kg" else 176
    box = pillow_bag(c, look, wide, tall, look.main)
    cy = box.y + tall * 0.53
    window = rounded(box.x + wide * 0.16, cy - tall * 0.13, wide * 0.68, tall * 0.26, 26)
    food = "".join(_dumpling(box.x + wide * x, cy + tall * y, look) for x, y in _PLACES)
    c.add(f"<g {c.clip(window)}>{shape(window, c.fade('#e9f5fd', '#c2e0f3'))}{food}</g>")
    c.path(window, "none", 'stroke="#fff" stroke-width="3"')
    c.add(look.mark(box.x + wide * 0.8, cy + tall * 0.115, 46, 10))
    for x, y in ((0.09, 0.12), (0.9, 0.16), (0.1, 0.7), (0.92, 0.66)):
        c.add(_flake(box.x + wide * x, box.y + tall * y, 9))


def _dumpling(x: float, y: float, look: Look) -> str:
    """A dumpling, a rice ball or a pancake, by product line."""
    if look.line == "汤圆":
        return circle(x, y, 17, "#fdf8ee", 'stroke="#dcd2c0" stroke-width="1.2"') + ellipse(
            x - 5, y - 6, 5, 4, "#fff"
        )
    if look.line == "手抓饼":
        rings = "".join(
            f'<circle cx="{n(x)}" cy="{n(y)}" r="{r}" fill="none" stroke="#cf9a4a" stroke-width="1.6"/>'
            for r in (6, 12, 18)
        )
        return circle(x, y, 23, "#f2d08a", 'stroke="#d9a655"') + rings
    pleats = "".join(
        f'<path d="M{n(x + d)} {n(y - 10 + abs(d) / 4)}l{n(-d / 6)} 7" stroke="#d2c3a8" stroke-width="1.6"/>'
        for d in (-14, -7, 0, 7, 14)
    )
    return (
        shape(
            f"M{n(x - 24)} {n(y + 8)}q4-23 24-23t24 23q-24 10-48 0Z",
            "#fdf6e6",
            'stroke="#d9cbb0"',
        )
        + pleats
    )


def _flake(x: float, y: float, r: float) -> str:
    arms = "".join(
        f'<path d="M0 {n(-r)}V{n(r)}M-3 {n(-r * 0.7)}l3 3 3-3M-3 {n(r * 0.7)}l3-3 3 3" transform="rotate({60 * k})"/>'
        for k in range(3)
    )
    look = 'stroke="#fff" stroke-width="1.8" fill="none" opacity=".85"'
    return f'<g transform="translate({n(x)} {n(y)})" {look}>{arms}</g>'


def pouch(c: Canvas, look: Look, wide: float = 164, tall: float = 234) -> Box:
    """A stand-up pouch: round gusset below, a hole to hang it by above."""
    box = Box(CENTRE - wide / 2, FLOOR - tall, wide, tall)
    x, y = box.x, box.y
    stand(c, wide / 2 - 2)
    outline = (
        f"M{n(x + 8)} {n(y)}H{n(x + wide - 8)}q6 0 6 6l-1 26q5 70 5 {n(tall - 62)}q-1 26-10 30"
        f"Q{CENTRE} {FLOOR + 11} {n(x + 10)} {FLOOR}q-9-4-10-30q0-70 5-{n(tall - 62)}l-1-26q0-6 4-6Z"
    )
    art = rect(x - 6, y - 2, wide + 12, tall + 16, mix(look.deep, look.light, 0.2)) + label(
        c, look, Box(x, y + 22, wide, tall - 26)
    )
    art += rect(x - 6, y + 20, wide + 12, 1.6, "#fff", 0, 'opacity=".6"')
    c.solid(outline, art, BAG)
    c.add(rect(CENTRE - 16, y + 7, 32, 8, "#fff", 4, 'opacity=".75"'))
    c.path(
        f"M{n(x + 6)} {FLOOR - 34}Q{CENTRE} {FLOOR - 6} {n(x + wide - 6)} {FLOOR - 34}",
        "none",
        'stroke="#000" stroke-width="2" opacity=".12"',
    )
    c.add(_creases(x, y + 4, wide, tall))
    return box


def candypouch(c: Canvas, look: Look) -> None:
    small = look.net.startswith("70")
    pouch(c, look, 150 if small else 168, 216 if small else 240)
    for x, y, turn in ((284, 330, -12), (258, 342, 20)):
        c.add(_sweet(x, y, turn, look))


def _sweet(x: float, y: float, turn: float, look: Look) -> str:
    """A sweet in its twisted wrapper."""
    ears = shape("M-14 0L-28-10Q-24 0-28 10ZM14 0L28-10Q24 0 28 10Z", look.light)
    body = ellipse(0, 0, 16, 12, look.deep) + ellipse(-4, -4, 6, 3.5, "#fff", 'opacity=".5"')
    return f'<g transform="translate({n(x)} {n(y)}) rotate({turn})">{ears}{body}</g>'


def nutpouch(c: Canvas, look: Look) -> None:
    pouch(c, look, 172, 240)


def sack(c: Canvas, look: Look) -> None:
    """A rice sack with a carrying hole and a stitched mouth."""
    big = look.net == "10kg"
    wide, tall = (196, 262) if big else (172, 228)
    x, y = CENTRE - wide / 2, FLOOR - tall
    stand(c, wide / 2)
    outline = (
        f"M{n(x + 10)} {n(y)}H{n(x + wide - 10)}q4 30 6 56q6 70 2 {n(tall - 92)}q-2 30-14 36"
        f"Q{CENTRE} {FLOOR + 8} {n(x + 6)} {FLOOR}"
        f"q-12-6-14-36q-4-{n(tall - 162)} 2-{n(tall - 92)}q2-26 6-56Z"
    )
    art = rect(x - 8, y, wide + 16, tall + 12, c.fade(lighten(look.light, 0.5), look.light))
    art += rect(x - 8, y, wide + 16, 46, look.deep) + rect(x - 8, y + 49, wide + 16, 3, look.accent)
    art += label(c, look, Box(x + 2, y + 54, wide - 4, tall - 58))
    c.solid(outline, art, BAG)
    c.add(
        rect(CENTRE - 34, y + 14, 68, 20, "#fff", 10, 'opacity=".9"'),
        rect(CENTRE - 34, y + 14, 68, 20, "none", 10, f'stroke="{look.accent}" stroke-width="2.5"'),
    )
    c.path(
        f"M{n(x + 12)} {n(y + 6)}H{n(x + wide - 12)}", "none", 'stroke="#fff" stroke-width="2" stroke-dasharray="6 4"'
    )
    c.add(_creases(x, y + 34, wide, tall - 36))


def wovensack(c: Canvas, look: Look) -> None:
    """A woven 25 kg sack, stuffed, sewn shut above."""
    x, y, wide, tall = 92.0, 92.0, 216.0, FLOOR - 92.0
    stand(c, 104)
    outline = (
        f"M{x + 14} {y + 6}Q{CENTRE} {y - 8} {x + wide - 14} {y + 6}q-4 16 4 34q14 90 2 {n(tall - 64)}"
        f"q-4 24-22 24Q{CENTRE} {FLOOR + 8} {x + 16} {FLOOR}"
        f"q-18 0-22-24q-12-{n(tall - 154)} 2-{n(tall - 64)}q8-18 4-34Z"
    )
    across = "".join(f"M{n(x - 10)} {n(y + k * 9)}h{n(wide + 20)}" for k in range(29))
    down = "".join(f"M{n(x + k * 9)} {n(y - 8)}v{n(tall + 20)}" for k in range(25))
    weave = f'<path d="{across}" stroke="#b99b63" opacity=".32"/><path d="{down}" stroke="#fff" opacity=".4"/>'
    art = rect(x - 14, y - 10, wide + 28, tall + 24, c.fade("#f8f1df", "#e6d5ad")) + weave
    box = Box(x + 30, y + 44, wide - 60, tall - 68)
    art += f"<g {c.clip(rounded(box.x, box.y, box.w, box.h, 6))}>{label(c, look, box)}</g>"
    art += rect(x - 14, y + 30, wide + 28, 5, look.deep) + rect(x - 14, FLOOR - 14, wide + 28, 5, look.deep)
    c.solid(outline, art, BAG)
    c.path(
        f"M{x + 18} {y + 15}Q{CENTRE} {y + 2} {x + wide - 18} {y + 15}",
        "none",
        f'stroke="{look.deep}" stroke-width="3" stroke-dasharray="7 5"',
    )


def flourbag(c: Canvas, look: Look) -> None:
    """A paper bag with a folded top."""
    x, y, wide, tall = 122.0, 104.0, 156.0, FLOOR - 104.0
    stand(c, 82)
    outline = (
        f"M{x + 4} {y}H{x + wide - 4}l2 34q6 10 6 26V{FLOOR - 10}q0 10-10 10H{x + 2}q-10 0-10-10V{y + 60}q0-16 6-26Z"
    )
    art = rect(x - 10, y, wide + 20, tall + 8, "#fdf8ec") + label(c, look, Box(x - 4, y + 36, wide + 8, tall - 40))
    art += rect(x - 10, y, wide + 20, 34, c.fade("#fffdf6", "#e9dfc8"))
    art += f'<path d="M{x - 8} {y + 34}h{wide + 16}" stroke="#000" stroke-width="2" opacity=".16"/>'
    c.solid(outline, art, BAG)
    c.add(f'<path d="M{x + 10} {y + 17}h{wide - 20}" stroke="{look.deep}" stroke-width="3" opacity=".7"/>')
    c.add(ellipse(288, FLOOR + 2, 32, 9, "#fffdf7"), ellipse(282, FLOOR - 2, 16, 7, "#ffffff"))


def bulkbin(c: Canvas, look: Look) -> None:
    """A clear bin of loose sweets with a card in front."""
    stand(c, 100)
    shell = f"M104 156H296L286 {FLOOR - 8}Q285 {FLOOR} 276 {FLOOR}H124Q115 {FLOOR} 114 {FLOOR - 8}Z"
    sweet = c.symbol(_sweet(0, 0, 0, look))
    heap = "".join(
        f'<use href="#{sweet}" transform="translate({118 + place * 33 + (row % 2) * 16} {332 - row * 25}) '
        f'rotate({(row * 53 + place * 37) % 70 - 35})"/>'
        for row in range(8)
        for place in range(6)
        if row < 6 or place in {1, 2, 3, 4}
    )
    c.add(f"<g {c.clip(f'M104 90H296V156L286 {FLOOR}H114L104 156Z')}>{heap}</g>")
    c.path(shell, "#dff1fa", 'opacity=".34" stroke="#fff" stroke-width="3"')
    c.path("M104 156H296", "none", 'stroke="#9fc3d6" stroke-width="4" opacity=".8"')
    card = Box(144, 222, 112, 92)
    c.add(rect(card.x, card.y, card.w, card.h, "#fff", 8), rect(card.x, card.y, card.w, 30, look.main, 8))
    c.add(text(CENTRE, 238, 19, look.brand, "#fff"), text(CENTRE, 268, 17, f"{look.flavour}奶糖", look.deep))
    c.add(text(CENTRE, 294, 12, "称重 · 元/kg", darken(look.deep, 0.3), bold=False))
    c.gleam(122, 166, FLOOR - 24, 6, 0.6)


def tissue(c: Canvas, look: Look) -> None:
    """A soft pack of tissues with one drawn out."""
    x, y, wide, tall = 88.0, 206.0, 224.0, FLOOR - 206.0
    stand(c, 108)
    right = x + wide
    outline = (
        f"M{x + 14} {y}H{right - 14}Q{right + 2} {y + 4} {right} {y + 30}V{FLOOR - 22}"
        f"Q{right + 2} {FLOOR} {right - 18} {FLOOR}H{x + 18}"
        f"Q{x - 2} {FLOOR} {x} {FLOOR - 22}V{y + 30}Q{x - 2} {y + 4} {x + 14} {y}Z"
    )
    art = rect(x - 4, y, wide + 8, tall + 4, "#fff") + label(c, look, Box(x, y, wide, tall))
    c.solid(outline, art, BAG)
    top = f"M{x + 14} {y + 2}L{x + 44} {y - 30}H{x + wide - 44}L{x + wide - 14} {y + 2}Z"
    c.path(top, c.fade(lighten(look.light, 0.7), look.light))
    c.ellipse(CENTRE, y - 14, 54, 8, darken(look.light, 0.18))
    sheet = "M150 194Q140 150 166 132Q160 108 190 96Q206 120 236 104Q232 140 252 156Q240 176 250 192Q200 204 150 194Z"
    c.path(sheet, c.fade("#ffffff", "#e6eff5"))
    c.path(
        "M166 132Q184 150 176 192M236 104Q214 146 226 194M190 96Q206 130 200 190",
        "none",
        'stroke="#c9d8e2" stroke-width="2"',
    )


BAGS: Final[dict[str, Callable[[Canvas, Look], object]]] = {
    "pillow": pillow, "noodlepack": noodlepack, "frozenbag": frozenbag, "pouch": candypouch, "nutpouch": nutpouch,
    "ricesack": sack, "wovensack": wovensack, "flourbag": flourbag, "bulkbin": bulkbin, "tissue": tissue,
}  # fmt: skip
