"""Master data for tests of stock, prices, credit and orders, written straight into the tables: a little of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tests.support import Tenant

from dinghuo.catalogue.tables import product, sku, sku_unit, unit
from dinghuo.inventory.tables import warehouse
from dinghuo.kit.bulk import put
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id
from dinghuo.parties.tables import channel, customer, region, tier


@dataclass(frozen=True)
class Goods:
    """SKUs by code. Their base unit is 瓶 (bottle); they are sold by 箱 (case) of 12."""

    skus: Mapping[str, UUID]


async def make_goods(
    database: Database, tenant: Tenant, *codes: str, policy: str = "refuse", tax_rate: str | None = "0.13"
) -> Goods:
    """One product with these SKUs."""

    async def write(tx: Tx) -> Goods:
        product_id = new_id()
        stamp = {"created_at": tx.now, "updated_at": tx.now}
        await put(tx, unit, [{"code": code, "name": code} for code in ("瓶", "箱")])
        await put(tx, product, [{"id": product_id, "code": f"P-{product_id.hex}", "name": "茶", **stamp}])
        rows = [
            {
                "id": new_id(),
                "product_id": product_id,
                "code": code,
                "name": f"茶 {code}",
                "base_unit": "瓶",
                "sales_unit": "箱",
                "supply_policy": policy,
                "tax_rate": None if tax_rate is None else Decimal(tax_rate),
                **stamp,
            }
            for code in codes
        ]
        await put(tx, sku, rows)
        units = [
            {"sku_id": row["id"], "unit": name, "numerator": number, "denominator": 1}
            for row in rows
            for name, number in (("瓶", 1), ("箱", 12))
        ]
        await put(tx, sku_unit, units)
        await touch(tx, "catalogue")
        return Goods({str(row["code"]): row["id"] for row in rows})  # type: ignore[misc]

    return await database.run(tenant.id, write)


@dataclass(frozen=True)
class Parties:
    """Customers by code, and the tier, regions and channel they may belong to."""

    customers: Mapping[str, UUID]
    tier: UUID
    north: UUID
    beijing: UUID
    channel: UUID


async def make_parties(database: Database, tenant: Tenant, *codes: str, parents: Mapping[str, str] = {}) -> Parties:
    """Customers in tier GOLD, region BJ (below NORTH) and channel WEB; `parents` says who belongs to whom."""

    async def write(tx: Tx) -> Parties:
        gold, north, beijing, web = (new_id() for _ in range(4))
        await put(tx, tier, [{"id": gold, "code": "GOLD", "name": "金牌"}])
        await put(tx, region, [{"id": north, "code": "NORTH", "name": "华北", "parent_id": None}])
        await put(tx, region, [{"id": beijing, "code": "BJ", "name": "北京", "parent_id": north}])
        await put(tx, channel, [{"id": web, "code": "WEB", "name": "电商"}])
        ids = {code: new_id() for code in codes}
        rows = [
            {
                "id": ids[code],
                "code": code,
                "name": f"客户 {code}",
                "tier_id": gold,
                "region_id": beijing,
                "channel_id": web,
                "parent_id": ids.get(parents.get(code, "")),
                "payment_terms": "credit_days",
                "created_at": tx.now,
                "updated_at": tx.now,
            }
            for code in codes
        ]
        await put(tx, customer, rows)
        await touch(tx, "parties")
        return Parties(ids, gold, north, beijing, web)

    return await database.run(tenant.id, write)


async def make_warehouses(database: Database, tenant: Tenant, *codes: str) -> Sequence[UUID]:
    """Warehouses, the first preferred."""

    async def write(tx: Tx) -> Sequence[UUID]:
        ids = [new_id() for _ in codes]
        rows = [
            {"id": id, "code": code, "name": f"仓库 {code}", "priority": place}
            for place, (id, code) in enumerate(zip(ids, codes, strict=True))
        ]
        await put(tx, warehouse, rows)
        await touch(tx, "inventory")
        return ids

    return await database.run(tenant.id, write)
