"""Likely duplicates with how much each of them ordered: the one with the history is the one to keep."""

from uuid import UUID

import msgspec

from dinghuo.identity.principals import Principal
from dinghuo.kit.database import Tx
from dinghuo.kit.paging import Page
from dinghuo.parties.duplicates import Alike, LikelyDuplicate, list_duplicates

_ORDERS = """
select o.customer_id, count(*) as n from sales_order o
where o.tenant_id = $1 and o.customer_id = any($2::uuid[]) group by o.customer_id
"""


async def duplicates_with_orders(
    tx: Tx, *, seen_by: Principal, customer_code: str | None, cursor: str | None, limit: int
) -> Page[LikelyDuplicate]:
    """A page of open proposals, the likeliest first."""
    found = await list_duplicates(tx, seen_by=seen_by, customer_code=customer_code, cursor=cursor, limit=limit)
    ids = {each.id for pair in found.items for each in (pair.one, pair.other)}
    counts: dict[UUID, int] = {row["customer_id"]: row["n"] for row in await tx.fetch(_ORDERS, list(ids))}

    def counted(each: Alike) -> Alike:
        return msgspec.structs.replace(each, orders=counts.get(each.id, 0))

    return Page(
        [LikelyDuplicate(counted(pair.one), counted(pair.other), pair.score, pair.reasons) for pair in found.items],
        found.cursor,
    )
