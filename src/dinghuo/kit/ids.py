"""Identifiers: UUIDv7, made here and never by the database, so that they sort by time and are known early."""

import secrets
from datetime import datetime
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A UUIDv7 of now. Increasing within this process."""
    return UUID(int=uuid_utils.uuid7().int)


def new_ids(count: int) -> list[str]:
    """Many ids of now at once, as text: one of `new_id` and those that follow it (RFC 9562, section 6.2)."""
    first = uuid_utils.uuid7().int
    return [f"{first + number:032x}" for number in range(count)]


def new_id_text() -> str:
    """Like `new_id`, as text: for rows that nothing else in this process refers to. A fifth of the time."""
    return str(uuid_utils.uuid7())


def new_id_at(at: datetime, order: int = 0) -> UUID:
    """A UUIDv7 of a given moment: documents sort by when they happened, imported history included.

    `order` (0 … 4095) sorts ids of one millisecond; it takes the place of the layout's first random bits
    (RFC 9562, section 6.2, method 1).
    """
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | (order & 0xFFF) << 64 | 2 << 62 | secrets.randbits(62))


def first_id_at(moment: datetime) -> UUID:
    """The smallest UUIDv7 of a moment: a range of days becomes a range of the primary key."""
    return UUID(int=_milliseconds(moment) << 80)


def last_id_at(moment: datetime) -> UUID:
    return UUID(int=(_milliseconds(moment) << 80) | ((1 << 80) - 1))


def _milliseconds(moment: datetime) -> int:
    """Since 1970; no id is older."""
    return max(int(moment.timestamp() * 1000), 0)
