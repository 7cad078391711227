"""What is true at any moment of what is expected, of transfers and of lots."""

from dinghuo.entry.invariant import Invariant

GOODS = [
    Invariant(
        "supply-received",
        "what was received of an expected line is the sum of the goods receipts' lines that name it",
        """
select format('expected %s: received %s, lines %s', e.code, e.received, coalesce(l.quantity, 0))
from expected_supply e
left join (
  select supply_id, sum(base_quantity) as quantity from goods_receipt_line
  where tenant_id = :tenant and supply_id is not null group by 1
) l on l.supply_id = e.id
where e.tenant_id = :tenant and e.received <> coalesce(l.quantity, 0)
""",
    ),
    Invariant(
        "transfer-moves",
        "a transfer has taken out of one warehouse what its lines say, and put into the other what arrived",
        """
select format('transfer %s (%s): lines %s, received %s, out %s, in %s', t.number, t.state, l.quantity, l.received,
  coalesce(m.left, 0), coalesce(m.arrived, 0))
from transfer t
join (
  select transfer_id, sum(base_quantity) as quantity, sum(received) as received
  from transfer_line where tenant_id = :tenant group by 1
) l on l.transfer_id = t.id
left join (
  select document_id, -sum(quantity) filter (where quantity < 0) as left,
    sum(quantity) filter (where quantity > 0) as arrived
  from stock_move where tenant_id = :tenant and document_kind = 'transfer' group by 1
) m on m.document_id = t.id
where t.tenant_id = :tenant and (coalesce(m.left, 0), coalesce(m.arrived, 0)) is distinct from
  (case when t.state in ('shipped', 'received') then l.quantity else 0 end,
   case when t.state = 'received' then l.received else 0 end)
""",
    ),
    Invariant(
        "lot-on-hand",
        "what is of a lot in a warehouse is the sum of its moves there",
        """
select format('lot %s in warehouse %s: on hand %s, moves %s', s.lot_id, s.warehouse_id, s.on_hand,
  coalesce(m.moved, 0))
from lot_stock s
left join (
  select lm.lot_id, sm.warehouse_id, sum(lm.quantity) as moved
  from lot_move lm join stock_move sm on sm.tenant_id = :tenant and sm.id = lm.move_id
  where lm.tenant_id = :tenant group by 1, 2
) m on m.lot_id = s.lot_id and m.warehouse_id = s.warehouse_id
where s.tenant_id = :tenant and s.on_hand <> coalesce(m.moved, 0)
""",
    ),
]
