"""How a view names what its record refers to."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec


class Ref(msgspec.Struct, frozen=True):
    """What something refers to, with what people call it."""

    id: UUID
    code: str
    name: str


def ref_columns(table: Any, name: str, code: str = "code") -> list[Any]:
    """The columns of a (joined) table that `ref` reads."""
    return [table.c.id.label(f"{name}_id"), table.c[code].label(f"{name}_code"), table.c.name.label(f"{name}_name")]


def ref(row: Mapping[Any, Any], name: str) -> Ref | None:
    """The Ref in a row's columns `{name}_id`, `{name}_code` and `{name}_name`; None when nothing was joined."""
    id = row[f"{name}_id"]
    return None if id is None else Ref(id, row[f"{name}_code"], row[f"{name}_name"])
