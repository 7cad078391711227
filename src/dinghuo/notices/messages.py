"""Messages to one person each: what waits for them, what became of what they asked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, select, update

from dinghuo.identity.principals import DealerPrincipal, Principal
from dinghuo.kit import outbox
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.notices.events import Messaged
from dinghuo.notices.tables import message

_MOST_COUNTED = 1000


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell several people. Whatever is told again under the same `group_id` is told once.

    No amounts: some readers see no prices, and it may leave the house. `link` is `approval:ID`, `order:ID` …
    """

    group_id: UUID
    users: Sequence[UUID]
    kind: str
    title: str
    title_en: str
    body: str = ""
    body_en: str = ""
    link: str | None = None
    # Of a dealer's people: for which of their companies.
    customer_id: UUID | None = None


class MessageView(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    kind: str
    title: str
    title_en: str
    body: str
    body_en: str
    link: str | None
    at: datetime
    read_at: datetime | None


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    group_id: UUID
    user_id: UUID
    kind: str
    title: str
    title_en: str
    body: str
    body_en: str
    link: str | None
    customer_id: UUID | None


_SEND = """
insert into message (tenant_id, id, group_id, user_id, kind, title, title_en, body, body_en, link, customer_id, at)
select $1, m.*, $3
from json_to_recordset($2::json) as m(id uuid, group_id uuid, user_id uuid, kind text, title text, title_en text,
  body text, body_en text, link text, customer_id uuid)
on conflict (tenant_id, group_id, user_id) do nothing
returning group_id, user_id
"""


async def send(tx: Tx, notes: Sequence[Note]) -> None:
    """Tell these people, in one statement; screens and chats are told by the event."""
    rows = [
        _Row(
            new_id(),
            note.group_id,
            user,
            note.kind,
            note.title,
            note.title_en,
            note.body,
            note.body_en,
            note.link,
            note.customer_id,
        )
        for note in notes
        for user in dict.fromkeys(note.users)
    ]
    if not rows:
        return
    tx.wrote = True
    told: dict[UUID, list[UUID]] = {}
    for row in await tx.fetch(_SEND, msgspec.json.encode(rows).decode(), tx.now):
        told.setdefault(row["group_id"], []).append(row["user_id"])
    await outbox.emit(tx, [Messaged(subject_id=id, users=tuple(users)) for id, users in told.items()])


async def list_messages(
    tx: Tx, *, principal: Principal, unread: bool | None, cursor: str | None, limit: int
) -> Page[MessageView]:
    """The reader's own, the newest first."""
    m = message.c
    wanted = select(message).where(*_own(tx, principal))
    if unread is not None:
        wanted = wanted.where(m.read_at.is_(None) if unread else m.read_at.is_not(None))
    if cursor is not None:
        wanted = wanted.where(m.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(wanted.order_by(m.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), _view)


async def count_unread(tx: Tx, *, principal: Principal) -> int:
    """How many are unread; no more are counted than anybody reads."""
    m = message.c
    some = select(m.id).where(*_own(tx, principal), m.read_at.is_(None)).limit(_MOST_COUNTED).subquery()
    row = await tx.one(select(func.count()).select_from(some))
    return int(row[0]) if row is not None else 0


async def mark_read(tx: Tx, *, principal: Principal, ids: Sequence[UUID] | None) -> int:
    """These were read, or all of the reader's; how many are unread now. Another's are passed over."""
    m = message.c
    wanted = update(message).where(*_own(tx, principal), m.read_at.is_(None))
    if ids is not None:
        wanted = wanted.where(among(m.id, ids))
    await tx.execute(wanted.values(read_at=tx.now))
    return await count_unread(tx, principal=principal)


def _own(tx: Tx, principal: Principal) -> list[ColumnElement[bool]]:
    """Whose messages: of somebody of a dealer, those for the company they act for."""
    m = message.c
    own = [m.tenant_id == tx.tenant_id, m.user_id == principal.user_id]
    if isinstance(principal, DealerPrincipal):
        own.append(m.customer_id == principal.customer_id)
    return own


def _view(row: Any) -> MessageView:
    return MessageView(**{name: row._mapping[name] for name in MessageView.__struct_fields__})
