"""Edit one customer as somebody saw it."""

from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import Saved
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.revisions import check_revision
from dinghuo.parties.save_customers import CustomerFields, CustomerInput, save_customers
from dinghuo.parties.tables import customer


async def edit_customer(
    tx: Tx, *, customer_id: UUID, fields: CustomerFields, revision: int, by: Actor, within: StaffPrincipal | None
) -> Saved:
    """Change what is given, provided that the customer is still at this revision."""
    statement = select(customer.c.code, customer.c.revision).where(
        customer.c.tenant_id == tx.tenant_id, customer.c.id == customer_id
    )
    if within is not None:
        statement = statement.where(visible_customers(within, customer))
    row = await tx.one(statement.with_for_update(key_share=True))
    if row is None:
        raise missing("customer", customer_id)
    check_revision(row.revision, revision)
    item = CustomerInput(code=row.code, **msgspec.structs.asdict(fields))
    return await save_customers(tx, customers=[item], by=by, within=within, path="")
