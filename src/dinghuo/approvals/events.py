"""News of approvals. Reactions to it stand in flow/reactions.py."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from dinghuo.kit.outbox import Event

Why = Literal["step", "added", "handed_over", "escalated", "reminder"]
Outcome = Literal["approved", "rejected", "withdrawn"]


class Asked(Event, frozen=True, tag="approvals.asked"):
    """These people are asked about a request, or asked again; the subject is the request."""

    step_no: int
    round: int
    users: tuple[UUID, ...]
    why: Why = "step"


class Moved(Event, frozen=True, tag="approvals.moved"):
    """Something happened to a request: screens that show it are out of date."""


class Decided(Event, frozen=True, tag="approvals.decided"):
    """A request has its outcome; the subject is what was asked about."""

    subject_kind: str
    request_id: UUID
    outcome: Outcome


class StepDue(Event, frozen=True, tag="approvals.step_due"):
    """A step of a request was to be decided by now."""

    step_no: int
    round: int
    at: datetime


class ExpiryDue(Event, frozen=True, tag="approvals.expiry_due"):
    """A request that is still open ends now."""
