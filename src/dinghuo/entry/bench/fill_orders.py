"""A tenant's past in bulk: closed and cancelled orders of two years, for lists to be read from."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from dinghuo.kit.database import Database, Tx

SLICE = 25_000
SPAN = timedelta(days=730)
# Who buys a tenth of everything, and one who buys a five-hundredth.
BIG_CUSTOMER, SMALL_CUSTOMER = "C00001", "C00003"

# Orders $2 … $3 of $4, which begin at $5 and span $6: evenly in time, their ids UUIDv7 of their moments with the
# number in the random bits. One in 23 is cancelled; each has one line.
_FILL = """
with master as (
  select array(select id from customer where tenant_id = $1 order by code) as customers,
    array(select id from sku where tenant_id = $1 order by code) as skus,
    (select id from organisation where tenant_id = $1) as organisation_id
),
drawn as (
  select n, at, organisation_id,
    (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')
      || 'b' || substr(md5(n::text), 1, 15))::uuid as id,
    customers[case when n % 10 = 0 then 1 else n % cardinality(customers) + 1 end] as customer_id,
    skus[n % cardinality(skus) + 1] as sku_id,
    n % 23 = 7 as is_cancelled
  from master, generate_series($2::int, $3::int) n,
    lateral (select $5::timestamptz + $6::interval * n / $4::int) t(at)
),
ordered as (
  insert into sales_order (tenant_id, id, number, organisation_id, customer_id, customer_name, state, currency, net,
    tax, gross, line_count, channel, is_history, placed_at)
  select $1, id, 'B-' || lpad(n::text, 9, '0'), organisation_id, customer_id, 'Dealer',
    case when is_cancelled then 'cancelled' else 'closed' end, 'CNY', 100, 13, 113, 1, 'import', true, at
  from drawn
)
insert into order_line (tenant_id, order_id, line_no, sku_id, sku_code, sku_name, unit, quantity, base_quantity,
  deal_price, tax_inclusive, tax_rate, net, tax, gross, shipped, cancelled)
select $1, id, 1, sku_id, 'SKU', 'Product', 'pc', 10, 10, 10, false, 0.13, 100, 13, 113,
  case when is_cancelled then 0 else 10 end, case when is_cancelled then 10 else 0 end
from drawn
"""


async def fill_orders(database: Database, tenant_id: int, *, orders: int, until: datetime) -> None:
    """So many orders, the last of them at `until`.

    Two slices at a time: most of the work is the server's, in checking references.
    """
    slices = iter(range(1, orders + 1, SLICE))

    async def fill(mine: Iterator[int]) -> None:
        for first in mine:
            last = min(first + SLICE - 1, orders)
            await database.run(tenant_id, partial(_write, first, last, orders, until - SPAN))

    async with asyncio.TaskGroup() as both:
        for _ in range(2):
            both.create_task(fill(slices))


async def _write(first: int, last: int, orders: int, since: datetime, tx: Tx) -> None:
    await tx.write(_FILL, first, last, orders, since, SPAN)
