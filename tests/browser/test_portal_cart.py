"""A line of the cart is swiped away, and brought back by undoing it."""

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.phone import swipe_left
from tests.browser.test_portal import buyable, cart_of, empty_cart, lines_in_cart

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


async def test_a_line_is_swiped_away_and_brought_back(visit: Visit) -> None:
    dealer = await visit("/portal/", device="phone")
    page = dealer.page
    await dealer.sign_in_to_portal("d002.buyer")
    await dealer.unhurried()
    await empty_cart(dealer)
    goods = await buyable(dealer, 3, passing=set())
    lines = [{"sku": sku, "quantity": quantity, "unit": unit} for sku, quantity, unit in goods]
    await dealer.ask("POST", "/portal/v1/cart/add", {"lines": lines})
    before = {(one["sku"], one["unit"]): float(one["quantity"]) for one in (await lines_in_cart(dealer, 3))["lines"]}
    await dealer.goto("/portal/#/pages/cart/index")
    line = page.locator(".line").nth(1)
    await line.wait_for()
    name = await line.locator(".line-name").inner_text()
    await expect(line.locator(".line-delete")).to_be_hidden()
    await swipe_left(page, line.locator(".line-face"), by=120)
    await expect(line.locator(".line-delete")).to_be_visible()
    await dealer.look("portal-cart-swiped")
    await dealer.accessible()
    await line.locator(".line-delete").click()
    await lines_in_cart(dealer, 2)
    await expect(page.locator(".line-name", has_text=name)).to_have_count(0)
    await page.locator(".saying-do").click()
    after = {(one["sku"], one["unit"]): float(one["quantity"]) for one in (await lines_in_cart(dealer, 3))["lines"]}
    assert after == before
    await expect(page.locator(".line-name", has_text=name)).to_have_count(1)


async def test_what_was_said_is_not_said_again_on_another_page(visit: Visit) -> None:
    dealer = await visit("/portal/", device="phone")
    page = dealer.page
    await dealer.sign_in_to_portal("d002.buyer")
    await dealer.unhurried()
    await empty_cart(dealer)
    await page.locator(".home-head .btn-soft").click()
    await expect(page.locator(".saying")).to_be_visible()
    await page.wait_for_timeout(1000)
    await page.locator(".tab", has_text="找货").click()
    await page.locator(".sku:visible").first.wait_for()
    await expect(page.locator(".saying:visible")).to_have_count(0)
    assert (await cart_of(dealer))["lines"]
