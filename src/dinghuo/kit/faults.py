"""Collecting everything that is wrong with a request before it is refused."""

from collections.abc import Iterator
from typing import Any

from dinghuo.kit.errors import Fault, Message, Refused


class Faults:
    """What is wrong with the items of a request, or with the one thing it is about (`path` empty)."""

    def __init__(self, path: str = "items") -> None:
        self._path = path
        self._found: list[Fault] = []

    def add(self, line: int, field: str, message: Message, **params: Any) -> None:
        self._found.append(self.fault(line, field, message, **params))

    def fault(self, line: int, field: str, message: Message, **params: Any) -> Fault:
        """A fault (or warning) about a field of the item on `line`, counted from 0."""
        if not self._path:
            return message(field, **params)
        place = f"{self._path}[{line}]"
        return message(f"{place}.{field}" if field else place, line=line + 1, **params)

    def __bool__(self) -> bool:
        return bool(self._found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(sorted(self._found, key=lambda fault: fault.line or 0))

    def check(self) -> None:
        """Raise everything found so far, if anything."""
        if self._found:
            raise Refused(self)
