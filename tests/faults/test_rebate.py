"""Eight processes use one rebate balance up: to the last cent and never below; who comes too late is refused."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest
from tests.faults.buying import Shop, client, place, problem
from tests.faults.serving import Program, serve

from dinghuo.accounts.rebates import RebateEntry, open_wallets, write_rebates
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

_PROCESSES = 8
_ORDERS = 96
# 30.00 an order: 20 orders have it, and 10.00 are left for whoever takes what there is.
_CREDITED, _EACH = Decimal("610.00"), Decimal("30.00")


@pytest.fixture
async def eight(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    log = tmp_path_factory.mktemp("eight") / "serve.log"
    async with serve(environment, log, workers=_PROCESSES) as program:
        yield program


async def test_eight_processes_use_a_balance_to_the_cent(eight: Program, shop: Shop) -> None:
    await _grant(shop)
    async with client(eight.url, shop, connections=32) as buyer:
        used = await asyncio.gather(*(_order(buyer) for _ in range(_ORDERS)))
        assert Counter(used) == {str(_EACH): 20, "rebate-short": _ORDERS - 20}
        rest = await asyncio.gather(*(_order(buyer, use_rebate_most=True) for _ in range(4)))
        assert Counter(rest) == {"10.00": 1, "0.00": 3}
        assert await _balance(shop) == (_CREDITED, _CREDITED)
        placed = await shop.rows("select o.id from sales_order o where o.tenant_id = $1")
        gone = await asyncio.gather(*(buyer.post(f"/api/v1/orders/{row['id']}/cancel", json={}) for row in placed))
        assert {answer.status_code for answer in gone} == {200}
    assert await _balance(shop) == (_CREDITED, Decimal("0.00"))
    await shop.check_books()


async def _grant(shop: Shop) -> None:
    async def grant(tx: Tx) -> None:
        owner = (shop.world.customers["K2"], shop.world.tenant.organisation_id, "CNY", "credit")
        wallet = (await open_wallets(tx, [owner]))[owner]
        assert wallet.id is not None
        await write_rebates(
            tx, [RebateEntry(wallet.id, "credited", _CREDITED, "settle", "rebate_settlement", new_id())]
        )

    await shop.database.run(shop.world.tenant.id, grant)


async def _order(buyer: httpx.AsyncClient, **wanted: object) -> str:
    """Order for 100.00; what rebates paid of it, or why it was refused."""
    lines = [{"sku": "GIFT", "quantity": "100"}]
    response = await place(buyer, {"customer": "K2", "lines": lines} | (wanted or {"use_rebate": str(_EACH)}))
    if response.status_code != 201:
        (fault,) = problem(response, 409)["faults"]
        return str(fault["code"])
    order = (await buyer.get(f"/api/v1/orders/{response.json()['id']}")).json()
    return str(order["rebate"])


async def _balance(shop: Shop) -> tuple[Decimal, Decimal]:
    (row,) = await shop.rows("select credited, reserved from rebate_balance where tenant_id = $1")
    return row["credited"], row["reserved"]
