"""News of rebates. Reactions to it stand in flow/reactions.py."""

from dinghuo.kit.outbox import Event


class AgreementSaved(Event, frozen=True, tag="rebates.agreement_saved"):
    """An agreement is new or another one: all that it looks at is to be looked at again."""


class Settled(Event, frozen=True, tag="rebates.settled"):
    """Rebates were credited to customers' balances."""


class CountDue(Event, frozen=True, tag="rebates.count_due"):
    """It is time to look at everything again: master data may have changed."""
