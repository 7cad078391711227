"""Create and update policies by code. What a policy says is kept by version: open requests keep theirs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select

from dinghuo.approvals.conditions import Condition, condition_faults
from dinghuo.approvals.kinds import KINDS, Kind
from dinghuo.approvals.policies import Approver, StepSpec
from dinghuo.approvals.tables import approval_policy, approval_policy_version
from dinghuo.identity.tables import app_user, role
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import (
    MISSING,
    UNKNOWN_CODE,
    Planned,
    Saved,
    among,
    check_codes,
    given,
    plan,
    resolve,
    saved,
    store,
)
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.revisions import check_revision
from dinghuo.kit.texts import check_texts

MOST_STEPS, MOST_APPROVERS, MOST_HOURS = 20, 50, 24 * 366

UNKNOWN_KIND = Message(
    "unknown-approval-kind",
    "“{kind}”不能设置审批；可用的有：{known}",
    "'{kind}' cannot be approved; there are: {known}",
    MALFORMED,
)
KIND_STAYS = Message(
    "policy-kind-stays",
    "审批对象不能更改，请新建政策",
    "What a policy is about stays: write another one",
    CONFLICT,
)
NO_STEPS = Message("policy-no-steps", "请设置 1 到 {most} 个审批环节", "A policy has 1 to {most} steps", MALFORMED)
NO_APPROVERS = Message(
    "step-no-approvers", "请为该环节指定 1 到 {most} 个审批人", "A step asks 1 to {most} approvers", MALFORMED
)
NEEDED = Message(
    "step-needed",
    "“几人通过”的环节须填写通过人数（至少 1 人），其他环节不填",
    "A step of mode 'of' says how many are needed, at least 1; other steps do not",
    MALFORMED,
)
HOURS = Message("step-hours", "小时数应在 1 到 {most} 之间", "Hours are between 1 and {most}", MALFORMED)
ESCALATE_TO = Message(
    "step-escalate-to",
    "超时升级须设置时限和升级对象",
    "A step that escalates says after how many hours, and to whom",
    MALFORMED,
)
UNKNOWN_PERSON = Message(
    "unknown-person", "没有“{word}”；可用的有：{known}", "There is no '{word}'; there are: {known}", MALFORMED
)
UNKNOWN_WAIVER = Message(
    "unknown-waiver",
    "“{word}”不能豁免；可用的有：{known}",
    "'{word}' cannot be waived; there are: {known}",
    MALFORMED,
)

Position = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class PolicyFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a policy; a field left out stays as it is."""

    subject_kind: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    position: Position | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    condition: str | UnsetType = UNSET
    steps: list[StepSpec] | UnsetType = UNSET
    waives: list[str] | UnsetType = UNSET
    expires_hours: int | UnsetType | None = UNSET


class PolicyInput(PolicyFields, kw_only=True, forbid_unknown_fields=True):
    """One to create or update."""

    code: str


class _Said(msgspec.Struct, frozen=True):
    """What a version says."""

    condition: str
    steps: list[StepSpec]
    waives: list[str]
    expires_hours: int | None

    def columns(self) -> dict[str, Any]:
        return {
            "condition": self.condition,
            "uses": list(Condition(self.condition).uses),
            "steps": msgspec.to_builtins(self.steps),
            "waives": self.waives,
            "expires_hours": self.expires_hours,
        }


_VERSIONS = """
insert into approval_policy_version (tenant_id, policy_id, version, condition, uses, steps, waives, expires_hours,
  made_by, made_at)
select $1, v.*, $3
from json_to_recordset($2::json) as v(policy_id uuid, version int, condition text, uses text[], steps jsonb,
  waives text[], expires_hours int, made_by text)
"""
_PLAIN = ("subject_kind", "name", "name_en", "position", "active")
_NEW = {
    "subject_kind": None,
    "name": None,
    "name_en": None,
    "position": 0,
    "active": True,
    "version": 1,
    "updated_by": "",
}


async def save_policies(
    tx: Tx, *, items: Sequence[PolicyInput], by: Actor, path: str = "items", revision: int | None = None
) -> Saved:
    """Create or update policies by code, all or nothing, with everything that is wrong named."""
    faults = Faults(path)
    check_codes(faults, [item.code for item in items])
    for line, item in enumerate(items):
        check_texts(faults, line, item, {"name": 100, "name_en": 100})
    faults.check()
    planned = await plan(
        tx,
        approval_policy,
        [(line, item.code, given(item, _PLAIN)) for line, item in enumerate(items)],
        {**_NEW, "created_at": tx.now},
    )
    if revision is not None:
        check_revision(planned[0].old["revision"] if planned[0].old else 0, revision)
    before = await _versions(tx, [row.id for row in planned if row.old is not None])
    codes = await _known_codes(tx, items)
    for row in planned:
        _merge(row, items[row.line], before.get(row.id), faults, codes)
        row.new["updated_by"] = by.name
    faults.check()
    for row in planned:
        if not row.changes.keys() - {"updated_by"}:
            row.new["updated_by"] = (row.old or row.new)["updated_by"]
    written = await store(tx, approval_policy, planned, by=by)
    said = {row.id: _said(items[row.line], before.get(row.id)) for row in written}
    versions = [
        {"policy_id": row.id, "version": row.new["version"], "made_by": by.name} | said[row.id].columns()
        for row in written
        if said[row.id] != before.get(row.id)
    ]
    if versions:
        await tx.write_rows(_VERSIONS, versions, tx.now)
    if written:
        await touch(tx, "approvals")
    return saved(planned)


def _merge(
    row: Planned, item: PolicyInput, before: _Said | None, faults: Faults, codes: Mapping[str, Mapping[str, UUID]]
) -> None:
    """Take what was given into the row, and fault what is wrong with it."""
    line, kind_name = row.line, row.new["subject_kind"]
    for field in ("name", "subject_kind"):
        if not row.new[field]:
            faults.add(line, field, MISSING)
    if row.old is not None and kind_name != row.old["subject_kind"]:
        faults.add(line, "subject_kind", KIND_STAYS)
    kind = KINDS.get(kind_name) if kind_name else None
    if kind_name and kind is None:
        faults.add(line, "subject_kind", UNKNOWN_KIND, kind=kind_name, known="、".join(KINDS))
    for name in ("condition", "steps"):
        if before is None and getattr(item, name) is UNSET:
            faults.add(line, name, MISSING)
    said = _said(item, before)
    if kind is not None and item.condition is not UNSET:
        for fault in condition_faults(said.condition, kind):
            faults.add(line, fault.field, fault.message, **fault.params)
    if item.steps is not UNSET:
        _check_steps(faults, line, item.steps, kind, codes)
    for n, word in enumerate(said.waives if kind is not None else ()):
        known = [one.word for one in kind.waives] if kind is not None else []
        if word not in known:
            faults.add(line, f"waives[{n}]", UNKNOWN_WAIVER, word=word, known="、".join(known))
    if said.expires_hours is not None and not 1 <= said.expires_hours <= MOST_HOURS:
        faults.add(line, "expires_hours", HOURS, most=MOST_HOURS)
    if before is not None and said != before:
        row.new["version"] = row.new["version"] + 1
        old, new = msgspec.to_builtins(before), msgspec.to_builtins(said)
        row.details = {name: [old[name], new[name]] for name in new if old[name] != new[name]}


def _said(item: PolicyInput, before: _Said | None) -> _Said:
    old = before or _Said("", [], [], None)
    return _Said(
        old.condition if item.condition is UNSET else item.condition,
        old.steps if item.steps is UNSET else item.steps,
        old.waives if item.waives is UNSET else sorted(set(item.waives)),
        old.expires_hours if item.expires_hours is UNSET else item.expires_hours,
    )


def _check_steps(
    faults: Faults, line: int, steps: Sequence[StepSpec], kind: Kind | None, codes: Mapping[str, Mapping[str, UUID]]
) -> None:
    if not 1 <= len(steps) <= MOST_STEPS:
        faults.add(line, "steps", NO_STEPS, most=MOST_STEPS)
    for n, step in enumerate(steps):
        place = f"steps[{n}]."
        check_texts(faults, line, step, {"name": 100, "name_en": 100}, place)
        if not 1 <= len(step.approvers) <= MOST_APPROVERS:
            faults.add(line, f"{place}approvers", NO_APPROVERS, most=MOST_APPROVERS)
        if (step.mode == "of") != (step.needed is not None and 1 <= step.needed <= MOST_APPROVERS):
            faults.add(line, f"{place}needed", NEEDED)
        if step.due_hours is not None and not 1 <= step.due_hours <= MOST_HOURS:
            faults.add(line, f"{place}due_hours", HOURS, most=MOST_HOURS)
        if step.on_timeout == "escalate" and not (step.due_hours and step.escalate_to):
            faults.add(line, f"{place}escalate_to", ESCALATE_TO)
        for field, approvers in (("approvers", step.approvers), ("escalate_to", step.escalate_to or ())):
            for m, approver in enumerate(approvers):
                _check_approver(faults, line, f"{place}{field}[{m}].", approver, kind, codes)


def _check_approver(
    faults: Faults,
    line: int,
    place: str,
    approver: Approver,
    kind: Kind | None,
    codes: Mapping[str, Mapping[str, UUID]],
) -> None:
    if approver.by == "person_of":
        known = [one.word for one in kind.words] if kind is not None else []
        if kind is not None and approver.word not in known:
            faults.add(line, f"{place}word", UNKNOWN_PERSON, word=approver.word or "", known="、".join(known))
    elif approver.code not in codes[approver.by]:
        faults.add(line, f"{place}code", UNKNOWN_CODE, code=approver.code or "")


def _approvers(items: Sequence[PolicyInput]) -> Iterator[Approver]:
    for item in items:
        for step in () if item.steps is UNSET else item.steps:
            yield from step.approvers
            yield from step.escalate_to or ()


async def _known_codes(tx: Tx, items: Sequence[PolicyInput]) -> Mapping[str, Mapping[str, UUID]]:
    named = list(_approvers(items))
    return await resolve(
        tx,
        {
            "role": (role, "code", [a.code for a in named if a.by == "role" and a.code]),
            "user": (app_user, "login", [a.code for a in named if a.by == "user" and a.code]),
        },
    )


async def _versions(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, _Said]:
    """What these policies say now."""
    if not ids:
        return {}
    p, v = approval_policy.c, approval_policy_version.c
    rows = await tx.rows(
        select(v.policy_id, v.condition, v.steps, v.waives, v.expires_hours)
        .join(approval_policy, (p.tenant_id == v.tenant_id) & (p.id == v.policy_id) & (p.version == v.version))
        .where(v.tenant_id == tx.tenant_id, p.tenant_id == tx.tenant_id, among(v.policy_id, ids))
    )
    return {
        row.policy_id: _Said(
            row.condition, msgspec.convert(row.steps, list[StepSpec]), sorted(row.waives), row.expires_hours
        )
        for row in rows
    }
