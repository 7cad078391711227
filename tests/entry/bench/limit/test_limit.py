import asyncpg
import pytest

from dinghuo.entry.bench.limit import Kind, LimitFailed, drop_limit, prepare_limit, run_limit
from dinghuo.entry.bench.limit.limit import read_figures


async def value(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "clients", "lines"), [("spread", 8, 5), ("hot", 32, 1)])
async def test_the_transactions_counted_are_the_orders_placed(
    bench_url: str, kind: Kind, clients: int, lines: int
) -> None:
    await prepare_limit(admin_url=bench_url)
    try:
        found = await run_limit(admin_url=bench_url, kind=kind, seconds=1)
        orders = await value(bench_url, "select count(*) from bench_limit.orders")
        assert (found.kind, found.clients, found.jobs, found.failed) == (kind, clients, 2, 0)
        assert found.transactions == orders
        assert found.tps > 0
        assert found.latency_ms > 0
        assert await value(bench_url, "select count(*) from bench_limit.line") == found.transactions * lines
    finally:
        await drop_limit(admin_url=bench_url)
    assert await value(bench_url, "select to_regnamespace('bench_limit')") is None


@pytest.mark.slow
async def test_a_limit_that_was_not_prepared_fails_with_the_reason(bench_url: str) -> None:
    with pytest.raises(LimitFailed, match="function place"):
        await run_limit(admin_url=bench_url, kind="hot", seconds=1)


def test_a_summary_without_a_figure_is_no_summary() -> None:
    assert read_figures("number of transactions actually processed: 12\n") is None
