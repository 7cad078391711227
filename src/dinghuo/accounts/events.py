"""News of accounts. Reactions to it stand in flow/reactions.py."""

from dinghuo.kit.outbox import Event


class LimitMoved(Event, frozen=True, tag="accounts.limit_moved"):
    """The credit limit of a customer, which is the subject, changed, or a change of it waits or no longer does."""
