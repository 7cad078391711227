"""Four processes call off one blanket order under one quota: down to exactly nothing, never below."""

import asyncio
from decimal import Decimal

import httpx
import pytest
from tests.faults.buying import Shop, client, place, problem
from tests.faults.serving import Program

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

_BUYERS = 24
_AGREED = 500
_QUOTA = 600


async def test_four_processes_call_off_exactly_what_was_agreed(crew: Program, shop: Shop) -> None:
    async with client(crew.url, shop, connections=_BUYERS) as buyer:
        blanket = await _agree(buyer)
        called = await asyncio.gather(*(_call_off_all(buyer, blanket, 1 + n % 7) for n in range(_BUYERS)))
        assert sum(quantity for each in called for quantity in each) == _AGREED
        # What the blanket order left of the quota is there for others, and no more.
        others = await asyncio.gather(*(_call_off_all(buyer, None, 1 + n % 7) for n in range(_BUYERS)))
        assert sum(quantity for each in others for quantity in each) == _QUOTA - _AGREED
    rows = await shop.rows(
        """select a.kind, a.quantity, a.taken, sum(e.quantity) as entries
        from allotment a join allotment_entry e on e.tenant_id = $1 and e.allotment_id = a.id
        where a.tenant_id = $1 group by 1, 2, 3 order by 1"""
    )
    agreed, bound = Decimal(_AGREED), Decimal(_QUOTA)
    assert rows == [
        {"kind": "blanket", "quantity": agreed, "taken": agreed, "entries": agreed},
        {"kind": "quota", "quantity": bound, "taken": bound, "entries": bound},
    ]
    await shop.check_books()


async def _agree(buyer: httpx.AsyncClient) -> str:
    items = [{"warehouse": "main", "sku": "COLA", "quantity": "5000"}]
    assert (await buyer.post("/api/v1/stock/counts", json={"items": items})).status_code == 201
    quota = {"code": "Q", "sku": "COLA", "target": "base", "quantity": str(_QUOTA), "valid_from": "2020-01-01"}
    saved = await buyer.put("/api/v1/quotas", json={"items": [quota]})
    assert saved.status_code == 200, saved.text
    frame = {
        "customer": "K2",
        "name": "年框",
        "valid_from": "2020-01-01",
        "valid_until": "2099-12-31",
        "lines": [{"sku": "COLA", "quantity": str(_AGREED), "price": "2.00", "unit": "瓶"}],
    }
    made = await buyer.post("/api/v1/blanket-orders", json=frame)
    assert made.status_code == 201, made.text
    active = await buyer.post(f"/api/v1/blanket-orders/{made.json()['id']}/activate")
    assert active.status_code == 200, active.text
    return str(made.json()["number"])


async def _call_off_all(buyer: httpx.AsyncClient, blanket: str | None, first: int) -> list[int]:
    """Order until nothing is left; every refusal says how much is."""
    taken, quantity = [], first
    while quantity:
        line = {"sku": "COLA", "quantity": str(quantity), "blanket": blanket}
        response = await place(buyer, {"customer": "K2", "lines": [line]})
        if response.status_code == 201:
            taken.append(quantity)
            continue
        faults = problem(response, 409)["faults"]
        assert {fault["code"] for fault in faults} <= {"blanket-short", "quota-short"}
        left = min(int(fault["params"]["left"]) for fault in faults)
        assert 0 <= left < quantity
        quantity = left
    return taken
