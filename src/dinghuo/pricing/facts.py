"""The price lists that may speak for a customer, and their entries, remembered by each list's version."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.parties.facts import CustomerFacts

Breaks = tuple[tuple[Decimal, Decimal], ...]


class ListFacts(msgspec.Struct, frozen=True):
    """One published price list. `entries` maps a SKU to its breaks by unit: ((from quantity, price), …) falling."""

    id: UUID
    code: str
    kind: str
    scope: str
    currency: str
    tax_inclusive: bool
    valid_from: date
    valid_until: date | None
    version: int
    entries: dict[UUID, dict[str, Breaks]]

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def scopes_of(customer: CustomerFacts) -> tuple[str, ...]:
    """The scope words that speak for a customer, the most specific first (docs/pricing.md)."""
    tier, channel = customer.tier_id, customer.channel_id
    return (
        *(f"contract:{parent}" for parent in customer.parents),
        *(f"tier_region:{tier}:{region}" for region in customer.regions if tier),
        *((f"tier:{tier}",) if tier else ()),
        *(f"region:{region}" for region in customer.regions),
        *((f"channel:{channel}",) if channel else ()),
        "base",
    )


_LISTS = """
select id, code, kind, scope, currency, tax_inclusive, valid_from, valid_until, version
from price_list where tenant_id = $1 and state = 'published' and scope = any($2::text[])
"""

_ENTRIES = """
select e.list_id, e.sku_id, e.unit, array_agg(e.minimum_quantity order by e.minimum_quantity desc) as minima,
       array_agg(e.price order by e.minimum_quantity desc) as prices
from unnest($2::uuid[], $3::uuid[]) as w(list_id, sku_id)
join price_entry e on e.tenant_id = $1 and e.list_id = w.list_id and e.sku_id = w.sku_id
group by e.list_id, e.sku_id, e.unit
"""


async def load_lists(tx: Tx, customers: Iterable[CustomerFacts]) -> dict[UUID, Sequence[ListFacts]]:
    """For each customer the published lists that name it, the most specific first, of any date and currency."""
    pricing = await tx.cached("pricing")
    by_scope: dict[str, list[ListFacts]] = pricing.setdefault("lists", {})
    wanted = {customer.id: scopes_of(customer) for customer in customers}
    missing = list({scope for scopes in wanted.values() for scope in scopes if scope not in by_scope})
    if missing:
        found: dict[str, list[ListFacts]] = defaultdict(list)
        for row in await tx.fetch(_LISTS, missing):
            entries = tx.database.caches.get(tx.tenant_id, f"entries:{row['id']}", row["version"])
            found[row["scope"]].append(ListFacts(**dict(row), entries=entries))
        by_scope.update({scope: found.get(scope, []) for scope in missing})
    return {
        customer_id: [price_list for scope in scopes for price_list in by_scope[scope]]
        for customer_id, scopes in wanted.items()
    }


# A SKU that one list is asked for will be asked of the others too: its entries in all of them are fetched at once,
# unless that is a great many. Of one customer's contract nobody else asks, and thousands of contracts times all SKUs
# would fill the memory.
_MOST_AT_ONCE = 20_000
_NO_ENTRY: dict[str, Breaks] = {}


async def load_entries(tx: Tx, wanted: Iterable[tuple[ListFacts, UUID]]) -> None:
    """Make sure that each list knows the entries of each SKU it is asked for (an absent SKU is known as absent)."""
    missing = {
        (price_list.id, sku_id): price_list for price_list, sku_id in wanted if sku_id not in price_list.entries
    }
    if not missing:
        return
    by_scope: dict[str, list[ListFacts]] = (await tx.cached("pricing")).get("lists", {})
    known = [price_list for several in by_scope.values() for price_list in several if price_list.kind != "contract"]
    sku_ids = {sku_id for _, sku_id in missing}
    if len(known) * len(sku_ids) <= _MOST_AT_ONCE:
        others = {(pl.id, sku_id): pl for pl in known for sku_id in sku_ids if sku_id not in pl.entries}
        # Who asks may hold lists that were forgotten since, when a rival was rolled back: theirs are filled.
        missing = others | missing
    found: dict[tuple[UUID, UUID], dict[str, Breaks]] = defaultdict(dict)
    pairs = list(missing)
    for row in await tx.fetch(_ENTRIES, [pair[0] for pair in pairs], [pair[1] for pair in pairs]):
        found[row["list_id"], row["sku_id"]][row["unit"]] = tuple(zip(row["minima"], row["prices"], strict=True))
    for (list_id, sku_id), price_list in missing.items():
        price_list.entries[sku_id] = found.get((list_id, sku_id), _NO_ENTRY)
