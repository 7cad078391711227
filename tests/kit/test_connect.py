"""From settings to a prepared database, embedded or given."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from dinghuo.kit.config import settings
from dinghuo.kit.connect import database, installation_secret
from dinghuo.kit.embedded import server
from dinghuo.kit.roles import password_of, role_password

OPENER = """
import asyncio, sys
from dinghuo.kit.config import settings
from dinghuo.kit.connect import database
async def main():
    async with database(settings({"DINGHUO_DATA": sys.argv[1]})) as urls:
        print(urls.app, flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


async def value(url: str, query: str) -> Any:
    connection: Any = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


@pytest.mark.slow
async def test_embedded_keeps_its_data_and_passwords(tmp_path: Path) -> None:
    chosen = settings({"DINGHUO_DATA": str(tmp_path / "data")})
    async with database(chosen) as first:
        await value(first.owner, "create table note (text text)")
        assert await value(first.app, "insert into note values ('x') returning text") == "x"
        assert await value(first.app, "select current_user || '@' || current_database()") == "dinghuo_app@dinghuo"
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists()
    async with database(chosen) as second:
        assert second == first
        assert await value(second.app, "select text from note") == "x"
    secret = tmp_path / "data" / "secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert password_of(first.app) == role_password(secret.read_text(), "dinghuo_app")


@pytest.mark.slow
def test_first_start_by_two_processes_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPENER, str(tmp_path / "data")]
    openers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    shown = [opener.stdout.readline() for opener in openers if opener.stdout]
    assert shown[0] == shown[1] != ""
    for opener in openers:
        opener.communicate()
        assert opener.returncode == 0
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists()


def test_the_secret_is_made_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        secrets = list(threads.map(installation_secret, [tmp_path] * 64))
    assert len(set(secrets)) == 1
    assert len(secrets[0]) == 43
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@pytest.mark.slow
async def test_given_database(tmp_path: Path) -> None:
    with server(tmp_path / "elsewhere", options={"fsync": "off"}) as running:
        await value(running.admin_url(), "alter role postgres password 'master'")
        url = running.admin_url("orders").replace("postgres@", "postgres:master@")
        env = {"DATABASE_URL": url, "DINGHUO_DATA": str(tmp_path / "data")}
        async with database(settings(env)) as urls:
            assert password_of(urls.owner) == role_password("master", "dinghuo_owner")
            assert await value(urls.app, "select current_user || '@' || current_database()") == "dinghuo_app@orders"
        async with database(settings({**env, "DINGHUO_SECRET": "chosen"})) as urls:
            assert password_of(urls.owner) == role_password("chosen", "dinghuo_owner")
        assert not (tmp_path / "data").exists()
        assert await value(running.admin_url(), "select 1") == 1, "not ours to stop"


@pytest.mark.slow
async def test_whoever_is_cancelled_while_it_starts_lets_go(tmp_path: Path) -> None:
    async def hold() -> None:
        async with database(settings({"DINGHUO_DATA": str(tmp_path)})):
            pytest.fail("cancelled before")

    task = asyncio.create_task(hold())
    while not (tmp_path / "postgres.new").exists():  # noqa: ASYNC110 - made by a thread, which sets no event
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (tmp_path / "postgres" / "PG_VERSION").exists()
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()
