"""A dealer pays by rebates: with one tap at checkout, and when a colleague approves what was asked that way."""

from typing import Any

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.test_portal import buyable, cart_of, empty_cart, plenty
from tests.browser.visitor import Language, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


async def _filled(dealer: Visitor) -> dict[str, Any]:
    """A cart that may be paid by rebates in part."""
    await empty_cart(dealer)
    goods = await buyable(dealer, 2, passing=set(), stock=1000)
    await dealer.ask("POST", "/portal/v1/cart/add", {"lines": plenty(goods)})
    cart = await cart_of(dealer)
    assert float(cart["rebate"]["most"]) > 0
    return cart


async def _free(dealer: Visitor) -> float:
    balances = (await dealer.ask("GET", "/portal/v1/rebates"))["balances"]
    return sum(float(one["free"]) for one in balances if one["kind"] == "credit")


@pytest.mark.parametrize(("language", "device", "login"), [("zh", "phone", "d003"), ("en", "desk", "d004")])
async def test_one_tap_pays_by_rebates(visit: Visit, language: Language, device: Any, login: str) -> None:
    dealer = await visit("/portal/", device=device, language=language)
    page = dealer.page
    await dealer.sign_in_to_portal(f"{login}.admin")
    offer = (await _filled(dealer))["rebate"]
    free = await _free(dealer)
    await dealer.goto("/portal/#/more/checkout/index")
    switch = page.locator(".rebate-switch")
    await expect(switch).to_have_attribute("aria-checked", "false")
    await expect(page.locator(".rebate-owed")).to_have_count(0)
    await switch.scroll_into_view_if_needed()
    await dealer.look("portal-checkout-rebate-off")
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", "true")
    await expect(page.locator(".rebate-owed").last).to_contain_text(f"{float(offer['owed_at_most_use']):,.2f}")
    await dealer.look("portal-checkout-rebate-on")
    await dealer.accessible()
    await page.locator(".foot .btn-red").click()
    await page.locator(".placed").wait_for()
    placed = (await dealer.ask("GET", "/portal/v1/orders?limit=1"))["items"][0]
    assert free - await _free(dealer) == pytest.approx(float(offer["most"]))
    await dealer.goto(f"/portal/#/more/order/index?id={placed['id']}")
    paid = page.locator(".sums-rebate")
    await expect(paid).to_contain_text(f"{float(offer['most']):,.2f}")
    await paid.scroll_into_view_if_needed()
    await dealer.look("portal-order-rebate")


@pytest.mark.parametrize(
    ("language", "device", "login", "keeps"), [("zh", "phone", "d005", True), ("en", "desk", "d002", False)]
)
async def test_a_wish_waits_for_the_colleague(
    visit: Visit, language: Language, device: Any, login: str, keeps: bool
) -> None:
    buyer = await visit("/portal/", device=device, language=language)
    admin = await visit("/portal/", device=device, language=language)
    await buyer.sign_in_to_portal(f"{login}.buyer")
    await admin.sign_in_to_portal(f"{login}.admin")
    cart = await _filled(buyer)
    most = float(cart["rebate"]["most"])
    free = await _free(buyer)
    asked = {"revision": cart["revision"], "expected_gross": cart["totals"]["gross"], "use_rebate": True}
    await buyer.ask("POST", f"/portal/v1/drafts/{cart['id']}/ask", asked)
    await buyer.goto(f"/portal/#/more/consent/index?id={cart['id']}")
    await expect(buyer.page.locator(".consent-waiting")).to_be_visible()
    await expect(buyer.page.locator(".rebate-switch")).to_have_count(0)
    await buyer.page.locator(".consent-side .note-blue").scroll_into_view_if_needed()
    await buyer.look("portal-consent-wish")

    await admin.goto(f"/portal/#/more/consent/index?id={cart['id']}")
    switch = admin.page.locator(".rebate-switch")
    await expect(switch).to_have_attribute("aria-checked", "true")
    await switch.scroll_into_view_if_needed()
    await admin.look("portal-consent-rebate")
    await admin.accessible()
    if not keeps:
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "false")
    await admin.page.locator(".foot .btn-red").click()
    await admin.page.locator(".placed").wait_for()
    assert free - await _free(buyer) == pytest.approx(most if keeps else 0)
