"""The seller's side: an order of twenty lines without a mouse, and a book of orders through the wizard."""

from pathlib import Path

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.visitor import Language, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

_LINES = 20
_BOOK = Path(__file__).parents[3] / "shared" / "data" / "online-retail" / "order-lines-2010-12-to-2011-06.csv.gz"


async def sellable(clerk: Visitor) -> list[tuple[str, str]]:
    """SKUs that are there in plenty: (code, quantity in its sales unit)."""
    stock = (await clerk.ask("GET", "/api/v1/stock?warehouse=SH&limit=200"))["items"]
    plenty = list(dict.fromkeys(row["sku"] for row in stock if float(row["available"]) > 3000))
    return [(code, "10") for code in plenty[:_LINES]]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_an_order_of_twenty_lines_without_a_mouse(visit: Visit, language: Language) -> None:
    clerk = await visit("/", language=language)
    await clerk.sign_in_to_console("sales1")
    wanted = await sellable(clerk)
    assert len(wanted) == _LINES
    page, keys = clerk.page, clerk.page.keyboard
    await clerk.goto("/orders")
    await page.locator(".row-link, tbody tr, [role=row]").first.wait_for()
    await keys.press("g")
    await keys.press("n")
    await page.wait_for_url("**/orders/new*")
    await expect(page.locator("input:focus")).to_be_visible()
    await keys.type("D001")
    await page.wait_for_timeout(600)
    await keys.press("Enter")
    for code, quantity in wanted:
        await keys.type(code)
        await page.wait_for_timeout(500)
        await keys.press("Enter")
        await keys.type(quantity)
        await keys.press("Enter")
    await clerk.look("console-order-entry")
    await clerk.accessible()
    await keys.press("Control+Enter")
    await expect(page.locator("text=/SO-2026-\\d{6}/").first).to_be_visible()
    await clerk.look("console-order-placed")
    newest = (await clerk.ask("GET", "/api/v1/orders?limit=1"))["items"][0]
    assert (newest["line_count"], newest["customer"]["code"]) == (_LINES, "D001")


@pytest.mark.real_data
async def test_a_clerk_imports_the_real_book_of_orders(visit: Visit) -> None:
    clerk = await visit("/")
    await clerk.sign_in_to_console("it")
    page = clerk.page
    page.set_default_timeout(300_000)
    await clerk.goto("/imports/new")
    await page.locator(".kind").first.wait_for()
    await clerk.look("console-import-new")
    await page.locator("input[type=file]").set_input_files(_BOOK)
    await page.locator("thead .el-select").first.wait_for()
    await clerk.look("console-import-columns")
    await clerk.accessible()
    await page.get_by_role("button", name="试算", exact=True).click()
    await page.get_by_role("button", name="导入 171,921 行").wait_for()
    await clerk.look("console-import-checked")
    await clerk.accessible()
    await expect(page.locator(".three dd")).to_contain_text(["240,007", "171,921", "68,086"])
    assert (await clerk.ask("GET", "/api/v1/customers?search=17850"))["items"] == []
    await page.get_by_role("button", name="导入 171,921 行").click()
    await page.get_by_role("link", name="查看订单").wait_for()
    await clerk.look("console-import-done")
    await expect(page.locator(".three dd")).to_contain_text(["4,275,143.93", "3,646,378.08", "628,765.85"])
    await expect(page.locator(".tiles dd")).to_have_text(["8,542", "2,968", "3,276", "3,276"])
