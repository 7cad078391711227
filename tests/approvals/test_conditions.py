"""Conditions are checked when they are saved, with what is wrong named."""

from decimal import Decimal

import pytest

from dinghuo.approvals.conditions import Condition, as_values, condition_faults
from dinghuo.approvals.kinds import Fact, Kind

THING = Kind(
    "checked thing",
    "东西",
    "Thing",
    (
        Fact("discount", "number", "折扣", "Discount"),
        Fact("lines", "integer", "行数", "Lines"),
        Fact("tier", "text", "等级", "Tier"),
        Fact("urgent", "flag", "加急", "Urgent"),
        Fact("regions", "texts", "区域", "Regions"),
    ),
)


def wrong(source: str) -> list[str]:
    return [fault.message.code for fault in condition_faults(source, THING)]


@pytest.mark.parametrize(
    "source",
    [
        "true",
        "discount > 0.15",
        "discount > 0.15 || lines >= 10",
        "discount >= 1",
        "tier == 'VIP' && !urgent",
        "tier in ['A', 'B']",
        '"EAST" in regions',
        "size(regions) > 1 && tier.startsWith('V')",
        "discount * 2.0 > 0.5 && lines + 1 > 3",
        "regions.exists(r, r == 'EAST')",
    ],
)
def test_what_can_be_said(source: str) -> None:
    assert wrong(source) == []


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "condition-empty"),
        ("discount >", "condition-syntax"),
        ("discount > 0.15 && (", "condition-syntax"),
        ("rebate > 0.15", "condition-unknown-fact"),
        ("discount > '15'", "condition-type"),
        ("lines > 3 && tier > 5", "condition-type"),
        ("discount", "condition-not-yes-or-no"),
        ("tier + 'x'", "condition-not-yes-or-no"),
        ("exec(tier)", "condition-unknown-function"),
    ],
)
def test_what_cannot(source: str, code: str) -> None:
    assert wrong(source) == [code]


def test_every_unknown_fact_is_named() -> None:
    faults = list(condition_faults("rebate > 0.1 && weight < 5.0", THING))
    assert [fault.params["name"] for fault in faults] == ["rebate", "weight"]
    assert "discount" in faults[0].sentence("zh")


def test_a_threshold_is_exact() -> None:
    condition = Condition("discount > 0.15")
    for discount, holds in (("0.15", False), ("0.1500", False), ("0.1501", True), ("0.1499", False)):
        assert condition.holds(as_values({"discount": Decimal(discount)}, THING.facts)) is holds


def test_what_is_not_known_is_nothing() -> None:
    assert as_values({}, THING.facts) == {"discount": 0.0, "lines": 0, "tier": "", "urgent": False, "regions": []}


def test_what_breaks_is_looked_at() -> None:
    assert Condition("10 / lines > 3").holds({"lines": 0}) is True
