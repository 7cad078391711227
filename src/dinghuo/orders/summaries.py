"""An order as a row of a list: what its reader may see of it, and who had to do with it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.identity.principals import Principal
from dinghuo.kit.database import Tx
from dinghuo.orders import views

_NAMES = """
select u.id, u.name from app_user u where u.tenant_id = $1 and u.id = any($2::uuid[])
union all
select k.id, coalesce(p.name, k.name) from api_key k
left join app_user p on p.tenant_id = $1 and p.id = k.user_id
where k.tenant_id = $1 and k.id = any($2::uuid[])
"""
_WAITING = """
select distinct r.document_id from reservation r
where r.tenant_id = $1 and r.document_id = any($2::uuid[]) and r.backordered > 0
"""


class Beside(msgspec.Struct, frozen=True):
    """What a list of orders tells beside the orders themselves: names by id, and which orders wait for goods."""

    names: dict[UUID, str]
    waiting: frozenset[UUID]


async def beside(tx: Tx, rows: Sequence[Any]) -> Beside:
    people = {id for row in rows for id in (row.placed_by, row.owner_id) if id is not None}
    names = await tx.fetch(_NAMES, list(people))
    waiting = await tx.fetch(_WAITING, [row.id for row in rows])
    return Beside({row["id"]: row["name"] for row in names}, frozenset(row["document_id"] for row in waiting))


def summary(row: Any, principal: Principal, known: Beside) -> views.OrderSummary:
    return views.OrderSummary(**summary_fields(row, principal, known))


def summary_fields(row: Any, principal: Principal, known: Beside) -> dict[str, Any]:
    problems = [*(["on_hold"] if row.holds else []), *(["waiting"] if row.id in known.waiting else [])]
    return {
        "id": row.id,
        "number": row.number,
        "state": row.state,
        "customer": views.CustomerName(row.customer_id, row.customer_code, row.customer_name, row.customer_name_en),
        "currency": row.currency,
        "amounts": views.Amounts(row.net, row.tax, row.gross) if principal.sees_price else None,
        "line_count": row.line_count,
        "channel": row.channel,
        "customer_reference": row.customer_reference,
        "requested_date": row.requested_date,
        "holds": row.holds,
        "is_history": row.is_history,
        "placed_at": row.placed_at,
        "revision": row.revision,
        "placed_by": known.names.get(row.placed_by),
        "owner": known.names.get(row.owner_id),
        "problems": problems,
    }
