"""Work in slices, two at once: one is prepared while the database has the other."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")


def slices(items: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(items)
    while several := list(islice(source, size)):
        yield several


async def both(one: Coroutine[Any, Any, None], other: Coroutine[Any, Any, None]) -> None:
    """Carry both out at once; when one fails, the other is called off before that is told."""
    tasks = [asyncio.create_task(one), asyncio.create_task(other)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
