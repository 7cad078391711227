"""How few steps the daily jobs take: what docs/ease.md says is what Chromium counts while each of them is done."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.phone import paste
from tests.browser.test_portal import buyable, cart_of, lines_in_cart, plenty
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

_DOCS = Path(__file__).parents[2] / "docs"
_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| (\d+) \|$", re.MULTILINE)
# Fingers and keys as the browser tells of them; a key held to change another is part of that one.
_COUNT = """() => {
  window.steps = 0
  const more = () => { window.steps += 1 }
  addEventListener('pointerdown', more, true)
  addEventListener('keydown', (event) => {
    if (event.isTrusted && !/^(Control|Shift|Alt|Meta)$/.test(event.key)) more()
  }, true)
  addEventListener('paste', (event) => event.isTrusted || more(), true)
  addEventListener('change', (event) => event.target.type === 'file' && more(), true)
}"""


def documented(name: str = "ease.md") -> dict[str, int]:
    """Jobs and their steps; of a job what stands before the colon."""
    rows = _ROW.findall((_DOCS / name).read_text())
    return {re.split("[:：]", job)[0].strip(): int(steps) for _, job, steps in rows}


class Counter:
    """Counts what is done in front of one page."""

    def __init__(self) -> None:
        self.counted: dict[str, int] = {}

    @asynccontextmanager
    async def job(self, visitor: Visitor, name: str) -> AsyncIterator[None]:
        await visitor.settled()
        await visitor.page.evaluate("() => { window.steps = 0 }")
        yield
        self.counted[name] = await visitor.page.evaluate("() => window.steps")


async def arrive(visitor: Visitor, path: str) -> None:
    await visitor.goto(path)
    await visitor.page.reload()
    await visitor.settled()
    await visitor.page.evaluate(_COUNT)


def test_both_languages_tell_the_same() -> None:
    assert list(documented().values()) == list(documented("ease.zh-CN.md").values())


async def test_a_dealers_jobs(visit: Visit) -> None:
    counter = Counter()
    dealer = await visit("/portal/", device="phone")
    page = dealer.page
    await dealer.sign_in_to_portal("d002.buyer")
    await dealer.unhurried()
    await dealer.ask("POST", "/portal/v1/cart/clear")
    await dealer.ask("PUT", "/portal/v1/cart", {"coupons": []})

    await arrive(dealer, "/portal/#/pages/home/index")
    async with counter.job(dealer, "order the same again"):
        await page.get_by_role("button", name="我的订单").first.click()
        await page.locator(".btn-line:visible", has_text="再来一单").nth(1).click()
        await page.locator(".saying-do").click()
        await page.locator(".cart-go:visible").last.click()
        await page.locator(".checkout-to").wait_for()
        await page.locator(".cart-go:visible").last.click()
        await page.locator(".placed").wait_for()

    await arrive(dealer, "/portal/#/pages/fast/index")
    await page.locator(".fast-list .stepper-add").first.wait_for()
    async with counter.job(dealer, "another unit for a product in the list"):
        await page.locator(".fast-list .unit:not(.unit-on):visible").first.click()
    async with counter.job(dealer, "one usual product more"):
        await page.locator(".fast-list .stepper-add:enabled").first.click()
    await lines_in_cart(dealer, 1)

    goods = await buyable(dealer, 14, passing=set(), stock=1000)
    await arrive(dealer, "/portal/#/pages/home/index")
    async with counter.job(dealer, "14 lines by code from a message"):
        await page.locator(".tab, .tabbar-item, [role=tab], [role=link]", has_text="快速订货").last.click()
        await page.locator(".way").nth(3).click()
        field = page.locator(".grid-input:visible").first
        await paste(field, "\n".join(f"{code}\t{quantity}" for code, quantity, _ in goods))
        await page.locator(".btn-red:visible:enabled").last.click()

    await dealer.ask("POST", "/portal/v1/cart/clear")
    await dealer.ask("POST", "/portal/v1/cart/add", {"lines": plenty(goods[:3])})
    await arrive(dealer, "/portal/#/pages/cart/index")
    async with counter.job(dealer, "why a line costs what it does"):
        await page.locator(".line-why:visible").first.click()
        await page.locator(".why-won").first.wait_for()
    await page.locator(".sheet .icon-btn").click()
    async with counter.job(dealer, "use a coupon of one's own"):
        await page.locator(".coupons-open:visible").click()
        await page.locator(".coupon .btn").first.click()
    await page.locator(".sheet .icon-btn").click()
    async with counter.job(dealer, "from a full cart to a placed order"):
        await page.locator(".cart-go:visible").last.click()
        await page.locator(".checkout-to").wait_for()
        await page.locator(".cart-go:visible").last.click()
        await page.locator(".placed").wait_for()

    assert (await cart_of(dealer))["lines"] == []
    await arrive(dealer, "/portal/#/pages/me/index")
    async with counter.job(dealer, "the usual basket as it is due by now"):
        await page.locator(".mine-row", has_text="常购篮").click()
        await page.locator(".usual-on").first.wait_for()
        await page.locator(".foot .btn-red").click()
    await dealer.ask("POST", "/portal/v1/cart/clear")
    said = documented()
    assert counter.counted == {name: said[name] for name in counter.counted}


async def test_a_sales_persons_jobs(visit: Visit) -> None:
    counter = Counter()
    clerk = await visit("/")
    await clerk.sign_in_to_console("sales1")
    page, keys = clerk.page, clerk.page.keyboard
    await arrive(clerk, "/orders")
    async with counter.job(clerk, "begin an order from anywhere"):
        await keys.press("g")
        await keys.press("n")
        await expect(page.locator("input:focus")).to_be_visible()
    async with counter.job(clerk, "whose it is, by code"):
        await keys.type("D001")
        await keys.press("Enter")
        await page.locator(".entry-grid").wait_for()
    async with counter.job(clerk, "a line by its initials"):
        await keys.type("cxyy")
        await keys.press("Enter")
        await keys.type("10")
        await keys.press("Enter")
    async with counter.job(clerk, "what the customer usually buys, all of it"):
        await page.locator(".side button", has_text="全部").first.click()
    stock = (await clerk.ask("GET", "/api/v1/stock?warehouse=SH&limit=200"))["items"]
    plenty = list(dict.fromkeys(row["sku"] for row in stock if float(row["available"]) > 3000))[:20]
    await arrive(clerk, "/orders/new?customer=D001")
    await page.locator(".entry-grid input:focus").wait_for()
    async with counter.job(clerk, "20 lines pasted from Excel"):
        await paste(page.locator(".entry-grid input:focus"), "\n".join(f"{code}\t10" for code in plenty))
        await expect(page.locator(".entry-grid .line")).to_have_count(21)
    async with counter.job(clerk, "place the order"):
        await keys.press("Control+Enter")
        await expect(page.locator("text=/SO-\\d{4}-\\d{6}/").first).to_be_visible()
    async with counter.job(clerk, "any order, customer or product"):
        await keys.press("Control+k")
        await keys.type("D001")
        await keys.press("Enter")
        await page.wait_for_url(re.compile(r"/(orders|customers)/[0-9a-f-]{36}"))
    said = documented()
    assert counter.counted == {name: said[name] for name in counter.counted}
