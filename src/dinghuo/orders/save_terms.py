"""Say how customers pay and want to be served: many at once, by their codes, all or nothing."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MOST, TOO_MANY_ITEMS, UNKNOWN_CODE, Saved, among, put
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.missing import missing
from dinghuo.kit.money import fits
from dinghuo.kit.texts import storable
from dinghuo.orders.life_tables import order_terms
from dinghuo.orders.requests import PartialDelivery, Substitution
from dinghuo.orders.settings import MEMORY
from dinghuo.parties.tables import customer

DEPOSIT_PERCENT = Message(
    "deposit-percent",
    "收定金时须写明比例，大于 0、不超过 100，小数不超过 2 位；其他付款方式不填",
    "A deposit needs its percentage, above 0 and at most 100 with at most 2 decimals; other ways of paying have none",
    MALFORMED,
)
EXPIRE_DAYS = Message("expire-days", "天数应为 1 到 365", "Days run from 1 to 365", MALFORMED)
SAME_CUSTOMER = Message(
    "terms-twice", "与第 {other} 行是同一客户", "This is the same customer as on line {other}", MALFORMED
)

_NAMES = (
    "payment", "deposit_percent", "expire_days", "unique_reference", "partial_delivery", "substitution",
    "uses_group_rebates",
)  # fmt: skip
_DEFAULTS: dict[str, Any] = {
    "payment": "none",
    "deposit_percent": None,
    "expire_days": None,
    "unique_reference": False,
    "partial_delivery": "allowed",
    "substitution": "ask",
    "uses_group_rebates": False,
}


class TermsInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is agreed with one customer; what is left out stays as it is.

    `payment`: nothing beforehand, all of it, or a deposit of `deposit_percent`. Orders not paid for within
    `expire_days` are called off (null: never). `uses_group_rebates`: its orders may use the rebates of the company at
    the top of its group, where that has more than it has itself.
    """

    customer: str
    payment: Literal["none", "before_delivery", "deposit"] | UnsetType = UNSET
    deposit_percent: Decimal | UnsetType | None = UNSET
    expire_days: int | UnsetType | None = UNSET
    unique_reference: bool | UnsetType = UNSET
    partial_delivery: PartialDelivery | UnsetType = UNSET
    substitution: Substitution | UnsetType = UNSET
    uses_group_rebates: bool | UnsetType = UNSET


class TermsView(msgspec.Struct, frozen=True, kw_only=True):
    """What is agreed with one customer."""

    customer: str
    payment: str
    deposit_percent: Decimal | None
    expire_days: int | None
    unique_reference: bool
    partial_delivery: str
    substitution: str
    uses_group_rebates: bool


async def get_terms(tx: Tx, *, customer_id: UUID, seen_by: Principal) -> TermsView:
    """What is agreed with a customer, or what holds where nothing is; refused (404) when it is not theirs to see."""
    row = await tx.one(
        select(customer.c.code).where(
            customer.c.tenant_id == tx.tenant_id, customer.c.id == customer_id, visible_customers(seen_by, customer)
        )
    )
    if row is None:
        raise missing("customer", customer_id)
    found = (await _present(tx, [customer_id])).get(customer_id, _DEFAULTS)
    return TermsView(customer=row.code, **found)


async def save_terms(tx: Tx, *, items: Sequence[TermsInput], by: Actor, seen_by: Principal) -> Saved:
    """Save these terms; a customer outside the caller's scope is unknown to them."""
    if len(items) > MOST:
        raise Refused(TOO_MANY_ITEMS("items", most=MOST, count=len(items)))
    faults = Faults()
    ids = await _customers(tx, items, seen_by)
    old = await _present(tx, list(ids.values()))
    lines: dict[UUID, int] = {}
    wanted: dict[UUID, dict[str, Any]] = {}
    for line, item in enumerate(items):
        id = ids.get(item.customer)
        if id is None:
            faults.add(line, "customer", UNKNOWN_CODE, code=item.customer)
        elif (other := lines.setdefault(id, line)) != line:
            faults.add(line, "customer", SAME_CUSTOMER, other=other + 1)
        else:
            wanted[id] = _merged(old.get(id, _DEFAULTS), item)
            _check(faults, line, wanted[id])
    faults.check()
    changed = {id: terms for id, terms in wanted.items() if old.get(id) != terms}
    if changed:
        await put(
            tx, order_terms, [{"customer_id": id, **terms, "updated_at": tx.now} for id, terms in changed.items()]
        )
        changes = [
            audit.Change("order_terms", id, "updated", by, audit.differences(old.get(id, _DEFAULTS), terms))
            for id, terms in changed.items()
        ]
        await audit.record(tx, changes)
        await touch(tx, MEMORY)
    created = sum(id not in old for id in changed)
    return Saved(
        created, len(changed) - created, len(wanted) - len(changed), {i.customer: ids[i.customer] for i in items}
    )


def _merged(old: dict[str, Any], item: TermsInput) -> dict[str, Any]:
    new = {name: old[name] if (value := getattr(item, name)) is UNSET else value for name in _NAMES}
    if item.payment is not UNSET and item.payment != "deposit" and item.deposit_percent is UNSET:
        new["deposit_percent"] = None
    return new


def _check(faults: Faults, line: int, terms: dict[str, Any]) -> None:
    percent, days = terms["deposit_percent"], terms["expire_days"]
    wrong = percent is not None and not (fits(percent, most=Decimal(100), places=2) and percent > 0)
    if wrong or (percent is None) == (terms["payment"] == "deposit"):
        faults.add(line, "deposit_percent", DEPOSIT_PERCENT)
    if days is not None and not 1 <= days <= 365:
        faults.add(line, "expire_days", EXPIRE_DAYS)


async def _customers(tx: Tx, items: Sequence[TermsInput], seen_by: Principal) -> dict[str, UUID]:
    rows = await tx.rows(
        select(customer.c.code, customer.c.id).where(
            customer.c.tenant_id == tx.tenant_id,
            among(customer.c.code, storable(item.customer for item in items)),
            customer.c.merged_into_id.is_(None),
            visible_customers(seen_by, customer),
        )
    )
    return {row.code: row.id for row in rows}


async def _present(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    t = order_terms.c
    rows = await tx.rows(
        select(order_terms)
        .where(t.tenant_id == tx.tenant_id, among(t.customer_id, ids))
        .with_for_update(key_share=True)
    )
    return {row.customer_id: {name: getattr(row, name) for name in _NAMES} for row in rows}
