"""Requests as their readers see them. Facts are those that the reader may see."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.kit.actions import Action
from dinghuo.kit.refs import Ref


class StepNow(msgspec.Struct, frozen=True):
    """The step that is asked now, of so many."""

    step_no: int
    steps: int
    name: str
    name_en: str | None
    due_at: datetime | None


class PolicyOfRequest(msgspec.Struct, frozen=True):
    code: str
    name: str
    name_en: str | None
    version: int


class RequestSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A request in a list. `on_behalf_of` are those the reader would decide for; `step` is null once it ended."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    title: str
    state: str
    customer: Ref | None
    requested_by: str
    opened_at: datetime
    expires_at: datetime | None
    decided_at: datetime | None
    step: StepNow | None
    on_behalf_of: list[str]
    policies: list[PolicyOfRequest]
    facts: dict[str, Any]
    revision: int


class FactLabel(msgspec.Struct, frozen=True):
    label: str
    label_en: str
    type: str


class Asked(msgspec.Struct, frozen=True):
    """Somebody who is asked in a step; `delegates` are the logins of those who decide for them now."""

    id: UUID
    login: str
    name: str
    origin: str
    state: str
    delegates: list[str]


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    step_no: int
    name: str
    name_en: str | None
    mode: str
    needed: int | None
    state: str
    opened_at: datetime | None
    due_at: datetime | None
    closed_at: datetime | None
    people: list[Asked]


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    verb: str
    by: str
    on_behalf_of: str | None
    comment: str | None
    step_no: int | None
    target: str | None
    to_step: int | None


class RequestDetail(RequestSummary, frozen=True, kw_only=True):
    """A request with its steps, what happened, and what the reader may do now."""

    fact_labels: dict[str, FactLabel]
    steps: list[StepView]
    decisions: list[DecisionView]
    actions: list[Action]


class ApprovalStep(msgspec.Struct, frozen=True):
    name: str
    name_en: str | None
    state: str


class ApprovalProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the newest request about a document is: for the document's own page."""

    request_id: UUID
    state: str
    step_no: int
    steps: list[ApprovalStep]
    expires_at: datetime | None


class DealerApproval(msgspec.Struct, frozen=True):
    """The same for the dealer: which steps there are, never who decides."""

    state: str
    step_no: int
    steps: list[ApprovalStep]
    expires_at: datetime | None
