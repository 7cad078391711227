"""Document numbers people read: `SO-2026-000123`, drawn in blocks so that no order waits for another's number."""

import asyncio
import re
from collections import deque
from collections.abc import Iterable
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

_SKIP = """
insert into number_counter as c (tenant_id, stem, next)
select $1, stem, last + 1 from unnest($2::text[], $3::bigint[]) as p(stem, last) order by stem
on conflict (tenant_id, stem)
do update set next = greatest(c.next, excluded.next) where c.tenant_id = $1
"""

_BLOCK = 200
# What could be drawn here one day: six digits, or seven of which the first is none. Longer ones never will be.
_DRAWABLE = re.compile(r"(.+[0-9]{4})-([0-9]{6}|[1-9][0-9]{6})")


class Numbers:
    """The blocks this process has drawn. Gaps are allowed: a crash loses what was left of a block."""

    def __init__(self, aside: "Database") -> None:
        # A pool of its own: a number is drawn while the transaction that needs it holds another connection.
        self._aside = aside
        self._left: dict[tuple[int, str], deque[int]] = {}
        self._passed: dict[tuple[int, str], int] = {}
        self._drawing = asyncio.Lock()

    async def take(self, tenant_id: int, kind: str, prefix: str, year: int, count: int) -> list[str]:
        """`count` document numbers, rising: `SO-2026-000123`, or `SO-SH2026-000123` with the prefix SH."""
        stem = f"{kind}-{prefix}{year}"
        left = self._left.setdefault((tenant_id, stem), deque())
        if len(left) < count:
            async with self._drawing:
                # Again when others have taken of what was left while a block was on its way.
                while (missing := count - len(left)) > 0:
                    size = max(missing, _BLOCK)
                    first = await self._draw(tenant_id, stem, size)
                    left.extend(range(first, first + size))
        return [f"{stem}-{left.popleft():06d}" for _ in range(count)]

    async def pass_over(self, tenant_id: int, kind: str, numbers: Iterable[str]) -> None:
        """Draw none of these from now on, nor what comes before them: documents numbered elsewhere have them.

        A block that another process has drawn already may still hold some of them.
        """
        last: dict[str, int] = {}
        for number in numbers:
            found = _DRAWABLE.fullmatch(number) if number.startswith(f"{kind}-") else None
            if found and int(found[2]) > self._passed.get((tenant_id, found[1]), 0):
                last[found[1]] = max(last.get(found[1], 0), int(found[2]))
        if not last:
            return
        async with self._drawing:
            async with self._aside.transaction(tenant_id) as tx:
                await tx.write(_SKIP, list(last), list(last.values()))
            for stem, highest in last.items():
                self._passed[tenant_id, stem] = highest
                left = self._left.get((tenant_id, stem), deque())
                while left and left[0] <= highest:
                    left.popleft()

    async def close(self) -> None:
        await self._aside.close()

    async def _draw(self, tenant_id: int, stem: str, size: int) -> int:
        async with self._aside.transaction(tenant_id) as tx:
            rows = await tx.fetch(_DRAW, stem, size)
        return int(rows[0]["first"])
