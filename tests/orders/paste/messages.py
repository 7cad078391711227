"""Messages as dealers and sales people write them, with what they mean, and those who write them.

`said/dev.txt` is what the reader was made with; `said/held_out.txt` was written before it, and only measures.
A message is `customer| text`, its lines told apart by `\\n`, and below it what is ordered: `SKU quantity unit; …`,
then `@` and the day that is wanted, where one is said. They are written on Monday, 23 November 2026.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

TODAY = date(2026, 11, 23)
Part = Literal["dev", "held_out"]
_HERE = Path(__file__).parent / "said"


@dataclass(frozen=True)
class Message:
    """One message: who wrote it, and the quantity of each SKU and unit that is meant."""

    number: int
    customer: str
    text: str
    lines: dict[tuple[str, str], Decimal]
    day: date | None


@dataclass
class Writer:
    """A customer: habits (SKU, unit, times, quantity), phrases learned, brands not sold to it."""

    habits: list[tuple[str, str, int, Decimal]] = field(default_factory=list)
    learned: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    denied: tuple[str, ...] = ()


def messages(part: Part) -> list[Message]:
    return list(_messages((_HERE / f"{part}.txt").read_text(encoding="utf-8")))


def _messages(content: str) -> Iterator[Message]:
    for number, block in enumerate(content.strip().split("\n\n"), start=1):
        head, meant = block.split("\n")
        customer, text = head.split("| ", 1)
        goods, _, day = meant.partition("@")
        lines: dict[tuple[str, str], Decimal] = {}
        for each in filter(None, (part.strip() for part in goods.split(";"))):
            code, quantity, unit = each.split()
            lines[code, unit] = lines.get((code, unit), Decimal(0)) + Decimal(quantity)
        said = text.replace("\\n", "\n").replace("\\t", "\t")
        yield Message(number, customer, said, lines, date.fromisoformat(day.strip()) if day else None)


def writers() -> dict[str, Writer]:
    found: dict[str, Writer] = {}
    current = Writer()
    for line in (_HERE / "customers.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# ") and ":" in line and " " not in line[2 : line.index(":")]:
            current = found.setdefault(line[2 : line.index(":")], Writer())
        elif line.startswith("~ "):
            phrase, meant = line[2:].split(" = ")
            code, *units = meant.split()
            current.learned[phrase] = (code, units[0] if units else None)
        elif line.startswith("- "):
            current.denied = tuple(line[2:].split())
        elif line and not line.startswith("#"):
            code, unit, times, quantity = line.split()
            current.habits.append((code, unit, int(times), Decimal(quantity)))
    return found
