"""What is true of every tenant's books at any moment, whatever happened: crashes, races, imports, replays.

Each invariant is one statement that finds the rows breaking it, set-based, so that a million orders are checked in
seconds; each sees one snapshot, so that it may run beside live work. Tests of every kind and `dinghuo doctor` ask.
"""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dinghuo.entry.invariant import Invariant
from dinghuo.entry.invariants_allotments import ALLOTMENTS
from dinghuo.entry.invariants_goods import GOODS
from dinghuo.entry.invariants_life import LIFE
from dinghuo.entry.invariants_promotions import PROMOTIONS
from dinghuo.entry.invariants_rebates import REBATES
from dinghuo.kit.database import Tx

_SHOWN = 3


_STOCK = [
    Invariant(
        "stock-reserved",
        "what is reserved at a place is the sum of what documents hold there",
        """
select format('sku %s in warehouse %s: reserved %s, held %s', s.sku_id, s.warehouse_id, s.reserved,
  coalesce(r.held, 0))
from stock s
left join (
  select sku_id, warehouse_id, sum(held) as held from reservation where tenant_id = :tenant group by 1, 2
) r
  on r.sku_id = s.sku_id and r.warehouse_id = s.warehouse_id
where s.tenant_id = :tenant and s.reserved <> coalesce(r.held, 0)
""",
    ),
    Invariant(
        "stock-on-hand",
        "what is on hand at a place is the sum of its moves",
        """
select format('sku %s in warehouse %s: on hand %s, moves %s', s.sku_id, s.warehouse_id, s.on_hand,
  coalesce(m.moved, 0))
from stock s
left join (
  select sku_id, warehouse_id, sum(quantity) as moved from stock_move where tenant_id = :tenant group by 1, 2
) m
  on m.sku_id = s.sku_id and m.warehouse_id = s.warehouse_id
where s.tenant_id = :tenant and s.on_hand <> coalesce(m.moved, 0)
""",
    ),
    Invariant(
        "stock-never-oversold",
        "0 ≤ reserved ≤ on hand + allowance",
        """
select format('sku %s in warehouse %s: on hand %s, allowance %s, reserved %s', s.sku_id, s.warehouse_id, s.on_hand,
  s.allowance, s.reserved)
from stock s
where s.tenant_id = :tenant and (s.reserved < 0 or s.allowance < 0 or s.reserved > s.on_hand + s.allowance)
""",
    ),
    Invariant(
        "stock-consumed",
        "what a document's line has consumed is the sum of its issues from stock",
        """
select format('document %s line %s: consumed %s, issued %s', r.document_id, r.line_no, r.consumed,
  coalesce(m.moved, 0))
from reservation r
left join (
  select document_id, line_no, warehouse_id, -sum(quantity) as moved
  from stock_move where tenant_id = :tenant and kind = 'issue' group by 1, 2, 3
) m on m.document_id = r.document_id and m.line_no = r.line_no and m.warehouse_id = r.warehouse_id
where r.tenant_id = :tenant and r.consumed <> coalesce(m.moved, 0)
""",
    ),
    Invariant(
        "receipt-moves",
        "a goods receipt has moved into stock what its lines say",
        """
select format('receipt %s: lines %s, moves %s', g.number, coalesce(l.quantity, 0), coalesce(m.moved, 0))
from goods_receipt g
left join (
  select receipt_id, sum(base_quantity) as quantity from goods_receipt_line where tenant_id = :tenant group by 1
) l on l.receipt_id = g.id
left join (
  select document_id, sum(quantity) as moved from stock_move where tenant_id = :tenant and kind = 'receipt' group by 1
) m on m.document_id = g.id
where g.tenant_id = :tenant and coalesce(l.quantity, 0) <> coalesce(m.moved, 0)
""",
    ),
]

_CREDIT = [
    Invariant(
        "account-buckets",
        "each bucket of an account is the sum of its entries",
        """
select format('account %s: open %s/%s, shipped %s/%s, billed %s/%s, unapplied %s/%s', a.id, a.open,
  coalesce(e.open, 0), a.shipped, coalesce(e.shipped, 0), a.billed, coalesce(e.billed, 0), a.unapplied,
  coalesce(e.unapplied, 0))
from account a
left join (
  select account_id, sum(amount) filter (where bucket = 'open') as open,
    sum(amount) filter (where bucket = 'shipped') as shipped, sum(amount) filter (where bucket = 'billed') as billed,
    sum(amount) filter (where bucket = 'unapplied') as unapplied
  from account_entry where tenant_id = :tenant group by account_id
) e on e.account_id = a.id
where a.tenant_id = :tenant and (a.open, a.shipped, a.billed, a.unapplied) is distinct from
  (coalesce(e.open, 0), coalesce(e.shipped, 0), coalesce(e.billed, 0), coalesce(e.unapplied, 0))
""",
    ),
    # An order takes its whole amount of credit when it is placed. Shipping and part cancellation move some of it on;
    # when it is over, nothing of it is open.
    Invariant(
        "order-credit",
        "an open order's credit is its amount less what was moved on, a finished one's is nothing",
        """
select format('order %s (%s): gross %s, open in the account %s', o.number, o.state, o.gross, coalesce(e.open, 0))
from sales_order o
left join (
  select document_id, sum(amount) as open from account_entry
  where tenant_id = :tenant and document_kind = 'order' and bucket = 'open' group by 1
) e on e.document_id = o.id
left join (
  select order_id, sum(shipped + cancelled) as moved_on from order_line where tenant_id = :tenant group by 1
) l on l.order_id = o.id
where o.tenant_id = :tenant and case
  when o.state not in ('confirmed', 'pending_approval') then coalesce(e.open, 0) <> 0
  when coalesce(l.moved_on, 0) = 0 then coalesce(e.open, 0) <> o.gross
  else coalesce(e.open, 0) not between 0 and o.gross end
""",
    ),
    Invariant(
        "credit-without-order",
        "an entry of an order's credit has its order",
        """
select format('account %s: order %s', e.account_id, e.document_id)
from account_entry e
left join sales_order o on o.tenant_id = :tenant and o.id = e.document_id
where e.tenant_id = :tenant and e.document_kind = 'order' and o.id is null
""",
    ),
]

_ORDERS = [
    Invariant(
        "order-sums",
        "an order's sums are those of its lines and charges, and its line count that of its lines",
        """
select format('order %s: net %s/%s, tax %s/%s, gross %s/%s, lines %s/%s', o.number, o.net, coalesce(l.net, 0), o.tax,
  coalesce(l.tax, 0), o.gross, coalesce(l.gross, 0), o.line_count, coalesce(l.lines, 0))
from sales_order o
left join (
  select p.order_id, sum(p.net) as net, sum(p.tax) as tax, sum(p.gross) as gross, sum(p.line) as lines
  from (
    select order_id, net, tax, gross, 1 as line from order_line where tenant_id = :tenant
    union all
    select order_id, net, tax, gross, 0 from order_charge where tenant_id = :tenant
  ) p group by p.order_id
) l on l.order_id = o.id
where o.tenant_id = :tenant and (o.net + o.tax <> o.gross or (o.net, o.tax, o.gross, o.line_count) is distinct from
  (coalesce(l.net, 0), coalesce(l.tax, 0), coalesce(l.gross, 0), coalesce(l.lines, 0)))
""",
    ),
    Invariant(
        "line-sums",
        "net + tax = gross on every order line",
        """
select format('order %s line %s: %s + %s, %s', l.order_id, l.line_no, l.net, l.tax, l.gross)
from order_line l where l.tenant_id = :tenant and l.net + l.tax <> l.gross
""",
    ),
    Invariant(
        "order-numbers",
        "no two orders have one number",
        """
select format('%s: %s orders', o.number, count(*))
from sales_order o where o.tenant_id = :tenant group by o.number having count(*) > 1
""",
    ),
    # Of a line of an open order, what was promised and what has left make up all that was not cancelled; an order
    # that is over holds nothing.
    Invariant(
        "line-promises",
        "what an open order's line holds, waits for and has consumed is its quantity less what was cancelled",
        """
select format('order %s line %s: quantity %s, cancelled %s, held %s, backordered %s, consumed %s', l.order_id,
  l.line_no, l.base_quantity, l.cancelled, r.held, r.backordered, r.consumed)
from (
  select r.document_id, r.line_no, sum(r.held) as held, sum(r.backordered) as backordered, sum(r.consumed) as consumed
  from sales_order o
  join reservation r on r.tenant_id = :tenant and r.document_id = o.id
  where o.tenant_id = :tenant and o.state in ('confirmed', 'pending_approval') group by 1, 2
) r
join order_line l on l.tenant_id = :tenant and l.order_id = r.document_id and l.line_no = r.line_no
where r.held + r.backordered + r.consumed <> l.base_quantity - l.cancelled
union all
select format('order %s is %s, line %s: held %s, backordered %s', o.number, o.state, r.line_no, r.held, r.backordered)
from reservation r
join sales_order o on o.tenant_id = :tenant and o.id = r.document_id
where r.tenant_id = :tenant and r.held + r.backordered <> 0 and o.state not in ('confirmed', 'pending_approval')
""",
    ),
    # Whether a SKU was tracked when the order was placed is only known while the SKU has not been changed since.
    Invariant(
        "line-without-promise",
        "every line of an open order whose SKU is tracked has its promise",
        """
select format('order %s line %s: sku %s', o.number, l.line_no, l.sku_code)
from sales_order o
join order_line l on l.tenant_id = :tenant and l.order_id = o.id
join sku s on s.tenant_id = :tenant and s.id = l.sku_id
left join reservation r on r.tenant_id = :tenant and r.document_id = o.id and r.line_no = l.line_no
where o.tenant_id = :tenant and o.state in ('confirmed', 'pending_approval') and r.document_id is null
  and l.cancelled < l.base_quantity and s.supply_policy <> 'untracked' and s.updated_at <= o.placed_at
""",
    ),
    Invariant(
        "line-skus",
        "the SKU of every order line is there",
        """
select format('order %s line %s: no sku %s', l.order_id, l.line_no, l.sku_id)
from order_line l
where l.tenant_id = :tenant
  and not exists (select from sku s where s.tenant_id = :tenant and s.id = l.sku_id)
""",
    ),
    Invariant(
        "promise-without-line",
        "every promise has its order line, or the line of an amendment that waits, of the same SKU",
        """
select format('document %s line %s: sku %s', r.document_id, r.line_no, r.sku_id)
from reservation r
left join order_line l on l.tenant_id = :tenant and l.order_id = r.document_id and l.line_no = r.line_no
left join order_amendment_line a
  on a.tenant_id = :tenant and a.amendment_id = r.document_id and a.line_no = r.line_no
where r.tenant_id = :tenant and coalesce(l.sku_id, a.sku_id) is distinct from r.sku_id
""",
    ),
    Invariant(
        "acknowledged-orders",
        "every order a caller was told of is there, under the number told",
        """
select format('key %s of %s: order %s', k.key, k.route, k.outcome ->> 'number')
from idempotency_key k
left join sales_order o
  on o.tenant_id = :tenant and o.id::text = k.outcome ->> 'id' and o.number = k.outcome ->> 'number'
where k.tenant_id = :tenant and json_typeof(k.outcome) = 'object' and k.outcome ->> 'placed_at' is not null
  and o.id is null
""",
    ),
]

INVARIANTS = (*_STOCK, *GOODS, *_CREDIT, *ALLOTMENTS, *_ORDERS, *LIFE, *PROMOTIONS, *REBATES)


async def broken_invariants(books: Tx | AsyncConnection, tenant_id: int) -> list[str]:
    """What is not true of a tenant's books: a sentence each, with how often and examples. Empty: all is well.

    The transaction is the tenant's from here on, and its statements may take as long as they need.
    """
    await books.execute(text(_PREPARE), {"tenant": str(tenant_id)})
    found = []
    for invariant in INVARIANTS:
        rows = await _broken(books, invariant, tenant_id)
        if rows:
            examples = "; ".join(row.example for row in rows)
            found.append(f"{invariant.name}: {invariant.sentence}. Broken {rows[0].times} ×, e.g. {examples}")
    return found


_PREPARE = """
select set_config('oms.tenant', :tenant, true), set_config('statement_timeout', '0', true),
  set_config('work_mem', '64MB', true), set_config('max_parallel_workers_per_gather', '0', true)
"""


async def _broken(books: Tx | AsyncConnection, invariant: Invariant, tenant_id: int) -> list[Any]:
    sql = text(f"select b.example, count(*) over () as times from ({invariant.broken}) as b(example) limit {_SHOWN}")  # noqa: S608
    result = await books.execute(sql, {"tenant": tenant_id})
    return list(result.all())
