"""Colleagues come by invitation, change what they may do, go again; and one person orders for two companies."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.visitor import Language, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

PASSWORD = "kaimen-2026-hello"
WORDS = {
    "zh": {
        "invite": "邀请同事",
        "make": "生成邀请",
        "receiver": "收货",
        "buyer": "采购",
        "save": "保存",
        "remove": "移出本公司",
    },
    "en": {
        "invite": "Invite a colleague",
        "make": "Make an invitation",
        "receiver": "Receiver",
        "buyer": "Buyer",
        "save": "Save",
        "remove": "Remove from the company",
    },
}


def somebody() -> str:
    return f"guest-{uuid4().hex[:8]}"


async def invite(admin: Visitor, name: str) -> str:
    """The link that the administrator's phone shows."""
    page, words = admin.page, WORDS[admin.language]
    await admin.goto("/portal/#/more/users/index")
    await page.get_by_role("button", name=words["invite"]).click()
    sheet = page.get_by_role("dialog")
    await sheet.locator("input").first.fill(name)
    await admin.look("portal-invite")
    await admin.accessible()
    await sheet.get_by_role("button", name=words["make"]).click()
    code = sheet.locator(".invited-code")
    await expect(code).to_be_visible()
    assert await code.evaluate("(image) => image.decode().then(() => image.naturalWidth > 0)")
    await admin.look("portal-invited")
    await admin.accessible()
    return await sheet.locator(".invited-link").inner_text()


def path_of(link: str) -> str:
    return link[link.index("/portal/") :]


async def accept(guest: Visitor, login: str) -> None:
    """Whoever opened the link becomes a user."""
    page = guest.page
    await page.locator("input[autocomplete=username]").wait_for()
    await guest.look("portal-invitation")
    await guest.accessible()
    await page.locator("input[autocomplete=username]").fill(login)
    await page.locator("input[autocomplete=new-password]").fill(PASSWORD)
    await page.locator(".door-form .btn-red").click()
    await page.locator(".home").wait_for()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_colleague_is_invited_changed_and_removed(visit: Visit, language: Language) -> None:
    words = WORDS[language]
    admin = await visit("/portal/", device="phone", language=language)
    await admin.sign_in_to_portal("d001.admin")
    name, login = f"客人{somebody()[-4:]}", somebody()
    link = await invite(admin, name)

    guest = await visit(path_of(link), device="phone", language=language)
    await accept(guest, login)
    me = await guest.ask("GET", "/portal/v1/me")
    assert (me["name"], [one["code"] for one in me["customers"]]) == (name, ["D001"])
    assert "portal.orders.place" in me["permissions"]

    page = admin.page
    await admin.goto("/portal/#/more/users/index")
    await page.reload()
    card = page.locator(".person", has_text=login)
    await expect(card).to_contain_text(words["buyer"])
    await card.click()
    sheet = page.get_by_role("dialog")
    await sheet.locator(".role-card", has_text=re.compile(rf"^{words['receiver']}")).click()
    await sheet.locator(".role-card", has_text=re.compile(rf"^{words['buyer']}")).click()
    await admin.look("portal-member")
    await admin.accessible()
    await sheet.get_by_role("button", name=words["save"]).click()
    await expect(card).to_contain_text(words["receiver"])
    await expect(card).not_to_contain_text(words["buyer"])
    me = await guest.ask("GET", "/portal/v1/me")
    assert "portal.orders.place" not in me["permissions"] and not me["sees_price"]

    await card.click()
    await sheet.get_by_role("button", name=words["remove"]).click()
    await sheet.locator(".btn-red").click()
    await expect(card).to_have_count(0)
    guest.expected.append((401, "/portal/v1/me"))
    answer = await guest.page.request.get(f"{guest.url}/portal/v1/me")
    assert answer.status == 401


async def test_an_invitation_that_is_taken_back_opens_nothing(visit: Visit) -> None:
    admin = await visit("/portal/", device="desk")
    await admin.sign_in_to_portal("d001.admin")
    name = f"客人{somebody()[-4:]}"
    link = await invite(admin, name)
    await admin.page.keyboard.press("Escape")
    waiting = admin.page.locator(".people-sent", has_text=name)
    await waiting.get_by_role("button").click()
    await expect(waiting).to_have_count(0)
    guest = await visit("/portal/#/pages/sign-in/index")
    await guest.page.locator("input[name=username]").wait_for()
    guest.expected.append((409, "/portal/v1/invitations/look"))
    await guest.goto(path_of(link))
    await expect(guest.page.get_by_text("已被撤销")).to_be_visible()


async def test_one_person_orders_for_two_companies(visit: Visit) -> None:
    """Somebody with an account opens another company's link, signs in first, joins, and changes between both."""
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    codes = {one["code"]: one for one in (await boss.ask("GET", "/api/v1/customers?search=D00&limit=50"))["items"]}
    first, second = codes["D001"], codes["D002"]
    login = somebody()
    made = []
    for customer in (first, second):
        path = f"/api/v1/customers/{customer['id']}/invitations"
        made.append((await boss.ask("POST", path, {"roles": ["dealer_buyer"], "name": "两家采购"}, 201))["url"])

    guest = await visit(path_of(made[0]), device="phone")
    page = guest.page
    await accept(guest, login)
    await guest.ask("PUT", "/portal/v1/cart", {"note": "第一家的车"})
    await guest.goto("/portal/#/pages/me/index")
    # The stream of news may find out before the page does.
    guest.expected.append((401, "/portal/v1/events"))
    await page.locator(".mine-body > .btn-wide").click()
    await page.locator("input[name=username]").wait_for()

    await guest.goto(path_of(made[1]))
    await page.locator(".invite-other").click()
    await page.fill("input[name=company]", guest.company)
    await page.fill("input[name=username]", login)
    await page.fill("input[name=password]", PASSWORD)
    await page.click("button[type=submit]")
    await page.get_by_text(login, exact=False).wait_for()
    await guest.look("portal-join")
    await guest.accessible()
    await page.locator(".door-form .btn-red").click()
    await page.locator(".home").wait_for()
    await expect(page.locator(".hero-name")).to_have_text(second["name"])

    await guest.goto("/portal/#/pages/me/index")
    await page.locator(".mine-company").click()
    await guest.look("portal-companies")
    await guest.accessible()
    await page.get_by_role("dialog").get_by_text(first["name"]).click()
    await expect(page.locator(".hero-name")).to_have_text(first["name"])
    await guest.look("portal-switched")
    await guest.goto("/portal/#/pages/me/index")
    await expect(page.locator(".mine-company")).to_contain_text(first["name"])


async def test_who_has_a_session_is_known_even_where_the_device_forgot(visit: Visit) -> None:
    """The browser's storage was emptied, its cookies were not."""
    dealer = await visit("/portal/", device="phone")
    await dealer.sign_in_to_portal("d002.admin")
    await dealer.page.evaluate("localStorage.clear()")
    await dealer.goto("/portal/?again")
    await expect(dealer.page.locator(".home-list .sku").first).to_be_visible()
