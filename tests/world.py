"""A small company to order from, made with plain rows: a few customers, SKUs, prices, stock."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tests.support import Tenant

from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id


@dataclass(frozen=True)
class World:
    """Customers by code: K1 (gold, monthly, credit 10,000), K2 (no limit), K3 (blocked), K4 (prepaid, credit 0).

    SKUs: COLA (bottle; case of 24; refused when short; 1,000 in the main warehouse, 100 in the west one),
    BEER (backordered), GIFT (untracked), NEW (no stock, no price list entry).
    Prices, tax-inclusive, 13 %: base COLA 3.00 a bottle, 60.00 a case from 10 cases; gold tier COLA 2.50.
    """

    tenant: Tenant
    customers: dict[str, UUID]
    skus: dict[str, UUID]
    warehouses: dict[str, UUID]
    lists: dict[str, UUID]


async def make_world(database: Database, tenant: Tenant) -> World:
    names = {
        "customers": ("K1", "K2", "K3", "K4"),
        "skus": ("COLA", "BEER", "GIFT", "NEW"),
        "warehouses": ("main", "west"),
        "lists": ("BASE", "GOLD"),
    }
    world = World(tenant, **{kind: {name: new_id() for name in codes} for kind, codes in names.items()})
    await database.run(tenant.id, lambda tx: _fill(tx, world))
    return world


async def _fill(tx: Tx, world: World) -> None:
    gold = new_id()
    await tx.write("insert into tier (tenant_id, id, code, name) values ($1, $2, 'gold', '金牌')", gold)
    await tx.write(
        """insert into customer (tenant_id, id, code, name, tier_id, payment_terms, state, created_at, updated_at)
        select $1, id, code, '经销商' || code, case code when 'K1' then $4::uuid end,
          case code when 'K4' then 'prepaid' else 'monthly' end,
          case code when 'K3' then 'blocked' else 'active' end, now(), now()
        from unnest($2::uuid[], $3::text[]) c(id, code)""",
        list(world.customers.values()),
        list(world.customers),
        gold,
    )
    await tx.write(
        """insert into account (tenant_id, id, customer_id, organisation_id, currency, credit_limit, updated_at)
        select $1, id, customer, $4, 'CNY', credit, now()
        from unnest($2::uuid[], $3::uuid[], $5::numeric[]) a(id, customer, credit)""",
        [new_id(), new_id()],
        [world.customers["K1"], world.customers["K4"]],
        world.tenant.organisation_id,
        [Decimal(10_000), Decimal(0)],
    )
    await tx.write("insert into unit (tenant_id, code, name) values ($1, '瓶', '瓶'), ($1, '箱', '箱')")
    skus = list(world.skus.values())
    await tx.write(
        """insert into product (tenant_id, id, code, name, created_at, updated_at)
        select $1, id, code, code, now(), now() from unnest($2::uuid[], $3::text[]) p(id, code)""",
        skus,
        list(world.skus),
    )
    await tx.write(
        """insert into sku (tenant_id, id, product_id, code, name, base_unit, sales_unit, tax_rate, supply_policy,
          created_at, updated_at)
        select $1, id, id, code, code, '瓶', '瓶', 0.13, policy, now(), now()
        from unnest($2::uuid[], $3::text[], $4::text[]) s(id, code, policy)""",
        skus,
        list(world.skus),
        ["refuse", "backorder", "untracked", "refuse"],
    )
    await tx.write(
        """insert into sku_unit (tenant_id, sku_id, unit, numerator)
        select $1, s, u, case u when '箱' then 24 else 1 end
        from unnest($2::uuid[]) s, unnest(array['瓶', '箱']) u""",
        skus,
    )
    await tx.write(
        """insert into price_list (tenant_id, id, code, name, kind, tier_id, scope, valid_from, state, created_at,
          updated_at)
        values ($1, $2, 'BASE', 'base', 'base', null, 'base', '2020-01-01', 'published', now(), now()),
          ($1, $3, 'GOLD', 'gold', 'tier', $4, 'tier:' || $4::uuid, '2020-01-01', 'published', now(), now())""",
        world.lists["BASE"],
        world.lists["GOLD"],
        gold,
    )
    base, cola = world.lists["BASE"], world.skus["COLA"]
    entries = [
        (base, cola, "瓶", 0, "3.00"),
        (base, cola, "箱", 10, "60.00"),
        (base, world.skus["BEER"], "瓶", 0, "5.00"),
        (base, world.skus["GIFT"], "瓶", 0, "1.00"),
        (world.lists["GOLD"], cola, "瓶", 0, "2.50"),
    ]
    await tx.write(
        """insert into price_entry (tenant_id, list_id, sku_id, unit, minimum_quantity, price)
        select $1, * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::numeric[], $6::numeric[])""",
        [entry[0] for entry in entries],
        [entry[1] for entry in entries],
        [entry[2] for entry in entries],
        [entry[3] for entry in entries],
        [Decimal(entry[4]) for entry in entries],
    )
    main, west = world.warehouses["main"], world.warehouses["west"]
    await tx.write(
        """insert into warehouse (tenant_id, id, code, name, priority)
        values ($1, $2, 'main', 'main', 1), ($1, $3, 'west', 'west', 2)""",
        main,
        west,
    )
    stock = [(cola, main, 1000), (cola, west, 100), (world.skus["BEER"], main, 10)]
    await tx.write(
        """with s as (select * from unnest($2::uuid[], $3::uuid[], $4::numeric[]) s(sku, warehouse, quantity)),
        b as (insert into stock (tenant_id, sku_id, warehouse_id, on_hand) select $1, * from s)
        insert into stock_move (tenant_id, id, at, kind, sku_id, warehouse_id, quantity)
        select $1, gen_random_uuid(), now(), 'opening', * from s""",
        [entry[0] for entry in stock],
        [entry[1] for entry in stock],
        [entry[2] for entry in stock],
    )
    await touch(tx, "parties", "catalogue", "pricing", "inventory")


TRACES = (
    "sales_order", "order_line", "reservation", "account_entry", "outbox_event", "idempotency_key", "stock_move",
)  # fmt: skip


async def traces(database: Database, tenant: Tenant) -> dict[str, object]:
    """Everything an order could leave behind: counts of rows and every balance. Equal before and after a refusal."""
    async with database.transaction(tenant.id) as tx:
        found: dict[str, object] = {}
        for table in TRACES:
            rows = await tx.fetch(f"select count(*) as n from {table} where tenant_id = $1")
            found[table] = rows[0]["n"]
        found["audit"] = (
            await tx.fetch(
                "select count(*) as n from audit_entry where tenant_id = $1 and subject_kind in ('order', 'draft')"
            )
        )[0]["n"]
        stock = await tx.fetch(
            "select sku_id, warehouse_id, on_hand, reserved from stock where tenant_id = $1 order by 1, 2"
        )
        found["stock"] = [tuple(row) for row in stock]
        accounts = await tx.fetch(
            "select customer_id, open, shipped, billed, unapplied from account where tenant_id = $1 order by 1"
        )
        found["accounts"] = [tuple(row) for row in accounts]
        return found
