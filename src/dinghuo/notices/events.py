"""News of notices."""

from uuid import UUID

from dinghuo.kit.outbox import Event


class Published(Event, frozen=True, tag="notices.published"):
    """Dealers see it from now on."""


class Changed(Event, frozen=True, tag="notices.changed"):
    """What dealers see of it is another text, or others see it."""


class Withdrawn(Event, frozen=True, tag="notices.withdrawn"):
    """Dealers see it no longer."""


class ShowDue(Event, frozen=True, tag="notices.show_due"):
    """The moment has come from which a notice published before is to be seen."""


class Messaged(Event, frozen=True, tag="notices.messaged"):
    """These people have a new message; the subject is its group."""

    users: tuple[UUID, ...]
