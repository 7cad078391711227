"""The daily jobs of the seller's people that are not an order: doors, invitations, proposals, notices, conflicts."""

import asyncio
import re
from uuid import uuid4

import pyotp
import pytest
from playwright.async_api import Locator, Page, expect
from tests.browser.conftest import Shop, Visit
from tests.browser.visitor import Language, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

_REFUSED_FIRST = (401, "/api/v1/sign-in")


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


async def sign_in(page: Page, company: str, login: str, password: str) -> None:
    await page.fill("input[name=organization]", company)
    await page.fill("input[name=username]", login)
    await page.fill("input[name=password]", password)
    await page.click("button[type=submit]")


async def new_colleague(boss: Visitor) -> tuple[str, str]:
    """Made on the screen of users; the login, and the password shown once."""
    login, page = f"new{uuid4().hex[:8]}", boss.page
    await boss.goto("/settings/users/new")
    await page.get_by_label("登录名").fill(login)
    await page.get_by_label("姓名").fill("夏新来")
    await page.get_by_text("财务", exact=True).first.click()
    await button(page, "保存").click()
    await page.wait_for_url(re.compile(r"/settings/users/[0-9a-f-]{36}$"))
    await button(page, "设置初始密码").click()
    await boss.look("console-user-password-ask")
    await page.locator(".el-dialog:visible .el-dialog__footer .el-button--primary").click()
    password = await page.locator(".el-dialog:visible code").inner_text()
    await boss.look("console-user-password")
    await boss.accessible()
    await page.locator(".el-dialog:visible .el-dialog__footer .el-button").click()
    return login, password


async def test_a_new_colleague_comes_in_and_enrols_a_second_factor(visit: Visit, shop: Shop) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    login, temporary = await new_colleague(boss)
    own = "a phrase of my own 2026"
    colleague = await visit("/", device="phone")
    colleague.expected += [_REFUSED_FIRST]
    page = colleague.page
    await page.wait_for_url("**/sign-in*")
    await colleague.look("console-sign-in")
    await colleague.accessible()
    await sign_in(page, shop.company, login, "not that one")
    await expect(page.get_by_role("alert")).to_be_visible()
    await sign_in(page, shop.company, login, temporary)
    await page.wait_for_url("**/me")
    await expect(page.locator(".must")).to_be_visible()
    await colleague.look("console-me-must")
    fields = page.locator("input[type=password]")
    for number, typed in enumerate((temporary, own, own)):
        await fields.nth(number).fill(typed)
    await page.locator("form button[type=submit]").click()
    await expect(page.locator(".must")).to_have_count(0)
    # The second factor: the password, the picture to scan, a code of it, what to keep for bad days.
    await button(page, "绑定验证器").click()
    await page.locator(".el-dialog:visible input[type=password]").fill(own)
    await page.locator(".el-dialog:visible button[type=submit]").click()
    dialog = page.locator(".el-dialog:visible")
    await dialog.locator("img.qr").wait_for()
    assert await dialog.locator("img.qr").evaluate("image => image.naturalWidth") > 0
    await colleague.look("console-second-factor")
    await colleague.accessible()
    factor = pyotp.TOTP(await dialog.locator("code").inner_text())
    await dialog.locator("input[autocomplete=one-time-code]").fill(factor.now())
    await dialog.locator("button[type=submit]").click()
    codes = (await page.locator(".el-dialog:visible pre").inner_text()).split()
    assert len(codes) >= 8
    await colleague.look("console-recovery-codes")
    await page.locator(".el-dialog:visible .el-dialog__headerbtn").click()
    # Out, and in again: the password alone does not do, a wrong code neither, a kept one does, once.
    await colleague.ask_out()
    await page.wait_for_url("**/sign-in*")
    await sign_in(page, shop.company, login, own)
    code = page.locator("input[name=one-time-code]")
    await code.wait_for()
    await expect(code).to_be_focused()
    await colleague.look("console-sign-in-code")
    await colleague.accessible()
    await code.fill("000000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await code.fill(codes[0])
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "sign-in" not in url)
    assert (await colleague.ask("GET", "/api/v1/me"))["has_second_factor"] is True


async def test_a_customers_people_come_in_by_invitation(visit: Visit) -> None:
    seller = await visit("/")
    await seller.sign_in_to_console("boss")
    customer = (await seller.ask("GET", "/api/v1/customers?search=D006"))["items"][0]
    await seller.goto(f"/customers/{customer['id']}")
    page = seller.page
    await button(page, "邀请").first.click()
    await page.get_by_label("姓名").fill("洪小满")
    await button(page, "生成链接与二维码").click()
    await page.locator(".url").wait_for()
    await seller.look("console-invitation")
    await seller.accessible()
    link = await page.locator(".url .clip").inner_text()
    assert await page.locator(".ready img").evaluate("image => image.naturalWidth") > 0
    await button(page, "完成").click()
    guest = await visit(link.removeprefix(seller.url), device="phone")
    await guest.page.locator("input[autocomplete=username]").fill(f"hong{uuid4().hex[:8]}")
    await guest.page.locator("input[autocomplete=new-password]").fill("a phrase of my own 2026")
    await guest.page.locator(".door-form .btn-red").click()
    await guest.page.locator(".home").wait_for()
    assert (await guest.ask("GET", "/portal/v1/me"))["customer_id"] == customer["id"]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_proposal_is_taken_back(visit: Visit, language: Language) -> None:
    words = {"zh": ("请客户确认", "撤回修改"), "en": ("Ask the customer", "Take it back")}[language]
    clerk = await visit("/", language=language)
    await clerk.sign_in_to_console("sales1")
    draft = await clerk.ask("POST", "/api/v1/drafts", {"customer": "D001"}, status=201)
    stock = (await clerk.ask("GET", "/api/v1/stock?warehouse=SH&limit=20"))["items"]
    sku = next(row["sku"] for row in stock if float(row["available"]) > 3000)
    await clerk.goto(f"/orders/new?draft={draft['id']}")
    page, keys = clerk.page, clerk.page.keyboard
    await page.locator("input:focus").wait_for()
    await keys.type(sku)
    await page.wait_for_timeout(600)
    await keys.press("Enter")
    await keys.type("10")
    await keys.press("Enter")
    await button(page, words[0]).first.click()
    await page.locator(".el-dialog:visible textarea").fill("先看看")
    await clerk.look("console-propose")
    await button(page.locator(".el-dialog:visible"), words[0]).click()
    await expect(page.locator(".banner.info")).to_be_visible()
    await clerk.look("console-proposed")
    await clerk.accessible()
    await button(page, words[1]).click()
    await expect(page.locator(".banner.info")).to_have_count(0)
    seen = await clerk.ask("GET", f"/api/v1/drafts/{draft['id']}")
    assert (seen["proposal"]["state"], len(seen["lines"])) == ("withdrawn", 1)
    # What is on screen hears that it is gone, and looks.
    clerk.expected.append((404, f"/api/v1/drafts/{draft['id']}"))
    await clerk.ask("DELETE", f"/api/v1/drafts/{draft['id']}", status=204)


async def test_a_notice_is_published_and_the_way_back_is_taken(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    await boss.unhurried()
    title = f"国庆发货安排 {uuid4().hex[:6]}"
    body = {"kind": "notice", "title": title, "body": "十月一日至三日照常发货。", "audience": []}
    draft = await boss.ask("POST", "/api/v1/notices", body | {"audience": [{"kind": "everyone"}]}, status=201)
    page = boss.page
    await boss.goto(f"/notices/{draft['id']}")
    await button(page, "发布").click()
    await boss.look("console-notice-published")
    await button(page.locator(".toast"), "撤销").click()
    await page.wait_for_url(lambda url: draft["id"] not in url)
    mine = [each for each in await _notices(boss) if each["title"] == title]
    assert sorted(each["state"] for each in mine) == ["draft", "withdrawn"]
    await button(page, "发布").click()
    await button(page, "撤回").click()
    await button(page.locator(".toast", has_text="经销商不再看到它"), "撤销").click()
    await expect(button(page, "撤回")).to_be_visible()
    mine = [each for each in await _notices(boss) if each["title"] == title]
    assert sorted(each["state"] for each in mine) == ["published", "withdrawn", "withdrawn"]
    await boss.look("console-notice-republished")


async def _notices(boss: Visitor) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await boss.ask("GET", "/api/v1/notices?limit=50"))["items"]
    return found


async def test_two_who_edit_the_same_are_told(visit: Visit) -> None:
    boss, clerk = await visit("/"), await visit("/", language="en", theme="dark")
    await boss.sign_in_to_console("boss")
    await clerk.sign_in_to_console("boss")
    customer = (await boss.ask("GET", "/api/v1/customers?search=D007"))["items"][0]
    before = await boss.ask("GET", f"/api/v1/customers/{customer['id']}")
    place = f"/customers/{customer['id']}/edit"
    await asyncio.gather(boss.goto(place), clerk.goto(place))
    await boss.page.get_by_label("备注").fill("周五前勿催")
    await clerk.page.get_by_label("Note").fill("no calls before noon")
    await clerk.page.get_by_label("Name", exact=True).first.fill(f"{before['name']}分店")
    await button(boss.page, "保存").click()
    await boss.page.wait_for_url(lambda url: not url.endswith("/edit"))
    clerk.expected.append((412, f"/api/v1/customers/{customer['id']}"))
    await button(clerk.page, "Save").click()
    dialog = clerk.page.locator(".el-dialog:visible")
    await dialog.locator("table").wait_for()
    await clerk.look("console-conflict")
    await clerk.accessible()
    theirs = dialog.locator("tr", has_text="周五前勿催").locator("input").nth(1)
    await theirs.check()
    await dialog.locator(".el-button--primary").click()
    await clerk.page.wait_for_url(lambda url: not url.endswith("/edit"))
    after = await boss.ask("GET", f"/api/v1/customers/{customer['id']}")
    assert (after["name"], after["note"]) == (f"{before['name']}分店", "周五前勿催")
    change = {"name": before["name"], "note": before["note"]}
    await clerk.ask("PATCH", f"/api/v1/customers/{customer['id']}", change, revision=after["revision"])


async def test_words_are_edited_and_removed_in_place(visit: Visit) -> None:
    boss = await visit("/", theme="dark")
    await boss.sign_in_to_console("boss")
    await boss.unhurried()
    code, page = f"T{uuid4().hex[:6]}", boss.page
    await boss.goto("/settings/words?of=tiers")
    await page.get_by_label("新代码").fill(code)
    await page.get_by_label("新名称", exact=True).fill("试用客户")
    await button(page, "添加").click()
    await button(page, "编辑 试用客户").click()
    await page.locator("input[data-field=name]").fill("体验客户")
    await page.keyboard.press("Enter")
    await button(page, "删除 体验客户").click()
    await expect(page.get_by_text("体验客户", exact=True)).to_have_count(0)
    await button(page.locator(".toast"), "撤销").last.click()
    await expect(page.get_by_text("体验客户", exact=True)).to_be_visible()
    await boss.look("console-words")
    await boss.accessible()
    # One that customers have stays, and it is said why.
    tiers = (await boss.ask("GET", "/api/v1/tiers"))["items"]
    used = next(tier for tier in tiers if tier["code"] == "diamond")
    boss.expected.append((409, f"/api/v1/tiers/{used['id']}"))
    await button(page, f"删除 {used['name']}").click()
    await expect(page.get_by_text(re.compile("仍被使用"))).to_be_visible()
    await boss.look("console-words-in-use")
    await button(page, "删除 体验客户").click()
    await expect(page.get_by_text("体验客户", exact=True)).to_have_count(0)


async def test_the_look_follows_whoever_chooses_it(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    page = boss.page
    await boss.goto("/today")
    toggle = page.get_by_role("button", name=re.compile("^外观"))
    await toggle.click()
    await toggle.click()
    assert await page.evaluate("document.documentElement.classList.contains('dark')")
    await boss.look("console-today-chosen-dark")
    await boss.accessible()
    await page.reload()
    await toggle.wait_for()
    assert await page.evaluate("document.documentElement.classList.contains('dark')")
