"""How long work tells how far it has come."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done and how much there is; of rows to read, how many were read as long as nobody
knows. What it raises ends the work between two slices. While a file is read it is called from another thread.
"""


def silent(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody."""
