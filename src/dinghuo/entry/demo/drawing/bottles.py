"""Bottles: soft drinks, water, tea, juice, beer, baijiu, wine, sauces and oil."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from dinghuo.entry.demo.drawing.canvas import (
    CENTRE,
    CYLINDER,
    FLOOR,
    GLASS,
    Canvas,
    Point,
    band,
    darken,
    ellipse,
    lighten,
    mix,
    n,
    rect,
    rounded,
    turned,
)
from dinghuo.entry.demo.drawing.labels import Box, Look, label
from dinghuo.entry.demo.drawing.stage import stand

Profile = tuple[Point, ...]
"""(height from the top, half width), both as parts of the whole."""


@dataclass(frozen=True, slots=True)
class Bottle:
    """A round bottle. `label` is from which to which part of its height; `glass` and `liquid` are colours."""

    height: float
    half: float
    profile: Profile
    label: tuple[float, float]
    glass: str
    liquid: str = ""
    level: float = 0.2
    cap: str = "#ffffff"
    cap_height: float = 18
    cap_half: float = 17
    finish: Literal["ridged", "smooth", "foil"] = "ridged"
    label_inset: float = 0
    ribs: tuple[float, ...] = ()


PET: Final[Profile] = (
    (0, 0.3), (0.045, 0.3), (0.055, 0.37), (0.07, 0.37), (0.08, 0.3), (0.33, 0.97), (0.37, 0.96), (0.74, 0.96),
    (0.79, 1), (0.94, 1), (0.985, 0.88), (1, 0.8),
)  # fmt: skip
WATER: Final[Profile] = (
    (0, 0.32), (0.04, 0.32), (0.05, 0.39), (0.065, 0.39), (0.075, 0.32), (0.25, 0.97), (0.29, 1), (0.65, 1),
    (0.7, 0.93), (0.76, 1), (0.95, 1), (1, 0.86),
)  # fmt: skip
TEA: Final[Profile] = (
    (0, 0.34), (0.045, 0.34), (0.055, 0.41), (0.07, 0.41), (0.08, 0.36), (0.25, 0.98), (0.3, 1), (0.95, 1),
    (1, 0.92),
)  # fmt: skip
GLASSWARE: Final[Profile] = (
    (0, 0.44), (0.1, 0.44), (0.13, 0.5), (0.16, 0.46), (0.34, 1), (0.96, 1), (1, 0.92),
)  # fmt: skip
BEER: Final[Profile] = ((0, 0.36), (0.03, 0.4), (0.05, 0.36), (0.27, 0.42), (0.5, 1), (0.97, 1), (1, 0.94))
WINE: Final[Profile] = ((0, 0.37), (0.04, 0.39), (0.06, 0.36), (0.3, 0.39), (0.44, 1), (0.97, 1), (1, 0.92))
SAUCE: Final[Profile] = ((0, 0.38), (0.12, 0.4), (0.42, 1), (0.97, 1), (1, 0.92))
VINEGAR: Final[Profile] = ((0, 0.36), (0.14, 0.36), (0.26, 0.74), (0.33, 0.78), (0.4, 1), (0.97, 1), (1, 0.94))
BAIJIU: Final[Profile] = ((0, 0.36), (0.12, 0.34), (0.16, 0.4), (0.3, 1), (0.36, 1), (0.92, 0.84), (1, 0.88))
OIL: Final[Profile] = ((0, 0.3), (0.05, 0.3), (0.3, 0.96), (0.36, 1), (0.95, 1), (1, 0.92))


def draw(c: Canvas, look: Look, bottle: Bottle) -> None:
    """Body, what is in it, label, cap, reflections."""
    top, tall = FLOOR - bottle.height, bottle.height
    outline = turned((top + tall * y, bottle.half * w) for y, w in bottle.profile)
    left, wide = CENTRE - bottle.half, bottle.half * 2
    art = rect(left, top, wide, tall + 12, bottle.glass)
    if bottle.liquid:
        surface = top + tall * bottle.level
        fill = c.fade(lighten(bottle.liquid, 0.18), bottle.liquid)
        art += rect(left, surface, wide, tall + 12, fill) + ellipse(
            CENTRE, surface, bottle.half, 4, lighten(bottle.liquid, 0.35)
        )
    for rib in bottle.ribs:
        art += f'<path d="{band(top + tall * rib, top + tall * rib + 3, bottle.half, 4)}" fill="#fff" opacity=".4"/>'
    first, last = (top + tall * part for part in bottle.label)
    half = bottle.half - bottle.label_inset
    box = Box(CENTRE - half, first, half * 2, last - first)
    printed = Box(box.x, box.y, box.w, box.h + 10)
    art += f"<g {c.clip(band(first, last, half, 4))}>{_printed(c, look, box, printed)}</g>"
    art += rect(left, FLOOR - tall * 0.1, wide, tall * 0.14, c.linear(((0, "#000", 0), (1, "#000", 0.22)), down=True))
    stand(c, bottle.half)
    _cap(c, bottle, top)
    c.solid(outline, art, GLASS if bottle.liquid else CYLINDER)
    c.gleam(CENTRE - bottle.half * 0.74, top + tall * 0.34, FLOOR - tall * 0.08, 5, 0.42)


def _printed(c: Canvas, look: Look, box: Box, whole: Box) -> str:
    """The label a little lower than its box, since its edges sag."""
    lowered = Box(box.x, box.y + 4, box.w, box.h)
    edge = look.deep if look.design in {"fresh", "noble", "badge", "burst", "wave"} else look.light
    return whole.fill(edge) + label(c, look, lowered)


def _cap(c: Canvas, bottle: Bottle, top: float) -> None:
    half, height = bottle.cap_half, bottle.cap_height
    if bottle.finish == "foil":
        sleeve = turned(((top - 6, half), (top + height * 0.1, half * 1.06), (top + height, half * 1.08)), sag=3)
        c.path(sleeve, bottle.cap)
        c.path(sleeve, c.linear(CYLINDER))
        return
    body = rounded(CENTRE - half, top - height + 3, half * 2, height, 4)
    c.path(body, bottle.cap)
    if bottle.finish == "ridged":
        step = half / 3.5
        lines = "".join(f"M{n(CENTRE + step * k)} {n(top - height + 7)}v{n(height - 8)}" for k in range(-3, 4))
        c.path(lines, "none", f'stroke="{darken(bottle.cap, 0.2)}" stroke-width="1.2" opacity=".55"')
    c.path(body, c.linear(CYLINDER))


def _volume(look: Look) -> float:
    """Net content as millilitres or grams, for how large to draw it."""
    digits = look.net.split("×")[0].split()[0]
    number = float("".join(sign for sign in digits if sign.isdigit() or sign == ".") or 0)
    return number * 1000 if digits[-1:] == "L" or digits.endswith("kg") else number


def pet(c: Canvas, look: Look) -> None:
    big = _volume(look) > 1000
    drink = look.deep if look.flavour == "经典可乐" else lighten(look.light, 0.25)
    liquid = "#4a1a12" if look.flavour == "经典可乐" else drink
    draw(
        c,
        look,
        Bottle(
            262 if big else 246,
            56 if big else 47,
            PET,
            (0.36, 0.75),
            "#eef7fb",
            liquid,
            0.16,
            cap=look.main if look.design == "fresh" else look.deep,
        ),
    )


def water(c: Canvas, look: Look) -> None:
    volume = _volume(look)
    tall, half = (262, 58) if volume > 1000 else (200 + volume * 0.07, 38 + volume * 0.015)
    draw(
        c,
        look,
        Bottle(
            tall,
            half,
            WATER,
            (0.29, 0.64),
            "#f3fafd",
            lighten(mix(look.light, "#d8f0fb", 0.6), 0.1),
            0.13,
            cap=look.main,
            ribs=(0.79, 0.85, 0.91),
        ),
    )


def waterglass(c: Canvas, look: Look) -> None:
    draw(
        c,
        look,
        Bottle(
            248,
            41,
            WINE,
            (0.5, 0.89),
            "#e3f1f2",
            "#d2eaec",
            0.18,
            cap="#c3cdd1",
            cap_height=16,
            cap_half=17,
            finish="smooth",
            label_inset=3,
        ),
    )


def tea(c: Canvas, look: Look) -> None:
    big = _volume(look) >= 1000
    liquid = {"无糖茶": look.deep, "奶茶": "#d9b48a"}.get(look.line, mix(look.deep, "#c98a2b", 0.35))
    draw(
        c,
        look,
        Bottle(
            256 if big else 240,
            56 if big else 45,
            TEA,
            (0.34, 0.86),
            "#f4f1e6",
            lighten(liquid, 0.15),
            0.14,
            cap="#fffdf5" if look.design == "pure" else look.main,
        ),
    )


def juice(c: Canvas, look: Look) -> None:
    big = _volume(look) > 1000
    draw(
        c,
        look,
        Bottle(
            254 if big else 232,
            60 if big else 49,
            TEA,
            (0.32, 0.88),
            "#fff4df",
            mix(look.light, look.deep, 0.35),
            0.1,
            cap=look.accent,
            cap_half=20,
        ),
    )


def juiceglass(c: Canvas, look: Look) -> None:
    draw(
        c,
        look,
        Bottle(
            216,
            49,
            GLASSWARE,
            (0.38, 0.88),
            "#fdf6ea",
            mix(look.light, look.deep, 0.3),
            0.2,
            cap="#ffffff",
            cap_height=18,
            cap_half=24,
            finish="smooth",
            label_inset=4,
        ),
    )


def beerglass(c: Canvas, look: Look) -> None:
    glass = {"烤麦黑啤": "#2a1710", "小麦白啤": "#2f6a45"}.get(look.flavour, "#6b3a12")
    draw(
        c,
        look,
        Bottle(
            276,
            43,
            BEER,
            (0.51, 0.9),
            glass,
            mix(glass, "#000000", 0.15),
            0.14,
            cap=look.accent,
            cap_height=13,
            cap_half=18,
        ),
    )


def wine(c: Canvas, look: Look) -> None:
    pale = look.flavour in {"霞多丽干白", "桃红"}
    glass = {"霞多丽干白": "#b9bd6a", "桃红": "#efb3a6"}.get(look.flavour, "#1d2417")
    small = _volume(look) < 300
    liquid = lighten(glass, 0.05) if pale else "#171a12"
    draw(
        c,
        look,
        Bottle(
            190 if small else 284,
            33 if small else 43,
            WINE,
            (0.47, 0.88),
            glass,
            liquid,
            0.2,
            cap="#3b1020" if not pale else look.deep,
            cap_height=56 if not small else 36,
            cap_half=16.5 if not small else 13,
            finish="foil",
            label_inset=3,
        ),
    )


def soyglass(c: Canvas, look: Look) -> None:
    liquid = "#6e3a10" if look.line == "芝麻香油" else "#2a0f08"
    draw(
        c,
        look,
        Bottle(
            258,
            42,
            SAUCE,
            (0.46, 0.9),
            mix(liquid, "#8a5a30", 0.25),
            liquid,
            0.16,
            cap=look.main,
            cap_height=30,
            cap_half=18,
        ),
    )


def vinegar(c: Canvas, look: Look) -> None:
    liquid = "#d9a441" if look.flavour == "米醋" else "#2b1109"
    draw(
        c,
        look,
        Bottle(
            256,
            43,
            VINEGAR,
            (0.44, 0.9),
            lighten(liquid, 0.12),
            liquid,
            0.14,
            cap=look.deep,
            cap_height=26,
            cap_half=17,
        ),
    )


def baijiu(c: Canvas, look: Look) -> None:
    small = _volume(look) < 200
    draw(
        c,
        look,
        Bottle(
            176 if small else 250,
            40 if small else 54,
            BAIJIU,
            (0.37, 0.88),
            "#eef4f4",
            "#e3eeef",
            0.2,
            cap=look.main,
            cap_height=26 if not small else 20,
            cap_half=22 if not small else 17,
            finish="smooth",
            label_inset=5 if not small else 4,
        ),
    )


def oilbottle(c: Canvas, look: Look) -> None:
    oil = mix("#f2b632", look.light, 0.25)
    draw(c, look, Bottle(256, 52, OIL, (0.42, 0.9), "#fdf3cf", oil, 0.13, cap=look.main, cap_height=24, cap_half=19,
                         finish="smooth"))  # fmt: skip


BOTTLES: Final[dict[str, Callable[[Canvas, Look], None]]] = {
    "pet": pet, "petbig": pet, "water": water, "waterbig": water, "waterglass": waterglass, "tea": tea,
    "teabig": tea, "juicepet": juice, "juicebig": juice, "juiceglass": juiceglass, "beerglass": beerglass,
    "wine": wine, "winesmall": wine, "soyglass": soyglass, "vinegar": vinegar, "baijiu": baijiu,
    "baijiusmall": baijiu, "oilbottle": oilbottle,
}  # fmt: skip
