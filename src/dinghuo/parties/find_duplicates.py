"""Find customers that may be one: the reaction to new and changed customers, and a daily look for those left out."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery, Event
from dinghuo.kit.periodic import TENANT, schedule
from dinghuo.parties.events import CustomersSaved
from dinghuo.parties.likeness import WEIGHTS, likenesses

EVERY = timedelta(days=1)
_MOST_AT_ONCE = 2000
# What more customers share than this (a made-up number, the telephone of one's own office) says nothing.
_TOO_COMMON = 20


class DuplicatesDue(Event, frozen=True, kw_only=True, tag="parties.duplicates_due"):
    """It is time to look for customers that were never compared."""


class _Row(msgspec.Struct, frozen=True, gc=False):
    kind: str
    value: str
    customer_id: UUID


async def find_duplicates(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to CustomersSaved."""
    ids = {customer_id for delivery in deliveries for customer_id in delivery.read(CustomersSaved).ids}
    await compare(tx, sorted(ids))


async def find_duplicates_when_due(tx: Tx, deliveries: Sequence[Delivery]) -> None:  # noqa: ARG001 - a reaction
    """The reaction to DuplicatesDue."""
    rows = await tx.fetch(_NEVER_COMPARED, _MOST_AT_ONCE)
    await compare(tx, [row["id"] for row in rows])
    await schedule(tx, DuplicatesDue(subject_id=TENANT), EVERY)


async def compare(tx: Tx, customer_ids: Sequence[UUID]) -> None:
    """Bring what these customers are like up to date, and the proposals they are part of."""
    if not customer_ids:
        return
    found = await tx.fetch(_CUSTOMERS, list(customer_ids))
    wanted = await asyncio.to_thread(_all_likenesses, found)
    filed = {_key(row) for row in await tx.fetch(_FILED, list(customer_ids))}
    await tx.write_rows(_FORGET, _rows(filed - wanted))
    await tx.write_rows(_FILE, _rows(wanted - filed))
    await tx.write(_PROPOSE, list(customer_ids), list(WEIGHTS), list(WEIGHTS.values()), _TOO_COMMON, tx.now)


def _all_likenesses(found: Sequence[Mapping[str, Any]]) -> set[tuple[str, str, UUID]]:
    return {
        (kind, value, row["id"])
        for row in found
        for kind, value in likenesses(row["name"], row["tax_number"], row["mobiles"])
    }


def _key(row: Mapping[str, Any]) -> tuple[str, str, UUID]:
    return (row["kind"], row["value"], row["customer_id"])


def _rows(keys: set[tuple[str, str, UUID]]) -> list[_Row]:
    return [_Row(*key) for key in sorted(keys)]


_NEVER_COMPARED = """
select c.id from customer c
left join customer_likeness l on l.tenant_id = $1 and l.customer_id = c.id
where c.tenant_id = $1 and c.merged_into_id is null and l.customer_id is null
order by c.id limit $2
"""

_CUSTOMERS = """
select c.id, c.name, c.tax_number,
  array(select p.mobile from contact p where p.tenant_id = $1 and p.customer_id = c.id and p.mobile is not null)
    as mobiles
from customer c
where c.tenant_id = $1 and c.id = any($2::uuid[]) and c.merged_into_id is null
"""

_FILED = """
select l.kind, l.value, l.customer_id from customer_likeness l
where l.tenant_id = $1 and l.customer_id = any($2::uuid[])
"""

_FORGET = """
delete from customer_likeness l
using json_to_recordset($2::json) as w(kind text, value text, customer_id uuid)
where l.tenant_id = $1 and l.kind = w.kind and l.value = w.value collate "C" and l.customer_id = w.customer_id
"""

_FILE = """
insert into customer_likeness (tenant_id, kind, value, customer_id)
select $1, w.kind, w.value, w.customer_id
from json_to_recordset($2::json) as w(kind text, value text, customer_id uuid)
on conflict do nothing
"""

# What somebody decided stays decided: only open proposals are renewed, and given up when nothing speaks for them.
_PROPOSE = """
with weight as (
  select * from unnest($3::text[], $4::int[]) as w(kind, points)
), telling as (
  select a.kind, a.value, a.customer_id from customer_likeness a
  where a.tenant_id = $1 and a.customer_id = any($2::uuid[]) and $5::bigint >= (
    select count(*) from (
      select 1 from customer_likeness f where f.tenant_id = $1 and f.kind = a.kind and f.value = a.value
      limit $5::bigint + 1
    ) few)
), pair as (
  select least(t.customer_id, b.customer_id) as one_id, greatest(t.customer_id, b.customer_id) as other_id,
    array_agg(distinct t.kind order by t.kind) as kinds
  from telling t
  join customer_likeness b on b.tenant_id = $1 and b.kind = t.kind and b.value = t.value
    and b.customer_id <> t.customer_id
  group by 1, 2
), gone as (
  delete from likely_duplicate d
  where d.tenant_id = $1 and d.state = 'open' and (d.one_id = any($2::uuid[]) or d.other_id = any($2::uuid[]))
    and not exists (select from pair p where p.one_id = d.one_id and p.other_id = d.other_id)
)
insert into likely_duplicate as d (tenant_id, one_id, other_id, score, reasons, found_at)
select $1, p.one_id, p.other_id, (select sum(w.points) from weight w where w.kind = any(p.kinds)), p.kinds, $6
from pair p
order by p.one_id, p.other_id
on conflict (tenant_id, one_id, other_id) do update set score = excluded.score, reasons = excluded.reasons
where d.tenant_id = $1 and d.state = 'open'
"""
