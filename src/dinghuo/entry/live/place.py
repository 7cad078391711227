"""Where somebody is in the news: the text that a stream's `id` and the cursor of `changes` are.

Ids of events are of the moment they were made, and their transactions may commit in another order. So whoever goes
on from a place looks back over `OVERLAP` too; ids in `had` were told from there and are not told again.
"""

import re
import zlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

OVERLAP = timedelta(seconds=30)
_MOST_HAD = 64
_FORM = re.compile(r"([0-9a-f]{32})-([0-9]{1,15})-([0-9]{1,15})-([0-9]{1,15})-([0-9a-f]{8})(?:-((?:[0-9a-f]{8})+))?")
_VERSIONS = ("pricing", "catalogue", "parties")


class Place(msgspec.Struct, frozen=True):
    """After this event, with these versions of master data, seen with these rights."""

    event_id: UUID
    versions: Mapping[str, int]
    mark: int
    had: frozenset[int] = frozenset()

    def text(self) -> str:
        versions = "-".join(str(self.versions.get(kind, 0)) for kind in _VERSIONS)
        had = "".join(f"{one:08x}" for one in sorted(self.had))
        return f"{self.event_id.hex}-{versions}-{self.mark:08x}" + (f"-{had}" if had else "")

    @property
    def looks_from(self) -> UUID:
        return earlier(self.event_id, OVERLAP)


def read_place(text: str) -> Place | None:
    """None for what is no place."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    versions = dict(zip(_VERSIONS, map(int, found.group(2, 3, 4)), strict=True))
    had = found[6] or ""
    hashes = frozenset(int(had[i : i + 8], 16) for i in range(0, len(had), 8))
    return Place(UUID(hex=found[1]), versions, int(found[5], 16), hashes)


def mark_of(event_id: UUID) -> int:
    """A short name of an event, good enough among the few of half a minute."""
    return zlib.crc32(event_id.bytes)


def had_since(event_ids: Collection[UUID], newest: UUID) -> frozenset[int]:
    """Those to be remembered as told when going on from the newest."""
    begin = earlier(newest, OVERLAP)
    return frozenset(mark_of(id) for id in sorted(event_ids, reverse=True)[:_MOST_HAD] if id >= begin)


def first_id(at: datetime) -> UUID:
    """The smallest UUIDv7 of a moment."""
    return UUID(int=max(int(at.timestamp() * 1000), 0) << 80)


def earlier(id: UUID, by: timedelta) -> UUID:
    """The smallest id that may have been made so much before this one."""
    return UUID(int=max((id.int >> 80) - int(by.total_seconds() * 1000), 0) << 80)
