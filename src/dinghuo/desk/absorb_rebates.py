"""Give a customer the rebate balances of another one."""

from typing import Any
from uuid import UUID

from dinghuo.accounts.rebates import RebateEntry, write_rebates
from dinghuo.kit.database import Tx

LOCK = """
select b.id from rebate_balance b
where b.tenant_id = $1 and b.customer_id in ($2, $3) order by b.id for no key update
"""
# Where both have one, what is left of each document moves from balance to balance, entry by entry.
LEFT = """
select l.id as from_id, s.id as into_id, e.bucket, e.document_kind, e.document_id, sum(e.amount) as amount
from rebate_balance l
join rebate_balance s on s.tenant_id = $1 and s.customer_id = $3 and s.organisation_id = l.organisation_id
  and s.kind = l.kind and s.currency = l.currency
join rebate_entry e on e.tenant_id = $1 and e.balance_id = l.id
where l.tenant_id = $1 and l.customer_id = $2
group by 1, 2, 3, 4, 5 having sum(e.amount) <> 0
order by 1, 3, 4, 5
"""
USES = """
update order_rebate r set customer_id = $3 where r.tenant_id = $1 and r.customer_id = $2
"""
# Orders of its branches may draw on a balance too.
DRAWS = """
update order_rebate r set balance_id = s.id
from rebate_balance l
join rebate_balance s on s.tenant_id = $1 and s.customer_id = $3 and s.organisation_id = l.organisation_id
  and s.kind = l.kind and s.currency = l.currency
where r.tenant_id = $1 and l.tenant_id = $1 and l.customer_id = $2 and r.balance_id = l.id
"""
ADOPT = """
update rebate_balance b set customer_id = $3, updated_at = $4
where b.tenant_id = $1 and b.customer_id = $2 and not exists (
  select from rebate_balance s where s.tenant_id = $1 and s.customer_id = $3
    and s.organisation_id = b.organisation_id and s.kind = b.kind and s.currency = b.currency)
"""


async def move_rebates(tx: Tx, gone: UUID, into: UUID) -> None:
    """Emptied balances stay with whom they were: their entries are history."""
    await tx.fetch(LOCK, gone, into)
    rows: list[Any] = await tx.fetch(LEFT, gone, into)
    await write_rebates(
        tx,
        [
            RebateEntry(balance_id, row["bucket"], amount, "adjust", row["document_kind"], row["document_id"])
            for row in rows
            for balance_id, amount in ((row["from_id"], -row["amount"]), (row["into_id"], row["amount"]))
        ],
    )
    await tx.write(USES, gone, into)
    await tx.write(DRAWS, gone, into)
    await tx.write(ADOPT, gone, into, tx.now)
