"""Whom a rule or a quota is for, as codes and as ids: the words of price lists."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.identity.principals import Principal
from dinghuo.identity.tables import organisation
from dinghuo.kit.bulk import UNKNOWN_CODE, Planned, given, resolve
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.parties.tables import channel, customer, region, tier
from dinghuo.pricing.locked import hidden_customers
from dinghuo.pricing.rules import TARGETS, scope_word

Target = Literal["contract", "tier_region", "tier", "region", "channel", "base"]

TABLES = {"customer": customer, "tier": tier, "region": region, "channel": channel}
_WITH_ORGANISATION = {**TABLES, "organisation": organisation}
_ZH = {"customer": "客户", "tier": "客户等级", "region": "区域", "channel": "渠道"}

NEEDED = Message(
    "rule-target-needed",
    "“{target}”必须指定{field_zh}",
    "For '{target}' a {field_name} must be named",
    MALFORMED,
)
UNWANTED = Message(
    "rule-target-unwanted",
    "“{target}”不能指定{field_zh}",
    "For '{target}' no {field_name} can be named",
    MALFORMED,
)
ENDS_EARLY = Message(
    "rule-ends-early",
    "失效日期 {until} 早于生效日期 {since}",
    "It ends on {until}, before it begins on {since}",
    MALFORMED,
)
CODE_TAKEN = Message("rule-code-taken", "编码 {code} 已被使用", "The code {code} is taken", CONFLICT)


class TargetFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom it is for: the codes that `target` names."""

    target: Target | UnsetType = UNSET
    customer: str | UnsetType | None = UNSET
    tier: str | UnsetType | None = UNSET
    region: str | UnsetType | None = UNSET
    channel: str | UnsetType | None = UNSET


Found = Mapping[str, Mapping[str, UUID]]


async def find_codes(
    tx: Tx, items: Sequence[TargetFields], more: Mapping[str, tuple[Any, str, Iterable[str]]] | None = None
) -> Found:
    """The ids of all codes named, by kind."""
    wanted = {
        name: (table, "code", [code for item in items if (code := getattr(item, name, None)) and code is not UNSET])
        for name, table in _WITH_ORGANISATION.items()
    }
    return await resolve(tx, {**wanted, **(more or {})})


def target_columns(item: TargetFields, found: Found) -> dict[str, Any]:
    """The columns that were given; a change of target drops whom the new one does not name."""
    named = given(item, TABLES)
    ids = {f"{name}_id": found[name].get(code or "") for name, code in named.items()}
    target = item.target
    dropped = {} if target is UNSET else {f"{name}_id": None for name in TABLES if name not in TARGETS[target]}
    columns = {} if target is UNSET else {"target": target}
    return dropped | columns | ids


async def hidden(tx: Tx, planned: Sequence[Planned], seen_by: Principal | None) -> set[UUID]:
    """The customers named, now or before, that `seen_by` may not see."""
    states = [state for row in planned for state in (row.old, row.new) if state is not None]
    ids = {state["customer_id"] for state in states if state["customer_id"] is not None}
    return await hidden_customers(tx, ids, seen_by=seen_by)


def check_target(faults: Faults, row: Planned, item: TargetFields, found: Found, unseen: set[UUID]) -> bool:
    """Fault what is wrong with whom it is for; when nothing is, fill in its scope."""
    new, sound = row.new, True
    if row.old and row.old["customer_id"] in unseen:
        faults.add(row.line, "code", CODE_TAKEN, code=row.code)
        sound = False
    for name in TABLES:
        code, id = getattr(item, name), new[f"{name}_id"]
        said = {"target": new["target"], "field_name": name, "field_zh": _ZH[name]}
        if code and code is not UNSET and (code not in found[name] or id in unseen):
            faults.add(row.line, name, UNKNOWN_CODE, code=code)
        elif name in TARGETS[new["target"]] and id is None:
            faults.add(row.line, name, NEEDED, **said)
        elif name not in TARGETS[new["target"]] and id is not None:
            faults.add(row.line, name, UNWANTED, **said)
        else:
            continue
        sound = False
    if sound:
        new["scope"] = scope_word(new["target"], **{f"{name}_id": new[f"{name}_id"] for name in TABLES})
    return sound


def check_validity(faults: Faults, row: Planned) -> None:
    since, until = row.new["valid_from"], row.new["valid_until"]
    if since and until and until < since:
        faults.add(row.line, "valid_until", ENDS_EARLY, until=until.isoformat(), since=since.isoformat())
