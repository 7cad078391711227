"""What was acknowledged, written down at once: after a kill -9 nothing in it may be missing."""

import os
from pathlib import Path

import msgspec


class Acknowledged(msgspec.Struct, frozen=True):
    """One 2xx answer: the idempotency key that was sent and the id that came back."""

    key: str
    status: int
    id: str | None


class Journal:
    """Appends a line an answer with a write of its own, so that the end of this process loses none."""

    def __init__(self, path: str, field: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._field = field

    def add(self, key: str, status: int, body: bytes) -> None:
        """Note one answer."""
        entry = Acknowledged(key, status, _field(body, self._field))
        os.write(self._file, msgspec.json.encode(entry) + b"\n")

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


def read_journal(path: Path) -> list[Acknowledged]:
    """All whole lines; a last one cut short by the end of its writer is left out."""
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    return [msgspec.json.decode(line, type=Acknowledged) for line in whole.splitlines()]


def _field(body: bytes, field: str) -> str | None:
    try:
        value = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    found = value.get(field) if isinstance(value, dict) else None
    return None if found is None else str(found)
