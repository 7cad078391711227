"""What one invariant of the books is (entry.invariants)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Invariant:
    """`broken` selects one text for each thing that breaks it; `:tenant` is the tenant."""

    name: str
    sentence: str
    broken: str
