"""Signing in by WeCom, as staff see it: the button, WeCom's own page, and back."""

import os
from typing import Any

import pytest
from playwright.async_api import Route, expect
from tests.browser.conftest import Visit
from tests.browser.visitor import Device, Language, Visitor
from tests.wecom import AGENT_ID, CORP_ID, SECRET, FakeWeCom

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

_WECOM = "login.work.weixin.qq.com"
_DOOR = "**/api/v1/wecom/door*"


@pytest.fixture
async def boss(visit: Visit) -> Visitor:
    """Whoever has set it up; a shop that runs already takes another for WeCom."""
    if os.environ.get("DINGHUO_DEMO_URL"):
        pytest.skip("the running demo asks the real WeCom")
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    app = {"corp_id": CORP_ID, "agent_id": AGENT_ID, "secret": SECRET, "active": True}
    await boss.ask("PUT", "/api/v1/wecom-app", app)
    await boss.ask("PUT", "/api/v1/wecom-people", {"items": [{"login": "manager", "wecom_user": "Manager"}]})
    return boss


async def agreeing(visitor: Visitor, wecom: FakeWeCom, user: str) -> None:
    """At WeCom's own page this visitor says yes, as that person."""

    async def back(route: Route) -> None:
        await route.fulfill(status=302, headers={"location": wecom.agree(route.request.url, user)})

    visitor.elsewhere.append(_WECOM)
    await visitor.page.route(f"https://{_WECOM}/**", back)


@pytest.mark.parametrize(("language", "device"), [("zh", "desk"), ("en", "phone")])
async def test_somebody_signs_in_by_wecom(
    visit: Visit, boss: Visitor, wecom: FakeWeCom, language: Language, device: Device
) -> None:
    visitor = await visit("/", device=device, language=language)
    page = visitor.page
    await agreeing(visitor, wecom, "Manager")
    # As where there are several companies: asked which, before anybody is sent anywhere.
    several = True

    async def door(route: Route) -> None:
        if several and "company=" not in route.request.url:
            await route.fulfill(json={"available": False, "asks_company": True})
        else:
            await route.continue_()

    await page.route(_DOOR, door)
    await visitor.goto("/sign-in")
    button = page.locator(".other .el-button")
    await button.click()
    await expect(page.locator("form .fault")).to_be_visible()
    await expect(page.locator("input[name=organization]")).to_be_focused()
    await visitor.look("console-sign-in-wecom")
    await visitor.accessible()
    async with page.expect_response(lambda answer: f"company={visitor.company}" in answer.url):
        await page.fill("input[name=organization]", visitor.company)
    await button.click()
    await page.locator("button.user").wait_for()
    me: Any = await visitor.ask("GET", "/api/v1/me")
    assert me["login"] == "manager"
    # The company is remembered: next time there is nothing to type.
    await page.context.clear_cookies()
    await visitor.goto("/sign-in")
    await expect(page.locator("input[name=organization]")).to_have_value(visitor.company)
    await button.click()
    await page.locator("button.user").wait_for()


async def test_whom_nobody_knows_is_told_so(visit: Visit, boss: Visitor, wecom: FakeWeCom) -> None:
    visitor = await visit("/", language="en")
    visitor.expected.append((403, "/api/v1/wecom/sign-in"))
    visitor.expected.append((401, "/api/v1/wecom/sign-in"))
    await agreeing(visitor, wecom, "stranger")
    await visitor.goto("/sign-in")
    await visitor.page.locator(".other .el-button").click()
    await visitor.page.wait_for_url("**/sign-in/wecom*")
    await expect(visitor.page.locator("h1")).to_have_text("You are not signed in")
    await visitor.look("console-sign-in-wecom-refused")
    await visitor.accessible()
