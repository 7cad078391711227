"""An order after it was placed: changed with old and new side by side, and paid by a slip of the bank."""

import struct
import zlib
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.test_portal import buyable, empty_cart, plenty
from tests.browser.visitor import Language, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


async def place(dealer: Visitor, lines: int) -> dict[str, Any]:
    await empty_cart(dealer)
    goods = await buyable(dealer, lines, passing=set(), stock=5000)
    await dealer.ask("POST", "/portal/v1/cart/add", {"lines": plenty(goods)})
    cart = await dealer.ask("GET", "/portal/v1/cart")
    placed: dict[str, Any] = await dealer.ask("POST", f"/portal/v1/drafts/{cart['id']}/submit", {}, 201)
    return placed


def a_slip() -> bytes:
    """A picture of its own each time."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(b"tEXt", b"Comment\0" + uuid4().hex.encode())
        + chunk(b"IDAT", zlib.compress(b"\0\xff\xff\xff"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_dealer_changes_an_order_and_the_seller_agrees(visit: Visit, language: Language) -> None:
    login = {"zh": "d001.admin", "en": "d003.admin"}[language]
    dealer = await visit("/portal/", device="phone", language=language)
    page = dealer.page
    await dealer.sign_in_to_portal(login)
    placed = await place(dealer, 3)
    before = await dealer.ask("GET", f"/portal/v1/orders/{placed['id']}")
    assert "amend" in before["actions"]
    await dealer.goto(f"/portal/#/more/order/index?id={placed['id']}")
    await page.locator(".order-foot .btn").nth(1).click()
    line = page.locator(".amend-line").first
    await line.locator(".stepper-key").last.click()
    await expect(page.locator(".sides-row")).to_have_count(2)
    await expect(page.locator(".foot .btn-red")).to_be_enabled()
    await dealer.look("portal-amend")
    await dealer.accessible()
    await page.locator(".foot .btn-red").click()
    waiting = page.locator(".amended")
    await expect(waiting).to_have_count(1)
    await dealer.look("portal-order-amended")
    unchanged = await dealer.ask("GET", f"/portal/v1/orders/{placed['id']}")
    assert unchanged["amounts"] == before["amounts"]

    boss = await visit("/", language=language)
    await boss.sign_in_to_console("boss")
    amendment = (await boss.ask("GET", f"/api/v1/orders/{placed['id']}/amendments"))[0]
    await boss.ask("POST", f"/api/v1/orders/{placed['id']}/amendments/{amendment['id']}/accept", {})
    await expect(waiting.locator(".tag-green")).to_be_visible()
    after = await dealer.ask("GET", f"/portal/v1/orders/{placed['id']}")
    assert float(after["lines"][0]["quantity"]) == float(before["lines"][0]["quantity"]) + 1
    assert float(after["amounts"]["gross"]) > float(before["amounts"]["gross"])


async def test_an_order_is_paid_by_a_slip_that_finance_confirms(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    terms = {"customer": "D004", "payment": "deposit", "deposit_percent": "30", "expire_days": 3}
    await boss.ask("PUT", "/api/v1/order-terms", {"items": [terms]})
    dealer = await visit("/portal/", device="phone")
    page = dealer.page
    await dealer.sign_in_to_portal("d004.admin")
    placed = await place(dealer, 2)
    await dealer.goto(f"/portal/#/more/order/index?id={placed['id']}")
    send = page.get_by_role("button", name="上传转账凭证")
    await expect(send).to_be_visible()
    await dealer.look("portal-order-unpaid")
    await dealer.accessible()
    await send.click()
    sheet = page.get_by_role("dialog")
    async with page.expect_file_chooser() as chosen:
        await sheet.locator(".slip-file").click()
    await (await chosen.value).set_files({"name": "回单.png", "mimeType": "image/png", "buffer": a_slip()})
    await expect(sheet.locator(".slip-has")).to_be_visible()
    await dealer.look("portal-slip")
    await dealer.accessible()
    await sheet.locator(".btn-red").click()
    await expect(page.locator(".pay-slip .tag-amber")).to_be_visible()
    (slip,) = (await boss.ask("GET", f"/api/v1/orders/{placed['id']}/payment"))["slips"]
    assert slip["state"] == "submitted"
    await boss.ask("POST", f"/api/v1/slips/{slip['id']}/confirm", {"amount": None})
    await expect(page.locator(".pay-slip .tag-green")).to_be_visible()
    await dealer.look("portal-order-paid")
    payment = await dealer.ask("GET", f"/portal/v1/orders/{placed['id']}/payment")
    assert float(payment["left"]) == 0 and payment["settled_at"] is not None
