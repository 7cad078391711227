"""The seller's side: an order of twenty lines without a mouse, and a book of orders through the wizard."""

import asyncio
import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import Route, expect
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


async def slowly(route: Route) -> None:
    """An answer that comes when the next thing is typed already."""
    await asyncio.sleep(0.7)
    await route.continue_()


@pytest.mark.parametrize(("language", "slow"), [("zh", False), ("en", False), ("en", True)])
async def test_an_order_of_twenty_lines_without_a_mouse(visit: Visit, language: Language, slow: bool) -> None:
    clerk = await visit("/", language=language)
    await clerk.sign_in_to_console("sales1")
    wanted = await sellable(clerk)
    assert len(wanted) == _LINES
    page, keys = clerk.page, clerk.page.keyboard
    if slow:
        await page.route(re.compile(r"/api/v1/(customers|skus)\b"), slowly)
    await clerk.goto("/orders")
    await page.locator(".row-link, tbody tr, [role=row]").first.wait_for()
    await keys.press("g")
    await keys.press("n")
    # Without a look at the screen: what there is no field for yet is kept, what is not found yet is put in later.
    for text in ("D001", *(text for line in wanted for text in line)):
        await keys.type(text)
        await keys.press("Enter")
    if not slow:
        await clerk.look("console-order-entry")
        await clerk.accessible()
    await keys.press("Control+Enter")
    placed = page.locator("text=/SO-\\d{4}-\\d{6}/").first
    await expect(placed).to_be_visible()
    await clerk.look("console-order-placed")
    number = re.findall(r"SO-\d{4}-\d{6}", await placed.inner_text())[0]
    order = (await clerk.ask("GET", f"/api/v1/orders?search={number}"))["items"][0]
    lines = (await clerk.ask("GET", f"/api/v1/orders/{order['id']}"))["lines"]
    # What a promotion gives away comes on top.
    ordered = [(line["sku"], str(int(float(line["quantity"])))) for line in lines if line["kind"] == "goods"]
    assert (order["customer"]["code"], ordered) == ("D001", wanted)


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
    run = page.get_by_role("button", name=re.compile(r"^导入 [\d,]+ 行$"))
    await run.wait_for()
    await clerk.look("console-import-checked")
    await clerk.accessible()
    tried = await sums(clerk)
    # The company has codes of its own, so a few lines may fare otherwise than in an empty one; none vanishes.
    assert tried["read"] == (240_007, Decimal("4275143.931"))
    assert add(tried["taken"], tried["aside"]) == tried["read"]
    assert (await clerk.ask("GET", "/api/v1/customers?search=17850"))["items"] == []
    await run.click()
    await page.get_by_role("link", name="查看订单").wait_for()
    await clerk.look("console-import-done")
    assert await sums(clerk) == tried
    assert (await clerk.ask("GET", "/api/v1/customers?search=17850"))["items"][0]["code"] == "17850"


async def sums(clerk: Visitor) -> dict[str, tuple[int, Decimal]]:
    """Lines and amounts as they stand on screen: read, taken, set aside."""
    said = await clerk.page.locator(".three dd").all_inner_texts()
    numbers = [[part.replace(",", "") for part in text.split()] for text in said]
    return {
        name: (int(lines), Decimal(amount))
        for name, (lines, amount) in zip(("read", "taken", "aside"), numbers, strict=True)
    }


def add(one: tuple[int, Decimal], other: tuple[int, Decimal]) -> tuple[int, Decimal]:
    return one[0] + other[0], one[1] + other[1]
