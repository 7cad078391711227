"""Coupons of a promotion, created and changed by their codes, many at once, all or nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE, Saved, among, check_codes, given, plan, saved, store
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.missing import missing
from dinghuo.kit.texts import check_texts, storable
from dinghuo.parties.tables import customer
from dinghuo.pricing.coupon_facts import coupon_code
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.tables import coupon, promotion

TAKES_NO_COUPON = Message(
    "promotion-takes-no-coupon",
    "促销 {code} 不需要优惠券",
    "Promotion {code} takes no coupons: it holds without them",
    CONFLICT,
)
COUPON_TAKEN = Message(
    "coupon-taken", "优惠券 {code} 属于另一个促销", "The coupon {code} belongs to another promotion", CONFLICT
)
BAD_USES = Message(
    "coupon-uses",
    "可用次数应大于 0；不限请留空 (null)",
    "The number of uses must be above 0; null is unlimited",
    MALFORMED,
)
_MOST_USES = 2_000_000_000
_PLAIN = ("uses", "active")
_DEFAULTS: Mapping[str, Any] = {"promotion_id": None, "customer_id": None, "uses": 1, "active": True}


class CouponInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A coupon by its code. `customer` is whose it is, null anybody's; `uses` how many orders may use it, null
    unlimited; a new one is good for one."""

    code: str
    customer: str | UnsetType | None = UNSET
    uses: int | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET


async def save_coupons(
    tx: Tx, *, promotion_code: str, coupons: Sequence[CouponInput], by: Actor, seen_by: Principal | None
) -> Saved:
    """Create or change these coupons of one promotion."""
    check_sees_price(seen_by)
    p = promotion.c
    owner = await tx.one(
        select(p.id, p.coupon_required)
        .where(p.tenant_id == tx.tenant_id, among(p.code, storable([promotion_code])))
        .with_for_update(key_share=True)
    )
    if owner is None:
        raise missing("promotion", promotion_code)
    if not owner.coupon_required:
        raise Refused(TAKES_NO_COUPON("code", code=promotion_code))
    items = [msgspec.structs.replace(item, code=coupon_code(item.code)) for item in coupons]
    faults = Faults()
    check_codes(faults, [item.code for item in items])
    customers = await _customers(tx, [item.customer for item in items if item.customer], seen_by)
    columns: list[tuple[int, str, dict[str, Any]]] = []
    for line, item in enumerate(items):
        check_texts(faults, line, item, {})
        if isinstance(item.customer, str) and item.customer and item.customer not in customers:
            faults.add(line, "customer", UNKNOWN_CODE, code=item.customer)
        if isinstance(item.uses, int) and not 0 < item.uses <= _MOST_USES:
            faults.add(line, "uses", BAD_USES)
        whose = {} if item.customer is UNSET else {"customer_id": customers.get(item.customer or "")}
        columns.append((line, item.code, given(item, _PLAIN) | whose))
    planned = await plan(tx, coupon, columns, _DEFAULTS)
    for row in planned:
        if row.old is not None and row.old["promotion_id"] != owner.id:
            faults.add(row.line, "code", COUPON_TAKEN, code=row.code)
        row.new["promotion_id"] = owner.id
    faults.check()
    await store(tx, coupon, planned, by=by)
    return saved(planned)


async def _customers(tx: Tx, codes: Sequence[Any], seen_by: Principal | None) -> dict[str, Any]:
    if not codes:
        return {}
    c = customer.c
    statement = select(c.code, c.id).where(c.tenant_id == tx.tenant_id, among(c.code, storable(codes)))
    if seen_by is not None:
        statement = statement.where(visible_customers(seen_by, customer))
    return {row.code: row.id for row in await tx.rows(statement)}
