"""News of orders. Reactions to it stand in flow/reactions.py."""

from datetime import date
from uuid import UUID

import msgspec

from dinghuo.kit.outbox import Event


class Confirmed(Event, frozen=True, tag="orders.confirmed"):
    """An order is binding: its stock is promised and its credit taken."""


class Submitted(Event, frozen=True, tag="orders.submitted"):
    """An order was placed that somebody has to approve: its stock is promised and its credit taken, but it does not
    bind yet."""


class Imported(Event, frozen=True, tag="orders.imported"):
    """An order of long ago was taken over from another system; nothing of it remains to be done."""


class Cancelled(Event, frozen=True, tag="orders.cancelled"):
    """An order was called off; what it held is free again."""


class Returned(Event, frozen=True, tag="orders.returned"):
    """Goods came back long ago, in the system that history was taken over from; the subject is the return."""


class Held(Event, frozen=True, tag="orders.held"):
    """An order's goods may not go for now."""


class HoldLifted(Event, frozen=True, tag="orders.hold_lifted"):
    """Something that held an order no longer does."""


class ShortClosed(Event, frozen=True, tag="orders.short_closed"):
    """What was left of some lines of an order is not to come any more."""


class Closed(Event, frozen=True, tag="orders.closed"):
    """Nothing of an order remains to be done."""


class AmendmentRequested(Event, frozen=True, tag="orders.amendment_requested"):
    """Somebody wants an order to be another one; it waits for the seller or for an approval."""

    amendment_id: UUID
    side: str


class Amended(Event, frozen=True, tag="orders.amended"):
    """An order is no longer what it was."""

    amendment_id: UUID


class AmendmentClosed(Event, frozen=True, tag="orders.amendment_closed"):
    """An amendment was rejected or taken back; the order stays as it was."""

    amendment_id: UUID


class SlipSubmitted(Event, frozen=True, tag="orders.slip_submitted"):
    """A transfer slip waits for finance."""

    slip_id: UUID


class SlipDecided(Event, frozen=True, tag="orders.slip_decided"):
    """Finance has confirmed or refused a transfer slip, or its sender took it back."""

    slip_id: UUID


class MovedPromise(msgspec.Struct, frozen=True):
    """For when a line was promised, and for when it is now; null when nobody knows."""

    line_no: int
    old: date | None
    new: date | None


class Repromised(Event, frozen=True, tag="orders.repromised"):
    """Lines of an order that wait are promised for other days than before; `moved_by` None: by themselves."""

    lines: list[MovedPromise]
    moved_by: UUID | None = None


class PromisesDue(Event, frozen=True, kw_only=True, tag="orders.promises_due"):
    """It is time to see whether lines that wait are promised for the right days, from a SKU on."""

    after: UUID | None = None


class Paid(Event, frozen=True, tag="orders.paid"):
    """What an order's goods waited for was paid."""


class DraftChanged(Event, frozen=True, tag="orders.draft_changed"):
    """A cart or draft is no longer what it was, or is gone."""

    customer_id: UUID


class DraftProposed(Event, frozen=True, tag="orders.draft_proposed"):
    """A sales person has made a draft for a dealer, who is to confirm it."""


class DraftWithdrawn(Event, frozen=True, tag="orders.draft_withdrawn"):
    """A proposal was taken back before the dealer decided."""


class DraftDeclined(Event, frozen=True, tag="orders.draft_declined"):
    """The dealer does not want what was proposed."""


class ConsentMoved(Event, frozen=True, tag="orders.consent_moved"):
    """A dealer asked a colleague for consent to a draft, took it back, or the colleague has decided."""

    customer_id: UUID
    state: str


class Commented(Event, frozen=True, tag="orders.commented"):
    """Something was said on an order, said otherwise, or taken back. `mentions` are users' ids."""

    comment_id: UUID
    for_customer: bool
    mentions: tuple[UUID, ...] = ()
