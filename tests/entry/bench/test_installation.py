import os
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from dinghuo.entry.bench.installation import file_system, installation, readdressed
from dinghuo.kit.config import Settings
from dinghuo.kit.roles import database_of

_SCRATCH = "select count(*) from pg_database where datname like 'dinghuo_bench_%'"


@pytest.fixture(autouse=True)
def another_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says is not to be used: the settings count."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")


async def value(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


@pytest.mark.slow
async def test_on_a_server_that_is_there_it_is_a_database_dropped_afterwards(bench_url: str, temporary: Path) -> None:
    base = Settings(data=Path("/nowhere"), database_url=bench_url, secret="s")
    async with installation(base) as there:
        assert database_of(there.urls.app).startswith("dinghuo_bench_")
        assert there.environment["DATABASE_URL"] == readdressed(bench_url, database_of(there.urls.app))
        async with there.database.untenanted() as connection:
            assert await connection.scalar(text("select count(*) from tenant")) == 0
        assert await value(bench_url, _SCRATCH) == 1
    assert await value(bench_url, _SCRATCH) == 0
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
async def test_what_fails_inside_leaves_nothing_behind(bench_url: str, temporary: Path) -> None:
    base = Settings(data=Path("/nowhere"), database_url=bench_url, secret="s")
    with pytest.raises(ZeroDivisionError):
        async with installation(base):
            raise ZeroDivisionError
    assert await value(bench_url, _SCRATCH) == 0
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
async def test_without_a_server_it_brings_its_own_with_fsync_on(temporary: Path) -> None:
    async with installation(Settings(data=Path("/nowhere"))) as there:
        assert await value(there.urls.owner, "show fsync") == "on"
        assert await value(there.urls.owner, "show synchronous_commit") == "on"
        assert Path(there.environment["DINGHUO_DATA"]).is_relative_to(temporary)
        assert "DATABASE_URL" not in there.environment
        await there.as_owner("analyze")
    assert list(temporary.iterdir()) == []


def test_the_database_of_an_address_is_exchanged() -> None:
    assert readdressed("postgresql://a:b@h:1/x?host=/s&port=2", "y z") == "postgresql://a:b@h:1/y%20z?host=/s&port=2"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux has /proc")
def test_the_kind_of_file_system_is_found() -> None:
    assert file_system(Path("/proc/self")) == "proc"
    assert file_system(Path(os.sep)) != "unknown"
