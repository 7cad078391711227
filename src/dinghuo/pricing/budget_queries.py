"""Reading what was taken of promotions: the coupons, and the entries of the budgets."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, or_, select, tuple_

from dinghuo.accounts.budgets import budget_id
from dinghuo.accounts.tables import budget, budget_entry
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref, ref, ref_columns
from dinghuo.parties.tables import customer
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.promotion_queries import promotion_row
from dinghuo.pricing.tables import coupon


class CouponView(msgspec.Struct, frozen=True):
    """A coupon, whose it is, and how many orders have used it."""

    code: str
    customer: Ref | None
    uses: int | None
    taken: int
    active: bool


async def list_coupons(
    tx: Tx, code: str, *, seen_by: Principal | None, cursor: str | None = None, limit: int = 50
) -> Page[CouponView]:
    """A page of a promotion's coupons by code; those of customers that may not be seen are not there."""
    check_sees_price(seen_by)
    row = await promotion_row(tx, code)
    c = coupon.c
    statement = (
        select(c.id, c.code, c.uses, c.active, *ref_columns(customer, "customer"))
        .outerjoin(customer, and_(customer.c.tenant_id == c.tenant_id, customer.c.id == c.customer_id))
        .where(c.tenant_id == tx.tenant_id, c.promotion_id == row.id)
    )
    if seen_by is not None:
        statement = statement.where(or_(c.customer_id.is_(None), visible_customers(seen_by, customer)))
    if cursor is not None:
        statement = statement.where(c.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement.order_by(c.code).limit(limit + 1))
    b = budget.c
    ids = {each.id: budget_id(each.id, None) for each in rows}
    used = await tx.rows(select(b.id, b.uses).where(b.tenant_id == tx.tenant_id, among(b.id, list(ids.values()))))
    taken = {each.id: each.uses for each in used}
    return page(
        rows,
        limit,
        lambda each: (each.code,),
        lambda each: CouponView(
            each.code, ref(each._mapping, "customer"), each.uses, taken.get(ids[each.id], 0), each.active
        ),
    )


class Amount(msgspec.Struct, frozen=True):
    """A bound, what is taken of it and what is left; without a limit nothing is bounded."""

    limit: Decimal | None
    taken: Decimal
    left: Decimal | None


class Count(msgspec.Struct, frozen=True):
    limit: int | None
    taken: int
    left: int | None


class BudgetView(msgspec.Struct, frozen=True):
    """What was taken of a promotion's budget in all, if it has one, and how many customers have one of their own."""

    amount: Amount
    uses: Count
    customers: int


class CustomerBudget(msgspec.Struct, frozen=True):
    customer: Ref
    amount: Amount
    uses: Count


class BudgetEntryView(msgspec.Struct, frozen=True):
    """One change of a budget in all, or of a customer's, and the document that caused it."""

    id: UUID
    at: datetime
    customer: Ref | None
    amount: Decimal
    uses: int
    verb: str
    document_kind: str
    document_id: UUID


def _amount(limit: Decimal | None, taken: Decimal) -> Amount:
    return Amount(limit, taken, None if limit is None else limit - taken)


def _count(limit: int | None, taken: int) -> Count:
    return Count(limit, taken, None if limit is None else limit - taken)


async def budget_of(tx: Tx, code: str, *, seen_by: Principal | None) -> BudgetView:
    """What was taken of a promotion's budget."""
    check_sees_price(seen_by)
    row = await promotion_row(tx, code)
    b = budget.c
    own = await tx.one(select(b.amount, b.uses).where(b.tenant_id == tx.tenant_id, b.id == budget_id(row.id, None)))
    customers = await tx.one(
        select(func.count()).where(b.tenant_id == tx.tenant_id, b.subject_id == row.id, b.customer_id.is_not(None))
    )
    amount, uses = (own.amount, own.uses) if own else (Decimal("0.00"), 0)
    return BudgetView(_amount(row.budget, amount), _count(row.uses, uses), customers[0] if customers else 0)


async def list_customer_budgets(
    tx: Tx, code: str, *, seen_by: Principal | None, cursor: str | None = None, limit: int = 50
) -> Page[CustomerBudget]:
    """A page of what customers have taken of their budgets, by customer code."""
    check_sees_price(seen_by)
    row = await promotion_row(tx, code)
    b, c = budget.c, customer.c
    statement = (
        select(b.id, b.amount, b.uses, *ref_columns(customer, "customer"))
        .join(customer, and_(c.tenant_id == b.tenant_id, c.id == b.customer_id))
        .where(b.tenant_id == tx.tenant_id, c.tenant_id == tx.tenant_id, b.subject_id == row.id)
    )
    if seen_by is not None:
        statement = statement.where(visible_customers(seen_by, customer))
    if cursor is not None:
        statement = statement.where(tuple_(c.code, b.id) > tuple_(*decode_cursor(cursor, (str, UUID))))
    rows = await tx.rows(statement.order_by(c.code, b.id).limit(limit + 1))
    uses = 1 if row.first_order_only else row.customer_uses
    return page(
        rows,
        limit,
        lambda each: (each.customer_code, each.id),
        lambda each: CustomerBudget(
            Ref(each.customer_id, each.customer_code, each.customer_name, each.customer_name_en),
            _amount(row.customer_budget, each.amount),
            _count(uses, each.uses),
        ),
    )


async def list_budget_entries(
    tx: Tx, code: str, *, seen_by: Principal | None, cursor: str | None = None, limit: int = 50
) -> Page[BudgetEntryView]:
    """A page of the entries of a promotion's budgets, the newest first; of customers only those that may be seen."""
    check_sees_price(seen_by)
    row = await promotion_row(tx, code)
    e, b, c = budget_entry.c, budget.c, customer.c
    statement = (
        select(budget_entry, *ref_columns(customer, "customer"))
        .join(budget, and_(b.tenant_id == e.tenant_id, b.id == e.budget_id))
        .outerjoin(customer, and_(c.tenant_id == b.tenant_id, c.id == b.customer_id))
        .where(e.tenant_id == tx.tenant_id, b.tenant_id == tx.tenant_id, b.subject_id == row.id)
    )
    if seen_by is not None:
        statement = statement.where(or_(b.customer_id.is_(None), visible_customers(seen_by, customer)))
    if cursor is not None:
        statement = statement.where(e.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(e.id.desc()).limit(limit + 1))
    plain = set(BudgetEntryView.__struct_fields__) - {"customer"}
    return page(
        rows,
        limit,
        lambda each: (each.id,),
        lambda each: BudgetEntryView(
            **{name: value for name, value in each._mapping.items() if name in plain},
            customer=ref(each._mapping, "customer"),
        ),
    )
