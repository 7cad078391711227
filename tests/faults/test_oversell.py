"""Four processes sell one stock: down to exactly nothing, never below."""

import asyncio
from decimal import Decimal

import httpx
import psutil
import pytest
from tests.faults.buying import Shop, client, order, place, problem
from tests.faults.serving import Program

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

_BUYERS = 48


async def test_four_processes_take_a_thousand_units_to_exactly_none(crew: Program, shop: Shop) -> None:
    async with client(crew.url, shop, connections=_BUYERS) as buyer:
        await _leave(buyer, 1000)
        sold = await asyncio.gather(*(_buy_all(buyer, first=1 + number % 8) for number in range(_BUYERS)))
        assert all(_connections(child, crew.port) for child in crew.children)
    orders = [bought for each in sold for bought in each]
    assert sum(orders) == 1000
    (stock,) = await shop.rows(
        "select sum(on_hand) as on_hand, sum(reserved) as reserved from stock where tenant_id = $1 and sku_id = $2",
        shop.world.skus["COLA"],
    )
    assert stock == {"on_hand": 1000, "reserved": 1000}
    lines = await shop.rows(
        """select l.sku_code, count(*) as n, sum(l.quantity) as ordered, sum(r.held + r.backordered) as promised
        from order_line l
        join reservation r on r.tenant_id = $1 and r.document_id = l.order_id and r.line_no = l.line_no
        where l.tenant_id = $1 group by 1 order by 1"""
    )
    # The line of beer, which is never short, was promised for those orders only that got their cola.
    beer = {"sku_code": "BEER", "n": len(orders), "ordered": Decimal(len(orders)), "promised": Decimal(len(orders))}
    assert lines == [beer, {"sku_code": "COLA", "n": len(orders), "ordered": 1000, "promised": 1000}]
    await shop.check_books()


async def _leave(buyer: httpx.AsyncClient, quantity: int) -> None:
    """Count the cola: so many bottles, all in one warehouse."""
    counted = {"main": quantity, "west": 0}
    items = [{"warehouse": place, "sku": "COLA", "quantity": str(n)} for place, n in counted.items()]
    assert (await buyer.post("/api/v1/stock/counts", json={"items": items})).status_code == 201


async def _buy_all(buyer: httpx.AsyncClient, *, first: int) -> list[int]:
    """Buy until not a single bottle is left; every refusal says how many are."""
    bought, quantity = [], first
    while quantity:
        response = await place(buyer, order(("BEER", 1), ("COLA", quantity)))
        if response.status_code == 201:
            bought.append(quantity)
            continue
        document = problem(response, 409)
        (fault,) = document["faults"]
        available = int(fault["params"]["available"])
        assert document["type"] == "/problems/short-stock"
        assert fault == {
            "code": "short-stock",
            "message": f"Line 2: {available} 瓶 of COLA are available, {quantity} are wanted",
            "field": "lines[1].quantity",
            "line": 2,
            "params": {
                "line": 2,
                "code": "COLA",
                "available": str(available),
                "wanted": str(quantity),
                "base_unit": "瓶",
                "suggested": str(available),
            },
        }
        assert 0 <= available < quantity
        quantity = available
    return bought


def _connections(process: psutil.Process, port: int) -> int:
    return sum(each.laddr.port == port and each.status == "ESTABLISHED" for each in process.net_connections("tcp"))
