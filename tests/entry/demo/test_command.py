"""`dinghuo demo` as it is typed: a real installation of its own."""

import json
import signal
import socket
from collections.abc import Iterator

import httpx
import pytest
from tests.entry.home import PATIENCE, Home

from dinghuo.kit.embedded import server

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """An installation with the demo company in it."""
    made = Home(tmp_path_factory.mktemp("home"))
    with server(made.data, options={"fsync": "off", "full_page_writes": "off"}):
        told = made.told("demo", "--no-serve")
        assert (told["is_new"], told.keys()) == (True, {"is_new", "company", "accounts"})
        yield made


def test_the_address_is_tried_before_anything_is_made(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = Home(tmp_path_factory.mktemp("empty"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = empty.run("demo", "--port", str(taken.getsockname()[1]))
    assert busy.returncode == 4
    assert busy.stderr.startswith("dinghuo: Cannot listen on 127.0.0.1:")
    assert list(empty.data.iterdir()) == []


def test_it_serves_what_it_found_and_says_who_may_sign_in(home: Home) -> None:
    with home.running("demo", "--port", "0", "--workers", "1", "--json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told["is_new"] is False
        assert told["company"] == {"code": "jiangnan", "name": "Jiangnan Food & Beverage Trading Co., Ltd."}
        assert httpx.get(told["api_docs"]).status_code == 200
        assert len(told["accounts"]) == 22
        for account in (told["accounts"][0], told["accounts"][-1]):
            root = "api" if account["audience"] == "staff" else "portal"
            body = {"company": "jiangnan", "login": account["login"], "password": account["password"]}
            assert httpx.post(f"{told['url']}/{root}/v1/sign-in", json=body).status_code == 201
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, err) == (0, "", "")


def test_people_read_it_in_their_language(home: Home) -> None:
    english = home.run("demo", "--no-serve").stdout
    assert "company code jiangnan · everybody's password Dinghuo-demo-2026" in english
    assert "Warehouse" in english and "He Dayong" in english and "D036 Longtang Xiaozao" in english
    chinese = home.run("demo", "--no-serve", LANG="zh_CN.UTF-8").stdout
    assert "演示企业：江南食品饮料贸易有限公司" in chinese
    assert "经销商采购" in chinese and "余阿妹" in chinese and "杭州弄堂小灶餐饮店" in chinese


def test_fresh_makes_it_anew(home: Home) -> None:
    before = home.as_superuser("select string_agg(id::text, ' ') from tenant")
    told = home.told("demo", "--fresh", "--no-serve")
    assert told["is_new"] is True
    after = home.as_superuser("select string_agg(id::text, ' ') from tenant")
    assert after != before
    assert home.told("doctor")["ok"]


def test_it_has_help_with_an_example(home: Home) -> None:
    done = home.run("demo", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Example" in done.stdout
