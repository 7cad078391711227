"""Reading comments."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, select

from dinghuo.comments.tables import comment, comment_mention
from dinghuo.identity.tables import app_user
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page

# For so long whoever wrote a comment can mend it or take it back.
EDITABLE = timedelta(minutes=15)


class Author(msgspec.Struct, frozen=True):
    """Who wrote it, by the name of that day."""

    id: UUID | None
    name: str
    kind: str


class Mention(msgspec.Struct, frozen=True):
    """One of the tenant's own people."""

    id: UUID
    login: str
    name: str


class CommentView(msgspec.Struct, frozen=True, kw_only=True):
    """A comment. Of one that was taken back the text is empty. `may_edit` is its author's until `edit_until`."""

    id: UUID
    author: Author
    text: str
    mentions: list[Mention]
    for_customer: bool
    at: datetime
    edited_at: datetime | None
    deleted: bool
    may_edit: bool
    edit_until: datetime
    revision: int


async def list_comments(
    tx: Tx,
    *,
    document_kind: str,
    document_id: UUID,
    reader_id: UUID,
    for_customer: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[CommentView]:
    """The comments on a document, the oldest first. `for_customer`: those meant for the customer's people too."""
    c = comment.c
    conditions = [c.document_kind == document_kind, c.document_id == document_id]
    if for_customer:
        conditions += [c.for_customer, c.deleted_at.is_(None)]
    if cursor is not None:
        conditions.append(c.id > decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(
        select(comment).where(c.tenant_id == tx.tenant_id, *conditions).order_by(c.id).limit(limit + 1)
    )
    mentions = await _mentions(tx, [row.id for row in rows])
    return page(rows, limit, lambda row: (row.id,), lambda row: _view(tx, row, mentions, reader_id))


async def get_comment(
    tx: Tx, *, document_kind: str, document_id: UUID, comment_id: UUID, reader_id: UUID, lock: bool = False
) -> CommentView:
    """One comment on this document; refused as missing when it has none such."""
    c = comment.c
    statement = select(comment).where(
        c.tenant_id == tx.tenant_id,
        c.id == comment_id,
        c.document_id == document_id,
        c.document_kind == document_kind,
    )
    row = await tx.one(statement.with_for_update(key_share=True) if lock else statement)
    if row is None:
        raise missing("comment", comment_id)
    return _view(tx, row, await _mentions(tx, [comment_id]), reader_id)


async def count_comments(tx: Tx, *, document_kind: str, document_id: UUID) -> int:
    c = comment.c
    row = await tx.one(
        select(func.count().label("n")).where(
            c.tenant_id == tx.tenant_id,
            c.document_id == document_id,
            c.document_kind == document_kind,
            c.deleted_at.is_(None),
        )
    )
    return 0 if row is None else int(row.n)


async def _mentions(tx: Tx, comment_ids: Sequence[UUID]) -> dict[UUID, list[Mention]]:
    m, u = comment_mention.c, app_user.c
    found: dict[UUID, list[Mention]] = {}
    for row in await tx.rows(
        select(m.comment_id, u.id, u.login, u.name)
        .join(app_user, and_(u.tenant_id == m.tenant_id, u.id == m.user_id))
        .where(m.tenant_id == tx.tenant_id, u.tenant_id == tx.tenant_id, among(m.comment_id, comment_ids))
        .order_by(u.login)
    ):
        found.setdefault(row.comment_id, []).append(Mention(row.id, row.login, row.name))
    return found


def _view(tx: Tx, row: Any, mentions: dict[UUID, list[Mention]], reader_id: UUID) -> CommentView:
    until = row.at + EDITABLE
    deleted = row.deleted_at is not None
    return CommentView(
        id=row.id,
        author=Author(row.author_id, row.author_name, row.author_kind),
        text=row.text,
        mentions=mentions.get(row.id, []),
        for_customer=row.for_customer,
        at=row.at,
        edited_at=row.edited_at,
        deleted=deleted,
        may_edit=row.author_id == reader_id and not deleted and tx.now < until,
        edit_until=until,
        revision=row.revision,
    )
