"""Document numbers people read: `SO-2026-000123`, drawn in blocks so that no order waits for another's number."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer, Uuid

from dinghuo.kit.tables import tenant_table, text

if TYPE_CHECKING:
    from dinghuo.kit.database import Database

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

    def __init__(self, aside: "Database") -> None:
        # A pool of its own: a number is drawn while the transaction that needs it holds another connection.
        self._aside = aside
        self._left: dict[tuple[int, UUID, str, int], deque[int]] = {}
        self._drawing = asyncio.Lock()

    async def take(self, tenant_id: int, organisation_id: UUID, kind: str, year: int, count: int) -> list[int]:
        """`count` numbers, rising; those not needed after all may be given back."""
        key = (tenant_id, organisation_id, kind, year)
        left = self._left.setdefault(key, deque())
        if len(left) < count:
            async with self._drawing:
                missing = count - len(left)
                if missing > 0:
                    size = max(missing, _BLOCK)
                    first = await self._draw(key, size)
                    left.extend(range(first, first + size))
        return [left.popleft() for _ in range(count)]

    def give_back(self, tenant_id: int, organisation_id: UUID, kind: str, year: int, numbers: list[int]) -> None:
        self._left[tenant_id, organisation_id, kind, year].extendleft(reversed(numbers))

    async def close(self) -> None:
        await self._aside.close()

    async def _draw(self, key: tuple[int, UUID, str, int], size: int) -> int:
        tenant_id, organisation_id, kind, year = key
        async with self._aside.transaction(tenant_id) as tx:
            rows = await tx.fetch(_DRAW, organisation_id, kind, year, size)
        return int(rows[0]["first"])


def document_number(kind: str, prefix: str, year: int, number: int) -> str:
    """`SO-2026-000123`, with the organisation's prefix before the year when it has one: `SO-SH2026-000123`."""
    return f"{kind}-{prefix}{year}-{number:06d}"
