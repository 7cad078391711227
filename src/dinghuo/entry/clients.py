"""The web clients: the console at `/`, the dealers' portal at `/portal/`. Everything else is the server's own.

They are built beforehand (`make web`) and lie in this package. A file under `assets/` has its content's hash in its
name and is kept for ever; every other is asked for again, and answered 304 while it is the same.
"""

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

BUILT = Path(__file__).parent / "web"

# What no client may stand in front of.
_SERVERS = ("/api", "/portal/v1", "/healthz", "/readyz", "/metrics", "/docs", "/files")
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

_NOT_BUILT = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>订货 · Dinghuo</title>
<style>
:root { color-scheme: light dark; font: 16px/1.7 system-ui, sans-serif }
body { max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem }
</style>
<h1>网页客户端尚未构建</h1>
<p>在源码目录运行 <kbd>make web</kbd>，然后刷新此页。接口照常可用：<a href="/api/docs">接口文档</a></p>
<div lang="en">
<h1>The web clients have not been built</h1>
<p>Run <kbd>make web</kbd> in the checkout and reload this page. The API works all the same:
<a href="/api/docs">its documentation</a></p>
</div></html>
""".encode()


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it goes out: `bodies` by encoding, `""` the plain one."""

    media_type: str
    tag: str
    is_hashed: bool
    bodies: dict[str, bytes]
    policy: str | None = None


@dataclass(slots=True)
class Client:
    """One built client under its prefix; read when first asked for, and again when it was built anew."""

    prefix: str
    folder: Path
    read_at: int = 0
    assets: dict[str, Asset] = field(default_factory=dict)

    def find(self, path: str, *, is_page: bool) -> Asset | None:
        """The file at this path; the start page for whatever else a person may have in the address bar."""
        name = path.removeprefix(self.prefix)
        if name in ("", "index.html") or not self.assets:
            self._refresh()
        found = self.assets.get(name or "index.html")
        if found is None and is_page and "." not in name.rpartition("/")[2] and not name.startswith("assets/"):
            self._refresh()
            found = self.assets.get("index.html")
        return found

    def _refresh(self) -> None:
        try:
            changed_at = (self.folder / "index.html").stat().st_mtime_ns
        except FileNotFoundError:
            self.assets, self.read_at = {}, 0
            return
        if changed_at != self.read_at:
            self.assets, self.read_at = dict(_read(self.folder)), changed_at


def clients(app: ASGIApp, built: Path = BUILT) -> ASGIApp:
    """Answer for the clients' files before the application, which has everything else."""
    portal, console = Client("/portal/", built / "portal"), Client("/", built / "console")

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] in ("GET", "HEAD") and not _is_servers(scope["path"]):
            await show(scope, receive, send)
        else:
            await app(scope, receive, send)

    async def show(scope: HTTPScope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/portal":
            await _send(send, 308, [(b"location", b"/portal/")], b"")
            return
        client = portal if path.startswith("/portal/") else console
        is_page = path == client.prefix or "text/html" in _header(scope, b"accept")
        asset = client.find(path, is_page=is_page)
        if asset is not None:
            await _answer(scope, send, asset)
        elif is_page and not client.assets:
            await _send(send, 503, [(b"content-type", b"text/html; charset=utf-8")], _NOT_BUILT)
        else:
            await app(scope, receive, send)

    return serve


def _is_servers(path: str) -> bool:
    return any(path == own or path.startswith(f"{own}/") for own in _SERVERS)


def _read(folder: Path) -> Iterator[tuple[str, Asset]]:
    packed = {suffix for _, suffix in _ENCODINGS}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or path.suffix in packed or name.startswith("."):
            continue
        bodies = {"": path.read_bytes()}
        for encoding, suffix in _ENCODINGS:
            beside = path.with_name(path.name + suffix)
            if beside.is_file():
                bodies[encoding] = beside.read_bytes()
        media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        if media_type.startswith("text/"):
            media_type += "; charset=utf-8"
        yield (
            name,
            Asset(
                media_type=media_type,
                tag=hashlib.sha256(bodies[""]).hexdigest()[:20],
                is_hashed=name.startswith("assets/"),
                bodies=bodies,
                policy=_policy(bodies[""]) if path.suffix == ".html" else None,
            ),
        )


def _policy(page: bytes) -> str:
    """Nothing from anywhere else, no script but ours: those that stand in the page are named by their hash."""
    hashes = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE_SCRIPT.findall(page))
    scripts = " ".join(["'self'", *(f"'sha256-{each}'" for each in hashes)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; style-src-attr 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
        "media-src 'self' blob:; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


async def _answer(scope: HTTPScope, send: Send, asset: Asset) -> None:
    accepted = {part.partition(";")[0].strip() for part in _header(scope, b"accept-encoding").split(",")}
    encoding = next((name for name, _ in _ENCODINGS if name in accepted and name in asset.bodies), "")
    tag = f'"{asset.tag}{"-" if encoding else ""}{encoding}"'
    lasting = "public, max-age=31536000, immutable" if asset.is_hashed else "no-cache"
    headers = [(b"etag", tag.encode()), (b"cache-control", lasting.encode()), (b"vary", b"accept-encoding")]
    if asset.policy:
        headers.append((b"content-security-policy", asset.policy.encode()))
    if tag in {each.strip().removeprefix("W/") for each in _header(scope, b"if-none-match").split(",")}:
        await _send(send, 304, headers, b"", has_length=False)
        return
    headers.append((b"content-type", asset.media_type.encode()))
    if encoding:
        headers.append((b"content-encoding", encoding.encode()))
    body = asset.bodies[encoding]
    headers.append((b"content-length", str(len(body)).encode()))
    await _send(send, 200, headers, b"" if scope["method"] == "HEAD" else body, has_length=False)


async def _send(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes, *, has_length: bool = True
) -> None:
    if has_length:
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _header(scope: HTTPScope, wanted: bytes) -> str:
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == wanted)
