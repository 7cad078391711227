"""Staff paste orders for the customers they see."""

import httpx
import pytest
from tests.conftest import AsRole
from tests.portal.conftest import clients, owner, shop  # noqa: F401 - fixtures
from tests.portal.shop import Shop

pytestmark = pytest.mark.slow

PASTE = "/api/v1/orders/paste"


async def test_a_text_for_a_customer(owner: httpx.AsyncClient, shop: Shop) -> None:  # noqa: F811 - a fixture
    done = await owner.post(PASTE, json={"customer": "D1", "text": "oolong 2箱, 茉莉 10瓶"})
    assert done.status_code == 200, done.text
    read = done.json()
    assert [(line["sku"], line["quantity"], line["unit"]) for line in read["lines"]] == [
        ("OOLONG", "2", "箱"),
        ("JASMINE", "10", "瓶"),
    ]
    goods = {sku["code"]: sku for sku in read["skus"]}
    assert goods["OOLONG"]["image"] == shop.picture
    assert [unit["unit"] for unit in goods["OOLONG"]["units"]] == ["瓶", "箱"]


async def test_customers_out_of_sight_are_unknown(
    owner: httpx.AsyncClient,  # noqa: F811 - a fixture
    shop: Shop,  # noqa: F811 - a fixture
    as_role: AsRole,
) -> None:
    kept = await owner.post(
        f"{PASTE}/learn", json={"customer": "D1", "phrases": [{"phrase": "绿方", "sku": "MATCHA"}]}
    )
    assert kept.json() == {"learned": 1}
    (phrase,) = (await owner.get(f"{PASTE}/phrases?customer=D1")).json()["items"]
    assert (phrase["phrase"], phrase["sku"], phrase["name"]) == ("绿方", "MATCHA", "抹茶")
    seller = await as_role("sales")
    for answer in (
        await seller.post(PASTE, json={"customer": "D1", "text": "抹茶 1"}),
        await seller.post(f"{PASTE}/learn", json={"customer": "D1", "phrases": [{"phrase": "a", "sku": "MATCHA"}]}),
        await seller.get(f"{PASTE}/phrases?customer=D1"),
        await seller.post(f"{PASTE}/sheet?customer=D1&name=a.csv", content=b"code,quantity\nMATCHA,1\n"),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["faults"][0]["code"] == "unknown-code"
    assert (await seller.delete(f"{PASTE}/phrases/{phrase['id']}")).status_code == 404
    assert (await owner.delete(f"{PASTE}/phrases/{phrase['id']}")).status_code == 204
    assert (await owner.get(f"{PASTE}/phrases?customer=D1")).json()["items"] == []


async def test_a_sheet_for_a_customer(owner: httpx.AsyncClient, shop: Shop) -> None:  # noqa: F811 - a fixture
    sheet = "编码,数量,单位\nOOLONG,3,箱\n69MATCHA2,1,\nNOPE,2,箱\n".encode()
    done = await owner.post(f"{PASTE}/sheet?customer=D1&name=a.csv", content=sheet)
    assert done.status_code == 200, done.text
    lines = done.json()["lines"]
    assert [(line["sku"], line["quantity"]) for line in lines] == [("OOLONG", "3"), ("MATCHA", "1"), (None, "2")]
