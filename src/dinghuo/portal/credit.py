"""The credit of the company that a dealer acts for, as its people may see it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, select

from dinghuo.accounts.tables import account
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.money import ZERO
from dinghuo.parties.facts import load_customer


class CreditView(msgspec.Struct, frozen=True, kw_only=True):
    """`left` is what may still be ordered on credit; limit and left are null where there is no limit."""

    currency: str
    limit: Decimal | None
    used: Decimal
    left: Decimal | None
    oldest_due: date | None


async def read_credit(tx: Tx, dealer: DealerPrincipal) -> CreditView:
    """The account with the organisation that the portal orders from."""
    customer = await load_customer(tx, dealer.customer_id)
    if customer is None:
        raise missing("customer", dealer.customer_id)
    organisation = next(iter((await load_tenant(tx)).organisations.values()), None)
    row = await tx.one(_account(tx, customer.id, customer.currency, organisation.id if organisation else None))
    if row is None:
        return CreditView(currency=customer.currency, limit=None, used=ZERO, left=None, oldest_due=None)
    left = None if row.credit_limit is None else row.credit_limit - row.used
    return CreditView(
        currency=customer.currency, limit=row.credit_limit, used=row.used, left=left, oldest_due=row.oldest_due
    )


def _account(tx: Tx, customer_id: UUID, currency: str, organisation_id: UUID | None) -> Select[Any]:
    a = account.c
    used = (a.open + a.shipped + a.billed + a.unapplied).label("used")
    return select(a.credit_limit, used, a.oldest_due).where(
        a.tenant_id == tx.tenant_id,
        a.customer_id == customer_id,
        a.organisation_id == organisation_id,
        a.kind == "credit",
        a.currency == currency,
    )
