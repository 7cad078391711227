"""What is known of every operation: each room beside this file writes its own into it."""

from collections.abc import Callable

from tests.security.calls import Call
from tests.security.company import Company

# What kind of record a path, a query or a body names by this word; `Schema.word` where only one schema means it so.
RECORDS: dict[str, str] = {}
# Texts that name nothing, each with one that will do; left out of a body where they may be, but for names.
PLAIN: dict[str, str] = {
    "currency": "CNY",
    "cursor": "",
    "label": "",
    "name": "改过的名称",
    "name_en": "",
    "note": "",
    "search": "名称",
    "since": "",
    "state": "active",
}
# How the paths end of what is posted without a body.
WITHOUT_BODY: set[str] = set()

Bodies = Callable[[Company], list[Call]]
BODIES: dict[str, Bodies] = {}


class NoRecipe(Exception):
    """The contract names something these tests do not know."""


def bodies(*names: str) -> Callable[[Bodies], Bodies]:
    """Says the bodies of these operations (and, where it matters, their paths)."""

    def register(made: Bodies) -> Bodies:
        BODIES.update(dict.fromkeys(names, made))
        return made

    return register
