"""Comments on orders: whoever may see an order may read them, and news of each reaches the screens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from dinghuo.comments.edit import edit_comment, take_back
from dinghuo.comments.queries import CommentView, get_comment, list_comments
from dinghuo.comments.tables import comment, comment_mention
from dinghuo.comments.write import CommentRequest, write_comment
from dinghuo.identity.principals import DealerPrincipal, Principal, StaffPrincipal, person_of
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit import outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.orders import faults as say
from dinghuo.orders.events import Commented
from dinghuo.orders.page import DOCUMENT
from dinghuo.orders.tables import sales_order
from dinghuo.parties.tables import customer


class OrderName(msgspec.Struct, frozen=True):
    id: UUID
    number: str


class MentionView(msgspec.Struct, frozen=True):
    """A comment that mentions the reader."""

    comment_id: UUID
    at: datetime
    by: str
    text: str
    order: OrderName


async def comments(
    tx: Tx, *, principal: Principal, order_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[CommentView]:
    """What was said on an order, the oldest first; dealers read what is meant for them."""
    await check_sees_order(tx, principal, order_id)
    return await list_comments(
        tx,
        document_kind=DOCUMENT,
        document_id=order_id,
        reader_id=person_of(principal),
        for_customer=isinstance(principal, DealerPrincipal),
        cursor=cursor,
        limit=limit,
    )


async def comment_on(
    tx: Tx, *, principal: Principal, order_id: UUID, request: CommentRequest, by: Actor
) -> CommentView:
    """Say something on an order. What dealers say is always for the customer."""
    await check_sees_order(tx, principal, order_id)
    if isinstance(principal, DealerPrincipal):
        request = CommentRequest(request.text, for_customer=True)
    comment_id, mentioned = await write_comment(
        tx, document_kind=DOCUMENT, document_id=order_id, request=request, person_id=person_of(principal), by=by
    )
    await _tell(tx, order_id, comment_id, mentioned, for_customer=request.for_customer)
    return await _get(tx, order_id, comment_id, principal)


async def change_comment(
    tx: Tx,
    *,
    principal: StaffPrincipal,
    order_id: UUID,
    comment_id: UUID,
    request: CommentRequest,
    revision: int,
    by: Actor,
) -> CommentView:
    """Say it otherwise."""
    await check_sees_order(tx, principal, order_id)
    mentioned = await edit_comment(
        tx,
        document_kind=DOCUMENT,
        document_id=order_id,
        comment_id=comment_id,
        request=request,
        revision=revision,
        person_id=person_of(principal),
        by=by,
    )
    await _tell(tx, order_id, comment_id, mentioned, for_customer=request.for_customer)
    return await _get(tx, order_id, comment_id, principal)


async def take_comment_back(
    tx: Tx, *, principal: StaffPrincipal, order_id: UUID, comment_id: UUID, by: Actor
) -> None:
    await check_sees_order(tx, principal, order_id)
    shown = await take_back(
        tx,
        document_kind=DOCUMENT,
        document_id=order_id,
        comment_id=comment_id,
        person_id=person_of(principal),
        by=by,
    )
    await _tell(tx, order_id, comment_id, [], for_customer=shown)


async def mentions(
    tx: Tx, *, principal: StaffPrincipal, cursor: str | None = None, limit: int = 50
) -> Page[MentionView]:
    """The comments that mention the reader, the newest first, on orders the reader may see."""
    m, c, o = comment_mention.c, comment.c, sales_order.c
    statement = (
        select(c.id, c.at, c.author_name, c.text, o.id.label("order_id"), o.number)
        .select_from(comment_mention)
        .join(comment, and_(c.tenant_id == tx.tenant_id, c.id == m.comment_id))
        .join(sales_order, and_(o.tenant_id == tx.tenant_id, o.id == c.document_id))
        .join(customer, and_(customer.c.tenant_id == tx.tenant_id, customer.c.id == o.customer_id))
        .where(m.tenant_id == tx.tenant_id, m.user_id == principal.user_id, visible_customers(principal, customer))
        .order_by(m.comment_id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        statement = statement.where(m.comment_id < decode_cursor(cursor, (UUID,))[0])
    return page(
        await tx.rows(statement),
        limit,
        lambda row: (row.id,),
        lambda row: MentionView(row.id, row.at, row.author_name, row.text, OrderName(row.order_id, row.number)),
    )


async def check_sees_order(tx: Tx, principal: Principal, order_id: UUID) -> None:
    """Refused (404) when the order is not there or not this principal's to see."""
    o = sales_order.c
    seen = await tx.one(
        select(o.id)
        .join(customer, and_(customer.c.tenant_id == o.tenant_id, customer.c.id == o.customer_id))
        .where(
            o.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            o.id == order_id,
            visible_customers(principal, customer),
        )
    )
    if seen is None:
        raise Refused(say.UNKNOWN_ORDER("id"))


async def _get(tx: Tx, order_id: UUID, comment_id: UUID, principal: Principal) -> CommentView:
    return await get_comment(
        tx, document_kind=DOCUMENT, document_id=order_id, comment_id=comment_id, reader_id=person_of(principal)
    )


async def _tell(tx: Tx, order_id: UUID, comment_id: UUID, mentioned: Sequence[UUID], *, for_customer: bool) -> None:
    news = Commented(subject_id=order_id, comment_id=comment_id, for_customer=for_customer, mentions=tuple(mentioned))
    await outbox.emit(tx, [news])
