"""The order desk: what orders are held to, blanket orders, and what becomes of an order after it was placed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, expect
from tests.browser.conftest import Visit
from tests.browser.visitor import Language, Visitor
from tests.faults.serving import until

from dinghuo.entry.demo.products import CATEGORIES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


async def new_customer(boss: Visitor) -> str:
    """A customer of nobody else's, so that no other test's orders matter."""
    code = f"OD{uuid4().hex[:8]}"
    await boss.ask("PUT", "/api/v1/customers", {"items": [{"code": code, "name": f"订单台 {code}"}]})
    return code


async def goods_of(boss: Visitor, customer: str, count: int) -> list[str]:
    """SKUs of the company's own that this customer can have right now: goods that a file brought have no category."""
    category = CATEGORIES[0].code
    page = await boss.ask("GET", f"/api/v1/skus?state=active&customer={customer}&category={category}&limit=30")
    found = []
    for sku in page["items"]:
        wanted = {"customer": customer, "lines": [{"sku": sku["code"], "quantity": "10"}]}
        seen = await boss.ask("POST", "/api/v1/orders/preview", wanted)
        if not seen["faults"] and not seen["promotions"]:
            found.append(str(sku["code"]))
        if len(found) == count:
            return found
    raise AssertionError(f"no {count} SKUs to order for {customer}")


async def new_order(boss: Visitor, customer: str, count: int = 2) -> dict[str, Any]:
    lines = [{"sku": code, "quantity": "10"} for code in await goods_of(boss, customer, count)]
    order: dict[str, Any] = await boss.ask("POST", "/api/v1/orders", {"customer": customer, "lines": lines}, 201)
    return order


async def deed(page: Page, name: str) -> Locator:
    """Choose it from what else may be done with an order; its dialog."""
    await button(page, "其他操作").click()
    await page.get_by_role("menuitem", name=name, exact=True).click()
    dialog = page.locator(".el-dialog:visible")
    await expect(dialog).to_be_visible()
    return dialog


async def test_an_order_is_amended_with_old_and_new_side_by_side(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    order = await new_order(boss, await new_customer(boss))
    page = boss.page
    await boss.goto(f"/orders/{order['id']}/amend")
    await page.get_by_label("数量 1", exact=True).fill("12")
    await button(page, "删除此行 2").click()
    sides = page.locator("section", has=page.get_by_role("heading", name="变更前后"))

    async def shows_both_lines() -> bool:
        """Beside the head, and what bringing them costs."""
        return await sides.get_by_role("row").count() == 3 + await sides.get_by_text("运费").count()

    await until(shows_both_lines)
    await button(page, "这一行的收货地址 1").click()
    dialog = page.locator(".el-dialog:visible")
    await dialog.get_by_label("收货人").fill("李明")
    await dialog.get_by_label("详细地址").fill("港口路 9 号")
    await dialog.locator(".el-button--primary").click()
    await expect(sides.get_by_text("港口路 9 号")).to_be_visible()
    await boss.look("console-amend")
    await boss.accessible()
    await page.get_by_label("变更原因").fill("客户来电")
    await page.locator(".el-button--primary.whole").click()
    await page.wait_for_url(re.compile(rf"/orders/{order['id']}$"))
    await page.get_by_text("港口路 9 号").first.wait_for()
    now = await boss.ask("GET", f"/api/v1/orders/{order['id']}")
    assert [(line["line_no"], line["quantity"]) for line in now["lines"]] == [(1, "12.000000")]
    assert now["lines"][0]["ship_to"]["recipient"] == "李明"
    await page.get_by_role("heading", name="变更记录").wait_for()
    await boss.look("console-order-amended")


async def test_an_order_is_held_released_and_closed_short(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    order = await new_order(boss, await new_customer(boss))
    path, page = f"/api/v1/orders/{order['id']}", boss.page
    await boss.goto(f"/orders/{order['id']}")
    dialog = await deed(page, "冻结")
    await dialog.get_by_text("信用", exact=True).click()
    await dialog.get_by_label("说明").fill("等客户确认地址")
    await boss.look("console-order-hold")
    await boss.accessible()
    await button(dialog, "冻结").click()
    await expect(dialog).to_be_hidden()
    assert (await boss.ask("GET", path))["holds"] == ["credit"]
    dialog = await deed(page, "解除冻结")
    await button(dialog, "解除冻结").click()
    await expect(dialog).to_be_hidden()
    assert (await boss.ask("GET", path))["holds"] == []
    dialog = await deed(page, "关闭余量")
    await dialog.locator(".el-checkbox").first.click()
    await dialog.get_by_label("说明").fill("停产")
    await boss.look("console-order-short-close")
    await button(dialog, "关闭余量").click()
    await expect(dialog).to_be_hidden()
    now = await boss.ask("GET", path)
    assert [line["progress"]["cancelled"] != "0.000000" for line in now["lines"]] == [False, True]


async def test_finance_confirms_a_transfer_slip_and_the_order_may_go(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    customer, page = await new_customer(boss), boss.page
    terms = {"items": [{"customer": customer, "payment": "before_delivery"}]}
    await boss.ask("PUT", "/api/v1/order-terms", terms)
    order = await new_order(boss, customer)
    path = f"/api/v1/orders/{order['id']}"
    assert (await boss.ask("GET", path))["holds"] == ["unpaid"]
    me = await page.request.get(f"{boss.url}/api/v1/me")
    paper = await page.request.post(
        f"{boss.url}{path}/files",
        data=f"%PDF-1.7 {order['number']}".encode(),
        headers={"origin": boss.url, "x-csrf-token": me.headers["x-csrf-token"], "content-type": "application/pdf"},
    )
    slip = {"amount": order["gross"], "paid_on": "2026-01-02", "payer": customer, "name": "回单.pdf"}
    await boss.ask("POST", f"{path}/slips", slip | {"sha256": (await paper.json())["sha256"]}, 201)
    await boss.goto("/payments?state=submitted")
    await button(page, order["number"]).click()
    dialog = page.locator(".el-dialog:visible")
    await boss.look("console-slip")
    await boss.accessible()
    await button(dialog, "确认到账").click()
    await expect(dialog).to_be_hidden()
    assert (await boss.ask("GET", path))["holds"] == []
    await boss.goto(f"/orders/{order['id']}")
    await page.get_by_text("已付清").first.wait_for()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_rules_are_sentences_and_are_tried_before_an_order(visit: Visit, language: Language) -> None:
    said = {"zh": ("新建规则", "商品满 ¥321.00 起订"), "en": ("New rule", "Orders come to at least ¥321.00")}[
        language
    ]
    boss = await visit("/", language=language)
    await boss.sign_in_to_console("boss")
    customer, page = await new_customer(boss), boss.page
    await boss.goto("/order-rules")
    await page.get_by_role("row").nth(1).wait_for()
    await boss.look("console-order-rules")
    await boss.accessible()
    await button(page, said[0]).click()
    dialog = page.locator(".el-dialog:visible")
    code = f"MIN-{customer}"
    fields = dialog.get_by_role("textbox")
    await fields.nth(0).fill(code)
    await fields.nth(1).fill(code)
    await dialog.locator(".el-select").first.click()
    await page.get_by_role("option").last.click()
    await dialog.locator(".picker input").fill(customer)
    await page.get_by_role("option", name=re.compile(customer)).click()
    amount = {"zh": "起订金额（含税）", "en": "Least amount, with tax"}[language]
    await dialog.get_by_label(amount).fill("321")
    await expect(dialog.locator(".sentence")).to_have_text(said[1])
    await boss.look("console-order-rule")
    await dialog.locator(".el-dialog__footer .el-button--primary").click()
    await expect(dialog).to_be_hidden()
    await boss.goto("/order-rules/try")
    await page.locator(".ask .picker input").fill(customer)
    await page.get_by_role("option", name=re.compile(customer)).click()
    await page.locator("input[type=time]").fill("15:30")
    await page.get_by_text(said[1]).wait_for()
    await expect(page.locator(".verdict")).to_contain_text("15:30")
    await boss.look("console-order-rules-try")
    await boss.accessible()
    await boss.ask("POST", "/api/v1/order-rules/delete", {"codes": [code]})


async def test_routes_calendars_and_quotas_are_pictures(visit: Visit) -> None:
    for device, theme in (("desk", "dark"), ("phone", "light")):
        boss = await visit("/", device=device, theme=theme)
        await boss.sign_in_to_console("boss")
        for place, seen in (("routes", ".week, .on-card, .card"), ("calendars", ".month .day"), ("quotas", ".quota")):
            await boss.goto(f"/order-rules/{place}")
            await boss.page.locator(seen).first.wait_for()
            await boss.look(f"console-order-{place}")
            await boss.accessible()


async def test_a_blanket_order_is_agreed_and_called_off_in_order_entry(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    customer, page = await new_customer(boss), boss.page
    (sku,) = await goods_of(boss, customer, 1)
    today = datetime.now(UTC).date()
    request = {
        "customer": customer,
        "name": "年度框架",
        "valid_from": (today - timedelta(days=1)).isoformat(),
        "valid_until": (today + timedelta(days=90)).isoformat(),
        "lines": [{"sku": sku, "quantity": "40", "price": "12.50"}],
    }
    blanket = await boss.ask("POST", "/api/v1/blanket-orders", request, 201)
    await boss.goto(f"/blankets/{blanket['id']}")
    await button(page, "生效").click()
    await button(page, "按框架下单").wait_for()
    await page.locator(".now input").fill("10")
    await boss.look("console-blanket")
    await boss.accessible()
    await button(page, "按框架下单").click()
    await page.wait_for_url("**/orders/new?*")
    await page.get_by_text("¥125.00").first.wait_for()
    await boss.look("console-blanket-entry")
    await page.locator(".main-step:visible").click()
    await page.get_by_text(re.compile(r"SO-\d{4}-\d+")).first.wait_for()
    left = await boss.ask("GET", f"/api/v1/blanket-orders/{blanket['id']}")
    assert (left["lines"][0]["remaining_in_unit"], left["called_off"]) == ("30", "125.00")
    await boss.goto("/blankets")
    await boss.page.get_by_text(blanket["number"]).first.wait_for()
    await boss.look("console-blankets")
    await boss.accessible()
