"""What documents bring under agreements, reckoned from the documents themselves, in one statement.

From the documents outwards: their customers and those above them, their lines' SKUs and what these belong to. So it
costs what the documents are, whatever the number of agreements' customers and goods. Of an agreement about growth
(`over_last_year`) what was bought in a period of last year counts against the same period of this one.
"""

from dinghuo.rebates.periods import STARTS

# An order that counts: it binds, and is not off.
SOLD = "o.state in ('confirmed', 'closed')"
# What is left of a line when what was closed or came back is taken out.
_LEFT = "(l.base_quantity - l.cancelled - l.returned)"
_NET, _GROSS = (
    f"(case when {_LEFT} = l.base_quantity then l.{name} else round(l.{name} * {_LEFT} / l.base_quantity, 2) end)"
    for name in ("net", "gross")
)

# Placeholders: {tenant}, {agreements} (ids), {zone} (the tenant's time zone), {house} (the first organisation, whose
# the historical returns are), {orders} and {returns} (conditions on `o` and `r`).
# Columns: agreement_id, customer_id, period_from, kind, document_id, amount, quantity.
FRESH = f"""
agreement as materialized (
  select a.id, a.organisation_id, a.currency, a.measure, a.period, a.with_branches, a.over_last_year, a.valid_from,
    a.valid_until,
    not exists (select from rebate_audience x where x.tenant_id = {{tenant}} and x.agreement_id = a.id) as for_all,
    not exists (
      select from rebate_item x where x.tenant_id = {{tenant}} and x.agreement_id = a.id and not x.excluded) as of_all
  from rebate_agreement a where a.tenant_id = {{tenant}} and a.id = any({{agreements}}) and a.active
), span as materialized (
  select min((a.valid_from - case when a.over_last_year then interval '1 year' else interval '0' end)::date) as first,
    max(coalesce(a.valid_until, 'infinity'::date)) as last from agreement a
), line as materialized (
  select 'order' as kind, o.id as document_id, o.customer_id, o.organisation_id, o.currency,
    (o.placed_at at time zone {{zone}})::date as day, l.sku_id, {_NET} as net, {_GROSS} as gross,
    {_LEFT} as quantity
  from span
  join sales_order o on o.tenant_id = {{tenant}} and ({{orders}}) and {SOLD}
    and (o.placed_at at time zone {{zone}})::date between span.first and span.last
  join order_line l on l.tenant_id = {{tenant}} and l.order_id = o.id and l.kind = 'goods' and {_LEFT} > 0
  union all
  select 'historical_return', r.id, r.customer_id, {{house}}, r.currency, (r.at at time zone {{zone}})::date,
    r.sku_id, -round(r.amount / (1 + coalesce(s.tax_rate, 0)), 2), -r.amount, -r.base_quantity
  from span
  join historical_return r on r.tenant_id = {{tenant}} and ({{returns}}) and r.order_id is null
    and (r.at at time zone {{zone}})::date between span.first and span.last
  join sku s on s.tenant_id = {{tenant}} and s.id = r.sku_id
), up (start, id, parent_id, step) as (
  select c.id, c.id, c.parent_id, 0 from (select distinct customer_id from line) p
  join customer c on c.tenant_id = {{tenant}} and c.id = p.customer_id
  union all
  select up.start, c.id, c.parent_id, up.step + 1
  from up join customer c on c.tenant_id = {{tenant}} and c.id = up.parent_id where up.step < 16
), around (start, id, parent_id, step) as (
  select c.id, r.id, r.parent_id, 0 from (select distinct id from up) u
  join customer c on c.tenant_id = {{tenant}} and c.id = u.id
  join region r on r.tenant_id = {{tenant}} and r.id = c.region_id
  union all
  select around.start, r.id, r.parent_id, around.step + 1
  from around join region r on r.tenant_id = {{tenant}} and r.id = around.parent_id where around.step < 16
), party as materialized (
  select a.id as agreement_id, u.start as customer_id, u.id as holder_id
  from agreement a
  join up u on (a.with_branches and u.parent_id is null) or (not a.with_branches and u.step = 0)
  join customer h on h.tenant_id = {{tenant}} and h.id = u.id
  where a.for_all or not exists (
    select x.kind from rebate_audience x where x.tenant_id = {{tenant}} and x.agreement_id = a.id
    group by x.kind
    having not bool_or(coalesce(case x.kind when 'tier' then x.target_id = h.tier_id
      when 'channel' then x.target_id = h.channel_id
      when 'customer' then exists (select from up w where w.start = u.start and w.id = x.target_id)
      else exists (select from around w where w.start = h.id and w.id = x.target_id) end, false)))
), good as materialized (
  select s.id as sku_id, p.id as product_id, p.brand_id, p.category_id
  from (select distinct sku_id from line) g
  join sku s on s.tenant_id = {{tenant}} and s.id = g.sku_id
  join product p on p.tenant_id = {{tenant}} and p.id = s.product_id
), above (start, id, parent_id, step) as (
  select c.id, c.id, c.parent_id, 0 from (select distinct category_id from good) g
  join category c on c.tenant_id = {{tenant}} and c.id = g.category_id
  union all
  select above.start, c.id, c.parent_id, above.step + 1
  from above join category c on c.tenant_id = {{tenant}} and c.id = above.parent_id where above.step < 16
), told as materialized (
  select i.agreement_id, k.sku_id, bool_or(not i.excluded) as counts, bool_or(i.excluded) as excluded
  from (
    select g.sku_id, 'sku' as kind, g.sku_id as target_id from good g
    union all select g.sku_id, 'product', g.product_id from good g
    union all select g.sku_id, 'brand', g.brand_id from good g where g.brand_id is not null
    union all select g.sku_id, 'category', c.id from good g join above c on c.start = g.category_id
  ) k
  join rebate_item i on i.tenant_id = {{tenant}} and i.kind = k.kind and i.target_id = k.target_id
  group by i.agreement_id, k.sku_id
), fresh as materialized (
  select f.agreement_id, f.customer_id, f.period_from, f.kind, f.document_id, sum(f.amount) as amount,
    sum(f.quantity) as quantity
  from (
    select a.id as agreement_id, p.holder_id as customer_id, l.kind, l.document_id,
      {STARTS.format(period="a.period", day="d.day", valid_from="a.valid_from")} as period_from,
      y.sign * case a.measure when 'gross' then l.gross else l.net end as amount, y.sign * l.quantity as quantity
    from agreement a
    join party p on p.agreement_id = a.id
    join (values (0, 1), (1, -1)) as y(years, sign) on y.years = 0 or a.over_last_year
    join line l on l.customer_id = p.customer_id and l.organisation_id = a.organisation_id
      and l.currency = a.currency
    cross join lateral (select (l.day + make_interval(years => y.years))::date as day) d
    left join told t on t.agreement_id = a.id and t.sku_id = l.sku_id
    where d.day between a.valid_from and coalesce(a.valid_until, 'infinity'::date)
      and not coalesce(t.excluded, false) and (a.of_all or coalesce(t.counts, false))
  ) f
  group by 1, 2, 3, 4, 5
  having sum(f.amount) <> 0 or sum(f.quantity) <> 0
)
"""  # noqa: S608 - constants of ours
