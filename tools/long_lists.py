"""How long a page of every list takes, and how many rows it reads, with very many rows in each.

`python -m tools.long_lists [ROWS]` (a million without it): a server of its own in a new directory, filled by SQL.
Each page is read as the application's role; the middle one of five tries counts.
"""

import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.lists.fill import fill
from tests.lists.pages import Read, pages, searches
from tests.lists.rows_read import rows_read
from tests.support import VAULT, make_tenant

from dinghuo.entry.migrate import migrate
from dinghuo.kit.database import Database
from dinghuo.kit.embedded import server
from dinghuo.kit.roles import prepare

_TRIES = 5


def main(arguments: list[str]) -> int:
    rows = int(arguments[0]) if arguments else 1_000_000
    with (
        tempfile.TemporaryDirectory(dir="/var/tmp", prefix="dinghuo-lists-") as folder,
        server(Path(folder), options={"fsync": "off", "max_wal_size": "8GB"}) as running,
    ):
        asyncio.run(measure(running.admin_url(), rows))
    return 0


async def measure(admin_url: str, rows: int) -> None:
    urls = await prepare(admin_url, database="dinghuo_lists", secret=secrets.token_hex())
    await migrate(urls.owner)
    database = Database(urls.app, vault=VAULT)
    tenant = await make_tenant(database)
    began = time.perf_counter()
    async with database.transaction(tenant.id) as tx:
        await tx.connection.exec_driver_sql("set local work_mem = '64MB'")
        await fill(tx, rows)
    print(f"{rows:,} rows of each, filled in {time.perf_counter() - began:.0f} s\n")
    print("| list | ms | rows read |\n|---|---|---|")
    for name, read in (*pages(tenant.id, rows), *searches(tenant.id)):
        milliseconds = [await _timed(database, tenant.id, read) for _ in range(_TRIES)]
        async with database.transaction(tenant.id) as tx:
            read_rows, _ = await rows_read(tx, read)
        print(f"| {name} | {statistics.median(milliseconds):.1f} | {read_rows:,.0f} |", flush=True)
    await database.close()


async def _timed(database: Database, tenant_id: int, read: Read) -> float:
    async with database.transaction(tenant_id) as tx:
        began = time.perf_counter()
        await read(tx)
        return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
