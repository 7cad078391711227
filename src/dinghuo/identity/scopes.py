"""Data scopes as conditions of queries: what a principal may not see is never fetched."""

from sqlalchemy import ColumnElement, FromClause, false, or_, true

from dinghuo.identity.principals import DealerPrincipal, Principal


def visible_customers(principal: Principal, customer: FromClause) -> ColumnElement[bool]:
    """The condition on `customer` (the table or an alias of it) that leaves what this principal may see.

    Dealers see the one customer they act for now. It names no tenant: the query does. A query that starts from
    another table joins `customer` and adds this.
    """
    if isinstance(principal, DealerPrincipal):
        return customer.c.id == principal.customer_id
    scope = principal.scope
    if scope.kind == "all":
        return true()
    parts: list[ColumnElement[bool]] = []
    if scope.owner_id is not None:
        parts.append(customer.c.owner_id == scope.owner_id)
    if scope.department_ids:
        parts.append(customer.c.department_id.in_(scope.department_ids))
    if scope.region_ids:
        parts.append(customer.c.region_id.in_(scope.region_ids))
    return or_(false(), *parts)
