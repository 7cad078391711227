"""Proposals of customers that may be one: to read, and to turn down."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, select, tuple_

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE, among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import storable
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import customer, likely_duplicate


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """One of two customers, as far as it helps to tell them apart. `orders` counts all it ever placed."""

    id: UUID
    code: str
    name: str
    tax_number: str | None
    mobile: str | None
    city: str | None
    created_at: datetime
    orders: int = 0


class LikelyDuplicate(msgspec.Struct, frozen=True):
    """Two customers that may be one, and why: the higher the score, the likelier."""

    one: Alike
    other: Alike
    score: int
    reasons: list[str]


_DETAILS = """
select c.id, c.code, c.name, c.tax_number, c.created_at, p.mobile, a.city
from customer c
left join lateral (
  select p.mobile from contact p where p.tenant_id = $1 and p.customer_id = c.id and p.mobile is not null
  order by p.is_main desc, p.id limit 1
) p on true
left join lateral (
  select a.city from address a where a.tenant_id = $1 and a.customer_id = c.id and a.city is not null
  order by a.is_default desc, a.id limit 1
) a on true
where c.tenant_id = $1 and c.id = any($2::uuid[])
"""


async def list_duplicates(
    tx: Tx, *, seen_by: Principal, customer_code: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[LikelyDuplicate]:
    """A page of open proposals, the likeliest first; only of customers that may both be seen."""
    d, one, other = likely_duplicate.c, customer.alias("one"), customer.alias("other")
    key = tuple_(d.score, d.one_id, d.other_id)
    statement = (
        select(d.one_id, d.other_id, d.score, d.reasons)
        .join(one, and_(one.c.tenant_id == tx.tenant_id, one.c.id == d.one_id))
        .join(other, and_(other.c.tenant_id == tx.tenant_id, other.c.id == d.other_id))
        .where(
            d.tenant_id == tx.tenant_id,
            d.state == "open",
            visible_customers(seen_by, one),
            visible_customers(seen_by, other),
        )
        .order_by(d.score.desc(), d.one_id.desc(), d.other_id.desc())
        .limit(limit + 1)
    )
    if customer_code is not None:
        named = named_customer(tx.tenant_id, customer_code)
        statement = statement.where((d.one_id == named) | (d.other_id == named))
    if cursor is not None:
        statement = statement.where(key < tuple_(*decode_cursor(cursor, (int, UUID, UUID))))
    rows = await tx.rows(statement)
    alike = await _alike(tx, rows[:limit])

    def view(row: Any) -> LikelyDuplicate:
        return LikelyDuplicate(alike[row.one_id], alike[row.other_id], row.score, row.reasons)

    return page(rows, limit, lambda row: (row.score, row.one_id, row.other_id), view)


async def _alike(tx: Tx, rows: Sequence[Any]) -> dict[UUID, Alike]:
    ids = {id for row in rows for id in (row.one_id, row.other_id)}
    return {row["id"]: Alike(**dict(row)) for row in await tx.fetch(_DETAILS, list(ids))}


async def count_duplicates(tx: Tx, *, customer_id: UUID) -> int:
    """How many open proposals name this customer."""
    return int((await tx.fetch(_COUNT, customer_id))[0]["n"])


_COUNT = """
select (select count(*) from likely_duplicate d where d.tenant_id = $1 and d.one_id = $2 and d.state = 'open')
  + (select count(*) from likely_duplicate e where e.tenant_id = $1 and e.other_id = $2 and e.state = 'open') as n
"""


async def dismiss_duplicate(tx: Tx, *, one: str, other: str, by: Actor, seen_by: Principal) -> int:
    """Say that these two are not one: it is not proposed again. How many proposals that was."""
    rows = await tx.rows(
        select(customer.c.id, customer.c.code).where(
            customer.c.tenant_id == tx.tenant_id,
            among(customer.c.code, storable([one, other])),
            visible_customers(seen_by, customer),
        )
    )
    ids = {row.code: row.id for row in rows}
    faults = [UNKNOWN_CODE(field, code=code) for field, code in (("one", one), ("other", other)) if code not in ids]
    if faults:
        raise Refused(faults)
    first, second = sorted((ids[one], ids[other]))
    gone = await tx.write(_DISMISS, first, second)
    if gone:
        await audit.record(tx, [audit.Change("customer", first, "not_duplicate", by, {"other": [None, str(second)]})])
    return gone


_DISMISS = """
update likely_duplicate d set state = 'dismissed'
where d.tenant_id = $1 and d.one_id = $2 and d.other_id = $3 and d.state = 'open'
"""
