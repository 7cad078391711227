"""News of orders. Reactions to it stand in flow/reactions.py."""

from uuid import UUID

from dinghuo.kit.outbox import Event


class Confirmed(Event, frozen=True, tag="orders.confirmed"):
    """An order is binding: its stock is promised and its credit taken."""


class Imported(Event, frozen=True, tag="orders.imported"):
    """An order of long ago was taken over from another system; nothing of it remains to be done."""


class Cancelled(Event, frozen=True, tag="orders.cancelled"):
    """An order was called off; what it held is free again."""


class DraftChanged(Event, frozen=True, tag="orders.draft_changed"):
    """A cart or draft is no longer what it was, or is gone."""

    customer_id: UUID


class DraftProposed(Event, frozen=True, tag="orders.draft_proposed"):
    """A sales person has made a draft for a dealer, who is to confirm it."""


class DraftWithdrawn(Event, frozen=True, tag="orders.draft_withdrawn"):
    """A proposal was taken back before the dealer decided."""


class DraftDeclined(Event, frozen=True, tag="orders.draft_declined"):
    """The dealer does not want what was proposed."""


class Commented(Event, frozen=True, tag="orders.commented"):
    """Something was said on an order, said otherwise, or taken back. `mentions` are users' ids."""

    comment_id: UUID
    for_customer: bool
    mentions: tuple[UUID, ...] = ()
