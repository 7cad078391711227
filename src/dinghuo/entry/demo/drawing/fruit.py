"""Motifs that grow: fruit, leaves, flowers, vegetables and grain. Each fills a box from -50 to 50."""

from math import cos, pi, sin

from dinghuo.entry.demo.drawing.canvas import Canvas, circle, darken, ellipse, lighten, n, polygon, shape

GREEN = "#6aa84f"


def leaf(colour: str, turn: float = 0, x: float = 0, y: float = 0, size: float = 1) -> str:
    """A leaf of length 44 growing to the right from (x, y)."""
    place = f'transform="translate({n(x)} {n(y)}) rotate({n(turn)}) scale({size:g})"'
    blade = shape("M0 0Q14-20 44-6Q30 16 0 0Z", colour)
    vein = f'<path d="M2-1Q20-6 40-6" stroke="{darken(colour, 0.25)}" stroke-width="1.6" fill="none"/>'
    return f"<g {place}>{blade}{vein}</g>"


def citrus(rind: str, flesh: str) -> str:
    """A cut slice: rind, pith, eight segments."""
    rims = circle(0, 0, 48, rind) + circle(0, 0, 43, lighten(flesh, 0.82)) + circle(0, 0, 39, lighten(flesh, 0.25))
    segments = "".join(
        f'<path d="M0-4L11-32Q0-41-11-32Z" fill="{flesh}" transform="rotate({45 * place + 12})"/>'
        for place in range(8)
    )
    return rims + segments + shape("M-30-28Q-12-44 14-38Q-8-38-24-20Z", "#fff", 'opacity=".5"')


def gloss() -> str:
    """The bright spot on a round fruit."""
    return ellipse(-17, -16, 9, 13, "#fff", 'opacity=".45" transform="rotate(32 -17 -16)"')


def peach(c: Canvas, colour: str, flesh: str) -> str:
    """Round with a cleft, two leaves, blushing."""
    outline = "M0-34Q10-44 28-40Q50-30 47 2Q42 38 2 48Q-40 38-46 2Q-48-30-26-40Q-10-44 0-34Z"
    return (
        leaf(GREEN, -24, 2, -36)
        + leaf(darken(GREEN, 0.12), 196, 0, -36, 0.8)
        + shape(outline, c.ball(colour))
        + ellipse(20, 12, 22, 26, flesh, 'opacity=".35"')
        + f'<path d="M0-34Q-16 0 2 44" stroke="{darken(colour, 0.2)}" stroke-width="2.5" fill="none" opacity=".6"/>'
        + gloss()
    )


def apple(c: Canvas) -> str:
    outline = "M0-28Q14-42 34-34Q52-22 45 8Q36 44 14 46Q4 47 0 43Q-4 47-14 46Q-36 44-45 8Q-52-22-34-34Q-14-42 0-28Z"
    stalk = '<path d="M0-28Q0-42 8-50" stroke="#6b4423" stroke-width="4" fill="none" stroke-linecap="round"/>'
    return stalk + leaf(GREEN, -12, 4, -40, 0.85) + shape(outline, c.ball("#e0343c")) + gloss()


def tomato(c: Canvas) -> str:
    sepals = "".join(
        f'<path d="M0 0Q6-12 26-10Q10 0 0 0Z" fill="#4d9a3b" transform="translate(0-30) rotate({72 * k - 20})"/>'
        for k in range(5)
    )
    return ellipse(0, 6, 47, 41, c.ball("#e8402f")) + gloss() + sepals


def mango(c: Canvas) -> str:
    outline = "M22-44Q46-34 46-4Q40 40-8 46Q-46 42-46 14Q-40-10-10-24Q8-40 22-44Z"
    blush = shape("M22-44Q46-34 46-4Q42 20 22 34Q36-6 22-44Z", "#ef6a3a", 'opacity=".45"')
    return leaf(GREEN, 190, 22, -40, 0.9) + shape(outline, c.ball("#fdb62f")) + blush + gloss()


def lychee(c: Canvas) -> str:
    """One whole and one peeled."""
    bumps = "".join(
        circle(-14 + 17 * cos(a) * k, -6 + 17 * sin(a) * k, 2.4, "#b92f4c", 'opacity=".55"')
        for k in (0.6, 1.35)
        for a in (0.4, 1.3, 2.2, 3.1, 4.0, 4.9, 5.8)
    )
    whole = circle(-14, -6, 31, c.ball("#e4566f")) + bumps
    peeled = circle(22, 18, 26, c.ball("#fdf1f1")) + shape("M-2 30Q6 50 30 43Q44 38 47 24Q20 40-2 30Z", "#d94a66")
    return leaf(GREEN, -30, -10, -34, 0.8) + whole + peeled


def bunch(c: Canvas, colour: str) -> str:
    """Grapes in rows of four, three, two and one."""
    parts = [leaf(GREEN, -14, 2, -38, 0.95), leaf(darken(GREEN, 0.12), 188, 0, -38, 0.8)]
    for row, (y, count) in enumerate(((-22, 4), (-3, 3), (16, 2), (34, 1))):
        for place in range(count):
            x = (place - (count - 1) / 2) * 22
            parts.append(circle(x, y, 13, c.ball(colour if (row + place) % 2 else lighten(colour, 0.12))))
    return "".join(parts)


def berries(c: Canvas, colour: str) -> str:
    """Three blueberries with crowns."""
    parts = [leaf(GREEN, -30, 0, -18, 0.9)]
    for x, y, r in ((-20, -4, 25), (24, 2, 24), (0, 24, 24)):
        crown = polygon(
            (x + (8 if k % 2 else 4) * cos(k * pi / 5), y - 6 + (6 if k % 2 else 3) * sin(k * pi / 5))
            for k in range(10)
        )
        parts.append(circle(x, y, r, c.ball(colour)) + shape(crown, darken(colour, 0.35)))
    return "".join(parts)


def cherries(c: Canvas, colour: str) -> str:
    stalks = '<path d="M-20 14Q-14-24 14-44Q14-14 24 10" stroke="#5d8a3a" stroke-width="3.5" fill="none"/>'
    fruit = "".join(circle(x, y, 24, c.ball(colour)) for x, y in ((-22, 22), (24, 24)))
    shine = ellipse(-30, 13, 5, 8, "#fff", 'opacity=".5"') + ellipse(16, 15, 5, 8, "#fff", 'opacity=".5"')
    return stalks + leaf(GREEN, 4, 12, -40, 0.8) + fruit + shine


def strawberry(c: Canvas) -> str:
    outline = "M0-30Q32-44 44-16Q46 12 4 48Q0 50-4 48Q-46 12-44-16Q-32-44 0-30Z"
    spots = ((-24, -10), (0, -12), (24, -10), (-14, 8), (12, 8), (0, 26))
    seeds = "".join(ellipse(x, y, 2.2, 3.4, "#ffe08a") for x, y in spots)
    crown = "".join(
        f'<path d="M0 0Q10-10 26 4Q10 8 0 0Z" fill="#4d9a3b" transform="translate(0-34) rotate({k})"/>'
        for k in (10, 60, 120, 170, 270)
    )
    return shape(outline, c.ball("#ee3d55")) + seeds + crown


def plum(c: Canvas) -> str:
    return (
        leaf(GREEN, -20, 4, -40)
        + circle(0, 4, 42, c.ball("#9b2c5b"))
        + gloss()
        + ellipse(8, 10, 26, 30, "#c76b93", 'opacity=".28"')
    )


def leaves(colour: str) -> str:
    """A bud and two leaves, as tea is picked."""
    return (
        leaf(darken(colour, 0.18), 28, -4, 20, 1.15)
        + leaf(colour, 152, -2, 22, 1.1)
        + leaf(lighten(colour, 0.15), -78, -4, 20, 1.45)
        + f'<path d="M-4 20Q-6 34-2 46" stroke="{darken(colour, 0.2)}" stroke-width="4" fill="none"/>'
    )


def mint(colour: str) -> str:
    return "".join(
        leaf(shade, turn, 0, y, size)
        for shade, turn, y, size in (
            (darken(colour, 0.2), 20, 24, 1.1),
            (darken(colour, 0.1), 160, 22, 1.1),
            (colour, -20, 2, 1.05),
            (colour, 200, 0, 1.0),
            (lighten(colour, 0.2), -88, 0, 1.0),
        )
    )


def flower(petal: str, heart: str, petals: int = 5) -> str:
    """A blossom seen from above."""
    blades = "".join(
        f'<path d="M0 0Q-20-22 0-46Q20-22 0 0Z" fill="{petal}" stroke="{darken(petal, 0.12)}" '
        f'stroke-width="1.2" transform="rotate({360 / petals * k:g})"/>'
        for k in range(petals)
    )
    return blades + circle(0, 0, 10, heart) + circle(-2, -2, 4, lighten(heart, 0.4))


def ear(grain: str, stalk: str, pairs: int = 5) -> str:
    """An ear of grain, leaning."""
    parts = [f'<path d="M-22 48Q-6 10 8-20" stroke="{stalk}" stroke-width="3.5" fill="none" stroke-linecap="round"/>']
    for k in range(pairs):
        x, y = -8 + 4.6 * k, 16 - 13 * k
        parts.append(ellipse(x - 10, y - 6, 6, 12, grain, f'transform="rotate(-20 {n(x - 10)} {n(y - 6)})"'))
        parts.append(ellipse(x + 12, y, 6, 12, darken(grain, 0.12), f'transform="rotate(58 {n(x + 12)} {n(y)})"'))
    tip = -8 + 4.6 * pairs
    parts.append(ellipse(tip - 2, 16 - 13 * pairs + 6, 6, 13, lighten(grain, 0.15), 'transform="rotate(18)"'))
    return f'<g transform="translate(-4 6)">{"".join(parts)}</g>'


def rice() -> str:
    """Drooping ear of rice over polished grains."""
    grains = "".join(
        ellipse(x, y, 9, 4.4, "#fffdf6", f'stroke="#e2d9c0" transform="rotate({r} {x} {y})"')
        for x, y, r in ((-22, 38, 10), (-2, 42, -18), (16, 36, 24), (-8, 31, 40), (30, 43, -6))
    )
    return f'<g transform="translate(2 -8) scale(.86)">{ear("#e5b93f", "#8a9a3c", 6)}</g>{grains}'


def chili(colour: str = "#d8261c") -> str:
    body = "M-28-30Q-6-40 6-18Q18 18 46 34Q10 42-12 16Q-28-6-28-30Z"
    shine = shape("M-14-26Q-4-24 0-12Q6 8 20 22Q0 10-8-6Q-12-16-14-26Z", "#fff", 'opacity=".4"')
    stalk = '<path d="M-22-30Q-30-38-34-48" stroke="#4d8a35" stroke-width="6" stroke-linecap="round" fill="none"/>'
    return (
        stalk + shape(body, colour) + shine + ellipse(-20, -31, 12, 6, "#5e9c40", 'transform="rotate(-14 -20 -31)"')
    )


def cabbage() -> str:
    ribs = "".join(
        f'<path d="M0 44Q{x} 0 {x * 1.2:g}-34" stroke="#fff" stroke-width="4" fill="none" opacity=".75"/>'
        for x in (-20, 0, 20)
    )
    outer = shape("M0 48Q-50 40-44-6Q-46-40-20-38Q-8-52 8-42Q34-50 40-22Q54 8 36 34Q20 50 0 48Z", "#7db548")
    inner = shape("M0 46Q-34 36-28-6Q-22-34 0-32Q24-34 28-4Q32 36 0 46Z", "#b9dc7e")
    return outer + inner + ribs


def scallions() -> str:
    parts = []
    for x, turn, tall in ((-14, -14, 0), (0, 2, 4), (15, 16, 0)):
        parts.append(
            f'<g transform="rotate({turn} {x} 48)"><path d="M{x} 46V{-40 - tall}" stroke="#5c9b33" stroke-width="8" '
            f'stroke-linecap="round"/><path d="M{x} 46V12" stroke="#f4f7e6" stroke-width="9" stroke-linecap="round"/>'
            f'<path d="M{x - 2} 8V{-34 - tall}" stroke="#a4d06a" stroke-width="2"/></g>'
        )
    return "".join(parts)


def corn() -> str:
    kernels = "".join(
        circle(x, y, 5.2, "#ffd84a" if (i + j) % 2 else "#f9c22e")
        for i, y in enumerate(range(-34, 40, 9))
        for j, x in enumerate((-13, -4, 5, 14))
    )
    return (
        f'<g transform="rotate(18)"><ellipse rx="21" ry="47" fill="#f0b21f"/>{kernels}'
        '<path d="M-4 50Q-40 30-26-14Q-14 14-4 50Z" fill="#6fae3e"/>'
        '<path d="M4 50Q40 30 27-10Q14 14 4 50Z" fill="#86c14f"/></g>'
    )


def bamboo() -> str:
    stems = "".join(
        f'<rect x="{x}" y="-48" width="13" height="96" rx="5" fill="{colour}"/>'
        + "".join(f'<rect x="{x - 1}" y="{y}" width="15" height="3.5" rx="1.5" fill="#4f7d2c"/>' for y in nodes)
        for x, colour, nodes in ((-20, "#8fbf5a", (-20, 16)), (4, "#7aae46", (-32, 4, 34)))
    )
    return stems + leaf("#5e9a38", -30, 10, -18, 0.8) + leaf("#6fae3e", 200, -14, 0, 0.8)


def lavender() -> str:
    parts = []
    for x, turn in ((-16, -14), (0, 0), (16, 14)):
        buds = "".join(
            ellipse(x + d, y, 5, 7, "#9b7bd8" if d else "#8460c8") for y in (-38, -27, -16, -5) for d in (-6, 6, 0)
        )
        parts.append(
            f'<g transform="rotate({turn} {x} 48)"><path d="M{x} 48V-8" stroke="#6c9a4e" stroke-width="3"/>{buds}</g>'
        )
    return "".join(parts)


def hop() -> str:
    scales = "".join(
        f'<path d="M{x} {y}q12 4 0 24q-12-20 0-24Z" fill="{shade}"/>'
        for y, row, shade in (
            (-28, (-12, 12), "#8cbf4a"), (-16, (-22, 0, 22), "#9ccb58"), (0, (-16, 16), "#86b944"),
            (4, (0,), "#a9d468"), (16, (-9, 9), "#93c44f"), (24, (0,), "#a9d468"),
        )
        for x in row
    )  # fmt: skip
    return ellipse(0, -2, 30, 34, "#78aa3c") + scales + leaf(GREEN, -28, 4, -32, 0.9) + leaf(GREEN, 206, -4, -32, 0.8)
