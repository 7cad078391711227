"""A published list changes only as far as nobody would have to agree to it: what a policy wants approved before it is
published is not changed past that policy afterwards."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.approvals.ask import origin_of
from dinghuo.approvals.policies import load_policies
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.pricing.list_facts import SUBJECT, facts_of

NEEDS_APPROVAL = Message(
    "price-list-change-needs-approval",
    "价目表 {code} 已发布，按审批政策“{policy}”，这样修改须经审批：请另建一份价目表提交发布并提前结束本表，"
    "或先撤回本表，修改后再提交发布",
    "Price list {code} is published, and the policy {policy_en} wants such a change approved: make another list to be"
    " published in its place and end this one, or withdraw it, change it, and publish it again",
    CONFLICT,
)

_NOTHING = Decimal(0)


class Change(msgspec.Struct, frozen=True):
    """A published list that was changed in this transaction, with its prices of now by their names in the audit."""

    list_id: UUID
    code: str
    field: str
    line: int | None = None
    prices: Mapping[str, Decimal | None] = {}


# What prices were when their list was published last: the first change of each since then says so. Small steps, and
# taking a price out to set it anew, add up to what they are.
_PUBLISHED_AT = """
select distinct on (e.subject_id, c.key) e.subject_id as list_id, c.key, (c.value ->> 0)::numeric as price
from audit_entry e cross join json_each(e.changes) c
where e.tenant_id = $1 and e.subject_id = any($2::uuid[]) and e.subject_kind = 'price_list' and e.action = 'priced'
  and c.key = any($3::text[]) and not exists (
    select from audit_entry p where p.tenant_id = $1 and p.subject_id = e.subject_id
      and p.subject_kind = 'price_list' and p.action = 'published' and p.id > e.id)
order by e.subject_id, c.key, e.id
"""


async def hold_to_policies(tx: Tx, changes: Sequence[Change], *, by: Actor) -> None:
    """Raise when some policy would want one of these lists approved as it is now; nothing is changed then.

    How far prices move is also measured by what they were when the list was published. The changes are in the audit
    already.
    """
    policies = await load_policies(tx, SUBJECT)
    if not policies or not changes:
        return
    origin = await origin_of(tx, by)
    names = sorted({name for change in changes for name in change.prices})
    published = await tx.fetch(_PUBLISHED_AT, [change.list_id for change in changes], names) if names else ()
    faults = []
    for change in changes:  # a handful: of each all figures are looked at anew
        facts, _ = await facts_of(tx, change.list_id, origin=origin)
        moved = _moved(change.prices, (row for row in published if row["list_id"] == change.list_id))
        facts |= {name: max(Decimal(str(facts[name])), moved[name]) for name in moved}
        if matched := policies.matching(facts):
            said = {"policy": matched[0].name, "policy_en": matched[0].name_en or matched[0].name}
            faults.append(NEEDS_APPROVAL(change.field, line=change.line, code=change.code, **said))
    if faults:
        raise Refused(faults)


def _moved(now: Mapping[str, Decimal | None], published: Iterable[Any]) -> Mapping[str, Decimal]:
    """The largest reduction and the largest raise: 0.2 is by a fifth of what it was. A price taken out is neither."""
    pairs = [(row["price"], now[row["key"]]) for row in published if row["key"] in now]
    rates = [price / before - 1 for before, price in pairs if before and price is not None]
    return {
        "reduction_rate": max([-rate for rate in rates], default=_NOTHING),
        "raise_rate": max(rates, default=_NOTHING),
    }
