"""Withdraw a notice for good, or throw away a draft."""

from uuid import UUID

from sqlalchemy import delete

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.outbox import emit
from dinghuo.kit.transitions import transition
from dinghuo.notices.events import Withdrawn
from dinghuo.notices.save import lock_notice
from dinghuo.notices.states import NOTICE
from dinghuo.notices.tables import notice, notice_audience

NOT_A_DRAFT = Message(
    "notice-not-a-draft",
    "只有草稿可以删除；已发布的公告请撤回",
    "Only a draft can be deleted: withdraw what was published",
    CONFLICT,
)


async def withdraw_notice(tx: Tx, *, notice_id: UUID, staff: StaffPrincipal) -> None:
    """Dealers see it no longer; who has read it is remembered."""
    row = await lock_notice(tx, notice_id, staff=staff)
    await transition(tx, notice, NOTICE, [notice_id], "withdrawn", updated_at=tx.now, revision=row.revision + 1)
    change = Change("notice", notice_id, "withdrawn", staff.actor(), {"state": [row.state, "withdrawn"]})
    await record(tx, [change])
    await emit(tx, [Withdrawn(subject_id=notice_id)])


async def delete_notice(tx: Tx, *, notice_id: UUID, staff: StaffPrincipal) -> None:
    row = await lock_notice(tx, notice_id, staff=staff)
    if row.state != "draft":
        raise Refused(NOT_A_DRAFT())
    a = notice_audience.c
    await tx.execute(delete(notice_audience).where(a.tenant_id == tx.tenant_id, a.notice_id == notice_id))
    await tx.execute(delete(notice).where(notice.c.tenant_id == tx.tenant_id, notice.c.id == notice_id))
    await record(tx, [Change("notice", notice_id, "deleted", staff.actor(), {"title": [row.title, None]})])
