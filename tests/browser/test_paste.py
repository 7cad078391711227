"""An order as it came by chat: pasted by a dealer on a phone, and by a sales person at a desk."""

from typing import Any

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.visitor import Device, Language, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

_TEXT = "老板好，泠泡经典可乐330ml 三箱，泠泡柠檬330 5箱\n小红帽 2箱\n明天送，到前打电话"


async def _cart(dealer: Visitor) -> dict[str, Any]:
    cart: dict[str, Any] = await dealer.ask("GET", "/portal/v1/cart")
    return cart


@pytest.mark.parametrize(("device", "language"), [("phone", "zh"), ("desk", "en")])
async def test_a_dealer_pastes_a_message(visit: Visit, device: Device, language: Language) -> None:
    dealer = await visit("/portal/", device=device, language=language)
    page = dealer.page
    await dealer.sign_in_to_portal("d001.buyer" if device == "phone" else "d003.buyer")
    await dealer.ask("POST", "/portal/v1/cart/clear", {})
    await dealer.goto("/portal/#/pages/fast/index")
    await page.locator(".way").nth(1).click()
    await dealer.look("portal-paste-empty")
    field = page.locator(".paste-card textarea")
    await field.fill(_TEXT)
    # What was typed survives a reload.
    await page.reload()
    await page.locator(".way").nth(1).click()
    await expect(field).to_have_value(_TEXT)
    await page.locator(".paste-card .btn-red").click()
    lines = page.locator(".pline")
    await expect(lines).to_have_count(3)
    await dealer.look("portal-paste-read")
    await dealer.accessible()
    missing = page.locator(".pline-missing")
    await expect(missing).to_have_count(1)
    await missing.locator(".btn-red").click()
    await page.locator(".choice-search input, input.choice-search").fill("气泡水")
    choice = page.locator(".sheet-panel .choice").first
    await choice.wait_for()
    await dealer.look("portal-paste-choose")
    await choice.click()
    await expect(page.locator(".pline-chosen")).to_have_count(1)
    await page.locator(".paste-foot .btn-red").click()
    await expect(field).to_have_value("")
    cart = await _cart(dealer)
    assert len(cart["lines"]) == 3
    assert [(line["sku"], line["quantity"], line["unit"]) for line in cart["lines"][:2]] == [
        ("LP-CO-0330-24", "3", "case"),
        ("LP-LE-0330-24", "5", "case"),
    ]
    assert cart["requested_date"] is not None
    assert cart["note"] == "到前打电话"
    # What was chosen is known the next time.
    await field.fill("小红帽 1箱")
    await page.locator(".paste-card .btn-red").click()
    await expect(page.locator(".pline-sure")).to_have_count(1)
    again = (await dealer.ask("POST", "/portal/v1/paste", {"text": "小红帽 1箱"}))["lines"]
    assert [(line["reason"]["kind"], line["doubtful"]) for line in again] == [("learned", False)]
    await dealer.look("portal-paste-learned")


@pytest.mark.parametrize(("device", "language"), [("desk", "zh"), ("phone", "en")])
async def test_a_clerk_pastes_a_message(visit: Visit, device: Device, language: Language) -> None:
    clerk = await visit("/", device=device, language=language)
    await clerk.sign_in_to_console("sales1")
    page, keys = clerk.page, clerk.page.keyboard
    await clerk.goto("/orders/new?customer=D001")
    opener = page.locator("button", has_text="粘贴订单" if language == "zh" else "Paste an order")
    await opener.first.wait_for()
    if device == "desk":
        await keys.press("Alt+v")
    else:
        await opener.first.click()
    dialog = page.locator(".order-paste")
    await dialog.locator("textarea").fill("可乐 330 三箱，柠檬汽水500 5箱\n小红帽 2箱 明天送")
    await clerk.look("console-paste-text")
    await keys.press("Control+Enter")
    rows = dialog.locator("tbody tr")
    await expect(rows).to_have_count(3)
    await clerk.look("console-paste-read")
    await clerk.accessible()
    first = rows.first.locator("select[data-goods]")
    before = await first.input_value()
    await first.focus()
    await keys.press("Alt+ArrowDown")
    assert await first.input_value() != before
    await keys.press("Alt+ArrowUp")
    assert await first.input_value() == before
    await rows.nth(2).locator(".drop").click()
    await keys.press("Control+Enter")
    await expect(dialog).to_be_hidden()
    await clerk.settled()
    await clerk.look("console-paste-added")
    kept = await page.evaluate(
        "() => Object.entries(localStorage).filter(([key]) => key.includes('order-entry'))"
        ".map(([, value]) => JSON.parse(value)).flatMap(found => found.entry?.lines ?? []).filter(line => line.sku)"
    )
    assert [(line["sku"], line["quantity"], line["unit"]) for line in kept] == [
        ("LP-CO-0330-24", "3", "case"),
        ("LP-LE-0500-15", "5", "case"),
    ]
