"""Mend one's own comment, or take it back, while it is new. What it said before stays in the audit."""

from uuid import UUID

from sqlalchemy import update

from dinghuo.comments.queries import EDITABLE, CommentView, get_comment
from dinghuo.comments.tables import comment, comment_mention
from dinghuo.comments.write import CommentRequest, check_comment
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import drop, put
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, FORBIDDEN, Message, Refused
from dinghuo.kit.revisions import check_revision

NOT_YOURS = Message(
    "comment-of-another", "只能修改自己的评论", "Only whoever wrote a comment can change it", FORBIDDEN
)
FIXED = Message(
    "comment-fixed",
    "评论发出 {minutes} 分钟后（或撤回后）不能再修改",
    "A comment can be changed for {minutes} minutes, and not once it was taken back",
    CONFLICT,
)


async def edit_comment(
    tx: Tx,
    *,
    document_kind: str,
    document_id: UUID,
    comment_id: UUID,
    request: CommentRequest,
    revision: int,
    person_id: UUID,
    by: Actor,
) -> list[UUID]:
    """Say it otherwise; the people it mentions now."""
    old = await _own(tx, document_kind, document_id, comment_id, person_id)
    check_revision(old.revision, revision)
    mentioned = await check_comment(tx, request)
    await _write(tx, old, by, text=request.text.strip(), for_customer=request.for_customer, edited_at=tx.now)
    before = {mention.id for mention in old.mentions}
    await drop(tx, comment_mention, [(comment_id, user_id) for user_id in before - set(mentioned)])
    fresh = [{"comment_id": comment_id, "user_id": user_id} for user_id in mentioned if user_id not in before]
    await put(tx, comment_mention, fresh)
    return mentioned


async def take_back(
    tx: Tx, *, document_kind: str, document_id: UUID, comment_id: UUID, person_id: UUID, by: Actor
) -> bool:
    """Take a comment back; whether the customer's people were shown it."""
    old = await _own(tx, document_kind, document_id, comment_id, person_id)
    await _write(tx, old, by, text="", deleted_at=tx.now)
    await drop(tx, comment_mention, [(comment_id, mention.id) for mention in old.mentions])
    return old.for_customer


async def _own(tx: Tx, document_kind: str, document_id: UUID, comment_id: UUID, person_id: UUID) -> CommentView:
    found = await get_comment(
        tx,
        document_kind=document_kind,
        document_id=document_id,
        comment_id=comment_id,
        reader_id=person_id,
        lock=True,
    )
    if found.author.id != person_id:
        raise Refused(NOT_YOURS("id"))
    if not found.may_edit:
        raise Refused(FIXED("id", minutes=int(EDITABLE.total_seconds()) // 60))
    return found


async def _write(tx: Tx, old: CommentView, by: Actor, **values: object) -> None:
    await tx.execute(
        update(comment)
        .where(comment.c.tenant_id == tx.tenant_id, comment.c.id == old.id)
        .values(revision=old.revision + 1, **values)
    )
    changed: dict[str, object] = {name: values[name] for name in ("text", "for_customer") if name in values}
    changes = audit.differences({"text": old.text, "for_customer": old.for_customer}, changed)
    action = "taken_back" if "deleted_at" in values else "edited"
    await audit.record(tx, [audit.Change("comment", old.id, action, by, changes)])
