"""The stock desk: what can be promised when, who waits and why, counting on a phone, transfers, recall."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, expect
from tests.browser.conftest import Visit
from tests.browser.visitor import Language, Visitor
from tests.faults.serving import until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


async def new_sku(boss: Visitor, *, cases: int = 0, warehouse: str = "SH", lots: bool = False) -> str:
    """A SKU of this story's own, 24 cans a case, with so many cases in a warehouse; which other tests leave alone."""
    code = f"DESK-{uuid4().hex[:8].upper()}"
    sku = {
        "code": code,
        "name": f"试饮柚子茶 {code[-4:]}",
        "name_en": f"Yuzu tea {code[-4:]}",
        "base_unit": "can",
        "sales_unit": "case",
        "units": [{"unit": "case", "numerator": 24}],
        "supply_policy": "backorder",
        "tax_rate": "0.13",
    }
    await boss.ask("PUT", "/api/v1/skus", {"items": [sku]})
    price = {"sku": code, "unit": "case", "price": "60.00"}
    await boss.ask("PUT", "/api/v1/price-lists/BASE/entries", {"items": [price]})
    if lots:
        await boss.ask("PUT", "/api/v1/lot-tracking", {"items": [{"sku": code, "shelf_life_days": 180}]})
    if cases:
        line: dict[str, Any] = {"sku": code, "unit": "case", "quantity": str(cases)}
        if lots:
            line["lot"] = {"number": "L-1", "expires_on": "2099-01-01"}
        receipt = {"warehouse": warehouse, "lines": [line]}
        await boss.ask("POST", "/api/v1/goods-receipts", {"items": [receipt]}, status=201)
    return code


async def order(boss: Visitor, customer: str, sku: str, cases: int) -> dict[str, Any]:
    body = {"customer": customer, "lines": [{"sku": sku, "quantity": str(cases)}]}
    placed: dict[str, Any] = await boss.ask("POST", "/api/v1/orders", body, status=201)
    return placed


async def expect_soon(boss: Visitor, sku: str, days: int, cases: int) -> str:
    code = f"PO-{uuid4().hex[:8].upper()}/1"
    today = (await boss.ask("GET", f"/api/v1/stock/by-day?sku={sku}&days=30"))["days"]
    item = {
        "code": code,
        "sku": sku,
        "warehouse": "SH",
        "expected_on": today[days]["date"],
        "quantity": str(cases),
        "unit": "case",
    }
    await boss.ask("PUT", "/api/v1/expected-supply", {"items": [item]})
    return code


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_can_be_promised_is_drawn_day_by_day(visit: Visit, language: Language) -> None:
    words = {"zh": ("查一查", "要多少"), "en": ("Find out", "How many")}[language]
    boss = await visit("/", language=language)
    await boss.sign_in_to_console("boss")
    sku = await new_sku(boss, cases=10)
    supply = await expect_soon(boss, sku, 5, 20)
    await boss.goto(f"/stock/skus/{sku}")
    page = boss.page
    chart = page.locator(".chart").first
    await chart.locator("svg").wait_for()
    await page.locator("td").get_by_text(supply).wait_for()
    await boss.look("console-atp")
    await boss.accessible()
    days = (await boss.ask("GET", f"/api/v1/stock/by-day?sku={sku}&days=30"))["days"]
    assert [int(float(day["available"])) for day in (days[0], days[4], days[5])] == [240, 240, 720]
    await page.get_by_role("textbox", name=words[1]).fill("25")
    await button(page, words[0]).click()
    await expect(page.locator(".answer .verdict")).to_contain_text(days[5]["date"])
    await expect(page.locator(".answer li")).to_have_count(2)
    await boss.look("console-atp-when")
    await boss.accessible()


async def test_who_waits_is_told_why_and_goods_are_dealt_out_anew(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    sku = await new_sku(boss, cases=10)
    supply = await expect_soon(boss, sku, 6, 5)
    first = await order(boss, "D001", sku, 8)
    second = await order(boss, "D002", sku, 6)
    await boss.goto(f"/waiting?sku={sku}&warehouse=SH")
    page = boss.page
    row = page.locator(".line-row")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text(second["number"])
    await expect(row).to_contain_text(supply)
    await boss.look("console-waiting")
    await boss.accessible()
    # The order's own line says the same.
    await boss.goto(f"/orders/{second['id']}")
    await page.locator(".line .toggle button").first.click()
    await expect(page.locator(".why-waiting")).to_contain_text(supply)
    await boss.look("console-order-why-waiting")
    # The second becomes more important: what is held can be dealt out anew, seen before it is done.
    await boss.goto("/waiting/priorities")
    await button(page, "设置优先级").click()
    await page.get_by_role("combobox", name="选择客户或等级").fill("D002")
    await page.get_by_role("option").first.wait_for()
    await page.wait_for_timeout(400)
    await page.keyboard.press("Enter")
    await page.get_by_role("spinbutton", name="优先级").fill("1")
    await page.locator(".el-dialog:visible .el-button--primary").click()
    await expect(page.locator(".el-dialog:visible")).to_have_count(0)
    await boss.look("console-priorities")
    await boss.accessible()
    try:

        async def would_move() -> bool:
            told = await boss.ask("GET", f"/api/v1/allocation?sku={sku}&warehouse=SH")
            return bool(float(told["moved"]))

        await until(would_move)
        await boss.goto(f"/waiting?sku={sku}&warehouse=SH")
        await button(page, "重新分配").first.click()
        await page.locator(".el-dialog:visible table").wait_for()
        await boss.look("console-allocation")
        await boss.accessible()
        await page.locator(".el-dialog:visible .el-button--primary").click()
        await expect(page.locator(".el-dialog:visible")).to_have_count(0)
        await expect(row).to_contain_text(first["number"])
        waits = await boss.ask("GET", f"/api/v1/orders/{second['id']}/waiting")
        assert waits["lines"][0]["state"] == "ready"
    finally:
        back = {"items": [{"kind": "customer", "code": "D002", "priority": None}]}
        await boss.ask("PUT", "/api/v1/allocation-priorities", back)


async def test_a_count_is_typed_on_a_phone_and_booked(visit: Visit) -> None:
    keeper = await visit("/", device="phone")
    await keeper.sign_in_to_console("boss")
    codes = [await new_sku(keeper, cases=4), await new_sku(keeper, cases=3, lots=True)]
    await keeper.goto("/stock/counts")
    page = keeper.page
    await button(page, "新建盘点单").first.click()
    dialog = page.locator(".el-dialog:visible")
    await dialog.locator(".el-select").click()
    await page.locator(".el-select-dropdown:visible .el-select-dropdown__item").filter(has_text="上海").first.click()
    await dialog.get_by_text("只盘指定的单品").click()
    await dialog.locator("textarea").fill("\n".join(codes))
    await keeper.look("console-count-new")
    await button(dialog, "新建盘点单").click()
    await page.wait_for_url(re.compile(r"/stock/counts/[0-9a-f-]{36}$"))
    lines = page.locator(".sheet-line")
    await expect(lines).to_have_count(2)
    await keeper.look("console-count-sheet")
    await keeper.accessible()
    # Three cases and twenty cans of the first; of the lot all is there.
    plain = lines.filter(has_text=codes[0])
    await plain.locator("input.quantity").nth(0).fill("3")
    await page.keyboard.press("Enter")
    await plain.locator("input.quantity").nth(1).fill("20")
    await page.keyboard.press("Enter")
    await lines.filter(has_text="L-1").get_by_role("button", name="与账面相同").click()
    await expect(page.get_by_text("已盘 2 / 2 行")).to_be_visible()
    await expect(page.get_by_text("全部已保存")).to_be_visible()
    await expect(plain.locator(".gap")).to_have_text("-4")
    await plain.locator("input.why").fill("破损 4 罐")
    await plain.locator("input.why").blur()
    await keeper.look("console-count-typed")
    await keeper.accessible()
    await expect(page.get_by_text("全部已保存")).to_be_visible()
    await button(page, "提交入账").click()
    await page.locator(".el-dialog:visible .el-button--primary").click()
    await expect(page.locator(".document .tag").filter(has_text="已入账").first).to_be_visible()
    (stock,) = (await keeper.ask("GET", f"/api/v1/stock?sku={codes[0]}"))["items"]
    assert float(stock["on_hand"]) == 92
    (move,) = (await keeper.ask("GET", f"/api/v1/stock/moves?sku={codes[0]}&kind=count"))["items"]
    assert move["note"] == "破损 4 罐"


async def test_a_count_sheet_is_printed(visit: Visit) -> None:
    keeper = await visit("/")
    await keeper.sign_in_to_console("boss")
    code = await new_sku(keeper, cases=2)
    sheet = await keeper.ask("POST", "/api/v1/stock-counts", {"warehouse": "SH", "skus": [code]}, status=201)
    await keeper.goto(f"/stock/counts/{sheet['id']}/print")
    await expect(keeper.page.locator(".paper tbody tr")).to_have_count(1)
    await keeper.look("console-count-print")
    await keeper.accessible()
    await keeper.page.emulate_media(media="print")
    await expect(keeper.page.locator(".no-print").first).to_be_hidden()
    await keeper.goto(f"/stock/counts/{sheet['id']}")
    await keeper.look("console-count-sheet")
    await button(keeper.page, "作废盘点单").click()
    await expect(keeper.page.locator(".document .tag").filter(has_text="已取消").first).to_be_visible()


async def test_goods_go_from_one_warehouse_to_the_other_and_some_are_missing(visit: Visit) -> None:
    keeper = await visit("/")
    await keeper.sign_in_to_console("boss")
    code = await new_sku(keeper, cases=5)
    await keeper.goto("/stock/transfers/new")
    page = keeper.page
    await page.get_by_label("添加单品").fill(code)
    await page.get_by_role("option").first.wait_for()
    await page.wait_for_timeout(400)
    await page.keyboard.press("Enter")
    # They stand in the order of their codes; who names the other one turns the way round.
    await page.locator(".el-form-item").filter(has_text="调出仓").locator(".el-select").click()
    options = page.locator(".el-select-dropdown:visible .el-select-dropdown__item")
    await options.filter(has_text="上海").first.click()
    await page.locator("li .quantity input").fill("2")
    await keeper.look("console-transfer-new")
    await keeper.accessible()
    await button(page, "保存草稿").click()
    await page.wait_for_url(re.compile(r"/stock/transfers/[0-9a-f-]{36}$"))
    await button(page, "发出").click()
    await expect(page.locator(".tag").filter(has_text="在途").first).to_be_visible()
    days = await keeper.ask("GET", f"/api/v1/stock/by-day?sku={code}&warehouse=CD&days=30")
    assert float(days["expected"]) == 48
    await button(page, "收货").click()
    dialog = page.locator(".el-dialog:visible")
    await dialog.locator("li input").fill("46")
    await dialog.get_by_label("差异说明").fill("运输破损")
    await keeper.look("console-transfer-receive")
    await keeper.accessible()
    await button(dialog, "确认收货，1 行有差异").click()
    await expect(page.locator(".tag").filter(has_text="有差异").first).to_be_visible()
    await keeper.look("console-transfer")
    rows = (await keeper.ask("GET", f"/api/v1/stock?sku={code}"))["items"]
    assert {row["warehouse"]: float(row["on_hand"]) for row in rows} == {"SH": 72, "CD": 46}


async def test_what_was_expected_is_received_at_the_door(visit: Visit) -> None:
    keeper = await visit("/", device="phone")
    await keeper.sign_in_to_console("boss")
    code = await new_sku(keeper, lots=True)
    supply = await expect_soon(keeper, code, 2, 3)
    await keeper.goto(f"/stock/supply?sku={code}")
    page = keeper.page
    await keeper.look("console-supply")
    await keeper.accessible()
    await button(page, "收货").click()
    dialog = page.locator(".el-dialog:visible")
    await dialog.get_by_role("textbox", name="数量").fill("60")
    await dialog.get_by_role("textbox", name="批次号").fill("L-9")
    await keeper.look("console-supply-receive")
    await keeper.accessible()
    await button(dialog, "确认收货").click()
    await expect(dialog).to_have_count(0)
    (left,) = (await keeper.ask("GET", f"/api/v1/expected-supply?sku={code}"))["items"]
    assert (left["code"], float(left["received"]), float(left["open"])) == (supply, 60, 12)
    (lot,) = (await keeper.ask("GET", f"/api/v1/lots?sku={code}"))["items"]
    assert (lot["number"], float(lot["on_hand"])) == ("L-9", 60)


async def test_a_lot_is_blocked_and_nobody_is_promised_it(visit: Visit) -> None:
    keeper = await visit("/")
    await keeper.sign_in_to_console("boss")
    code = await new_sku(keeper, cases=2, lots=True)
    await keeper.goto(f"/stock/lots?sku={code}")
    page = keeper.page
    await expect(page.locator(".line-row")).to_have_count(1)
    await keeper.look("console-lots")
    await keeper.accessible()
    await page.locator(".line-row a").first.click()
    await button(page, "冻结").click()
    dialog = page.locator(".el-dialog:visible")
    await dialog.get_by_role("textbox", name="原因").fill("客户投诉异味")
    await button(dialog, "冻结").click()
    await expect(page.locator(".banner")).to_contain_text("客户投诉异味")
    await keeper.look("console-lot")
    await keeper.accessible()
    (stock,) = (await keeper.ask("GET", f"/api/v1/stock?sku={code}"))["items"]
    assert (float(stock["barred"]), float(stock["available"])) == (48, 0)
    async with page.expect_download() as told:
        await button(page, "导出召回清单").click()
    assert (await told.value).suggested_filename.endswith(".xlsx")


async def test_why_from_here_is_tried_out(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    await boss.goto("/settings/inventory")
    page = boss.page
    await page.get_by_label("客户", exact=True).fill("D001")
    await page.get_by_role("option").first.wait_for()
    await page.wait_for_timeout(400)
    await page.keyboard.press("Enter")
    await expect(page.locator(".answer li").first).to_be_visible()
    told = await boss.ask("GET", "/api/v1/sourcing?customer=D001")
    await expect(page.locator(".answer li")).to_have_count(len(told["stops"]))
    await expect(page.locator(".answer li .strong").first).not_to_be_empty()
    await boss.look("console-sourcing")
    await boss.accessible()
