"""Files that belong to orders: contracts, drawings, pictures. Those for the customer are seen in the portal, too."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, delete, select
from sqlalchemy.dialects.postgresql import insert

from dinghuo.identity.principals import DealerPrincipal, Principal
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.attachments import store_attachment
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, FORBIDDEN, MALFORMED, NOT_FOUND, Message, Refused
from dinghuo.kit.files import FileContent, StoredFile, read_file, stored_file
from dinghuo.kit.texts import EMPTY, storable, text_faults
from dinghuo.orders.life_tables import order_attachment, order_upload
from dinghuo.orders.order_comments import check_sees_order

MOST = 50
_LONGEST_NAME = 200

UNKNOWN_UPLOAD = Message(
    "unknown-upload", "没有这个文件，请先上传", "There is no such file: upload it first", MALFORMED
)
UNKNOWN_ATTACHMENT = Message("unknown-attachment", "找不到该附件", "There is no such attachment", NOT_FOUND)
TOO_MANY_FILES = Message(
    "too-many-order-files", "一张订单最多 {most} 个附件", "An order has at most {most} attachments", CONFLICT
)
NOT_YOUR_FILE = Message(
    "attachment-of-others",
    "只能移除本方添加的附件",
    "Only who added an attachment can remove it",
    FORBIDDEN,
)


class AttachRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An uploaded file by its hash, the name it goes by, and whether the customer is to see it."""

    sha256: str
    name: str
    for_customer: bool = False


class OrderFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an order. `side` says who added it."""

    sha256: str
    name: str
    content_type: str
    size: int
    added_at: datetime
    added_by: str | None
    side: str
    for_customer: bool


async def upload(tx: Tx, *, order_id: UUID, content: bytes, principal: Principal) -> StoredFile:
    """Keep a file for an order, to be attached to it or shown as a slip of it."""
    await check_sees_order(tx, principal, order_id)
    file = await store_attachment(tx, content)
    sent = insert(order_upload).values(
        tenant_id=tx.tenant_id, order_id=order_id, sha256=file.sha256, uploaded_at=tx.now
    )
    await tx.execute(sent.on_conflict_do_nothing())
    return file


async def was_uploaded(tx: Tx, order_id: UUID, sha256: str) -> bool:
    """Whether a file was sent for this order: that others have one like it says nothing."""
    u = order_upload.c
    found = await tx.rows(
        select(u.sha256).where(
            u.tenant_id == tx.tenant_id, u.order_id == order_id, among(u.sha256, storable([sha256]))
        )
    )
    return bool(found)


async def attach(
    tx: Tx, *, order_id: UUID, request: AttachRequest, principal: Principal, by: Actor
) -> list[OrderFile]:
    """Add a file to an order; what dealers add is always for the customer."""
    files = await files_of(tx, order_id=order_id, principal=principal)
    faults = list(text_faults("name", request.name, _LONGEST_NAME))
    if not request.name.strip():
        faults.append(EMPTY("name"))
    if not await was_uploaded(tx, order_id, request.sha256):
        faults.append(UNKNOWN_UPLOAD("sha256"))
    if len(files) >= MOST:
        faults.append(TOO_MANY_FILES("sha256", most=MOST))
    if faults:
        raise Refused(faults)
    by_dealer = isinstance(principal, DealerPrincipal)
    added = insert(order_attachment).values(
        tenant_id=tx.tenant_id,
        order_id=order_id,
        sha256=request.sha256,
        name=request.name.strip(),
        added_at=tx.now,
        added_by=by.id,
        added_by_name=by.name,
        side="dealer" if by_dealer else "staff",
        for_customer=by_dealer or request.for_customer,
    )
    await tx.execute(added.on_conflict_do_nothing())
    change = {"attachment": [None, request.name.strip()]}
    await audit.record(tx, [audit.Change("order", order_id, "attached", by, change)])
    return await files_of(tx, order_id=order_id, principal=principal)


async def detach(tx: Tx, *, order_id: UUID, sha256: str, principal: Principal, by: Actor) -> None:
    """Take a file off an order; dealers only what their company added."""
    row = await _row(tx, order_id, sha256, principal)
    if isinstance(principal, DealerPrincipal) and row.side != "dealer":
        raise Refused(NOT_YOUR_FILE("sha256"))
    a = order_attachment.c
    await tx.execute(
        delete(order_attachment).where(a.tenant_id == tx.tenant_id, a.order_id == order_id, a.sha256 == sha256)
    )
    await audit.record(tx, [audit.Change("order", order_id, "detached", by, {"attachment": [row.name, None]})])


async def files_of(tx: Tx, *, order_id: UUID, principal: Principal) -> list[OrderFile]:
    """The files of an order, the oldest first; refused (404) when it is not theirs to see."""
    await check_sees_order(tx, principal, order_id)
    a, f = order_attachment.c, stored_file.c
    statement = (
        select(order_attachment, f.content_type, f.size)
        .join(stored_file, and_(f.tenant_id == a.tenant_id, f.sha256 == a.sha256))
        .where(a.tenant_id == tx.tenant_id, f.tenant_id == tx.tenant_id, a.order_id == order_id)
        .order_by(a.added_at, a.sha256)
    )
    hides = isinstance(principal, DealerPrincipal)
    if hides:
        statement = statement.where(a.for_customer)
    return [
        OrderFile(
            sha256=row.sha256,
            name=row.name,
            content_type=row.content_type,
            size=row.size,
            added_at=row.added_at,
            # The seller's people have no names for dealers.
            added_by=None if hides and row.side == "staff" else row.added_by_name,
            side=row.side,
            for_customer=row.for_customer,
        )
        for row in await tx.rows(statement)
    ]


async def file_of(tx: Tx, *, order_id: UUID, sha256: str, principal: Principal) -> tuple[str, FileContent]:
    """The name and the content of one."""
    row = await _row(tx, order_id, sha256, principal)
    file = await read_file(tx, row.sha256)
    if file is None:
        raise Refused(UNKNOWN_ATTACHMENT("sha256"))
    return row.name, file


async def _row(tx: Tx, order_id: UUID, sha256: str, principal: Principal) -> Any:
    await check_sees_order(tx, principal, order_id)
    a = order_attachment.c
    statement = select(a.sha256, a.name, a.side).where(
        a.tenant_id == tx.tenant_id, a.order_id == order_id, a.sha256 == sha256
    )
    if isinstance(principal, DealerPrincipal):
        statement = statement.where(a.for_customer)
    row = await tx.one(statement)
    if row is None:
        raise Refused(UNKNOWN_ATTACHMENT("sha256"))
    return row
