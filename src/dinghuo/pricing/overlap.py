"""Two published lists for the same customers, in one currency, on the same day: nobody could say which one wins."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy.exc import DBAPIError

from dinghuo.kit.database import RetryTransaction, Tx, sqlstate
from dinghuo.kit.errors import CONFLICT, Message

OVERLAP = Message(
    "price-list-overlap",
    "价目表 {code}（{dates}）与价目表 {other}（{other_dates}）适用对象和币种相同，有效期重叠",
    "Price list {code} ({dates}) overlaps {other} ({other_dates}), which is for the same customers and currency",
    CONFLICT,
)
_EXCLUSION_VIOLATION = "23P01"


class Period(msgspec.Struct, frozen=True):
    """When a list that is or will be published holds, and for whom."""

    id: UUID
    code: str
    scope: str
    currency: str
    valid_from: date
    valid_until: date | None

    def clashes(self, other: "Period") -> bool:
        return (
            (self.scope, self.currency) == (other.scope, other.currency)
            and self.valid_from <= (other.valid_until or date.max)
            and other.valid_from <= (self.valid_until or date.max)
        )

    def dates(self) -> str:
        return f"{self.valid_from} – {self.valid_until or '…'}"


_PUBLISHED = """
select p.id, p.code, p.scope, p.currency, p.valid_from, p.valid_until
from price_list p
where p.tenant_id = $1 and p.state = 'published' and p.scope = any($2::text[]) and p.id <> all($3::uuid[])
order by p.valid_from, p.code
"""


async def overlaps(tx: Tx, wanted: Sequence[Period]) -> dict[UUID, dict[str, str]]:
    """For each of these periods that clashes with another list's: what OVERLAP says of it, by the list's id."""
    if not wanted:
        return {}
    rows = await tx.fetch(_PUBLISHED, sorted({period.scope for period in wanted}), [period.id for period in wanted])
    by_scope: dict[str, list[Period]] = {}
    for rival in [*(Period(**dict(row)) for row in rows), *wanted]:
        by_scope.setdefault(rival.scope, []).append(rival)
    found = {}
    for period in wanted:
        rivals = by_scope[period.scope]
        other = next((rival for rival in rivals if rival.id != period.id and period.clashes(rival)), None)
        if other is not None:
            sides = {"dates": period.dates(), "other": other.code, "other_dates": other.dates()}
            found[period.id] = {"code": period.code, **sides}
    return found


@contextmanager
def rivals_restart() -> Iterator[None]:
    """Start over when the exclusion constraint refuses a list: its rival was published since `overlaps` looked.

    The second time the rival is there to be seen, and named.
    """
    try:
        yield
    except DBAPIError as error:
        if sqlstate(error) == _EXCLUSION_VIOLATION:
            raise RetryTransaction("a rival list was published") from error
        raise
