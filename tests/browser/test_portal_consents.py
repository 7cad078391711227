"""A dealer's buyer asks, a colleague approves on the phone, and everybody is told."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.test_portal import buyable, cart_of, empty_cart, plenty
from tests.browser.visitor import Language, Visitor
from tests.faults.serving import until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

RULE = "/portal/v1/settings/consent"


async def no_rule(admin: Visitor) -> None:
    """As it was found: nobody is asked."""
    answer = await admin.page.request.get(f"{admin.url}{RULE}")
    await admin.ask("PUT", RULE, {"active": False}, revision=int(answer.headers["etag"].strip('"')))


@pytest.mark.parametrize(("language", "device"), [("zh", "phone"), ("en", "desk")])
async def test_an_order_is_approved_by_a_colleague(visit: Visit, language: Language, device: Any) -> None:
    admin = await visit("/portal/", device=device, language=language)
    buyer = await visit("/portal/", device=device, language=language)
    approver = await visit("/portal/", device=device, language=language)
    for visitor, login in ((admin, "d001.admin"), (buyer, "d001.buyer"), (approver, "d001.approver")):
        await visitor.sign_in_to_portal(login)
    await admin.unhurried()
    # The administrator says so in three taps.
    await admin.goto("/portal/#/more/consent-rule/index")
    switch = admin.page.locator(".switch")
    await switch.wait_for()
    if await switch.get_attribute("aria-checked") == "false":
        await switch.click()
    await admin.look("portal-consent-rule")
    await admin.accessible()
    await admin.page.locator(".foot .btn-red").click()
    await expect(admin.page.locator(".saying-good")).to_be_visible()
    try:
        await _asked_and_approved(buyer, approver)
    finally:
        await no_rule(admin)


async def _asked_and_approved(buyer: Visitor, approver: Visitor) -> None:
    await empty_cart(buyer)
    goods = await buyable(buyer, 3, passing=set(), stock=1000)
    await buyer.ask("POST", "/portal/v1/cart/add", {"lines": plenty(goods)})
    await buyer.goto("/portal/#/more/checkout/index")
    await buyer.page.locator(".checkout-to").wait_for()
    await buyer.look("portal-checkout-ask")
    await buyer.accessible()
    await buyer.page.locator("textarea").last.fill("国庆备货，请审批")
    submit = buyer.page.locator(".foot .btn-red")
    # However often it is tapped, it is asked once.
    await asyncio.gather(*(submit.click(no_wait_after=True) for _ in range(2)), return_exceptions=True)
    await buyer.page.locator(".consent-waiting").wait_for()
    await buyer.look("portal-consent-asked")
    asked = (await buyer.ask("GET", "/portal/v1/consents?state=waiting"))["items"]
    assert [one["message"] for one in asked] == ["国庆备货，请审批"]
    assert (await cart_of(buyer))["lines"] == []

    # The approver is told, sees it on the first page, and says yes.
    await approver.goto("/portal/#/pages/home/index")
    await approver.page.locator(".home-must").first.wait_for()
    await approver.look("portal-consent-home")

    async def is_told() -> bool:
        return bool((await approver.ask("GET", "/portal/v1/inbox/count"))["unread"])

    await until(is_told)
    await approver.goto("/portal/#/more/inbox/index")
    await approver.page.locator(".inbox-row").first.wait_for()
    await approver.look("portal-inbox")
    await approver.accessible()
    await approver.page.locator(".inbox-row").first.click()
    await approver.page.locator(".consent-waiting").wait_for()
    await approver.look("portal-consent")
    await approver.accessible()
    await approver.goto("/portal/#/more/consents/index")
    await approver.page.locator(".consent-card").first.wait_for()
    await approver.look("portal-consents")
    await approver.accessible()
    await approver.page.locator(".consent-card").first.click()
    await approver.page.locator(".consent-waiting").wait_for()
    await approver.page.locator(".foot .btn-red").click()
    await approver.page.locator(".placed").wait_for()
    order_id = approver.page.url.partition("id=")[2]

    async def knows() -> bool:
        told = (await buyer.ask("GET", "/portal/v1/inbox"))["items"]
        return any(one["kind"] == "consent.given" and one["link"] == f"order:{order_id}" for one in told)

    await until(knows)
    await buyer.goto(f"/portal/#/more/order/index?id={order_id}")
    await buyer.page.locator(".consented").wait_for()
    await buyer.look("portal-order-consented")
    await buyer.accessible()
    await buyer.page.locator(".order-why").first.click()
    await buyer.page.locator(".why-won").first.wait_for()
    await buyer.look("portal-why")
    await buyer.accessible()


async def test_what_is_rejected_is_not_lost(visit: Visit) -> None:
    admin = await visit("/portal/", device="phone")
    buyer = await visit("/portal/", device="phone")
    await admin.sign_in_to_portal("d002.admin")
    await buyer.sign_in_to_portal("d002.buyer")
    await empty_cart(buyer)
    goods = await buyable(buyer, 2, passing=set(), stock=1000)
    await buyer.ask("POST", "/portal/v1/cart/add", {"lines": plenty(goods)})
    cart = await cart_of(buyer)
    await buyer.ask("POST", f"/portal/v1/drafts/{cart['id']}/ask", {"revision": cart["revision"]})
    await admin.goto(f"/portal/#/more/consent/index?id={cart['id']}")
    await admin.page.locator(".foot .btn").first.click()
    await admin.page.locator(".sheet textarea").fill("本月预算不够，请减半")
    await admin.look("portal-consent-reject")
    await admin.accessible()
    await admin.page.locator(".sheet .btn-red").click()
    await expect(admin.page.locator(".sheet")).to_have_count(0)
    await buyer.goto("/portal/#/more/drafts/index")
    await expect(buyer.page.locator(".draft-refused").first).to_contain_text("本月预算不够，请减半")
    await buyer.look("portal-draft-refused")
    await buyer.page.locator(".draft .btn-line").first.click()
    await expect(buyer.page.locator(".line")).to_have_count(2)
    await buyer.ask("POST", "/portal/v1/cart/clear")
