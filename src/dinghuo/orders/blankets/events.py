"""News of blanket orders. Reactions to it stand in flow/reactions.py."""

from dinghuo.kit.outbox import Event


class BlanketEnds(Event, frozen=True, tag="orders.blanket_ends"):
    """The day after a blanket order's last day has begun."""
