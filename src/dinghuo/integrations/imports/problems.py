"""Why an import failed, kept so that it can be told in any language."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from dinghuo.integrations.plain_sheets.outcome import plain
from dinghuo.kit.errors import MESSAGES, Fault, FaultView, Language


def kept(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    return [{"code": each.message.code, "field": each.field, "params": plain(each.params)} for each in faults]


def told(code: str, params: dict[str, Any], language: Language) -> str:
    """The sentence of a fault that was kept; its code where this version of the program no longer knows it."""
    message = MESSAGES.get(code)
    return message.sentence(language, params) if message else code


class _Kept(msgspec.Struct):
    code: str
    field: str
    params: dict[str, Any]


def problem_views(problem: Sequence[Any] | None, language: Language) -> list[FaultView] | None:
    if problem is None:
        return None
    faults = msgspec.convert(problem, list[_Kept])
    return [FaultView(each.code, told(each.code, each.params, language), each.field) for each in faults]
