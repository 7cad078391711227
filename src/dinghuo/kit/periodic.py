"""Work that comes back: an event that, when it is done, is emitted again for the next slot of its period.

The event's id is made from its slot, so that delivering one twice, or asking for it in several processes, still
leaves one event a slot.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Event, emit_once

# The subject of what concerns a tenant as a whole.
TENANT = UUID(int=0)

Period = tuple[Event, timedelta]
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


async def schedule(tx: Tx, event: Event, every: timedelta) -> None:
    """Emit the event for the next slot, unless it is there already."""
    await schedule_all(tx, [(event, every)])


async def schedule_all(tx: Tx, periods: Sequence[Period]) -> None:
    """Start what comes back, or make sure that it goes on."""
    due = [next_slot(tx.tenant_id, event, every, tx.now) for event, every in periods]
    await emit_once(
        tx, [(_slot_id(event, moment), event, moment) for (event, _), moment in zip(periods, due, strict=True)]
    )


def next_slot(tenant_id: int, event: Event, every: timedelta, now: datetime) -> datetime:
    """The next moment of this tenant's rhythm: tenants are spread over the period, so that none waits for all."""
    spread = int.from_bytes(hashlib.sha256(f"{tenant_id} {event.kind()}".encode()).digest()[:4]) / 2**32
    start = _EPOCH + every * spread
    return start + every * ((now - start) // every + 1)


def _slot_id(event: Event, due: datetime) -> UUID:
    """A UUIDv7 of the slot whose random part is not random, but the event's own."""
    milliseconds = int(due.timestamp() * 1000)
    own = int.from_bytes(hashlib.sha256(f"{event.kind()} {event.subject_id}".encode()).digest()[:8])
    return UUID(int=milliseconds << 80 | 7 << 76 | (own >> 52) << 64 | 2 << 62 | own & (1 << 62) - 1)
