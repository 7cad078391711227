"""The company that benchmarks order from: as many customers, SKUs, tiers and breaks as the limit has."""

from uuid import UUID

from sqlalchemy import text

from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id

CUSTOMERS, SKUS, TIERS = 500, 10_000, 5

_TENANT = text(
    "insert into tenant (code, name, created_at) values (:code, :code, now()) "
    "on conflict (code) do update set name = excluded.name returning id, (xmax = 0) as is_new"
)

_STATEMENTS = {
    "organisation": """
        insert into organisation (tenant_id, id, code, name, created_at)
        values ($1, $2, 'main', 'Bench Ltd', now())""",
    "tier": """
        insert into tier (tenant_id, id, code, name)
        select $1, id, 'T' || n, 'Tier ' || n from unnest($2::uuid[]) with ordinality i(id, n)""",
    "customer": """
        insert into customer (tenant_id, id, code, name, tier_id, payment_terms, payment_days, created_at, updated_at)
        select $1, id, 'C' || lpad(n::text, 5, '0'), 'Dealer ' || n, ($3::uuid[])[n % 5 + 1], 'monthly', 30, now(),
          now()
        from unnest($2::uuid[]) with ordinality i(id, n)""",
    "account": """
        insert into account (tenant_id, id, customer_id, organisation_id, currency, credit_limit, updated_at)
        select $1, id, ($3::uuid[])[n], $4, 'CNY', 9000000000000000, now()
        from unnest($2::uuid[]) with ordinality i(id, n)""",
    "unit": "insert into unit (tenant_id, code, name) values ($1, 'pc', '件')",
    "product": """
        insert into product (tenant_id, id, code, name, created_at, updated_at)
        select $1, id, 'SKU' || lpad(n::text, 5, '0'), 'Product ' || n, now(), now()
        from unnest($2::uuid[]) with ordinality i(id, n)""",
    "sku": """
        insert into sku
          (tenant_id, id, product_id, code, name, base_unit, sales_unit, tax_rate, created_at, updated_at)
        select $1, id, id, 'SKU' || lpad(n::text, 5, '0'), 'Product ' || n, 'pc', 'pc', 0.13, now(), now()
        from unnest($2::uuid[]) with ordinality i(id, n)""",
    "sku_unit": """
        insert into sku_unit (tenant_id, sku_id, unit, numerator)
        select $1, id, 'pc', 1 from unnest($2::uuid[]) i(id)""",
    "price_list": """
        insert into price_list
          (tenant_id, id, code, name, kind, tier_id, scope, valid_from, state, created_at, updated_at)
        select $1, id, 'T' || n, 'Tier ' || n, 'tier', ($3::uuid[])[n], 'tier:' || ($3::uuid[])[n], '2020-01-01',
          'published', now(), now()
        from unnest($2::uuid[]) with ordinality i(id, n)""",
    "price_entry": """
        insert into price_entry (tenant_id, list_id, sku_id, unit, minimum_quantity, price)
        select $1, l.id, s.id, 'pc', b,
          (s.n % 100 + 10) * (100 - l.n * 3 - case b when 1 then 0 when 10 then 5 else 10 end) / 100.0
        from unnest($2::uuid[]) with ordinality l(id, n), unnest($3::uuid[]) with ordinality s(id, n),
          unnest(array[1, 10, 100]) b""",
    "warehouse": """
        insert into warehouse (tenant_id, id, code, name) values ($1, $2, 'main', 'Main')""",
    "stock": """
        insert into stock (tenant_id, sku_id, warehouse_id, on_hand)
        select $1, id, $3, 1000000000 from unnest($2::uuid[]) i(id)""",
    "stock_move": """
        insert into stock_move (tenant_id, id, at, kind, sku_id, warehouse_id, quantity)
        select $1, id, '2020-01-01', 'opening', id, $3, 1000000000 from unnest($2::uuid[]) i(id)""",
}


def customer_codes() -> list[str]:
    return [f"C{number:05d}" for number in range(1, CUSTOMERS + 1)]


def sku_codes() -> list[str]:
    return [f"SKU{number:05d}" for number in range(1, SKUS + 1)]


async def seed(database: Database, code: str) -> int:
    """The tenant with this code, made with all its master data when it is not there yet: its id."""
    async with database.untenanted() as connection:
        tenant_id, is_new = (await connection.execute(_TENANT, {"code": code})).one()
    if is_new:
        await database.run(tenant_id, _fill)
    return int(tenant_id)


async def _fill(tx: Tx) -> None:
    organisation, warehouse = new_id(), new_id()
    tiers, lists, customers, skus = (_ids(n) for n in (TIERS, TIERS, CUSTOMERS, SKUS))
    arguments: dict[str, tuple[object, ...]] = {
        "organisation": (organisation,),
        "tier": (tiers,),
        "customer": (customers, tiers),
        "account": (_ids(CUSTOMERS), customers, organisation),
        "unit": (),
        "product": (skus,),
        "sku": (skus,),
        "sku_unit": (skus,),
        "price_list": (lists, tiers),
        "price_entry": (lists, skus),
        "warehouse": (warehouse,),
        "stock": (skus, warehouse),
        "stock_move": (skus, warehouse),
    }
    for table, sql in _STATEMENTS.items():
        await tx.write(sql, *arguments[table])


def _ids(count: int) -> list[UUID]:
    return [new_id() for _ in range(count)]
