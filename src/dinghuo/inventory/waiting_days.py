"""When the goods come that lines wait for, of all lines at once: `waiting.parts_of` says the same of few, and why."""

from dinghuo.inventory.supply import OPEN_SUPPLY

# `due(document_id, line_no, day)` has every line that waits for one of the SKUs in $2 on the day $3 (day null: nobody
# knows), by the rule of allocation in $4 (patience) and $5 (fair shares). A line has come when the deliveries have
# brought what it needs, and what everybody before it needs: so needs and deliveries stand in one row, from much to
# little, and each need sees the first day on which there is as much.
WAITING_DAYS = f"""
waits as (
  select r.document_id, r.line_no, r.sku_id, r.warehouse_id,
    case when $5::bool then sum(r.backordered) over place else sum(r.backordered) over turn end
      - least(f.free, greatest(f.free - s.safety - s.barred, 0)) as needed
  from reservation r
  join stock s on s.tenant_id = $1 and s.sku_id = r.sku_id and s.warehouse_id = r.warehouse_id
  cross join lateral (select s.on_hand + s.allowance - s.reserved as free) f
  where r.tenant_id = $1 and r.sku_id = any($2::uuid[]) and r.backordered > 0
  window place as (partition by r.sku_id, r.warehouse_id),
    turn as (place order by case when r.document_id < $4::uuid then -1 else r.priority end, r.document_id, r.line_no
      rows unbounded preceding)
), sold_ahead as (
  select h.document_id, h.line_no, h.sku_id, h.warehouse_id, h.promised - h.on_hand as needed
  from (
    select r.document_id, r.line_no, r.sku_id, r.warehouse_id, r.backordered, s.on_hand,
      sum(r.held) over turn as promised
    from stock s
    join reservation r on r.tenant_id = $1 and r.sku_id = s.sku_id and r.warehouse_id = s.warehouse_id and r.held > 0
    where s.tenant_id = $1 and s.sku_id = any($2::uuid[]) and s.reserved > s.on_hand
    window turn as (partition by r.sku_id, r.warehouse_id
      order by case when r.document_id < $4::uuid then -1 else r.priority end, r.document_id, r.line_no
      rows unbounded preceding)
  ) h
  where h.promised > h.on_hand and h.backordered = 0
), coming as (
  select c.sku_id, c.warehouse_id, c.expected_on, sum(c.quantity) over (
    partition by c.sku_id, c.warehouse_id order by c.expected_on rows unbounded preceding) as there
  from ({OPEN_SUPPLY}) c where c.expected_on >= $3::date
), days as (
  select m.document_id, m.line_no, m.amount,
    min(m.expected_on) over (partition by m.sku_id, m.warehouse_id order by m.amount desc) as day
  from (
    select n.document_id, n.line_no, n.sku_id, n.warehouse_id, n.needed as amount, null::date as expected_on
    from (select * from waits union all select * from sold_ahead) n
    union all
    select null, null, c.sku_id, c.warehouse_id, c.there, c.expected_on from coming c
  ) m
), due as (
  select d.document_id, d.line_no, case when bool_and(d.amount <= 0 or d.day is not null)
    then max(case when d.amount <= 0 then $3::date else d.day end) end as day
  from days d where d.document_id is not null group by d.document_id, d.line_no
)"""  # noqa: S608 - made of constants
