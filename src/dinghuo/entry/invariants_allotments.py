"""What is true of quotas and blanket orders at any moment."""

from dinghuo.entry.invariant import Invariant

ALLOTMENTS = [
    Invariant(
        "allotment-entries",
        "what is taken of a quota or a blanket order's line is the sum of its entries, and no more than there is",
        """
select format('%s %s: taken %s, entries %s, of %s', a.kind, a.id, a.taken, coalesce(e.quantity, 0), a.quantity)
from allotment a
left join (
  select allotment_id, sum(quantity) as quantity from allotment_entry where tenant_id = :tenant group by 1
) e on e.allotment_id = a.id
where a.tenant_id = :tenant and (a.taken <> coalesce(e.quantity, 0) or a.taken not between 0 and a.quantity)
""",
    ),
    Invariant(
        "allotment-lines",
        "an order's line holds no more of an allotment than is wanted of it, and nothing when the order is over",
        """
select format('order %s (%s) line %s: holds %s of %s', o.number, o.state, e.line_no, e.quantity,
  coalesce(l.base_quantity - l.cancelled, 0))
from (
  select document_id, line_no, allotment_id, sum(quantity) as quantity
  from allotment_entry where tenant_id = :tenant group by 1, 2, 3
) e
join sales_order o on o.tenant_id = :tenant and o.id = e.document_id
left join order_line l on l.tenant_id = :tenant and l.order_id = e.document_id and l.line_no = e.line_no
where e.quantity < 0 or e.quantity > coalesce(l.base_quantity - l.cancelled, 0)
  or (e.quantity > 0 and o.state in ('cancelled', 'rejected'))
""",
    ),
]
