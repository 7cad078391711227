"""What waits in the outbox, over all tenants: seen by the worker's own role, which may read just enough for that."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from dinghuo.kit.wake import CHANNEL, CONNECTION_ERRORS

# What the worker's role may read, by table: when and what kind, never about whom or what.
READABLE: Mapping[str, Sequence[str]] = {
    "outbox_event": ("tenant_id", "id", "kind", "due_at", "settled_at"),
    "outbox_mark": ("tenant_id", "event_id", "state"),
}

Tenants = Callable[[], Awaitable[Sequence[int]]]


class Lag(msgspec.Struct, frozen=True):
    """What is late of one kind of event: how many are due, since when, and how many reactions are parked."""

    kind: str
    due: int
    oldest_due_at: datetime | None
    parked: int


class Watch:
    """A connection that looks at the outbox and hears when there is news in it.

    Where the installation has no worker role (`tenants` is given), it looks as the application role and has to
    ask tenant by tenant.
    """

    def __init__(self, url: str, *, tenants: Tenants | None = None) -> None:
        self._url = url
        self._tenants = tenants
        self._connection: Any = None

    async def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` whenever a `Waker` rings, as long as the connection lives."""
        connection = await self._connected()
        await connection.add_listener(CHANNEL, lambda *_: heard())

    async def due(self, now: datetime) -> list[tuple[int, str]]:
        """The pairs of tenant and kind that have an event due."""
        return [(row["tenant_id"], row["kind"]) for row in await self._fetch(_DUE, now)]

    async def lag(self, now: datetime) -> list[Lag]:
        """What is due and what is parked, by kind."""
        found: dict[str, Lag] = {}
        for row in await self._fetch(_LAG, now):
            known = found.get(row["kind"], Lag(row["kind"], 0, None, 0))
            moments = [moment for moment in (known.oldest_due_at, row["oldest_due_at"]) if moment]
            found[row["kind"]] = Lag(
                row["kind"], known.due + row["due"], min(moments, default=None), known.parked + row["parked"]
            )
        return [found[kind] for kind in sorted(found)]

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*CONNECTION_ERRORS):
                await connection.close(timeout=1)

    async def _connected(self) -> Any:
        if self._connection is None:
            settings = {"application_name": "dinghuo-watch"}
            self._connection = await asyncpg.connect(self._url, timeout=10, server_settings=settings)
        return self._connection

    async def _fetch(self, sql: str, *arguments: Any) -> list[Any]:
        connection = await self._connected()
        if self._tenants is None:
            return list(await connection.fetch(sql, *arguments))
        rows: list[Any] = []
        for tenant_id in await self._tenants():
            async with connection.transaction():
                await connection.execute("select set_config('oms.tenant', $1, true)", str(tenant_id))
                rows += await connection.fetch(sql, *arguments)
        return rows


# Hops along the index from one pair to the next: what it costs depends on the pairs, not on the events waiting.
_DUE = """
with recursive pair (tenant_id, kind) as (
  (select tenant_id, kind from outbox_event where settled_at is null order by tenant_id, kind limit 1)
  union all
  select following.tenant_id, following.kind
  from pair cross join lateral (
    select e.tenant_id, e.kind from outbox_event e
    where e.settled_at is null and (e.tenant_id, e.kind) > (pair.tenant_id, pair.kind)
    order by e.tenant_id, e.kind limit 1
  ) following
)
select tenant_id, kind from pair
where exists (
  select from outbox_event e
  where e.tenant_id = pair.tenant_id and e.kind = pair.kind and e.settled_at is null and e.due_at <= $1
)
order by tenant_id, kind
"""

_LAG = """
select kind, sum(due)::int as due, min(oldest_due_at) as oldest_due_at, sum(parked)::int as parked
from (
  select kind, count(*) as due, min(due_at) as oldest_due_at, 0 as parked
  from outbox_event where settled_at is null and due_at <= $1 group by kind
  union all
  select e.kind, 0, null, count(*)
  from outbox_mark m join outbox_event e on e.tenant_id = m.tenant_id and e.id = m.event_id
  where m.state = 'parked' group by e.kind
) counted
group by kind
"""
