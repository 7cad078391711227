"""A price list tried on half a year of a wholesaler, against one statement that only adds up the same lines."""

from datetime import date
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import msgspec

from dinghuo.analytics.backtest.run import Backtest, prepare_backtest
from dinghuo.entry.bench.installation import Installation, file_system
from dinghuo.entry.bench.machine import machine_facts
from dinghuo.entry.bench.order_book import DEFAULT_FILE, chosen_file, import_book, open_importer
from dinghuo.entry.bench.pairs import Figures, Side, alternate
from dinghuo.entry.bench.report import Goal, Report, report
from dinghuo.entry.bench.steps import Steps
from dinghuo.identity.principals import Scope, StaffPrincipal

GOAL = Goal("at most", 10)
_UNTIL, _MONTHS = date(2011, 6, 30), 7
_CODE = "NEXT-YEAR"

# A base list for everybody, five per cent above the highest price of each SKU.
_DRAFT = """
with made as (
  insert into price_list (tenant_id, id, code, name, kind, scope, currency, tax_inclusive, valid_from, state,
    created_at, updated_at)
  select $1, $2, 'NEXT-YEAR', 'Next year', 'base', 'base', 'GBP', true, '2026-01-01', 'draft', now(), now()
  returning id
)
insert into price_entry (tenant_id, list_id, sku_id, unit, price)
select $1, made.id, l.sku_id, l.unit, max(l.deal_price) * 1.05
from made cross join order_line l where l.tenant_id = $1 group by made.id, l.sku_id, l.unit
"""
_ADD_UP = """
select o.customer_id, l.sku_id, count(*) as lines, sum(l.net) as net
from sales_order o join order_line l on l.tenant_id = $1 and l.order_id = o.id
where o.tenant_id = $1 and o.state in ('confirmed', 'closed') and l.cancelled < l.base_quantity group by 1, 2
"""


class BacktestPlan(msgspec.Struct, frozen=True, kw_only=True):
    """`lines` cuts the file short."""

    file: Path = DEFAULT_FILE
    lines: int | None = None
    pairs: int = 5


QUICK = BacktestPlan(lines=5_000, pairs=1)


async def backtest(there: Installation, plan: BacktestPlan, steps: Steps) -> Report:
    """Import the book, then try and add up by turns."""
    file = chosen_file(plan.file, lines=plan.lines, folder=there.folder)
    with steps.step(f"Importing {file.name}"):
        tenant_id = await open_importer(there.database, "book")
        await import_book(there, file=file, tenant="book")
        async with there.database.transaction(tenant_id) as tx:
            await tx.write(_DRAFT, uuid4())
    owner = StaffPrincipal(
        id=uuid4(), tenant_id=tenant_id, name="bench", permissions=frozenset(), scope=Scope("all"),
        sees_cost=True, sees_margin=True, sees_price=True,
    )  # fmt: skip
    found: list[Backtest] = []

    async def tried() -> float:
        began = perf_counter()
        async with there.database.transaction(tenant_id) as tx:
            reckon = await prepare_backtest(tx, code=_CODE, months=_MONTHS, until=_UNTIL, seen_by=owner)
        found.append(reckon())
        return perf_counter() - began

    async def added_up() -> float:
        began = perf_counter()
        async with there.database.transaction(tenant_id) as tx:
            await tx.fetch(_ADD_UP)
        return perf_counter() - began

    with steps.step(f"Comparing, {plan.pairs} pairs"):
        pairs = await alternate(
            Side(name="backtest", unit="s", run=tried, figure=float),
            Side(name="adding up", unit="s", run=added_up, figure=float),
            pairs=plan.pairs,
        )
    total = found[-1].total
    return report(
        "backtest",
        pairs,
        goal=GOAL,
        machine=await machine_facts(admin_url=there.urls.admin),
        more=[Figures.of("backtest", "lines/s", [total.lines / seconds for seconds in pairs.a.figures])],
        conditions={"every line priced": found[-1].unpriced == 0, "prices rise": total.change > 0},
        notes={"lines": total.lines, "orders": found[-1].orders, "files": file_system(there.folder)},
    )
