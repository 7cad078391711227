from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from dinghuo.entry.bench.statements import counted


@pytest.fixture
async def engine(bench_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(bench_url.replace("postgresql://", "postgresql+asyncpg://"))
    yield made
    await made.dispose()


async def test_statements_of_sqlalchemy_and_of_the_driver_count_once_each(engine: AsyncEngine) -> None:
    async with counted(engine) as sent, engine.begin() as connection:
        await connection.execute(text("select 1"))
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.fetch("select $1::int", 2)
        await driver.execute("select 3")
        async with connection.begin_nested():
            await connection.execute(text("select 4"))
    assert sorted(sent.texts) == ["select $1::int", "select 1", "select 3", "select 4"]
    assert len(sent) == 4


async def test_one_statement_executed_for_many_counts_for_each(engine: AsyncEngine) -> None:
    async with engine.begin() as connection, counted(engine) as outside:
        await connection.execute(text("create temporary table many (n int)"))
    async with counted(engine) as sent, engine.begin() as connection:
        await connection.execute(text("create temporary table more (n int)"))
        await connection.execute(text("insert into more values (:n)"), [{"n": 1}, {"n": 2}, {"n": 3}])
    assert len(outside) == 1
    assert len(sent) == 4


async def test_outside_the_block_nothing_is_counted(engine: AsyncEngine) -> None:
    async with counted(engine) as sent:
        pass
    async with engine.connect() as connection:
        await connection.execute(text("select 1"))
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.fetch("select 2")
    assert sent.texts == []
