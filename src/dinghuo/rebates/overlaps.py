"""Agreements that hold for the same customers and goods at the same time: both accrue, and people should know."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from dinghuo.kit.database import Tx

# What is said alike, or left open by one of them, is certain to meet; a region and a customer in it are not compared.
_OVERLAPS = """
select a.id, b.code
from rebate_agreement a
join rebate_agreement b on b.tenant_id = $1 and b.id <> a.id and b.active
  and b.organisation_id = a.organisation_id and b.currency = a.currency
  and daterange(b.valid_from, b.valid_until, '[]') && daterange(a.valid_from, a.valid_until, '[]')
where a.tenant_id = $1 and a.id = any($2::uuid[]) and a.active
  and (not exists (select from rebate_audience x where x.tenant_id = $1 and x.agreement_id = a.id)
    or not exists (select from rebate_audience y where y.tenant_id = $1 and y.agreement_id = b.id)
    or exists (
      select from rebate_audience x
      join rebate_audience y on y.tenant_id = $1 and y.agreement_id = b.id and y.kind = x.kind
        and y.target_id = x.target_id
      where x.tenant_id = $1 and x.agreement_id = a.id))
  and (not exists (
      select from rebate_item x where x.tenant_id = $1 and x.agreement_id = a.id and not x.excluded)
    or not exists (select from rebate_item y where y.tenant_id = $1 and y.agreement_id = b.id and not y.excluded)
    or exists (
      select from rebate_item x
      join rebate_item y on y.tenant_id = $1 and y.agreement_id = b.id and y.kind = x.kind
        and y.target_id = x.target_id and not y.excluded
      where x.tenant_id = $1 and x.agreement_id = a.id and not x.excluded))
"""


async def overlapping(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The codes of the active agreements that overlap with each of these."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in await tx.fetch(_OVERLAPS, list(ids)) if ids else ():
        found[row["id"]].append(row["code"])
    return dict(found)
