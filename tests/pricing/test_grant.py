"""What promotions give a basket: exact results, and what holds for every basket whatever the promotions."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pricing.promoting import discounts, granted, item, line, promotion, sku, verdicts

from dinghuo.kit.money import CENT, ZERO, allocate
from dinghuo.pricing.grant import GiftOffer, Offer, Room, grant
from dinghuo.pricing.measure import BasketLine
from dinghuo.pricing.promotion_facts import PromotionFacts


def test_a_percentage_is_rounded_line_by_line() -> None:
    result = granted(
        [line(1, "COLA", "1", "10.05"), line(2, "BEER", "1", "0.33")], promotion("TEN", "percent", ("0", "10"))
    )
    assert discounts(result) == ["1.01", "0.03"]
    assert [each.saved for each in result.grants] == [Decimal("1.04")]
    assert result.verdicts[0][0].left == Decimal("9.04")


def test_steps_are_measured_over_all_lines_together() -> None:
    steps = promotion("STEPS", "percent", ("100", "5"), ("200", "10"))
    lines = [line(1, "COLA", "1", "90.00"), line(2, "BEER", "1", "60.00")]
    assert discounts(granted(lines, steps)) == ["4.50", "3.00"]
    assert [(n.missing, n.value) for n in granted(lines, steps).next] == [(Decimal("50.00"), Decimal(10))]
    assert discounts(granted([*lines, line(3, "GIFT", "1", "50.00")], steps)) == ["9.00", "6.00", "5.00"]
    below = granted([line(1, "COLA", "1", "90.00")], steps)
    assert discounts(below) == ["0.00"]
    assert verdicts(below, 0) == [("STEPS", "below_threshold")]
    assert below.verdicts[0][0].missing == Decimal("10.00")


def test_an_amount_off_counts_sales_units_whatever_the_line_is_ordered_by() -> None:
    off = promotion("OFF", "amount_off", ("2", "3.00"), measure="quantity")
    assert discounts(granted([line(1, "COLA", "2", "100.00")], off)) == ["6.00"]
    assert discounts(granted([line(1, "COLA", "30", "120.00", unit="瓶")], off)) == ["7.50"]
    assert discounts(granted([line(1, "COLA", "23", "92.00", unit="瓶")], off)) == ["0.00"]
    assert discounts(granted([line(1, "COLA", "2", "4.00")], off)) == ["4.00"]


def test_a_special_price_is_never_dearer() -> None:
    special = promotion(
        "NOW", "fixed_price", items=(item("COLA", price="40"), item("BEER", price="70")), measure=None
    )
    lines = [line(1, "COLA", "2", "100.00"), line(2, "BEER", "1", "60.00"), line(3, "COLA", "6", "30.00", unit="瓶")]
    result = granted(lines, special)
    assert discounts(result) == ["20.00", "0.00", "10.00"]
    assert verdicts(result, 1) == [("NOW", "no_saving")]


def test_money_off_a_sum_is_shared_to_the_cent_by_largest_remainder() -> None:
    save = promotion("SAVE", "spend_save", ("100", "10"))
    lines = [line(n, code, "1", "33.34") for n, code in enumerate(("COLA", "BEER", "GIFT"), start=1)]
    result = granted(lines, save)
    assert discounts(result) == ["3.34", "3.33", "3.33"]
    assert [(each.saved, each.lines) for each in result.grants] == [(Decimal(10), [1, 2, 3])]


def test_every_full_amount_counts_when_it_repeats() -> None:
    save = promotion("SAVE", "spend_save", ("1000", "100"), repeats=True)
    assert discounts(granted([line(1, "COLA", "1", "2999.99")], save)) == ["200.00"]
    assert granted([line(1, "COLA", "1", "2999.99")], save).next[0].missing == Decimal("0.01")


def test_gifts_follow_the_quantity() -> None:
    give = promotion("GIVE", "buy_get", ("10", "1"), repeats=True, gift_sku="CUP", gift_unit="箱")
    result = granted([line(1, "COLA", "12", "600.00"), line(2, "BEER", "9", "450.00")], give)
    assert [(g.gift.sku.code, g.gift.quantity, g.given_by) for g in result.gifts] == [("CUP", Decimal(2), [1, 2])]
    assert discounts(result) == ["0.00", "0.00"]
    assert verdicts(result, 0) == [("GIVE", "gives")]
    fewer = granted([line(1, "COLA", "12", "600.00")], give)
    assert [g.gift.quantity for g in fewer.gifts] == [Decimal(1)]
    assert granted([line(1, "COLA", "9", "450.00")], give).gifts == []


def test_without_a_gift_of_its_own_each_sku_gives_itself() -> None:
    give = promotion("GIVE", "buy_get", ("10", "1"), ("30", "5"))
    lines = [line(1, "COLA", "9", "1.00"), line(2, "BEER", "31", "1.00"), line(3, "COLA", "12", "1.00", unit="瓶")]
    result = granted(lines, give)
    assert [(g.gift.sku.code, g.gift.quantity, g.given_by) for g in result.gifts] == [
        ("COLA", Decimal(1), [1, 3]),
        ("BEER", Decimal(5), [2]),
    ]
    assert [each.saved for each in result.grants] == [Decimal(30)]


def test_a_bundle_is_whole_sets_at_its_price_and_the_rest_stays() -> None:
    bundle = promotion(
        "SET",
        "bundle",
        items=(item("COLA", quantity="2"), item("BEER", quantity="1")),
        bundle_price=Decimal(100),
        measure=None,
    )
    lines = [line(1, "COLA", "5", "250.00"), line(2, "BEER", "2", "120.00")]
    # Two sets: 4 cases of cola (200.00) and 2 of beer (120.00) at 200.00.
    result = granted(lines, bundle)
    assert sum(result.discounts, ZERO) == Decimal("120.00")
    assert discounts(result) == ["75.00", "45.00"]
    assert verdicts(granted([line(1, "COLA", "5", "250.00")], bundle), 0) == [("SET", "below_threshold")]


def test_one_promotion_a_line_unless_both_stack_and_are_of_different_groups() -> None:
    lines = [line(1, "COLA", "1", "100.00")]
    ten, five = promotion("TEN", "percent", ("0", "10")), promotion("FIVE", "percent", ("0", "5"))
    alone = granted(lines, five, ten)
    assert discounts(alone) == ["10.00"]
    assert alone.verdicts[0][1].by == "TEN"
    stacked = [
        promotion(code, "percent", ("0", value), stackable=True) for code, value in (("TEN", "10"), ("FIVE", "5"))
    ]
    assert discounts(granted(lines, *stacked)) == ["14.50"]
    same = [
        promotion(c, "percent", ("0", v), stackable=True, exclusion_group="G")
        for c, v in (("TEN", "10"), ("FIVE", "5"))
    ]
    assert discounts(granted(lines, *same)) == ["10.00"]


def test_priority_goes_before_what_is_saved() -> None:
    lines = [line(1, "COLA", "1", "100.00")]
    first = promotion("FIRST", "percent", ("0", "1"), priority=5)
    assert discounts(granted(lines, promotion("TEN", "percent", ("0", "10")), first)) == ["1.00"]


def test_a_line_that_may_not_take_it_does_not_count_toward_it() -> None:
    lines = [line(1, "COLA", "1", "900.00"), line(2, "BEER", "1", "200.00")]
    cola = promotion("COLA", "percent", ("0", "10"), priority=1, items=(item("COLA"),))
    result = granted(lines, cola, promotion("SAVE", "spend_save", ("1000", "100")))
    assert discounts(result) == ["90.00", "0.00"]
    assert verdicts(result, 0) == [("COLA", "applied"), ("SAVE", "excluded")]
    assert verdicts(result, 1) == [("SAVE", "below_threshold")]


def test_contracts_and_prices_set_by_hand_are_final() -> None:
    lines = [line(1, "COLA", "1", "900.00", final="contract"), line(2, "BEER", "1", "200.00", final="manual")]
    result = granted(lines, promotion("SAVE", "spend_save", ("1000", "100")))
    assert discounts(result) == ["0.00", "0.00"]
    assert [verdicts(result, 0), verdicts(result, 1)] == [[("SAVE", "contract")], [("SAVE", "manual")]]


def test_what_is_beyond_a_budget_is_not_granted_at_all() -> None:
    lines = [line(1, "COLA", "1", "100.00")]
    ten, five = promotion("TEN", "percent", ("0", "10")), promotion("FIVE", "percent", ("0", "5"))
    short = {"TEN": Room(amount=Decimal("9.99"))}
    result = granted(lines, ten, five, rooms=short)
    assert discounts(result) == ["5.00"]
    assert verdicts(result, 0) == [("TEN", "budget"), ("FIVE", "applied")]
    assert discounts(granted(lines, ten, rooms={"TEN": Room(amount=Decimal(10), uses=1)})) == ["10.00"]
    assert discounts(granted(lines, ten, rooms={"TEN": Room(uses=0)})) == ["0.00"]


def test_a_gift_that_is_not_there_is_not_given() -> None:
    give = promotion("GIVE", "buy_get", ("1", "1"), gift_sku="CUP", gift_unit="箱")
    lines = [line(1, "COLA", "1", "100.00")]
    result = grant(lines, [Offer(give, [0])], currency="CNY", gift_of=lambda *_: None)
    assert result.gifts == [] and result.grants == []
    assert verdicts(result, 0) == [("GIVE", "gift_unavailable")]


_CODES = ("COLA", "BEER", "TEA", "MILK")
_AMOUNTS = st.integers(0, 500_000).map(lambda cents: cents * CENT)
_LINES = st.lists(
    st.tuples(st.sampled_from(_CODES), st.integers(1, 60), st.sampled_from(("箱", "瓶")), _AMOUNTS),
    min_size=1,
    max_size=6,
).map(
    lambda rows: [
        line(n, code, str(q), str(gross), unit=unit) for n, (code, q, unit, gross) in enumerate(rows, start=1)
    ]
)


@st.composite
def _promotions(draw: st.DrawFn) -> list[PromotionFacts]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(("percent", "amount_off", "fixed_price", "bundle", "spend_save", "buy_get")))
        named = draw(st.lists(st.sampled_from(_CODES), unique=True, min_size=1, max_size=3))
        common = {
            "priority": draw(st.integers(0, 1)),
            "stackable": draw(st.booleans()),
            "exclusion_group": draw(st.sampled_from((None, "A", "B"))),
        }
        code = f"P{number}"
        value = str(draw(st.integers(1, 30)))
        start = str(draw(st.integers(1, 200)))
        if kind == "fixed_price":
            found.append(
                promotion(code, kind, items=tuple(item(c, price=value) for c in named), measure=None, **common)
            )
        elif kind == "bundle":
            parts = tuple(item(c, quantity=str(draw(st.integers(1, 3)))) for c in named)
            found.append(promotion(code, kind, items=parts, bundle_price=Decimal(value), measure=None, **common))
        elif kind == "buy_get":
            gift = draw(st.sampled_from((None, "CUP")))
            repeats = draw(st.booleans())
            found.append(
                promotion(
                    code, kind, (start, value), gift_sku=gift, gift_unit=gift and "箱", repeats=repeats, **common
                )
            )
        else:
            several = ((start, value), (str(int(start) + 50), str(int(value) + 5)))
            found.append(promotion(code, kind, *several, items=tuple(map(item, named)), **common))
    return found


@pytest.mark.slow
@given(_LINES, _promotions(), st.randoms(use_true_random=False))
def test_no_order_of_rules_changes_the_result(
    lines: list[BasketLine], rules: list[PromotionFacts], random: object
) -> None:
    shuffled = list(rules)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert granted(lines, *rules) == granted(lines, *shuffled)


@given(_LINES, _promotions())
def test_what_is_saved_is_told_to_the_cent(lines: list[BasketLine], rules: list[PromotionFacts]) -> None:
    result = granted(lines, *rules)
    gifts = sum((each.gift.value or ZERO for each in result.gifts), ZERO)
    assert sum((each.saved for each in result.grants), ZERO) == sum(result.discounts, ZERO) + gifts
    for basket_line, discount, several in zip(lines, result.discounts, result.verdicts, strict=True):
        assert ZERO <= discount <= basket_line.gross
        assert discount == discount.quantize(CENT)
        assert discount == sum((verdict.saved or ZERO for verdict in several), ZERO)


@pytest.mark.slow
@given(_LINES, _promotions(), st.dictionaries(st.sampled_from([f"P{n}" for n in range(6)]), _AMOUNTS))
def test_no_budget_is_overspent(
    lines: list[BasketLine], rules: list[PromotionFacts], left: dict[str, Decimal]
) -> None:
    result = granted(lines, *rules, rooms={code: Room(amount=amount) for code, amount in left.items()})
    for each in result.grants:
        assert each.saved <= left.get(each.promotion.code, each.saved)


@given(st.integers(1, 200), st.integers(0, 200), st.integers(1, 50))
def test_fewer_goods_are_never_more_gifts(bought: int, fewer: int, start: int) -> None:
    give = promotion("GIVE", "buy_get", (str(start), "1"), repeats=True, gift_sku="CUP", gift_unit="箱")

    def given_for(quantity: int) -> Decimal:
        lines = [line(1, "COLA", str(quantity), "1.00")]
        return sum((each.gift.quantity for each in granted(lines, give).gifts), ZERO)

    assert given_for(max(bought - fewer, 1)) <= given_for(bought) == bought // start


@given(st.integers(0, 10_000_000).map(lambda cents: cents * CENT), st.lists(_AMOUNTS, min_size=1, max_size=12))
def test_shares_add_up_and_are_in_proportion(amount: Decimal, weights: list[Decimal]) -> None:
    parts = allocate(amount, weights)
    assert sum(parts, ZERO) == amount
    total = sum(weights, ZERO)
    if total:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - amount * weight / total) < CENT + Decimal("1e-9")


def test_gifts_of_one_sku_are_of_its_lines_alone() -> None:
    offer = GiftOffer(sku("CUP"), "箱", Decimal(1), Decimal(12), None)
    give = promotion("GIVE", "buy_get", ("1", "1"), gift_sku="CUP", gift_unit="箱")
    result = grant([line(1, "COLA", "1", "1.00")], [Offer(give, [0])], currency="CNY", gift_of=lambda *_: offer)
    # A gift whose price nobody knows is worth nothing to the budget, and given all the same.
    assert [each.saved for each in result.grants] == [ZERO]
    assert [each.gift for each in result.gifts] == [offer]
