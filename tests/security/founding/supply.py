"""What is expected, transfers, count sheets, lots, who is served first and from where."""

from tests.security.founding.founder import Founder

_LATER = "2099-12-01"


async def found_supply(f: Founder) -> None:
    warehouse, sku = f.shared["warehouse.code"], f.named("SKU")[0]["code"]
    await _other_warehouse(f)
    expected = {
        "sku": sku,
        "warehouse": warehouse,
        "expected_on": _LATER,
        "quantity": "5",
        "supplier": f.code("ACME"),
    }
    rows = [{"code": row["code"], "document": f.code("PO"), "note": f.code("NOTE")} for row in f.named("SUPPLY")]
    await f.put("expected-supply", [row | expected for row in rows])
    f.share("supply.code", f.code("SUPPLY"))
    f.share("supply.document", f.code("PO"))
    await f.put("sourcing-rules", [{"region": row["code"], "warehouses": [warehouse]} for row in f.named("REGION")])
    tiers = [{"kind": "tier", "code": row["code"], "priority": 50} for row in f.named("TIER")]
    await f.put("allocation-priorities", tiers)
    await f.put("minimum-life", [{"kind": "tier", "code": row["code"], "days": 5} for row in f.named("TIER")])
    await _transfers(f, warehouse, sku)
    for _ in f.numbers():
        count = await f.post("stock-counts", {"warehouse": warehouse, "note": f.code("NOTE")})
        counted = [{"sku": row["code"], "quantity": "1"} for row in f.named("SKU")[1:]]
        await f.put(f"stock-counts/{count['id']}/lines", [*counted, {"sku": sku, "quantity": "1000"}])
    f.share("count.id", count["id"])
    await _lots(f, warehouse)


async def _other_warehouse(f: Founder) -> None:
    row = f.row("WAREHOUSE-TO")
    await f.put("warehouses", [row | {"priority": 9000}])
    f.share("warehouse.other", row["code"])


async def _transfers(f: Founder, warehouse: object, sku: str) -> None:
    line = {"sku": sku, "quantity": "1"}
    to = f.shared["warehouse.other"]
    made = [
        {"from": warehouse, "to": to, "expected_on": _LATER, "note": f.code("NOTE"), "lines": [line]}
        for _ in (*f.numbers(), None)
    ]
    drafted = await f.post("transfers", {"items": made})
    f.share("transfer.id", drafted[0]["id"])
    await f.post(f"transfers/{drafted[-1]['id']}/ship", {})
    f.share("transfer.shipped", drafted[-1]["id"])


async def _lots(f: Founder, warehouse: object) -> None:
    """Of a SKU of their own: whoever receives the others names no lots."""
    of = {"product": f.code("PRODUCT"), "base_unit": f.shared["unit.code"], "supply_policy": "backorder"}
    rows = [row | of | {"tax_rate": "0.13"} for row in f.named("LOTTED")]
    await f.put("skus", rows)
    row = rows[0]
    f.share("sku.lotted", row["code"])
    await f.put("lot-tracking", [{"sku": one["code"], "shelf_life_days": 90} for one in rows])
    lines = [
        {"sku": row["code"], "quantity": "10", "lot": {"number": f.code(f"LOT{n or ''}"), "expires_on": _LATER}}
        for n in f.numbers()
    ]
    await f.post("goods-receipts", {"items": [{"warehouse": warehouse, "lines": lines}]})
    f.share("lot.id", await f.id_of("lot", "number", f.code("LOT")))
    f.share("lot.number", f.code("LOT"))
