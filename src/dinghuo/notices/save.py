"""Write a notice, and edit one: also while it is shown."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Row, insert, select, update

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.attachments import FileRef, known_files
from dinghuo.kit.audit import Change, differences, record
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.kit.outbox import emit
from dinghuo.kit.revisions import check_revision
from dinghuo.kit.texts import EMPTY, text_faults
from dinghuo.notices.audience import (
    EVERYONE,
    TargetInput,
    replace_targets,
    resolve_targets,
    seen_notices,
    write_targets,
)
from dinghuo.notices.events import Changed, ShowDue
from dinghuo.notices.tables import notice

MOST_ATTACHMENTS = 20
_LONGEST = {"title": 200, "title_en": 200, "body": 20_000, "body_en": 20_000}
_LINK = re.compile(r"(sku|category|notice):\S{1,64}|https?://\S{1,500}")

NOTICE_LINK = Message(
    "notice-link",
    "链接应写成 sku:编码、category:编码、notice:编号 或网址",
    "A link is sku:CODE, category:CODE, notice:ID or an address",
    MALFORMED,
)
NOT_A_WHILE = Message(
    "notice-ends-before-it-begins",
    "结束时间须晚于开始时间",
    "The end must lie after the beginning",
    MALFORMED,
)
UNKNOWN_FILE = Message("file-not-uploaded", "请先上传文件", "Upload this file first", MALFORMED)
TOO_MANY_ATTACHMENTS = Message("too-many-attachments", "最多 {most} 个附件", "At most {most} attachments", MALFORMED)
NOT_A_NOTICE_PICTURE = Message("notice-picture", "配图必须是图片文件", "The picture must be a picture", MALFORMED)
NOTICE_WITHDRAWN = Message(
    "notice-withdrawn", "已撤回的公告不能修改", "A notice that was withdrawn cannot be changed", CONFLICT
)
BANNER_WITHOUT_PICTURE = Message(
    "banner-without-picture", "横幅须有图片才能发布", "A banner needs a picture before it is published", CONFLICT
)


class NoticeFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a notice; a field left out stays as it is. Lists replace those before."""

    title: str | UnsetType = UNSET
    title_en: str | UnsetType | None = UNSET
    body: str | UnsetType = UNSET
    body_en: str | UnsetType | None = UNSET
    picture: str | UnsetType | None = UNSET
    link: str | UnsetType | None = UNSET
    attachments: list[FileRef] | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    must_read: bool | UnsetType = UNSET
    valid_from: datetime | UnsetType | None = UNSET
    valid_until: datetime | UnsetType | None = UNSET
    audience: list[TargetInput] | UnsetType = UNSET


class NoticeInput(NoticeFields, kw_only=True, forbid_unknown_fields=True):
    """A new one. Left out, the audience is everyone."""

    kind: Literal["notice", "policy", "banner"]


_FRESH: dict[str, Any] = {
    "title": "",
    "title_en": None,
    "body": "",
    "body_en": None,
    "picture": None,
    "link": None,
    "attachments": [],
    "pinned": False,
    "must_read": False,
    "valid_from": None,
    "valid_until": None,
}


async def write_notice(tx: Tx, *, item: NoticeInput, staff: StaffPrincipal) -> UUID:
    """A draft, which dealers do not see yet."""
    values = _FRESH | _given(item)
    await _check(tx, values)
    everyone = [TargetInput(kind="everyone")]
    targets = await resolve_targets(
        tx, everyone if item.audience is UNSET or not item.audience else item.audience, within=staff
    )
    id = new_id()
    dates = {"created_at": tx.now, "updated_at": tx.now}
    await tx.execute(insert(notice).values(tenant_id=tx.tenant_id, id=id, kind=item.kind, **dates, **values))
    await write_targets(tx, id, {("everyone", EVERYONE)} if ("everyone", EVERYONE) in targets else targets)
    await record(tx, [Change("notice", id, "created", staff.actor(), {"title": [None, values["title"]]})])
    return id


async def edit_notice(tx: Tx, *, notice_id: UUID, fields: NoticeFields, revision: int, staff: StaffPrincipal) -> None:
    """Change what is given, provided that nobody else changed it meanwhile."""
    row = await lock_notice(tx, notice_id, staff=staff)
    check_revision(row.revision, revision)
    if row.state == "withdrawn":
        raise Refused(NOTICE_WITHDRAWN())
    old = {name: row._mapping[name] for name in _FRESH}
    values = old | _given(fields)
    await _check(tx, values)
    if row.state == "published":
        check_publishable(row.kind, values)
        values["shown_at"] = max(values["valid_from"] or row.published_at, row.published_at)
    changes = differences(old, {name: values[name] for name in _FRESH})
    others = False
    if fields.audience is not UNSET:
        wanted = await resolve_targets(tx, fields.audience, within=staff)
        others = await replace_targets(tx, notice_id, wanted, within=staff)
    if not changes and not others:
        return
    await tx.execute(
        update(notice)
        .where(notice.c.tenant_id == tx.tenant_id, notice.c.id == notice_id)
        .values(**values, updated_at=tx.now, revision=row.revision + 1)
    )
    told = changes | ({"audience": ["…", "…"]} if others else {})
    await record(tx, [Change("notice", notice_id, "updated", staff.actor(), told)])
    if row.state == "published":
        await emit(tx, [Changed(subject_id=notice_id)])
        await announce_later(tx, notice_id, values["shown_at"])


async def announce_later(tx: Tx, notice_id: UUID, shown_at: datetime) -> None:
    if shown_at > tx.now:
        await emit(tx, [ShowDue(subject_id=notice_id)], due=[shown_at])


async def lock_notice(tx: Tx, notice_id: UUID, *, staff: StaffPrincipal) -> Row[Any]:
    """The notice, locked; as if there were none when it is only for customers whom this principal may not see."""
    n = notice.c
    row = await tx.one(
        select(notice)
        .where(n.tenant_id == tx.tenant_id, n.id == notice_id, seen_notices(staff, tx.tenant_id))
        .with_for_update(key_share=True, of=notice)
    )
    if row is None:
        raise missing("notice", notice_id)
    return row


def check_publishable(kind: str, values: Any) -> None:
    if kind == "banner" and values["picture"] is None:
        raise Refused(BANNER_WITHOUT_PICTURE("picture"))


def _given(item: NoticeFields) -> dict[str, Any]:
    found = {name: value for name in _FRESH if (value := getattr(item, name)) is not UNSET}
    for name in ("title_en", "body_en", "picture", "link"):
        if found.get(name) == "":
            found[name] = None
    if "attachments" in found:
        found["attachments"] = msgspec.to_builtins(found["attachments"])
    return found


async def _check(tx: Tx, values: dict[str, Any]) -> None:
    """Everything that is wrong with a notice as it would be."""
    faults = list(_faults(values))
    hashes = [file["sha256"] for file in values["attachments"]]
    known = await known_files(tx, [*hashes, *([values["picture"]] if values["picture"] else [])])
    faults += [
        UNKNOWN_FILE(f"attachments[{number}].sha256", line=number + 1)
        for number, sha256 in enumerate(hashes)
        if sha256 not in known
    ]
    if values["picture"] is not None:
        picture = known.get(values["picture"])
        if picture is None:
            faults.append(UNKNOWN_FILE("picture"))
        elif not picture.content_type.startswith("image/"):
            faults.append(NOT_A_NOTICE_PICTURE("picture"))
    if faults:
        raise Refused(faults)


def _faults(values: dict[str, Any]) -> Iterator[Fault]:
    if not values["title"].strip():
        yield EMPTY("title")
    for name, most in _LONGEST.items():
        yield from text_faults(name, values[name], most)
    if values["link"] is not None and not _LINK.fullmatch(values["link"]):
        yield NOTICE_LINK("link")
    if len(values["attachments"]) > MOST_ATTACHMENTS:
        yield TOO_MANY_ATTACHMENTS("attachments", most=MOST_ATTACHMENTS)
    for number, file in enumerate(values["attachments"]):
        place = f"attachments[{number}].name"
        yield from text_faults(place, file["name"], 200, line=number + 1)
        if not file["name"].strip():
            yield EMPTY(place, line=number + 1)
    for name in ("valid_from", "valid_until"):
        if values[name] is not None and values[name].tzinfo is None:
            yield ZONE_NEEDED(name)
            return
    if values["valid_from"] and values["valid_until"] and values["valid_until"] <= values["valid_from"]:
        yield NOT_A_WHILE("valid_until")


ZONE_NEEDED = Message("zone-needed", "时间须带时区", "A moment needs its time zone", MALFORMED)
