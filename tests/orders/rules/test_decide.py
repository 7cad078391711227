"""What rules come to: freight, minima, delivery days. Pure, and by properties."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.kit.ids import new_id
from dinghuo.kit.money import split_tax
from dinghuo.orders.rules.calendar import Calendar
from dinghuo.orders.rules.decide import Goods, delivery_of, freight_of, missing_of
from dinghuo.orders.rules.facts import RouteFacts, RuleBook, RuleFacts
from dinghuo.orders.rules.terms import DeliveryTerms, Freight, Minimum, Step

D = Decimal
CHINA = Calendar("CN", "china", {})
STEPS = (Step(D(0), D(60)), Step(D(500), D(30)), Step(D(800), D("12.50")))


@pytest.mark.parametrize(
    ("amount", "charge"), [("0.01", "60"), ("499.99", "60"), ("500", "30"), ("800", "12.50"), ("1000", "0")]
)
def test_freight_by_amount(amount: str, charge: str) -> None:
    terms = Freight(basis="amount", steps=STEPS, free_from=D(1000))
    assert freight_of(terms, Goods(D(amount)), "CNY") == D(charge)


@pytest.mark.parametrize(
    ("grams", "charge"), [(0, "8"), (1000, "8"), (1001, "10"), (1500, "10"), (1501, "12"), (10_000, "44")]
)
def test_freight_by_weight_counts_each_part_begun(grams: int, charge: str) -> None:
    terms = Freight(basis="weight", charge=D(8), first_kg=D(1), each_kg=D("0.5"), each_charge=D(2))
    assert freight_of(terms, Goods(D(100), grams=Fraction(grams)), "CNY") == D(charge)


def test_freight_by_quantity_and_flat() -> None:
    by_quantity = Freight(basis="quantity", steps=(Step(D(2), D(20)), Step(D(10), D(5))))
    found = [freight_of(by_quantity, Goods(D(1), Fraction(n, 2)), "CNY") for n in (3, 4, 19, 20)]
    assert found == [D(0), D(20), D(20), D(5)]
    assert freight_of(Freight(basis="flat", charge=D("9.9")), Goods(D(1)), "CNY") == D("9.90")
    assert freight_of(Freight(basis="flat", charge=D("9.9")), Goods(D(1)), "JPY") == D(10)


def test_what_is_missing() -> None:
    minimum = Minimum(D(500), D(10))
    assert missing_of(minimum, Goods(D(180), Fraction(29, 3))).amount == D(320)
    assert missing_of(minimum, Goods(D(180), Fraction(29, 3))).quantity == D("0.333334")
    assert missing_of(minimum, Goods(D(500), Fraction(10))) == missing_of(Minimum(), Goods(D(0)))


_AMOUNTS = st.decimals(0, 100_000, places=2)


@given(_AMOUNTS, _AMOUNTS, st.lists(st.tuples(_AMOUNTS, _AMOUNTS), min_size=1, max_size=5, unique_by=lambda s: s[0]))
def test_the_order_of_steps_changes_nothing_and_free_is_free(
    amount: Decimal, free_from: Decimal, steps: list[tuple[Decimal, Decimal]]
) -> None:
    one = Freight(basis="amount", steps=tuple(Step(*step) for step in steps), free_from=free_from)
    other = Freight(basis="amount", steps=tuple(Step(*step) for step in reversed(steps)), free_from=free_from)
    charge = freight_of(one, Goods(amount), "CNY")
    assert charge == freight_of(other, Goods(amount), "CNY")
    assert charge in {D(0), *(charge for _, charge in steps)}
    if amount >= free_from:
        assert charge == 0


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_more_weight_never_costs_less(one: int, more: int) -> None:
    terms = Freight(basis="weight", charge=D(8), first_kg=D(1), each_kg=D("0.3"), each_charge=D("1.7"))
    light, heavy = (freight_of(terms, Goods(D(1), grams=Fraction(g)), "CNY") for g in (one, one + more))
    assert light <= heavy


@given(_AMOUNTS, st.sampled_from([None, D("0"), D("0.06"), D("0.09"), D("0.13")]), st.booleans())
def test_a_charge_adds_up_to_the_cent(charge: Decimal, rate: Decimal | None, inclusive: bool) -> None:
    split = split_tax(charge, rate, tax_inclusive=inclusive)
    assert split.net + split.tax == split.gross
    assert (split.gross if inclusive else split.net) == charge


def _route(*weekdays: int, cut_off: str | None = None, lead_days: int | None = None) -> RouteFacts:
    return RouteFacts(new_id(), "R", "线", None, frozenset(weekdays), cut_off, lead_days, CHINA)


def _at(day: str, time: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{time}:00+08:00")


@pytest.mark.parametrize(
    ("at", "counts_for", "earliest"),
    [
        # 2026-11-24 is a Tuesday; the route is driven on Tuesdays and Fridays, a worked day after.
        (_at("2026-11-23", "15:59"), "2026-11-23", "2026-11-24"),
        (_at("2026-11-23", "16:00"), "2026-11-24", "2026-11-27"),
        (_at("2026-11-27", "16:01"), "2026-11-30", "2026-12-01"),
        (_at("2026-11-28", "09:00"), "2026-11-30", "2026-12-01"),
    ],
)
def test_an_order_after_the_cut_off_counts_for_the_next_worked_day(
    at: datetime, counts_for: str, earliest: str
) -> None:
    terms = DeliveryTerms("16:00", 1, None)
    found = delivery_of(terms, _route(2, 5), CHINA, at)
    assert found is not None and found.earliest is not None
    assert (found.counts_for.isoformat(), found.earliest.isoformat()) == (counts_for, earliest)


def test_a_routes_own_cut_off_and_lead_days_count_instead() -> None:
    terms = DeliveryTerms("16:00", 3, None)
    found = delivery_of(terms, _route(1, 2, 3, 4, 5, cut_off="10:00", lead_days=0), CHINA, _at("2026-11-23", "10:00"))
    assert found is not None
    assert (found.after_cut_off, found.earliest) == (True, date(2026, 11, 24))
    assert delivery_of(None, None, CHINA, _at("2026-11-23", "10:00")) is None


@given(
    st.integers(0, 30_000),
    st.sets(st.integers(1, 7), min_size=1),
    st.integers(0, 10),
)
def test_the_earliest_day_is_worked_driven_and_late_enough(hours: int, weekdays: set[int], lead: int) -> None:
    at = _at("2024-01-01", "00:30") + timedelta(hours=hours)
    found = delivery_of(DeliveryTerms("16:00", lead, None), _route(*weekdays), CHINA, at)
    assert found is not None
    if found.earliest is None:
        return
    assert found.is_driven(found.earliest) and CHINA.is_open(found.earliest)
    assert found.counts_for >= at.date() + timedelta(days=found.after_cut_off)
    days = [found.counts_for + timedelta(days=n) for n in range(1, (found.earliest - found.counts_for).days + 1)]
    assert sum(CHINA.is_open(day) for day in days) >= lead
    shown = list(found.upcoming(5))
    assert shown == sorted(set(shown)) and shown[0] == found.earliest


def _rule(code: str, organisation: bool = False, since: str = "2026-01-01", until: str | None = None) -> RuleFacts:
    return RuleFacts(
        id=new_id(),
        code=code,
        name=code,
        name_en=None,
        kind="minimum",
        target="base",
        organisation_id=_ORGANISATION if organisation else None,
        currency="CNY",
        valid_from=date.fromisoformat(since),
        valid_until=date.fromisoformat(until) if until else None,
        terms=Minimum(D(1)),
    )


_ORGANISATION = new_id()
_SCOPES = ("contract:c", "tier:t", "region:near", "region:far", "base")


@given(st.sets(st.sampled_from(_SCOPES)), st.randoms())
def test_the_most_specific_rule_counts_whatever_the_order_they_are_in(named: set[str], random: object) -> None:
    scopes = list(named)
    random.shuffle(scopes)  # type: ignore[attr-defined]
    book = RuleBook({("minimum", scope): [_rule(scope)] for scope in scopes}, {}, {}, {})
    day = date(2026, 11, 23)
    found = book.winner("minimum", _SCOPES, organisation_id=_ORGANISATION, day=day, currency="CNY")
    assert (found.code if found else None) == next((scope for scope in _SCOPES if scope in named), None)


def test_a_rule_that_does_not_hold_lets_the_next_one_speak() -> None:
    rules = {
        ("minimum", "tier:t"): [_rule("over", until="2026-11-22"), _rule("not yet", since="2026-11-24")],
        ("minimum", "base"): [_rule("own", organisation=True), _rule("of all")],
    }
    book = RuleBook(rules, {}, {}, {})
    day = date(2026, 11, 23)
    own = book.winner("minimum", _SCOPES, organisation_id=_ORGANISATION, day=day, currency="CNY")
    other = book.winner("minimum", _SCOPES, organisation_id=new_id(), day=day, currency="CNY")
    foreign = book.winner("minimum", _SCOPES, organisation_id=_ORGANISATION, day=day, currency="USD")
    assert (own and own.code, other and other.code, foreign) == ("own", "of all", None)
