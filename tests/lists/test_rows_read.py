"""No list reads much more than a page of itself, however many rows there are and whatever it is narrowed to."""

import pytest
from tests.lists.fill import fill
from tests.lists.pages import pages
from tests.lists.rows_read import rows_read
from tests.support import make_tenant

from dinghuo.kit import few
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

ROWS = 20_000
# Rows of all tables that the statements of a page of 20 look at: names and counts beside it are read too.
MOST = 500
# What is asked for by another table's words is counted first, up to so many (kit.few).
MOST_COUNTED = few.MOST + MOST


async def test_no_page_reads_the_whole_list(database: Database) -> None:
    tenant = await make_tenant(database)
    dear: dict[str, float] = {}
    plans = []
    async with database.transaction(tenant.id) as tx:
        await fill(tx, ROWS)
        for name, read in pages(tenant.id, ROWS):
            read_rows, plan = await rows_read(tx, read)
            if read_rows > (MOST_COUNTED if "of a" in name or "warehouse" in name else MOST):
                dear[name] = read_rows
                plans.append(f"{name}: {plan}")
        await tx.connection.rollback()
    assert not dear, "\n".join([*map(str, dear.items()), *plans])
