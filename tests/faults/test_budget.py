"""Eight processes spend one promotion's budget: to exactly nothing, never below; the rest cost the full price, or are
refused where they named a coupon, and leave nothing behind."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest
from tests.faults.buying import Shop, client, place, problem
from tests.faults.serving import Program, serve
from tests.publishing import turn

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

_PROCESSES = 8
_ORDERS = 160
# Of 10.00 each: 30 orders in all, and of them no more than 20 of one customer.
_BUDGET, _OF_ONE = 300, 200
# Of 7 % of what costs 1.00 a piece: a thousand pieces' worth.
_CENTS = "70.00"
_BUYERS = 24


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


async def test_coupons_are_good_once_and_to_the_last_cent(eight: Program, shop: Shop) -> None:
    async with client(eight.url, shop, connections=_BUYERS) as buyer:
        await _publish(buyer, code="SEVEN", value="7", coupon_required=True, budget=_CENTS)
        coupons = [{"code": "ALL", "uses": 100_000}, {"code": "ONE"}]
        saved = await buyer.put("/api/v1/promotions/SEVEN/coupons", json={"items": coupons})
        assert saved.status_code == 200, saved.text
        once = await asyncio.gather(*(_with_coupon(buyer, "ONE", 100) for _ in range(_BUYERS)))
        assert Counter(once) == {None: 1, "coupon-used-up": _BUYERS - 1}
        # 100 of 1,000 are gone: the others are bought to the last.
        bought = await asyncio.gather(*(_buy_out(buyer, 41 + 3 * n) for n in range(_BUYERS)))
    assert sum(sum(each) for each in bought) == 900
    (total,) = await shop.rows(
        "select amount, uses from budget where tenant_id = $1 and subject_kind = 'promotion' and customer_id is null"
    )
    orders = 1 + sum(len(each) for each in bought)
    assert total == {"amount": Decimal(_CENTS), "uses": orders}
    counted = await shop.rows(
        """select (select count(*) from sales_order where tenant_id = $1) as orders,
        (select count(*) from order_line where tenant_id = $1) as lines,
        (select count(promotions) from sales_order where tenant_id = $1) as grants,
        (select count(*) from account_entry where tenant_id = $1) as entries,
        (select count(*) from idempotency_key where tenant_id = $1) as keys"""
    )
    assert counted == [{"orders": orders, "lines": orders, "grants": orders, "entries": orders, "keys": orders}]
    await shop.check_books()


async def _with_coupon(buyer: httpx.AsyncClient, coupon: str, quantity: int) -> str | None:
    """Order with a coupon; why not, where it is refused."""
    line = {"sku": "GIFT", "quantity": str(quantity)}
    response = await place(buyer, {"customer": "K2", "lines": [line], "coupons": [coupon]})
    if response.status_code == 201:
        assert Decimal(response.json()["gross"]) == quantity * Decimal("0.93")
        return None
    (fault,) = problem(response, 409)["faults"]
    assert (fault["field"], fault["params"]["code"]) == ("coupons[0]", coupon)
    return str(fault["code"])


async def _buy_out(buyer: httpx.AsyncClient, quantity: int) -> list[int]:
    """Order until not even one piece is granted; who is refused asks for half."""
    bought = []
    while quantity:
        refused = await _with_coupon(buyer, "ALL", quantity)
        if refused is None:
            bought.append(quantity)
        else:
            assert refused == "coupon-used-up"
            quantity //= 2
    return bought


async def _publish(buyer: httpx.AsyncClient, *, code: str = "TEN", value: str = "10", **fields: object) -> None:
    promotion = {
        "code": code,
        "name": "折扣",
        "kind": "percent",
        "valid_from": "2020-01-01T00:00:00Z",
        "steps": [{"from": "0", "value": value}],
        "budget": str(_BUDGET),
    } | (fields or {"customer_budget": str(_OF_ONE)})
    saved = await buyer.put("/api/v1/promotions", json={"items": [promotion]})
    assert saved.status_code == 200, saved.text
    published = await turn(buyer, f"promotions/{code}")
    assert published.status_code == 200, published.text


async def _order(buyer: httpx.AsyncClient, customer: str) -> str:
    response = await place(buyer, {"customer": customer, "lines": [{"sku": "GIFT", "quantity": "100"}]})
    assert response.status_code == 201, response.text
    return str(response.json()["gross"])
