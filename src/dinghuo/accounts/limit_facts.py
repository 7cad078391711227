"""What policies may ask of a change of a credit limit. Pure.

No limit at all is more than any limit: conditions see the largest amount there is, readers see that it is unlimited.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.approvals.kinds import Fact, Kind
from dinghuo.kit.money import MAX_MONEY, ZERO
from dinghuo.parties.facts import CustomerFacts

SUBJECT = "credit_change"
CREDIT_CHANGE = Kind(
    SUBJECT,
    "信用额度变更",
    "Credit limit",
    facts=(
        Fact("old_limit", "number", "原额度", "Limit now", "price"),
        Fact("new_limit", "number", "新额度", "New limit", "price"),
        Fact("increase", "number", "提高金额", "Raised by", "price"),
        Fact("decrease", "number", "降低金额", "Lowered by", "price"),
        Fact("increase_rate", "number", "提高幅度（0.2 即 20%）", "Raised by, as a share of the limit now", "price"),
        Fact("was_unlimited", "flag", "原来不限额", "Was unlimited"),
        Fact("becomes_unlimited", "flag", "改为不限额", "Becomes unlimited"),
        Fact("exposure", "number", "已占用信用", "Credit taken up", "price"),
        Fact("billed", "number", "其中应收未收", "Of which billed and not paid", "price"),
        Fact("overrun", "number", "占用超出新额度的金额", "Credit taken up beyond the new limit", "price"),
        Fact("overdue_days", "integer", "最长逾期天数", "Days that the oldest debt is overdue"),
        Fact("new_customer", "flag", "账户从无往来的客户", "Nothing was ever on the account"),
        Fact("payment_terms", "text", "付款条件", "Payment terms"),
        Fact("customer", "text", "客户编码", "Customer's code"),
        Fact("tier", "text", "客户等级编码", "Customer's tier"),
        Fact("channel", "text", "客户渠道编码", "Customer's sales channel"),
        Fact("regions", "texts", "客户区域编码（含上级）", "Customer's region with those above it"),
        Fact("organisation", "text", "销售组织编码", "Selling organisation"),
        Fact("currency", "text", "币种", "Currency"),
        Fact(
            "origin",
            "text",
            "来源（person 员工、system_key 系统自己的密钥如 ERP）",
            "Where it comes from (person, system_key: a system's own key, such as the ERP's)",
        ),
    ),
)
# Of a limit of nothing every raise is a manifold; one without bounds is this many times.
_MANIFOLD = Decimal(9999)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A limit as it is and as it is wanted, with what stands on the account; None is unlimited."""

    old: Decimal | None
    new: Decimal | None
    exposure: Decimal
    billed: Decimal = ZERO
    oldest_due: date | None = None
    is_new: bool = True


def facts_of(
    wish: Wish,
    *,
    customer: CustomerFacts,
    organisation: str,
    currency: str,
    words: Mapping[UUID, str],
    day: date,
    origin: str,
) -> dict[str, Any]:
    """All facts of one wish, as conditions see them."""
    old, new = _bound(wish.old), _bound(wish.new)
    increase = max(new - old, ZERO)
    return {
        "old_limit": old,
        "new_limit": new,
        "increase": increase,
        "decrease": max(old - new, ZERO),
        "increase_rate": _rate(increase, old) if wish.new is not None else _MANIFOLD,
        "was_unlimited": wish.old is None,
        "becomes_unlimited": wish.new is None,
        "exposure": wish.exposure,
        "billed": wish.billed,
        "overrun": max(wish.exposure - new, ZERO),
        "overdue_days": max((day - wish.oldest_due).days, 0) if wish.oldest_due is not None else 0,
        "new_customer": wish.is_new,
        "payment_terms": customer.payment_terms,
        "customer": customer.code,
        "tier": words.get(customer.tier_id, "") if customer.tier_id is not None else "",
        "channel": words.get(customer.channel_id, "") if customer.channel_id is not None else "",
        "regions": [words.get(id, "") for id in customer.regions],
        "organisation": organisation,
        "currency": currency,
        "origin": origin,
    }


# What an unlimited side leaves untold.
_OF_OLD = frozenset({"old_limit", "decrease"})
_OF_NEW = frozenset({"new_limit", "increase", "increase_rate"})


def as_told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are kept and shown: no amount stands for what is unlimited."""
    hidden: frozenset[str] = frozenset()
    if facts["was_unlimited"]:
        hidden |= _OF_OLD
    if facts["becomes_unlimited"]:
        hidden |= _OF_NEW
    return {name: None if name in hidden else value for name, value in facts.items()}


def _bound(limit: Decimal | None) -> Decimal:
    return MAX_MONEY if limit is None else limit


def _rate(increase: Decimal, old: Decimal) -> Decimal:
    if not increase:
        return ZERO
    return min(increase / old, _MANIFOLD).quantize(Decimal("0.0001")) if old else _MANIFOLD
