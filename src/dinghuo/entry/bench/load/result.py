"""What a run found."""

import math
import statistics
from array import array

import msgspec


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds from sending (or from when it was due) to the end of the answer."""

    p50: float
    p90: float
    p99: float
    max: float
    mean: float


class LoadResult(msgspec.Struct, frozen=True, kw_only=True):
    """`statuses`, rates, latencies and CPU are of the measured time; the others of the whole run.

    `unanswered` requests were sent and their connection then ended without an answer.
    `answers` keeps the first body of each status that is not 2xx, cut to 2,000 characters.
    """

    seconds: float
    statuses: dict[int, int]
    per_second: float
    accepted_per_second: float
    latency_ms: Latency | None
    cpu_seconds: float
    cpu_share: float
    sent: int
    acknowledged: int
    unanswered: int
    connects_failed: int
    answers: dict[int, str]


def latency(seconds: "array[float]") -> Latency | None:
    """Percentiles by nearest rank; None when nothing was measured."""
    if not seconds:
        return None
    ordered = [each * 1000 for each in sorted(seconds)]

    def at(share: float) -> float:
        return ordered[math.ceil(share * len(ordered)) - 1]

    return Latency(p50=at(0.50), p90=at(0.90), p99=at(0.99), max=ordered[-1], mean=statistics.fmean(ordered))
