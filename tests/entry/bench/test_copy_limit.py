import gzip
from pathlib import Path

import asyncpg
import pytest

from dinghuo.entry.bench.copy_limit import copy_limit

CSV = (
    '\ufeffInvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,Odd "one"\n'
    '536365,85123A,6,2010-12-01T08:26,2.55,"a, ""b""\nc"\n'
    "C536379,D,-1,2010-12-01T09:41,27.50,\n"
)


async def schemas(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("select nspname from pg_namespace where nspname like 'bench%'")
    finally:
        await connection.close()
    return [row["nspname"] for row in rows]


@pytest.mark.parametrize("packed", [False, True])
async def test_every_row_is_copied_and_nothing_stays(bench_url: str, tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("lines.csv.gz" if packed else "lines.csv")
    data = CSV.encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    found = await copy_limit(admin_url=bench_url, path=path)
    assert found.lines == 2
    assert found.lines_per_second == found.lines / found.seconds
    assert await schemas(bench_url) == []


@pytest.mark.slow
async def test_a_row_that_does_not_fit_fails_and_nothing_stays(bench_url: str, tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("StockCode,Quantity\nA,1\nB,many\n")
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        await copy_limit(admin_url=bench_url, path=path)
    assert await schemas(bench_url) == []
