"""Where a decoded body does not fit its type: every place at once. A decoder stops at the first."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

Misfit = tuple[str, str]


def misfits(raw: Any, wanted: Any, place: str = "") -> Iterator[Misfit]:
    """Path and reason of each, in the order of the body; what a struct or list as a whole breaks comes only when
    its parts are in order."""
    found = False
    for misfit in _inside(raw, _plain(wanted, raw), place):
        found = True
        yield misfit
    if not found:
        try:
            msgspec.convert(raw, wanted)
        except msgspec.ValidationError as error:
            yield placed(error, place)


def placed(error: msgspec.ValidationError, place: str = "") -> Misfit:
    """What a decoder says, apart: where below `place`, and what."""
    reason, _, within = str(error).partition(" - at `$")
    return f"{place}{within.rstrip('`')}".removeprefix("."), reason


def _plain(wanted: Any, raw: Any) -> Any:
    """The type without its annotations, and of an optional one what is not null."""
    if get_origin(wanted) is Annotated:
        return _plain(get_args(wanted)[0], raw)
    if get_origin(wanted) in (Union, types.UnionType):
        parts = [part for part in get_args(wanted) if part not in (type(None), msgspec.UnsetType)]
        return _plain(parts[0], raw) if len(parts) == 1 and raw is not None else None
    return wanted


def _inside(raw: Any, wanted: Any, place: str) -> Iterator[Misfit]:
    base = get_origin(wanted) or wanted
    if isinstance(raw, dict) and isinstance(base, type) and issubclass(base, msgspec.Struct):
        yield from _in_struct(raw, wanted, base, place)
    elif isinstance(raw, list) and base is list:
        (item,) = get_args(wanted) or (Any,)
        for number, each in enumerate(raw):
            yield from misfits(each, item, f"{place}[{number}]")


def _in_struct(raw: dict[str, Any], wanted: Any, base: type[msgspec.Struct], place: str) -> Iterator[Misfit]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(wanted)}
    inner = f"{place}." if place else ""
    if base.__struct_config__.forbid_unknown_fields:
        for name in raw:
            if name not in fields:
                yield f"{inner}{name}", f"Object contains unknown field `{name}`"
    for name, field in fields.items():
        if name in raw:
            yield from misfits(raw[name], field.type, f"{inner}{name}")
        elif field.required:
            yield f"{inner}{name}", f"Object missing required field `{name}`"
