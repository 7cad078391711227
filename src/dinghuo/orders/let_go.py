"""What an order that is off lets go of beside stock and credit: amendments that wait, the money set aside for it, and
its customer's own number."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.kit import outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.orders.events import AmendmentClosed


class Dropped(msgspec.Struct, frozen=True):
    """An amendment that waited, and what it held of its order's account."""

    id: UUID
    order_id: UUID
    credit: Decimal


_AMENDMENTS = """
update order_amendment a set state = 'withdrawn', waits_for = null, decided_at = $3, decided_by = $4,
  decided_by_name = $5
where a.tenant_id = $1 and a.order_id = any($2::uuid[]) and a.state = 'pending'
returning a.id, a.order_id, a.new_gross - a.old_gross as grows
"""
_REFERENCES = "delete from order_reference r where r.tenant_id = $1 and r.order_id = any($2::uuid[])"
_PAYMENTS = """
update order_payment p set paid = 0, settled_at = coalesce(p.settled_at, $3)
where p.tenant_id = $1 and p.order_id = any($2::uuid[])
"""


async def let_go(tx: Tx, orders: Sequence[Any], by: Actor) -> list[Dropped]:
    """Let go for these locked orders; the amendments among it, whose stock and credit the caller frees."""
    ids = [order.id for order in orders]
    await tx.write(_REFERENCES, ids)
    await tx.write(_PAYMENTS, ids, tx.now)
    rows = await tx.fetch(_AMENDMENTS, ids, tx.now, by.id, by.name)
    dropped = [Dropped(row["id"], row["order_id"], max(row["grows"], ZERO)) for row in rows]
    await outbox.emit(tx, [AmendmentClosed(subject_id=each.order_id, amendment_id=each.id) for each in dropped])
    return dropped
