"""The shelf: what a dealer may buy, at which price, how much of it there is, found by whatever they type."""

from typing import Any

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.shop import PDF, Shop, order

pytestmark = pytest.mark.slow

PATH = "/portal/v1/products"


async def codes(client: httpx.AsyncClient, **query: Any) -> list[str]:
    found = await client.get(PATH, params=query)
    assert found.is_success, found.text
    return [sku["code"] for card in found.json()["items"] for sku in card["skus"]]


async def sku(client: httpx.AsyncClient, code: str) -> Any:
    found = (await client.get(PATH)).json()["items"]
    return next(each for card in found for each in card["skus"] if each["code"] == code)


async def test_a_card_says_everything(buyer: httpx.AsyncClient, shop: Shop) -> None:
    first = (await buyer.get(PATH)).json()["items"][0]
    assert {name: first[name] for name in ("id", "code", "name", "image", "is_new")} == {
        "id": shop.products["P-TEA"],
        "code": "P-TEA",
        "name": "茗香茶",
        "image": shop.picture,
        "is_new": True,
    }
    assert (first["category"]["code"], first["brand"]["code"]) == ("TEA", "SHAN")
    oolong = first["skus"][2]
    assert oolong["units"] == [
        {
            "unit": "瓶", "name": "瓶", "name_en": "bottle", "ratio": "1", "is_base": True, "barcode": "69OOLONG1",
            "minimum": "24", "step": "12",
            "price": {
                "price": "3.500000", "currency": "CNY", "tax_inclusive": True, "base_price": "3.500000",
                "kind": "base", "breaks": [{"from": "24", "price": "3.500000"}],
            },
        },
        {
            "unit": "箱", "name": "箱", "name_en": None, "ratio": "24", "is_base": False, "barcode": "69OOLONG2",
            "minimum": "1", "step": "1",
            "price": {
                "price": "78.000000", "currency": "CNY", "tax_inclusive": True, "base_price": "3.250000",
                "kind": "contract",
                "breaks": [{"from": "1", "price": "78.000000"}, {"from": "10.000000", "price": "75.000000"}],
            },
        },
    ]  # fmt: skip
    assert (oolong["default_unit"], oolong["base_unit"], oolong["specification"]) == ("箱", "瓶", "500ml")
    assert oolong["last_bought"] is None


async def test_each_dealer_has_their_own_shelf_and_prices(as_dealer: AsDealer, buyer: httpx.AsyncClient) -> None:
    assert await codes(buyer) == ["JASMINE", "MATCHA", "OOLONG", "WATER"]
    other = await as_dealer("dealer_buyer", "D2")
    assert await codes(other) == ["SECRET", "JASMINE", "MATCHA", "OOLONG", "WATER"]
    theirs = (await sku(other, "OOLONG"))["units"][1]["price"]
    assert [each["price"] for each in theirs["breaks"]] == ["80.000000", "76.800000"]


@pytest.mark.parametrize(
    "typed", ["乌龙", "wulong", "wlc", "WULONGCHA", "OOLONG", "ool", "69OOLONG2", "乌龙 500ml", "ｏｏｌｏｎｇ"]
)
async def test_goods_are_found_as_typed(buyer: httpx.AsyncClient, typed: str) -> None:
    found = (await buyer.get(PATH, params={"search": typed})).json()["items"]
    assert [card["code"] for card in found] == ["P-TEA"]


async def test_what_is_not_sold_is_not_found(buyer: httpx.AsyncClient, as_dealer: AsDealer, shop: Shop) -> None:
    assert await codes(buyer, search="内供") == []
    assert (await buyer.get(f"{PATH}/{shop.products['P-SECRET']}")).status_code == 404
    assert await codes(await as_dealer("dealer_buyer", "D2"), search="内供") == ["SECRET"]


async def test_the_shelf_is_narrowed(buyer: httpx.AsyncClient, owner: httpx.AsyncClient) -> None:
    assert len(await codes(buyer, category="DRINKS")) == 4
    assert await codes(buyer, category="TEA", brand="SHAN") == ["JASMINE", "MATCHA", "OOLONG"]
    assert await codes(buyer, brand="NONE") == []
    await owner.put("/api/v1/skus", json={"items": [{"code": "JASMINE", "state": "discontinued"}]})
    assert await codes(buyer) == ["MATCHA", "OOLONG", "WATER"]
    await order(buyer, {"sku": "WATER", "quantity": "2"})
    assert await codes(buyer, bought=True) == ["WATER"]
    await order(buyer, {"sku": "MATCHA", "quantity": "10"})
    stocked = (await buyer.get(PATH, params={"in_stock": True})).json()["items"]
    assert [card["code"] for card in stocked] == ["P-TEA", "P-WATER"]


@pytest.mark.parametrize("query", [{}, {"search": "w"}, {"sort": "newest"}])
async def test_pages_by_key(buyer: httpx.AsyncClient, query: dict[str, str]) -> None:
    whole = (await buyer.get(PATH, params=query)).json()
    assert whole["cursor"] is None
    first = (await buyer.get(PATH, params={**query, "limit": "1"})).json()
    second = (await buyer.get(PATH, params={**query, "limit": "1", "cursor": first["cursor"]})).json()
    assert [*first["items"], *second["items"]] == whole["items"]
    assert second["cursor"] is None
    assert (await buyer.get(PATH, params={**query, "cursor": "nonsense"})).status_code == 422


async def test_how_much_there_is_is_told_as_the_seller_wants(
    buyer: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    async def states() -> list[dict[str, str]]:
        return [(await sku(buyer, code))["availability"] for code in ("OOLONG", "MATCHA", "JASMINE", "WATER")]

    assert await states() == [
        {"state": "in_stock", "unit": "瓶", "quantity": "1000.000000"},
        {"state": "low", "unit": "瓶", "quantity": "10.000000"},
        {"state": "low", "unit": "瓶", "quantity": "10.000000"},
        {"state": "always", "unit": "瓶"},
    ]
    wanted = {"availability": "word", "low_below": "5", "new_days": 0}
    read = await owner.get("/api/v1/settings/portal")
    mine = {"if-match": read.headers["etag"]}
    assert (await owner.put("/api/v1/settings/portal", json=wanted, headers=mine)).json() == wanted
    stale = await owner.put("/api/v1/settings/portal", json=read.json(), headers=mine)
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale-revision")
    assert (await owner.get("/api/v1/settings/portal")).json() == wanted
    assert await states() == [{"state": "in_stock", "unit": "瓶"}] * 3 + [{"state": "always", "unit": "瓶"}]
    await order(buyer, {"sku": "MATCHA", "quantity": "10"}, {"sku": "JASMINE", "quantity": "12"})
    assert [each["state"] for each in await states()] == ["in_stock", "none", "to_order", "always"]
    assert (await buyer.get(PATH)).json()["items"][0]["is_new"] is False


async def test_settings_that_are_none_are_refused(owner: httpx.AsyncClient, shop: Shop) -> None:
    for wrong in ({"low_below": "-1"}, {"availability": "maybe"}, {"new_days": 1000}, {"low_below": "NaN"}):
        assert (await owner.put("/api/v1/settings/portal", json=wrong, headers={"if-match": "1"})).status_code == 422


async def test_a_product_page(buyer: httpx.AsyncClient, shop: Shop) -> None:
    placed = await order(buyer, {"sku": "OOLONG", "quantity": "2"})
    found = (await buyer.get(f"{PATH}/{shop.products['P-TEA']}")).json()
    assert found["images"] == [{"sha256": shop.picture, "sku": None}]
    assert found["attachments"] == [
        {"sha256": shop.paper, "name": "检测报告.pdf", "content_type": "application/pdf", "size": len(PDF)}
    ]
    [bought] = found["purchases"]
    assert {
        name: bought[name] for name in ("order_id", "number", "sku", "sku_name", "quantity", "unit", "price")
    } == {
        "order_id": placed["id"],
        "number": placed["number"],
        "sku": "OOLONG",
        "sku_name": "乌龙茶",
        "quantity": "2.000000",
        "unit": "箱",
        "price": "78.000000",
    }
    oolong = next(each for each in found["skus"] if each["code"] == "OOLONG")
    assert (oolong["last_bought"]["order_id"], oolong["last_bought"]["unit"]) == (placed["id"], "箱")


async def test_files_are_shown_to_those_who_may_see_the_goods(
    buyer: httpx.AsyncClient, owner: httpx.AsyncClient, shop: Shop
) -> None:
    picture = await buyer.get(f"/portal/v1/files/{shop.picture}")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    assert "immutable" in picture.headers["cache-control"]
    kept = await buyer.get(f"/portal/v1/files/{shop.picture}", headers={"if-none-match": picture.headers["etag"]})
    assert kept.status_code == 304
    paper = await buyer.get(f"/portal/v1/files/{shop.paper}")
    assert (paper.content, paper.headers["content-disposition"]) == (PDF, "attachment")
    secret = (await owner.post("/api/v1/files", content=b'<svg xmlns="http://www.w3.org/2000/svg"/>')).json()[
        "sha256"
    ]
    assert (await buyer.get(f"/portal/v1/files/{secret}")).status_code == 404
    media = {"items": [{"code": "P-SECRET", "media": [{"sha256": secret}]}]}
    assert (await owner.put("/api/v1/products", json=media)).is_success
    assert (await buyer.get(f"/portal/v1/files/{secret}")).status_code == 404


async def test_a_paper_is_no_picture(owner: httpx.AsyncClient, shop: Shop) -> None:
    media = {"items": [{"code": "P-TEA", "media": [{"sha256": shop.paper}]}]}
    refused = await owner.put("/api/v1/products", json=media)
    assert [fault["code"] for fault in refused.json()["faults"]] == ["unknown-file"]


async def test_the_tree_and_the_brands_hold_what_is_sold(buyer: httpx.AsyncClient) -> None:
    [drinks] = (await buyer.get("/portal/v1/categories")).json()
    assert (drinks["code"], drinks["products"], [each["code"] for each in drinks["children"]]) == (
        "DRINKS",
        2,
        ["TEA"],
    )
    assert [(b["code"], b["products"]) for b in (await buyer.get("/portal/v1/brands")).json()] == [("SHAN", 1)]


async def test_home(buyer: httpx.AsyncClient, as_dealer: AsDealer) -> None:
    for quantity in ("2", "4", "4"):
        await order(buyer, {"sku": "OOLONG", "quantity": quantity})
    await order(buyer, {"sku": "WATER", "quantity": "7"})
    home = (await buyer.get("/portal/v1/home")).json()
    assert home["customer"]["code"] == "D1"
    assert [card["code"] for card in home["new_products"]] == ["P-WATER", "P-TEA"]
    usual = [(each["sku"]["code"], each["unit"], each["quantity"], each["times"]) for each in home["usual"]]
    assert usual == [("OOLONG", "箱", "4.000000", 3), ("WATER", "瓶", "7.000000", 1)]
    assert home["credit"] == {
        "currency": "CNY", "limit": "5000.00", "used": "849.30", "left": "4150.70", "oldest_due": None,
    }  # fmt: skip
    assert (await buyer.get("/portal/v1/credit")).json() == home["credit"]
    assert len(home["orders"]) == 4
    assert home["counts"] == {"orders_open": 4, "proposals": 0, "drafts": 0, "consents": 0, "cart_lines": 0}
    receiver = (await (await as_dealer("dealer_receiver")).get("/portal/v1/home")).json()
    assert receiver.keys() == {"customer", "currency", "counts", "orders"}
    assert receiver["counts"] == {"orders_open": 4}


async def test_units_are_told_by_name(buyer: httpx.AsyncClient) -> None:
    assert (await buyer.get("/portal/v1/units")).json() == [
        {"unit": "瓶", "name": "瓶", "name_en": "bottle"},
        {"unit": "箱", "name": "箱", "name_en": None},
    ]
