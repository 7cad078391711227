"""News of orders. Reactions to it stand in flow/reactions.py."""

from dinghuo.kit.outbox import Event


class Confirmed(Event, frozen=True, tag="orders.confirmed"):
    """An order is binding: its stock is promised and its credit taken."""


class Imported(Event, frozen=True, tag="orders.imported"):
    """An order of long ago was taken over from another system; nothing of it remains to be done."""


class Cancelled(Event, frozen=True, tag="orders.cancelled"):
    """An order was called off; what it held is free again."""
