"""What a dealer's people do together: lines to several places, quantities changed before consent, changes agreed."""

from typing import Any

import pytest
from playwright.async_api import Locator, expect
from tests.browser.conftest import Visit
from tests.browser.test_portal import buyable, empty_cart, plenty
from tests.browser.test_portal_consents import RULE, no_rule
from tests.browser.test_portal_orders import place
from tests.browser.visitor import Language, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


async def two_addresses(dealer: Visitor) -> None:
    """There is a second place to go to."""
    there = await dealer.ask("GET", "/portal/v1/addresses")
    if not any(each["recipient"] == "城北店" for each in there):
        shop = {"recipient": "城北店", "mobile": "13800000007", "city": "杭州市", "street": "莫干山路 77 号"}
        await dealer.ask("POST", "/portal/v1/addresses", shop, 201)


@pytest.mark.parametrize(("language", "device"), [("zh", "phone"), ("en", "desk")])
async def test_a_line_goes_to_another_place(visit: Visit, language: Language, device: Any) -> None:
    dealer = await visit("/portal/", device=device, language=language)
    page = dealer.page
    await dealer.sign_in_to_portal({"zh": "d001.admin", "en": "d003.admin"}[language])
    await two_addresses(dealer)
    await empty_cart(dealer)
    goods = await buyable(dealer, 2, passing=set(), stock=5000)
    await dealer.ask("POST", "/portal/v1/cart/add", {"lines": plenty(goods)})
    await dealer.goto("/portal/#/pages/cart/index")
    line = page.locator(".line").first
    await line.locator(".line-place").click()
    sheet = page.get_by_role("dialog")
    await sheet.locator(".address-pick").nth(1).wait_for()
    await dealer.look("portal-cart-place")
    await dealer.accessible()
    await sheet.locator(".address-pick", has_text="城北店").click()
    await expect(line.locator(".line-place")).to_contain_text("城北店")
    await expect(page.locator(".cart-note")).to_have_count(0)
    await dealer.look("portal-cart-places")
    await dealer.accessible()
    # It keeps it when its quantity changes.
    await line.locator(".stepper-key").last.click()
    await expect(page.locator(".cart-note")).to_have_count(0)
    await dealer.goto("/portal/#/more/checkout/index")
    await expect(page.locator(".checkout-line").first).to_contain_text("城北店")
    await dealer.look("portal-checkout-places")
    await dealer.accessible()
    # Of the other line three go there too.
    await page.locator(".checkout-line .line-place").nth(1).click()
    sheet = page.get_by_role("dialog")
    await _count(sheet, "3")
    await dealer.look("portal-checkout-part")
    await dealer.accessible()
    await sheet.locator(".address-pick", has_text="城北店").click()
    await expect(page.locator(".checkout-line", has_text="城北店")).to_have_count(2)
    await page.locator(".foot .btn-red").click()
    await page.locator(".placed").wait_for()
    placed = await dealer.ask("GET", f"/portal/v1/orders/{page.url.partition('id=')[2]}")
    bought = [each for each in placed["lines"] if each["kind"] != "gift"]
    assert [each["ship_to"] and each["ship_to"]["recipient"] for each in bought] == ["城北店", None, "城北店"]
    whole = float(plenty(goods)[1]["quantity"])
    assert [float(each["quantity"]) for each in bought[1:]] == [whole - 3, 3]
    assert bought[1]["sku"] == bought[2]["sku"]
    await _changed_later(dealer, placed["id"], [each["line_no"] for each in bought[:2]])


async def _count(sheet: Locator, quantity: str) -> None:
    """Typed on the desk, chosen key by key on the phone."""
    await sheet.locator(".stepper").first.wait_for()
    field = sheet.locator(".stepper input")
    if await field.count():
        await field.fill(quantity)
        await field.press("Tab")
    else:
        less = sheet.locator(".stepper-key").first
        for _ in range(60):
            if (await sheet.locator(".stepper").inner_text()).split()[0] == quantity:
                break
            await less.click()
    await expect(sheet.locator(".place-part [role=status]")).not_to_be_empty()


async def _changed_later(dealer: Visitor, order_id: str, goods: list[int]) -> None:
    """Once it is placed, its first two lines change places, and the dealer sees where each went and is to go."""
    page = dealer.page
    await dealer.goto(f"/portal/#/more/order/index?id={order_id}")
    await expect(page.locator(".order-line").first).to_contain_text("城北店")
    await dealer.goto(f"/portal/#/more/amend/index?id={order_id}")
    lines, sheet = page.locator(".amend-line"), page.get_by_role("dialog")
    await lines.nth(0).locator(".line-place").click()
    await sheet.locator(".address-pick").first.click()
    await lines.nth(1).locator(".line-place").click()
    await sheet.locator(".address-pick", has_text="城北店").click()
    await expect(page.locator(".sides-goes", has_text="城北店").first).to_be_visible()
    await dealer.look("portal-amend-places")
    await dealer.accessible()
    await expect(page.locator(".foot .btn-red")).to_be_enabled()
    await page.locator(".foot .btn-red").click()
    await page.locator(".amended").first.wait_for()
    (asked,) = await dealer.ask("GET", f"/portal/v1/orders/{order_id}/amendments")
    amendment = await dealer.ask("GET", f"/portal/v1/orders/{order_id}/amendments/{asked['id']}")
    changed = {each["line_no"]: each for each in amendment["lines"]}
    places = [[changed[number][side]["ship_to"] for side in ("old", "new")] for number in goods]
    assert [[to and to["recipient"] for to in sides] for sides in places] == [["城北店", None], [None, "城北店"]]


@pytest.mark.parametrize(("language", "device"), [("zh", "phone"), ("en", "phone")])
async def test_a_colleague_changes_quantities_and_agrees_to_a_change(
    visit: Visit, language: Language, device: Any
) -> None:
    admin = await visit("/portal/", device=device, language=language)
    buyer = await visit("/portal/", device=device, language=language)
    approver = await visit("/portal/", device=device, language=language)
    for visitor, login in ((admin, "d001.admin"), (buyer, "d001.buyer"), (approver, "d001.approver")):
        await visitor.sign_in_to_portal(login)
    placed = await place(buyer, 2)
    answer = await admin.page.request.get(f"{admin.url}{RULE}")
    await admin.ask("PUT", RULE, {"active": True}, revision=int(answer.headers["etag"].strip('"')))
    try:
        await _changed_before_consent(buyer, approver)
        await _refused_by_the_seller(await visit("/", device=device, language=language), buyer, placed)
        await _change_agreed_to(buyer, approver, placed)
    finally:
        await no_rule(admin)


async def _changed_before_consent(buyer: Visitor, approver: Visitor) -> None:
    await empty_cart(buyer)
    goods = await buyable(buyer, 2, passing=set(), stock=5000)
    await buyer.ask("POST", "/portal/v1/cart/add", {"lines": plenty(goods)})
    cart = await buyer.ask("GET", "/portal/v1/cart")
    await buyer.ask("POST", f"/portal/v1/drafts/{cart['id']}/ask", {"revision": cart["revision"]})
    page = approver.page
    await approver.goto(f"/portal/#/more/consent/index?id={cart['id']}")
    await page.locator(".checkout-line .stepper-key").nth(1).click()
    await expect(page.locator(".consent-change")).to_have_count(1)
    await approver.look("portal-consent-changed")
    await approver.accessible()
    seen = await buyer.ask("GET", f"/portal/v1/consents/{cart['id']}")
    (change,) = seen["consent"]["changes"]
    assert float(change["new"]) > float(change["old"])
    await expect(page.locator(".foot .btn-red")).to_be_enabled()
    await page.locator(".foot .btn-red").click()
    await page.locator(".placed").wait_for()


async def _refused_by_the_seller(boss: Visitor, buyer: Visitor, placed: Any) -> None:
    """The seller's people need not wait for a dealer's colleague to refuse what is asked for."""
    await boss.sign_in_to_console("boss")
    order = await buyer.ask("GET", f"/portal/v1/orders/{placed['id']}")
    more = {"line_no": order["lines"][0]["line_no"], "quantity": str(float(order["lines"][0]["quantity"]) + 1)}
    path = f"/portal/v1/orders/{placed['id']}/amendments"
    asked = await buyer.ask("POST", path, {"revision": order["revision"], "lines": [more]}, 201)
    assert asked["waits_for"] == "colleague"
    page = boss.page
    await boss.goto(f"/orders/{placed['id']}")
    deeds = page.locator(".acts")
    await expect(deeds.locator("button")).to_have_count(1)
    await deeds.scroll_into_view_if_needed()
    await boss.look("console-order-amendment-waits")
    await boss.accessible()
    await deeds.locator("button").click()
    await deeds.locator("input").fill("缺货")
    await deeds.locator(".el-button--danger").click()
    await expect(deeds).to_have_count(0)
    seen = await buyer.ask("GET", f"{path}/{asked['id']}")
    assert (seen["state"], seen["decision_reason"], seen["actions"]) == ("rejected", "缺货", [])


async def _change_agreed_to(buyer: Visitor, approver: Visitor, placed: Any) -> None:
    """The buyer asks for more and takes it back, asks again, and a colleague agrees: then it is the seller's."""
    page, where = buyer.page, f"/portal/#/more/order/index?id={placed['id']}"
    for turn in ("taken back", "agreed to"):
        await buyer.goto(f"/portal/#/more/amend/index?id={placed['id']}")
        await page.locator(".amend-line .stepper-key").nth(1).click()
        await expect(page.locator(".foot .btn-red")).to_be_enabled()
        await buyer.look("portal-amend-consent")
        await page.locator(".foot .btn-red").click()
        await page.locator(".amended .tag-amber").wait_for()
        if turn == "taken back":
            await page.locator(".amended").first.click()
            await buyer.look("portal-amend-withdraw")
            await buyer.accessible()
            await page.locator(".amended-back").click()
            await expect(page.locator(".amended .tag-amber")).to_have_count(0)
    (waiting,) = [
        each
        for each in await buyer.ask("GET", f"/portal/v1/orders/{placed['id']}/amendments")
        if each["state"] == "pending"
    ]
    assert waiting["waits_for"] == "colleague"
    await approver.goto(where)
    await approver.page.locator(".amended").first.click()
    await approver.page.locator(".amended-deeds").wait_for()
    await approver.look("portal-amend-agree")
    await approver.accessible()
    await approver.page.locator(".amended-deeds .btn-red").click()
    await expect(approver.page.locator(".amended-deeds")).to_have_count(0)
    (agreed,) = [
        each
        for each in await buyer.ask("GET", f"/portal/v1/orders/{placed['id']}/amendments")
        if each["id"] == waiting["id"]
    ]
    assert (agreed["waits_for"], agreed["consented_by"] is not None) == ("seller", True)
    await approver.look("portal-order-agreed")
