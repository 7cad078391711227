"""The planner hears of many rows in the transaction that writes them."""

from typing import Any

import asyncpg
import pytest
from tests.support import Tenant

from dinghuo.kit import statistics
from dinghuo.kit.bulk import put
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.roles import Urls
from dinghuo.parties.tables import tier


async def counted(tx: Tx) -> float:
    rows = await tx.fetch("select reltuples from pg_class where relname = 'tier' and $1::bigint > 0")
    return float(rows[0]["reltuples"])


@pytest.mark.parametrize(("number", "many"), [(statistics.MANY - 1, False), (statistics.MANY, True)])
async def test_many_rows_are_counted_before_they_are_committed(
    database: Database, database_urls: Urls, tenant: Tenant, number: int, many: bool
) -> None:
    owner: Any = await asyncpg.connect(database_urls.owner)
    # Nobody else counts it meanwhile.
    await owner.execute("alter table tier set (autovacuum_enabled = off)")
    await owner.close()
    async with database.transaction(tenant.id) as tx:
        before = await counted(tx)
        await put(tx, tier, [{"id": new_id(), "code": str(n), "name": "x"} for n in range(number)])
        assert (await counted(tx) >= number) is many
        assert many or await counted(tx) == before
