"""Reading agreements, what has accrued under them, balances and settlements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, and_, or_, select

from dinghuo.catalogue.tables import brand, category, product, sku
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import organisation
from dinghuo.kit import search
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import storable
from dinghuo.parties.tables import channel, customer, region, tier
from dinghuo.pricing.locked import check_sees_price
from dinghuo.rebates.overlaps import overlapping
from dinghuo.rebates.save_agreements import SEARCH_KIND
from dinghuo.rebates.tables import rebate_agreement, rebate_audience, rebate_item
from dinghuo.rebates.tiers import Tier
from dinghuo.rebates.views import AgreementGoods, AgreementMember, AgreementView

_AUDIENCE: Mapping[str, Any] = {"customer": customer, "tier": tier, "region": region, "channel": channel}
_ITEMS: Mapping[str, Any] = {"sku": sku, "product": product, "category": category, "brand": brand}


async def list_agreements(
    tx: Tx,
    *,
    seen_by: Principal | None,
    wanted: str | None = None,
    active: bool | None = None,
    on: date | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[AgreementView]:
    """A page of agreements by code; `on` leaves those that hold on a day."""
    check_sees_price(seen_by)
    a = rebate_agreement.c
    statement = _agreements(tx)
    if active is not None:
        statement = statement.where(a.active.is_(active))
    if on is not None:
        statement = statement.where(a.valid_from <= on, or_(a.valid_until.is_(None), a.valid_until >= on))
    if wanted:
        statement = statement.where(*search.matches(tx.tenant_id, SEARCH_KIND, a.id, wanted))
    if cursor is not None:
        statement = statement.where(a.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement.order_by(a.code).limit(limit + 1))
    views = await _views(tx, rows[:limit], seen_by)
    return page(rows, limit, lambda row: (row.code,), lambda row: views[row.id])


async def get_agreement(tx: Tx, code: str, *, seen_by: Principal | None) -> AgreementView:
    """One agreement; refused as missing when it is not there."""
    check_sees_price(seen_by)
    row = await tx.one(_agreements(tx).where(among(rebate_agreement.c.code, storable([code]))))
    if row is None:
        raise missing("rebate agreement", code)
    return (await _views(tx, [row], seen_by))[row.id]


def _agreements(tx: Tx) -> Any:
    a, o = rebate_agreement.c, organisation.c
    return (
        select(rebate_agreement, o.code.label("organisation"))
        .join(organisation, and_(o.tenant_id == a.tenant_id, o.id == a.organisation_id))
        .where(a.tenant_id == tx.tenant_id, o.tenant_id == tx.tenant_id)
    )


async def _views(tx: Tx, rows: Sequence[Row[Any]], seen_by: Principal | None) -> dict[UUID, AgreementView]:
    ids = [row.id for row in rows]
    audience = await _members(tx, rebate_audience, _AUDIENCE, ids, seen_by)
    items = await _members(tx, rebate_item, _ITEMS, ids, None)
    overlaps = await overlapping(tx, ids)
    plain = set(AgreementView.__struct_fields__) - {"audience", "items", "steps", "overlaps"}
    return {
        row.id: AgreementView(
            **{name: value for name, value in row._mapping.items() if name in plain},
            steps=msgspec.convert(row.steps, list[Tier], strict=False),
            audience=[AgreementMember(kind, code, name) for kind, code, name, _ in audience[row.id]],
            items=[AgreementGoods(kind, code, name, each.excluded) for kind, code, name, each in items[row.id]],
            overlaps=sorted(overlaps.get(row.id, ())),
        )
        for row in rows
    }


async def _members(
    tx: Tx, table: Any, targets: Mapping[str, Any], ids: Sequence[UUID], seen_by: Principal | None
) -> dict[UUID, list[tuple[str, str, str, Any]]]:
    """Audience or goods with what people call them, by agreement: a statement for each, and one for each kind."""
    found: dict[UUID, list[tuple[str, str, str, Any]]] = defaultdict(list)
    members = await tx.rows(select(table).where(table.c.tenant_id == tx.tenant_id, among(table.c.agreement_id, ids)))
    names: dict[tuple[str, UUID], tuple[str, str]] = {}
    for kind in sorted({member.kind for member in members}):
        c = targets[kind].c
        wanted = [member.target_id for member in members if member.kind == kind]
        statement = select(c.id, c.code, c.name).where(c.tenant_id == tx.tenant_id, among(c.id, wanted))
        if kind == "customer" and seen_by is not None:
            statement = statement.where(visible_customers(seen_by, customer))
        names |= {(kind, row.id): (row.code, row.name) for row in await tx.rows(statement)}
    for member in members:
        named = names.get((member.kind, member.target_id))
        if named is not None:
            found[member.agreement_id].append((member.kind, *named, member))
    for several in found.values():
        several.sort(key=lambda each: each[:2])
    return found
