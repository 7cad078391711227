"""Events read back from the outbox, and what somebody is told who was away."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.entry.live.messages import REFRESH, Message, Viewer, collapsed
from dinghuo.entry.live.place import Place, first_id, had_since, mark_of
from dinghuo.flow.live import KINDS, VERSIONS, Item, items_of, merged_stock
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery

# Who missed more than these events starts afresh.
MOST_MISSED = 500

_SINCE = """
select id, kind, subject_id, data::text as data, created_at from outbox_event
where tenant_id = $1 and id >= $2 and kind = any($3::text[]) order by id desc limit $4
"""
_THESE = """
select id, kind, subject_id, data::text as data, created_at from outbox_event
where tenant_id = $1 and id = any($2::uuid[]) and kind = any($3::text[]) order by id
"""
_IDS = """
select id from outbox_event where tenant_id = $1 and id >= $2 and kind = any($3::text[]) order by id
"""


async def items_since(tx: Tx, start: UUID) -> list[Item] | None:
    """What happened since, in order; None when it was too much."""
    rows = await tx.fetch(_SINCE, start, KINDS, MOST_MISSED + 1)
    return None if len(rows) > MOST_MISSED else await items_of(tx, _deliveries(reversed(rows)))


async def items_of_these(tx: Tx, ids: Collection[UUID]) -> list[Item]:
    """What screens are told of these events; those of other kinds, or not there, are passed over."""
    return await items_of(tx, _deliveries(await tx.fetch(_THESE, sorted(ids), KINDS))) if ids else []


async def ids_since(tx: Tx, start: UUID) -> list[UUID]:
    return [row["id"] for row in await tx.fetch(_IDS, start, KINDS)]


def _deliveries(rows: Any) -> list[tuple[Delivery, datetime]]:
    return [
        (
            Delivery(row["id"], row["kind"], row["subject_id"], msgspec.json.decode(row["data"] or "{}")),
            row["created_at"],
        )
        for row in rows
    ]


class Followed(msgspec.Struct, frozen=True):
    """What somebody is told who goes on from a place, and where they are then."""

    messages: list[Message]
    place: Place


def here(now: datetime, versions: Mapping[str, int], mark: int, newest: UUID | None = None) -> Place:
    """The place of somebody who knows everything until now."""
    at = first_id(now)
    return Place(max(at, newest) if newest is not None else at, versions, mark)


def follow(
    items: Sequence[Item] | None, viewer: Viewer, place: Place, *, versions: Mapping[str, int], now: datetime
) -> Followed:
    """What this viewer has not been told yet. `items` are all since the place, looking back over the overlap; None:
    too many."""
    newest = max((item.event_id for item in items or ()), default=place.event_id)
    arrived = here(now, versions, viewer.mark, max(newest, place.event_id))
    if items is None:
        return Followed([REFRESH], arrived)
    told = [(item, message) for item in items if (message := viewer.told(item)) is not None]
    fresh = [(item, message) for item, message in told if mark_of(item.event_id) not in place.had]
    had = had_since([item.event_id for item, _ in told], arrived.event_id)
    stock = [item for item, _ in fresh if item.stock is not None]
    messages = collapsed(message for item, message in fresh if item.stock is None)
    if stock and (message := viewer.told(merged_stock(stock))) is not None:
        messages.append(message)
    messages += changed_versions(viewer, place.versions, versions)
    if place.mark != viewer.mark:
        messages.append(Message(kind="me.changed", id=None))
    return Followed(messages, msgspec.structs.replace(arrived, had=had))


def changed_versions(viewer: Viewer, old: Mapping[str, int], new: Mapping[str, int]) -> list[Message]:
    """What this viewer is told of master data that has another version."""
    told = [viewer.told_version(kind, new.get(kind, 0)) for kind in VERSIONS if old.get(kind, 0) != new.get(kind, 0)]
    return [message for message in told if message is not None]
