"""What makes a dealer's day easy: the usual basket by their own rhythm, coupons, blanket orders, no surprise."""

import re

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.test_portal import buyable, cart_of, empty_cart, lines_in_cart, plenty
from tests.browser.visitor import Device, Language

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize(("language", "device"), [("zh", "phone"), ("en", "desk")])
async def test_the_usual_basket_is_filled_with_one_tap(visit: Visit, language: Language, device: Device) -> None:
    dealer = await visit("/portal/", device=device, language=language)
    page = dealer.page
    await dealer.sign_in_to_portal("d001.buyer")
    await dealer.ask("POST", "/portal/v1/cart/clear")
    usual = await dealer.ask("GET", "/portal/v1/usual")
    wanted = [one for one in usual if float(one["suggested"])]
    assert wanted and usual[: len(wanted)] == wanted
    await dealer.goto("/portal/#/more/usual/index")
    await page.locator(".usual-on").first.wait_for()
    await expect(page.locator(".usual-on")).to_have_count(len(wanted))
    await dealer.look("portal-usual")
    await dealer.accessible()
    await page.locator(".foot .btn-red").click()
    cart = await lines_in_cart(dealer, len(wanted))
    assert {line["sku"] for line in cart["lines"]} == {one["sku"]["code"] for one in wanted}
    await dealer.ask("POST", "/portal/v1/cart/clear")


@pytest.mark.parametrize(("language", "device"), [("zh", "phone"), ("en", "desk")])
async def test_an_own_coupon_and_why_a_line_costs_what_it_does(
    visit: Visit, language: Language, device: Device
) -> None:
    dealer = await visit("/portal/", device=device, language=language)
    page = dealer.page
    await dealer.sign_in_to_portal("d002.buyer")
    await empty_cart(dealer)
    await dealer.ask("PUT", "/portal/v1/cart", {"coupons": []})
    goods = await buyable(dealer, 3, passing=set(), stock=1000)
    await dealer.ask("POST", "/portal/v1/cart/add", {"lines": plenty(goods)})
    before = (await cart_of(dealer))["totals"]["gross"]
    await dealer.goto("/portal/#/pages/cart/index")
    await page.locator(".line-why:visible").first.click()
    await page.locator(".why-won").first.wait_for()
    await dealer.look("portal-cart-why")
    await dealer.accessible()
    await page.locator(".sheet .icon-btn").click()
    await page.locator(".coupons-open:visible").click()
    await page.locator(".coupon").first.wait_for()
    await dealer.look("portal-coupons")
    await dealer.accessible()
    await page.locator(".coupon .btn").first.click()
    await expect(page.locator(".coupons-used .chip:visible")).to_have_count(1)
    await page.locator(".sheet .icon-btn").click()
    await dealer.look("portal-cart-coupon")
    after = await cart_of(dealer)
    assert float(after["totals"]["gross"]) < float(before)
    await dealer.ask("PUT", "/portal/v1/cart", {"coupons": []})
    await dealer.ask("POST", "/portal/v1/cart/clear")


async def test_who_saw_less_is_asked_again(visit: Visit) -> None:
    """The total grows between what is on screen and the tap: nothing is placed before it is seen."""
    dealer = await visit("/portal/", device="phone")
    page = dealer.page
    await dealer.sign_in_to_portal("d003.buyer")
    await empty_cart(dealer)
    await dealer.ask("PUT", "/portal/v1/cart", {"coupons": []})
    goods = await buyable(dealer, 2, passing=set(), stock=1000)
    await dealer.ask("POST", "/portal/v1/cart/add", {"lines": plenty(goods)})
    cart = await cart_of(dealer)
    orders = (await dealer.ask("GET", "/portal/v1/orders?limit=1"))["items"]
    dealer.expected.append((409, f"/portal/v1/drafts/{cart['id']}/submit"))
    await dealer.goto("/portal/#/more/checkout/index")
    await page.locator(".checkout-to").wait_for()

    async def less(route: object) -> None:
        """What the phone shows is a cent less than what it costs by now."""
        request = route.request  # type: ignore[attr-defined]
        body = request.post_data_json
        body["expected_gross"] = f"{float(body['expected_gross']) - 0.01:.2f}"
        await route.continue_(post_data=body)  # type: ignore[attr-defined]

    await page.route(re.compile(r"/submit$"), less, times=1)
    await page.locator(".foot .btn-red").click()
    await page.locator(".dearer-new").wait_for()
    await dealer.look("portal-dearer")
    await dealer.accessible()
    assert (await dealer.ask("GET", "/portal/v1/orders?limit=1"))["items"] == orders
    await page.locator(".dearer-do .btn-red").click()
    await page.locator(".placed").wait_for()


@pytest.mark.parametrize(("language", "device"), [("zh", "phone"), ("en", "desk")])
async def test_goods_are_called_off_from_a_blanket_order(visit: Visit, language: Language, device: Device) -> None:
    dealer = await visit("/portal/", device=device, language=language)
    page = dealer.page
    await dealer.sign_in_to_portal("d001.admin")
    await dealer.ask("POST", "/portal/v1/cart/clear")
    await dealer.goto("/portal/#/more/blankets/index")
    await page.locator(".blanket-card").first.wait_for()
    await dealer.look("portal-blankets")
    await dealer.accessible()
    await page.locator(".blanket-card").last.click()
    await page.locator(".blanket-line").first.wait_for()
    await page.locator(".blanket-line .stepper button").last.click()
    await dealer.look("portal-blanket")
    await dealer.accessible()
    await page.locator(".foot .btn-red").click()
    cart = await lines_in_cart(dealer, 1)
    assert cart["lines"][0]["blanket"]
    await page.locator(".line .tag-blue").first.wait_for()
    await dealer.look("portal-cart-blanket")
    await dealer.ask("POST", "/portal/v1/cart/clear")
