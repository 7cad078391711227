"""What a goods receipt brings of what was expected."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.levels import Place
from dinghuo.kit.bulk import UNKNOWN_CODE
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import storable

SUPPLY_ELSEWHERE = Message(
    "supply-elsewhere",
    "“{code}”预计的是另一个商品或另一个仓库",
    "'{code}' is expected of another SKU, or in another warehouse",
    CONFLICT,
)
SUPPLY_CANCELLED = Message("supply-cancelled", "“{code}”已取消", "'{code}' is cancelled", CONFLICT)

_LOCK = """
select e.id, e.code, e.sku_id, e.warehouse_id, e.state from expected_supply e
where e.tenant_id = $1 and e.code = any($2::text[]) order by e.code for no key update
"""
_RECEIVE = """
update expected_supply e set received = e.received + r.quantity, updated_at = $3, revision = e.revision + 1
from json_to_recordset($2::json) as r(id uuid, quantity numeric)
where e.tenant_id = $1 and e.id = r.id
"""


class Expected(msgspec.Struct, frozen=True):
    """An expected line, locked."""

    id: UUID
    place: Place
    cancelled: bool


class Received(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    quantity: Decimal


async def lock_expected(tx: Tx, codes: Iterable[str]) -> Mapping[str, Expected]:
    """Those expected lines that there are, by code."""
    wanted = storable(codes)
    rows = await tx.fetch(_LOCK, wanted) if wanted else []
    return {
        row["code"]: Expected(row["id"], (row["sku_id"], row["warehouse_id"]), row["state"] == "cancelled")
        for row in rows
    }


def check_expected(
    faults: Faults, line: int, field: str, code: str, expected: Mapping[str, Expected], place: Place | None
) -> UUID | None:
    """The expected line that goods at a place are of; faulted when there is none."""
    found = expected.get(code)
    if found is None:
        faults.add(line, field, UNKNOWN_CODE, code=code)
    elif found.cancelled:
        faults.add(line, field, SUPPLY_CANCELLED, code=code)
    elif place is not None and place != found.place:
        faults.add(line, field, SUPPLY_ELSEWHERE, code=code)
    return found.id if found else None


async def receive_expected(tx: Tx, quantities: Mapping[UUID, Decimal]) -> None:
    """Count what came against these locked lines."""
    if quantities:
        rows = [Received(id, quantity) for id, quantity in sorted(quantities.items())]
        await tx.write_rows(_RECEIVE, rows, tx.now)
