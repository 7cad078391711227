"""What staff read of notices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Row, func, select

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.attachments import FileView, known_files
from dinghuo.kit.bulk import among, equals
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.notices.audience import AudienceView, TargetView, audiences, seen_notices
from dinghuo.notices.tables import notice, notice_read

Phase = Literal["draft", "scheduled", "current", "ended", "withdrawn"]


class NoticeSummary(msgspec.Struct, frozen=True, kw_only=True):
    """`phase` is the state by the clock; `actions` what may be done now; `hidden_customers` how many more are
    named whom the reader may not see."""

    id: UUID
    kind: str
    title: str
    title_en: str | None
    picture: str | None
    link: str | None
    pinned: bool
    must_read: bool
    valid_from: datetime | None
    valid_until: datetime | None
    state: str
    phase: Phase
    audience: list[TargetView]
    hidden_customers: int
    published_at: datetime | None
    published_by: str | None
    created_at: datetime
    updated_at: datetime
    revision: int
    read_users: int
    actions: list[str]


class NoticeView(NoticeSummary, frozen=True, kw_only=True):
    """A notice with its text and files."""

    body: str
    body_en: str | None
    attachments: list[FileView]


class NoticeFilter(msgspec.Struct, frozen=True, kw_only=True):
    kind: str | None = None
    state: str | None = None


async def list_notices(
    tx: Tx, *, seen_by: StaffPrincipal, wanted: NoticeFilter, cursor: str | None, limit: int
) -> Page[NoticeSummary]:
    """Notices, the newest first."""
    n = notice.c
    conditions = [n.tenant_id == tx.tenant_id, seen_notices(seen_by, tx.tenant_id)]
    if wanted.kind is not None:
        conditions.append(equals(n.kind, wanted.kind))
    if wanted.state is not None:
        conditions.append(n.state == wanted.state)
    if cursor is not None:
        conditions.append(n.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(select(notice).where(*conditions).order_by(n.id.desc()).limit(limit + 1))
    ids = [row.id for row in rows[:limit]]
    whom, readers = await audiences(tx, ids, seen_by=seen_by), await _readers(tx, ids)

    def view(row: Row[Any]) -> NoticeSummary:
        return NoticeSummary(**_fields(row, tx.now, whom[row.id], readers.get(row.id, 0), seen_by))

    return page(rows, limit, lambda row: (row.id,), view)


async def get_notice(tx: Tx, notice_id: UUID, *, seen_by: StaffPrincipal) -> NoticeView:
    n = notice.c
    row = await tx.one(
        select(notice).where(n.tenant_id == tx.tenant_id, n.id == notice_id, seen_notices(seen_by, tx.tenant_id))
    )
    if row is None:
        raise missing("notice", notice_id)
    whom, readers = await audiences(tx, [row.id], seen_by=seen_by), await _readers(tx, [row.id])
    return NoticeView(
        **_fields(row, tx.now, whom[row.id], readers.get(row.id, 0), seen_by),
        body=row.body,
        body_en=row.body_en,
        attachments=await file_views(tx, row.attachments),
    )


async def file_views(tx: Tx, attachments: Sequence[Mapping[str, str]]) -> list[FileView]:
    """The attachments with what their files are."""
    if not attachments:
        return []
    known = await known_files(tx, [file["sha256"] for file in attachments])
    return [
        FileView(file["sha256"], file["name"], known[file["sha256"]].content_type, known[file["sha256"]].size)
        for file in attachments
    ]


async def _readers(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, int]:
    r = notice_read.c
    counted = select(r.notice_id, func.count().label("readers")).where(
        r.tenant_id == tx.tenant_id, among(r.notice_id, ids)
    )
    return {row.notice_id: row.readers for row in await tx.rows(counted.group_by(r.notice_id))}


_PLAIN = [
    name
    for name in NoticeSummary.__struct_fields__
    if name not in {"phase", "audience", "hidden_customers", "read_users", "actions"}
]


def _fields(
    row: Row[Any], now: datetime, whom: AudienceView, readers: int, seen_by: StaffPrincipal
) -> dict[str, Any]:
    return {name: row._mapping[name] for name in _PLAIN} | {
        "phase": phase(row, now),
        "audience": whom.targets,
        "hidden_customers": whom.hidden,
        "read_users": readers,
        "actions": _ACTIONS[row.state] if seen_by.may("notices.write") else [],
    }


_ACTIONS: Mapping[str, list[str]] = {
    "draft": ["edit", "publish", "delete"],
    "published": ["edit", "withdraw"],
    "withdrawn": [],
}


def phase(row: Any, now: datetime) -> Phase:
    """The state as the clock has it."""
    if row.state != "published":
        return "draft" if row.state == "draft" else "withdrawn"
    if row.shown_at > now:
        return "scheduled"
    return "ended" if row.valid_until is not None and row.valid_until <= now else "current"
