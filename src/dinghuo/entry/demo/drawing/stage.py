"""The studio: a tinted wall with a soft disc of light, a low round stage, shadows, and the flavour as a prop."""

from dinghuo.entry.demo.drawing.canvas import CENTRE, FLOOR, Canvas, circle, darken, lighten, mix, n, rect, shape
from dinghuo.entry.demo.drawing.labels import Look


def backdrop(c: Canvas, look: Look) -> None:
    """Wall, light and stage."""
    tint = mix(look.light, look.deep, 0.12)
    wall, stage = lighten(tint, 0.62), lighten(tint, 0.5)
    c.add(
        rect(0, 0, 400, 400, c.fade(lighten(tint, 0.86), wall)),
        circle(CENTRE, 178, 150, c.radial(((0, "#fff", 0.95), (0.7, "#fff", 0.55), (1, "#fff", 0.15)))),
        shape("M0 318Q200 296 400 318V400H0Z", c.fade(lighten(tint, 0.56), lighten(tint, 0.74))),
    )
    top, low = FLOOR - 2, FLOOR + 20
    side = f"M48 {top}A152 26 0 0 0 352 {top}V{low}A152 26 0 0 1 48 {low}Z"
    edge = c.linear(
        ((0, darken(stage, 0.12), 1), (0.25, lighten(stage, 0.5), 1), (0.6, stage, 1), (1, darken(stage, 0.16), 1))
    )
    c.ellipse(CENTRE, low + 20, 176, 20, c.radial(((0, darken(tint, 0.5), 0.32), (1, darken(tint, 0.5), 0))))
    c.path(side, edge)
    c.ellipse(CENTRE, top, 152, 26, c.linear(((0, lighten(stage, 0.35), 1), (1, lighten(stage, 0.7), 1)), down=True))


def prop(c: Canvas, look: Look, x: float, y: float, size: float, turn: float) -> None:
    """What it is made of, lying on the stage with its own small shadow."""
    shadow = darken(look.deep, 0.4)
    c.ellipse(x + 2, y + size * 0.45, size * 0.4, size * 0.09, shadow, 'opacity=".16"')
    place = f"translate({n(x)} {n(y)}) rotate({n(turn)}) scale({size / 100:g})"
    c.add(f'<use href="#{look.prop}" transform="{place}"/>')


def stand(c: Canvas, half: float) -> None:
    """The shadow under what stands on the stage: a wide soft one and a narrow dark one."""
    soft = c.radial(((0, "#1b2430", 0.34), (0.6, "#1b2430", 0.14), (1, "#1b2430", 0)))
    c.ellipse(CENTRE + half * 0.22, FLOOR + 3, half * 1.45, 15, soft)
    c.add(f'<ellipse cx="{CENTRE}" cy="{FLOOR}" rx="{n(half * 1.02)}" ry="6" fill="#1b2430" opacity=".3"/>')
