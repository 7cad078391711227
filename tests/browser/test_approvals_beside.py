"""A credit limit and a price list that wait: seen where they belong, taken back, asked for again, agreed to."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.visitor import Device, Language, Theme, Visitor
from tests.faults.serving import until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


async def new_customer(boss: Visitor, limit: str) -> dict[str, Any]:
    """Nobody else's: with a limit, and an id."""
    code = f"W-{uuid4().hex[:6].upper()}"
    await boss.ask("PUT", "/api/v1/customers", {"items": [{"code": code, "name": f"望江烟酒行 {code}"}]})
    await boss.ask("PUT", "/api/v1/accounts", {"items": [{"customer": code, "credit_limit": limit}]})
    (found,) = (await boss.ask("GET", f"/api/v1/customers?search={code}"))["items"]
    return dict(found)


async def limit_of(boss: Visitor, code: str) -> tuple[str | None, bool]:
    (account,) = (await boss.ask("GET", f"/api/v1/accounts?customer={code}"))["items"]
    return account["credit_limit"], account["waiting"] is not None


async def ends_as(boss: Visitor, code: str, wanted: tuple[str | None, bool]) -> None:
    """What was decided follows by the outbox."""

    async def follows() -> bool:
        return await limit_of(boss, code) == wanted

    await until(follows)


@pytest.mark.parametrize(("device", "language", "theme"), [("desk", "zh", "light"), ("phone", "en", "dark")])
async def test_a_limit_waits_until_somebody_agrees(
    visit: Visit, device: Device, language: Language, theme: Theme
) -> None:
    boss, clerk = await visit("/"), await visit("/", device=device, language=language, theme=theme)
    await boss.sign_in_to_console("boss")
    await clerk.sign_in_to_console("finance")
    customer = await new_customer(boss, "50000")
    page, zh = clerk.page, language == "zh"
    await clerk.goto(f"/customers/{customer['id']}")
    edit = page.get_by_role("button", name="调整额度" if zh else "Change the limit")
    waiting = page.get_by_role("region", name="等待审批" if zh else "Waits for approval")

    async def want(limit: str) -> None:
        await edit.click()
        await page.get_by_role("dialog").get_by_role("textbox").fill(limit)
        await page.keyboard.press("Enter")
        await waiting.wait_for()

    await want("300000")
    await expect(waiting).to_contain_text("50,000.00")
    await expect(waiting).to_contain_text("300,000.00")
    await expect(waiting).to_contain_text("顾承远")
    assert await limit_of(boss, customer["code"]) == ("50000.00", True)
    await clerk.look("console-credit-waiting")
    await clerk.accessible()
    # Taken back, nothing has happened; asked for again, it is decided on.
    await waiting.get_by_role("button", name="撤回" if zh else "Take back").click()
    await ends_as(boss, customer["code"], ("50000.00", False))
    await expect(waiting).to_have_count(0)
    await want("400000")
    seen = boss.page
    await boss.goto("/approvals")
    await seen.locator("li button", has_text=customer["code"]).click()
    sides = seen.locator(".sides")
    await expect(sides).to_contain_text("50,000.00")
    await expect(sides).to_contain_text("400,000.00")
    await boss.look("console-credit-request")
    await boss.accessible()
    await seen.keyboard.press("a")
    await ends_as(boss, customer["code"], ("400000.00", False))
    # The clerk's screen follows by itself.
    await expect(waiting).to_have_count(0)
    await expect(page.get_by_text("400,000.00").first).to_be_visible()


async def draft(boss: Visitor) -> str:
    """Far below cost, in a currency in which nobody else has lists, far from now."""
    code = f"W-{uuid4().hex[:6].upper()}"
    tier = (await boss.ask("GET", "/api/v1/tiers?limit=1"))["items"][0]["code"]
    entries = (await boss.ask("GET", "/api/v1/price-lists/BASE/entries?limit=5"))["items"]
    head = {"code": code, "name": f"清仓价 {code}", "kind": "tier", "tier": tier, "valid_from": "2099-01-01"}
    await boss.ask("PUT", "/api/v1/price-lists", {"items": [{**head, "currency": "HKD"}]})
    prices = [
        {name: entry[name] for name in ("sku", "unit", "minimum_quantity")} | {"price": "0.01"} for entry in entries
    ]
    await boss.ask("PUT", f"/api/v1/price-lists/{code}/entries", {"items": prices})
    return code


@pytest.mark.parametrize(("device", "language", "theme"), [("desk", "zh", "light"), ("phone", "en", "dark")])
async def test_a_price_list_waits_until_somebody_agrees(
    visit: Visit, device: Device, language: Language, theme: Theme
) -> None:
    boss = await visit("/", device=device, language=language, theme=theme)
    await boss.sign_in_to_console("boss")
    code = await draft(boss)
    page, zh = boss.page, language == "zh"
    await boss.goto(f"/price-lists/{code}/publish")
    await page.get_by_role("button", name=re.compile("2099-01-01")).click()
    waiting = page.get_by_role("region", name="等待审批" if zh else "Waits for approval")
    await waiting.first.wait_for()
    await boss.look("console-price-list-waiting")
    await boss.accessible()
    await boss.goto(f"/price-lists/{code}")
    await waiting.get_by_role("link").click()
    await page.locator(".facts dd").first.wait_for()
    await boss.look("console-price-list-request")
    await boss.goto(f"/price-lists/{code}")
    await waiting.get_by_role("button", name="撤回" if zh else "Take back").click()
    await expect(waiting).to_have_count(0)
    now = await boss.ask("GET", f"/api/v1/price-lists/{code}")
    assert (now["state"], now["approval"]) == ("draft", None)
    # Asked for again and agreed to, it holds from its day on.
    await boss.goto(f"/price-lists/{code}/publish")
    await page.get_by_role("button", name=re.compile("2099-01-01")).click()
    await waiting.first.wait_for()
    found = await boss.ask("GET", f"/api/v1/approvals?subject_id={now['id']}&box=mine")
    await boss.ask("POST", f"/api/v1/approvals/{found['items'][0]['id']}/decide", {"verdict": "approve"})
    async with asyncio.timeout(60):
        while (now := await boss.ask("GET", f"/api/v1/price-lists/{code}"))["state"] != "published":  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await expect(waiting).to_have_count(0)
    await boss.ask("POST", f"/api/v1/price-lists/{code}/withdraw", {}, revision=now["revision"])
