"""Reading what customers were granted, entry by entry how it was used, and settlements."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select, tuple_

from dinghuo.accounts.rebate_tables import rebate_balance, rebate_entry
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import organisation
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref, ref_columns
from dinghuo.orders.tables import sales_order
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import customer
from dinghuo.pricing.locked import check_sees_price
from dinghuo.rebates.settle import check_sees_all
from dinghuo.rebates.tables import (
    rebate_accrual,
    rebate_agreement,
    rebate_settlement,
    rebate_settlement_line,
)
from dinghuo.rebates.views import RebateBalance, RebateMovement, SettledLine, SettlementView


async def list_balances(
    tx: Tx, *, seen_by: Principal, customer_code: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[RebateBalance]:
    """A page of balances by customer code."""
    check_sees_price(seen_by)
    statement = _balances(tx, seen_by)
    if customer_code is not None:
        statement = statement.where(customer.c.id == named_customer(tx.tenant_id, customer_code))
    key = tuple_(customer.c.code, rebate_balance.c.id)
    if cursor is not None:
        last = decode_cursor(cursor, (str, UUID))
        statement = statement.where(customer.c.code >= last[0], key > tuple_(*last))
    rows = await tx.rows(statement.order_by(customer.c.code, rebate_balance.c.id).limit(limit + 1))
    return page(rows, limit, lambda row: (row.customer_code, row.id), balance_view)


def _balances(tx: Tx, seen_by: Principal) -> Select[Any]:
    b, o = rebate_balance.c, organisation.c
    return (
        select(
            rebate_balance,
            customer.c.code.label("customer_code"),
            customer.c.name.label("customer_name"),
            customer.c.name_en.label("customer_name_en"),
            o.code.label("organisation"),
        )
        .join(customer, and_(customer.c.tenant_id == b.tenant_id, customer.c.id == b.customer_id))
        .join(organisation, and_(o.tenant_id == b.tenant_id, o.id == b.organisation_id))
        .where(
            b.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            o.tenant_id == tx.tenant_id,
            visible_customers(seen_by, customer),
        )
    )


def balance_view(row: Any) -> RebateBalance:
    return RebateBalance(
        id=row.id,
        customer=Ref(row.customer_id, row.customer_code, row.customer_name, row.customer_name_en),
        organisation=row.organisation,
        kind=row.kind,
        currency=row.currency,
        credited=row.credited,
        reserved=row.reserved,
        used=row.used,
        free=row.credited - row.reserved - row.used,
        updated_at=row.updated_at,
    )


async def list_movements(
    tx: Tx, balance_id: UUID, *, seen_by: Principal, cursor: str | None = None, limit: int = 50
) -> Page[RebateMovement]:
    """A page of a balance's entries, the newest first; refused (404) when it is not theirs to see."""
    check_sees_price(seen_by)
    if await tx.one(_balances(tx, seen_by).where(rebate_balance.c.id == balance_id)) is None:
        raise missing("rebate balance", balance_id)
    e, o = rebate_entry.c, sales_order.c
    statement = (
        select(rebate_entry, o.number)
        .outerjoin(sales_order, and_(o.tenant_id == e.tenant_id, o.id == e.document_id))
        .where(e.tenant_id == tx.tenant_id, e.balance_id == balance_id)
    )
    if cursor is not None:
        statement = statement.where(e.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(e.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), _movement)


def _movement(row: Any) -> RebateMovement:
    amount: Decimal = row.amount
    return RebateMovement(
        id=row.id,
        at=row.at,
        bucket=row.bucket,
        verb=row.verb,
        amount=amount,
        free=amount if row.bucket == "credited" else -amount,
        document_kind=row.document_kind,
        document_id=row.document_id,
        number=row.number,
    )


async def list_settlements(
    tx: Tx, *, seen_by: Principal, cursor: str | None = None, limit: int = 50
) -> Page[SettlementView]:
    """A page of settlements, the newest first."""
    check_sees_price(seen_by)
    check_sees_all(seen_by)
    s, n = rebate_settlement.c, rebate_settlement_line.c
    lines = (
        select(func.count())
        .where(n.tenant_id == tx.tenant_id, n.settlement_id == s.id)
        .scalar_subquery()
        .label("lines")
    )
    statement = select(rebate_settlement, lines).where(s.tenant_id == tx.tenant_id)
    if cursor is not None:
        statement = statement.where(s.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(s.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), _settlement)


async def get_settlement(tx: Tx, settlement_id: UUID, *, seen_by: Principal) -> SettlementView:
    """One settlement."""
    check_sees_price(seen_by)
    check_sees_all(seen_by)
    s, n = rebate_settlement.c, rebate_settlement_line.c
    counted = select(func.count()).where(n.tenant_id == tx.tenant_id, n.settlement_id == settlement_id)
    row = await tx.one(
        select(rebate_settlement, counted.scalar_subquery().label("lines")).where(
            s.tenant_id == tx.tenant_id, s.id == settlement_id
        )
    )
    if row is None:
        raise missing("rebate settlement", settlement_id)
    return _settlement(row)


def _settlement(row: Any) -> SettlementView:
    return SettlementView(
        id=row.id,
        until=row.until,
        total=row.total,
        lines=row.lines,
        note=row.note,
        settled_at=row.settled_at,
        settled_by=row.settled_by_name,
    )


async def list_settled(
    tx: Tx, settlement_id: UUID, *, seen_by: Principal, cursor: str | None = None, limit: int = 50
) -> Page[SettledLine]:
    """A page of what a settlement did, customer by customer."""
    await get_settlement(tx, settlement_id, seen_by=seen_by)
    n, a, g = rebate_settlement_line.c, rebate_accrual.c, rebate_agreement.c
    statement = (
        select(
            rebate_settlement_line,
            a.period_from,
            a.period_until,
            g.currency,
            g.settle_as,
            *ref_columns(rebate_agreement, "agreement"),
            *ref_columns(customer, "customer"),
        )
        .join(rebate_accrual, and_(a.tenant_id == n.tenant_id, a.id == n.accrual_id))
        .join(rebate_agreement, and_(g.tenant_id == a.tenant_id, g.id == a.agreement_id))
        .join(customer, and_(customer.c.tenant_id == a.tenant_id, customer.c.id == a.customer_id))
        .where(
            n.tenant_id == tx.tenant_id,
            a.tenant_id == tx.tenant_id,
            g.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            n.settlement_id == settlement_id,
        )
    )
    if cursor is not None:
        statement = statement.where(n.accrual_id > decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(n.accrual_id).limit(limit + 1))
    return page(rows, limit, lambda row: (row.accrual_id,), _settled)


def _settled(row: Any) -> SettledLine:
    return SettledLine(
        accrual_id=row.accrual_id,
        agreement=Ref(row.agreement_id, row.agreement_code, row.agreement_name, row.agreement_name_en),
        customer=Ref(row.customer_id, row.customer_code, row.customer_name, row.customer_name_en),
        currency=row.currency,
        settle_as=row.settle_as,
        period_from=row.period_from,
        period_until=row.period_until,
        before=row.before,
        earned=row.earned,
        amount=row.amount,
    )
