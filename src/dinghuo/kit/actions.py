"""What may be done with a record now, and why not: told by the server, so that no client needs a rule of its own."""

from collections.abc import Iterable

import msgspec

from dinghuo.kit.errors import Fault, FaultView, Language, fault_view


class Action(msgspec.Struct, frozen=True):
    """One thing a reader could do; `reasons` says what stands in its way."""

    name: str
    allowed: bool
    reasons: list[FaultView]


def action(name: str, faults: Iterable[Fault], language: Language) -> Action:
    reasons = [fault_view(fault, language) for fault in faults]
    return Action(name, not reasons, reasons)
