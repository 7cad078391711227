"""Whether an agreement makes sense. Pure; everything wrong is said at once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dinghuo.kit.bulk import MISSING
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import MAX_MONEY, MAX_QUANTITY, MINOR_UNITS, ZERO, fits
from dinghuo.rebates.tiers import Tier

MOST_TIERS = 20
_PERCENT = Decimal(100)

UNKNOWN_CURRENCY = Message(
    "rebate-currency",
    "不支持币种 {currency}，可用：{known}",
    "The currency {currency} is not known here; use one of {known}",
    MALFORMED,
)
ENDS_EARLY = Message("rebate-ends-early", "结束日期不能早于开始日期", "It must not end before it begins", MALFORMED)
TERM_ENDS = Message(
    "rebate-term-ends",
    "按整个协议期计算的返利须填写结束日期",
    "An agreement over its whole term needs its last day",
    MALFORMED,
)
STEPS_NEEDED = Message(
    "rebate-steps-needed", "请填写 1 到 {most} 档返利", "It needs between 1 and {most} tiers", MALFORMED
)
STEPS_RISE = Message(
    "rebate-steps-rise", "各档门槛应依次递增", "Each tier must begin above the one before", MALFORMED
)
BAD_START = Message(
    "rebate-step-from",
    "门槛 {value} 应在 0 到 {most} 之间，小数不超过 {places} 位",
    "The threshold {value} must be between 0 and {most}, with at most {places} decimals",
    MALFORMED,
)
BAD_VALUE = Message(
    "rebate-step-value",
    "返利 {value} 应在 0 到 {most} 之间，小数不超过 {places} 位",
    "What is granted, {value}, must be between 0 and {most}, with at most {places} decimals",
    MALFORMED,
)
WAS_SETTLED = Message(
    "rebate-was-settled",
    "返利协议“{code}”已结算过，不能修改{field_zh}；请停用后另建协议",
    "The agreement '{code}' was settled: its {field_name} cannot change. End it and make another",
    CONFLICT,
)
OVERLAPS = Message(
    "rebate-overlaps",
    "与“{other}”在同一期间、同一客户和商品上重叠：两份返利会同时计提",
    "It overlaps with '{other}' in time, customers and goods: both will accrue",
    MALFORMED,
)


def check_agreement(faults: Faults, line: int, row: Mapping[str, Any]) -> None:
    """Add what is wrong with the whole agreement, as it shall be, to the faults."""
    for name in ("name", "measure", "period", "valid_from"):
        if row[name] is None:
            faults.add(line, name, MISSING)
    if row["currency"] not in MINOR_UNITS:
        faults.add(line, "currency", UNKNOWN_CURRENCY, currency=row["currency"], known="、".join(MINOR_UNITS))
    ends = row["valid_until"]
    if ends is not None and row["valid_from"] is not None and ends < row["valid_from"]:
        faults.add(line, "valid_until", ENDS_EARLY)
    if row["period"] == "term" and ends is None:
        faults.add(line, "valid_until", TERM_ENDS)
    _check_steps(faults, line, row["measure"], [Tier(Decimal(s["from"]), Decimal(s["value"])) for s in row["steps"]])


def _check_steps(faults: Faults, line: int, measure: str | None, steps: Sequence[Tier]) -> None:
    if not 1 <= len(steps) <= MOST_TIERS:
        faults.add(line, "steps", STEPS_NEEDED, most=MOST_TIERS)
        return
    counts = measure == "quantity"
    most_start, places = (MAX_QUANTITY, 6) if counts else (MAX_MONEY, 2)
    most_value, value_places = (MAX_QUANTITY, 6) if counts else (_PERCENT, 4)
    above: Decimal | None = None
    for i, step in enumerate(steps):
        if not fits(step.start, most=most_start, places=places) or step.start < ZERO:
            faults.add(line, f"steps[{i}].from", BAD_START, value=step.start, most=most_start, places=places)
        elif above is not None and step.start <= above:
            faults.add(line, f"steps[{i}].from", STEPS_RISE)
        if not fits(step.value, most=most_value, places=value_places) or step.value < ZERO:
            faults.add(line, f"steps[{i}].value", BAD_VALUE, value=step.value, most=most_value, places=value_places)
        above = step.start if step.start.is_finite() else above
