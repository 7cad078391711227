"""News of customers. Reactions to it stand in flow/reactions.py."""

from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import UUID

from dinghuo.kit.outbox import Event
from dinghuo.kit.periodic import TENANT

_MOST_IDS = 1000


class CustomersSaved(Event, frozen=True, tag="parties.customers_saved"):
    """These customers are new or changed."""

    ids: tuple[UUID, ...]


class CustomersMerged(Event, frozen=True, tag="parties.customers_merged"):
    """A customer (the subject) turned out to be another one, which has all that was its own."""

    into: UUID


def changed(ids: Iterable[UUID]) -> Iterator[CustomersSaved]:
    """The news of many customers, in parts that are quickly taken in."""
    source = iter(ids)
    while part := tuple(islice(source, _MOST_IDS)):
        yield CustomersSaved(subject_id=TENANT, ids=part)


class Commented(Event, frozen=True, tag="parties.commented"):
    """Something was said on a customer, said otherwise, or taken back. `mentions` are users' ids."""

    comment_id: UUID
    mentions: tuple[UUID, ...] = ()


class Visited(Event, frozen=True, tag="parties.visited"):
    """A sales person was at a customer's (the subject is the visit)."""
