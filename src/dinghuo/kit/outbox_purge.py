"""Settled events are kept for a month, for those who ask what happened, and then removed."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery, Event
from dinghuo.kit.periodic import TENANT, schedule

KEPT = timedelta(days=30)
EVERY = timedelta(hours=1)
_MOST = 20_000


class PurgeDue(Event, frozen=True, kw_only=True, tag="outbox.purge_due"):
    """It is time to remove what was settled long ago."""


async def purge_when_due(tx: Tx, _deliveries: Sequence[Delivery]) -> None:
    await purge(tx)
    await schedule(tx, PurgeDue(subject_id=TENANT), EVERY)


async def purge(tx: Tx) -> int:
    """Remove events settled longer than `KEPT` ago, with their marks, but none that an operator has yet to see."""
    before = tx.now - KEPT
    oldest_kept = UUID(int=int(before.timestamp() * 1000) << 80)  # ids are of the moment they were made
    return await tx.write(_PURGE, oldest_kept, before, _MOST)


_PURGE = """
with old as (
  select e.id from outbox_event e
  where e.tenant_id = $1 and e.id < $2 and e.settled_at < $3
    and not exists (
      select from outbox_mark m where m.tenant_id = $1 and m.event_id = e.id and m.state = 'parked'
    )
  order by e.id limit $4
), marks as (
  delete from outbox_mark where tenant_id = $1 and event_id in (select id from old)
)
delete from outbox_event where tenant_id = $1 and id in (select id from old)
"""
