"""What a dealer sees of notices: those for their company that hold now. The caller says which words address it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from dinghuo.kit.attachments import FileRef, FileView
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.pictures import SizedFile, Width, read_sized
from dinghuo.notices.queries import file_views
from dinghuo.notices.tables import notice, notice_audience, notice_read

_SUMMARY = 120
_MOST_BANNERS = 10
_MOST_MUST_READ = 20
_MOST_COUNTED = 99


class Reader(msgspec.Struct, frozen=True):
    """Who reads, and the words that address their company: (kind, id) of itself, its tier, regions and channel."""

    user_id: UUID
    words: Collection[tuple[str, UUID]]
    language: Language


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    kind: str
    title: str
    summary: str
    picture: str | None
    pinned: bool
    must_read: bool
    valid_from: datetime
    read_at: datetime | None


class ShownWhole(Shown, frozen=True, kw_only=True):
    body: str
    link: str | None
    attachments: list[FileView]


class Banner(msgspec.Struct, frozen=True):
    id: UUID
    title: str
    picture: str
    link: str | None


class Unread(msgspec.Struct, frozen=True):
    """`count` stops at 99; `must_read` are to be shown before anything else."""

    count: int
    must_read: list[Shown]


class Home(msgspec.Struct, frozen=True):
    """What the home page shows."""

    banners: list[Banner]
    notices: list[Shown]
    unread: Unread


async def shown_notices(
    tx: Tx, reader: Reader, *, kind: str | None, unread: bool, cursor: str | None, limit: int
) -> Page[Shown]:
    """Current notices and policies: pinned ones first, then the newest."""
    n = notice.c
    order = (n.pinned, n.shown_at, n.id)
    found = _current(tx, reader).where(n.kind != "banner" if kind is None else n.kind == kind)
    if unread:
        found = found.where(notice_read.c.read_at.is_(None))
    if cursor is not None:
        found = found.where(tuple_(*order) < tuple_(*decode_cursor(cursor, (bool, datetime, UUID))))
    rows = await tx.rows(found.order_by(*(column.desc() for column in order)).limit(limit + 1))
    return page(
        rows, limit, lambda row: (row.pinned, row.shown_at, row.id), lambda row: Shown(**_fields(row, reader))
    )


async def shown_notice(tx: Tx, reader: Reader, notice_id: UUID) -> ShownWhole:
    row = await _one(tx, reader, notice_id)
    return ShownWhole(
        **_fields(row, reader),
        body=_text(row, "body", reader),
        link=row.link,
        attachments=await file_views(tx, row.attachments),
    )


async def shown_file(
    tx: Tx, reader: Reader, notice_id: UUID, sha256: str, width: Width | None
) -> tuple[SizedFile, str | None]:
    """A picture or attachment of a notice that the reader sees, and what it is called."""
    row = await _one(tx, reader, notice_id)
    attachments = [FileRef(file["sha256"], file["name"]) for file in row.attachments]
    return await file_of(tx, sha256, width, picture=row.picture, attachments=attachments)


async def file_of(
    tx: Tx, sha256: str, width: Width | None, *, picture: str | None, attachments: Sequence[FileRef | FileView]
) -> tuple[SizedFile, str | None]:
    """A file of a notice, and what it is called there; as if there were none when it is not of this notice."""
    names = {file.sha256: file.name for file in attachments}
    content = await read_sized(tx, sha256, width) if sha256 == picture or sha256 in names else None
    if content is None:
        raise missing("file", sha256)
    return content, names.get(sha256)


async def banners(tx: Tx, reader: Reader) -> list[Banner]:
    """Pinned ones first, then the newest."""
    n = notice.c
    found = _current(tx, reader).where(n.kind == "banner", n.picture.is_not(None))
    rows = await tx.rows(found.order_by(n.pinned.desc(), n.shown_at.desc(), n.id.desc()).limit(_MOST_BANNERS))
    return [Banner(row.id, _text(row, "title", reader), row.picture, row.link) for row in rows]


async def unread_notices(tx: Tx, reader: Reader) -> Unread:
    n = notice.c
    waiting = _current(tx, reader).where(n.kind != "banner", notice_read.c.read_at.is_(None))
    some = waiting.limit(_MOST_COUNTED).subquery("waiting")
    count = (await tx.execute(select(func.count()).select_from(some))).scalar_one()
    rows = await tx.rows(
        waiting.where(n.must_read).order_by(n.pinned.desc(), n.shown_at.desc(), n.id.desc()).limit(_MOST_MUST_READ)
    )
    return Unread(count, [Shown(**_fields(row, reader)) for row in rows])


async def home(tx: Tx, reader: Reader, *, notices: int = 5) -> Home:
    """Everything a home page shows of notices."""
    newest = await shown_notices(tx, reader, kind=None, unread=False, cursor=None, limit=notices)
    return Home(await banners(tx, reader), newest.items, await unread_notices(tx, reader))


async def mark_read(tx: Tx, reader: Reader, notice_id: UUID) -> None:
    """The first time counts."""
    await _one(tx, reader, notice_id)
    read = insert(notice_read).values(
        tenant_id=tx.tenant_id, notice_id=notice_id, user_id=reader.user_id, read_at=tx.now
    )
    await tx.execute(read.on_conflict_do_nothing())


async def _one(tx: Tx, reader: Reader, notice_id: UUID) -> Row[Any]:
    row = await tx.one(_current(tx, reader).where(notice.c.id == notice_id))
    if row is None:
        raise missing("notice", notice_id)
    return row


def _current(tx: Tx, reader: Reader) -> Select[Any]:
    """Published, holding now, and for this company; with when the reader read it."""
    n, r = notice.c, notice_read.c
    mine = and_(r.tenant_id == n.tenant_id, r.notice_id == n.id, r.user_id == reader.user_id)
    return (
        select(notice, r.read_at)
        .outerjoin(notice_read, mine)
        .where(
            n.tenant_id == tx.tenant_id,
            n.state == "published",
            n.shown_at <= tx.now,
            or_(n.valid_until.is_(None), n.valid_until > tx.now),
            _addresses(tx.tenant_id, reader.words),
        )
    )


def _addresses(tenant_id: int, words: Collection[tuple[str, UUID]]) -> ColumnElement[bool]:
    a = notice_audience.c
    named = [and_(a.kind == kind, a.target_id == id) for kind, id in sorted(words)]
    return exists().where(a.tenant_id == tenant_id, a.notice_id == notice.c.id, or_(a.kind == "everyone", *named))


def _fields(row: Row[Any], reader: Reader) -> dict[str, Any]:
    body = _text(row, "body", reader)
    return {
        "id": row.id,
        "kind": row.kind,
        "title": _text(row, "title", reader),
        "summary": " ".join(body.split())[:_SUMMARY],
        "picture": row.picture,
        "pinned": row.pinned,
        "must_read": row.must_read,
        "valid_from": row.shown_at,
        "read_at": row.read_at,
    }


def _text(row: Row[Any], name: str, reader: Reader) -> str:
    """In the reader's language; in Chinese where there is no English."""
    english = row._mapping[f"{name}_en"] if reader.language == "en" else None
    chinese: str = row._mapping[name]
    return english or chinese
