"""A screen that is in the sources is on the tour of test_screens, or in a story of its own."""

from pathlib import Path

from tests.browser.screens import CONSOLE, PORTAL, STORIES, routes


def test_every_screen_is_visited() -> None:
    assert routes() == {*CONSOLE, *PORTAL, *STORIES}
    stories = {path.stem for path in Path(__file__).parent.glob("test_*.py")}
    assert set(STORIES.values()) <= stories
