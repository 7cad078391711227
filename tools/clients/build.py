"""Build the clients whose sources changed, and put them where the server finds them."""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tools.clients.node import node, npm
from tools.clients.places import CLIENTS, Client

_STAMP = ".sources"
_INSTALLED = ".dinghuo-lock"
_LEFT_OUT = {"node_modules", "dist", "unpackage", "test", "tests"}
_COMPRESS = Path(__file__).with_name("compress.mjs")


class NotBuilt(Exception):
    """A build came to its end without leaving what it should."""


def build_clients() -> None:
    """Build what is not up to date; says so on standard error while it does."""
    for client in CLIENTS:
        if (client.package / "package.json").exists() and not is_built(client):
            _build(client)


def is_built(client: Client) -> bool:
    stamp = client.target / _STAMP
    return stamp.is_file() and stamp.read_text() == digest(client)


def digest(client: Client) -> str:
    """Of everything the client is made of."""
    found = hashlib.sha256()
    for path in sorted(path for source in client.sources for path in _files(source)):
        found.update(str(path.relative_to(client.package.parent)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
        return
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if name not in _LEFT_OUT]
        # Written by the build itself.
        yield from (Path(folder, name) for name in names if name != "components.d.ts")


def _build(client: Client) -> None:
    made_from = digest(client)
    _say(f"正在构建网页客户端 {client.name} …", f"Building the web client {client.name} …")
    began = time.monotonic()
    install_packages(client.package)
    npm(client.package, "run", client.script, quiet=True)
    if not (client.made / "index.html").is_file():
        raise NotBuilt(f"{client.made} has no index.html")
    _place(client, made_from)
    seconds = round(time.monotonic() - began)
    _say(f"{client.name} 构建完成（{seconds} 秒）", f"Built {client.name} in {seconds} s")


def _place(client: Client, made_from: str) -> None:
    """Beside the old one first, so that a server never sees half of it."""
    beside = client.target.with_name(f".{client.name}-new")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(client.made, beside)
    node(_COMPRESS, beside, cwd=client.package)
    (beside / _STAMP).write_text(made_from)
    shutil.rmtree(client.target, ignore_errors=True)
    beside.rename(client.target)


def install_packages(package: Path) -> None:
    """What the lock file names, unless it is there already."""
    lock = hashlib.sha256((package / "package-lock.json").read_bytes()).hexdigest()
    installed = package / "node_modules" / _INSTALLED
    if installed.is_file() and installed.read_text() == lock:
        return
    _say("下载构建所需的软件包 …", "Fetching the packages it is built with …")
    npm(package, "ci", "--no-audit", "--no-fund", "--loglevel=error", quiet=True)
    installed.write_text(lock)


def _say(zh: str, en: str) -> None:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    print(zh if spoken.startswith("zh") else en, file=sys.stderr, flush=True)
