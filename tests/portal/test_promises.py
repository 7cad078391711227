"""A dealer is told for when goods can be had and until when theirs wait, and nothing of anybody else's."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.shop import Shop

pytestmark = pytest.mark.slow


def day(number: int) -> str:
    return (datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=number)).isoformat()


async def expect(owner: httpx.AsyncClient, code: str, days: int, quantity: int) -> None:
    item = {"code": code, "sku": "JASMINE", "warehouse": "MAIN", "expected_on": day(days), "quantity": str(quantity)}
    assert (await owner.put("/api/v1/expected-supply", json={"items": [item]})).status_code == 200


async def order(owner: httpx.AsyncClient, dealer: str, quantity: int) -> str:
    body = {"customer": dealer, "lines": [{"sku": "JASMINE", "quantity": str(quantity), "unit": "瓶"}]}
    answer = await owner.post("/api/v1/orders", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_cart_is_promised_by_day_without_saying_where_from(
    shop: Shop, owner: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await expect(owner, "PO-SECRET", 6, 50)
    lines = [
        {"sku": "JASMINE", "quantity": "1", "unit": "箱"},
        {"sku": "SECRET", "quantity": "1"},
        {"sku": "WATER", "quantity": "3"},
        {"sku": "JASMINE", "quantity": "1", "unit": "桶"},
        {"sku": "JASMINE", "quantity": "100", "unit": "瓶"},
    ]
    answer = await buyer.post("/portal/v1/available-to-promise", json={"lines": lines})
    told = answer.json()
    assert [(fault["code"], fault["field"], fault["line"]) for fault in told["faults"]] == [
        ("unknown-code", "lines[1].sku", 2),
        ("stock-unknown-unit", "lines[3].unit", 4),
    ]
    first, water, rest = told["lines"]
    assert (first["line_no"], first["promised_on"], first["complete"], first["on_time"]) == (1, day(6), True, False)
    assert [(part["date"], float(part["quantity"])) for part in first["parts"]] == [(day(0), 10), (day(6), 14)]
    assert (water["line_no"], water["promised_on"], water["message"]) == (3, day(0), "随时可发")
    assert [(part["date"], float(part["quantity"])) for part in rest["parts"]] == [(day(6), 36), (None, 64)]
    assert (rest["line_no"], told["complete_on"]) == (5, None)
    for secret in ("PO-SECRET", "MAIN", "on_hand", "reserved"):
        assert secret not in answer.text


async def test_until_when_an_order_waits_is_told_to_its_company_alone(
    shop: Shop, owner: httpx.AsyncClient, buyer: httpx.AsyncClient, as_dealer: AsDealer
) -> None:
    await expect(owner, "PO-SECRET", 6, 8)
    other = await order(owner, "D2", 15)
    mine = await order(owner, "D1", 6)
    answer = await buyer.get(f"/portal/v1/orders/{mine}/waiting")
    (line,) = answer.json()["lines"]
    assert (line["state"], float(line["waiting"]), line["expected_on"], line["promised_date"]) == (
        "waiting",
        6,
        None,
        None,
    )
    assert line["message"] == "缺货 6 瓶，到货日期未定"
    assert "PO-SECRET" not in answer.text
    assert "ahead" not in answer.text
    await expect(owner, "PO-MORE", 9, 8)
    (line,) = (await buyer.get(f"/portal/v1/orders/{mine}/waiting")).json()["lines"]
    assert (line["expected_on"], line["message"]) == (day(9), f"缺货 6 瓶，预计 {day(9)} 到货")
    assert (await buyer.get(f"/portal/v1/orders/{other}/waiting")).status_code == 404
    theirs = await as_dealer("dealer_buyer", "D2")
    found: dict[str, Any] = (await theirs.get(f"/portal/v1/orders/{other}/waiting")).json()
    assert found["ready_on"] == day(6)
