"""What is true of rebates at any moment: balances, what orders use of them, what has accrued, what was settled."""

from dinghuo.entry.invariant import Invariant
from dinghuo.rebates.fresh import FRESH

_NEWS = (
    "orders.confirmed",
    "orders.imported",
    "orders.cancelled",
    "orders.short_closed",
    "orders.amended",
    "orders.returned",
    "rebates.agreement_saved",
    "parties.customers_merged",
)
_RECKONED = FRESH.format(
    tenant=":tenant",
    agreements="array(select w.id from wanted w)",
    zone="(select t.time_zone from tenant t where t.id = :tenant)",
    house="""(
    select o.id from organisation o where o.tenant_id = :tenant and o.state = 'active' order by o.created_at, o.id
    limit 1)""",
    orders="true",
    returns="true",
)

REBATES = (
    Invariant(
        "rebate-balances",
        "each bucket of a rebate balance is the sum of its entries, and no more is held and used than was credited",
        """
select format('balance %s: credited %s/%s, reserved %s/%s, used %s/%s', b.id, b.credited, coalesce(e.credited, 0),
  b.reserved, coalesce(e.reserved, 0), b.used, coalesce(e.used, 0))
from rebate_balance b
left join (
  select balance_id, sum(amount) filter (where bucket = 'credited') as credited,
    sum(amount) filter (where bucket = 'reserved') as reserved, sum(amount) filter (where bucket = 'used') as used
  from rebate_entry where tenant_id = :tenant group by 1
) e on e.balance_id = b.id
where b.tenant_id = :tenant and (b.reserved + b.used > b.credited or (b.credited, b.reserved, b.used) is distinct from
  (coalesce(e.credited, 0), coalesce(e.reserved, 0), coalesce(e.used, 0)))
""",
    ),
    Invariant(
        "rebate-orders",
        "an open order holds what it uses of rebates, one that is off nothing, and its account has it as received",
        """
select format('order %s (%s): uses %s, holds %s, used %s, in its account %s', o.number, o.state, u.amount,
  coalesce(e.reserved, 0), coalesce(e.used, 0), coalesce(a.unapplied, 0))
from (
  select order_id, sum(amount) as amount, sum(amount) filter (where used_at is null) as held from order_rebate
  where tenant_id = :tenant group by 1
) u
join sales_order o on o.tenant_id = :tenant and o.id = u.order_id
left join (
  select document_id, sum(amount) filter (where bucket = 'reserved') as reserved,
    sum(amount) filter (where bucket = 'used') as used
  from rebate_entry where tenant_id = :tenant and document_kind = 'order' group by 1
) e on e.document_id = u.order_id
left join (
  select document_id, sum(amount) as unapplied from account_entry
  where tenant_id = :tenant and document_kind = 'order_rebate' group by 1
) a on a.document_id = u.order_id
where coalesce(u.held, 0) <> coalesce(e.reserved, 0) or u.amount - coalesce(u.held, 0) <> coalesce(e.used, 0)
  or u.amount <> -coalesce(a.unapplied, 0) or u.amount > o.gross
  or (o.state in ('cancelled', 'rejected') and u.amount <> 0)
""",
    ),
    Invariant(
        "rebate-accruals",
        "what has accrued is the sum of what documents brought",
        """
select format('accrual %s: amount %s/%s, quantity %s/%s', a.id, a.amount, coalesce(s.amount, 0), a.quantity,
  coalesce(s.quantity, 0))
from rebate_accrual a
left join (
  select accrual_id, sum(amount) as amount, sum(quantity) as quantity from rebate_sale
  where tenant_id = :tenant group by 1
) s on s.accrual_id = a.id
where a.tenant_id = :tenant
  and (a.amount, a.quantity) is distinct from (coalesce(s.amount, 0), coalesce(s.quantity, 0))
""",
    ),
    Invariant(
        "rebate-settled",
        "what is settled of an agreement's period is what settlements credited for it",
        """
select format('agreement %s from %s: settled %s, settlements %s', a.agreement_id, a.period_from, sum(a.settled),
  sum(coalesce(l.amount, 0)))
from rebate_accrual a
left join (
  select accrual_id, sum(amount) as amount from rebate_settlement_line where tenant_id = :tenant group by 1
) l on l.accrual_id = a.id
where a.tenant_id = :tenant
group by a.agreement_id, a.period_from
having sum(a.settled) <> sum(coalesce(l.amount, 0))
union all
select format('settlement %s: total %s, credited %s', s.id, s.total, coalesce(e.amount, 0))
from rebate_settlement s
left join (
  select document_id, sum(amount) as amount from rebate_entry
  where tenant_id = :tenant and document_kind = 'rebate_settlement' group by 1
) e on e.document_id = s.id
where s.tenant_id = :tenant and s.total <> coalesce(e.amount, 0)
""",
    ),
    # Once all news is told; where customers and goods are what they were when all was last looked at.
    Invariant(
        "rebate-reckoned-anew",
        "what documents brought under an agreement is what reckoning it anew gives",
        f"""
with recursive wanted as materialized (
  select a.id from rebate_agreement a
  where a.tenant_id = :tenant and a.active and a.counted_at is not null
    and not exists (
      select from outbox_event v where v.tenant_id = :tenant and v.settled_at is null and v.kind in {_NEWS})
    and ((not a.with_branches and not exists (
        select from rebate_audience x where x.tenant_id = :tenant and x.agreement_id = a.id))
      or not exists (select from customer c where c.tenant_id = :tenant and c.updated_at > a.counted_at))
    and (not exists (select from rebate_item i where i.tenant_id = :tenant and i.agreement_id = a.id)
      or (not exists (select from sku s where s.tenant_id = :tenant and s.updated_at > a.counted_at)
        and not exists (select from product p where p.tenant_id = :tenant and p.updated_at > a.counted_at)))
), {_RECKONED}, held as materialized (
  select a.agreement_id, a.customer_id, a.period_from, e.document_kind as kind, e.document_id,
    sum(e.amount) as amount, sum(e.quantity) as quantity
  from wanted w
  join rebate_accrual a on a.tenant_id = :tenant and a.agreement_id = w.id
  join rebate_sale e on e.tenant_id = :tenant and e.accrual_id = a.id
  group by 1, 2, 3, 4, 5
)
select format('agreement %s, document %s: put down %s and %s, anew %s and %s',
  coalesce(f.agreement_id, h.agreement_id), coalesce(f.document_id, h.document_id), h.amount, h.quantity,
  f.amount, f.quantity)
from fresh f
full join held h on h.agreement_id = f.agreement_id and h.customer_id = f.customer_id
  and h.period_from = f.period_from and h.kind = f.kind and h.document_id = f.document_id
where coalesce(f.amount, 0) <> coalesce(h.amount, 0) or coalesce(f.quantity, 0) <> coalesce(h.quantity, 0)
""",  # noqa: S608 - constants of ours
    ),
)
