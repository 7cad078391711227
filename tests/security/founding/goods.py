"""Products, SKUs, what they cost, and what of them lies where."""

from tests.security.company import COST
from tests.security.founding.founder import DAY, PICTURE, Founder


async def found_goods(f: Founder) -> None:
    picture = PICTURE.format(f.mark).encode()
    kept = await f.client.post("/api/v1/files", content=picture)
    f.share("file.sha256", f.checked(kept)["sha256"])
    groups = {"category": f.shared["category.code"], "brand": f.shared["brand.code"]}
    media = [{"sha256": f.shared["file.sha256"]}]
    await f.put("products", [row | groups | {"media": media} for row in f.named("PRODUCT")])
    unit = f.shared["unit.code"]
    rows = [
        row
        | {
            "product": f.code("PRODUCT"),
            "base_unit": unit,
            "tax_rate": "0.13",
            "supply_policy": "backorder",
            "units": [{"unit": unit, "barcode": f"{row['code']}-BAR"}],
        }
        for row in f.named("SKU")
    ]
    await f.put("skus", rows)
    f.share("product.code", f.code("PRODUCT"))
    f.share("sku.code", f.code("SKU"))
    f.share("unit.barcode", f.code("SKU-BAR"))
    costs = [{"sku": row["code"], "valid_from": DAY, "cost": str(COST)} for row in rows]
    days = [f"20{20 + n // 28:02}-02-{1 + n % 28:02}" for n in range(f.more)]
    older = [{"sku": f.code("SKU"), "valid_from": day, "cost": str(COST)} for day in days if day != DAY]
    await f.put("skus/costs", costs + older)
    floors = [{"sku": row["sku"], "valid_from": row["valid_from"], "floor": row["cost"]} for row in costs + older]
    await f.put("skus/floors", floors)


async def found_stock(f: Founder) -> None:
    await f.put("warehouses", [row | {"region": f.code("REGION")} for row in f.named("WAREHOUSE")])
    warehouse = f.share("warehouse.code", f.code("WAREHOUSE"))
    lines = [{"sku": row["code"], "quantity": "1000", "unit_cost": str(COST)} for row in f.named("SKU")]
    texts = {name: f.code(name.upper()) for name in ("supplier", "reference", "note")}
    receipts = [
        {
            "warehouse": warehouse,
            "number": row["code"],
            "lines": lines if row["code"].endswith("GR") else lines[:1],
        }
        | texts
        for row in f.named("GR")
    ]
    await f.post("goods-receipts", {"items": receipts})
    f.share("receipt.number", f.code("GR"))
    f.share("receipt.free", f.code("GR-FREE"))
