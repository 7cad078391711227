"""What came of one slice of a plain sheet, in a form that can be kept and read again."""

from collections.abc import Sequence
from typing import Any

import msgspec

from dinghuo.kit.errors import MESSAGES, Fault


class Told(msgspec.Struct, frozen=True):
    """A fault as it is kept: its message by code. `line` counts the rows read, from 0."""

    line: int
    code: str
    field: str
    params: dict[str, Any]

    def fault(self) -> Fault:
        return Fault(MESSAGES[self.code], self.field, params=self.params)


class Outcome(msgspec.Struct, frozen=True):
    """`lines` were taken or set aside; `made` are the words that were made for them, by what they are."""

    lines: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    made: dict[str, list[str]] = {}
    warnings: list[Told] = []
    faults: list[Told] = []


def told(line: int, fault: Fault, field: str) -> Told:
    return Told(line, fault.message.code, field, plain(fault.params))


def plain(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters as JSON keeps them."""
    return {name: value if isinstance(value, (int, str)) else str(value) for name, value in params.items()}


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """What came of all slices; each word counts once."""
    made: dict[str, set[str]] = {}
    for outcome in outcomes:
        for name, words in outcome.made.items():
            made.setdefault(name, set()).update(words)
    return Outcome(
        sum(each.lines for each in outcomes),
        sum(each.created for each in outcomes),
        sum(each.updated for each in outcomes),
        sum(each.unchanged for each in outcomes),
        {name: sorted(words) for name, words in made.items() if words},
        [each for outcome in outcomes for each in outcome.warnings],
        [each for outcome in outcomes for each in outcome.faults],
    )
