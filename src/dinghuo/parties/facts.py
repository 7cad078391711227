"""What placing an order must know of a customer, remembered in process by the parties' version."""

from collections.abc import Collection, Iterable
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.kit.texts import storable


class CustomerFacts(msgspec.Struct, frozen=True):
    """One customer. `regions` and `parents` run from the nearest to the farthest; `parents` begins with itself."""

    id: UUID
    code: str
    name: str
    tier_id: UUID | None
    regions: tuple[UUID, ...]
    channel_id: UUID | None
    parents: tuple[UUID, ...]
    owner_id: UUID | None
    department_id: UUID | None
    currency: str
    payment_terms: str
    active: bool

    def audience(self) -> list[tuple[str, UUID]]:
        """The words by which assortments (and later notices) may address this customer."""
        words = [("customer", self.id), *(("region", region) for region in self.regions)]
        if self.tier_id:
            words.append(("tier", self.tier_id))
        if self.channel_id:
            words.append(("channel", self.channel_id))
        return words


_CUSTOMERS = """
with recursive named as (
  select code as asked, coalesce(merged_into_id, id) as id
  from customer where tenant_id = $1 and code = any($2::text[])
), wanted as (
  select id, code, name, tier_id, region_id, channel_id, parent_id, owner_id, department_id, currency,
         payment_terms, state
  from customer where tenant_id = $1 and id in (select id from named)
), above (start, id, parent_id, step) as (
  select id, id, parent_id, 0 from wanted
  union all
  select above.start, c.id, c.parent_id, above.step + 1
  from above join customer c on c.tenant_id = $1 and c.id = above.parent_id where above.step < 16
), around (start, id, parent_id, step) as (
  select w.id, r.id, r.parent_id, 0 from wanted w join region r on r.tenant_id = $1 and r.id = w.region_id
  union all
  select around.start, r.id, r.parent_id, around.step + 1
  from around join region r on r.tenant_id = $1 and r.id = around.parent_id where around.step < 16
)
select n.asked, w.*, a.ids as parents, coalesce(r.ids, '{}') as regions
from named n
join wanted w on w.id = n.id
join (select start, array_agg(id order by step) as ids from above group by start) a on a.start = w.id
left join (select start, array_agg(id order by step) as ids from around group by start) r on r.start = w.id
"""


async def load_customers(tx: Tx, codes: Iterable[str]) -> dict[str, CustomerFacts]:
    """The customers with these codes, whatever their state. Those unknown are absent. Read, never written to.

    The code of one that was merged means the survivor.
    """
    memory: dict[str, CustomerFacts] = (await tx.cached("parties")).setdefault("customers", {})
    missing = storable(code for code in codes if code not in memory)
    if missing:
        for row in await tx.fetch(_CUSTOMERS, missing):
            memory[row["asked"]] = CustomerFacts(
                id=row["id"],
                code=row["code"],
                name=row["name"],
                tier_id=row["tier_id"],
                regions=tuple(row["regions"]),
                channel_id=row["channel_id"],
                parents=tuple(row["parents"]),
                owner_id=row["owner_id"],
                department_id=row["department_id"],
                currency=row["currency"],
                payment_terms=row["payment_terms"],
                active=row["state"] == "active",
            )
    return memory


_CODES = "select id, code from customer where tenant_id = $1 and id = any($2::uuid[])"


async def load_customer(tx: Tx, customer_id: UUID) -> CustomerFacts | None:
    """The customer with this id; None when there is none."""
    return (await load_customers_by_id(tx, [customer_id])).get(customer_id)


async def load_customers_by_id(tx: Tx, customer_ids: Collection[UUID]) -> dict[UUID, CustomerFacts]:
    """The customers with these ids. Those unknown are absent."""
    codes: dict[UUID, str] = (await tx.cached("parties")).setdefault("customer_codes", {})
    missing = [id for id in customer_ids if id not in codes]
    if missing:
        codes.update({row["id"]: row["code"] for row in await tx.fetch(_CODES, missing)})
    wanted = {id: codes[id] for id in customer_ids if id in codes}
    known = await load_customers(tx, wanted.values())
    return {id: known[code] for id, code in wanted.items() if code in known}
