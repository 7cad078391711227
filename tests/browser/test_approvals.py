"""An approval on the desk and on the phone: why, what, and the decision with one key; a policy tried on the past."""

import re

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.visitor import Device, Visitor
from tests.faults.serving import until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


async def cheap_order(clerk: Visitor) -> str:
    """An order whose price its sales person made: one that somebody has to agree to."""
    stock = (await clerk.ask("GET", "/api/v1/stock?warehouse=SH&limit=20"))["items"]
    sku = next(row["sku"] for row in stock if float(row["available"]) > 3000)
    line = {"sku": sku, "quantity": "10", "price": "0.5"}
    placed = await clerk.ask("POST", "/api/v1/orders", {"customer": "D001", "lines": [line]}, status=201)
    assert placed["state"] == "pending_approval", placed
    return str(placed["id"])


async def state_of(who: Visitor, order: str) -> str:
    return str((await who.ask("GET", f"/api/v1/orders/{order}"))["state"])


async def ends_as(who: Visitor, order: str, state: str) -> None:
    """The order follows the decision within moments, as a reaction to it."""

    async def follows() -> bool:
        return await state_of(who, order) == state

    await until(follows)


@pytest.mark.parametrize("device", ["desk", "phone"])
async def test_an_order_is_approved_with_one_key(visit: Visit, device: Device) -> None:
    clerk = await visit("/")
    await clerk.sign_in_to_console("manager")
    order = await cheap_order(clerk)
    boss = await visit("/", device=device, language="en" if device == "phone" else "zh")
    await boss.sign_in_to_console("boss")
    await boss.unhurried()
    page = boss.page
    await boss.goto("/approvals")
    row = page.locator("li button", has_text=(await boss.ask("GET", f"/api/v1/orders/{order}"))["number"])
    await row.click()
    await page.wait_for_url(re.compile(r"/approvals/[0-9a-f-]{36}"))
    await expect(page.locator(".facts dd").first).to_be_visible()
    await page.locator(".request table tbody, .request .cards").first.wait_for()
    await boss.look("console-approval")
    await boss.accessible()
    if device == "desk":
        await page.keyboard.press("a")
    else:
        await page.locator(".bar .el-button--primary").click()
    await expect(page.locator(".toast.good")).to_be_visible()
    await ends_as(clerk, order, "confirmed")


async def test_a_rejection_says_why(visit: Visit) -> None:
    clerk, boss = await visit("/"), await visit("/", language="en", theme="dark")
    await clerk.sign_in_to_console("manager")
    await boss.sign_in_to_console("boss")
    await boss.unhurried()
    order = await cheap_order(clerk)
    await boss.goto("/approvals")
    page, keys = boss.page, boss.page.keyboard
    number = (await boss.ask("GET", f"/api/v1/orders/{order}"))["number"]
    await page.locator("li button", has_text=number).click()
    await page.locator(".bar").wait_for()
    await keys.press("r")
    await expect(page.locator(".bar input")).to_be_focused()
    assert await state_of(clerk, order) == "pending_approval"
    await keys.type("below cost")
    await boss.look("console-approval-reject")
    await page.locator(".bar .el-button--danger").click()
    await expect(page.locator(".toast.good")).to_be_visible()
    await ends_as(clerk, order, "rejected")


async def test_a_policy_is_written_and_tried_on_the_past(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    page = boss.page
    await boss.goto("/approvals/policies/new")
    await page.get_by_label("代码").fill("big-orders")
    await page.get_by_label("名称", exact=True).fill("大额订单")
    await page.get_by_role("button", name="添加条件").click()
    await page.get_by_role("button", name="写成表达式").click()
    await page.get_by_label("条件", exact=True).fill("gross > 40000")
    await expect(page.get_by_text("条件无误")).to_be_visible()
    await page.get_by_role("button", name="试算").click()
    await expect(page.get_by_role("status").filter(has_text="单需要审批")).to_be_visible()
    await page.get_by_role("button", name="逐条选择").click()
    await page.get_by_role("button", name="添加步骤").click()
    await page.get_by_label("步骤名称，如：销售经理").fill("总经理")
    await page.locator(".whom").click()
    await page.keyboard.type("企业负责人")
    await page.locator(".el-select-dropdown__item", has_text="企业负责人").first.click()
    await page.keyboard.press("Tab")
    await expect(page.locator(".el-select-dropdown__item:visible")).to_have_count(0)
    await boss.look("console-approval-policy")
    await boss.accessible()
    await page.get_by_role("button", name="保存").click()
    await page.wait_for_url(re.compile(r"/approvals/policies/[0-9a-f-]{36}"))
    policy = (await boss.ask("GET", "/api/v1/approval-policies?limit=200"))["items"]
    mine = next(each for each in policy if each["code"] == "big-orders")
    assert (mine["condition"], len(mine["steps"])) == ("gross > 40000", 1)
    path = f"/api/v1/approval-policies/{mine['id']}"
    await boss.ask("PATCH", path, {"active": False}, revision=mine["revision"])
