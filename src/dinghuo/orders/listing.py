"""The list of orders: walked along an index by when they were placed, so that any page costs what the first does."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, bindparam, column, func, select, true

from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import UNPRINTABLE, storable
from dinghuo.orders import views
from dinghuo.orders.filters import OrderFilter, of_customers, of_orders
from dinghuo.orders.summaries import Beside, beside, summary
from dinghuo.orders.tables import sales_order
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import customer
from dinghuo.pricing.locked import check_sees_price


async def list_orders(
    tx: Tx,
    *,
    principal: Principal,
    wanted: OrderFilter,
    newest_first: bool = True,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[views.OrderSummary]:
    """Orders by when they were placed. Ids are UUIDv7 of that moment, so the primary key is the order."""
    rows = await find_orders(
        tx, principal=principal, wanted=wanted, newest_first=newest_first, cursor=cursor, limit=limit
    )
    known: Beside = await beside(tx, rows)
    return page(rows, limit, lambda row: (row.id,), lambda row: summary(row, principal, known))


async def find_orders(
    tx: Tx, *, principal: Principal, wanted: OrderFilter, newest_first: bool, cursor: str | None, limit: int
) -> Sequence[Any]:
    """The rows of a page, and one more where there is one."""
    if wanted.amount_from is not None or wanted.amount_until is not None:
        check_sees_price(principal)
    _check_storable(wanted)
    conditions = of_orders(tx.tenant_id, wanted, (await load_tenant(tx)).zone)
    if cursor is not None:
        (last,) = decode_cursor(cursor, (UUID,))
        conditions.append(sales_order.c.id < last if newest_first else sales_order.c.id > last)
    walk = _Walk(
        tenant_id=tx.tenant_id,
        wanted=wanted,
        conditions=conditions,
        newest_first=newest_first,
        most=limit + 1,
    )
    everyone = isinstance(principal, StaffPrincipal) and principal.scope.kind == "all"
    return await tx.rows(walk.of_all() if everyone and not wanted.groups_customers else walk.of_visible(principal))


def _check_storable(wanted: OrderFilter) -> None:
    """No text that cannot be stored is the name of anything: that is a mistake, not an empty list."""
    named = {name: getattr(wanted, name) for name in OrderFilter.__struct_fields__}
    texts = {name: (value,) for name, value in named.items() if isinstance(value, str)} | {"states": wanted.states}
    faults = [UNPRINTABLE(name) for name, given in texts.items() if len(storable(given)) < len(set(given))]
    if faults:
        raise Refused(faults)


_OF_CUSTOMER = (
    customer.c.code.label("customer_code"),
    customer.c.name_en.label("customer_name_en"),
    customer.c.owner_id,
)


class _Walk(msgspec.Struct, frozen=True, kw_only=True):
    """The ways along the orders that read no more of them than a page needs."""

    tenant_id: int
    wanted: OrderFilter
    conditions: Sequence[ColumnElement[bool]]
    newest_first: bool
    most: int

    def of_all(self) -> Select[Any]:
        """The primary key walked, or one customer's index, or the index of each wanted state."""
        own = list(self.conditions)
        states = self.wanted.states
        if self.wanted.customer is not None:
            own.append(sales_order.c.customer_id == named_customer(self.tenant_id, self.wanted.customer))
        first: Any
        found: Any
        if len(states) > 1:
            wanted = func.unnest(bindparam(None, list(states), type_=ARRAY(Text)))
            state = wanted.table_valued(column("state", Text), name="wanted_state").render_derived()
            each = self._first([sales_order.c.state == state.c.state, *own])
            first = each.correlate(state).lateral("sales_order")
            found = state.join(first, true())
        else:
            if states:
                own.append(sales_order.c.state == states[0])
            first = self._first(own).subquery("sales_order")
            found = first
        return self._with_customer(first, found)

    def of_visible(self, principal: Principal) -> Select[Any]:
        """The first of each customer wanted, merged: other customers' orders, however many, are never walked over."""
        o, states = sales_order.c, self.wanted.states
        of_states = [among(o.state, states)] if states else []
        own = [o.customer_id == customer.c.id, *of_states, *self.conditions]
        first = self._first(own).correlate(customer).lateral("sales_order")
        return (
            select(first, *_OF_CUSTOMER)
            .select_from(customer.join(first, true()))
            .where(
                customer.c.tenant_id == self.tenant_id,
                visible_customers(principal, customer),
                *of_customers(self.tenant_id, self.wanted),
            )
            .order_by(self._by(first.c.id))
            .limit(self.most)
        )

    def _with_customer(self, first: Any, found: Any) -> Select[Any]:
        same = and_(customer.c.tenant_id == self.tenant_id, customer.c.id == first.c.customer_id)
        return (
            select(first, *_OF_CUSTOMER)
            .select_from(found.join(customer, same))
            .order_by(self._by(first.c.id))
            .limit(self.most)
        )

    def _first(self, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
        o = sales_order.c
        return (
            select(sales_order)
            .where(o.tenant_id == self.tenant_id, *conditions)
            .order_by(self._by(o.id))
            .limit(self.most)
        )

    def _by(self, id: ColumnElement[UUID]) -> ColumnElement[UUID]:
        return id.desc() if self.newest_first else id.asc()
