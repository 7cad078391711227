"""A text as it came by chat becomes lines for the cart; what is corrected is learned, for that company alone."""

import io
from typing import Any

import httpx
import pytest
import xlsxwriter
from tests.portal.conftest import AsDealer
from tests.portal.shop import Shop
from tests.support import Tenant, contents

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

PASTE, LEARN, PHRASES = "/portal/v1/paste", "/portal/v1/paste/learn", "/portal/v1/paste/phrases"


async def paste(client: httpx.AsyncClient, text: str) -> Any:
    done = await client.post(PASTE, json={"text": text})
    assert done.status_code == 200, done.text
    return done.json()


def lines(read: Any) -> list[tuple[str | None, str | None, str | None]]:
    return [(line["sku"], line["quantity"], line["unit"]) for line in read["lines"]]


async def learn(client: httpx.AsyncClient, *phrases: tuple[str, str, str | None]) -> httpx.Response:
    body = {"phrases": [{"phrase": phrase, "sku": sku, "unit": unit} for phrase, sku, unit in phrases]}
    return await client.post(LEARN, json=body)


async def test_a_text_becomes_lines(buyer: httpx.AsyncClient) -> None:
    read = await paste(buyer, "老板好，乌龙茶 两箱，茉莉花茶 5 瓶；MATCHA x3 明天送到后门")
    assert lines(read) == [("OOLONG", "2", "箱"), ("JASMINE", "5", "瓶"), ("MATCHA", "3", "瓶")]
    assert [line["text"] for line in read["lines"]] == ["乌龙茶 两箱", "茉莉花茶 5 瓶", "MATCHA x3"]
    assert [line["reason"]["kind"] for line in read["lines"]] == ["name", "name", "code"]
    assert (read["requested_date"]["text"], read["note"], read["unmatched"]) == ("明天", "送到后门", [])
    cards = {card["code"]: card for card in read["skus"]}
    (case,) = (unit for unit in cards["OOLONG"]["units"] if unit["unit"] == "箱")
    assert case["price"]["price"] == "78.000000"


async def test_a_line_says_where_it_stands_in_the_text(buyer: httpx.AsyncClient) -> None:
    text = "🙏乌龙茶2箱"
    (line,) = (await paste(buyer, text))["lines"]
    assert (line["start"], line["end"], line["text"]) == (2, 7, "乌龙茶2箱")


async def test_what_is_not_sold_to_the_company_is_never_proposed(
    buyer: httpx.AsyncClient, as_dealer: AsDealer
) -> None:
    assert lines(await paste(await as_dealer("dealer_buyer", "D2"), "内供茶 2 瓶")) == [("SECRET", "2", "瓶")]
    for text in ("内供茶 2 瓶", "SECRET 2", "69SECRET1 2"):
        read = await paste(buyer, text)
        named = {line["sku"] for line in read["lines"]} | {
            other["sku"] for line in read["lines"] for other in line["alternatives"]
        }
        assert "SECRET" not in named | {card["code"] for card in read["skus"]}


async def test_a_correction_is_learned_for_the_company_and_can_be_forgotten(
    buyer: httpx.AsyncClient, as_dealer: AsDealer
) -> None:
    text = "老样子茶 3箱"
    done = await learn(buyer, ("老样子茶", "OOLONG", "箱"))
    assert (done.status_code, done.json()) == (200, {"learned": 1})
    (line,) = (await paste(buyer, text))["lines"]
    assert (line["sku"], line["unit"], line["quantity"], line["doubtful"]) == ("OOLONG", "箱", "3", False)
    assert line["reason"]["kind"] == "learned"
    # Another company's words are its own.
    other = await as_dealer("dealer_admin", "D2")
    (theirs,) = (await paste(other, text))["lines"]
    assert theirs["reason"]["kind"] != "learned"
    assert (await other.get(PHRASES)).json()["items"] == []
    (kept,) = (await buyer.get(PHRASES)).json()["items"]
    assert (kept["phrase"], kept["sku"], kept["unit"], kept["times"]) == ("老样子茶", "OOLONG", "箱", 1)
    assert (await other.delete(f"{PHRASES}/{kept['id']}")).status_code == 404
    assert (await buyer.delete(f"{PHRASES}/{kept['id']}")).status_code == 204
    (line,) = (await paste(buyer, text))["lines"]
    assert line["reason"]["kind"] != "learned"


async def test_what_is_learned_again_gives_way(buyer: httpx.AsyncClient) -> None:
    assert (await learn(buyer, ("绿方", "OOLONG", None))).status_code == 200
    assert (await learn(buyer, ("绿方", "MATCHA", None), ("红方", "JASMINE", None))).json() == {"learned": 2}
    kept = (await buyer.get(PHRASES)).json()["items"]
    assert [(each["phrase"], each["sku"]) for each in kept] == [("红方", "JASMINE"), ("绿方", "MATCHA")]


async def test_a_seller_is_not_named_to_the_dealer(
    buyer: httpx.AsyncClient, owner: httpx.AsyncClient, shop: Shop
) -> None:
    body = {"customer": "D1", "phrases": [{"phrase": "绿方", "sku": "MATCHA"}]}
    assert (await owner.post("/api/v1/orders/paste/learn", json=body)).status_code == 200
    (kept,) = (await buyer.get(PHRASES)).json()["items"]
    assert kept["learned_by"] is None
    (line,) = (await paste(buyer, "绿方 2瓶"))["lines"]
    assert (line["sku"], line["reason"]["kind"]) == ("MATCHA", "learned")


async def test_what_cannot_be_learned_is_told_whole_and_nothing_is_kept(
    buyer: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    before = await contents(database, tenant)
    refused = await learn(
        buyer, ("", "OOLONG", None), ("甲", "SECRET", None), ("乙", "NONE", None), ("丙", "OOLONG", "托")
    )
    assert refused.status_code == 422
    assert [(fault["code"], fault["field"]) for fault in refused.json()["faults"]] == [
        ("empty-text", "phrases[0].phrase"),
        ("unknown-code", "phrases[1].sku"),
        ("unknown-code", "phrases[2].sku"),
        ("phrase-unknown-unit", "phrases[3].unit"),
    ]
    assert await contents(database, tenant) == before


@pytest.mark.parametrize(
    ("text", "code"), [("  ", "empty-text"), ("茶" * 5001, "text-too-long"), ("\x00", "text-unprintable")]
)
async def test_what_is_no_text_is_refused(buyer: httpx.AsyncClient, text: str, code: str) -> None:
    refused = await buyer.post(PASTE, json={"text": text})
    assert refused.status_code == 422
    assert code in [fault["code"] for fault in refused.json()["faults"]]


async def test_a_sheet_is_read_by_its_names(buyer: httpx.AsyncClient) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for number, row in enumerate(
        [("商品名称", "数量", "单位"), ("乌龙茶", 2, "箱"), ("茉莉花", 500, "瓶"), ("抹茶", 0, "瓶")]
    ):
        sheet.write_row(number, 0, row)
    book.close()
    done = await buyer.post(f"{PASTE}/sheet?name=a.xlsx", content=out.getvalue())
    assert done.status_code == 200, done.text
    assert lines(done.json()) == [("OOLONG", "2", "箱"), ("JASMINE", "500", "瓶")]


async def test_rows_without_known_columns_are_read_as_text(buyer: httpx.AsyncClient) -> None:
    done = await buyer.post(f"{PASTE}/sheet?name=a.csv", content="要货,\n乌龙茶2箱,急\n抹茶,3瓶\n".encode())
    assert lines(done.json()) == [("OOLONG", "2", "箱"), ("MATCHA", "3", "瓶")]


async def test_who_sees_no_prices_is_told_none(as_dealer: AsDealer, buyer: httpx.AsyncClient) -> None:
    read = await paste(buyer, "乌龙茶 2箱")
    assert all("price" in unit for card in read["skus"] for unit in card["units"])
