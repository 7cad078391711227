from collections.abc import Awaitable, Callable

import msgspec
import pytest

from dinghuo.entry.bench.pairs import Figures, Side, alternate, compare, take_turns


def giving(figures: list[float], told: list[str], name: str) -> Callable[[], Awaitable[float]]:
    left = iter(figures)

    async def run() -> float:
        told.append(name)
        return next(left)

    return run


def side(name: str, figures: list[float], told: list[str]) -> Side[float]:
    return Side(name=name, unit="orders/s", run=giving(figures, told, name), figure=lambda figure: figure)


async def test_runs_alternate_and_the_warm_up_does_not_count() -> None:
    told: list[str] = []
    heard: list[tuple[str, float]] = []
    found = await alternate(
        side("system", [1, 900, 800, 1000, 500, 700], told),
        side("limit", [1, 1000, 1000, 500, 1000, 1000], told),
        done=lambda name, figure: heard.append((name, figure)),
    )
    assert told == ["system", "limit"] * 6
    assert found.a.figures == [900, 800, 1000, 500, 700]
    assert (found.a.minimum, found.a.median, found.a.maximum) == (500, 800, 1000)
    assert found.ratios == [0.9, 0.8, 2.0, 0.5, 0.7]
    assert found.ratio == 0.8
    assert heard[:2] == [("system", 1), ("limit", 1)]
    assert len(heard) == 12


async def test_three_sides_take_turns_and_each_pair_is_of_one_turn() -> None:
    told: list[str] = []
    names = ("system", "with rules", "limit")
    several = [side(name, [1, 2 * n, 6 * n], told) for n, name in enumerate(names, start=1)]
    system, with_rules, limit = await take_turns(*several, turns=2)
    assert told == [*names] * 3
    assert (compare(system, limit).ratios, compare(with_rules, limit).ratio) == ([1 / 3, 1 / 3], 2 / 3)


def test_the_ratio_is_the_median_of_the_pairs_not_the_ratio_of_the_medians() -> None:
    a, b = Figures.of("a", "s", [10, 20, 30]), Figures.of("b", "s", [10, 5, 60])
    found = compare(a, b)
    assert found.ratios == [1.0, 4.0, 0.5]
    assert found.ratio == 1.0
    assert a.median / b.median == 2.0


def test_an_even_number_of_pairs_takes_the_middle() -> None:
    assert compare(Figures.of("a", "s", [1, 2, 3, 8]), Figures.of("b", "s", [1, 1, 1, 1])).ratio == 2.5


def test_sides_of_different_length_are_no_pairs() -> None:
    with pytest.raises(ValueError, match="shorter"):
        compare(Figures.of("a", "s", [1, 2]), Figures.of("b", "s", [1]))


async def test_without_warm_up_every_run_counts_and_whole_results_are_kept() -> None:
    told: list[str] = []
    found = await alternate(side("a", [2, 4], told), side("b", [1, 1], told), pairs=2, warm_up=False)
    assert told == ["a", "b", "a", "b"]
    assert msgspec.json.decode(msgspec.json.encode(found)) == {
        "a": {
            "name": "a",
            "unit": "orders/s",
            "figures": [2, 4],
            "minimum": 2,
            "median": 3.0,
            "maximum": 4,
            "runs": [2, 4],
        },
        "b": {
            "name": "b",
            "unit": "orders/s",
            "figures": [1, 1],
            "minimum": 1,
            "median": 1.0,
            "maximum": 1,
            "runs": [1, 1],
        },
        "ratios": [2.0, 4.0],
        "ratio": 3.0,
    }
