"""One bad request among 63 good ones, all at once over HTTP: it fails alone, and is told why."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.faults.buying import Shop, client, order, place, problem, stock_held
from tests.faults.serving import Here, until
from tests.world import traces

from dinghuo.orders import decide
from dinghuo.pricing import engine

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

_PLACE = 31


async def _among_good_ones(here: Here, shop: Shop, body: Any, *, taken: int = 64) -> list[httpx.Response]:
    """64 answers; `taken` orders were waiting together before the first was decided."""
    async with client(here.url, shop) as buyer:
        bodies = [order(("COLA", 1)) for _ in range(63)]
        bodies.insert(_PLACE, body)
        async with stock_held(shop):
            answers = asyncio.gather(*(place(buyer, each) for each in bodies))
            await until(lambda: here.intake.taken == taken)
        return await answers


async def _only_the_others_are_there(shop: Shop, good: list[httpx.Response]) -> None:
    assert {answer.status_code for answer in good} == {201}
    assert len({answer.json()["id"] for answer in good}) == 63
    found = await traces(shop.database, shop.world.tenant)
    kinds = ("sales_order", "order_line", "reservation", "outbox_event", "idempotency_key", "audit")
    assert {kind: found[kind] for kind in kinds} == dict.fromkeys(kinds, 63)
    await shop.check_books()


async def test_a_text_that_cannot_be_stored(here: Here, shop: Shop) -> None:
    good = await _among_good_ones(here, shop, order(("COLA", 1), note="\0"))
    bad = good.pop(_PLACE)
    assert problem(bad, 422)["faults"] == [
        {
            "code": "text-unprintable",
            "message": "This holds control characters that cannot be stored",
            "field": "note",
        }
    ]
    await _only_the_others_are_there(shop, good)


async def test_a_code_that_cannot_even_be_asked_for(here: Here, shop: Shop) -> None:
    good = await _among_good_ones(here, shop, order(("\0", 1), customer="K1"))
    (fault,) = problem(good.pop(_PLACE), 422)["faults"]
    assert (fault["code"], fault["field"], fault["line"]) == ("unknown-sku", "lines[0].sku", 1)
    await _only_the_others_are_there(shop, good)


async def test_an_error_of_our_own(here: Here, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_price(*args: Any, sku_id: UUID, **more: Any) -> Any:
        if sku_id == shop.world.skus["GIFT"]:
            raise ZeroDivisionError("of nobody's business")
        return engine.find_price(*args, sku_id=sku_id, **more)

    monkeypatch.setattr(decide, "find_price", find_price)
    good = await _among_good_ones(here, shop, order(("GIFT", 1)))
    bad = problem(good.pop(_PLACE), 500)
    assert [fault["code"] for fault in bad["faults"]] == ["internal-error"]
    assert "nothing was saved" in bad["title"]
    assert "business" not in str(bad)
    await _only_the_others_are_there(shop, good)


async def test_in_a_bulk_too(here: Here, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_price(*args: Any, sku_id: UUID, **more: Any) -> Any:
        if sku_id == shop.world.skus["GIFT"]:
            raise ZeroDivisionError("of nobody's business")
        return engine.find_price(*args, sku_id=sku_id, **more)

    monkeypatch.setattr(decide, "find_price", find_price)
    orders = [order(("COLA", 1)), order(("GIFT", 1)), order(("COLA", 1), note="\0"), order(("COLA", 1))]
    async with client(here.url, shop) as buyer:
        answer = await buyer.post("/api/v1/orders/bulk", json={"orders": orders})
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [item["problem"] and item["problem"]["status"] for item in items] == [None, 500, 422, None]
    assert (await traces(shop.database, shop.world.tenant))["sales_order"] == 2
    await shop.check_books()
