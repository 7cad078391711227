"""Real Chromium against the real server, with the demo company in it."""

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect
from tests.browser.chromium import find_chromium
from tests.browser.visitor import Device, Language, Theme, Visitor, close, context_options
from tests.entry.home import Home
from tests.wechat import FakeWeChat, fake_wechat
from tests.wecom import FakeWeCom, fake_wecom

from dinghuo.entry.demo.company import COMPANY
from dinghuo.entry.demo.seed_company import PASSWORD
from dinghuo.kit.embedded import server

Visit = Callable[..., Awaitable[Visitor]]
# A busy machine is waited for, however long it takes: in milliseconds.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


@dataclass(frozen=True)
class Shop:
    """The demo company, served."""

    url: str
    # Its data directory, for what can only be brought about behind the program's back.
    data: Path | None = None
    company: str = COMPANY.code
    password: str = PASSWORD


@pytest.fixture(scope="session")
async def wechat() -> AsyncIterator[FakeWeChat]:
    """What the shop takes for WeChat. It answers while an asynchronous test runs."""
    async with fake_wechat() as fake:
        yield fake


@pytest.fixture(scope="session")
async def wecom() -> AsyncIterator[FakeWeCom]:
    """What the shop takes for WeCom. It answers while an asynchronous test runs."""
    async with fake_wecom() as fake:
        yield fake


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, wechat: FakeWeChat, wecom: FakeWeCom) -> Iterator[Shop]:
    """`dinghuo demo`, as a newcomer starts it; or one that runs already, for who writes these tests."""
    running = os.environ.get("DINGHUO_DEMO_URL")
    if running:
        data = os.environ.get("DINGHUO_DEMO_DATA")
        yield Shop(running, Path(data) if data else None)
        return
    home = Home(tmp_path_factory.mktemp("shop"))
    home.environment["DINGHUO_WECHAT_URL"] = wechat.url
    home.environment["DINGHUO_WECOM_URL"] = wecom.url
    with (
        server(home.data, options={"fsync": "off", "full_page_writes": "off"}),
        home.running("demo", "--port", "0", "--workers", "1", "--json") as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        yield Shop(json.loads(line)["url"], home.data)
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=_FLAGS)
        yield browser
        await browser.close()


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture
async def visit(chromium: Browser, shop: Shop, request: pytest.FixtureRequest) -> AsyncIterator[Visit]:
    """`await visit("/portal/", device="phone")`: a visitor; whatever went wrong unseen fails the test at its end.

    After a test that failed it says what was on screen.
    """
    visitors: list[Visitor] = []
    async with AsyncExitStack() as stack:

        async def come(
            path: str, *, device: Device = "desk", language: Language = "zh", theme: Theme = "light"
        ) -> Visitor:
            context = await chromium.new_context(**await context_options(device, language, theme))
            context.set_default_timeout(PATIENCE)
            visitor = Visitor(
                await context.new_page(), shop.url, shop.company, shop.password, device, language, theme
            )
            visitor.watch()
            visitors.append(visitor)
            stack.push_async_callback(close, visitor, context)
            await visitor.goto(path)
            return visitor

        yield come
        if request.node.stash.get(_FAILED, False):
            raise AssertionError([await visitor.on_screen() for visitor in visitors])
