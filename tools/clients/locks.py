"""Lock files that hold everywhere: no address of a registry, and the packages of every platform.

npm writes down where it happened to fetch from, and leaves out packages for other machines that this registry
does not have; `npm ci` then fails elsewhere. Both are mended after every install.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.clients.node import npm
from tools.clients.places import CLIENTS, WEB

_SYSTEMS = ("darwin", "win32", "android", "freebsd", "linux", "openbsd", "netbsd", "sunos", "aix", "openharmony")
_MACHINES = ("arm64", "x64", "ia32", "loong64", "riscv64", "ppc64", "s390x", "mips64el", "wasm32", "arm")
_EXACT = re.compile(r"\d[\d.]*(-[\w.]+)?")

Packages = dict[str, dict[str, Any]]


def install(package: str, wanted: list[str]) -> None:
    """`npm install` in `web`, `console`, `api` or `portal` (names and `-D` as npm takes them), then mend the lock."""
    home = WEB / "portal" if package == "portal" else WEB
    where = [] if package in ("portal", "web") else ["--workspace", package]
    npm(home, "install", "--no-audit", "--no-fund", *where, *wanted)
    mend(home / "package-lock.json")


def mend_all() -> None:
    for client in CLIENTS:
        mend(client.package / "package-lock.json")


def mend(path: Path) -> None:
    """Write the lock file anew, without addresses and with what other platforms need."""
    lock = json.loads(path.read_text(encoding="utf-8"))
    packages: Packages = lock["packages"]
    for entry in packages.values():
        if not entry.get("link"):
            entry.pop("resolved", None)
    for place, entry in list(_missing(packages)):
        packages[place] = entry
    lock["packages"] = dict(sorted(packages.items()))
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def faults() -> list[str]:
    """What is wrong with the lock files: addresses in them, platforms that are missing."""
    found = []
    for home in {client.package for client in CLIENTS}:
        path = home / "package-lock.json"
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        lock = f"the lock file of {home.name}"
        found += [f"{lock} names the address {address}" for address in sorted(set(_addresses(text)))]
        found += [f"{lock} lacks {place}" for place, _ in _missing(json.loads(text)["packages"])]
    return found


def _addresses(text: str) -> Iterator[str]:
    for name, value in re.findall(r'"(resolved|tarball|url)": "([^"]+)"', text):
        # Whom to pay is told by packages themselves; that is not where they come from.
        if name != "url" and re.match(r"\w+:", value):
            yield value


def _missing(packages: Packages) -> Iterator[tuple[str, dict[str, Any]]]:
    """Optional packages of an exact version that the file asks for and does not have."""
    for place, entry in packages.items():
        for name, version in (entry.get("optionalDependencies") or {}).items():
            if _has(packages, place, name) or not _EXACT.fullmatch(version):
                continue
            words = set(re.split(r"[-/@.]", name))
            systems = [system for system in _SYSTEMS if system in words]
            if not systems and "wasm32" not in words:
                continue
            yield _place_of(packages, place, name), _entry(name, version, words, systems, entry)


def _entry(name: str, version: str, words: set[str], systems: list[str], asked_by: dict[str, Any]) -> dict[str, Any]:
    machines = [machine for machine in _MACHINES if machine in words]
    found: dict[str, Any] = {"version": version, "optional": True}
    if asked_by.get("dev"):
        found["dev"] = True
    if machines:
        found["cpu"] = machines[:1]
    if systems:
        found["os"] = systems[:1]
    if "musl" in name:
        found["libc"] = ["musl"]
    return found


def _has(packages: Packages, place: str, name: str) -> bool:
    """As Node looks for it: beside, then further up."""
    while True:
        if f"{place}/node_modules/{name}".lstrip("/") in packages:
            return True
        if not place:
            return False
        place = place.rpartition("/node_modules/")[0] if "/node_modules/" in place else ""


def _place_of(packages: Packages, place: str, name: str) -> str:
    above = place.rpartition("node_modules/")[0] if place.count("node_modules/") > 1 else ""
    found = f"{above}node_modules/{name}"
    return f"{place}/node_modules/{name}" if found in packages else found
