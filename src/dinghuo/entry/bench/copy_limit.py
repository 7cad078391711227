"""The limit of the import: COPY of the same file into a bare table, in a scratch schema dropped afterwards."""

import csv
import gzip
import io
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, cast

import asyncpg
import msgspec

from dinghuo.entry.bench.postgres import plain_url

SCHEMA = "bench_copy"
TABLE = "order_lines"
# Columns of the real order book that are no text; any other column is.
ORDER_LINE_TYPES: Mapping[str, str] = {
    "Quantity": "integer",
    "InvoiceDate": "timestamp",
    "UnitPrice": "numeric(18,6)",
}


class CopyResult(msgspec.Struct, frozen=True, kw_only=True):
    """One COPY, its commit included."""

    lines: int
    seconds: float
    lines_per_second: float


async def copy_limit(*, admin_url: str, path: Path, types: Mapping[str, str] = ORDER_LINE_TYPES) -> CopyResult:
    """COPY a .csv or .csv.gz with a header row, unpacking as it goes, and say how fast that was."""
    connection = await asyncpg.connect(plain_url(admin_url))
    try:
        await connection.execute(f"drop schema if exists {SCHEMA} cascade; create schema {SCHEMA}")
        await connection.execute(_create_table(_header(path), types))
        try:
            return await _copy(connection, path)
        finally:
            await connection.execute(f"drop schema {SCHEMA} cascade")
    finally:
        await connection.close()


async def _copy(connection: asyncpg.Connection, path: Path) -> CopyResult:
    with _open(path) as source:
        started = time.perf_counter()
        status = await connection.copy_to_table(TABLE, schema_name=SCHEMA, source=source, format="csv", header=True)
        seconds = time.perf_counter() - started
    lines = int(status.split()[1])
    return CopyResult(lines=lines, seconds=seconds, lines_per_second=lines / seconds)


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb"))


def _header(path: Path) -> list[str]:
    with _open(path) as source, io.TextIOWrapper(source, "utf-8-sig", newline="") as text:
        return next(csv.reader(text))


def _create_table(columns: list[str], types: Mapping[str, str]) -> str:
    def column(name: str) -> str:
        quoted = name.replace('"', '""')
        return f'"{quoted}" {types.get(name, "text")}'

    return f"create table {SCHEMA}.{TABLE} ({', '.join(column(name) for name in columns)})"
