"""What one viewer is told: a small message that says what to fetch again, or nothing."""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.flow.live import EVERYONE, OPEN, VERSIONS, Item
from dinghuo.flow.stock_news import StockChange, Word
from dinghuo.identity.principals import DealerPrincipal, Principal, StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.parties.facts import load_customers_by_id

# So many of one kind at a time are told one by one; more as one message without an id.
MOST_OF_A_KIND = 20


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`id` null: several of this kind. `skus` null: too many to name. What does not belong to a kind is left out."""

    kind: str
    id: UUID | UnsetType | None = UNSET
    customer_id: UUID | UnsetType = UNSET
    revision: int | UnsetType = UNSET
    version: int | UnsetType = UNSET
    skus: Sequence[UUID] | UnsetType | None = UNSET
    at: datetime | UnsetType = UNSET


HELLO = Message(kind="hello")
REFRESH = Message(kind="refresh")


class Company(msgspec.Struct, frozen=True):
    """One of a dealer's companies, and the words by which it is addressed."""

    id: UUID
    words: frozenset[Word]


class Viewer(msgspec.Struct, frozen=True):
    """Who looks. `mark` changes with what they may see."""

    principal: Principal
    companies: tuple[Company, ...]
    mark: int

    def told(self, item: Item) -> Message | None:
        """What this viewer is told of an item."""
        if isinstance(self.principal, StaffPrincipal):
            return self._as_staff(self.principal, item)
        return self._as_dealer(item)

    def told_version(self, kind: str, version: int) -> Message | None:
        said, staff, dealer = VERSIONS[kind]
        if isinstance(self.principal, StaffPrincipal):
            may = self.principal.may(staff)
        else:
            may = dealer is not None and any(self._may(company, dealer) for company in self.companies)
        return Message(kind=said, version=version) if may else None

    def _as_staff(self, staff: StaffPrincipal, item: Item) -> Message | None:
        if item.staff is None or (item.staff != OPEN and not staff.may(item.staff)):
            return None
        users = item.subject.users
        if users is not None and staff.user_id not in users:
            return None
        reach = item.subject.reach
        if reach is not None and not reach.is_within(staff.scope):
            return None
        return _message(item)

    def _as_dealer(self, item: Item) -> Message | None:
        if item.dealer is None:
            return None
        if item.subject.users is not None:
            return _message(item) if self.principal.user_id in item.subject.users else None
        may = [one for one in self.companies if item.dealer == OPEN or self._may(one, item.dealer)]
        if item.stock is not None:
            return self._stock(item, item.stock, may)
        words = item.subject.words
        if words is None or not (EVERYONE in words or any(not words.isdisjoint(one.words) for one in may)):
            return None
        return _message(item) if may else None

    def _stock(self, item: Item, stock: StockChange, may: Sequence[Company]) -> Message | None:
        if stock.skus is None:
            return _message(item) if may else None
        sold = {sku for company in may for sku in stock.sold_to(company.words)}
        return Message(kind=item.kind, id=None, skus=sorted(sold), at=item.at) if sold else None

    def _may(self, company: Company, permission: str) -> bool:
        dealer = self.principal
        return isinstance(dealer, DealerPrincipal) and permission in dealer.rights_in(company.id).permissions


async def viewer_of(tx: Tx, principal: Principal) -> Viewer:
    """The principal with the words of their companies."""
    companies: list[Company] = []
    if isinstance(principal, DealerPrincipal):
        known = await load_customers_by_id(tx, sorted(principal.customer_ids))
        companies = [Company(id, frozenset(known[id].audience())) for id in sorted(known)]
    return Viewer(principal, tuple(companies), _mark(principal))


def _mark(principal: Principal) -> int:
    """Another number whenever what somebody may see is something else."""
    seen: list[object] = [principal.name, principal.language, sorted(principal.permissions), principal.sees_price]
    if isinstance(principal, StaffPrincipal):
        scope = principal.scope
        seen += [principal.sees_cost, principal.sees_margin, scope.kind, sorted(scope.department_ids)]
        seen.append(sorted(scope.region_ids))
    else:
        seen += [
            (id, sorted(principal.rights_in(id).permissions), principal.rights_in(id).sees_price)
            for id in sorted(principal.customer_ids)
        ]
    return zlib.crc32(msgspec.json.encode(seen))


def _message(item: Item) -> Message:
    if item.stock is not None:
        skus = sorted(item.stock.skus) if item.stock.skus is not None else None
        return Message(kind=item.kind, id=None, skus=skus, at=item.at)
    subject = item.subject
    return Message(
        kind=item.kind,
        id=item.id,
        customer_id=subject.reach.customer_id if subject.reach is not None else UNSET,
        revision=subject.revision if subject.revision is not None else UNSET,
        at=item.at,
    )


def collapsed(messages: Iterable[Message]) -> list[Message]:
    """A burst of one kind becomes one message that names none; of the same thing, the last counts."""
    by_kind: dict[str, dict[object, Message]] = {}
    for message in messages:
        several = by_kind.setdefault(message.kind, {})
        several.pop(message.id, None)
        several[message.id] = message
    told: list[Message] = []
    for kind, several in by_kind.items():
        told += several.values() if len(several) <= MOST_OF_A_KIND else [Message(kind=kind, id=None)]
    return told
