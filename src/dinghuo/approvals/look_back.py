"""Try a condition on subjects of the past: which would have asked for approval. Writes nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.approvals.conditions import Condition, as_values, condition_faults, plain
from dinghuo.approvals.kinds import KINDS, Kind, told_facts
from dinghuo.approvals.save_policies import UNKNOWN_KIND
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused

_SHOWN = 50

NO_PAST = Message("no-past", "“{name}”无法用历史数据试算", "'{name}' has no past to try a policy on", CONFLICT)


class Matched(msgspec.Struct, frozen=True):
    """One that the condition would have caught, with the facts it asks for."""

    id: UUID
    title: str
    who: str
    at: datetime
    facts: Mapping[str, Any]


class Tried(msgspec.Struct, frozen=True):
    """`unsure` are facts that only the moment itself knew: they are as they can be told today."""

    looked_at: int
    matched: int
    items: list[Matched]
    unsure: list[str]


def kind_named(name: str) -> Kind:
    kind = KINDS.get(name)
    if kind is None:
        raise Refused(UNKNOWN_KIND("subject_kind", kind=name, known="、".join(KINDS)))
    return kind


def checked(subject_kind: str, condition: str) -> Condition:
    """The condition, compiled; refused with all that is wrong with it."""
    if faults := list(condition_faults(condition, kind_named(subject_kind))):
        raise Refused(faults)
    return Condition(condition)


async def try_on_past(tx: Tx, *, subject_kind: str, condition: str, last: int, staff: StaffPrincipal) -> Tried:
    """Look at the last so many subjects that the caller may see."""
    kind, compiled = kind_named(subject_kind), checked(subject_kind, condition)
    if kind.look_back is None:
        raise Refused(NO_PAST("subject_kind", name=kind.zh))
    past = await kind.look_back(tx, staff, last, compiled.uses)
    caught = [one for one in past.subjects if compiled.holds(as_values(one.facts, kind.facts))]
    return Tried(
        looked_at=len(past.subjects),
        matched=len(caught),
        items=[
            Matched(
                one.id,
                one.title,
                one.who,
                one.at,
                told_facts(kind, {name: plain(one.facts.get(name)) for name in compiled.uses}, staff),
            )
            for one in caught[:_SHOWN]
        ],
        unsure=[name for name in past.unsure if name in compiled.uses],
    )
