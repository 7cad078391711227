"""A small shop, opened through the API: teas and a water, two dealers of different tiers."""

from dataclasses import dataclass
from typing import Any

import httpx
from tests.publishing import turn
from tests.support import Tenant

DAY = "2024-01-01"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><title>{}</title></svg>'
PDF = b"%PDF-1.4\nreport\n%%EOF\n"


@dataclass(frozen=True)
class Shop:
    """SKUs: OOLONG (bottle; case of 24, barcode on both; minimum 24, by dozens; 1,000 there), JASMINE (case of 24; 10
    there, may wait), WATER (bottle of 5 litres, not counted), MATCHA (10 there, never waits), SECRET (only for D2).

    Prices with tax: base OOLONG 3.50 a bottle, 80.00 a case, 76.80 from 10 cases; JASMINE 4.00; WATER 9.90;
    MATCHA 20.00; SECRET 1.00. D1 has a contract: OOLONG 78.00 a case. D1 may owe 5,000.
    """

    tenant: Tenant
    picture: str
    paper: str
    products: dict[str, str]


async def open_shop(owner: httpx.AsyncClient, tenant: Tenant) -> Shop:
    await _put(owner, "units", [{"code": "瓶", "name": "瓶", "name_en": "bottle"}, {"code": "箱", "name": "箱"}])
    await _put(owner, "categories", [_named("DRINKS", "饮料"), _named("TEA", "茶") | {"parent": "DRINKS"}])
    await _put(owner, "categories", [_named("EMPTY", "空")])
    await _put(owner, "brands", [_named("SHAN", "山泉"), _named("NONE", "无")])
    picture = await _file(owner, PICTURE.format("茶").encode())
    paper = await _file(owner, PDF)
    groups = {"category": "TEA", "brand": "SHAN"}
    await _put(
        owner,
        "products",
        [
            _named("P-TEA", "茗香茶")
            | groups
            | {"media": [{"sha256": picture}], "attachments": [{"sha256": paper, "name": "检测报告.pdf"}]},
            _named("P-WATER", "山泉水") | {"category": "DRINKS"},
            _named("P-SECRET", "内供"),
        ],
    )
    await _put(owner, "skus", _skus())
    await _put(owner, "tiers", [_named("GOLD", "金牌")])
    await _put(
        owner,
        "customers",
        [
            _named("D1", "西湖商贸") | {"tier": "GOLD", "payment_terms": "monthly", "addresses": [_ADDRESS]},
            _named("D2", "北塘商行") | {"payment_terms": "monthly"},
        ],
    )
    await _put(owner, "accounts", [{"customer": "D1", "credit_limit": "5000"}])
    await _put(
        owner,
        "assortments",
        [
            _named("ALL", "全部") | {"audience": [{"kind": "everyone"}], "items": [{"kind": "everything"}]},
            _named("NOT-D1", "不供") | {"mode": "deny", "audience": [{"kind": "customer", "code": "D1"}],
                                       "items": [{"kind": "product", "code": "P-SECRET"}]},
        ],
    )  # fmt: skip
    await _prices(owner)
    await _put(owner, "warehouses", [_named("MAIN", "总仓")])
    there = [("OOLONG", "1000"), ("JASMINE", "10"), ("MATCHA", "10"), ("SECRET", "5")]
    lines = [{"sku": code, "quantity": quantity} for code, quantity in there]
    done = await owner.post("/api/v1/goods-receipts", json={"items": [{"warehouse": "MAIN", "lines": lines}]})
    assert done.is_success, done.text
    found = (await owner.get("/api/v1/products")).json()["items"]
    return Shop(tenant, picture, paper, {each["code"]: each["id"] for each in found})


def _skus() -> list[dict[str, Any]]:
    def bottle(code: str, name: str, **more: Any) -> dict[str, Any]:
        units = [{"unit": "瓶", "barcode": f"69{code}1"}, {"unit": "箱", "numerator": 24, "barcode": f"69{code}2"}]
        return {
            "code": code,
            "name": name,
            "base_unit": "瓶",
            "tax_rate": "0.13",
            "product": "P-TEA",
            "units": units,
        } | more

    return [
        bottle("OOLONG", "乌龙茶", sales_unit="箱", minimum_quantity="24", multiple="12", specification="500ml"),
        bottle("JASMINE", "茉莉花茶", supply_policy="backorder"),
        bottle("MATCHA", "抹茶"),
        bottle("WATER", "山泉水", product="P-WATER", supply_policy="untracked", units=[{"unit": "瓶"}]),
        bottle("SECRET", "内供茶", product="P-SECRET"),
    ]


async def _prices(owner: httpx.AsyncClient) -> None:
    lists = [
        _named("BASE", "标准价") | {"kind": "base", "valid_from": DAY},
        _named("D1-2024", "协议价") | {"kind": "contract", "customer": "D1", "valid_from": DAY},
    ]
    await _put(owner, "price-lists", lists)
    base = [
        {"sku": "OOLONG", "unit": "瓶", "price": "3.50"},
        {"sku": "OOLONG", "unit": "箱", "price": "80.00"},
        {"sku": "OOLONG", "unit": "箱", "minimum_quantity": "10", "price": "76.80"},
        {"sku": "JASMINE", "unit": "瓶", "price": "4.00"},
        {"sku": "WATER", "unit": "瓶", "price": "9.90"},
        {"sku": "MATCHA", "unit": "瓶", "price": "20.00"},
        {"sku": "SECRET", "unit": "瓶", "price": "1.00"},
    ]
    await _put(owner, "price-lists/BASE/entries", base)
    contract = [
        {"sku": "OOLONG", "unit": "箱", "price": "78.00"},
        {"sku": "OOLONG", "unit": "箱", "minimum_quantity": "10", "price": "75.00"},
    ]
    await _put(owner, "price-lists/D1-2024/entries", contract)
    for code in ("BASE", "D1-2024"):
        done = await turn(owner, f"price-lists/{code}")
        assert done.is_success, done.text


_ADDRESS = {"recipient": "方雅琴", "street": "文三路 1 号", "city": "杭州", "is_default": True}


def _named(code: str, name: str) -> dict[str, Any]:
    return {"code": code, "name": name}


async def _put(owner: httpx.AsyncClient, path: str, items: list[dict[str, Any]]) -> None:
    done = await owner.put(f"/api/v1/{path}", json={"items": items})
    assert done.is_success, done.text


async def _file(owner: httpx.AsyncClient, content: bytes) -> str:
    done = await owner.post("/api/v1/files", content=content)
    assert done.is_success, done.text
    sha256: str = done.json()["sha256"]
    return sha256


def change(sku: str, quantity: str, unit: str | None = None, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity, "unit": unit, **more}


async def fill(client: httpx.AsyncClient, *changes: dict[str, Any], **more: Any) -> Any:
    """Change lines of the cart; the cart."""
    done = await client.put("/portal/v1/cart/lines", json={"changes": list(changes), **more})
    assert done.is_success, done.text
    return done.json()


async def order(client: httpx.AsyncClient, *changes: dict[str, Any]) -> Any:
    """Fill the cart and submit it."""
    cart = await fill(client, *changes)
    done = await client.post(f"/portal/v1/drafts/{cart['id']}/submit", json={})
    assert done.status_code == 201, done.text
    return done.json()


def problems(cart: Any) -> list[tuple[str, str]]:
    """Every problem of a cart's lines: SKU and code."""
    return [(line["sku"], each["code"]) for line in cart["lines"] for each in line["problems"]]
