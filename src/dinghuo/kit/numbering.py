"""Document numbers people read: `SO-2026-000123`, drawn in blocks so that no order waits for another's number."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column

from dinghuo.kit.tables import tenant_table, text

if TYPE_CHECKING:
    from dinghuo.kit.database import Database

# Counted by all that stands before the number: however prefixes are given to organisations, taken from them and given
# to others, no number comes twice.
number_counter = tenant_table(
    "number_counter",
    text("stem"),
    Column("next", BigInteger, nullable=False),
    key=("stem",),
    lock_rank="counters",
)

_DRAW = """
insert into number_counter as c (tenant_id, stem, next)
values ($1, $2, 1 + $3::bigint)
on conflict (tenant_id, stem)
do update set next = c.next + $3 where c.tenant_id = $1
returning next - $3 as first
"""

_BLOCK = 200


class Numbers:
    """The blocks this process has drawn. Gaps are allowed: a crash loses what was left of a block."""

    def __init__(self, aside: "Database") -> None:
        # A pool of its own: a number is drawn while the transaction that needs it holds another connection.
        self._aside = aside
        self._left: dict[tuple[int, str], deque[int]] = {}
        self._drawing = asyncio.Lock()

    async def take(self, tenant_id: int, kind: str, prefix: str, year: int, count: int) -> list[str]:
        """`count` document numbers, rising: `SO-2026-000123`, or `SO-SH2026-000123` with the prefix SH."""
        stem = f"{kind}-{prefix}{year}"
        left = self._left.setdefault((tenant_id, stem), deque())
        if len(left) < count:
            async with self._drawing:
                missing = count - len(left)
                if missing > 0:
                    size = max(missing, _BLOCK)
                    first = await self._draw(tenant_id, stem, size)
                    left.extend(range(first, first + size))
        return [f"{stem}-{left.popleft():06d}" for _ in range(count)]

    async def close(self) -> None:
        await self._aside.close()

    async def _draw(self, tenant_id: int, stem: str, size: int) -> int:
        async with self._aside.transaction(tenant_id) as tx:
            rows = await tx.fetch(_DRAW, stem, size)
        return int(rows[0]["first"])
