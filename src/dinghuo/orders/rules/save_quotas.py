"""Create and change quotas by their codes. What is taken of a period that runs stays taken."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select

from dinghuo.accounts.allotment_tables import allotment
from dinghuo.catalogue.quantities import plain
from dinghuo.catalogue.tables import sku
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MISSING, UNKNOWN_CODE, Planned, Saved, among, check_codes, given, plan, saved, store
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import MAX_QUANTITY, fits
from dinghuo.kit.texts import check_texts
from dinghuo.orders.rules.check_terms import BAD_QUANTITY
from dinghuo.orders.rules.facts import TOUCHED, Period, period_start
from dinghuo.orders.rules.tables import quota
from dinghuo.orders.rules.targets import (
    Found,
    TargetFields,
    check_target,
    check_validity,
    find_codes,
    hidden,
    target_columns,
)

BELOW_TAKEN = Message(
    "quota-below-taken",
    "本期已占用 {taken}，配额不能低于它",
    "{taken} are taken of the present period: the quota cannot be set below",
    CONFLICT,
)
STAYS = Message(
    "quota-stays",
    "配额的单品、对象和周期不能改变，请另建一条",
    "A quota's SKU, target and period stay: make another quota",
    MALFORMED,
)

_PLAIN = ("name", "period", "quantity", "valid_from", "valid_until", "active", "counts_gifts")
_FIXED = ("sku_id", "target", "customer_id", "tier_id", "region_id", "channel_id", "period")
_DEFAULTS: Mapping[str, Any] = {
    **dict.fromkeys(("name", "sku_id", "target", "customer_id", "tier_id", "region_id", "channel_id", "scope")),
    **dict.fromkeys(("quantity", "valid_from", "valid_until")),
    "period": "once",
    "active": True,
    "counts_gifts": False,
}


_MOVE = """
update allotment a set quantity = b.quantity, updated_at = $3
from json_to_recordset($2::json) as b(id uuid, quantity numeric) where a.tenant_id = $1 and a.id = b.id
"""


class _Bound(msgspec.Struct, frozen=True):
    id: UUID
    quantity: Decimal


class QuotaInput(TargetFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A quota by its code; what is left out stays. A new one needs `sku`, `target` and `quantity`, in the SKU's base
    unit, shared by all whom it is for, for each period anew. With `counts_gifts` what promotions give
    is taken of it too."""

    code: str
    name: str | UnsetType | None = UNSET
    sku: str | UnsetType = UNSET
    period: Period | UnsetType = UNSET
    quantity: Decimal | UnsetType = UNSET
    valid_from: date | UnsetType = UNSET
    valid_until: date | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET
    counts_gifts: bool | UnsetType = UNSET


async def save_quotas(tx: Tx, *, quotas: Sequence[QuotaInput], by: Actor, seen_by: Principal | None = None) -> Saved:
    faults = Faults()
    check_codes(faults, [item.code for item in quotas])
    for line, item in enumerate(quotas):
        check_texts(faults, line, item, {"name": 200})
    faults.check()
    found = await find_codes(tx, quotas, {"sku": (sku, "code", [item.sku for item in quotas if item.sku])})
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    planned = await plan(
        tx,
        quota,
        [(i, item.code, _columns(item, found)) for i, item in enumerate(quotas)],
        {**_DEFAULTS, "valid_from": today},
    )
    unseen = await hidden(tx, planned, seen_by)
    for row in planned:
        _check(faults, row, quotas[row.line], found, unseen)
    faults.check()
    await _move_bounds(tx, faults, planned, today)
    written = await store(tx, quota, planned, by=by)
    if written:
        await touch(tx, TOUCHED)
    return saved(planned)


def _columns(item: QuotaInput, found: Found) -> dict[str, Any]:
    columns = target_columns(item, found) | given(item, _PLAIN)
    if item.sku is not UNSET:
        columns["sku_id"] = found["sku"].get(item.sku)
    return columns


def _check(faults: Faults, row: Planned, item: QuotaInput, found: Found, unseen: set[Any]) -> None:
    new, line = row.new, row.line
    if item.sku is not UNSET and new["sku_id"] is None:
        faults.add(line, "sku", UNKNOWN_CODE, code=item.sku)
    elif new["sku_id"] is None:
        faults.add(line, "sku", MISSING)
    for name in ("target", "quantity"):
        if new[name] is None:
            faults.add(line, name, MISSING)
    quantity = new["quantity"]
    if quantity is not None and not (fits(quantity) and quantity >= 0):
        faults.add(line, "quantity", BAD_QUANTITY, most=str(MAX_QUANTITY))
    check_validity(faults, row)
    if new["target"] is not None:
        check_target(faults, row, item, found, unseen)
    if row.old and any(row.old[name] != new[name] for name in _FIXED):
        faults.add(line, "code", STAYS)


async def _move_bounds(tx: Tx, faults: Faults, planned: Sequence[Planned], today: date) -> None:
    """Give the periods that run, or are still to come, their new bound; periods that are over keep theirs."""
    changed = {row.id: row for row in planned if row.old and row.old["quantity"] != row.new["quantity"]}
    if not changed:
        return
    a = allotment.c
    rows = await tx.rows(
        select(a.id, a.subject_id, a.period_from, a.taken)
        .where(a.tenant_id == tx.tenant_id, a.kind == "quota", among(a.subject_id, changed))
        .order_by(a.id)
        .with_for_update(key_share=True)
    )
    now = {id: period_start(row.new["period"], today) for id, row in changed.items()}
    running = [row for row in rows if row.period_from is None or row.period_from >= (now[row.subject_id] or today)]
    for row in running:
        own = changed[row.subject_id]
        if own.new["quantity"] < row.taken:
            faults.add(own.line, "quantity", BELOW_TAKEN, taken=plain(row.taken))
    faults.check()
    moved = [_Bound(row.id, changed[row.subject_id].new["quantity"]) for row in running]
    if moved:
        await tx.write_rows(_MOVE, moved, tx.now)
