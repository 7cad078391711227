"""Keyset pages: a cursor is the key of the last row seen, so page one thousand costs what page one does."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from dinghuo.kit.errors import MALFORMED, Message, Refused

T = TypeVar("T")

BAD_CURSOR = Message(
    "bad-cursor",
    "分页游标无效，请从第一页重新开始",
    "This cursor is not valid: start again from the first page",
    MALFORMED,
)
MOST = 200


class Page(msgspec.Struct, Generic[T], frozen=True):
    """`items` in order; `cursor` fetches the next page, null on the last one."""

    items: list[T]
    cursor: str | None = None


def encode_cursor(key: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(list(key))).decode().rstrip("=")


def decode_cursor(cursor: str, types: tuple[type, ...]) -> tuple[Any, ...]:
    """The key inside a cursor, its values checked against `types`; refused when it was tampered with."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if b"\\u0000" in raw:
            raise ValueError("no text of the database holds this")
        return tuple(
            msgspec.convert(value, kind, strict=False)
            for value, kind in zip(msgspec.json.decode(raw, type=list[Any]), types, strict=True)
        )
    except (ValueError, msgspec.MsgspecError) as error:
        raise Refused(BAD_CURSOR("cursor")) from error


def page(rows: Sequence[Any], limit: int, key: Callable[[Any], Sequence[Any]], view: Callable[[Any], T]) -> Page[T]:
    """Make a page of rows that were asked for with `limit + 1`: the extra row only says that there is more."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page([view(row) for row in shown], encode_cursor(key(shown[-1])) if more and shown else None)
