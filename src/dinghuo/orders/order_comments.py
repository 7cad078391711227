"""Comments on orders: whoever may see an order may read them, and news of each reaches the screens."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, select

from dinghuo.comments.tables import comment, comment_mention
from dinghuo.comments.talk import News, Talk
from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref
from dinghuo.orders import faults as say
from dinghuo.orders.events import Commented
from dinghuo.orders.page import DOCUMENT
from dinghuo.orders.tables import sales_order
from dinghuo.parties.tables import customer


class OrderName(msgspec.Struct, frozen=True):
    id: UUID
    number: str


class MentionView(msgspec.Struct, frozen=True):
    """A comment that mentions the reader: on an order, or on a customer itself."""

    comment_id: UUID
    at: datetime
    by: str
    text: str
    order: OrderName | None
    customer: Ref


async def mentions(
    tx: Tx, *, principal: StaffPrincipal, cursor: str | None = None, limit: int = 50
) -> Page[MentionView]:
    """The comments that mention the reader, the newest first, on what the reader may see."""
    m, c, o, of = comment_mention.c, comment.c, sales_order.c, customer.c
    statement = (
        select(
            c.id,
            c.at,
            c.author_name,
            c.text,
            o.id.label("order_id"),
            o.number,
            of.id.label("customer_id"),
            of.code,
            of.name,
            of.name_en,
        )
        .select_from(comment_mention)
        .join(comment, and_(c.tenant_id == tx.tenant_id, c.id == m.comment_id))
        .outerjoin(sales_order, and_(o.tenant_id == tx.tenant_id, o.id == c.document_id))
        .join(customer, and_(of.tenant_id == tx.tenant_id, of.id == func.coalesce(o.customer_id, c.document_id)))
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
        lambda row: MentionView(
            row.id,
            row.at,
            row.author_name,
            row.text,
            OrderName(row.order_id, row.number) if row.order_id else None,
            Ref(row.customer_id, row.code, row.name, row.name_en),
        ),
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


def _event(news: News) -> Commented:
    return Commented(
        subject_id=news.document_id,
        comment_id=news.comment_id,
        for_customer=news.for_customer,
        mentions=news.mentions,
    )


TALK = Talk(DOCUMENT, check_sees_order, _event, has_dealers=True)
