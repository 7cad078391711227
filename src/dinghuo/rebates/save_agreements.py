"""Create and change agreements about rebates by code, many at once, all or nothing."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET
from sqlalchemy import Table, select

from dinghuo.catalogue.tables import brand, category, product, sku
from dinghuo.identity.facts import TenantFacts, load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.kit import outbox, search
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE, Planned, Saved, among, check_codes, drop, given, plan, put, store
from dinghuo.kit.bulk import saved as saved_of
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.faults import Faults
from dinghuo.kit.missing import missing
from dinghuo.kit.revisions import check_revision
from dinghuo.kit.texts import check_texts, storable
from dinghuo.parties.tables import channel, region, tier
from dinghuo.pricing.locked import check_sees_price, hidden_customers
from dinghuo.pricing.members import member_ids
from dinghuo.rebates.agreement_checks import OVERLAPS, WAS_SETTLED, check_agreement
from dinghuo.rebates.agreement_input import AgreementFields, AgreementInput
from dinghuo.rebates.events import AgreementSaved
from dinghuo.rebates.overlaps import overlapping
from dinghuo.rebates.tables import rebate_agreement, rebate_audience, rebate_item

SEARCH_KIND = "rebate"
# Which agreements there are, remembered in process (`accrue`).
MEMORY = "rebates"
_PLAIN = (
    "name",
    "name_en",
    "currency",
    "measure",
    "method",
    "period",
    "settle_as",
    "with_branches",
    "over_last_year",
    "valid_from",
    "valid_until",
    "active",
)
_DEFAULTS: Mapping[str, Any] = {
    **dict.fromkeys(_PLAIN),
    "currency": "CNY",
    "method": "whole",
    "settle_as": "credit",
    "with_branches": False,
    "over_last_year": False,
    "active": True,
    "steps": [],
    "organisation_id": None,
    "counted_at": None,
}
# What was settled stands in balances by these.
_FIXED = {
    "organisation_id": ("organisation", "销售组织"),
    "currency": ("currency", "币种"),
    "period": ("period", "结算周期"),
    "settle_as": ("settle_as", "结算方式"),
    "with_branches": ("with_branches", "是否合并下级客户"),
}
TARGETS: Mapping[str, Table] = {
    "tier": tier,
    "region": region,
    "channel": channel,
    "sku": sku,
    "product": product,
    "category": category,
    "brand": brand,
}
_SETTLED = """
select distinct a.agreement_id from rebate_accrual a
where a.tenant_id = $1 and a.agreement_id = any($2::uuid[])
  and (a.settled <> 0 or exists (
    select from rebate_settlement_line l where l.tenant_id = $1 and l.accrual_id = a.id))
"""
_Member = tuple[UUID, str, UUID]
_Rows = dict[_Member, dict[str, Any]]


async def save_agreements(
    tx: Tx, *, agreements: Sequence[AgreementInput], by: Actor, seen_by: Principal | None, path: str = "items"
) -> Saved:
    """Create the agreements whose codes are new, change the others. What they grant is reckoned anew soon after."""
    check_sees_price(seen_by)
    faults = Faults(path)
    check_codes(faults, [item.code for item in agreements])
    for line, item in enumerate(agreements):
        check_texts(faults, line, item, {"name": 200, "name_en": 200})
    faults.check()
    tenant = await load_tenant(tx)
    ids = await member_ids(
        tx, (one for item in agreements for one in (*(item.audience or ()), *(item.items or ()))), TARGETS, seen_by
    )
    columns = [(line, item.code, _columns(faults, line, item, tenant)) for line, item in enumerate(agreements)]
    planned = await plan(tx, rebate_agreement, columns, _DEFAULTS)
    for row in planned:
        if row.new["organisation_id"] is None:
            row.new["organisation_id"] = next((o.id for o in tenant.organisations.values()), None)
        check_agreement(faults, row.line, row.new)
    audience = await _plan_members(tx, rebate_audience, planned, agreements, ids, faults, seen_by)
    items = await _plan_members(tx, rebate_item, planned, agreements, ids, faults, None)
    await _check_settled(tx, faults, planned)
    faults.check()
    written = await store(tx, rebate_agreement, planned, by=by)
    for table, (gone, fresh) in ((rebate_audience, audience), (rebate_item, items)):
        await drop(tx, table, gone)
        await put(tx, table, list(fresh.values()))
    await search.file(tx, SEARCH_KIND, {row.id: (row.code, row.new["name"], row.new["name_en"]) for row in written})
    if written:
        await touch(tx, MEMORY)
        await outbox.emit(tx, [AgreementSaved(subject_id=row.id) for row in written])
    return saved_of(planned, await _warnings(tx, faults, planned))


async def edit_agreement(
    tx: Tx, *, code: str, fields: AgreementFields, revision: int, by: Actor, seen_by: Principal | None
) -> Saved:
    """Change what is given of one agreement, provided that it is still at this revision."""
    a = rebate_agreement.c
    row = await tx.one(
        select(a.revision)
        .where(a.tenant_id == tx.tenant_id, among(a.code, storable([code])))
        .with_for_update(key_share=True)
    )
    if row is None:
        raise missing("rebate agreement", code)
    check_revision(row.revision, revision)
    item = AgreementInput(code=code, **msgspec.structs.asdict(fields))
    return await save_agreements(tx, agreements=[item], by=by, seen_by=seen_by, path="")


async def _warnings(tx: Tx, faults: Faults, planned: Sequence[Planned]) -> tuple[Any, ...]:
    """Two agreements may well hold for the same: whoever wrote them is told."""
    pairs = await overlapping(tx, [row.id for row in planned if row.new["active"]])
    return tuple(
        faults.fault(row.line, "code", OVERLAPS, other=other)
        for row in planned
        for other in sorted(pairs.get(row.id, ()))
    )


def _columns(faults: Faults, line: int, item: AgreementInput, tenant: TenantFacts) -> dict[str, Any]:
    columns = given(item, _PLAIN)
    if item.steps is not UNSET:
        columns["steps"] = [{"from": _plain(step.start), "value": _plain(step.value)} for step in item.steps]
    if item.organisation is not UNSET and item.organisation is not None:
        organisation = tenant.organisations.get(item.organisation)
        if organisation is None:
            faults.add(line, "organisation", UNKNOWN_CODE, code=item.organisation)
        else:
            columns["organisation_id"] = organisation.id
    return columns


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f") if value.is_finite() else str(value)


async def _check_settled(tx: Tx, faults: Faults, planned: Sequence[Planned]) -> None:
    changed = [row for row in planned if row.old is not None and (_FIXED.keys() & row.changes.keys() or _moved(row))]
    if not changed:
        return
    settled = {row["agreement_id"] for row in await tx.fetch(_SETTLED, [row.id for row in changed])}
    for row in changed:
        if row.id not in settled:
            continue
        fixed = {**_FIXED, **({"valid_from": ("valid_from", "开始日期")} if _moved(row) else {})}
        for name, (field, zh) in fixed.items():
            if name in row.changes:
                faults.add(row.line, field, WAS_SETTLED, code=row.code, field_name=field, field_zh=zh)


def _moved(row: Planned) -> bool:
    """Whether the period of an agreement over its whole term begins on another day."""
    return row.new["period"] == "term" and "valid_from" in row.changes


async def _plan_members(
    tx: Tx,
    table: Table,
    planned: Sequence[Planned],
    agreements: Sequence[AgreementInput],
    ids: Mapping[str, Mapping[str, UUID]],
    faults: Faults,
    seen_by: Principal | None,
) -> tuple[list[_Member], _Rows]:
    """Which members go and which come or change; customers that may not be seen stay."""
    field = "audience" if table is rebate_audience else "items"
    rows = [row for row in planned if getattr(agreements[row.line], field) is not UNSET]
    old = await _old(tx, table, rows)
    customers = {id for members in old.values() for (_, kind, id) in members if kind == "customer"}
    hidden = await hidden_customers(tx, customers, seen_by=seen_by)
    gone: list[_Member] = []
    fresh: _Rows = {}
    for row in rows:
        wanted: _Rows = {key: each for key, each in old[row.id].items() if key[2] in hidden}
        for number, member in enumerate(getattr(agreements[row.line], field) or ()):
            id = ids.get(member.kind, {}).get(member.code)
            if id is None:
                faults.add(row.line, f"{field}[{number}].code", UNKNOWN_CODE, code=member.code)
                continue
            key = (row.id, member.kind, id)
            wanted[key] = {"agreement_id": row.id, "kind": member.kind, "target_id": id}
            if field == "items":
                wanted[key]["excluded"] = member.excluded
        less = old[row.id].keys() - wanted.keys()
        more = {key: each for key, each in wanted.items() if old[row.id].get(key) != each}
        if less or more:
            row.details[field] = [_told(old[row.id][key] for key in less), _told(more.values())]
        gone += less
        fresh |= more
    return gone, fresh


async def _old(tx: Tx, table: Table, rows: Sequence[Planned]) -> dict[UUID, _Rows]:
    old: dict[UUID, _Rows] = {row.id: {} for row in rows}
    stored = [row.id for row in rows if row.old]
    statement = select(table).where(table.c.tenant_id == tx.tenant_id, among(table.c.agreement_id, stored))
    for member in await tx.rows(statement) if stored else ():
        values = {name: value for name, value in member._mapping.items() if name != "tenant_id"}
        old[member.agreement_id][member.agreement_id, member.kind, member.target_id] = values
    return old


def _told(members: Any) -> list[str]:
    return sorted(
        " ".join(str(value) for name, value in member.items() if name != "agreement_id" and value is not None)
        for member in members
    )
