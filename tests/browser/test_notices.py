"""A notice on the dealer's first page at once, and the way back from publishing, withdrawing and deleting it."""

from uuid import uuid4

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


async def phases(clerk: Visitor, title: str) -> list[str]:
    found = (await clerk.ask("GET", "/api/v1/notices?limit=50"))["items"]
    return sorted(one["state"] for one in found if one["title"] == title)


async def test_what_was_done_to_a_notice_is_undone(visit: Visit) -> None:
    clerk = await visit("/")
    await clerk.sign_in_to_console("boss")
    await clerk.unhurried()
    title = f"临时通知 {uuid4().hex[:6]}"
    notice = await clerk.ask("POST", "/api/v1/notices", {"kind": "notice", "title": title, "body": "明日停电。"}, 201)
    dealer = await visit("/portal/", device="phone")
    await dealer.sign_in_to_portal("d001.admin")
    await dealer.goto("/portal/#/more/notices/index")
    page = clerk.page

    await clerk.goto(f"/notices/{notice['id']}")
    await page.get_by_role("button", name="发布", exact=True).click()
    undo = page.get_by_role("button", name="撤销", exact=True)
    await expect(undo).to_be_visible()
    await expect(dealer.page.get_by_text(title)).to_be_visible()
    await clerk.look("console-notice-published")
    await undo.click()
    await page.wait_for_url(lambda url: notice["id"] not in url)
    assert await phases(clerk, title) == ["draft", "withdrawn"]
    await expect(dealer.page.get_by_text(title)).to_have_count(0)

    await page.get_by_role("button", name="发布", exact=True).click()
    await expect(dealer.page.get_by_text(title)).to_be_visible()
    await page.get_by_role("button", name="撤回", exact=True).click()
    await expect(dealer.page.get_by_text(title)).to_have_count(0)
    await undo.last.click()
    await expect(dealer.page.get_by_text(title)).to_be_visible()
    assert await phases(clerk, title) == ["published", "withdrawn", "withdrawn"]
