"""Every invariant is broken on purpose, by whoever owns the tables, and named; nothing else is named with it."""

from collections.abc import AsyncIterator
from decimal import Decimal

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from tests.orders.asking import BY, ask, line, placed, wanted
from tests.orders.promotions import on, promotion, publish
from tests.support import Tenant, make_tenant
from tests.world import World, make_world

from dinghuo.entry.invariants import INVARIANTS, broken_invariants
from dinghuo.identity.principals import EVERYTHING, StaffPrincipal
from dinghuo.inventory.consume import Use, consume
from dinghuo.inventory.receive import GoodsReceipt, ReceiptLine, receive
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database
from dinghuo.kit.roles import Urls
from dinghuo.orders.cancel import cancel
from dinghuo.orders.rules.save_quotas import QuotaInput, save_quotas

pytestmark = pytest.mark.slow

# What breaks each invariant, and only that one. Constraints that stand in the way are dropped first.
_AGREEMENT = """
insert into rebate_agreement (tenant_id, id, code, name, organisation_id, measure, period, valid_from, active,
  counted_at, created_at, updated_at)
select :tenant, gen_random_uuid(), 'R', 'R', organisation_id, 'net', 'year', '2020-01-01', {active},
  now() + interval '1 day', now(), now()
from sales_order where tenant_id = :tenant and id = :order"""
BREAKAGES = {
    "stock-reserved": "update stock set reserved = reserved + 1 where tenant_id = :tenant and reserved < on_hand",
    "stock-on-hand": "update stock set on_hand = on_hand + 1 where tenant_id = :tenant",
    "stock-never-oversold": """
alter table stock drop constraint ck_stock_never_oversold;
with sold as (update stock set on_hand = on_hand - 2000 where tenant_id = :tenant returning sku_id, warehouse_id)
insert into stock_move (tenant_id, id, at, kind, sku_id, warehouse_id, quantity)
select :tenant, gen_random_uuid(), now(), 'adjustment', sku_id, warehouse_id, -2000 from sold""",
    "stock-consumed": "update stock_move set line_no = 9 where tenant_id = :tenant and kind = 'issue'",
    "receipt-moves": "update goods_receipt_line set base_quantity = base_quantity + 1 where tenant_id = :tenant",
    "supply-received": """
insert into expected_supply (tenant_id, id, code, sku_id, warehouse_id, expected_on, quantity, received, created_at,
  updated_at)
select :tenant, gen_random_uuid(), 'PO', sku_id, warehouse_id, now(), 5, 1, now(), now()
from stock where tenant_id = :tenant limit 1""",
    "transfer-moves": """
with t as (
  insert into transfer (tenant_id, id, number, from_id, to_id, state, expected_on, line_count, created_at)
  select :tenant, gen_random_uuid(), 'TR', min(id::text)::uuid, max(id::text)::uuid, 'shipped', now(), 1, now()
  from warehouse where tenant_id = :tenant returning id)
insert into transfer_line (tenant_id, transfer_id, line_no, sku_id, unit, quantity, base_quantity)
select :tenant, t.id, 1, s.id, '瓶', 3, 3 from t, (select id from sku where tenant_id = :tenant limit 1) s""",
    "lot-on-hand": """
with l as (
  insert into lot (tenant_id, id, sku_id, number, expires_on, created_at)
  select :tenant, gen_random_uuid(), sku_id, 'L', now(), now() from stock where tenant_id = :tenant limit 1
  returning id, sku_id)
insert into lot_stock (tenant_id, sku_id, warehouse_id, lot_id, on_hand)
select :tenant, s.sku_id, s.warehouse_id, l.id, 1 from l
join stock s on s.tenant_id = :tenant and s.sku_id = l.sku_id limit 1""",
    "account-buckets": "update account set open = open + 1 where tenant_id = :tenant and open > 0",
    "order-credit": """
with moved as (
  update account_entry set amount = amount - 1 where tenant_id = :tenant and amount > 1 and document_id = :order
  returning account_id)
update account set open = open - 1 where tenant_id = :tenant and id in (select account_id from moved)""",
    "credit-without-order": """
insert into account_entry (tenant_id, id, account_id, at, bucket, amount, verb, document_kind, document_id)
select :tenant, gen_random_uuid(), id, now(), 'open', n, 'adjust', 'order', gen_random_uuid()
from account, unnest(array[1, -1]) n where tenant_id = :tenant""",
    "allotment-entries": "update allotment set taken = taken + 1 where tenant_id = :tenant and taken < quantity",
    "allotment-lines": """
with taken as (update allotment set taken = taken + 1 where tenant_id = :tenant returning id)
insert into allotment_entry (tenant_id, id, allotment_id, at, quantity, verb, document_id, line_no)
select :tenant, gen_random_uuid(), id, now(), 1, 'reserve', cast(:order as uuid), 9 from taken""",
    "order-sums": "update sales_order set line_count = 7 where tenant_id = :tenant and id = :order",
    "line-sums": """
alter table order_line drop constraint ck_order_line_tax_adds_up;
update order_line set net = net + case line_no when 1 then 1 else -1 end
where tenant_id = :tenant and order_id = :order""",
    "order-numbers": """
alter table sales_order drop constraint uq_sales_order_tenant_id_number;
delete from idempotency_key where tenant_id = :tenant;
update sales_order set number = 'SO-1' where tenant_id = :tenant""",
    "line-promises": """
update reservation set backordered = backordered + 1, consumed = consumed where tenant_id = :tenant
  and document_id = :order""",
    "line-without-promise": """
with freed as (delete from reservation where tenant_id = :tenant and document_id = :order
  returning sku_id, warehouse_id, held)
update stock s set reserved = reserved - f.held from freed f
where s.tenant_id = :tenant and s.sku_id = f.sku_id and s.warehouse_id = f.warehouse_id""",
    "line-skus": """
update order_line l set sku_id = gen_random_uuid() where tenant_id = :tenant and not exists (
  select from reservation r where r.tenant_id = :tenant and r.document_id = l.order_id and r.line_no = l.line_no)""",
    "promise-without-line": """
insert into reservation (tenant_id, document_id, line_no, warehouse_id, sku_id, held)
select :tenant, gen_random_uuid(), 1, warehouse_id, sku_id, 0 from stock where tenant_id = :tenant""",
    "acknowledged-orders": """
insert into idempotency_key (tenant_id, principal_id, route, key, body_hash, outcome, created_at)
values (:tenant, gen_random_uuid(), 'r', 'k', '', json_build_object('id', gen_random_uuid(), 'number', 'SO-9',
  'placed_at', now()), now())""",
    "amendment-promises": """
insert into order_amendment (tenant_id, id, order_id, customer_id, state, side, revision_from, old_net, old_tax,
  old_gross, new_net, new_tax, new_gross, requested_at, requested_by_name)
select :tenant, id, id, customer_id, 'applied', 'staff', 1, 0, 0, 0, 0, 0, 0, now(), 'x'
from sales_order where tenant_id = :tenant and id = :order;
insert into order_amendment_line (tenant_id, amendment_id, line_no, change, sku_id, sku_code, sku_name, new)
select :tenant, order_id, 99, 'added', sku_id, sku_code, sku_name, '{}' from order_line
where tenant_id = :tenant and order_id = :order and line_no = 1;
insert into reservation (tenant_id, document_id, line_no, warehouse_id, sku_id, held, backordered)
select :tenant, a.id, 99, s.warehouse_id, l.sku_id, 0, 1 from order_amendment a
join order_amendment_line l on l.tenant_id = :tenant and l.amendment_id = a.id
join stock s on s.tenant_id = :tenant and s.sku_id = l.sku_id where a.tenant_id = :tenant limit 1""",
    "amendment-credit": """
insert into order_amendment (tenant_id, id, order_id, customer_id, state, waits_for, side, revision_from, old_net,
  old_tax, old_gross, new_net, new_tax, new_gross, requested_at, requested_by_name)
select :tenant, gen_random_uuid(), id, customer_id, 'pending', 'seller', 'staff', 1, 0, 0, 0, 1, 0, 1, now(), 'x'
from sales_order where tenant_id = :tenant and id = :order""",
    "holds-noted": """
insert into order_hold (tenant_id, id, order_id, reason, held_at, held_by_name)
values (:tenant, gen_random_uuid(), :order, 'manual', now(), 'x')""",
    "unpaid-held": """
insert into order_payment (tenant_id, order_id, customer_id, organisation_id, currency, policy, percent, due)
select :tenant, id, customer_id, organisation_id, currency, 'before_delivery', 100, 1
from sales_order where tenant_id = :tenant and id = :order""",
    "set-aside": """
insert into order_payment (tenant_id, order_id, customer_id, organisation_id, currency, policy, percent, due, paid,
  settled_at)
select :tenant, id, customer_id, organisation_id, currency, 'before_delivery', 100, 1, 1, now()
from sales_order where tenant_id = :tenant and id = :order""",
    "budget-entries": "update budget set amount = amount + 1 where tenant_id = :tenant",
    "budget-orders": """
with taken as (update budget set amount = amount + 1 where tenant_id = :tenant returning id)
insert into budget_entry (tenant_id, id, budget_id, at, amount, uses, verb, document_kind, document_id)
select :tenant, gen_random_uuid(), id, now(), 1, 0, 'reserve', 'order', gen_random_uuid() from taken""",
    "order-discounts": "update order_line set discount = discount + 1 where tenant_id = :tenant",
    "order-promotions": """
update sales_order set promotions = coalesce(promotions, '[]') || jsonb_build_object('promotion_id', id, 'saved', 0)
where tenant_id = :tenant and id = :order""",
    "rebate-balances": """
insert into rebate_balance (tenant_id, id, customer_id, organisation_id, kind, currency, credited, updated_at)
select :tenant, gen_random_uuid(), customer_id, organisation_id, 'credit', currency, 5, now()
from sales_order where tenant_id = :tenant and id = :order""",
    "rebate-orders": """
with b as (
  insert into rebate_balance (tenant_id, id, customer_id, organisation_id, kind, currency, updated_at)
  select :tenant, gen_random_uuid(), customer_id, organisation_id, 'credit', currency, now()
  from sales_order where tenant_id = :tenant and id = :order returning id, customer_id, organisation_id, currency)
insert into order_rebate (tenant_id, order_id, kind, balance_id, customer_id, organisation_id, currency, amount)
select :tenant, :order, 'credit', b.id, b.customer_id, b.organisation_id, b.currency, 1 from b""",
    "rebate-accruals": f"""
with a as ({_AGREEMENT.format(active="false")} returning id)
insert into rebate_accrual (tenant_id, id, agreement_id, customer_id, period_from, period_until, amount, updated_at)
select :tenant, gen_random_uuid(), a.id, o.customer_id, '2026-01-01', '2026-12-31', 5, now()
from a, sales_order o where o.tenant_id = :tenant and o.id = :order""",
    "rebate-settled": """
insert into rebate_settlement (tenant_id, id, until, total, settled_at, settled_by_name)
values (:tenant, gen_random_uuid(), '2026-12-31', 5, now(), 'x')""",
    "rebate-reckoned-anew": f"""
update outbox_event set settled_at = now() where tenant_id = :tenant;
{_AGREEMENT.format(active="true")}""",
}


@pytest.fixture
async def owner(database_urls: Urls) -> AsyncIterator[AsyncEngine]:
    """The tables' owner: no ledger is closed to it."""
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database_urls.owner))
    yield engine
    await engine.dispose()


async def history(database: Database, world: World) -> str:
    """A receipt, an open order, one partly shipped, one called off; the first order's id."""
    tenant_id = world.tenant.id
    quota = QuotaInput(code="Q", sku="COLA", target="base", quantity=Decimal(1000))
    await database.run(tenant_id, lambda tx: save_quotas(tx, quotas=[quota], by=SYSTEM))
    await publish(database, world, promotion("TEN", "percent", ("0", "10"), items=[on("BEER")], budget=Decimal(1000)))
    receipt = GoodsReceipt("main", [ReceiptLine("COLA", Decimal(5), "箱", Decimal(40))])
    await database.run(tenant_id, lambda tx: receive(tx, receipts=[receipt], by=SYSTEM))
    first, second, third = [
        placed(outcome)
        for outcome in await ask(
            database,
            tenant_id,
            wanted("K1", line("COLA", 2, "箱"), line("BEER", 12), key="1"),
            wanted("K1", line("COLA", 10), key="2"),
            wanted("K2", line("COLA", 3), line("GIFT", 1), key="3"),
        )
    ]
    await database.run(tenant_id, lambda tx: consume(tx, uses=[Use(second.id, 1, Decimal(4))], by=BY))
    await database.run(tenant_id, lambda tx: cancel(tx, ids=[third.id], by=BY, principal=everyone(world.tenant)))
    return str(first.id)


def everyone(tenant: Tenant) -> StaffPrincipal:
    return StaffPrincipal(id=tenant.owner_id, tenant_id=tenant.id, name="owner", scope=EVERYTHING)


async def test_all_is_well_after_ordinary_days(database: Database, tenant: Tenant) -> None:
    world = await make_world(database, tenant)
    await history(database, world)
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


async def test_every_invariant_has_its_breakage() -> None:
    assert [invariant.name for invariant in INVARIANTS] == list(BREAKAGES)


@pytest.mark.parametrize("name", BREAKAGES)
async def test_what_is_broken_is_named(database: Database, tenant: Tenant, owner: AsyncEngine, name: str) -> None:
    world = await make_world(database, tenant)
    order_id = await history(database, world)
    other = await make_tenant(database)
    async with owner.connect() as connection:
        await connection.execute(text("select set_config('oms.tenant', :tenant, true)"), {"tenant": str(tenant.id)})
        for statement in BREAKAGES[name].split(";\n"):
            await connection.execute(
                text(statement.replace(":tenant", str(tenant.id)).replace(":order", f"'{order_id}'"))
            )
        broken = await broken_invariants(connection, tenant.id)
        assert [sentence.partition(":")[0] for sentence in broken] == [name]
        assert "Broken" in broken[0]
        assert await broken_invariants(connection, other.id) == []
        await connection.rollback()
