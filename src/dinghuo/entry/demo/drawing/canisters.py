"""Canisters with a grip, dispensers, the squeezed sauce and the porcelain of good spirits."""

from collections.abc import Callable
from typing import Final

from dinghuo.entry.demo.drawing.canvas import (
    CENTRE,
    CYLINDER,
    FLOOR,
    GLASS,
    GOLD,
    Canvas,
    darken,
    lighten,
    mix,
    n,
    rect,
    rounded,
    shape,
    stroke,
    turned,
)
from dinghuo.entry.demo.drawing.labels import Box, Look, label
from dinghuo.entry.demo.drawing.stage import stand

PORCELAIN: Final = (
    (0, 0.34), (0.08, 0.3), (0.13, 0.32), (0.4, 1), (0.52, 1), (0.86, 0.58), (0.96, 0.64), (1, 0.68),
)  # fmt: skip


def porcelain(c: Canvas, look: Look) -> None:
    cellar = look.flavour == "窖藏"
    body = "#7a1f1c" if cellar else "#f6f8fb"
    stand(c, 40)
    outline = turned((FLOOR - 236 + 236 * y, 64 * w) for y, w in PORCELAIN)
    ink = "#e8cf94" if cellar else look.deep
    art = rect(130, 90, 140, 260, body)
    art += "".join(
        stroke(f"M130 {y}q8.75-{h} 17.5 0" + "t17.5 0" * 7, ink, 2.5, 'opacity=".8"')
        for y, h in ((152, 9), (272, 9), (282, 9))
    )
    c.solid(outline, art, CYLINDER)
    tag = Box(CENTRE - 30, 176, 60, 82)
    c.add(f"<g {c.clip(rounded(tag.x, tag.y, tag.w, tag.h, 4))}>{label(c, look, tag)}</g>")
    cap = turned(((84, 15), (90, 24), (104, 26), (112, 22)), sag=3)
    c.path(cap, "#c9a24f")
    c.path(cap, c.linear(GOLD), 'opacity=".8"')
    c.path("M178 112Q200 120 222 112L226 128Q200 138 174 128Z", look.main if not cellar else "#c9a24f")
    c.gleam(CENTRE - 46, 176, 236, 6, 0.5)


def handled(c: Canvas, look: Look, liquid: str, plastic: str, cap: str, tall: float = 252) -> None:
    """A large canister with a grip let into its shoulder."""
    top = FLOOR - tall
    left, right = CENTRE - 82, CENTRE + 82
    body = (
        f"M{CENTRE - 26} {n(top)}H{CENTRE + 16}Q{CENTRE + 60} {n(top + 8)} {right - 4} {n(top + 56)}"
        f"Q{right} {n(top + 70)} {right} {n(top + 90)}V{FLOOR - 14}Q{right} {FLOOR} {right - 16} {FLOOR}"
        f"H{left + 16}Q{left} {FLOOR} {left} {FLOOR - 14}V{n(top + 100)}"
        f"Q{left} {n(top + 66)} {CENTRE - 44} {n(top + 40)}"
        f"Q{CENTRE - 28} {n(top + 26)} {CENTRE - 26} {n(top)}Z"
    )
    hole = (
        f"M{CENTRE + 14} {n(top + 30)}Q{CENTRE + 48} {n(top + 30)} {CENTRE + 62} {n(top + 62)}"
        f"Q{CENTRE + 66} {n(top + 78)} {CENTRE + 52} {n(top + 78)}"
        f"Q{CENTRE + 26} {n(top + 76)} {CENTRE + 8} {n(top + 50)}"
        f"Q{CENTRE} {n(top + 32)} {CENTRE + 14} {n(top + 30)}Z"
    )
    stand(c, 84)
    c.path(rounded(CENTRE - 30, top - 22, 48, 26, 5), cap)
    c.path(rounded(CENTRE - 30, top - 22, 48, 26, 5), c.linear(CYLINDER))
    art = rect(left, top, 164, tall, plastic) + rect(
        left, top + tall * 0.12, 164, tall, c.fade(lighten(liquid, 0.2), liquid)
    )
    art += f'<path d="M{left} {FLOOR - 22}H{right}" stroke="#fff" stroke-width="3" opacity=".3"/>'
    c.solid(body, art, GLASS)
    c.path(hole, "#fff", 'opacity=".72"')
    c.path(hole, "none", f'stroke="{darken(liquid, 0.3)}" stroke-width="2" opacity=".4"')
    box = Box(left + 16, top + 92, 132, tall - 92 - 30)
    c.add(f"<g {c.clip(rounded(box.x, box.y, box.w, box.h, 8))}>{label(c, look, box)}</g>")
    c.path(rounded(box.x, box.y, box.w, box.h, 8), c.linear(CYLINDER), 'opacity=".5"')
    c.gleam(left + 6, top + 110, FLOOR - 30, 5, 0.5)


def oiljug(c: Canvas, look: Look) -> None:
    handled(c, look, mix("#f0b02c", look.light, 0.2), "#fdf3cf", look.main)


def soyjug(c: Canvas, look: Look) -> None:
    liquid = "#d9a441" if look.flavour == "米醋" else "#3a160c"
    handled(c, look, liquid, lighten(liquid, 0.25), look.main if look.design != "noble" else look.deep)


def waterjug(c: Canvas, look: Look) -> None:
    handled(c, look, "#bfe3f5", "#e9f6fc", look.main)


def detergent(c: Canvas, look: Look) -> None:
    handled(c, look, mix(look.light, look.deep, 0.3), mix(look.light, look.deep, 0.2), look.deep)


def pump(c: Canvas, look: Look, tall: float = 192, half: float = 52) -> None:
    """A dispenser with a long nose."""
    top = FLOOR - tall
    steel = c.linear(((0, "#cfd8dc", 1), (0.4, "#ffffff", 1), (1, "#b0bec5", 1)))
    stand(c, half)
    c.add(rect(CENTRE - 5, top - 50, 10, 44, steel))
    nose = "q-2-16 30-18h38v16h-40q-16 0-20 6Z"
    c.path(f"M{CENTRE - 50} {n(top - 44)}{nose}", look.deep)
    c.path(rounded(CENTRE - 22, top - 20, 44, 26, 5), look.deep)
    c.path(rounded(CENTRE - 22, top - 20, 44, 26, 5), c.linear(CYLINDER))
    outline = turned(((top, half * 0.5), (top + 26, half), (FLOOR - 12, half), (FLOOR, half * 0.9)))
    paper = mix(look.light, look.deep, 0.12)
    box = Box(CENTRE - half + 8, top + 40, half * 2 - 16, tall - 62)
    art = rect(CENTRE - half, top, half * 2, tall + 10, c.fade(lighten(paper, 0.3), paper))
    art += f"<g {c.clip(rounded(box.x, box.y, box.w, box.h, 12))}>{label(c, look, box)}</g>"
    c.solid(outline, art, CYLINDER)


def handwash(c: Canvas, look: Look) -> None:
    pump(c, look, 164, 46)


def squeeze(c: Canvas, look: Look) -> None:
    """A sauce bottle that stands on its cap."""
    stand(c, 36)
    outline = turned(((86, 34), (98, 50), (210, 56), (268, 46), (296, 28), (306, 28)), sag=2)
    art = rect(140, 80, 120, 240, c.fade(lighten(look.deep, 0.06), darken(look.deep, 0.25)))
    box = Box(152, 112, 96, 150)
    art += f"<g {c.clip(rounded(box.x, box.y, box.w, box.h, 22))}>{label(c, look, box)}</g>"
    c.solid(outline, art, CYLINDER)
    cap = turned(((304, 33), (310, 36), (FLOOR, 37)), sag=3)
    c.path(cap, look.accent)
    c.path(cap, c.linear(CYLINDER))
    c.add(shape("M160 100Q200 108 240 100", "none", 'stroke="#fff" stroke-width="2" opacity=".35"'))


CANISTERS: Final[dict[str, Callable[[Canvas, Look], None]]] = {
    "baijiuporcelain": porcelain, "oiljug": oiljug, "soyjug": soyjug, "waterjug": waterjug,
    "detergent": detergent, "pump": pump, "handwash": handwash, "squeeze": squeeze,
}  # fmt: skip
