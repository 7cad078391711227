"""What a kind of sheet has to say of itself: its fields, what a row of it is, and which command takes them."""

from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dinghuo.integrations.sheets import Shape
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault

Values = Mapping[str, Any]
"""A row by fields: None where a cell is empty. Fields that nothing gives are absent."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a command did with a slice. `made` are the words it needed and made, by what they are."""

    created: int
    updated: int
    unchanged: int
    made: Mapping[str, Collection[str]] = field(default_factory=dict)
    warnings: Sequence[Fault] = ()


Write = Callable[[Tx, Sequence[Any], Actor, bool], Awaitable[Written]]
"""Takes the items, who does it, and whether words that are missing (tiers, brands, units) are to be made."""


def as_they_come(items: Sequence[Any]) -> list[int]:
    return list(range(len(items)))


def as_they_are(items: Sequence[Any], _accepted: Collection[Hashable]) -> Sequence[Any]:
    return items


@dataclass(frozen=True, slots=True)
class SheetKind:
    """`read` makes an item of a row, or tells its faults by field; `key` is what no two rows may share, if anything.

    `order` puts items before those that refer to them. `unlinked` are items without what refers to earlier ones, for
    a dry run, in which those are not there. `field_of` names the field that a fault of the command is about. Rows
    with the same values in the fields `together` are taken in one slice, all or none of them.
    """

    name: str
    shape: Shape
    examples: Mapping[str, str]
    needed_for_new: frozenset[str]
    read: Callable[[Values], Any | list[Fault]]
    key: Callable[[Any], Hashable | None]
    write: Write
    field_of: Callable[[str], str]
    order: Callable[[Sequence[Any]], list[int]] = as_they_come
    unlinked: Callable[[Sequence[Any], Collection[Hashable]], Sequence[Any]] = as_they_are
    together: tuple[str, ...] = ()
    makes_words: bool = False
