"""A published list changes only as far as nobody would have to agree to it: what a policy wants approved before it is
published is not changed past that policy afterwards."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
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
    """A published list that was changed in this transaction, with its prices as (before, now); None is no price."""

    list_id: UUID
    code: str
    field: str
    line: int | None = None
    prices: Sequence[tuple[Decimal | None, Decimal | None]] = ()


async def hold_to_policies(tx: Tx, changes: Sequence[Change], *, by: Actor) -> None:
    """Raise when some policy would want one of these lists approved as it is now; nothing is changed then.

    How far prices move is also measured by what they were before the change.
    """
    policies = await load_policies(tx, SUBJECT)
    if not policies or not changes:
        return
    origin = await origin_of(tx, by)
    faults = []
    for change in changes:  # a handful: of each all figures are looked at anew
        facts, _ = await facts_of(tx, change.list_id, origin=origin)
        moved = _moved(change.prices)
        facts |= {name: max(Decimal(str(facts[name])), moved[name]) for name in moved}
        if matched := policies.matching(facts):
            said = {"policy": matched[0].name, "policy_en": matched[0].name_en or matched[0].name}
            faults.append(NEEDS_APPROVAL(change.field, line=change.line, code=change.code, **said))
    if faults:
        raise Refused(faults)


def _moved(prices: Sequence[tuple[Decimal | None, Decimal | None]]) -> Mapping[str, Decimal]:
    """The largest reduction and the largest raise: 0.2 is by a fifth of what it was. A price taken out is neither."""
    rates = [now / before - 1 for before, now in prices if before and now is not None]
    return {
        "reduction_rate": max([-rate for rate in rates], default=_NOTHING),
        "raise_rate": max(rates, default=_NOTHING),
    }
