"""What of the news reaches screens, and whose: never data, only what to fetch again.

Who is told is decided for each message: staff need a permission and, where it is a customer's, that customer in
their data scope; dealers a permission in the company it concerns. `entry.live` carries it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import msgspec

from dinghuo.accounts import events as accounts
from dinghuo.approvals import events as approvals
from dinghuo.flow.stock_news import StockChange, Word, merged, stock_changes
from dinghuo.identity.principals import Scope
from dinghuo.integrations.imports import events as imports
from dinghuo.inventory import events as inventory
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery, Event
from dinghuo.notices import events as notices
from dinghuo.orders import events as orders
from dinghuo.parties import events as parties

EVERYONE: Word = ("everyone", UUID(int=0))
OPEN = ""  # for everybody signed in


class Reach(msgspec.Struct, frozen=True, gc=False):
    """By what a customer lies in somebody's data scope."""

    customer_id: UUID
    owner_id: UUID | None
    department_id: UUID | None
    region_id: UUID | None

    def is_within(self, scope: Scope) -> bool:
        """The rule of identity.scopes, on what is in memory."""
        return (
            scope.kind == "all"
            or (scope.owner_id is not None and self.owner_id == scope.owner_id)
            or self.department_id in scope.department_ids
            or self.region_id in scope.region_ids
        )


class Subject(msgspec.Struct, frozen=True):
    """What an event is about: whose, and for which dealers. `words` None: for no dealer. `users` are those of our own
    whom it concerns; None: it is not about people."""

    revision: int | None = None
    reach: Reach | None = None
    words: frozenset[Word] | None = None
    users: frozenset[UUID] | None = None


@dataclass(slots=True)
class Item:
    """A message before it is known who reads it. A permission None: that audience is not told at all."""

    event_id: UUID
    at: datetime
    kind: str
    id: UUID | None = None
    staff: str | None = None
    dealer: str | None = None
    subject: Subject = field(default_factory=Subject)
    stock: StockChange | None = None


Resolve = Callable[[Tx, Sequence[Delivery]], Awaitable[Mapping[UUID, Subject]]]


@dataclass(frozen=True, slots=True)
class Shown:
    """How an event is told. `of` finds out about all of a kind at once, by event."""

    kind: str
    of: Resolve
    staff: str | None
    dealer: str | None = None


_REACH = "c.id as customer_id, c.owner_id, c.department_id, c.region_id"
_ORDERS = f"""
select o.id, o.revision, {_REACH} from sales_order o
join customer c on c.tenant_id = $1 and c.id = o.customer_id
where o.tenant_id = $1 and o.id = any($2::uuid[])
"""  # noqa: S608 - constants of this file
_DRAFTS = f"""
select d.id, d.revision, {_REACH} from draft d
join customer c on c.tenant_id = $1 and c.id = d.customer_id
where d.tenant_id = $1 and d.id = any($2::uuid[])
"""  # noqa: S608 - constants of this file
_CUSTOMERS = (
    f"select c.id, null::int as revision, {_REACH} from customer c where c.tenant_id = $1 and c.id = any($2::uuid[])"  # noqa: S608
)
_NOTICES = """
select n.id, n.revision, array(
  select a.kind || ' ' || a.target_id from notice_audience a where a.tenant_id = $1 and a.notice_id = n.id
) as words
from notice n where n.tenant_id = $1 and n.id = any($2::uuid[])
"""


_APPROVALS = """
select r.id, r.revision, array(
  select t.user_id from approval_task t where t.tenant_id = $1 and t.request_id = r.id
  union
  select d.delegate_id from approval_task t
  join approval_delegation d on d.tenant_id = $1 and d.user_id = t.user_id and d.starts_at <= $3 and d.ends_at > $3
  where t.tenant_id = $1 and t.request_id = r.id
  union
  select r.requested_by where r.requested_by is not null
) as users
from approval_request r where r.tenant_id = $1 and r.id = any($2::uuid[])
"""


async def _of_order(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    return await _of_customers(tx, _ORDERS, {d.event_id: d.subject_id for d in deliveries})


async def _of_draft(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    return await _of_customers(tx, _DRAFTS, {d.event_id: d.subject_id for d in deliveries})


async def _of_cart(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    """A cart may be gone: the event says whose it was."""
    of = {d.event_id: d.read(orders.DraftChanged).customer_id for d in deliveries}
    return await _of_customers(tx, _CUSTOMERS, of)


async def _of_consent(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    of = {d.event_id: d.read(orders.ConsentMoved).customer_id for d in deliveries}
    return await _of_customers(tx, _CUSTOMERS, of)


async def _of_customer(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    return await _of_customers(tx, _CUSTOMERS, {d.event_id: d.subject_id for d in deliveries})


async def _of_comment(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    """Dealers are told of those that are meant for them."""
    found = await _of_order(tx, deliveries)
    internal = {d.event_id for d in deliveries if not d.read(orders.Commented).for_customer}
    return {id: Subject(s.revision, s.reach) if id in internal else s for id, s in found.items()}


async def _of_notice(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    rows = {row["id"]: row for row in await tx.fetch(_NOTICES, [d.subject_id for d in deliveries])}
    return {
        d.event_id: Subject(rows[d.subject_id]["revision"], None, _words(rows[d.subject_id]["words"]))
        for d in deliveries
        if d.subject_id in rows
    }


async def _of_approval(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    """Whoever asked, and whoever was asked or stands in for them."""
    rows = {row["id"]: row for row in await tx.fetch(_APPROVALS, [d.subject_id for d in deliveries], tx.now)}
    return {
        d.event_id: Subject(rows[d.subject_id]["revision"], users=frozenset(rows[d.subject_id]["users"]))
        for d in deliveries
        if d.subject_id in rows
    }


async def _of_message(_tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    return {d.event_id: Subject(users=frozenset(d.read(notices.Messaged).users)) for d in deliveries}


async def _of_the_company(_tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    return {d.event_id: Subject() for d in deliveries}


async def _of_customers(tx: Tx, sql: str, of: Mapping[UUID, UUID]) -> Mapping[UUID, Subject]:
    rows = {row["id"]: row for row in await tx.fetch(sql, sorted(set(of.values())))}
    found = {}
    for event_id, id in of.items():
        row = rows.get(id)
        if row is not None:
            reach = Reach(row["customer_id"], row["owner_id"], row["department_id"], row["region_id"])
            found[event_id] = Subject(row["revision"], reach, frozenset([("customer", reach.customer_id)]))
    return found


def _words(words: Sequence[str]) -> frozenset[Word]:
    pairs = (word.split(" ", 1) for word in words)
    return frozenset((kind, UUID(id)) for kind, id in pairs)


_READS_ORDERS = ("orders.read", "portal.orders.read")
_SEE_STOCK = ("inventory.read", "portal.catalogue")
_PLACES_ORDERS = ("orders.place", "portal.orders.place")
TOLD: Mapping[type[Event], Shown] = {
    orders.Submitted: Shown("order.placed", _of_order, *_READS_ORDERS),
    orders.Confirmed: Shown("order.placed", _of_order, *_READS_ORDERS),
    accounts.LimitMoved: Shown("account.changed", _of_customer, "accounts.read"),
    approvals.Moved: Shown("approval.changed", _of_approval, OPEN),
    notices.Messaged: Shown("message.new", _of_message, OPEN, OPEN),
    orders.Cancelled: Shown("order.cancelled", _of_order, *_READS_ORDERS),
    orders.Held: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.HoldLifted: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.ShortClosed: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.Amended: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.AmendmentRequested: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.AmendmentClosed: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.SlipSubmitted: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.SlipDecided: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.Repromised: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.Paid: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.Commented: Shown("comment.added", _of_comment, *_READS_ORDERS),
    parties.Commented: Shown("comment.added", _of_customer, "parties.read"),
    inventory.Backordered: Shown("order.changed", _of_order, *_READS_ORDERS),
    inventory.Filled: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.DraftChanged: Shown("draft.changed", _of_cart, *_PLACES_ORDERS),
    orders.DraftProposed: Shown("draft.changed", _of_draft, *_PLACES_ORDERS),
    orders.DraftWithdrawn: Shown("draft.changed", _of_draft, *_PLACES_ORDERS),
    orders.DraftDeclined: Shown("draft.changed", _of_draft, *_PLACES_ORDERS),
    orders.ConsentMoved: Shown("consent.changed", _of_consent, None, "portal.orders.read"),
    notices.Published: Shown("notice.published", _of_notice, "notices.read", OPEN),
    notices.Changed: Shown("notice.changed", _of_notice, "notices.read", OPEN),
    notices.Withdrawn: Shown("notice.withdrawn", _of_notice, "notices.read", OPEN),
    imports.Progressed: Shown("import.progress", _of_the_company, "imports.run"),
}
# What changes the stock beside what is booked.
_MOVES_ORDERED = tuple(
    event.kind()
    for event in (orders.Submitted, orders.Confirmed, orders.Cancelled, orders.Amended, orders.ShortClosed)
)
_BY_KIND = {event.kind(): shown for event, shown in TOLD.items()}
KINDS = sorted({*_BY_KIND, inventory.Changed.kind()})

# A change of master data is told by the version of its kind: (what screens are told, staff need, dealers need).
VERSIONS: Mapping[str, tuple[str, str, str | None]] = {
    "pricing": ("prices.changed", "pricing.read", "portal.catalogue"),
    "catalogue": ("catalogue.changed", "catalogue.read", "portal.catalogue"),
    "parties": ("customers.changed", "parties.read", None),
}


async def items_of(tx: Tx, events: Sequence[tuple[Delivery, datetime]]) -> list[Item]:
    """What screens are told of these events, in their order: a fixed number of statements, whatever there is."""
    by_kind: dict[str, list[Delivery]] = {}
    for delivery, _ in events:
        by_kind.setdefault(delivery.kind, []).append(delivery)
    subjects: dict[UUID, Subject] = {}
    for of, several in _by_resolver(by_kind).items():
        subjects.update(await of(tx, several))
    items = []
    for delivery, at in events:
        shown, subject = _BY_KIND.get(delivery.kind), subjects.get(delivery.event_id)
        if shown is not None and subject is not None:
            items.append(
                Item(delivery.event_id, at, shown.kind, delivery.subject_id, shown.staff, shown.dealer, subject)
            )
    return items + await _stock_items(tx, events)


async def _stock_items(tx: Tx, events: Sequence[tuple[Delivery, datetime]]) -> list[Item]:
    """What is ordered and called off, and what is booked, changes the stock."""
    moves = await stock_changes(tx, [delivery for delivery, _ in events], ordered=_MOVES_ORDERED)
    return [
        Item(d.event_id, at, "stock.changed", None, *_SEE_STOCK, stock=moves[d.event_id])
        for d, at in events
        if d.event_id in moves
    ]


def _by_resolver(by_kind: Mapping[str, list[Delivery]]) -> dict[Resolve, list[Delivery]]:
    found: dict[Resolve, list[Delivery]] = {}
    for kind, several in by_kind.items():
        if kind in _BY_KIND:
            found.setdefault(_BY_KIND[kind].of, []).extend(several)
    return found


def merged_stock(items: Sequence[Item]) -> Item:
    """Several changes of stock as one, of the moment of the last."""
    changes = [item.stock for item in items if item.stock is not None]
    return replace(items[-1], stock=merged(changes))
