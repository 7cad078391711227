"""Cartons and boxes, seen from the front with a little of their right side and top."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dinghuo.entry.demo.drawing.canvas import (
    CENTRE,
    CYLINDER,
    FLOOR,
    GOLD,
    Canvas,
    Point,
    circle,
    column,
    darken,
    ellipse,
    lighten,
    n,
    polygon,
    rect,
    rounded,
    shape,
    stroke,
    text,
)
from dinghuo.entry.demo.drawing.labels import Box, Look, label
from dinghuo.entry.demo.drawing.stage import stand


@dataclass(frozen=True, slots=True)
class Block:
    """A front face and how far the side shows; the top and side recede by `rise`."""

    front: Box
    side: float
    rise: float

    @property
    def right(self) -> float:
        return self.front.x + self.front.w

    @property
    def flank(self) -> tuple[Point, ...]:
        top, low = self.front.y, self.front.y + self.front.h
        return (
            (self.right, top),
            (self.right + self.side, top - self.rise),
            (self.right + self.side, low - self.rise),
            (self.right, low),
        )

    @property
    def lid(self) -> tuple[Point, ...]:
        x, y = self.front.x, self.front.y
        return ((x, y), (x + self.side, y - self.rise), (self.right + self.side, y - self.rise), (self.right, y))


def ground(look: Look) -> str:
    """The paper of the sides."""
    if look.design in {"wave", "pure"}:
        return lighten(look.light, 0.25)
    if look.design in {"seal", "kraft"}:
        return "#dcbf92"
    if look.design == "split":
        return look.main
    return look.deep


def block(wide: float, tall: float, side: float, rise: float) -> Block:
    """A box of that size in the middle of the stage."""
    return Block(Box(CENTRE - (wide + side) / 2, FLOOR - tall, wide, tall), side, rise)


def faces(c: Canvas, look: Look, b: Block, paper: str, lid: bool = True) -> None:
    """Front with the label, flank in shade, lid in light, and the light along the edge between."""
    stand(c, (b.front.w + b.side) / 2)
    c.path(polygon(b.flank), c.linear(((0, darken(paper, 0.2), 1), (1, darken(paper, 0.38), 1))))
    if lid:
        c.path(polygon(b.lid), c.linear(((0, lighten(paper, 0.35), 1), (1, lighten(paper, 0.12), 1))))
    x, y, w, h = b.front.x, b.front.y, b.front.w, b.front.h
    art = label(c, look, b.front)
    c.add(f"<g {c.clip(rounded(x, y, w, h, 2))}>{art}</g>")
    c.add(rect(x, y, w, h, c.linear(((0, "#fff", 0.22), (0.5, "#fff", 0), (1, "#000", 0.14)))))
    c.add(rect(b.right - 1.4, y, 1.8, h, "#fff", 0, 'opacity=".5"'))


def _flank_words(look: Look, b: Block, ink: str) -> str:
    """The brand, foreshortened on the side."""
    skew = f'transform="matrix({n(b.side / 40)} {-b.rise / 40:.2f} 0 1 {n(b.right)} {n(b.front.y)})"'
    return f"<g {skew} opacity='.85'>{column(20, 24, 24, look.brand, ink, serif=look.serif)}</g>"


def brick(c: Canvas, look: Look, wide: float = 100, tall: float = 192) -> None:
    """An aseptic carton with its straw."""
    b = block(wide, tall, 44, 14)
    faces(c, look, b, ground(look))
    if tall < 200:
        x = b.right + 14
        c.add(
            f'<path d="M{n(x)} {n(b.front.y + 30)}l16-5v112l-16 5Z" fill="#fff" opacity=".35"/>'
            f'<path d="M{n(x + 8)} {n(b.front.y + 36)}v96" stroke="#fff" stroke-width="5" stroke-linecap="round"/>'
            f'<path d="M{n(x + 8)} {n(b.front.y + 56)}v8" stroke="{look.deep}" stroke-width="5" opacity=".5"/>'
        )
        c.ellipse(b.front.x + wide * 0.62, b.front.y - 7, 7, 2.6, "#cfd8dc")
    else:
        cap = b.front.x + wide * 0.5 + 18
        c.add(
            rect(cap - 19, b.front.y - 30, 38, 22, look.main, 4),
            rect(cap - 19, b.front.y - 30, 38, 22, c.linear(CYLINDER), 4),
        )
        c.ellipse(cap, b.front.y - 30, 18, 4, lighten(look.main, 0.3))


def brickbig(c: Canvas, look: Look) -> None:
    brick(c, look, 106, 232)


def gable(c: Canvas, look: Look) -> None:
    """A roof-topped carton with a screw cap."""
    b = block(112, 184, 46, 15)
    paper = ground(look)
    faces(c, look, b, paper, lid=False)
    x, y, w = b.front.x, b.front.y, b.front.w
    ridge = y - 58
    roof = ((x, y), (b.right, y), (b.right + b.side * 0.5, ridge), (x + b.side * 0.5, ridge))
    gable_end = ((b.right, y), (b.right + b.side, y - b.rise), (b.right + b.side * 0.5, ridge))
    tone = look.deep if look.design != "split" else look.main
    c.path(polygon(gable_end), darken(paper, 0.3))
    c.path(polygon(roof), c.fade(lighten(tone, 0.2), tone))
    fin = rect(x + b.side * 0.5 - 1, ridge - 24, w + 2, 26, lighten(tone, 0.1), 2)
    c.add(fin, rect(x + b.side * 0.5 - 1, ridge - 24, w + 2, 4, "#fff", 2, 'opacity=".35"'))
    c.add(
        text(x + w * 0.5 + b.side * 0.25, ridge + 28, 19, look.flavour, "#fff", more='opacity=".9"') if w < 90 else ""
    )
    cx, cy = x + w * 0.5 + b.side * 0.28, y - 26
    c.ellipse(cx, cy + 4, 21, 13, darken(tone, 0.3), 'opacity=".5"')
    c.ellipse(cx, cy, 20, 14, darken(look.accent, 0.1))
    c.ellipse(cx, cy - 5, 20, 13, c.ball(look.accent))


def carton(c: Canvas, look: Look, wide: float, tall: float, side: float = 40, rise: float = 14) -> Block:
    b = block(wide, tall, side, rise)
    faces(c, look, b, ground(look))
    words = _flank_words(look, b, "#fff" if ground(look) in {look.deep, look.main} else look.deep)
    c.add(words)
    return b


def biscuitbox(c: Canvas, look: Look) -> None:
    carton(c, look, 150, 212, 44)
    for x, y in ((296, 316), (314, 328)):
        holes = "".join(circle(x + dx, y + dy, 1.5, "#a9742f") for dx in (-8, 0, 8) for dy in (-8, 0, 8))
        c.add(rect(x - 19, y - 19, 38, 38, c.ball("#edc27a"), 7, 'stroke="#c98f48" stroke-width="1.5"'), holes)


def noodlebox(c: Canvas, look: Look) -> None:
    carton(c, look, 178, 190, 40)


def nutbox(c: Canvas, look: Look) -> None:
    b = carton(c, look, 196, 168, 44, 18)
    grip = b.front.x + b.front.w / 2 + b.side / 2
    c.add(stroke(f"M{n(grip - 34)} {n(b.front.y - 8)}q0-30 34-30t34 30", "#8a5a2b", 7))


def frozenbox(c: Canvas, look: Look) -> None:
    b = carton(c, look, 204, 156, 36, 16)
    x, y, w = b.front.x, b.front.y, b.front.w
    frost = (
        f"M{n(x)} {n(y)}H{n(x + w)}v5q-12 9-24 1q-10 11-26 0q-14 8-28 0q-16 13-34-1q-12 9-30 1q-14 8-30 0q-18 8-32-1Z"
    )
    c.path(frost, "#fff", 'opacity=".75"')


def chocolate(c: Canvas, look: Look) -> None:
    """A slim case, and the bar sliding out of it in its foil."""
    stand(c, 76)
    x, y, w, h = 128, 124, 144, FLOOR - 124
    c.path(rounded(x + 8, y - 40, w - 16, 80, 4), c.linear(GOLD))
    bar = rect(x + 12, y - 56, w - 24, 54, "#4a2614", 4)
    squares = "".join(
        rect(x + 17 + k * 28.6, y - 51, 24, 22, "#64351c", 3)
        + rect(x + 19 + k * 28.6, y - 49, 20, 5, "#8a5230", 2, 'opacity=".6"')
        for k in range(4)
    )
    c.add(bar, squares)
    c.path(
        f"M{x + 8} {y - 28}l8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8V{y + 10}H{x + 8}Z",
        c.linear(GOLD),
    )
    box = Box(x, y, w, h)
    c.add(f"<g {c.clip(rounded(x, y, w, h, 4))}>{label(c, look, box)}</g>")
    c.path(
        rounded(x, y, w, h, 4),
        c.linear(((0, "#fff", 0.28), (0.3, "#fff", 0), (0.9, "#000", 0.06), (1, "#000", 0.24))),
    )


def giftbox(c: Canvas, look: Look) -> None:
    """A New Year set: two bottles in a windowed box with a ribbon."""
    cellar = look.flavour == "窖藏"
    base = "#a5161d" if not cellar else "#4a0f14"
    b = block(196, 208, 36, 16)
    stand(c, 118)
    c.path(polygon(b.flank), c.linear(((0, darken(base, 0.2), 1), (1, darken(base, 0.45), 1))))
    c.path(polygon(b.lid), lighten(base, 0.14))
    x, y, w, h = b.front.x, b.front.y, b.front.w, b.front.h
    c.add(rect(x, y, w, h, c.fade(lighten(base, 0.1), darken(base, 0.15)), 2))
    c.add(f'<path d="{rounded(x + 8, y + 8, w - 16, h - 16, 4)}" fill="none" stroke="#e8cf94" stroke-width="1.6"/>')
    c.path(rounded(x + 20, y + 54, w - 40, h - 86, 10), c.fade("#fff3d9", "#f2d9a5"))
    for cx in (x + 62, x + w - 62):
        body = f"M{cx - 8} {y + 74}h16v18q22 10 18 32l-9 47h-34l-9-47q-4-22 18-32Z"
        c.path(body, "#7a1f1c" if cellar else "#f4f7fb")
        c.path(body, c.linear(CYLINDER))
        c.add(
            rect(cx - 10, y + 66, 20, 14, c.linear(GOLD), 3),
            rect(cx - 11, y + 115, 22, 40, "#123c69" if not cellar else "#c9a24f", 2),
        )
        c.add(column(cx, y + 117, 11, look.brand, "#f3dfb0" if not cellar else "#4a0f14", gap=1.05))
    c.add(text(x + w / 2, y + 34, 27, f"{look.brand} · {look.flavour}", "#f3dfb0", serif=True))
    c.add(text(x + w / 2, y + h - 20, 11.5, f"贺岁礼盒 {look.net}", "#f3dfb0", bold=False))
    c.add(_bow(x + w / 2 + 18, y - 8))


def _bow(x: float, y: float) -> str:
    """A golden bow on the lid."""
    gold = "#e3b75c"
    return (
        f'<g transform="translate({n(x)} {n(y)})">'
        + shape("M0 0Q-34-34-44-10Q-44 10 0 0Z", gold) + shape("M0 0Q34-34 44-10Q44 10 0 0Z", lighten(gold, 0.2))
        + shape("M0 0L-26 26L-14 24L-10 34Z", darken(gold, 0.12)) + shape("M0 0L26 26L14 24L10 34Z", gold)
        + ellipse(0, 0, 8, 7, darken(gold, 0.18)) + "</g>"
    )  # fmt: skip


BOXES: Final[dict[str, Callable[[Canvas, Look], object]]] = {
    "brick": brick, "brickbig": brickbig, "gable": gable, "biscuitbox": biscuitbox, "noodlebox": noodlebox,
    "nutbox": nutbox, "frozenbox": frozenbox, "chocolate": chocolate, "giftbox": giftbox,
}  # fmt: skip
