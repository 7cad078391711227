"""Idempotency keys are kept for a month and then removed, but those of what must never be done again."""

from collections.abc import Sequence
from datetime import timedelta

from dinghuo.kit.database import Tx
from dinghuo.kit.idempotency import PASSING
from dinghuo.kit.outbox import Delivery, Event
from dinghuo.kit.periodic import TENANT, schedule

KEPT = timedelta(days=30)
EVERY = timedelta(minutes=10)
_MOST = 20_000


class KeyPurgeDue(Event, frozen=True, kw_only=True, tag="idempotency.purge_due"):
    """It is time to remove the keys that nobody will send again."""


async def purge_keys_when_due(tx: Tx, _deliveries: Sequence[Delivery]) -> None:
    await purge_keys(tx)
    await schedule(tx, KeyPurgeDue(subject_id=TENANT), EVERY)


async def purge_keys(tx: Tx, *, most: int = _MOST) -> int:
    """Remove the oldest keys that are older than `KEPT`, at most so many."""
    return await tx.write(_PURGE, tx.now - KEPT, most)


# The condition is the index's own, word for word.
_PURGE = f"""
delete from idempotency_key k using (
  select principal_id, route, key from idempotency_key
  where tenant_id = $1 and created_at < $2 and {PASSING}
  order by created_at limit $3
) old
where k.tenant_id = $1 and k.principal_id = old.principal_id and k.route = old.route and k.key = old.key
"""  # noqa: S608 - a constant of ours
