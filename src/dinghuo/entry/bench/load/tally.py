"""Counts of a run, and the window of it that is measured."""

import resource
import time
from array import array
from collections import defaultdict

from dinghuo.entry.bench.load.journal import Journal
from dinghuo.entry.bench.load.result import LoadResult, latency

ANSWER_LENGTH = 2000


class Tally:
    """Every answer is counted and journalled; rates, statuses and latencies only between begin and end."""

    def __init__(self, journal: Journal | None) -> None:
        self.sent = self.answered = self.acknowledged = self.connects_failed = 0
        self._journal = journal
        self._answers: dict[int, str] = {}
        self._statuses: defaultdict[int, int] = defaultdict(int)
        self._latencies = array("d")
        self._measuring = False
        self._seconds = self._cpu = 0.0

    def begin(self) -> None:
        """From here on it is measured."""
        self._measuring = True
        self._began, self._cpu_began = time.perf_counter(), _own_cpu()

    def end(self) -> None:
        """Stop measuring. What is still in flight is counted and journalled only."""
        self._measuring = False
        self._seconds = time.perf_counter() - self._began
        self._cpu = _own_cpu() - self._cpu_began

    def answer(self, key: str, status: int, waited: float, body: bytes) -> None:
        """One whole answer came in."""
        self.answered += 1
        if self._measuring:
            self._statuses[status] += 1
            self._latencies.append(waited)
        if 200 <= status < 300:
            self.acknowledged += 1
            if self._journal:
                self._journal.add(key, status, body)
        elif status not in self._answers:
            self._answers[status] = body.decode(errors="replace")[:ANSWER_LENGTH]

    def result(self) -> LoadResult:
        """What was found."""
        accepted = sum(count for status, count in self._statuses.items() if 200 <= status < 300)
        return LoadResult(
            seconds=self._seconds,
            statuses=dict(self._statuses),
            per_second=len(self._latencies) / self._seconds,
            accepted_per_second=accepted / self._seconds,
            latency_ms=latency(self._latencies),
            cpu_seconds=self._cpu,
            cpu_share=self._cpu / self._seconds,
            sent=self.sent,
            acknowledged=self.acknowledged,
            unanswered=self.sent - self.answered,
            connects_failed=self.connects_failed,
            answers=self._answers,
        )


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
