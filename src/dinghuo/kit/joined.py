"""Several inserts as one statement: each round to the server costs both sides as much as several orders do."""

import re
from functools import lru_cache
from typing import Any

import msgspec

_PARAMETER = re.compile(r"\$(\d+)")


class Part(msgspec.Struct, frozen=True):
    """One insert: `$1` is the tenant, `$2` on are its arguments."""

    sql: str
    rows: int
    arguments: tuple[Any, ...]


class Joined(msgspec.Struct, frozen=True):
    """The one statement, and which of its parts tell how many rows they wrote, in which column."""

    sql: str
    counted: tuple[tuple[int, str], ...]


@lru_cache(maxsize=256)
def joined(parts: tuple[str, ...]) -> Joined:
    """The inserts as one statement. Their arguments follow each other; only those that may pass a row by count."""
    shift = 0
    written: list[str] = []
    counted: list[tuple[int, str]] = []
    for number, sql in enumerate(parts):
        own = max(int(found) for found in _PARAMETER.findall(sql)) - 1
        shifted = _shifted(sql, shift)
        if "on conflict" in sql.lower():
            counted.append((number, f"rows_{number}"))
            shifted += " returning 1"
        written.append(f"part_{number} as ({shifted})")
        shift += own
    columns = [f"(select count(*) from part_{number}) as {name}" for number, name in counted]  # noqa: S608 - counted here
    return Joined(f"with {', '.join(written)} select {', '.join(columns) or '1'}", tuple(counted))


def _shifted(sql: str, shift: int) -> str:
    """With every parameter but the tenant so many places further on."""
    return _PARAMETER.sub(lambda found: "$1" if found[1] == "1" else f"${int(found[1]) + shift}", sql)
