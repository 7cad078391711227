"""The active policies of a kind, compiled, remembered in process by the version of approvals' data."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec

from dinghuo.approvals.conditions import Condition, as_values
from dinghuo.approvals.kinds import KINDS, Fact, Kind
from dinghuo.kit.database import Tx

Mode = Literal["any", "all", "of"]


class Approver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a step asks: a role's holders or a user by `code`, or whoever is that to the subject by `word`."""

    by: Literal["role", "user", "person_of"]
    code: str | None = None
    word: str | None = None


class StepSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step as a policy says it. `needed` belongs to `of`: so many of those asked have to agree."""

    name: str
    name_en: str | None = None
    mode: Mode = "any"
    needed: int | None = None
    approvers: list[Approver]
    due_hours: int | None = None
    on_timeout: Literal["remind", "escalate"] = "remind"
    escalate_to: list[Approver] | None = None

    @property
    def likeness(self) -> tuple[Any, ...]:
        """Steps alike are asked once, however many policies want them."""
        return (self.mode, self.needed, tuple(sorted((a.by, a.code or "", a.word or "") for a in self.approvers)))


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One active policy in the version that counts."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    version: int
    condition: Condition
    steps: tuple[StepSpec, ...]
    waives: frozenset[str]
    expires_hours: int | None


class Policies(msgspec.Struct, frozen=True):
    """Those of one kind in order of their positions; false when there are none."""

    kind: Kind | None
    policies: tuple[Policy, ...] = ()
    # The facts that some condition asks for.
    needs: frozenset[str] = frozenset()
    asked: tuple[Fact, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.policies)

    def matching(self, facts: Mapping[str, Any]) -> tuple[Policy, ...]:
        """Those whose condition holds for a subject."""
        if not self.policies:
            return ()
        values = as_values(facts, self.asked)
        return tuple(policy for policy in self.policies if policy.condition.holds(values))


_ACTIVE = """
select p.id, p.code, p.subject_kind, p.name, p.name_en, p.version, v.condition, v.steps::text as steps, v.waives,
  v.expires_hours
from approval_policy p
join approval_policy_version v on v.tenant_id = $1 and v.policy_id = p.id and v.version = p.version
where p.tenant_id = $1 and p.active
order by p.subject_kind, p.position, p.code
"""


async def load_policies(tx: Tx, kind: str) -> Policies:
    """The active policies of a kind. Costs a look into memory."""
    memory: dict[str, Policies] = await tx.cached("approvals")
    if not memory:
        found: dict[str, list[Policy]] = {"": []}
        for row in await tx.fetch(_ACTIVE):
            found.setdefault(row["subject_kind"], []).append(_policy(row))
        for name, policies in found.items():
            kind_known = KINDS.get(name)
            needs = frozenset(fact for policy in policies for fact in policy.condition.uses)
            asked = tuple(fact for fact in (kind_known.facts if kind_known else ()) if fact.name in needs)
            memory[name] = Policies(kind_known, tuple(policies), needs, asked)
    return memory.get(kind) or memory[""]


def _policy(row: Any) -> Policy:
    return Policy(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        version=row["version"],
        condition=Condition(row["condition"]),
        steps=tuple(msgspec.json.decode(row["steps"], type=list[StepSpec])),
        waives=frozenset(row["waives"]),
        expires_hours=row["expires_hours"],
    )


def steps_of(policies: tuple[Policy, ...]) -> list[StepSpec]:
    """The steps of several policies one after the other, those alike once."""
    steps: dict[tuple[Any, ...], StepSpec] = {}
    for policy in policies:
        for step in policy.steps:
            steps.setdefault(step.likeness, step)
    return list(steps.values())
