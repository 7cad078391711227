"""Sessions that ended and attempts to sign in that no longer count are removed a day later."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from dinghuo.identity.open_session import LONGEST
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery, Event
from dinghuo.kit.periodic import TENANT, schedule

KEPT = timedelta(days=1)
EVERY = timedelta(hours=1)
_MOST = 20_000


class SessionPurgeDue(Event, frozen=True, kw_only=True, tag="identity.purge_due"):
    """It is time to remove what is left of sessions and attempts to sign in."""


async def purge_sessions_when_due(tx: Tx, _deliveries: Sequence[Delivery]) -> None:
    await purge_sessions(tx)
    await schedule(tx, SessionPurgeDue(subject_id=TENANT), EVERY)


async def purge_sessions(tx: Tx, *, most: int = _MOST) -> tuple[int, int]:
    """Remove the oldest sessions, however they ended, and windows of attempts: at most so many, and how many."""
    before = tx.now - KEPT
    # No session outlives `LONGEST`, and ids are of the moment they were made: so the key finds the old ones.
    oldest_kept = UUID(int=int((before - LONGEST).timestamp() * 1000) << 80)
    sessions = await tx.write(_SESSIONS, oldest_kept, before, most)
    return sessions, await tx.write(_WINDOWS, before, most)


_SESSIONS = """
delete from session s using (
  select id from session where tenant_id = $1 and id < $2 and ends_at < $3 order by id limit $4
) old
where s.tenant_id = $1 and s.id = old.id
"""
_WINDOWS = """
delete from sign_in_window w using (
  select subject from sign_in_window where tenant_id = $1 and last_at < $2 order by last_at limit $3
) old
where w.tenant_id = $1 and w.subject = old.subject and w.last_at < $2
"""
