"""Document numbers people read: `SO-2026-000123`, drawn in blocks so that no order waits for another's number."""

import asyncio
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer, Uuid

from dinghuo.kit.database import Database
from dinghuo.kit.tables import tenant_table, text

number_counter = tenant_table(
    "number_counter",
    Column("organisation_id", Uuid, nullable=False),
    text("kind"),
    Column("year", Integer, nullable=False),
    Column("next", BigInteger, nullable=False),
    key=("organisation_id", "kind", "year"),
    lock_rank="counters",
)

_DRAW = """
insert into number_counter as c (tenant_id, organisation_id, kind, year, next)
values ($1, $2, $3, $4, 1 + $5)
on conflict (tenant_id, organisation_id, kind, year)
do update set next = c.next + $5 where c.tenant_id = $1
returning next - $5 as first
"""

_BLOCK = 200


class Numbers:
    """The blocks this process has drawn. Gaps are allowed: a crash loses what was left of a block."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._left: dict[tuple[int, UUID, str, int], tuple[int, int]] = {}
        self._drawing = asyncio.Lock()

    async def take(
        self, tenant_id: int, organisation_id: UUID, kind: str, year: int, count: int, *, prefix: str = ""
    ) -> list[str]:
        """`count` numbers, increasing within this process. Drawn in a transaction of their own."""
        key = (tenant_id, organisation_id, kind, year)
        async with self._drawing:
            first, end = self._left.get(key, (0, 0))
            numbers = list(range(first, min(end, first + count)))
            missing = count - len(numbers)
            if missing:
                size = max(missing, _BLOCK)
                drawn = await self._draw(key, size)
                numbers += range(drawn, drawn + missing)
                first, end = drawn + missing, drawn + size
            else:
                first += count
            self._left[key] = (first, end)
        return [f"{kind}-{prefix}{year}-{number:06d}" for number in numbers]

    async def _draw(self, key: tuple[int, UUID, str, int], size: int) -> int:
        tenant_id, organisation_id, kind, year = key
        async with self._database.transaction(tenant_id) as tx:
            rows = await tx.fetch(_DRAW, organisation_id, kind, year, size)
        return int(rows[0]["first"])
