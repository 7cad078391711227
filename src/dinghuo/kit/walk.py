"""Lists narrowed by what no index begins at: a part of a word, a difference of sums, what is *not* there.

Of a million rows there may be half or none that are wanted. A page of such a list looks at so many rows and no more;
when it has found fewer than were asked for it says so by a cursor, from which the next page goes on looking.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select

from dinghuo.kit.database import Tx
from dinghuo.kit.paging import Page, encode_cursor, page

T = TypeVar("T")

MOST = 10_000
"""Rows that one page looks at."""


async def end_of_walk(tx: Tx, keys: Select[Any]) -> Any:
    """Of keys in the list's order, from where the page begins, the last it looks at; None when they end sooner."""
    rows = await tx.rows(keys.offset(MOST - 1).limit(1))
    return rows[0][0] if rows else None


def walked(
    rows: Sequence[Any],
    limit: int,
    key: Callable[[Any], Sequence[Any]],
    view: Callable[[Any], T],
    end: Sequence[Any] | None,
) -> Page[T]:
    """A page of rows that were asked for with `limit + 1` as far as `end`; beyond it nobody has looked yet."""
    found = page(rows, limit, key, view)
    return found if found.cursor is not None or end is None else Page(found.items, encode_cursor(end))
