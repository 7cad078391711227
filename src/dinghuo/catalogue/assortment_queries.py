"""Reading assortments."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Row, Table, and_, func, select, true

from dinghuo.catalogue.tables import assortment, assortment_audience, assortment_item, brand, category, product, sku
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.parties.tables import channel, customer, region, tier

AssortmentInclude = Literal["audience", "items"]


class MemberView(msgspec.Struct, frozen=True):
    """Code and name are null for everyone and everything, and for a customer outside the reader's scope."""

    kind: str
    code: str | None
    name: str | None


class AssortmentView(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    code: str
    name: str
    mode: str
    active: bool
    created_at: datetime
    updated_at: datetime
    revision: int
    audience: list[MemberView] | UnsetType = UNSET
    items: list[MemberView] | UnsetType = UNSET


_AUDIENCE = {"customer": customer, "tier": tier, "region": region, "channel": channel}
_ITEMS = {"sku": sku, "product": product, "category": category, "brand": brand}


async def list_assortments(
    tx: Tx,
    *,
    seen_by: Principal | None,
    cursor: str | None = None,
    limit: int = 50,
    include: Collection[AssortmentInclude] = (),
) -> Page[AssortmentView]:
    """A page of assortments by code."""
    statement = select(assortment).where(assortment.c.tenant_id == tx.tenant_id).order_by(assortment.c.code)
    if cursor is not None:
        statement = statement.where(assortment.c.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement.limit(limit + 1))
    return page(rows, limit, lambda row: (row.code,), await _views(tx, rows[:limit], include, seen_by))


async def get_assortment(
    tx: Tx, assortment_id: UUID, *, seen_by: Principal | None, include: Collection[AssortmentInclude] = ()
) -> AssortmentView | None:
    rows = await tx.rows(
        select(assortment).where(assortment.c.tenant_id == tx.tenant_id, assortment.c.id == assortment_id)
    )
    view = await _views(tx, rows, include, seen_by)
    return view(rows[0]) if rows else None


async def _views(
    tx: Tx, rows: Sequence[Row[Any]], include: Collection[AssortmentInclude], seen_by: Principal | None
) -> Any:
    ids = [row.id for row in rows]
    audience = await _members(tx, assortment_audience, _AUDIENCE, ids, seen_by) if "audience" in include else None
    items = await _members(tx, assortment_item, _ITEMS, ids, seen_by) if "items" in include else None

    def view(row: Row[Any]) -> AssortmentView:
        fields: dict[str, Any] = {name: value for name, value in row._mapping.items() if name != "tenant_id"}
        return AssortmentView(
            **fields,
            audience=UNSET if audience is None else audience.get(row.id, []),
            items=UNSET if items is None else items.get(row.id, []),
        )

    return view


async def _members(
    tx: Tx, members: Table, targets: dict[str, Table], ids: Sequence[UUID], seen_by: Principal | None
) -> dict[UUID, list[MemberView]]:
    """The members of these assortments, whatever kinds they are of, in one statement."""
    joined: Any = members
    for kind, table in targets.items():
        seen = visible_customers(seen_by, customer) if table is customer and seen_by is not None else true()
        same = and_(
            table.c.tenant_id == members.c.tenant_id, table.c.id == members.c.target_id, members.c.kind == kind
        )
        joined = joined.outerjoin(table, and_(same, seen))
    code = func.coalesce(*(table.c.code for table in targets.values())).label("code")
    name = func.coalesce(*(table.c.name for table in targets.values())).label("name")
    found: dict[UUID, list[MemberView]] = {}
    for row in await tx.rows(
        select(members.c.assortment_id, members.c.kind, code, name)
        .select_from(joined)
        .where(members.c.tenant_id == tx.tenant_id, among(members.c.assortment_id, ids))
        .order_by(members.c.assortment_id, members.c.kind, code)
    ):
        found.setdefault(row.assortment_id, []).append(MemberView(row.kind, row.code, row.name))
    return found
