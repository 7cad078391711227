"""What can be approved: kinds of subjects, each with its facts, registered from above (entry/approval_kinds.py)."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Tx

FactType = Literal["number", "integer", "text", "flag", "texts"]
Secret = Literal["price", "cost", "margin"]


class Fact(msgspec.Struct, frozen=True):
    """Something that conditions may ask of a subject; `secret` names the right that reading it takes."""

    name: str
    type: FactType
    zh: str
    en: str
    secret: Secret | None = None


class Word(msgspec.Struct, frozen=True):
    """What a step or a policy may name by a word."""

    word: str
    zh: str
    en: str


class Person(Word, frozen=True):
    """Somebody by what they are to the subject; the caller says who."""


class Waiver(Word, frozen=True):
    """A refusal that a policy may turn into an approval."""


class Past(msgspec.Struct, frozen=True):
    """A subject of the past with its facts as far as they can be told today."""

    id: UUID
    title: str
    who: str
    at: datetime
    facts: Mapping[str, Any]


class PastLook(msgspec.Struct, frozen=True):
    """The newest subjects first. `unsure` are facts that only their moment knew."""

    subjects: Sequence[Past]
    unsure: Sequence[str] = ()


LookBack = Callable[[Tx, StaffPrincipal, int, Collection[str]], Awaitable[PastLook]]
"""The last so many subjects that the reader may see, with these facts."""

# Of every subject that is a customer's: found by approvals itself when a step is asked.
OF_CUSTOMER = (
    Person("sales_person", "业务员", "Sales person"),
    Person("sales_manager", "业务员的部门负责人", "Manager of the sales person"),
    Person("department_head", "客户所属部门负责人", "Head of the customer's department"),
    Person("region_head", "客户所属区域负责人", "Head of the customer's region"),
)


class Kind(msgspec.Struct, frozen=True):
    """A kind of subject. `people` are words beyond those of every customer's subject (`OF_CUSTOMER`)."""

    kind: str
    zh: str
    en: str
    facts: tuple[Fact, ...]
    people: tuple[Person, ...] = ()
    waives: tuple[Waiver, ...] = ()
    has_customer: bool = True
    look_back: LookBack | None = None

    @property
    def words(self) -> tuple[Person, ...]:
        return (*OF_CUSTOMER, *self.people) if self.has_customer else self.people

    def fact(self, name: str) -> Fact | None:
        return next((fact for fact in self.facts if fact.name == name), None)


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known. The same again is no fault; another of the same name is."""
    if KINDS.setdefault(kind.kind, kind) != kind:
        raise ValueError(f"two kinds of subjects are called {kind.kind!r}")


def told_facts(kind: Kind | None, facts: Mapping[str, Any], staff: StaffPrincipal) -> dict[str, Any]:
    """The facts that this reader may see, in the order of the kind."""
    if kind is None:
        return {}
    return {fact.name: facts[fact.name] for fact in kind.facts if fact.name in facts and sees(staff, fact)}


def sees(staff: StaffPrincipal, fact: Fact) -> bool:
    match fact.secret:
        case None:
            return True
        case "price":
            return staff.sees_price
        case "cost":
            return staff.sees_price and staff.sees_cost
        case "margin":
            return staff.sees_price and staff.sees_margin
