"""Who may see a request: whoever asked or is asked, and those whose data scope it lies in."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid, column, or_, select
from sqlalchemy import table as named_table

from dinghuo.approvals.tables import approval_request, approval_task
from dinghuo.identity.principals import StaffPrincipal, person_of
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.bulk import among, within
from dinghuo.kit.database import Tx

# Customers lie above this module: named by table, never imported.
CUSTOMER = named_table(
    "customer",
    column("tenant_id", BigInteger),
    column("id", Uuid),
    column("code", Text),
    column("name", Text),
    column("owner_id", Uuid),
    column("department_id", Uuid),
    column("region_id", Uuid),
)


def readable(tx: Tx, staff: StaffPrincipal, users: Sequence[UUID]) -> Any:
    """The condition on requests: asked by this reader, of one of those they decide for, or in their data scope."""
    r, t = approval_request.c, approval_task.c
    asked = select(t.request_id).where(t.tenant_id == tx.tenant_id, among(t.user_id, users))
    own = or_(within(r.id, asked), r.requested_by == person_of(staff))
    return or_(own, in_scope(tx, staff)) if staff.may("approvals.read") else own


def in_scope(tx: Tx, staff: StaffPrincipal) -> Any:
    """What concerns a customer is for those who may see the customer; the rest for those who may see all."""
    r = approval_request.c
    if staff.scope.kind == "all":
        return r.tenant_id == tx.tenant_id
    seen = select(CUSTOMER.c.id).where(CUSTOMER.c.tenant_id == tx.tenant_id, visible_customers(staff, CUSTOMER))
    return within(r.customer_id, seen)
