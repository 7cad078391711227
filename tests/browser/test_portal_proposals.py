"""What sales people propose: confirmed, declined, or gone from the dealer's screen when it is taken back."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.test_portal import buyable, plenty
from tests.browser.visitor import Language, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


async def propose(seller: Visitor, customer: str, goods: list[tuple[str, str, str]], name: str) -> dict[str, Any]:
    content = {"customer": customer, "lines": plenty(goods), "name": name}
    draft = await seller.ask("POST", "/api/v1/drafts", content, 201)
    proposed: dict[str, Any] = await seller.ask(
        "POST", f"/api/v1/drafts/{draft['id']}/propose", {"message": "按上月用量备货"}
    )
    return proposed


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_proposals_are_confirmed_declined_and_taken_back(visit: Visit, language: Language) -> None:
    customer, login = {"zh": ("D001", "d001.admin"), "en": ("D003", "d003.admin")}[language]
    mark = uuid4().hex[:6]
    seller = await visit("/", language=language)
    await seller.sign_in_to_console("boss")
    dealer = await visit("/portal/", device="phone", language=language)
    page = dealer.page
    await dealer.sign_in_to_portal(login)
    goods = await buyable(dealer, 3, passing=set(), stock=5000)
    taken, refused, gone = [
        await propose(seller, customer, goods, f"{what}-{mark}") for what in ("taken", "refused", "gone")
    ]

    await dealer.goto("/portal/#/more/proposals/index")
    await expect(page.get_by_text(f"taken-{mark}").first).to_be_visible()
    await page.get_by_text(f"taken-{mark}").first.click()
    await page.locator(".foot .btn-red").wait_for()
    await dealer.look("portal-proposal")
    await dealer.accessible()
    # News may be quicker than the answer that makes it: what is on screen is looked up, and is a proposal no more.
    dealer.expected += [(404, f"/portal/v1/proposals/{each['id']}") for each in (taken, refused, gone)]
    await page.locator(".foot .btn-red").evaluate("(button) => { for (let tap = 0; tap < 5; tap++) button.click() }")
    await page.locator(".placed").wait_for()
    number = (await page.locator(".placed-facts .num").first.inner_text()).strip()
    kept = await seller.ask("GET", f"/api/v1/drafts/{taken['id']}")
    assert kept["proposal"]["state"] == "confirmed"
    newest = (await seller.ask("GET", f"/api/v1/orders?customer={customer}&limit=1"))["items"][0]
    assert newest["number"] == number
    ordered = (await seller.ask("GET", f"/api/v1/orders/{newest['id']}"))["lines"]
    assert sorted(line["sku"] for line in ordered if line["kind"] == "goods") == sorted(sku for sku, _, _ in goods)

    await dealer.goto("/portal/#/more/proposals/index")
    await page.locator(".list-card", has_text=f"refused-{mark}").click()
    await page.locator(".foot .btn-red").wait_for()
    await page.locator(".foot .btn:not(.btn-red)").click()
    await page.get_by_role("dialog").locator("input").fill("stock will do")
    await dealer.look("portal-decline")
    await page.get_by_role("dialog").locator(".btn-red").click()
    declined = page.locator(".list-card", has_text=f"refused-{mark}")
    await expect(declined).to_contain_text("stock will do")
    await dealer.look("portal-proposals-decided")
    kept = await seller.ask("GET", f"/api/v1/drafts/{refused['id']}")
    assert (kept["proposal"]["state"], kept["proposal"]["reason"]) == ("declined", "stock will do")

    await page.get_by_text(f"gone-{mark}").first.click()
    await page.locator(".foot .btn-red").wait_for()
    await seller.ask("POST", f"/api/v1/drafts/{gone['id']}/withdraw", {})
    await expect(page.locator(".foot")).to_have_count(0)
    await dealer.look("portal-proposal-gone")
    await dealer.accessible()
