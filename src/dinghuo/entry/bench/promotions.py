"""Placing with 10,000 promotions stored against 100, as many of them for each order: only those are to cost."""

from decimal import Decimal
from time import perf_counter
from uuid import uuid4

import msgspec

from dinghuo.entry.bench.installation import Installation, file_system
from dinghuo.entry.bench.machine import machine_facts
from dinghuo.entry.bench.pairs import Pairs, Side, alternate
from dinghuo.entry.bench.report import Goal, Report, report
from dinghuo.entry.bench.seed import customer_codes, sku_codes
from dinghuo.entry.bench.shop import check_books, open_shop
from dinghuo.entry.bench.steps import Steps
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.idempotency import Key
from dinghuo.orders.place import place
from dinghuo.orders.requests import LineRequest, OrderRequest, Placement

FEW, MANY = 100, 10_000
# Of each shop's promotions these speak for the SKUs that are ordered, as many in both.
APPLICABLE = 20
GOAL = Goal("at most", 1.5)

# For a SKU each, money off a sum, per cent or gifts; the first for the SKUs that are ordered, the others beyond them.
_PROMOTIONS = """
with made as (
  insert into promotion (tenant_id, id, code, name, kind, state, valid_from, measure, steps, published_at, created_at,
    updated_at)
  select $1, gen_random_uuid(), 'P' || n, 'Promotion ' || n, (array['spend_save', 'percent', 'buy_get'])[n % 3 + 1],
    'published', '2020-01-01', case n % 3 when 2 then 'quantity' else 'amount' end,
    '[{"from": "10", "value": "1"}, {"from": "1000", "value": "5"}]', now(), now(), now()
  from generate_series(1, $2::int) n
  returning id, substr(code, 2)::int as n
)
insert into promotion_item (tenant_id, promotion_id, kind, target_id)
select $1, made.id, 'sku', s.id from made
join sku s on s.tenant_id = $1 and s.code = 'SKU' || lpad((case when made.n <= $3::int then made.n
  else $3::int + 1 + made.n % 9000 end)::text, 5, '0')
"""


class PromotionsPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Each run places `batches` batches of `orders` orders of 5 lines."""

    pairs: int = 15
    batches: int = 10
    orders: int = 32


QUICK = PromotionsPlan(pairs=3, batches=2)


async def promotions(there: Installation, plan: PromotionsPlan, steps: Steps) -> Report:
    """Place the same orders in two companies that differ by what they have stored."""
    shops = {}
    for stored in (FEW, MANY):
        with steps.step(f"Seeding a company with {stored:,} promotions"):
            shop = await open_shop(there.database, f"bench-{stored}")
            async with there.database.transaction(shop.id) as tx:
                await tx.write(_PROMOTIONS, stored, APPLICABLE)
            shops[stored] = shop.id
    with steps.step(f"Comparing, {plan.pairs} pairs"):
        pairs = await _compare(there.database, shops, plan)
    granted = {stored: await _granted(there.database, tenant_id) for stored, tenant_id in shops.items()}
    with steps.step("Checking the books"):
        books = await check_books(there, *shops.values())
    return report(
        "promotions",
        pairs,
        goal=GOAL,
        machine=await machine_facts(admin_url=there.urls.admin),
        conditions={"as many granted with 10,000 stored": granted[FEW] == granted[MANY] > 0},
        notes={
            "promotions for the goods ordered": APPLICABLE,
            "granted in each company": granted[FEW],
            "invariants": books,
            "files": file_system(there.folder),
        },
    )


async def _compare(database: Database, shops: dict[int, int], plan: PromotionsPlan) -> Pairs:
    def side(stored: int) -> Side[float]:
        async def run() -> float:
            began = perf_counter()
            for batch in range(plan.batches):
                await database.run(shops[stored], lambda tx, batch=batch: _place(tx, batch, plan.orders))  # type: ignore[misc]
            return (perf_counter() - began) / (plan.batches * plan.orders) * 1000

        return Side(name=f"{stored:,} stored", unit="ms an order", run=run, figure=float)

    return await alternate(side(MANY), side(FEW), pairs=plan.pairs)


async def _place(tx: Tx, batch: int, orders: int) -> None:
    customers, skus = customer_codes(), sku_codes()[:APPLICABLE]
    wanted = []
    for number in range(orders):
        several = [skus[(batch + number * 5 + each) % APPLICABLE] for each in range(5)]
        lines = [LineRequest(sku, Decimal(3)) for sku in several]
        key = Key(uuid4(), "bench", uuid4().hex, "")
        wanted.append(Placement(request=OrderRequest(customers[number], lines), by=SYSTEM, key=key))
    for outcome in await place(tx, wanted):
        if outcome.refused is not None:
            raise outcome.refused


_GRANTED = "select coalesce(sum(jsonb_array_length(promotions)), 0) as n from sales_order where tenant_id = $1"


async def _granted(database: Database, tenant_id: int) -> int:
    async with database.transaction(tenant_id) as tx:
        rows = await tx.fetch(_GRANTED)
    return int(rows[0]["n"])
