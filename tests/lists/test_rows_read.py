"""No list reads much more than a page of itself, however many rows there are and whatever it is narrowed to."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.lists.fill import fill
from tests.lists.pages import pages, searches
from tests.lists.rows_read import rows_read
from tests.support import VAULT, Tenant, make_tenant

from dinghuo.kit import few, walk
from dinghuo.kit.database import Database
from dinghuo.kit.roles import Urls

pytestmark = pytest.mark.slow

ROWS = 20_000
# Rows of all tables that the statements of a page of 20 look at: names and counts beside it are read too.
MOST = 500
# What is asked for by another table's words is counted first, up to so many (kit.few).
MOST_COUNTED = few.MOST + MOST
# What no index begins at is walked: the keys up to where a page ends, and the rows there with what is joined to each.
WALKED = 200
MOST_WALKED = 5 * WALKED


WALKS = {"users: search", "stock: nothing left", "readers: who has not read it"}


@pytest.fixture
async def apart(urls_apart: Urls) -> AsyncIterator[tuple[Database, Tenant]]:
    """A company in a database of its own: its plans rest on statistics of these rows alone, not of other tests'."""
    database = Database(urls_apart.app, vault=VAULT)
    tenant = await make_tenant(database)
    async with database.transaction(tenant.id) as tx:
        await fill(tx, ROWS)
    owner = await asyncpg.connect(urls_apart.owner)
    try:
        await owner.execute("analyze")
        yield database, tenant
    finally:
        await owner.close()
        await database.close()


async def test_no_page_reads_the_whole_list(apart: tuple[Database, Tenant], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MOST", WALKED)
    database, tenant = apart
    dear: dict[str, float] = {}
    plans = []
    async with database.transaction(tenant.id) as tx:
        for name, read in (*pages(tenant.id, ROWS), *searches(tenant.id)):
            read_rows, plan = await rows_read(tx, read)
            if read_rows > _most(name):
                dear[name] = read_rows
                plans.append(f"{name}: {plan}")
    assert not dear, "\n".join([*map(str, dear.items()), *plans])


def _most(name: str) -> int:
    if name in WALKS:
        return MOST_WALKED
    return MOST_COUNTED if "of a" in name or "warehouse" in name else MOST
