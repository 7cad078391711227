"""What the database itself holds orders and carts to."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError
from tests.orders.asking import ask, line, placed, wanted
from tests.support import contents
from tests.world import World

from dinghuo.kit.database import Database, constraint_name
from dinghuo.orders.tables import draft

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("progress", "constraint"),
    [
        ("released = -1", "not_negative"),
        ("shipped = -1, returned = -1", "not_negative"),
        ("returned = -1", "not_negative"),
        ("cancelled = -1", "not_negative"),
        ("released = 25", "released_of_wanted"),
        ("released = 1, cancelled = 24", "released_of_wanted"),
        ("shipped = 1, cancelled = 24", "progress"),
        ("released = 24, shipped = 24, returned = 24", None),
        ("released = 1, shipped = 1, cancelled = 23", None),
    ],
)
async def test_the_progress_of_a_line_stays_within_what_was_wanted(
    database: Database, world: World, progress: str, constraint: str | None
) -> None:
    (outcome,) = await ask(database, world.tenant.id, wanted("K2", line("COLA", 1, "箱")))
    assert placed(outcome).lines == 1
    before = await contents(database, world.tenant)
    sql = f"update order_line set {progress} where tenant_id = $1"
    if constraint is None:
        async with database.transaction(world.tenant.id) as tx:
            assert await tx.write(sql) == 1
        return
    with pytest.raises(DBAPIError) as refused:
        async with database.transaction(world.tenant.id) as tx:
            await tx.write(sql)
    assert isinstance(refused.value.orig, asyncpg.CheckViolationError)
    assert constraint_name(refused.value) == f"ck_order_line_{constraint}"
    assert await contents(database, world.tenant) == before


def test_open_carts_are_found_without_reading_those_submitted() -> None:
    (open_ones,) = (index for index in draft.indexes if index.name == "ix_draft_open")
    assert str(open_ones.dialect_options["postgresql"]["where"]) == "draft.order_id IS NULL"
