"""What has become of the newest request about each of several subjects, for whoever carries it out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it is now. `agreed` are those who agreed, in their order; `facts` what they agreed on."""

    request_id: UUID
    state: str
    title: str
    requested_by: UUID | None
    requested_by_name: str
    facts: dict[str, Any]
    agreed: list[str]


_NEWEST = """
select distinct on (r.subject_id) r.subject_id, r.id as request_id, r.state, r.title, r.requested_by,
  r.requested_by_name, r.facts, array(
    select d.actor_name from approval_decision d
    where d.tenant_id = $1 and d.request_id = r.id and d.verb = 'approved'
    group by d.actor_name order by min(d.id::text)
  ) as agreed
from approval_request r
where r.tenant_id = $1 and r.subject_kind = $2 and r.subject_id = any($3::uuid[])
order by r.subject_id, r.id desc
"""


async def outcomes(tx: Tx, subject_kind: str, subject_ids: Sequence[UUID]) -> dict[UUID, Settled]:
    """By subject; absent those nobody was asked about."""
    if not subject_ids:
        return {}
    return {
        row["subject_id"]: Settled(**{name: row[name] for name in Settled.__struct_fields__})
        for row in await tx.fetch(_NEWEST, subject_kind, list(subject_ids))
    }
