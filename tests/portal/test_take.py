"""Many lines at once: by code or barcode, from a sheet, from an earlier order, from a shopping list."""

import io
import zipfile
from typing import Any

import httpx
import pytest
import xlsxwriter
from tests.portal.conftest import AsDealer
from tests.portal.shop import change, fill, order
from tests.support import Tenant, contents

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

QUICK, SHEET = "/portal/v1/cart/quick", "/portal/v1/cart/sheet"


async def quick(client: httpx.AsyncClient, *entries: tuple[str, str, str | None], add: bool = True) -> Any:
    body = {"entries": [{"code": c, "quantity": q, "unit": u} for c, q, u in entries], "add": add}
    done = await client.post(QUICK, json=body)
    assert done.status_code == 200, done.text
    return done.json()


async def held(client: httpx.AsyncClient) -> list[tuple[str, str, str]]:
    cart = (await client.get("/portal/v1/cart")).json()
    return [(line["sku"], line["quantity"], line["unit"]) for line in cart["lines"]]


async def test_goods_by_whatever_they_are_known_by(buyer: httpx.AsyncClient) -> None:
    added = await quick(
        buyer,
        ("OOLONG", "2", None),
        ("water", "3", None),
        ("69MATCHA2", "1", None),
        ("ＪＡＳＭＩＮＥ", "4", "BOTTLE"),
        ("69JASMINE2", "1", None),
    )
    assert (added["added"], [each["problem"] for each in added["entries"]]) == (5, [None] * 5)
    assert [each["sku"]["code"] for each in added["entries"]] == ["OOLONG", "WATER", "MATCHA", "JASMINE", "JASMINE"]
    assert await held(buyer) == [
        ("OOLONG", "2", "箱"), ("WATER", "3", "瓶"), ("MATCHA", "1", "箱"), ("JASMINE", "4", "瓶"),
        ("JASMINE", "1", "箱"),
    ]  # fmt: skip
    await quick(buyer, ("WATER", "2", None))
    assert ("WATER", "5", "瓶") in await held(buyer)


async def test_what_is_wrong_stays_out_and_is_told(buyer: httpx.AsyncClient) -> None:
    added = await quick(
        buyer,
        ("OOLNG", "2", None),
        ("SECRET", "1", None),
        ("MATCHA", "0", None),
        ("MATCHA", "1", "托"),
        ("WATER", "1", None),
    )
    assert added["added"] == 1
    found = [(each["line"], each["problem"] and each["problem"]["code"]) for each in added["entries"]]
    assert found == [(1, "unknown-code"), (2, "unknown-code"), (3, "bad-quantity"), (4, "unknown-unit"), (5, None)]
    assert [each["sku"] for each in added["entries"][0]["suggestions"]] == ["OOLONG"]
    assert added["entries"][1]["suggestions"] == []
    assert added["entries"][2]["problem"]["fix"] == {"label": "改为 1 瓶", "quantity": "1", "unit": "瓶"}
    assert added["entries"][3]["problem"]["fix"] == {"label": "改为 1 瓶", "quantity": "1", "unit": "瓶"}
    assert await held(buyer) == [("WATER", "1", "瓶")]


async def test_one_barcode_of_two_skus_is_a_choice(buyer: httpx.AsyncClient, owner: httpx.AsyncClient) -> None:
    units = [{"unit": "瓶", "barcode": "69OOLONG1"}]
    await owner.put("/api/v1/skus", json={"items": [{"code": "WATER", "units": units}]})
    [entry] = (await quick(buyer, ("69OOLONG1", "1", None)))["entries"]
    assert (entry["problem"]["code"], {each["sku"] for each in entry["suggestions"]}) == (
        "several-found",
        {"OOLONG", "WATER"},
    )


async def test_only_looking_leaves_no_trace(buyer: httpx.AsyncClient, database: Database, tenant: Tenant) -> None:
    before = await contents(database, tenant)
    found = await quick(buyer, ("WATER", "1", None), add=False)
    assert (found["added"], found["cart_id"], found["entries"][0]["sku"]["code"]) == (0, None, "WATER")
    assert await contents(database, tenant) == before


async def test_sent_again_with_its_key_it_is_added_once(buyer: httpx.AsyncClient) -> None:
    body = {"lines": [{"sku": "WATER", "quantity": "2"}]}
    for _ in range(3):
        await buyer.post("/portal/v1/cart/add", json=body, headers={"idempotency-key": "tap"})
    assert await held(buyer) == [("WATER", "2", "瓶")]
    await buyer.post("/portal/v1/cart/add", json=body)
    assert await held(buyer) == [("WATER", "4", "瓶")]


def workbook(*rows: list[Any]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


FILES = {
    "a workbook": workbook(
        ["某某门店订货单"],
        ["商品编码", "品名", "订货数量", "单位"],
        ["WATER", "水", 3, "瓶"],
        ["OOLONG", "茶", 2, ""],
        ["MATCHA", "抹茶", "", "瓶"],
        ["NONE", "?", 1, ""],
    ),
    "a table": "货号,数量,单位\nWATER,3,瓶\nOOLONG,2,\nMATCHA,,\nNONE,1,\n".encode("gb18030"),
    "bare columns": b"WATER\t3\nOOLONG\t2\nNONE\t1\n",
}


@pytest.mark.parametrize("kind", FILES)
async def test_a_sheet_is_read_whatever_its_columns_are_called(buyer: httpx.AsyncClient, kind: str) -> None:
    done = await buyer.post(SHEET, content=FILES[kind], params={"name": "订货.xlsx", "add": True})
    assert done.status_code == 200, done.text
    added = done.json()
    assert (added["added"], [each["code"] for each in added["entries"]]) == (2, ["WATER", "OOLONG", "NONE"])
    assert await held(buyer) == [("WATER", "3", "瓶"), ("OOLONG", "2", "箱")]
    columns = {"a workbook": ["商品编码", "订货数量", "单位"], "a table": ["货号", "数量", "单位"]}
    if kind in columns:
        assert list(added["columns"].values()) == columns[kind]


async def test_columns_may_be_said(buyer: httpx.AsyncClient) -> None:
    content = "甲,乙,丙\nWATER,x,3\n".encode()
    refused = await buyer.post(SHEET, content=content)
    assert [fault["code"] for fault in refused.json()["faults"]] == ["sheet-no-order-columns"]
    done = await buyer.post(SHEET, content=content, params={"code": "甲", "quantity": "丙", "add": True})
    assert (done.json()["added"], done.json()["columns"]) == (1, {"code": "甲", "quantity": "丙", "unit": None})


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_000)
    return file.getvalue()


async def test_what_is_no_sheet_is_refused(buyer: httpx.AsyncClient, database: Database, tenant: Tenant) -> None:
    before = await contents(database, tenant)
    for content, code in (
        (b"", "sheet-empty"),
        (b"%PDF-1.4", "sheet-not-a-sheet"),
        (_bomb(), "sheet-unpacks-too-large"),
        (b"x" * 6_000_000, "body-too-large"),
        (b"code,quantity\n" + b"WATER,1\n" * 1001, "sheet-too-many-lines"),
    ):
        refused = await buyer.post(SHEET, content=content, params={"add": True})
        assert (refused.is_client_error, [fault["code"] for fault in refused.json()["faults"]]) == (True, [code])
    assert await contents(database, tenant) == before


async def test_an_order_is_ordered_again_as_far_as_it_is_sold(
    buyer: httpx.AsyncClient, owner: httpx.AsyncClient, as_dealer: AsDealer
) -> None:
    placed = await order(buyer, change("WATER", "3"), change("OOLONG", "2"), change("MATCHA", "1"))
    await owner.put("/api/v1/skus", json={"items": [{"code": "MATCHA", "state": "discontinued"}]})
    again = await buyer.post(f"/portal/v1/orders/{placed['id']}/reorder")
    assert again.json()["added"] == 2
    assert [each["problem"] and each["problem"]["code"] for each in again.json()["entries"]] == [
        None,
        None,
        "not-sold",
    ]
    assert await held(buyer) == [("WATER", "3.000000", "瓶"), ("OOLONG", "2.000000", "箱")]
    other = await as_dealer("dealer_buyer", "D2")
    assert (await other.post(f"/portal/v1/orders/{placed['id']}/reorder")).status_code == 404


LISTS = "/portal/v1/shopping-lists"


async def test_shopping_lists(buyer: httpx.AsyncClient, as_dealer: AsDealer, owner: httpx.AsyncClient) -> None:
    lines = [{"sku": "WATER", "quantity": "3"}, {"sku": "MATCHA", "unit": "箱", "quantity": "1"}]
    made = (await buyer.post(LISTS, json={"name": "每周", "lines": lines})).json()
    assert [(each["sku"], each["unit"], each["quantity"]) for each in made["items"]] == [
        ("WATER", "瓶", "3.000000"),
        ("MATCHA", "箱", "1.000000"),
    ]
    taken = await buyer.post(LISTS, json={"name": "每周", "lines": []})
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/name-taken")
    colleague, stranger = await as_dealer("dealer_admin", "D1"), await as_dealer("dealer_buyer", "D2")
    assert [each["lines"] for each in (await colleague.get(LISTS)).json()["items"]] == [2]
    assert (await stranger.get(LISTS)).json()["items"] == []
    where = f"{LISTS}/{made['id']}"
    for method, body in (("GET", None), ("PUT", {"name": "x", "lines": []}), ("DELETE", None)):
        answer = await stranger.request(method, where, json=body, headers={"if-match": "1"})
        assert answer.status_code == 404
    assert (await stranger.post(f"{where}/add")).status_code == 404
    changed = await colleague.put(where, json={"name": "每月", "lines": lines[:1]}, headers={"if-match": "1"})
    assert (changed.json()["name"], changed.json()["revision"], len(changed.json()["items"])) == ("每月", 2, 1)
    assert (await buyer.put(where, json={"name": "x", "lines": []}, headers={"if-match": "1"})).status_code == 412
    assert (await buyer.post(f"{where}/add")).json()["added"] == 1
    assert await held(buyer) == [("WATER", "3.000000", "瓶")]
    await owner.put("/api/v1/skus", json={"items": [{"code": "WATER", "state": "discontinued"}]})
    assert [each["card"] for each in (await buyer.get(where)).json()["items"]] == [None]
    assert (await buyer.delete(where)).status_code == 204
    assert (await buyer.get(LISTS)).json()["items"] == []


async def test_a_list_with_faults_is_refused_with_all_of_them(
    buyer: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    before = await contents(database, tenant)
    lines = [
        {"sku": "SECRET", "quantity": "1"},
        {"sku": "WATER", "unit": "箱", "quantity": "0"},
        {"sku": "WATER", "quantity": "1"},
    ]
    refused = await buyer.post(LISTS, json={"name": " ", "lines": lines})
    assert [(fault["field"], fault["code"]) for fault in refused.json()["faults"]] == [
        ("name", "empty-text"),
        ("lines[0].sku", "unknown-sku"),
        ("lines[1].unit", "unknown-unit"),
        ("lines[1].quantity", "bad-quantity"),
    ]
    assert await contents(database, tenant) == before


async def test_a_cart_is_kept_as_a_list(buyer: httpx.AsyncClient) -> None:
    await fill(buyer, change("WATER", "2"), change("OOLONG", "1"))
    made = await buyer.post("/portal/v1/cart/save-as-list", json={"name": "常订"})
    assert (made.status_code, [each["sku"] for each in made.json()["items"]]) == (201, ["WATER", "OOLONG"])
