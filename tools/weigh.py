"""What the web clients weigh, how soon their first page is usable on a phone, how soon news is on every screen.

`python -m tools.weigh [URL]`. The weights are of what was built (`make web`, and the mini-program if it was built);
the rest is measured against a running demo (`make demo` in another window), and left out without its address.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Browser, BrowserContext, CDPSession, async_playwright
from tests.browser.chromium import find_chromium
from tools.clients.places import CLIENTS, PORTAL

COMPANY, PASSWORD = "jiangnan", "Dinghuo-demo-2026"
MINI_PROGRAM = PORTAL.package / "dist" / "build" / "mp-weixin"
# Name, bits a second downwards, round trip in milliseconds; a quarter of it upwards.
NETWORKS = (("4G, 9 Mbit/s, 85 ms", 9e6, 85), ("slow 4G, 1.6 Mbit/s, 150 ms", 1.6e6, 150))
# Side, who, where, what is there once the page is of use.
PAGES = (
    ("portal", "d002.admin", "/portal/", ".home-list .sku"),
    ("console", "boss", "/today", ".tiles"),
)
SCREENS, EACH, ORDERS = 500, 20, 20
_WARM = 3
_PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
}


def main(arguments: list[str]) -> int:
    if len(arguments) > 1 or any(one.startswith("-") for one in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    for line in weights():
        print(line)
    if arguments:
        asyncio.run(measure(arguments[0].rstrip("/")))
    return 0


def weights() -> Iterator[str]:
    """Of each client all scripts and styles, plain and as they are sent; of the mini-program what comes first."""
    for client in CLIENTS:
        files = [path for path in client.target.rglob("*") if path.suffix in (".js", ".css")]
        sent = sum(path.with_name(f"{path.name}.br").stat().st_size for path in files if _is_packed(path))
        plain = sum(path.stat().st_size for path in files)
        yield f"{client.name}: {len(files)} scripts and styles, {plain / 1000:.0f} kB, sent as {sent / 1000:.0f} kB"
    if (MINI_PROGRAM / "app.json").is_file():
        size = sum(path.stat().st_size for path in _main_package())
        yield f"mini-program, main package: {size / 1e6:.2f} MB"


def _is_packed(path: Path) -> bool:
    return path.with_name(f"{path.name}.br").is_file()


def _main_package() -> Iterator[Path]:
    for path in MINI_PROGRAM.rglob("*"):
        if path.is_file() and path.relative_to(MINI_PROGRAM).parts[0] != "more":
            yield path


async def measure(url: str) -> None:
    await home_weight(url)
    async with async_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        for network in NETWORKS:
            for page in PAGES:
                await load(browser, url, network, page)
        await browser.close()
    await news(url)


async def signed_in(client: httpx.AsyncClient, side: str, login: str) -> None:
    path = "/portal/v1/sign-in" if side == "portal" else "/api/v1/sign-in"
    who = {"company": COMPANY, "login": login, "password": PASSWORD}
    answer = await client.post(path, json=who)
    if answer.status_code != 201:
        sys.exit(f"{login} cannot sign in: {answer.text}")
    client.headers["x-csrf-token"] = answer.json()["csrf"]


async def home_weight(url: str) -> None:
    """What the dealer's first page asks the server for, plain and as it is sent."""
    async with httpx.AsyncClient(base_url=url, headers={"origin": url}) as client:
        await signed_in(client, "portal", "d002.admin")
        for path in ("/portal/v1/home", "/portal/v1/products?limit=24"):
            sizes = []
            for encoding in ("identity", "gzip"):
                async with client.stream("GET", path, headers={"accept-encoding": encoding}) as answer:
                    sizes.append(sum([len(part) async for part in answer.aiter_raw()]))
            print(f"{path}: {sizes[0] / 1000:.1f} kB, sent as {sizes[1] / 1000:.1f} kB")


async def load(browser: Browser, url: str, network: tuple[str, float, int], page: tuple[str, str, str, str]) -> None:
    """The first visit of a phone, then further ones, whose files are there."""
    side = page[0]
    state = await _known(browser, url, page)
    context = await browser.new_context(**_PHONE, storage_state=state)
    visits = [await _visit(context, url, network, page) for _ in range(1 + _WARM)]
    (cold, weight), again = visits[0], visits[1:]
    warm = statistics.median(seconds for seconds, _ in again)
    print(
        f"{side} on {network[0]}: first {cold:.2f} s and {weight / 1000:.0f} kB, "
        f"again {warm:.2f} s and {statistics.median(size for _, size in again) / 1000:.0f} kB"
    )
    await context.close()


async def _known(browser: Browser, url: str, page: tuple[str, str, str, str]) -> Any:
    """What a phone keeps of somebody who signed in on it."""
    side, login, path, ready = page
    context = await browser.new_context(**_PHONE)
    who = {"company": COMPANY, "login": login, "password": PASSWORD}
    sign_in = f"{url}/{'portal/v1' if side == 'portal' else 'api/v1'}/sign-in"
    answer = await context.request.post(sign_in, data=who, headers={"origin": url})
    if answer.status != 201:
        sys.exit(await answer.text())
    shown = await context.new_page()
    await shown.goto(f"{url}{path}")
    await shown.wait_for_selector(ready, timeout=60_000)
    state = await context.storage_state()
    await context.close()
    return state


async def _visit(
    context: BrowserContext, url: str, network: tuple[str, float, int], page: tuple[str, str, str, str]
) -> tuple[float, int]:
    """Seconds until it is of use, and bytes received until then."""
    _, rate, delay = network
    _, _, path, ready = page
    shown = await context.new_page()
    session = await context.new_cdp_session(shown)
    await session.send("Network.enable")
    speed = {"downloadThroughput": rate / 8, "uploadThroughput": rate / 32}
    await session.send("Network.emulateNetworkConditions", {"offline": False, "latency": delay, **speed})
    received = _count(session)
    began = time.perf_counter()
    await shown.goto(f"{url}{path}", wait_until="commit")
    await shown.wait_for_selector(ready, timeout=60_000)
    seconds, size = time.perf_counter() - began, received[0]
    await shown.close()
    return seconds, size


def _count(session: CDPSession) -> list[int]:
    received = [0]

    def finished(event: Any) -> None:
        received[0] += int(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    return received


async def news(url: str) -> None:
    """Orders placed one after the other, and when each of many screens hears of them."""
    heard: dict[str, list[float]] = {}
    async with httpx.AsyncClient(base_url=url, headers={"origin": url}, timeout=30) as client:
        await signed_in(client, "console", "boss")
        cookies = []
        for _ in range(SCREENS // EACH):
            async with httpx.AsyncClient(base_url=url, headers={"origin": url}) as other:
                await signed_in(other, "console", "boss")
                cookies.append("; ".join(f"{name}={value}" for name, value in other.cookies.items()))
        ready = asyncio.Semaphore(0)
        screens = [asyncio.create_task(_look(url, cookie, heard, ready)) for cookie in cookies for _ in range(EACH)]
        for _ in screens:
            await ready.acquire()
        stock = (await client.get("/api/v1/stock?warehouse=SH&limit=50")).json()["items"]
        sku = max(stock, key=lambda row: float(row["available"]))["sku"]
        answered: dict[str, float] = {}
        for _ in range(ORDERS):
            order = {"customer": "D001", "lines": [{"sku": sku, "quantity": "10"}]}
            placed = await client.post("/api/v1/orders", json=order)
            if placed.status_code != 201:
                sys.exit(placed.text)
            answered[placed.json()["id"]] = time.perf_counter()
            await asyncio.sleep(0.5)
        await asyncio.sleep(1)
        for screen in screens:
            screen.cancel()
        await asyncio.gather(*screens, return_exceptions=True)
    delays = sorted((at - answered[id]) * 1000 for id in answered for at in heard.get(id, ()))
    lost = ORDERS * SCREENS - len(delays)
    p50, p99 = delays[len(delays) // 2], delays[int(len(delays) * 0.99)]
    print(
        f"news of {ORDERS} orders on {SCREENS} screens after the answer: p50 {p50:.0f}, p99 {p99:.0f} ms; lost {lost}"
    )


async def _look(url: str, cookie: str, heard: dict[str, list[float]], ready: asyncio.Semaphore) -> None:
    """One screen, as cheap as it can be: the first time it hears of each order."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = ("GET /api/v1/events HTTP/1.1", f"Host: {parts.netloc}", "Accept: text/event-stream", f"Cookie: {cookie}")
    writer.write("\r\n".join([*head, "", ""]).encode())
    known: set[str] = set()
    is_ready = False
    try:
        while line := await reader.readline():
            if not is_ready and b"hello" in line:
                is_ready = True
                ready.release()
            if b'"order.' in line and (at := line.find(b'"id":"')) >= 0:
                id = line[at + 6 : at + 42].decode()
                if id not in known:
                    known.add(id)
                    heard.setdefault(id, []).append(time.perf_counter())
    finally:
        writer.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
