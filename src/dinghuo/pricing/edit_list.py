"""Edit one price list as somebody saw it."""

import msgspec
from sqlalchemy import select

from dinghuo.identity.principals import Principal
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import Saved, among
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.revisions import check_revision
from dinghuo.kit.texts import storable
from dinghuo.pricing.locked import hidden_customers
from dinghuo.pricing.save_lists import PriceListFields, PriceListInput, save_lists
from dinghuo.pricing.tables import price_list


async def edit_list(
    tx: Tx, *, code: str, fields: PriceListFields, revision: int, by: Actor, seen_by: Principal | None = None
) -> Saved:
    """Change what is given, provided that the list is still at this revision."""
    p = price_list.c
    row = await tx.one(
        select(p.customer_id, p.revision)
        .where(p.tenant_id == tx.tenant_id, among(p.code, storable([code])))
        .with_for_update(key_share=True)
    )
    customers = {row.customer_id} if row is not None and row.customer_id else set()
    if row is None or await hidden_customers(tx, customers, seen_by=seen_by):
        raise missing("price list", code)
    check_revision(row.revision, revision)
    item = PriceListInput(code=code, **msgspec.structs.asdict(fields))
    return await save_lists(tx, lists=[item], by=by, seen_by=seen_by, path="")
