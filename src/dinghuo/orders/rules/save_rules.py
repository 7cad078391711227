"""Create and change order rules by their codes, many at once, all or nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MISSING, UNKNOWN_CODE, Planned, Saved, among, check_codes, given, plan, saved, store
from dinghuo.kit.cache import touch
from dinghuo.kit.database import RetryTransaction, Tx, sqlstate
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import MINOR_UNITS
from dinghuo.kit.texts import check_texts
from dinghuo.orders.rules.check_terms import term_faults
from dinghuo.orders.rules.facts import TOUCHED
from dinghuo.orders.rules.tables import order_rule, work_calendar
from dinghuo.orders.rules.targets import (
    Found,
    TargetFields,
    check_target,
    check_validity,
    find_codes,
    hidden,
    target_columns,
)
from dinghuo.orders.rules.terms import TERMS, DeliveryTerms, Freight, Kind, Minimum

KIND_STAYS = Message(
    "rule-kind-stays", "规则的类型不能改变，请另建一条", "A rule's kind stays: make another rule", CONFLICT
)
TERMS_NEEDED = Message(
    "rule-terms-needed",
    "类型“{kind}”须填写“{field_name}”",
    "A rule of kind '{kind}' says its '{field_name}'",
    MALFORMED,
)
TERMS_UNWANTED = Message(
    "rule-terms-unwanted",
    "类型“{kind}”不填“{field_name}”",
    "A rule of kind '{kind}' has no '{field_name}'",
    MALFORMED,
)
UNKNOWN_CURRENCY = Message(
    "rule-currency", "不支持币种 {currency}", "The currency {currency} is not known here", MALFORMED
)
OVERLAP = Message(
    "rule-overlap",
    "与规则 {other} 冲突：同类型、同对象、有效期重叠",
    "It clashes with rule {other}: the same kind and target on the same days",
    CONFLICT,
)

_PLAIN = ("name", "name_en", "kind", "currency", "valid_from", "valid_until", "active")
_EXCLUDED = "23P01"
_DEFAULTS: Mapping[str, Any] = {
    **dict.fromkeys(("name", "name_en", "kind", "organisation_id", "target", "scope", "valid_until")),
    **dict.fromkeys(("customer_id", "tier_id", "region_id", "channel_id", "terms", "valid_from")),
    "currency": "CNY",
    "active": True,
}


class OrderRuleInput(TargetFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule by its code; what is left out stays as it is. A new one needs `name`, `kind`, `target` and the terms of
    its kind. It holds from `valid_from` (today, when none is said) through `valid_until`."""

    code: str
    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    kind: Kind | UnsetType = UNSET
    organisation: str | UnsetType | None = UNSET
    currency: str | UnsetType = UNSET
    valid_from: date | UnsetType = UNSET
    valid_until: date | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET
    minimum: Minimum | UnsetType | None = UNSET
    freight: Freight | UnsetType | None = UNSET
    delivery: DeliveryTerms | UnsetType | None = UNSET


async def save_rules(
    tx: Tx, *, rules: Sequence[OrderRuleInput], by: Actor, seen_by: Principal | None = None
) -> Saved:
    """Create the rules whose codes are new and change the others. `seen_by` bounds whose customers can be named."""
    faults = Faults()
    check_codes(faults, [item.code for item in rules])
    for line, item in enumerate(rules):
        check_texts(faults, line, item, {"name": 200, "name_en": 200})
    faults.check()
    named = [item.delivery.calendar for item in rules if item.delivery]
    found = await find_codes(tx, rules, {"calendar": (work_calendar, "code", [code for code in named if code])})
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    defaults = {**_DEFAULTS, "valid_from": today}
    planned = await plan(
        tx, order_rule, [(i, item.code, _columns(item, found)) for i, item in enumerate(rules)], defaults
    )
    unseen = await hidden(tx, planned, seen_by)
    for row in planned:
        _check(faults, row, rules[row.line], found, unseen)
    faults.check()
    await _check_overlaps(tx, faults, planned)
    try:
        written = await store(tx, order_rule, planned, by=by)
    except DBAPIError as error:
        if sqlstate(error) == _EXCLUDED:
            raise RetryTransaction("another transaction has just saved a rule that clashes") from error
        raise
    if written:
        await touch(tx, TOUCHED)
    return saved(planned)


def _columns(item: OrderRuleInput, found: Found) -> dict[str, Any]:
    columns = target_columns(item, found) | given(item, _PLAIN)
    if item.organisation is not UNSET:
        columns["organisation_id"] = found["organisation"].get(item.organisation or "")
    for kind in TERMS:
        terms = getattr(item, kind)
        if terms is not UNSET and terms is not None:
            columns["terms"] = msgspec.to_builtins(terms)
    return columns


def _check(faults: Faults, row: Planned, item: OrderRuleInput, found: Found, unseen: set[Any]) -> None:
    """Everything wrong with one rule; when nothing is, its scope is filled in."""
    new, line = row.new, row.line
    missing = [name for name in ("name", "kind", "target") if new[name] is None]
    for name in missing:
        faults.add(line, name, MISSING)
    if new["currency"] not in MINOR_UNITS:
        faults.add(line, "currency", UNKNOWN_CURRENCY, currency=new["currency"])
    if item.organisation and new["organisation_id"] is None:
        faults.add(line, "organisation", UNKNOWN_CODE, code=item.organisation)
    check_validity(faults, row)
    if row.old and row.old["kind"] != new["kind"]:
        faults.add(line, "kind", KIND_STAYS)
    elif new["kind"] is not None:
        _check_terms(faults, row, item, found)
    if "target" not in missing and check_target(faults, row, item, found, unseen):
        word = new["scope"]
        new["scope"] = f"{new['organisation_id'] or '*'}|{new['kind']}|{word}"


def _check_terms(faults: Faults, row: Planned, item: OrderRuleInput, found: Found) -> None:
    kind: str = row.new["kind"]
    for name in TERMS:
        terms = getattr(item, name)
        is_given = terms is not UNSET and terms is not None
        if name != kind and is_given:
            faults.add(row.line, name, TERMS_UNWANTED, kind=kind, field_name=name)
        elif name == kind and (terms is None or (row.new["terms"] is None and not is_given)):
            faults.add(row.line, name, TERMS_NEEDED, kind=kind, field_name=name)
    own = getattr(item, kind)
    if own is UNSET or own is None:
        return
    for field, message, params in term_faults(own):
        faults.add(row.line, field, message, **params)
    if isinstance(own, DeliveryTerms) and own.calendar and own.calendar not in found["calendar"]:
        faults.add(row.line, "delivery.calendar", UNKNOWN_CODE, code=own.calendar)


async def _check_overlaps(tx: Tx, faults: Faults, planned: Sequence[Planned]) -> None:
    """Two active rules for the same orders on one day, here or in the database."""
    active = [row for row in planned if row.new["active"]]
    r = order_rule.c
    rows = await tx.rows(
        select(r.id, r.code, r.scope, r.currency, r.valid_from, r.valid_until).where(
            r.tenant_id == tx.tenant_id,
            r.active,
            among(r.scope, {row.new["scope"] for row in active}),
        )
    )
    changed = {row.id for row in planned}
    there = [
        (row.code, row.scope, row.currency, row.valid_from, row.valid_until) for row in rows if row.id not in changed
    ]
    for row in active:
        new = row.new
        own = (row.code, new["scope"], new["currency"], new["valid_from"], new["valid_until"])
        clash = next((other for other in there if _clash(own, other)), None)
        if clash is not None:
            faults.add(row.line, "valid_from", OVERLAP, other=clash[0])
        there.append(own)
    faults.check()


def _clash(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    if one[1:3] != other[1:3]:
        return False
    return (other[4] is None or one[3] <= other[4]) and (one[4] is None or other[3] <= one[4])
