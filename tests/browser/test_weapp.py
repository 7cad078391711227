"""The mini-program as it is built, its requests against the real server (web/portal/tests/weapp.cjs)."""

import asyncio
import json
from pathlib import Path

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Shop, Visit
from tests.wechat import APP_ID, SECRET, FakeWeChat
from tools.clients.build import install_packages
from tools.clients.node import node, npm
from tools.clients.places import PORTAL

# All by one worker, which has the shop and builds what is looked at.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

# What WeChat loads before the first page; it allows 2 MB.
MOST_BYTES = 1_500_000
BUILT = PORTAL.package / "dist" / "build" / "mp-weixin"


@pytest.fixture(scope="module")
def built() -> Path:
    """What `make test` has built before; here anew, lest an old one is tested."""
    install_packages(PORTAL.package)
    npm(PORTAL.package, "run", "build:weapp", quiet=True)
    return BUILT


def test_the_main_package_is_small(built: Path) -> None:
    subpackages = {package["root"] for package in json.loads((built / "app.json").read_text())["subPackages"]}
    main = [
        path for path in built.rglob("*") if path.is_file() and path.relative_to(built).parts[0] not in subpackages
    ]
    assert {path.suffix for path in main} <= {".js", ".json", ".wxml", ".wxss", ".wxs", ".png", ".svg"}
    assert 100_000 < sum(path.stat().st_size for path in main) < MOST_BYTES


def test_its_looks_come_from_nobody_else(built: Path) -> None:
    for path in built.rglob("*.wxss"):
        assert "http" not in path.read_text().replace("http://www.w3.org/", ""), path


def test_a_dealer_orders_in_the_mini_program(built: Path, shop: Shop, tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    script = PORTAL.package / "tests" / "weapp.cjs"
    node(script, shop.url, shop.company, "d001.buyer", shop.password, seen, cwd=PORTAL.package, quiet=True)
    told = json.loads(seen.read_text())
    assert told["errors"] == []
    assert "我常买的" in told["first"]
    assert "价税合计" in told["filled"] and "去结算" in told["filled"]
    assert "提交了订单" in told["order"]
    assert told["submits"] == 1, "five taps are one order"
    assert told["token"], "the mini-program has no cookies"
    assert told["tabs"] == [
        "switchTab /pages/home/index",
        "navigateTo /more/checkout/index",
        "redirectTo /more/placed/index?id=ID",
    ]
    assert {"POST /portal/v1/sign-in", "GET /portal/v1/home", "PUT /portal/v1/cart/lines"} <= set(told["requests"])


async def test_who_signed_in_once_comes_by_wechat_and_parts_from_it_on_the_web(
    built: Path, shop: Shop, wechat: FakeWeChat, visit: Visit, tmp_path: Path
) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    await boss.ask("PUT", "/api/v1/settings/wechat", {"app_id": APP_ID, "secret": SECRET, "active": True})
    script, seen, login = PORTAL.package / "tests" / "weapp.cjs", tmp_path / "seen.json", "d003.buyer"
    arguments = (script, shop.url, shop.company, login, shop.password, seen, "somebody")
    await asyncio.to_thread(node, *arguments, cwd=PORTAL.package, quiet=True)
    told = json.loads(seen.read_text())
    # Whoever has forgotten everything is asked for their session once, and has none.
    assert [error for error in told["errors"] if not error.startswith("401 GET /portal/v1/me ")] == []
    assert "这个微信还没有绑定账号" in told["asked"]
    assert told["token"]
    assert told["requests"].count("POST /portal/v1/wechat/sign-in") == 2
    assert told["requests"].count("POST /portal/v1/wechat/bind") == 1
    assert [asked["grant_type"] for asked in wechat.asked[-2:]] == ["authorization_code"] * 2

    dealer = await visit("/portal/", device="phone")
    await dealer.sign_in_to_portal(login)
    await dealer.goto("/portal/#/more/account/index")
    card = dealer.page.locator(".account-wechat")
    await expect(card).to_contain_text("已绑定微信")
    await dealer.look("portal-account-wechat")
    await dealer.accessible()
    await card.get_by_role("button").click()
    await expect(card).not_to_contain_text("已绑定微信")
    assert not (await dealer.ask("GET", "/portal/v1/wechat"))["bound"]
