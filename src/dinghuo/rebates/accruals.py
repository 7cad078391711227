"""Reading what has accrued, and document by document how it came about."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, or_, select, tuple_

from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref
from dinghuo.kit.texts import storable
from dinghuo.orders.tables import historical_return, sales_order
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import customer
from dinghuo.pricing.locked import check_sees_price
from dinghuo.rebates.tables import rebate_accrual, rebate_agreement, rebate_sale
from dinghuo.rebates.tiers import Tier, next_of, reached_of
from dinghuo.rebates.views import AccrualView, AgreementName, RebateSale


class AccrualFilter(msgspec.Struct, frozen=True, kw_only=True):
    """`open`: what a settlement would change. `running`: whose period is not over."""

    agreement: str | None = None
    customer: str | None = None
    open: bool = False
    running: bool | None = None


async def list_accruals(
    tx: Tx, *, seen_by: Principal, wanted: AccrualFilter, cursor: str | None = None, limit: int = 50
) -> Page[AccrualView]:
    """A page of accruals under agreements that are active, the newest first."""
    check_sees_price(seen_by)
    today = await today_of(tx)
    a = rebate_accrual.c
    statement = _accruals(tx, seen_by, today)
    if wanted.agreement is not None:
        statement = statement.where(among(rebate_agreement.c.code, storable([wanted.agreement])))
    if wanted.customer is not None:
        statement = statement.where(a.customer_id == named_customer(tx.tenant_id, wanted.customer))
    if wanted.open:
        statement = statement.where(a.earned != a.settled)
    if wanted.running is not None:
        statement = statement.where(a.period_until >= today if wanted.running else a.period_until < today)
    if cursor is not None:
        statement = statement.where(tuple_(a.period_from, a.id) < tuple_(*decode_cursor(cursor, (date, UUID))))
    rows = await tx.rows(statement.order_by(a.period_from.desc(), a.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.period_from, row.id), lambda row: view_of(row, today))


async def today_of(tx: Tx) -> date:
    return tx.now.astimezone((await load_tenant(tx)).zone).date()


def _accruals(tx: Tx, seen_by: Principal, today: date) -> Select[Any]:
    a, g = rebate_accrual.c, rebate_agreement.c
    return (
        select(
            rebate_accrual,
            g.code.label("agreement_code"),
            g.name.label("agreement_name"),
            g.name_en.label("agreement_name_en"),
            g.currency,
            g.measure,
            g.method,
            g.settle_as,
            g.steps,
            customer.c.code.label("customer_code"),
            customer.c.name.label("customer_name"),
            customer.c.name_en.label("customer_name_en"),
        )
        .join(rebate_agreement, and_(g.tenant_id == a.tenant_id, g.id == a.agreement_id))
        .join(customer, and_(customer.c.tenant_id == a.tenant_id, customer.c.id == a.customer_id))
        .where(
            a.tenant_id == tx.tenant_id,
            g.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            g.active,
            # What came and went again, nothing of it settled, is nothing.
            or_(a.amount != 0, a.quantity != 0, a.settled != 0),
            # What growth will be held against is no accrual yet.
            a.period_from <= today,
            visible_customers(seen_by, customer),
        )
    )


def view_of(row: Any, today: date) -> AccrualView:
    tiers = msgspec.convert(row.steps, list[Tier], strict=False)
    measured: Decimal = row.quantity if row.measure == "quantity" else row.amount
    return AccrualView(
        id=row.id,
        agreement=AgreementName(row.agreement_id, row.agreement_code, row.agreement_name, row.agreement_name_en),
        customer=Ref(row.customer_id, row.customer_code, row.customer_name, row.customer_name_en),
        period_from=row.period_from,
        period_until=row.period_until,
        is_over=row.period_until < today,
        currency=row.currency,
        measure=row.measure,
        method=row.method,
        settle_as=row.settle_as,
        steps=tiers,
        measured=measured,
        amount=row.amount,
        quantity=row.quantity,
        earned=row.earned,
        settled=row.settled,
        due=row.earned - row.settled,
        reached=reached_of(tiers, measured),
        next=next_of(tiers, row.method, row.measure, measured, row.currency),
        updated_at=row.updated_at,
    )


async def list_sales(
    tx: Tx, accrual_id: UUID, *, seen_by: Principal, cursor: str | None = None, limit: int = 50
) -> Page[RebateSale]:
    """A page of what documents brought to an accrual, the newest first; refused (404) when it is not theirs."""
    check_sees_price(seen_by)
    if await tx.one(_accruals(tx, seen_by, await today_of(tx)).where(rebate_accrual.c.id == accrual_id)) is None:
        raise missing("rebate accrual", accrual_id)
    s, o, r = rebate_sale.c, sales_order.c, historical_return.c
    statement = (
        select(rebate_sale, o.number.label("order_number"), r.number.label("return_number"))
        .outerjoin(sales_order, and_(o.tenant_id == s.tenant_id, o.id == s.document_id))
        .outerjoin(historical_return, and_(r.tenant_id == s.tenant_id, r.id == s.document_id))
        .where(s.tenant_id == tx.tenant_id, s.accrual_id == accrual_id)
    )
    if cursor is not None:
        statement = statement.where(s.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(s.id.desc()).limit(limit + 1))
    return page(
        rows,
        limit,
        lambda row: (row.id,),
        lambda row: RebateSale(
            id=row.id,
            at=row.at,
            document_kind=row.document_kind,
            document_id=row.document_id,
            number=row.order_number or row.return_number,
            amount=row.amount,
            quantity=row.quantity,
        ),
    )
