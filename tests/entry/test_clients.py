"""The web clients as browsers get them, from a folder that looks like a build."""

import base64
import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from litestar.types import Receive, Scope, Send

from dinghuo.entry.clients import clients
from dinghuo.entry.edge import edge

PAGE = b"<!doctype html><script>theme()</script><script type=module src=/assets/main-1a2b.js></script>"
SCRIPT = b"console.log('dinghuo');" * 100
BROWSER = {"accept": "text/html,application/xhtml+xml", "accept-encoding": "gzip, br"}

Ask = Callable[[Path], httpx.AsyncClient]


async def api(scope: Scope, receive: Receive, send: Send) -> None:
    """What stands behind the clients: says which path reached it."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": str(scope["path"]).encode(), "more_body": False})


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for name in ("console", "portal"):
        assets = tmp_path / name / "assets"
        assets.mkdir(parents=True)
        (tmp_path / name / "index.html").write_bytes(PAGE + name.encode())
        (tmp_path / name / ".sources").write_text("digest")
        (assets / "main-1a2b.js").write_bytes(SCRIPT)
        (assets / "main-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    return tmp_path


@pytest.fixture
def ask() -> Ask:
    def client(folder: Path) -> httpx.AsyncClient:
        app = edge(clients(api, folder))
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")  # type: ignore[arg-type]

    return client


async def test_every_address_of_a_person_is_the_start_page(built: Path, ask: Ask) -> None:
    async with ask(built) as browser:
        for path in ("/", "/index.html", "/orders", "/orders/0199-77"):
            answer = await browser.get(path, headers=BROWSER)
            assert (answer.status_code, answer.content) == (200, PAGE + b"console")
            assert answer.headers["cache-control"] == "no-cache"
        for path in ("/portal/", "/portal/cart"):
            assert (await browser.get(path, headers=BROWSER)).content == PAGE + b"portal"
        moved = await browser.get("/portal", headers=BROWSER)
        assert (moved.status_code, moved.headers["location"]) == (308, "/portal/")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/orders",
        "/api",
        "/portal/v1/me",
        "/portal/v1",
        "/healthz",
        "/readyz",
        "/docs",
        "/assets/gone-99.js",
        "/x.png",
    ],
)
async def test_nothing_of_the_server_is_hidden(built: Path, ask: Ask, path: str) -> None:
    async with ask(built) as browser:
        answer = await browser.get(path, headers=BROWSER)
        assert (answer.status_code, answer.text) == (404, path)


async def test_programs_get_no_page_where_there_is_nothing(built: Path, ask: Ask) -> None:
    async with ask(built) as program:
        assert (await program.get("/orders", headers={"accept": "application/json"})).status_code == 404
        assert (await program.post("/", headers=BROWSER)).status_code == 404


async def test_hashed_files_are_kept_for_ever_and_come_compressed(built: Path, ask: Ask) -> None:
    async with ask(built) as browser:
        packed = await browser.get("/assets/main-1a2b.js", headers={"accept-encoding": "gzip"})
        plain = await browser.get("/assets/main-1a2b.js", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == SCRIPT
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-type"] == "text/javascript; charset=utf-8"
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["vary"] == "accept-encoding"


async def test_what_is_known_is_not_sent_again(built: Path, ask: Ask) -> None:
    async with ask(built) as browser:
        tag = (await browser.get("/", headers=BROWSER)).headers["etag"]
        again = await browser.get("/", headers={**BROWSER, "if-none-match": f'"other", {tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        head = await browser.head("/", headers=BROWSER)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) == len(PAGE + b"console")


async def test_a_page_may_load_nothing_from_elsewhere(built: Path, ask: Ask) -> None:
    async with ask(built) as browser:
        answer = await browser.get("/", headers=BROWSER)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    theme = base64.b64encode(hashlib.sha256(b"theme()").digest()).decode()
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == f"'self' 'sha256-{theme}'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_new_build_is_served_without_a_restart(built: Path, ask: Ask) -> None:
    async with ask(built) as browser:
        assert (await browser.get("/", headers=BROWSER)).content == PAGE + b"console"
        page = built / "console" / "index.html"
        page.write_bytes(b"new")
        (built / "console" / "assets" / "main-9z.js").write_bytes(b"new")
        assert (await browser.get("/", headers=BROWSER)).content == b"new"
        assert (await browser.get("/assets/main-9z.js")).content == b"new"


async def test_secrets_beside_the_files_are_not_served(built: Path, ask: Ask) -> None:
    async with ask(built) as browser:
        for path in ("/.sources", "/%2e%2e/portal/index.html", "/assets/main-1a2b.js.gz"):
            assert (await browser.get(path, headers={"accept": "*/*"})).status_code == 404


async def test_what_was_not_built_says_how(tmp_path: Path, ask: Ask) -> None:
    async with ask(tmp_path) as browser:
        answer = await browser.get("/", headers=BROWSER)
    assert answer.status_code == 503
    assert "make web" in answer.text
