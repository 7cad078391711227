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
    name_en: str | None = None


def ref_columns(table: Any, name: str, code: str = "code") -> list[Any]:
    """The columns of a (joined) table that `ref` reads."""
    read = {"id": "id", "code": code, "name": "name"} | ({"name_en": "name_en"} if "name_en" in table.c else {})
    return [table.c[column].label(f"{name}_{part}") for part, column in read.items()]


def ref(row: Mapping[Any, Any], name: str) -> Ref | None:
    """The Ref in a row's columns `{name}_id`, `{name}_code` and so on; None when nothing was joined."""
    id = row[f"{name}_id"]
    return None if id is None else Ref(id, row[f"{name}_code"], row[f"{name}_name"], row.get(f"{name}_name_en"))
