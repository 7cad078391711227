"""News of imports: that there is work for a worker, and how far it has come."""

from dinghuo.kit.outbox import Event


class Due(Event, frozen=True, kw_only=True, tag="imports.due"):
    """Some import of the tenant may have to be taken up. The subject does not matter."""


class Progressed(Event, frozen=True, kw_only=True, tag="imports.progressed"):
    """An import is in another state, or further on. The subject is the import."""

    state: str
    phase: str | None = None
    done: int = 0
    total: int | None = None
