"""A little shop for live tests: two goods, prices, stock, and two dealers, A and B."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from tests.publishing import turn

Act = Callable[..., Awaitable[httpx.AsyncClient]]


@dataclass(frozen=True)
class Shop:
    owner: httpx.AsyncClient
    dealer: httpx.AsyncClient
    stranger: httpx.AsyncClient
    customers: Mapping[str, str]
    skus: Mapping[str, str]

    async def receive(self, sku: str) -> None:
        """More of a SKU comes in."""
        receipt = {"warehouse": "W", "lines": [{"sku": sku, "quantity": "10"}]}
        answer = await self.owner.post("/api/v1/goods-receipts", json={"items": [receipt]})
        assert answer.status_code == 201, answer.text


async def open_shop(owner: httpx.AsyncClient, act: Act) -> Shop:
    for path, items in _MASTER.items():
        answer = await owner.put(f"/api/v1/{path}", json={"items": items})
        assert answer.status_code == 200, (path, answer.text)
    assert (await turn(owner, "price-lists/BASE")).status_code == 200
    customers = {c["code"]: c["id"] for c in (await owner.get("/api/v1/customers")).json()["items"]}
    skus = {s["code"]: s["id"] for s in (await owner.get("/api/v1/skus")).json()["items"]}
    dealer = await act("dealer_admin", customers=["A"])
    stranger = await act("dealer_admin", customers=["B"])
    return Shop(owner, dealer, stranger, customers, skus)


_MASTER: Mapping[str, list[dict[str, Any]]] = {
    "units": [{"code": "瓶", "name": "瓶"}],
    "products": [{"code": "P", "name": "饮品"}],
    "skus": [
        {
            "code": code,
            "name": name,
            "product": "P",
            "base_unit": "瓶",
            "tax_rate": "0.13",
            "supply_policy": "backorder",
        }
        for code, name in (("TEA", "茶"), ("WINE", "酒"))
    ],
    "warehouses": [{"code": "W", "name": "仓"}],
    "customers": [{"code": code, "name": code, "payment_terms": "prepaid"} for code in ("A", "B")],
    "price-lists": [{"code": "BASE", "name": "标准", "kind": "base", "valid_from": "2020-01-01"}],
    "price-lists/BASE/entries": [{"sku": "TEA", "price": "10"}, {"sku": "WINE", "price": "100"}],
}


async def place(client: httpx.AsyncClient, customer: str) -> dict[str, Any]:
    """One bottle of tea for this customer."""
    order = {"customer": customer, "lines": [{"sku": "TEA", "quantity": "1"}]}
    answer = await client.post("/api/v1/orders", json=order)
    assert answer.status_code == 201, answer.text
    placed: dict[str, Any] = answer.json()
    return placed
