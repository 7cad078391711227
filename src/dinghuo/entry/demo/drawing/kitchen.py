"""Motifs of the kitchen, the water and the sky: nuts, beans, fish, milk, bubbles. A box from -50 to 50 each."""

from dinghuo.entry.demo.drawing.canvas import Canvas, circle, darken, ellipse, lighten, n, rect, shape, stroke


def _turned(drawing: str, turn: float, x: float, y: float, size: float = 1) -> str:
    return f'<g transform="translate({n(x)} {n(y)}) rotate({n(turn)}) scale({size:g})">{drawing}</g>'


def scattered(one: str) -> str:
    """Three of a small thing."""
    return _turned(one, -24, -22, 10, 0.86) + _turned(one, 30, 24, 16, 0.86) + _turned(one, 4, 2, -18, 0.94)


def almond(c: Canvas) -> str:
    lines = "".join(stroke(f"M{x} 24Q{x * 1.8:g} 0 {x} -18", "#8a4b1c", 1.4, 'opacity=".5"') for x in (-9, -3, 3, 9))
    return scattered(shape("M0-34Q26-10 20 14Q14 32 0 32Q-14 32-20 14Q-26-10 0-34Z", c.ball("#c07a3a")) + lines)


def cashew(c: Canvas) -> str:
    one = shape(
        "M-26 4Q-30-26 2-30Q34-28 30 2Q26 20 14 18Q4 14 10 2Q10-8 0-8Q-10-6-8 6Q-4 24-16 22Q-24 18-26 4Z",
        c.ball("#f0d19a"),
    )
    return scattered(one)


def pistachio(c: Canvas) -> str:
    one = ellipse(0, 0, 22, 30, c.ball("#e6cfa2")) + ellipse(2, 0, 9, 25, "#8fae3f") + ellipse(0, 0, 5, 20, "#b7cf66")
    return scattered(one)


def macadamia(c: Canvas) -> str:
    one = circle(0, 0, 27, c.ball("#8c5a30")) + stroke("M-20 12Q0-16 21 8", "#f6e7c8", 4)
    return scattered(one)


def hazelnut(c: Canvas) -> str:
    one = shape("M0-32Q28-20 26 8Q18 30 0 30Q-18 30-26 8Q-28-20 0-32Z", c.ball("#b9783c")) + shape(
        "M-25 10Q0 22 25 10Q18 30 0 30Q-18 30-25 10Z", "#e2bd8c"
    )
    return scattered(one)


def walnut(c: Canvas) -> str:
    folds = "".join(
        stroke(d, "#8f6232", 3)
        for d in ("M0-38V38", "M-14-30Q-30-14-14-2Q-32 8-14 30", "M14-30Q30-14 14-2Q32 8 14 30")
    )
    return ellipse(0, 0, 40, 42, c.ball("#cfa066")) + folds


def seeds() -> str:
    one = (
        shape("M0-36Q20-4 14 22Q0 38-14 22Q-20-4 0-36Z", "#3d3531")
        + stroke("M-5 24Q-8 0-2-24", "#e9e1d2", 3)
        + stroke("M6 24Q9 0 3-24", "#e9e1d2", 3)
    )
    return scattered(one)


def peanut(c: Canvas) -> str:
    one = shape("M0-36Q20-34 18-14Q14-2 18 10Q22 34 0 36Q-22 34-18 10Q-14-2-18-14Q-20-34 0-36Z", c.ball("#e3b36b"))
    marks = "".join(ellipse(x, y, 1.6, 4, "#b98238") for x, y in ((-8, -20), (6, -22), (-8, 16), (6, 14), (0, 24)))
    return _turned(one + marks, 34, -16, 2, 1.15) + _turned(one + marks, -38, 22, 16, 0.95)


def beans(c: Canvas, colour: str) -> str:
    one = ellipse(0, 0, 20, 25, c.ball(colour)) + ellipse(5, 1, 3, 7, darken(colour, 0.35))
    return scattered(one)


def sesame(colour: str) -> str:
    places = (
        (-30, -6, 20),
        (-10, 14, -40),
        (16, 2, 60),
        (32, 20, 10),
        (-24, 30, 80),
        (6, 36, 0),
        (0, -20, -20),
        (30, -18, 40),
    )
    return "".join(
        f'<path d="M0-10Q9 2 5 8Q0 12-5 8Q-9 2 0-10Z" fill="{shade}" transform="translate({x} {y}) rotate({turn})"/>'
        for (x, y, turn), shade in zip(places, (colour, "#f3e4c3") * 4, strict=True)
    )


def cocoa() -> str:
    """Squares of chocolate, one on the other."""
    square = (
        rect(-24, -24, 48, 48, "#6b3a1e", 5)
        + shape("M-24-19L-16-14V14L-24 20Z", "#8a5230")
        + shape("M-19-24L-14-16H14L19-24Z", "#a56a42")
        + shape("M24-19L16-14V14L24 20Z", "#4c2512")
        + shape("M-19 24L-14 16H14L19 24Z", "#3c1c0d")
    )
    return _turned(square, -14, -18, 14, 0.95) + _turned(square, 16, 20, -4)


def butter() -> str:
    return (
        shape("M-42 8L-14-16L42-6L14 20Z", "#ffe9a0")
        + shape("M-42 8L14 20V44L-42 30Z", "#f6ca57")
        + shape("M14 20L42-6V16L14 44Z", "#e3ae34")
        + shape("M-20 3L6 8V32L-20 26Z", "#ffdc7c", 'opacity=".7"')
    )


def vanilla() -> str:
    pods = stroke("M-8 48Q6 0 34-42", "#4b2e18", 6) + stroke("M-22 46Q-10 6 6-34", "#6b4526", 6)
    petals = "".join(
        f'<path d="M0 0Q-14-16 0-34Q14-16 0 0Z" fill="#fff6dc" stroke="#e7d49a" transform="rotate({72 * k})"/>'
        for k in range(5)
    )
    return pods + f'<g transform="translate(-8 -2)">{petals}{circle(0, 0, 7, "#f4c542")}</g>'


def salt() -> str:
    crystal = shape("M0-22L20-10V14L0 26L-20 14V-10Z", "#f4fbff", 'stroke="#a9cfe2" stroke-width="2"')
    edge = stroke("M0 2V26M0 2L20-10M0 2L-20-10", "#bcdcea", 2)
    return scattered(crystal + edge)


def drop(c: Canvas, colour: str) -> str:
    fill = c.linear(((0, lighten(colour, 0.75), 1), (1, colour, 1)), down=True)
    body = shape("M0-48Q36-6 34 14Q30 46 0 47Q-30 46-34 14Q-36-6 0-48Z", fill)
    return body + shape("M-20 10Q-18 32 2 36Q-24 40-26 14Z", "#fff", 'opacity=".8"')


def bubbles(colour: str) -> str:
    ring = f'fill="{lighten(colour, 0.6)}" fill-opacity=".45" stroke="{lighten(colour, 0.3)}" stroke-width="2.5"'
    places = ((-14, 12, 26), (24, -16, 17), (20, 28, 12), (-22, -30, 11), (2, -40, 6), (44, 8, 6), (-44, 30, 6))
    return "".join(
        f'<circle cx="{x}" cy="{y}" r="{r}" {ring}/>' + circle(x - r * 0.35, y - r * 0.35, r * 0.22, "#fff")
        for x, y, r in places
    )


def mountains(colour: str) -> str:
    return (
        shape("M-50 34L-16-26L6 8L20-8L50 34Z", lighten(colour, 0.35))
        + shape("M-16-26L-4-7Q-12-2-16-10Q-22 0-28-5Z", "#fff")
        + shape("M-30 34L8-12L46 34Z", colour)
        + shape("M8-12L18 1Q10 6 7 0Q2 6-3 1Z", "#fff")
        + stroke("M-40 42H10M22 42H44", lighten(colour, 0.3), 3)
    )


def wave(colour: str) -> str:
    return "".join(
        stroke(f"M-48 {y}q12-16 24 0t24 0t24 0t24 0", shade, 7)
        for y, shade in ((-20, lighten(colour, 0.5)), (2, lighten(colour, 0.2)), (24, colour))
    )


def milk() -> str:
    """A crown of splashing milk."""
    crown = (
        "M-44 30Q-46 8-38-8Q-32 8-26 10Q-24-16-16-34Q-10-12-6 4Q2-24 14-46Q16-14 18 2Q26-6 36-26Q36 0 38 10"
        "Q46 18 44 30Q24 46 0 46Q-24 46-44 30Z"
    )
    return (
        shape(crown, "#fff", 'stroke="#cfe0f2" stroke-width="2"')
        + circle(-30, -26, 5, "#fff", 'stroke="#cfe0f2"')
        + circle(30, -40, 4, "#fff", 'stroke="#cfe0f2"')
        + shape("M-36 30Q0 44 36 30Q20 42 0 42Q-20 42-36 30Z", "#dbe9f7")
    )


def cloud(colour: str) -> str:
    body = "M-30 28Q-50 26-46 6Q-42-10-26-8Q-20-34 6-30Q26-28 28-8Q48-8 46 12Q44 28 26 28Z"
    return shape(body, "#fff", f'stroke="{lighten(colour, 0.5)}" stroke-width="3"')


def beef(c: Canvas) -> str:
    """A slice of shank on greens."""
    return (
        shape("M-46 16Q-30 38 6 40Q40 38 46 18Q20 44-46 16Z", "#5c9b33")
        + shape("M-44 0Q-40-30-4-32Q42-32 45-2Q44 26 4 28Q-36 28-44 0Z", c.ball("#a4472a"))
        + stroke("M-26-6Q-8-20 8-8Q22 2 32-10", "#e6b18f", 5)
        + stroke("M-18 12Q0 2 22 12", "#e6b18f", 4)
    )


def ham(c: Canvas) -> str:
    slice_ = rect(-30, -24, 60, 48, "#f2a39a", 12) + rect(-25, -19, 50, 38, "#f8bdb3", 9)
    fat = "".join(ellipse(x, y, 4, 2.6, "#fde3dc") for x, y in ((-12, -8), (8, -4), (-4, 8), (14, 10), (-16, 4)))
    return _turned(slice_ + fat, -12, -10, -8) + _turned(slice_ + fat, 8, 10, 12) + leafy(c)


def leafy(c: Canvas) -> str:
    return _turned(shape("M0 0Q14-20 40-4Q26 14 0 0Z", c.ball("#7db548")), 30, -44, 22, 0.8)


def shrimp(c: Canvas) -> str:
    body = "M32-34Q-10-50-34-18Q-50 16-24 38Q-2 50 12 40L6 30Q-14 36-20 14Q-18-6 2-8Q24-8 36-20Z"
    rings = "".join(
        stroke(d, "#fbd5bf", 3.4)
        for d in ("M4-40Q-4-24 2-10", "M-20-32Q-14-16-8-6", "M-40-6Q-26-2-18 4", "M-36 22Q-26 18-18 18")
    )
    feelers = stroke("M34-30Q46-40 42-50M32-26Q52-28 50-12", "#e4633f", 2.4)
    return (
        feelers
        + shape(body, c.ball("#f2825b"))
        + rings
        + shape("M8 42Q30 30 36 44Q26 52 8 42ZM6 34Q24 16 34 24Q28 36 6 34Z", "#e4633f")
        + circle(25, -29, 2.6, "#3a1c12")
    )


def fish(c: Canvas, colour: str) -> str:
    scales = "".join(
        stroke(f"M{x} {y}q6 6 0 12", lighten(colour, 0.45), 2)
        for x, y in ((-10, -8), (2, -12), (2, 2), (14, -6), (-10, 6))
    )
    return (
        shape("M22 0L48-22Q42 0 48 22Z", darken(colour, 0.1))
        + shape("M-6-24Q6-40 22-30Q18-20 16-16ZM-2 22Q6 34 16 30L12 18Z", darken(colour, 0.15))
        + shape("M-48 2Q-26-28 6-24Q26-16 34 0Q24 20 4 24Q-28 28-48 2Z", c.ball(colour))
        + scales
        + circle(-30, -5, 4.5, "#fff")
        + circle(-31, -5, 2.4, "#12232e")
    )


def oyster(c: Canvas) -> str:
    return (
        shape("M-46 10Q-40-34 0-38Q42-36 46 4Q40 40-2 42Q-38 40-46 10Z", c.ball("#8f8a84"))
        + shape("M-34 8Q-28-22 2-26Q32-24 34 4Q28 30-2 30Q-28 28-34 8Z", "#f3ece4")
        + shape("M-22 8Q-12-14 8-10Q26-4 18 12Q2 26-22 8Z", "#d9c7b4")
        + circle(6, 4, 6, c.ball("#fff"))
    )


def bun(c: Canvas) -> str:
    pleats = "".join(stroke(f"M0-22Q{x} -12 {x * 1.7:g} 8", "#d9c9b4", 2.4) for x in (-20, -10, 0, 10, 20))
    steam = stroke("M-14-40q-6-6 0-12M10-42q6-6 0-10", "#fff", 3, 'opacity=".9"')
    body = shape("M-46 30Q-48-4-16-20Q0-30 16-20Q48-4 46 30Q0 44-46 30Z", c.ball("#fdf6ea"))
    return steam + body + pleats


def crane(colour: str) -> str:
    """A crane over water."""
    return (
        circle(12, -10, 32, lighten(colour, 0.72))
        + shape("M-44-2Q-14-26 12-6Q26-20 46-40Q40-10 14 6Q-4 18-26 12Q-14 6-16 2Q-32 2-44-2Z", "#fff")
        + shape("M46-40Q40-10 14 6Q26-8 30-24Z", "#2f3640")
        + stroke("M-26 10Q-42 8-40-10Q-40-16-46-18", "#fff", 4)
        + shape("M-46-20L-50-17L-44-15Z", "#c0392b")
        + stroke("M0 12L14 42M-6 14L4 42", "#39424d", 2)
        + stroke("M-42 40Q-20 32 0 40T42 40", lighten(colour, 0.35), 3)
    )


def milk_glass(c: Canvas) -> str:
    glass = "M-26-44H26L20 42Q19 48 12 48H-12Q-19 48-20 42Z"
    milk = c.linear(((0, "#e8eef5", 1), (0.3, "#ffffff", 1), (1, "#dfe7f0", 1)))
    return (
        shape(glass, "#eaf4fb", 'opacity=".75" stroke="#c3d5e4" stroke-width="1.5"')
        + shape("M-23-24H23L18 40Q17 45 11 45H-11Q-17 45-18 40Z", milk)
        + ellipse(0, -24, 23, 4.5, "#ffffff", 'stroke="#dbe6f0"')
        + rect(-19, -38, 4, 70, "#fff", 2, 'opacity=".9"')
    )


def cup(c: Canvas) -> str:
    """A small porcelain cup for spirits."""
    return (
        shape("M-34-16Q-30 34-12 40V46H12V40Q30 34 34-16Z", c.ball("#fbfcfe"))
        + ellipse(0, -16, 34, 9, "#eef2f6", 'stroke="#d5dde6"')
        + ellipse(0, -14, 28, 6, "#dfe9ee")
        + stroke("M-28 6Q0 18 28 6", "#123c69", 2.4, 'opacity=".7"')
    )


def pebbles(c: Canvas) -> str:
    return (
        ellipse(-14, 30, 32, 16, c.ball("#93a5ad"))
        + ellipse(22, 34, 24, 12, c.ball("#b5c2c7"))
        + ellipse(2, 12, 22, 11, c.ball("#cfd8db"))
    )


def ice(c: Canvas) -> str:
    """Two cubes of ice."""
    light = c.linear(((0, "#ffffff", 0.95), (0.5, "#dff1fb", 0.8), (1, "#b5dcf2", 0.85)), down=True)
    cube = rect(-21, -21, 42, 42, light, 9, 'stroke="#fff" stroke-width="2"') + shape(
        "M-13-12Q-4-16 8-14Q-8-8-12 6Z", "#fff", 'opacity=".9"'
    )
    return _turned(cube, -12, -16, 22) + _turned(cube, 18, 22, 28, 0.82) + _turned(cube, 34, 4, -12, 0.7)
