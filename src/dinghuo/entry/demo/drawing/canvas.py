"""An SVG being drawn: shapes in order, shared definitions once, and the mixing of colours."""

from collections.abc import Iterable
from html import escape
from itertools import pairwise
from typing import Final

SANS: Final = "PingFang SC,Microsoft YaHei,Noto Sans CJK SC,Source Han Sans SC,sans-serif"
SERIF: Final = "Songti SC,STSong,SimSun,Noto Serif CJK SC,Source Han Serif SC,serif"

CENTRE: Final = 200
FLOOR: Final = 342
"""Where every pack stands."""

Stop = tuple[float, str, float]
"""Offset, colour, opacity."""

Point = tuple[float, float]

CYLINDER: Final[tuple[Stop, ...]] = (
    (0, "#000", 0.34), (0.07, "#000", 0.14), (0.17, "#fff", 0.34), (0.26, "#fff", 0.16), (0.42, "#fff", 0),
    (0.66, "#000", 0.04), (0.86, "#000", 0.22), (0.95, "#000", 0.34), (1, "#000", 0.2),
)  # fmt: skip
GLASS: Final[tuple[Stop, ...]] = (
    (0, "#000", 0.3), (0.06, "#fff", 0.1), (0.15, "#fff", 0.46), (0.22, "#fff", 0.06), (0.5, "#fff", 0),
    (0.8, "#000", 0.1), (0.91, "#fff", 0.22), (0.96, "#000", 0.12), (1, "#000", 0.34),
)  # fmt: skip
BAG: Final[tuple[Stop, ...]] = (
    (0, "#000", 0.2), (0.1, "#fff", 0.12), (0.2, "#fff", 0.3), (0.34, "#fff", 0.02), (0.55, "#000", 0.03),
    (0.72, "#fff", 0.12), (0.84, "#000", 0.06), (1, "#000", 0.26),
)  # fmt: skip
METAL: Final[tuple[Stop, ...]] = (
    (0, "#8b949e", 1), (0.14, "#f4f6f8", 1), (0.3, "#c9d0d6", 1), (0.52, "#eef1f3", 1), (0.75, "#a5adb5", 1),
    (0.92, "#7f8890", 1), (1, "#b7bec5", 1),
)  # fmt: skip
GOLD: Final[tuple[Stop, ...]] = (
    (0, "#8a6420", 1), (0.16, "#fbeab2", 1), (0.32, "#dcb45a", 1), (0.55, "#f5dc93", 1), (0.8, "#b88a33", 1),
    (1, "#8f6a25", 1),
)  # fmt: skip


def mix(colour: str, other: str, amount: float) -> str:
    """`colour` moved by `amount` (0 to 1) towards `other`."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * amount):02x}" for a, b in pairs)


def lighten(colour: str, amount: float) -> str:
    return mix(colour, "#ffffff", amount)


def darken(colour: str, amount: float) -> str:
    return mix(colour, "#000000", amount)


def is_light(colour: str) -> bool:
    """Whether dark ink reads better on it than white."""
    red, green, blue = _channels(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue > 165


def _channels(colour: str) -> tuple[int, int, int]:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def n(value: float) -> str:
    """A coordinate with at most one decimal, as short as it goes."""
    return f"{value:.1f}".removesuffix(".0")


def polygon(points: Iterable[Point]) -> str:
    """The closed path through the points."""
    return "M" + "L".join(f"{n(x)} {n(y)}" for x, y in points) + "Z"


def rounded(x: float, y: float, width: float, height: float, radius: float) -> str:
    """The path of a rounded rectangle."""
    r = min(radius, width / 2, height / 2)
    return (
        f"M{n(x + r)} {n(y)}h{n(width - 2 * r)}q{n(r)} 0 {n(r)} {n(r)}v{n(height - 2 * r)}q0 {n(r)} {n(-r)} {n(r)}"
        f"h{n(2 * r - width)}q{n(-r)} 0 {n(-r)} {n(-r)}v{n(2 * r - height)}q0 {n(-r)} {n(r)} {n(-r)}Z"
    )


def turned(profile: Iterable[Point], centre: float = CENTRE, sag: float = 5) -> str:
    """The outline of a round body from (y, half width) pairs, smooth between them, bottom edge sagging."""
    points = list(profile)
    top, bottom = points[0], points[-1]
    path = f"M{n(centre - top[1])} {n(top[0])}H{n(centre + top[1])}"
    for (y0, w0), (y1, w1) in pairwise(points):
        path += _side(centre + w0, y0, centre + w1, y1)
    path += f"Q{n(centre)} {n(bottom[0] + sag * 2)} {n(centre - bottom[1])} {n(bottom[0])}"
    for (y0, w0), (y1, w1) in pairwise(points[::-1]):
        path += _side(centre - w0, y0, centre - w1, y1)
    return path + "Z"


def _side(x0: float, y0: float, x1: float, y1: float) -> str:
    if x0 == x1:
        return f"V{n(y1)}"
    middle = n((y0 + y1) / 2)
    return f"C{n(x0)} {middle} {n(x1)} {middle} {n(x1)} {n(y1)}"


def band(top: float, bottom: float, half: float, sag: float = 5, centre: float = CENTRE) -> str:
    """A label wrapped around a round body: both edges sag as a circle seen from a little above does."""
    left, right = n(centre - half), n(centre + half)
    return (
        f"M{left} {n(top)}Q{n(centre)} {n(top + 2 * sag)} {right} {n(top)}V{n(bottom)}"
        f"Q{n(centre)} {n(bottom + 2 * sag)} {left} {n(bottom)}Z"
    )


class Canvas:
    """One picture of 400 × 400. Ids start with `prefix`, so that several pictures may share a page."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._definitions: dict[str, str] = {}
        self._shapes: list[str] = []

    def _define(self, template: str) -> str:
        """The id of a definition written with `{id}` in it; the same one twice is one."""
        if template not in self._definitions:
            self._definitions[template] = f"{self._prefix}{len(self._definitions)}"
        return self._definitions[template]

    def linear(self, stops: Iterable[Stop], *, down: bool = False) -> str:
        """A gradient across (or down) the shape it fills."""
        direction = ' x2="0" y2="1"' if down else ""
        template = f'<linearGradient id="{{id}}"{direction}>{_stops(stops)}</linearGradient>'
        return f"url(#{self._define(template)})"

    def fade(self, top: str, bottom: str) -> str:
        """From one colour at the top to another at the bottom."""
        return self.linear(((0, top, 1), (1, bottom, 1)), down=True)

    def radial(self, stops: Iterable[Stop], cx: float = 0.5, cy: float = 0.5, r: float = 0.5) -> str:
        template = f'<radialGradient id="{{id}}" cx="{cx}" cy="{cy}" r="{r}">{_stops(stops)}</radialGradient>'
        return f"url(#{self._define(template)})"

    def ball(self, colour: str) -> str:
        """The light on something round."""
        stops = ((0, lighten(colour, 0.5), 1), (0.45, colour, 1), (1, darken(colour, 0.22), 1))
        return self.radial(stops, 0.35, 0.3, 0.8)

    def clip(self, path: str) -> str:
        identity = self._define(f'<clipPath id="{{id}}"><path d="{path}"/></clipPath>')
        return f'clip-path="url(#{identity})"'

    def symbol(self, drawing: str) -> str:
        """The id of a drawing that is used several times."""
        return self._define(f'<g id="{{id}}">{drawing}</g>')

    def add(self, *shapes: str) -> None:
        self._shapes.extend(shapes)

    def path(self, d: str, fill: str, more: str = "") -> None:
        self.add(f'<path d="{d}" fill="{fill}"{" " + more if more else ""}/>')

    def solid(self, outline: str, art: str, shade: Iterable[Stop] = CYLINDER) -> None:
        """A body: its art clipped to the outline, and the light and shade of its volume over that."""
        self.add(f"<g {self.clip(outline)}>{art}</g>")
        self.path(outline, self.linear(shade))

    def gleam(self, x: float, top: float, bottom: float, width: float = 6, opacity: float = 0.5) -> None:
        """A streak of reflected window light."""
        self.add(
            f'<rect x="{n(x)}" y="{n(top)}" width="{n(width)}" height="{n(bottom - top)}" rx="{n(width / 2)}" '
            f'fill="#fff" opacity="{opacity}"/>'
        )

    def ellipse(self, cx: float, cy: float, rx: float, ry: float, fill: str, more: str = "") -> None:
        self.add(ellipse(cx, cy, rx, ry, fill, more))

    def svg(self, title: str) -> str:
        definitions = "".join(template.replace("{id}", identity) for template, identity in self._definitions.items())
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400" role="img" '
            f'font-family="{SANS}" text-anchor="middle"><title>{escape(title)}</title>'
            f"<defs>{definitions}</defs>{''.join(self._shapes)}</svg>"
        )


def _stops(stops: Iterable[Stop]) -> str:
    return "".join(
        f'<stop offset="{offset:g}" stop-color="{colour}"'
        + (f' stop-opacity="{opacity:g}"' if opacity != 1 else "")
        + "/>"
        for offset, colour, opacity in stops
    )


def rect(x: float, y: float, width: float, height: float, fill: str, rx: float = 0, more: str = "") -> str:
    corner = f' rx="{n(rx)}"' if rx else ""
    size = f'width="{n(width)}" height="{n(height)}"'
    return f'<rect x="{n(x)}" y="{n(y)}" {size}{corner} fill="{fill}"{" " + more if more else ""}/>'


def circle(cx: float, cy: float, r: float, fill: str, more: str = "") -> str:
    return f'<circle cx="{n(cx)}" cy="{n(cy)}" r="{n(r)}" fill="{fill}"{" " + more if more else ""}/>'


def ellipse(cx: float, cy: float, rx: float, ry: float, fill: str, more: str = "") -> str:
    where = f'cx="{n(cx)}" cy="{n(cy)}" rx="{n(rx)}" ry="{n(ry)}"'
    return f'<ellipse {where} fill="{fill}"{" " + more if more else ""}/>'


def shape(d: str, fill: str, more: str = "") -> str:
    return f'<path d="{d}" fill="{fill}"{" " + more if more else ""}/>'


def stroke(d: str, colour: str, width: float, more: str = "") -> str:
    """An open line with round ends."""
    tail = f" {more}" if more else ""
    return f'<path d="{d}" stroke="{colour}" stroke-width="{n(width)}" fill="none" stroke-linecap="round"{tail}/>'


def ring(cx: float, cy: float, r: float, colour: str, width: float) -> str:
    """A circle's outline."""
    return circle(cx, cy, r, "none", f'stroke="{colour}" stroke-width="{n(width)}"')


def text(
    x: float, y: float, size: float, words: str, fill: str, *, serif: bool = False, bold: bool = True, more: str = ""
) -> str:
    """A line of words centred on x, its middle at y."""
    family = f' font-family="{SERIF}"' if serif else ""
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{n(x)}" y="{n(y + size * 0.36)}" font-size="{n(size)}" fill="{fill}"{family}{weight}'
        f"{' ' + more if more else ''}>{escape(words)}</text>"
    )


def column(x: float, top: float, size: float, words: str, fill: str, *, serif: bool = True, gap: float = 1.08) -> str:
    """Words written downwards, as on a signboard."""
    return "".join(
        text(x, top + size * (0.5 + gap * place), size, sign, fill, serif=serif) for place, sign in enumerate(words)
    )


def fitting(words: str, width: float, largest: float) -> float:
    """The largest type in which the words fit the width: a Chinese character is square, others about half."""
    ems = sum(1.0 if ord(sign) > 0x2E7F else 0.58 for sign in words)
    return min(largest, width / max(ems, 1))


def pill(x: float, y: float, words: str, size: float, paper: str, ink: str) -> str:
    """Words on a rounded tag."""
    wide = size * 1.3 + sum(size if ord(sign) > 0x2E7F else size * 0.58 for sign in words)
    return rect(x - wide / 2, y - size * 0.8, wide, size * 1.6, paper, size * 0.8) + text(x, y, size, words, ink)
