"""Rebates clicked through: an agreement with its tiers, what is settled, what a dealer sees and uses."""

from typing import Any

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


async def test_an_agreement_and_what_was_settled(visit: Visit) -> None:
    clerk = await visit("/")
    await clerk.sign_in_to_console("boss")
    page = clerk.page
    await clerk.goto("/rebates")
    await page.get_by_text("碳酸饮料月返").first.click()
    await expect(page.get_by_role("heading", name="碳酸饮料月返")).to_be_visible()
    await expect(page.get_by_text("客户进度")).to_be_visible()
    await clerk.look("console-rebate-agreement")
    await clerk.goto("/rebates/settle")
    await expect(page.get_by_text("休闲食品同比增长返利")).to_be_visible()
    await page.get_by_role("button", name="预览").click()
    await expect(page.get_by_text("合计")).to_be_visible()
    await clerk.look("console-rebate-proposal")
    await clerk.goto("/rebates/settlements")
    await page.get_by_text("上月碳酸饮料返利").first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await clerk.look("console-rebate-settlement")


async def test_a_dealer_sees_what_there_is(visit: Visit) -> None:
    dealer = await visit("/portal/", device="phone")
    await dealer.sign_in_to_portal("d001.admin")
    told: dict[str, Any] = await dealer.ask("GET", "/portal/v1/rebates")
    assert "credit" in [each["kind"] for each in told["balances"]]
    await expect(dealer.page.get_by_text("可用返利")).to_be_visible()
    await expect(dealer.page.get_by_text("碳酸饮料月返")).to_be_visible()
    await dealer.look("portal-rebates")
