"""The sums of a customer that turned out to be another one are the other one's."""

from uuid import UUID

from dinghuo.kit.database import Tx

_RENAME = """
with gone as (
  delete from sales_day s where s.tenant_id = $1 and s.customer_id = $2
  returning s.day, s.channel, s.currency, s.orders, s.lines, s.net, s.gross
)
insert into sales_day as d (tenant_id, day, customer_id, channel, currency, orders, lines, net, gross)
select $1, g.day, $3::uuid, g.channel, g.currency, g.orders, g.lines, g.net, g.gross from gone g
order by g.day, g.channel, g.currency
on conflict (tenant_id, day, customer_id, channel, currency) do update
set orders = d.orders + excluded.orders, lines = d.lines + excluded.lines, net = d.net + excluded.net,
  gross = d.gross + excluded.gross
where d.tenant_id = $1
"""


async def rename_customer(tx: Tx, *, gone: UUID, into: UUID) -> None:
    await tx.write(_RENAME, gone, into)
