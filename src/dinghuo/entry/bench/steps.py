"""What is going on, told on standard error while people wait."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class Steps:
    """A spinner while something lasts, then a line with the time it took; figures as they come in."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        """Steps are not nested."""
        began = time.perf_counter()
        with self._console.status(f"{doing} …"):
            yield
        self.say(f"{doing}: {time.perf_counter() - began:.1f} s")

    def say(self, line: str) -> None:
        self._console.print(line, highlight=False, markup=False)

    def figure(self, name: str, unit: str, value: float) -> None:
        self.say(f"  {name}: {value:,.1f} {unit}")
