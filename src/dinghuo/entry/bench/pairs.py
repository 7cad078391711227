"""Alternate runs, A B A B: what disturbs the machine disturbs both sides, and the ratio of a pair stays true."""

import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

PAIRS = 5

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Side(Generic[R]):
    """One of two things compared: how to run it once and which figure of the result counts."""

    name: str
    unit: str
    run: Callable[[], Awaitable[R]]
    figure: Callable[[R], float]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """All that one side gave, in the order of the runs. `runs` are the whole results."""

    name: str
    unit: str
    figures: list[float]
    minimum: float
    median: float
    maximum: float
    runs: list[Any] = []

    @classmethod
    def of(cls, name: str, unit: str, figures: list[float], runs: list[Any] | None = None) -> "Figures":
        """The figures with their smallest, middle and largest."""
        return cls(
            name=name,
            unit=unit,
            figures=figures,
            minimum=min(figures),
            median=statistics.median(figures),
            maximum=max(figures),
            runs=runs or [],
        )


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """Two sides and the ratio a ÷ b of each pair; `ratio` is the median of the pairs."""

    a: Figures
    b: Figures
    ratios: list[float]
    ratio: float


async def alternate(
    a: Side[Any],
    b: Side[Any],
    *,
    pairs: int = PAIRS,
    warm_up: bool = True,
    done: Callable[[str, float], None] | None = None,
) -> Pairs:
    """Run both sides by turns, after one run of each that does not count. `done` hears of every run."""
    return compare(*await take_turns(a, b, turns=pairs, warm_up=warm_up, done=done))


async def take_turns(
    *sides: Side[Any], turns: int, warm_up: bool = True, done: Callable[[str, float], None] | None = None
) -> list[Figures]:
    """Run several sides by turns, A B C A B C, after a turn of all that does not count; what each gave."""
    results: list[list[Any]] = [[] for _ in sides]
    for turn in range(turns + int(warm_up)):
        for side, several in zip(sides, results, strict=True):
            result = await _run(side, done)
            if turn >= warm_up:
                several.append(result)
    return [_figures(side, several) for side, several in zip(sides, results, strict=True)]


def compare(a: Figures, b: Figures) -> Pairs:
    """Pair the figures run by run. Both sides have as many, and none of b is 0."""
    ratios = [over / under for over, under in zip(a.figures, b.figures, strict=True)]
    return Pairs(a=a, b=b, ratios=ratios, ratio=statistics.median(ratios))


async def _run(side: Side[R], done: Callable[[str, float], None] | None) -> R:
    result = await side.run()
    if done:
        done(side.name, side.figure(result))
    return result


def _figures(side: Side[R], results: list[R]) -> Figures:
    return Figures.of(side.name, side.unit, [side.figure(result) for result in results], list(results))
