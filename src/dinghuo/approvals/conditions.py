"""Conditions that managers write, in CEL: compiled once, checked against the facts of their kind, asked often.

CEL has no decimals: a fact is compared as the nearest binary fraction, and so is a number in a condition, so that
`discount > 0.15` is exact for a discount of 0.15. A fact that is not known is 0, empty or false.
"""

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import cel

from dinghuo.approvals.kinds import Fact, Kind
from dinghuo.kit.errors import MALFORMED, Fault, Message
from dinghuo.kit.texts import TOO_LONG

LONGEST = 2000
# How many made-up subjects a new condition is tried on: what it compares in a later branch has to be met too.
_TRIES = 300

SYNTAX = Message(
    "condition-syntax",
    "条件写法有误，第 {column} 个字符附近：{reason}",
    "The condition cannot be read, near character {column}: {reason}",
    MALFORMED,
)
UNKNOWN_FACT = Message(
    "condition-unknown-fact",
    "没有“{name}”这个字段；可用的有：{known}",
    "There is no fact '{name}'; there are: {known}",
    MALFORMED,
)
UNKNOWN_FUNCTION = Message(
    "condition-unknown-function",
    "条件中不能使用函数“{name}”",
    "A condition cannot use the function '{name}'",
    MALFORMED,
)
TYPES = Message(
    "condition-type",
    "条件中的类型不匹配（{types}）：{reason}",
    "Things are compared that do not go together ({types}): {reason}",
    MALFORMED,
)
NOT_YES_OR_NO = Message(
    "condition-not-yes-or-no",
    "条件的结果应为“是”或“否”，而不是 {result}",
    "A condition says yes or no, not {result}",
    MALFORMED,
)
EMPTY = Message("condition-empty", "请填写条件；总是需要审批时填 true", "Say when: `true` is always", MALFORMED)

_ZERO: Mapping[str, Any] = {"number": 0.0, "integer": 0, "text": "", "flag": False, "texts": []}
_TYPE_ZH = {"number": "数字", "integer": "整数", "text": "文本", "flag": "是否", "texts": "文本列表"}
# Operators are functions too, named with underscores or signs; these are the others.
_FUNCTIONS = frozenset({"size", "contains", "startsWith", "endsWith", "matches", "in", "double", "int", "string"})
_PLAIN_NAME = re.compile(r"[A-Za-z]\w*")
_STUMBLED = re.compile(r"<input>:\d+:(\d+): (?:Syntax error: )?(.*?)(?: expecting .*)?(?:\n|$)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TEXT = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")
_BOUND = re.compile(r"\.(?:all|exists|exists_one|filter|map)\s*\(\s*([A-Za-z_]\w*)\s*,")


class Condition:
    """A compiled condition and the facts it asks for."""

    def __init__(self, source: str) -> None:
        """Raises `ValueError` for what is no CEL."""
        self.source = source
        self._program = cel.compile(source)
        bound = set(_BOUND.findall(source))
        self.uses: tuple[str, ...] = tuple(name for name in self._program.variables() if name not in bound)
        self.functions: tuple[str, ...] = tuple(self._program.functions())

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it holds for these values (`as_values`). What cannot be told needs somebody to look at it."""
        try:
            return bool(self._program.execute(dict(values)))
        except Exception:  # the library's own kinds vary
            return True

    def result(self, values: Mapping[str, Any]) -> Any:
        return self._program.execute(dict(values))


def as_values(facts: Mapping[str, Any], asked: Iterable[Fact]) -> dict[str, Any]:
    """The facts that are asked for, as conditions see them."""
    return {fact.name: _as_value(fact, facts.get(fact.name)) for fact in asked}


def _as_value(fact: Fact, value: Any) -> Any:
    if value is None:
        return _ZERO[fact.type]
    return float(value) if fact.type == "number" else value


def condition_faults(source: str, kind: Kind, field: str = "condition") -> Iterator[Fault]:
    """Everything that is wrong with a condition over this kind's facts."""
    if not source.strip():
        yield EMPTY(field)
        return
    if len(source) > LONGEST:
        yield TOO_LONG(field, most=LONGEST)
        return
    try:
        condition = Condition(source)
    except Exception as error:  # the library's own kinds vary
        yield SYNTAX(field, **_place(error))
        return
    known = [fact.name for fact in kind.facts]
    unknown = [name for name in condition.uses if name not in known]
    for name in unknown:
        yield UNKNOWN_FACT(field, name=name, known="、".join(known))
    foreign = [name for name in condition.functions if _PLAIN_NAME.fullmatch(name) and name not in _FUNCTIONS]
    for name in foreign:
        yield UNKNOWN_FUNCTION(field, name=name)
    if not unknown and not foreign:
        yield from _tried(condition, kind, field)


def _tried(condition: Condition, kind: Kind, field: str) -> Iterator[Fault]:
    """Try it on made-up subjects: CEL as it comes here has no types before it is asked."""
    facts = [fact for name in condition.uses if (fact := kind.fact(name)) is not None]
    for values in _made_up(facts, condition.source):
        try:
            result = condition.result(values)
        except Exception as error:
            types = "、".join(f"{fact.name}: {_TYPE_ZH[fact.type]}/{fact.type}" for fact in facts)
            yield TYPES(field, types=types, reason=_first_line(error))
            return
        if not isinstance(result, bool):
            yield NOT_YES_OR_NO(field, result=str(result)[:40])
            return


def _made_up(facts: Sequence[Fact], source: str) -> Iterator[dict[str, Any]]:
    """Subjects on both sides of every number, and with every text, that the condition names."""
    numbers = [float(text) for text in _NUMBER.findall(source)]
    texts = ["", "?", *(one or other for one, other in _TEXT.findall(source))]
    chance = random.Random(source)  # noqa: S311 - the same condition is tried on the same subjects
    around = [0.0, 1.0, -1.0, *(n + d for n in numbers for d in (-1, -0.001, 0, 0.001, 1))]
    choices: dict[str, list[Any]] = {
        "number": around,
        "integer": [0, 1, *(int(n) + d for n in numbers for d in (-1, 0, 1))],
        "text": texts,
        "flag": [False, True],
        "texts": [[], *([text] for text in texts)],
    }
    yield {fact.name: _ZERO[fact.type] for fact in facts}
    for _ in range(_TRIES if facts else 0):
        yield {fact.name: chance.choice(choices[fact.type]) for fact in facts}


def _place(error: Exception) -> dict[str, Any]:
    """Where the parser stumbled, and over what."""
    found = _STUMBLED.search(str(error))
    return {"column": found[1], "reason": found[2]} if found else {"column": "?", "reason": _first_line(error)}


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:300]


def plain(value: Any) -> Any:
    """A fact as it is kept: decimals are texts, which JSON keeps to the cent."""
    return f"{value:f}" if isinstance(value, Decimal) else value
