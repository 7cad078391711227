"""Lists as workbooks: the list's filters, the reader's rights and language, no formulas, and bounded memory."""

import io
import tracemalloc
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import pytest
from litestar import Litestar
from python_calamine import CalamineWorkbook
from tests.support import Tenant, client_of, key_of, make_user
from tests.world import World, make_world

from dinghuo.flow.reactions import BY_KIND
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.exports import http as exports
from dinghuo.integrations.exports.export import Export, Field, write_export
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.outbox_run import drain
from dinghuo.kit.paging import Page

pytestmark = pytest.mark.slow

PATH = "/api/v1/exports"
FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
async def world(database: Database, tenant: Tenant) -> World:
    return await make_world(database, tenant)


@pytest.fixture
async def owner(app: Litestar, database: Database, world: World) -> AsyncIterator[httpx.AsyncClient]:
    key = await key_of(database, world.tenant, await make_user(database, world.tenant, "owner", login="boss"))
    async with client_of(app, x_api_key=key.text(), accept_language="en") as client:
        yield client


async def sheet(client: httpx.AsyncClient, path: str, **query: Any) -> list[list[Any]]:
    """The rows of a workbook, its head first."""
    answer = await client.get(f"{PATH}/{path}", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    rows: list[list[Any]] = book.get_sheet_by_index(0).to_python()
    assert answer.headers["x-rows"] == str(len(rows) - 1)
    return rows


def column(rows: list[list[Any]], head: str) -> list[Any]:
    place = rows[0].index(head)
    return [row[place] for row in rows[1:]]


async def order(client: httpx.AsyncClient, customer: str, *lines: tuple[str, str], **more: Any) -> dict[str, Any]:
    body = {"customer": customer, "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]} | more
    answer = await client.post("/api/v1/orders", json=body)
    assert answer.status_code == 201, answer.text
    placed: dict[str, Any] = answer.json()
    return placed


async def test_orders_and_their_lines_honour_the_filters_of_the_list(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    a = await order(owner, "K1", ("COLA", "10"), ("GIFT", "2"), customer_reference=FORMULA)
    b = await order(owner, "K2", ("COLA", "100"))
    await owner.post(f"/api/v1/orders/{b['id']}/cancel", json={})
    rows = await sheet(owner, "orders")
    assert column(rows, "Number") == [b["number"], a["number"]]
    assert column(rows, "State") == ["Cancelled", "Confirmed"]
    assert column(rows, "Gross") == [300.0, 27.0]
    # A text that looks like a formula stays a text.
    assert column(rows, "Customer's reference") == ["", FORMULA]
    assert column(await sheet(owner, "orders", state="confirmed"), "Number") == [a["number"]]
    assert column(await sheet(owner, "orders", sort="placed_at"), "Number") == [a["number"], b["number"]]
    lines = await sheet(owner, "order-lines", customer="K1")
    told = list(zip(column(lines, "Number"), column(lines, "SKU"), column(lines, "Gross"), strict=True))
    assert told == [(a["number"], "COLA", 25.0), (a["number"], "GIFT", 2.0)]
    assert await sheet(owner, "orders", customer="NONE") == [rows[0]]
    refused = await owner.get(f"{PATH}/orders", params={"amount_from": "-1"})
    assert (refused.status_code, refused.json()["faults"][0]["code"]) == (422, "bad-amount")


async def test_heads_speak_the_callers_language_and_the_file_has_a_name(owner: httpx.AsyncClient) -> None:
    answer = await owner.get(f"{PATH}/customers", headers={"accept-language": "zh-CN"})
    assert quote("客户-") in answer.headers["content-disposition"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_name("客户").to_python()
    assert (rows[0][:2], [row[0] for row in rows[1:]]) == (["客户编码", "客户名称"], ["K1", "K2", "K3", "K4"])
    assert rows[3][rows[0].index("状态")] == "停用"


async def test_master_data_and_stock(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    contact = {"name": "王", "mobile": "13800138000", "is_main": True}
    where = {"recipient": "r", "street": "路 1 号", "city": "上海"}
    customer = {"code": "K1", "contacts": [contact], "addresses": [where]}
    await owner.put("/api/v1/customers", json={"items": [customer]})
    await drain(database, world.tenant.id, BY_KIND)
    rows = await sheet(owner, "customers", tier="gold")
    told = [column(rows, head) for head in ("Code", "Contact", "Mobile", "Address")]
    assert told == [["K1"], ["王"], ["13800138000"], ["上海 路 1 号 r"]]
    cost = {"sku": "COLA", "valid_from": "2020-01-01", "cost": "1.25"}
    assert (await owner.put("/api/v1/skus/costs", json={"items": [cost]})).status_code == 200
    rows = await sheet(owner, "skus")
    assert (column(rows, "Code"), column(rows, "Cost")) == (["BEER", "COLA", "GIFT", "NEW"], ["", 1.25, "", ""])
    assert column(rows, "Units") == ["1箱=24瓶"] * 4
    rows = await sheet(owner, "stock", sku="COLA")
    levels = list(zip(column(rows, "Warehouse"), column(rows, "On hand"), column(rows, "Available"), strict=True))
    assert levels == [("main", 1000.0, 1000.0), ("west", 100.0, 100.0)]
    rows = await sheet(owner, "price-lists/BASE", sku="COLA")
    assert list(zip(column(rows, "Unit"), column(rows, "Price"), strict=True)) == [("瓶", 3.0), ("箱", 60.0)]
    assert (await owner.get(f"{PATH}/price-lists/NONE")).status_code == 404


async def test_amounts_are_for_those_with_the_right(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await order(owner, "K1", ("COLA", "10"))
    token = await key_of(database, world.tenant, await make_user(database, world.tenant, "warehouse"))
    async with client_of(app, x_api_key=token.text(), accept_language="en") as keeper:
        for path in ("orders", "order-lines", "skus"):
            heads = set((await sheet(keeper, path))[0])
            assert not heads & {"Net", "Tax", "Gross", "Deal price", "List price", "Cost", "Unit cost", "Margin"}
        for path in ("price-lists/BASE", "orders?amount_from=1"):
            assert (await keeper.get(f"{PATH}/{path}")).status_code == 403
    token = await key_of(database, world.tenant, await make_user(database, world.tenant, "sales"))
    async with client_of(app, x_api_key=token.text(), accept_language="en") as seller:
        # A sales person without customers.
        assert [len(await sheet(seller, path)) for path in ("orders", "order-lines", "customers")] == [1, 1, 1]


async def test_one_who_comes_third_is_asked_to_wait(
    owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_in_hand", 2)
    answer = await owner.get(f"{PATH}/stock")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/exports-busy")
    assert answer.headers["retry-after"] == "10"


def _numbers(most: int) -> Export[int]:
    async def page(tx: Tx, cursor: str | None) -> Page[int]:
        first = int(cursor or 0)
        last = min(first + 2000, most)
        return Page(list(range(first, last)), str(last) if last < most else None)

    fields: list[Field[int]] = [
        Field("编号", "Number", lambda n: n, "integer"),
        Field("文字", "Text", lambda n: f"这一行的文字 {n} 各不相同"),
        Field("金额", "Amount", lambda n: Decimal(n) / 100, "money"),
    ]
    return Export("数", "Numbers", fields, page)


@pytest.mark.slow
async def test_a_hundred_thousand_rows_take_no_more_memory_than_a_few(
    database: Database, tenant: Tenant, tmp_path: Path
) -> None:
    staff = StaffPrincipal(id=new_id(), tenant_id=tenant.id, name="p", sees_price=True)

    async def peak(rows: int) -> int:
        tracemalloc.start()
        target = tmp_path / f"{rows}.xlsx"
        written = await write_export(
            database, _numbers(rows), staff=staff, language="en", zone=ZoneInfo("UTC"), target=target
        )
        assert (written.rows, written.is_cut_off) == (rows, False)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    few, many = await peak(4_000), await peak(100_000)
    assert many < few * 1.5 + 1_000_000
    rows = CalamineWorkbook.from_path(tmp_path / "100000.xlsx").get_sheet_by_index(0).to_python()
    assert (len(rows), rows[-1]) == (100_001, [99_999, "这一行的文字 99999 各不相同", 999.99])


async def test_what_is_too_long_ends_with_a_word_about_it(database: Database, tenant: Tenant, tmp_path: Path) -> None:
    staff = StaffPrincipal(id=new_id(), tenant_id=tenant.id, name="p", sees_price=True)
    target = tmp_path / "cut.xlsx"
    written = await write_export(
        database, _numbers(5_000), staff=staff, language="en", zone=ZoneInfo("UTC"), target=target, most=3_000
    )
    assert (written.rows, written.is_cut_off) == (3_000, True)
    rows = CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python()
    assert (len(rows), rows[-1][0]) == (3_002, "(Only the first 3000 rows: narrow the filters and export in parts)")
