"""Every screen, phone and desk, Chinese and English, light and dark: kept as a picture, nothing grave by axe, nothing
wider than the screen."""

from collections.abc import Mapping

import pytest
from tests.browser.conftest import Visit
from tests.browser.screens import CONSOLE, PORTAL, Screen, address_of, name_of
from tests.browser.visitor import Device, Language, Theme, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

LOOKS: list[tuple[Device, Language, Theme]] = [
    ("phone", "zh", "light"),
    ("phone", "en", "dark"),
    ("desk", "zh", "light"),
    ("desk", "en", "dark"),
]
_TOO_WIDE = "() => document.documentElement.scrollWidth - window.innerWidth"


async def tour(visitor: Visitor, side: str, screens: Mapping[str, Screen]) -> None:
    """Look at each; everything grave is told at once."""
    grave: dict[str, list[str]] = {}
    for route, screen in screens.items():
        await visitor.goto(await address_of(visitor, route, screen))
        await visitor.page.wait_for_timeout(300)
        await visitor.look(name_of(side, route))
        found = await visitor.graves()
        wider = await visitor.page.evaluate(_TOO_WIDE)
        if wider > 0:
            found.append(f"wider than the screen by {wider}")
        if found:
            grave[route] = found
    assert grave == {}


@pytest.mark.parametrize(("device", "language", "theme"), LOOKS)
async def test_the_console(visit: Visit, device: Device, language: Language, theme: Theme) -> None:
    visitor = await visit("/", device=device, language=language, theme=theme)
    await visitor.sign_in_to_console("boss")
    await tour(visitor, "console", CONSOLE)


@pytest.mark.parametrize(("device", "language"), [("phone", "zh"), ("phone", "en"), ("desk", "zh"), ("desk", "en")])
async def test_the_portal(visit: Visit, device: Device, language: Language) -> None:
    for who in dict.fromkeys(screen.who for screen in PORTAL.values()):
        visitor = await visit("/portal/", device=device, language=language)
        await visitor.sign_in_to_portal(who or "d002.admin")
        await tour(visitor, "portal", {route: screen for route, screen in PORTAL.items() if screen.who == who})


async def test_the_doors(visit: Visit) -> None:
    for path in ("/sign-in", "/sign-in/wecom"):
        visitor = await visit(path, device="phone")
        await visitor.look(name_of("console", path))
        await visitor.accessible()
