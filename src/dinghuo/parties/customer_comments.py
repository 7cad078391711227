"""Comments on customers: whoever may see a customer may read them. They are never for the customer's own people."""

from uuid import UUID

from sqlalchemy import select

from dinghuo.comments.talk import News, Talk
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.parties.events import Commented
from dinghuo.parties.tables import customer

_DOCUMENT = "customer"


async def check_sees_customer(tx: Tx, principal: Principal, customer_id: UUID) -> None:
    """Refused (404) when the customer is not there or not this principal's to see."""
    c = customer.c
    seen = await tx.one(
        select(c.id).where(c.tenant_id == tx.tenant_id, c.id == customer_id, visible_customers(principal, customer))
    )
    if seen is None:
        raise missing("customer", customer_id)


def _event(news: News) -> Commented:
    return Commented(subject_id=news.document_id, comment_id=news.comment_id, mentions=news.mentions)


TALK = Talk(_DOCUMENT, check_sees_customer, _event, has_dealers=False)
