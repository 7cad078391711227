"""The mini-program as it is built, its requests against the real server (web/portal/tests/weapp.cjs)."""

import json
from pathlib import Path

import pytest
from tests.browser.conftest import Shop
from tools.clients.build import install_packages
from tools.clients.node import node, npm
from tools.clients.places import PORTAL

# What WeChat loads before the first page; it allows 2 MB.
MOST_BYTES = 1_500_000
BUILT = PORTAL.package / "dist" / "build" / "mp-weixin"


@pytest.fixture(scope="module")
def built() -> Path:
    """What `make test` has built before; here anew, lest an old one is tested."""
    install_packages(PORTAL.package)
    npm(PORTAL.package, "run", "build:weapp", quiet=True)
    return BUILT


@pytest.mark.slow
def test_the_main_package_is_small(built: Path) -> None:
    subpackages = {package["root"] for package in json.loads((built / "app.json").read_text())["subPackages"]}
    main = [
        path for path in built.rglob("*") if path.is_file() and path.relative_to(built).parts[0] not in subpackages
    ]
    assert {path.suffix for path in main} <= {".js", ".json", ".wxml", ".wxss", ".wxs", ".png", ".svg"}
    assert 100_000 < sum(path.stat().st_size for path in main) < MOST_BYTES


@pytest.mark.slow
def test_its_looks_come_from_nobody_else(built: Path) -> None:
    for path in built.rglob("*.wxss"):
        assert "http" not in path.read_text().replace("http://www.w3.org/", ""), path


@pytest.mark.slow
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
