"""Eight processes spend one promotion's budget: to exactly nothing, never below; the rest cost the full price."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest
from tests.faults.buying import Shop, client, place
from tests.faults.serving import Program, serve

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

_PROCESSES = 8
_ORDERS = 160
# Of 10.00 each: 30 orders in all, and of them no more than 20 of one customer.
_BUDGET, _OF_ONE = 300, 200


@pytest.fixture
async def eight(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    log = tmp_path_factory.mktemp("eight") / "serve.log"
    async with serve(environment, log, workers=_PROCESSES) as program:
        yield program


async def test_eight_processes_spend_a_budget_to_the_cent(eight: Program, shop: Shop) -> None:
    async with client(eight.url, shop, connections=32) as buyer:
        await _publish(buyer)
        customers = [("K2", "K4")[number % 4 == 0] for number in range(_ORDERS)]
        grosses = await asyncio.gather(*(_order(buyer, customer) for customer in customers))
    assert Counter(grosses) == {"90.00": 30, "100.00": _ORDERS - 30}
    rows = await shop.rows(
        """select b.customer_id is null as is_total, b.amount, b.uses, sum(e.amount) as entries
        from budget b join budget_entry e on e.tenant_id = $1 and e.budget_id = b.id
        where b.tenant_id = $1 group by b.id, 1, 2, 3 order by 1"""
    )
    own = [row for row in rows if not row["is_total"]]
    assert sum(row["amount"] for row in own) == _BUDGET
    assert max(row["amount"] for row in own) <= _OF_ONE
    assert rows[-1] == {"is_total": True, "amount": Decimal(_BUDGET), "uses": 30, "entries": Decimal(_BUDGET)}
    await shop.check_books()


async def _publish(buyer: httpx.AsyncClient) -> None:
    promotion = {
        "code": "TEN",
        "name": "九折",
        "kind": "percent",
        "valid_from": "2020-01-01T00:00:00Z",
        "steps": [{"from": "0", "value": "10"}],
        "budget": str(_BUDGET),
        "customer_budget": str(_OF_ONE),
    }
    saved = await buyer.put("/api/v1/promotions", json={"items": [promotion]})
    assert saved.status_code == 200, saved.text
    published = await buyer.post("/api/v1/promotions/TEN/publish")
    assert published.status_code == 200, published.text


async def _order(buyer: httpx.AsyncClient, customer: str) -> str:
    response = await place(buyer, {"customer": customer, "lines": [{"sku": "GIFT", "quantity": "100"}]})
    assert response.status_code == 201, response.text
    return str(response.json()["gross"])
