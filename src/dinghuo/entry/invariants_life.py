"""What is true of the life of orders: holds, amendments that wait, payments."""

from dinghuo.entry.invariant import Invariant

LIFE = [
    Invariant(
        "amendment-promises",
        "a waiting amendment holds what lines would grow by, one that is decided holds nothing",
        """
select format('amendment %s (%s) line %s: %s held and waited for', a.id, a.state, l.line_no, r.promised)
from order_amendment a
join order_amendment_line l on l.tenant_id = :tenant and l.amendment_id = a.id
join (
  select document_id, line_no, sum(held + backordered) as promised from reservation
  where tenant_id = :tenant group by 1, 2
) r on r.document_id = a.id and r.line_no = l.line_no
where a.tenant_id = :tenant and r.promised <> case when a.state = 'pending'
  then coalesce((l.new ->> 'base_quantity')::numeric, 0) - coalesce((l.old ->> 'base_quantity')::numeric, 0)
  else 0 end
""",
    ),
    Invariant(
        "amendment-credit",
        "a waiting amendment takes up the credit by which its order would grow, one that is decided none",
        """
select format('amendment %s (%s): %s open in the account', a.id, a.state, coalesce(e.open, 0))
from order_amendment a
left join (
  select document_id, sum(amount) as open from account_entry
  where tenant_id = :tenant and document_kind = 'order_amendment' group by 1
) e on e.document_id = a.id
where a.tenant_id = :tenant and coalesce(e.open, 0) <>
  case when a.state = 'pending' then greatest(a.new_gross - a.old_gross, 0) else 0 end
""",
    ),
    Invariant(
        "holds-noted",
        "what an order is held for are its holds that nobody lifted",
        """
select format('order %s: held for %s, noted %s', coalesce(o.number, h.order_id::text), o.holds, h.reasons)
from (
  select id, number, holds, array(select x from unnest(holds) x order by x) as reasons from sales_order
  where tenant_id = :tenant and holds <> '{}'
) o
full join (
  select order_id, array_agg(reason order by reason) as reasons from order_hold
  where tenant_id = :tenant and released_at is null group by 1
) h on h.order_id = o.id
where o.reasons is distinct from h.reasons
""",
    ),
    Invariant(
        "unpaid-held",
        "an open order waits for its payment exactly while it is not settled",
        """
select format('order %s: due %s, paid %s, settled %s, holds %s', o.number, p.due, p.paid, p.settled_at, o.holds)
from order_payment p
join sales_order o on o.tenant_id = :tenant and o.id = p.order_id
where p.tenant_id = :tenant and o.state in ('confirmed', 'pending_approval')
  and ((p.settled_at is null) <> ('unpaid' = any(o.holds)) or (p.settled_at is not null and not p.waived
    and p.paid < p.due))
""",
    ),
    Invariant(
        "set-aside",
        "no more of a customer's money is set aside for orders than there is",
        """
select format('customer %s: %s set aside, %s there', p.customer_id, sum(p.paid), coalesce(-max(a.unapplied), 0))
from order_payment p
left join account a on a.tenant_id = :tenant and a.customer_id = p.customer_id
  and a.organisation_id = p.organisation_id and a.currency = p.currency and a.kind = 'credit'
where p.tenant_id = :tenant and p.paid > 0
group by p.customer_id, p.organisation_id, p.currency
having sum(p.paid) > coalesce(-max(a.unapplied), 0)
""",
    ),
]
