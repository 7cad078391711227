"""What is true of promotions at any moment: budgets, and what orders were granted."""

from dinghuo.entry.invariant import Invariant

PROMOTIONS = (
    Invariant(
        "budget-entries",
        "what is taken of a budget is the sum of its entries, and never more than its limit",
        """
select format('budget %s of %s %s: %s and %s uses, entries %s and %s', b.id, b.subject_kind, b.subject_id, b.amount,
  b.uses, coalesce(e.amount, 0), coalesce(e.uses, 0))
from budget b
left join (
  select budget_id, sum(amount) as amount, sum(uses) as uses from budget_entry where tenant_id = :tenant group by 1
) e on e.budget_id = b.id
where b.tenant_id = :tenant and ((b.amount, b.uses) is distinct from (coalesce(e.amount, 0), coalesce(e.uses, 0))
  or b.amount > b.amount_limit or b.uses > b.uses_limit)
""",
    ),
    Invariant(
        "budget-orders",
        "an order that is off holds nothing of any budget, and no order less than nothing",
        """
select format('order %s (%s): %s and %s uses of budget %s', coalesce(o.number, e.document_id::text), o.state,
  e.amount, e.uses, e.budget_id)
from (
  select document_id, budget_id, sum(amount) as amount, sum(uses) as uses
  from budget_entry where tenant_id = :tenant and document_kind = 'order' group by 1, 2
) e
left join sales_order o on o.tenant_id = :tenant and o.id = e.document_id
where o.id is null or e.amount < 0 or e.uses < 0
  or (o.state in ('cancelled', 'rejected') and (e.amount <> 0 or e.uses <> 0))
""",
    ),
    Invariant(
        "order-discounts",
        "what promotions took off the lines of an order is what it was granted",
        """
select format('order %s: lines %s, granted %s', o.id, coalesce(l.discount, 0), coalesce(g.saved, 0))
from (
  select id from sales_order where tenant_id = :tenant and promotions is not null
  union select order_id from order_line where tenant_id = :tenant and discount <> 0
) o
left join (
  select order_id, sum(discount) as discount from order_line where tenant_id = :tenant group by 1
) l on l.order_id = o.id
left join (
  select p.id as order_id, sum(g.saved) as saved
  from sales_order p cross join jsonb_to_recordset(p.promotions) as g(saved numeric)
  where p.tenant_id = :tenant group by 1
) g on g.order_id = o.id
where coalesce(l.discount, 0) <> coalesce(g.saved, 0)
""",
    ),
    Invariant(
        "order-promotions",
        "every promotion that an order was granted is there, and none twice",
        """
select format('order %s: promotion %s', o.id, g.promotion_id)
from sales_order o
cross join jsonb_to_recordset(o.promotions) as g(promotion_id uuid)
left join promotion p on p.tenant_id = :tenant and p.id = g.promotion_id
where o.tenant_id = :tenant
group by o.id, g.promotion_id, p.id having p.id is null or count(*) > 1
""",
    ),
)
