"""What comes with products to be read: uploaded files by their hash, under the names people see."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from dinghuo.catalogue.tables import product_attachment
from dinghuo.kit.bulk import Planned, among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.files import stored_file
from dinghuo.kit.texts import check_texts, storable

MOST = 20

UNKNOWN_FILE = Message(
    "unknown-file",
    "没有内容散列为 {sha256} 的文件，请先上传",
    "No file has the content hash {sha256}: upload it first",
    MALFORMED,
)
TOO_MANY_ATTACHMENTS = Message("too-many-attachments", "最多 {most} 个附件", "At most {most} attachments", MALFORMED)


class AttachmentInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An uploaded file by its hash, and the name it goes by."""

    sha256: str
    name: str


class AttachmentView(msgspec.Struct, frozen=True):
    """A file that comes with a product, to be had at /files/{sha256}."""

    sha256: str
    name: str
    content_type: str
    size: int


class HasAttachments(Protocol):
    attachments: Any


async def plan_attachments(
    tx: Tx, planned: Sequence[Planned], items: Sequence[HasAttachments], faults: Faults
) -> tuple[list[tuple[UUID, int]], list[dict[str, Any]]]:
    """Which rows go and which are written; changes are noted on the planned products too."""
    wanted = {row.line: given for row in planned if (given := items[row.line].attachments) is not msgspec.UNSET}
    if not wanted:
        return [], []
    files = await _known(tx, [each.sha256 for given in wanted.values() for each in given])
    old = await _present(tx, [row.id for row in planned if row.line in wanted and row.old])
    gone, fresh = [], []
    for row in planned:
        if row.line not in wanted:
            continue
        given = wanted[row.line]
        _check(faults, row.line, given, files)
        before = old.get(row.id, {})
        after = {position: (each.name, each.sha256) for position, each in enumerate(given)}
        if before != after:
            row.details["attachments"] = [[name for name, _ in found.values()] for found in (before, after)]
        gone += [(row.id, position) for position in before.keys() - after.keys()]
        fresh += [
            {"product_id": row.id, "position": position, "name": name, "sha256": sha256}
            for position, (name, sha256) in after.items()
            if before.get(position) != (name, sha256)
        ]
    return gone, fresh


def _check(faults: Faults, line: int, given: Sequence[AttachmentInput], files: Collection[str]) -> None:
    if len(given) > MOST:
        faults.add(line, "attachments", TOO_MANY_ATTACHMENTS, most=MOST)
    for number, each in enumerate(given):
        place = f"attachments[{number}]."
        check_texts(faults, line, each, {"name": 200}, place)
        if each.sha256 not in files:
            faults.add(line, f"{place}sha256", UNKNOWN_FILE, sha256=each.sha256)


async def _known(tx: Tx, hashes: Sequence[str]) -> set[str]:
    file = stored_file.c
    rows = await tx.rows(
        select(file.sha256).where(file.tenant_id == tx.tenant_id, among(file.sha256, storable(hashes)))
    )
    return {row.sha256 for row in rows}


async def _present(tx: Tx, product_ids: Sequence[UUID]) -> dict[UUID, dict[int, tuple[str, str]]]:
    a = product_attachment.c
    found: dict[UUID, dict[int, tuple[str, str]]] = {}
    for row in await tx.rows(
        select(product_attachment)
        .where(a.tenant_id == tx.tenant_id, among(a.product_id, product_ids))
        .order_by(a.product_id, a.position)
    ):
        found.setdefault(row.product_id, {})[row.position] = (row.name, row.sha256)
    return found


async def attachments_of(tx: Tx, product_ids: Collection[UUID]) -> dict[UUID, list[AttachmentView]]:
    """The attachments of each product, in their order."""
    a, f = product_attachment.c, stored_file.c
    found: dict[UUID, list[AttachmentView]] = {}
    for row in await tx.rows(
        select(a.product_id, a.sha256, a.name, f.content_type, f.size)
        .join(stored_file, and_(f.tenant_id == a.tenant_id, f.sha256 == a.sha256))
        .where(a.tenant_id == tx.tenant_id, f.tenant_id == tx.tenant_id, among(a.product_id, product_ids))
        .order_by(a.product_id, a.position)
    ):
        view = AttachmentView(row.sha256, row.name, row.content_type, row.size)
        found.setdefault(row.product_id, []).append(view)
    return found
