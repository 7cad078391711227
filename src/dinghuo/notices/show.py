"""A notice published for later is news when its moment comes."""

from collections.abc import Sequence

from sqlalchemy import update

from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery, emit
from dinghuo.notices.events import Published
from dinghuo.notices.tables import notice


async def show_when_due(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """Tell of those that are shown by now; one that was put off meanwhile has another event of its own."""
    n = notice.c
    rows = await tx.rows(
        update(notice)
        .where(
            n.tenant_id == tx.tenant_id,
            among(n.id, [delivery.subject_id for delivery in deliveries]),
            n.state == "published",
            n.shown_at <= tx.now,
            n.told_at.is_distinct_from(n.shown_at),
        )
        .values(told_at=n.shown_at)
        .returning(n.id)
    )
    await emit(tx, [Published(subject_id=row.id) for row in rows])
