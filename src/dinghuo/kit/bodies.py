"""Bodies and answers of bulk routes: many items in, and every one that does not fit its schema named at once."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec
from litestar import Request, Response
from litestar.exceptions import ValidationException
from litestar.utils.scope.state import ScopeState

from dinghuo.kit.bulk import Saved
from dinghuo.kit.errors import FaultView, Language, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.http import INVALID, language_of, on_validation, problem_response

T = TypeVar("T")


class Items(msgspec.Struct, Generic[T], forbid_unknown_fields=True):
    """What to create or update, all or nothing."""

    items: list[T]


class SavedView(msgspec.Struct, frozen=True):
    """How many were created, updated, and the same already. Warnings stopped nothing."""

    created: int
    updated: int
    unchanged: int
    warnings: list[FaultView] = []


def saved_view(saved: Saved, language: Language) -> SavedView:
    warnings = [
        FaultView(fault.message.code, fault.sentence(language), fault.field, fault.line, fault.params)
        for fault in saved.warnings
    ]
    return SavedView(saved.created, saved.updated, saved.unchanged, warnings)


def every_item(item: type[msgspec.Struct]) -> dict[Any, Any]:
    """The `exception_handlers` of a bulk route of these items. A decoder stops at the first fault; here are all."""

    def on_invalid(request: Request[Any, Any, Any], error: ValidationException) -> Response[Any]:
        body = ScopeState.from_scope(request.scope).body
        try:
            items = msgspec.json.decode(body if isinstance(body, bytes) else b"", type=Items[Any]).items
        except msgspec.MsgspecError:
            return on_validation(request, error)
        faults = Faults()
        for line, raw in enumerate(items):
            for field, reason in _misfits(raw, item):
                faults.add(line, field, INVALID, reason=reason)
        return problem_response(Refused(faults), language_of(request)) if faults else on_validation(request, error)

    return {ValidationException: on_invalid}


def _misfits(raw: Any, item: type[msgspec.Struct]) -> Iterator[tuple[str, str]]:
    """Field by field what does not fit, and why."""
    if not isinstance(raw, dict):
        yield "", f"Expected `object`, got `{type(raw).__name__}`"
        return
    fields = {field.name: field for field in msgspec.structs.fields(item)}
    for name in raw.keys() - fields.keys():
        yield name, f"Object contains unknown field `{name}`"
    for name, field in fields.items():
        if name not in raw:
            if field.required:
                yield name, f"Object missing required field `{name}`"
            continue
        try:
            msgspec.convert(raw[name], field.type, strict=False)
        except msgspec.ValidationError as error:
            reason, _, place = str(error).partition(" - at `$")
            yield name + place.rstrip("`"), reason
