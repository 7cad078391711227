"""How much of what was meant is read right the first time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.orders.paste.messages import Message

Lines = dict[tuple[str, str], Decimal]


@dataclass(frozen=True)
class Read:
    """What a message became. `sure` are the SKUs of lines that nobody is asked to look at."""

    lines: Lines
    day: date | None
    sure: frozenset[tuple[str, str]]


@dataclass
class Score:
    """Lines right, of those meant or proposed; messages right as a whole; of the sure lines, how many are right."""

    lines: int = 0
    right: int = 0
    messages: int = 0
    whole: int = 0
    days: int = 0
    days_right: int = 0
    sure: int = 0
    sure_right: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.right / self.lines

    def told(self, name: str) -> str:
        return (
            f"{name}: {self.right} of {self.lines} lines right the first time ({self.share:.1%}); "
            f"{self.whole} of {self.messages} messages whole ({self.whole / self.messages:.1%}); "
            f"days {self.days_right} of {self.days}; "
            f"not marked as doubtful {self.sure} ({self.sure / self.lines:.1%}), "
            f"of these right {self.sure_right} ({self.sure_right / max(self.sure, 1):.1%})"
        )


def measure(said: Iterable[Message], read: Callable[[Message], Read]) -> Score:
    score = Score()
    for message in said:
        count(score, message, read(message))
    return score


def count(score: Score, message: Message, found: Read) -> None:
    """A line that is missing, wrong or too many is one line that is not right."""
    right = {key for key, quantity in message.lines.items() if found.lines.get(key) == quantity}
    amiss = {code for code, _ in message.lines.keys() - right} | {code for code, _ in found.lines.keys() - right}
    extra = max(0, len(found.lines) - len(message.lines))
    score.lines += len(message.lines) + extra
    score.right += len(right)
    score.messages += 1
    score.days += message.day is not None
    score.days_right += message.day is not None and message.day == found.day
    score.sure += len(found.sure)
    score.sure_right += len(found.sure & right)
    if amiss or message.day != found.day:
        wanted = {key: value for key, value in message.lines.items() if key not in right}
        got = {key: str(value) for key, value in found.lines.items() if key not in right}
        day = "" if message.day == found.day else f"  day {message.day} != {found.day}"
        score.wrong.append(
            f"{message.number} {message.customer}| {message.text!r}\n   meant {_told(wanted)}\n   read  {got}{day}"
        )
    score.whole += not amiss and message.day == found.day


def _told(lines: Lines) -> dict[tuple[str, str], str]:
    return {key: str(value) for key, value in lines.items()}
