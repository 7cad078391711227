"""Create and update promotions by code, many at once, all or nothing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET
from sqlalchemy import Table, select

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.catalogue.tables import brand, category, product
from dinghuo.identity.principals import Principal
from dinghuo.kit import search
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import (
    UNKNOWN_CODE,
    Planned,
    Saved,
    among,
    check_codes,
    drop,
    given,
    plan,
    put,
    saved,
    store,
)
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.faults import Faults
from dinghuo.kit.missing import missing
from dinghuo.kit.revisions import check_revision
from dinghuo.kit.texts import check_texts, storable, text_faults
from dinghuo.parties.tables import channel, region, tier
from dinghuo.pricing.locked import check_sees_price, hidden_customers
from dinghuo.pricing.members import member_ids
from dinghuo.pricing.promotion_checks import WAS_PUBLISHED, check_gift, check_head, check_items, check_terms
from dinghuo.pricing.promotion_facts import Step
from dinghuo.pricing.promotion_input import PromotionFields, PromotionInput
from dinghuo.pricing.tables import promotion, promotion_audience, promotion_item

SEARCH_KIND = "promotion"
_LONGEST_GROUP = 64
_PLAIN = (
    "name",
    "name_en",
    "kind",
    "currency",
    "valid_from",
    "valid_until",
    "measure",
    "repeats",
    "bundle_price",
    "priority",
    "exclusion_group",
    "stackable",
    "first_order_only",
    "coupon_required",
    "budget",
    "customer_budget",
    "uses",
    "customer_uses",
)
_DEFAULTS: Mapping[str, Any] = {
    **dict.fromkeys(_PLAIN),
    "state": "draft",
    "currency": "CNY",
    "steps": [],
    "repeats": False,
    "priority": 0,
    "stackable": False,
    "first_order_only": False,
    "coupon_required": False,
    "gift_sku_id": None,
    "gift_unit": None,
    "published_at": None,
}
# What orders were granted by: it stays once it has been published.
_FIXED = {
    "kind": "类型",
    "currency": "币种",
    "valid_from": "开始时间",
    "measure": "门槛口径",
    "steps": "优惠档位",
    "repeats": "是否每满",
    "bundle_price": "组合价",
    "gift_sku_id": "赠品",
    "gift_unit": "赠品单位",
    "first_order_only": "是否仅限首单",
    "coupon_required": "是否需要优惠券",
    "audience": "适用对象",
    "items": "适用商品",
}
_TARGETS: Mapping[str, Table] = {
    "tier": tier,
    "region": region,
    "channel": channel,
    "product": product,
    "category": category,
    "brand": brand,
}
_MEASURES = {"spend_save": "amount", "buy_get": "quantity", "percent": "amount", "amount_off": "amount"}
_Member = tuple[UUID, str, UUID]
_Rows = dict[_Member, dict[str, Any]]


async def save_promotions(
    tx: Tx, *, promotions: Sequence[PromotionInput], by: Actor, seen_by: Principal | None, path: str = "items"
) -> Saved:
    """Create the promotions whose codes are new, as drafts; change the others. `seen_by` bounds whom they name."""
    check_sees_price(seen_by)
    faults = Faults(path)
    check_codes(faults, [item.code for item in promotions])
    for line, item in enumerate(promotions):
        check_texts(faults, line, item, {"name": 200, "name_en": 200})
        if isinstance(item.exclusion_group, str):
            for fault in text_faults("exclusion_group", item.exclusion_group, _LONGEST_GROUP):
                faults.add(line, "exclusion_group", fault.message, **fault.params)
    faults.check()
    skus = await _skus(tx, promotions)
    ids = await member_ids(
        tx, (one for item in promotions for one in (*(item.audience or ()), *(item.items or ()))), _TARGETS, seen_by
    )
    columns = [(line, item.code, _columns(item, skus)) for line, item in enumerate(promotions)]
    planned = await plan(tx, promotion, columns, _DEFAULTS)
    for row in planned:
        _complete(row)
        _check(faults, row, promotions[row.line], skus)
    audience = await _plan_audience(tx, planned, promotions, ids, faults, seen_by)
    items = await _plan_items(tx, planned, promotions, ids, skus, faults)
    for row in planned:
        _check_fixed(faults, row)
    faults.check()
    written = await store(tx, promotion, planned, by=by)
    for table, (gone, fresh) in ((promotion_audience, audience), (promotion_item, items)):
        await drop(tx, table, gone)
        await put(tx, table, list(fresh.values()))
    names = {row.id: (row.code, row.new["name"], row.new["name_en"]) for row in written}
    await search.file(tx, SEARCH_KIND, names)
    if written:
        await touch(tx, "pricing", "promotions")
    return saved(planned)


async def edit_promotion(
    tx: Tx, *, code: str, fields: PromotionFields, revision: int, by: Actor, seen_by: Principal | None
) -> Saved:
    """Change what is given of one promotion, provided that it is still at this revision."""
    p = promotion.c
    row = await tx.one(
        select(p.revision)
        .where(p.tenant_id == tx.tenant_id, among(p.code, storable([code])))
        .with_for_update(key_share=True)
    )
    if row is None:
        raise missing("promotion", code)
    check_revision(row.revision, revision)
    item = PromotionInput(code=code, **msgspec.structs.asdict(fields))
    return await save_promotions(tx, promotions=[item], by=by, seen_by=seen_by, path="")


async def _skus(tx: Tx, promotions: Sequence[PromotionInput]) -> Mapping[str, SkuFacts]:
    named = {i.code for item in promotions if item.items is not UNSET for i in item.items if i.kind == "sku"}
    return await load_skus(tx, named | {item.gift.sku for item in promotions if item.gift})


def _columns(item: PromotionInput, skus: Mapping[str, SkuFacts]) -> dict[str, Any]:
    columns = given(item, _PLAIN)
    for name in ("valid_from", "valid_until"):
        if isinstance(columns.get(name), datetime):
            columns[name] = _moment(columns[name])
    if item.steps is not UNSET:
        columns["steps"] = [_plain_step(step) for step in item.steps]
    if item.gift is not UNSET:
        sku = skus.get(item.gift.sku) if item.gift else None
        columns["gift_sku_id"] = sku.id if sku else None
        columns["gift_unit"] = (item.gift.unit or sku.sales_unit) if item.gift and sku else None
    return columns


def _moment(value: datetime) -> datetime:
    """A moment without a zone is one of UTC."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _plain_step(step: Step) -> dict[str, str]:
    return {"from": _plain(step.start), "value": _plain(step.value)}


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f") if value.is_finite() else str(value)


def _complete(row: Planned) -> None:
    """What need not be said because the kind implies it."""
    if row.new["measure"] is None and row.new["steps"]:
        row.new["measure"] = _MEASURES.get(row.new["kind"])


def _check(faults: Faults, row: Planned, item: PromotionInput, skus: Mapping[str, SkuFacts]) -> None:
    check_head(faults, row.line, row.new)
    if row.new["kind"] is None:
        return
    steps = [Step(Decimal(step["from"]), Decimal(step["value"])) for step in row.new["steps"]]
    check_terms(faults, row.line, row.new, steps)
    if row.old is None or item.gift is not UNSET or item.steps is not UNSET:
        gift = item.gift if item.gift is not UNSET else None
        if gift is not None and gift.sku not in skus:
            faults.add(row.line, "gift.sku", UNKNOWN_CODE, code=gift.sku)
        if item.gift is not UNSET or row.new["gift_sku_id"] is None:
            check_gift(faults, row.line, row.new, gift, steps, skus)
    if row.old is None or item.items is not UNSET:
        check_items(faults, row.line, row.new["kind"], item.items or [], skus)


def _check_fixed(faults: Faults, row: Planned) -> None:
    if row.old is None or row.old["published_at"] is None:
        return
    changes = row.changes
    for name, zh in _FIXED.items():
        if name in changes:
            field = "gift" if name.startswith("gift") else name
            faults.add(row.line, field, WAS_PUBLISHED, code=row.code, field_name=field, field_zh=zh)


async def _plan_audience(
    tx: Tx,
    planned: Sequence[Planned],
    promotions: Sequence[PromotionInput],
    ids: Mapping[str, Mapping[str, UUID]],
    faults: Faults,
    seen_by: Principal | None,
) -> tuple[list[_Member], _Rows]:
    rows = [row for row in planned if promotions[row.line].audience is not UNSET]
    old = await _old(tx, promotion_audience, rows)
    hidden = await hidden_customers(
        tx, {id for members in old.values() for (_, kind, id) in members if kind == "customer"}, seen_by=seen_by
    )
    wanted: dict[UUID, _Rows] = {}
    for row in rows:
        members: _Rows = {key: each for key, each in old[row.id].items() if key[2] in hidden}
        for number, member in enumerate(promotions[row.line].audience or ()):
            id = ids.get(member.kind, {}).get(member.code)
            if id is None:
                faults.add(row.line, f"audience[{number}].code", UNKNOWN_CODE, code=member.code)
            else:
                key = (row.id, member.kind, id)
                members[key] = {"promotion_id": row.id, "kind": member.kind, "target_id": id}
        wanted[row.id] = members
    return _differences(rows, old, wanted, "audience")


async def _plan_items(
    tx: Tx,
    planned: Sequence[Planned],
    promotions: Sequence[PromotionInput],
    ids: Mapping[str, Mapping[str, UUID]],
    skus: Mapping[str, SkuFacts],
    faults: Faults,
) -> tuple[list[_Member], _Rows]:
    rows = [row for row in planned if promotions[row.line].items is not UNSET]
    old = await _old(tx, promotion_item, rows)
    wanted: dict[UUID, _Rows] = {}
    for row in rows:
        members = wanted[row.id] = {}
        for number, item in enumerate(promotions[row.line].items or ()):
            sku = skus.get(item.code) if item.kind == "sku" else None
            id = sku.id if sku else ids.get(item.kind, {}).get(item.code)
            if id is None:
                faults.add(row.line, f"items[{number}].code", UNKNOWN_CODE, code=item.code)
                continue
            special = item.price is not None or item.quantity is not None
            members[row.id, item.kind, id] = {
                "promotion_id": row.id,
                "kind": item.kind,
                "target_id": id,
                "unit": (item.unit or (sku.sales_unit if sku else None)) if special else None,
                "quantity": item.quantity,
                "price": item.price,
            }
    return _differences(rows, old, wanted, "items")


async def _old(tx: Tx, table: Table, rows: Sequence[Planned]) -> dict[UUID, _Rows]:
    old: dict[UUID, _Rows] = {row.id: {} for row in rows}
    stored = [row.id for row in rows if row.old]
    statement = select(table).where(table.c.tenant_id == tx.tenant_id, among(table.c.promotion_id, stored))
    for member in await tx.rows(statement) if stored else ():
        values = {name: value for name, value in member._mapping.items() if name != "tenant_id"}
        old[member.promotion_id][member.promotion_id, member.kind, member.target_id] = values
    return old


def _differences(
    rows: Sequence[Planned], old: Mapping[UUID, _Rows], wanted: Mapping[UUID, _Rows], field: str
) -> tuple[list[_Member], _Rows]:
    """Which members go and which come or change; noted on the planned promotions too, as [before, after]."""
    gone: list[_Member] = []
    fresh: _Rows = {}
    for row in rows:
        before, after = old[row.id], wanted[row.id]
        less = before.keys() - after.keys()
        more = {key: each for key, each in after.items() if before.get(key) != each}
        if less or more:
            row.details[field] = [_told(before[key] for key in less), _told(more.values())]
        gone += less
        fresh |= more
    return gone, fresh


def _told(members: Any) -> list[str]:
    return sorted(
        " ".join(str(value) for name, value in member.items() if name != "promotion_id" and value is not None)
        for member in members
    )
