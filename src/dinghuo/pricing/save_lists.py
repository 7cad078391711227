"""Create and change price lists by their codes, many at once, all or nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.identity.principals import Principal
from dinghuo.kit import search
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import (
    MISSING,
    UNKNOWN_CODE,
    Planned,
    Saved,
    check_codes,
    given,
    plan,
    resolve,
    saved,
    store,
)
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import MINOR_UNITS
from dinghuo.kit.texts import check_texts
from dinghuo.parties.tables import channel, customer, region, tier
from dinghuo.pricing.change_published import Change, hold_to_policies
from dinghuo.pricing.locked import WAITS, hidden_customers
from dinghuo.pricing.overlap import OVERLAP, Period, overlaps, rivals_restart
from dinghuo.pricing.rules import TARGETS, Kind, Target, scope_word
from dinghuo.pricing.tables import price_list

TARGET_NEEDED = Message(
    "price-list-target-needed",
    "{kind_zh}价目表必须指定{target_zh}",
    "A price list of kind {kind} names its {target}",
    MALFORMED,
)
TARGET_UNWANTED = Message(
    "price-list-target-unwanted",
    "{kind_zh}价目表不能指定{target_zh}",
    "A price list of kind {kind} names no {target}",
    MALFORMED,
)
UNKNOWN_CURRENCY = Message(
    "price-list-currency",
    "不支持币种 {currency}，可用：{known}",
    "The currency {currency} is not known here; use one of {known}",
    MALFORMED,
)
ENDS_EARLY = Message(
    "price-list-ends-early",
    "失效日期 {until} 早于生效日期 {since}",
    "It ends on {until}, before it begins on {since}",
    MALFORMED,
)
PUBLISHED_IS_FIXED = Message(
    "price-list-was-published",
    "价目表 {code} 已发布过，不能再改变{field_zh}；请另建一份",
    "Price list {code} has been published: its {field_name} can no longer change; make another list",
    CONFLICT,
)
CODE_TAKEN = Message(
    "price-list-code-taken", "编码 {code} 已被另一份价目表使用", "The code {code} belongs to another list", CONFLICT
)

_TABLES = {"customer": customer, "tier": tier, "region": region, "channel": channel}
_PLAIN = ("name", "name_en", "kind", "currency", "tax_inclusive", "valid_from", "valid_until")
_NEEDED = ("name", "kind", "valid_from")
# What prices already given were measured by.
_FIXED = ("kind", "customer_id", "tier_id", "region_id", "channel_id", "currency", "tax_inclusive")
_DEFAULTS: Mapping[str, Any] = {
    **dict.fromkeys((*_PLAIN, "customer_id", "tier_id", "region_id", "channel_id", "scope")),
    "currency": "CNY",
    "tax_inclusive": True,
    "state": "draft",
    "version": 1,
    "waits": False,
    "last_outcome": None,
}


SEARCH_KIND = "price_list"
_KINDS_ZH: Mapping[Kind, str] = {
    "contract": "客户协议",
    "tier_region": "等级与区域",
    "tier": "客户等级",
    "region": "区域",
    "channel": "渠道",
    "base": "基础",
}
_FIELDS_ZH = {
    "kind": "类型",
    "customer": "客户",
    "tier": "客户等级",
    "region": "区域",
    "channel": "渠道",
    "currency": "币种",
    "tax_inclusive": "是否含税",
}


class PriceListFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a price list says of itself; what is left out stays as it is.

    `customer`, `tier`, `region` and `channel` are codes, named as the kind demands. A list holds from `valid_from`
    through `valid_until`, days in the tenant's time zone; without an end until further notice.
    """

    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    kind: Kind | UnsetType = UNSET
    customer: str | UnsetType | None = UNSET
    tier: str | UnsetType | None = UNSET
    region: str | UnsetType | None = UNSET
    channel: str | UnsetType | None = UNSET
    currency: str | UnsetType = UNSET
    tax_inclusive: bool | UnsetType = UNSET
    valid_from: date | UnsetType = UNSET
    valid_until: date | UnsetType | None = UNSET


class PriceListInput(PriceListFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A price list by its code. A new one needs `name`, `kind` and `valid_from`."""

    code: str


async def save_lists(
    tx: Tx, *, lists: Sequence[PriceListInput], by: Actor, seen_by: Principal | None = None, path: str = "items"
) -> Saved:
    """Create the lists whose codes are new, as drafts; change the others. `seen_by` bounds whose contracts count.

    `path` is where faults place the lists, empty when the request is about one alone.
    """
    faults = Faults(path)
    check_codes(faults, [item.code for item in lists])
    for line, item in enumerate(lists):
        check_texts(faults, line, item, {"name": 200, "name_en": 200})
    faults.check()
    found = await _find(tx, lists)
    planned = await plan(
        tx, price_list, [(i, item.code, _columns(item, found)) for i, item in enumerate(lists)], _DEFAULTS
    )
    hidden = await hidden_customers(tx, _customers(planned), seen_by=seen_by)
    for row in planned:
        _check(faults, row, lists[row.line], found, hidden)
    faults.check()
    published = {row.id: row for row in planned if _is_published(row) and row.is_written}
    for id, clash in (await overlaps(tx, [_period(row) for row in published.values()])).items():
        faults.add(published[id].line, "valid_from", OVERLAP, **clash)
    faults.check()
    with rivals_restart():
        written = await store(tx, price_list, planned, by=by)
    names = {row.id: (row.code, row.new["name"], row.new["name_en"]) for row in written}
    await search.file(tx, SEARCH_KIND, names)
    if any(map(_is_published, written)):
        await hold_to_policies(tx, [each for row in written if (each := _longer(row, path))], by=by)
        await touch(tx, "pricing")
    return saved(planned)


async def _find(tx: Tx, lists: Sequence[PriceListInput]) -> dict[str, dict[str, UUID]]:
    wanted = {target: [code for item in lists if (code := _code(item, target))] for target in _TABLES}
    return await resolve(tx, {name: (_TABLES[name], "code", codes) for name, codes in wanted.items()})


def _code(item: PriceListInput, target: str) -> str | None:
    """The code given for a target; None when none is given or none is wanted."""
    return getattr(item, target) or None


def _columns(item: PriceListInput, found: Mapping[str, Mapping[str, UUID]]) -> dict[str, Any]:
    targets = given(item, _TABLES)
    ids = {f"{target}_id": found[target].get(code or "") for target, code in targets.items()}
    kind = item.kind
    # A change of kind drops whom the new kind does not name.
    dropped = {} if kind is UNSET else {f"{name}_id": None for name in _TABLES if name not in TARGETS[kind]}
    return dropped | given(item, _PLAIN) | ids


def _customers(planned: Sequence[Planned]) -> set[UUID]:
    states = [state for row in planned for state in (row.old, row.new) if state is not None]
    return {state["customer_id"] for state in states if state["customer_id"] is not None}


def _check(
    faults: Faults,
    row: Planned,
    item: PriceListInput,
    found: Mapping[str, Mapping[str, UUID]],
    hidden: set[UUID],
) -> None:
    """Everything wrong with one list; when nothing is, its scope is filled in."""
    new = row.new
    if row.old and row.old["customer_id"] in hidden:
        faults.add(row.line, "code", CODE_TAKEN, code=row.code)
    if row.old and row.old["waits"] and row.is_written:
        faults.add(row.line, "code", WAITS, code=row.code)
    missing = [name for name in _NEEDED if new[name] is None]
    for name in missing:
        faults.add(row.line, name, MISSING)
    if new["currency"] not in MINOR_UNITS:
        faults.add(row.line, "currency", UNKNOWN_CURRENCY, currency=new["currency"], known="、".join(MINOR_UNITS))
    if new["valid_from"] and new["valid_until"] and new["valid_until"] < new["valid_from"]:
        faults.add(row.line, "valid_until", ENDS_EARLY, until=new["valid_until"], since=new["valid_from"])
    if "kind" in missing or not _check_targets(faults, row, item, found, hidden):
        return
    new["scope"] = scope_word(new["kind"], **{f"{name}_id": new[f"{name}_id"] for name in _TABLES})
    if row.old and row.old["state"] != "draft":
        for name in _FIXED:
            if new[name] != row.old[name]:
                field = name.removesuffix("_id")
                said = {"field_name": field, "field_zh": _FIELDS_ZH[field]}
                faults.add(row.line, field, PUBLISHED_IS_FIXED, code=row.code, **said)


def _check_targets(
    faults: Faults,
    row: Planned,
    item: PriceListInput,
    found: Mapping[str, Mapping[str, UUID]],
    hidden: set[UUID],
) -> bool:
    kind: Kind = row.new["kind"]
    sound = True
    target: Target
    for target in ("customer", "tier", "region", "channel"):
        code, id = _code(item, target), row.new[f"{target}_id"]
        said = {"kind": kind, "kind_zh": _KINDS_ZH[kind], "target": target, "target_zh": _FIELDS_ZH[target]}
        if code and (code not in found[target] or id in hidden):
            faults.add(row.line, target, UNKNOWN_CODE, code=code)
        elif target in TARGETS[kind] and id is None:
            faults.add(row.line, target, TARGET_NEEDED, **said)
        elif target not in TARGETS[kind] and id is not None:
            faults.add(row.line, target, TARGET_UNWANTED, **said)
        else:
            continue
        sound = False
    return sound


def _is_published(row: Planned) -> bool:
    return row.old is not None and row.old["state"] == "published"


def _longer(row: Planned, path: str) -> Change | None:
    """A published list that comes to hold on days on which it did not; to end it sooner is everybody's."""
    old, new = row.old, row.new
    if old is None or not _is_published(row):
        return None
    fields = {
        "valid_from": new["valid_from"] < old["valid_from"],
        "valid_until": (new["valid_until"] or date.max) > (old["valid_until"] or date.max),
    }
    field = next((name for name, is_longer in fields.items() if is_longer), None)
    if field is None:
        return None
    at, line = (f"{path}[{row.line}].", row.line + 1) if path else ("", None)
    return Change(row.id, row.code, at + field, line)


def _period(row: Planned) -> Period:
    return Period(row.id, row.code, *(row.new[name] for name in ("scope", "currency", "valid_from", "valid_until")))
