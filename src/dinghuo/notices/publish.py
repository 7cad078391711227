"""Publish a notice: dealers see it at once, or from the moment it holds."""

from uuid import UUID

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.outbox import emit
from dinghuo.kit.transitions import transition
from dinghuo.notices.events import Published
from dinghuo.notices.save import announce_later, check_publishable, lock_notice
from dinghuo.notices.states import NOTICE
from dinghuo.notices.tables import notice

NOTICE_OVER = Message(
    "notice-over",
    "有效期已过，请先修改结束时间",
    "Its time is over: change its end first",
    CONFLICT,
)


async def publish_notice(tx: Tx, *, notice_id: UUID, staff: StaffPrincipal) -> None:
    row = await lock_notice(tx, notice_id, staff=staff)
    check_publishable(row.kind, row._mapping)
    if row.valid_until is not None and row.valid_until <= tx.now:
        raise Refused(NOTICE_OVER("valid_until"))
    shown_at = max(row.valid_from or tx.now, tx.now)
    by = staff.actor()
    await transition(
        tx,
        notice,
        NOTICE,
        [notice_id],
        "published",
        shown_at=shown_at,
        published_at=tx.now,
        published_by=by.name,
        updated_at=tx.now,
        revision=row.revision + 1,
    )
    await record(tx, [Change("notice", notice_id, "published", by, {"state": [row.state, "published"]})])
    if shown_at > tx.now:
        await announce_later(tx, notice_id, shown_at)
    else:
        await emit(tx, [Published(subject_id=notice_id)])
