"""Make customers findable: by code and names, and by those of customers that were merged into them."""

from collections.abc import Sequence
from uuid import UUID

from dinghuo.kit import search
from dinghuo.kit.database import Tx

SEARCH_KIND = "customer"

_TEXTS = """
select c.id as subject_id, c.code, c.name, c.name_en from customer c
where c.tenant_id = $1 and c.id = any($2::uuid[]) and c.merged_into_id is null
union all
select m.merged_into_id, m.code, m.name, m.name_en from customer m
where m.tenant_id = $1 and m.merged_into_id = any($2::uuid[])
"""


async def file_for_search(tx: Tx, customer_ids: Sequence[UUID]) -> None:
    """File these customers anew; one that was merged is found no longer, but the survivor by its name."""
    if not customer_ids:
        return
    texts: dict[UUID, list[str | None]] = {customer_id: [] for customer_id in customer_ids}
    for row in await tx.fetch(_TEXTS, list(customer_ids)):
        texts[row["subject_id"]] += [row["code"], row["name"], row["name_en"]]
    await search.file(tx, SEARCH_KIND, texts)
