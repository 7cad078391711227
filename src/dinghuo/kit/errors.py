"""Faults people can act on, and the problem documents (RFC 9457) they become.

A `Message` is declared once, beside the code that raises it, in both languages. A `Fault` is one thing wrong
with one field or line. `Refused` carries every fault found, so that a caller mends all of them at once.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

Language = Literal["zh", "en"]

# What each status means here: 422 the request could not be understood, 409 it was understood and a rule or
# the present state forbids it.
MALFORMED = 422
CONFLICT = 409
NOT_FOUND = 404
FORBIDDEN = 403
UNAUTHENTICATED = 401
BUSY = 503
TOO_MANY = 429
TOO_LARGE = 413

MESSAGES: dict[str, "Message"] = {}


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence in both languages; `{name}` takes the fault's parameter of that name. `code` is stable."""

    code: str
    zh: str
    en: str
    status: int = CONFLICT

    def __post_init__(self) -> None:
        known = MESSAGES.setdefault(self.code, self)
        if known != self:
            raise ValueError(f"two messages share the code {self.code!r}")

    def __call__(self, field: str = "", *, line: int | None = None, **params: Any) -> "Fault":
        return Fault(self, field, line, params)

    def sentence(self, language: Language, params: dict[str, Any]) -> str:
        template = self.zh if language == "zh" else self.en
        return template.format(**params)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: `field` is a path as in the request (`lines[2].quantity`), `line` counts from 1.

    `words` are parameters as people say them, in Chinese and in English, where that is not what programs read.
    """

    message: Message
    field: str = ""
    line: int | None = None
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    words: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict)

    def saying(self, words: dict[str, tuple[str, str]]) -> "Fault":
        """The same with these words in its sentence."""
        return dataclasses.replace(self, words={**self.words, **words})

    def sentence(self, language: Language) -> str:
        said = {name: pair[language != "zh"] for name, pair in self.words.items()}
        return self.message.sentence(language, {**self.params, **said} if said else self.params)


SEVERAL = Message("several-faults", "有 {count} 处需要修改", "{count} things need mending", MALFORMED)


class Refused(Exception):
    """The command was not carried out and left no trace; `faults` says everything that stood in its way."""

    def __init__(self, faults: Iterable[Fault] | Fault, *, retry_after: int | None = None) -> None:
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        self.retry_after = retry_after
        if not self.faults:
            raise ValueError("a refusal needs a reason")
        super().__init__("; ".join(f"{f.field}: {f.sentence('en')}" for f in self.faults[:5]))

    @property
    def status(self) -> int:
        """The gravest status among the faults: a request that is partly malformed is malformed."""
        return min((f.message.status for f in self.faults), key=_GRAVITY.index)


_GRAVITY = [
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    TOO_LARGE,
    400,
    405,
    412,
    415,
    MALFORMED,
    CONFLICT,
    TOO_MANY,
    BUSY,
    500,
]


class FaultView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fault in a problem document."""

    code: str
    message: str
    field: str = ""
    line: int | None = None
    params: dict[str, Any] = {}


class Problem(msgspec.Struct, frozen=True):
    """A problem document, `application/problem+json`."""

    type: str
    title: str
    status: int
    detail: str
    faults: list[FaultView] = []


def problem(refused: Refused, language: Language) -> Problem:
    """The document a caller sees: one type when all faults share it, every fault listed with its place."""
    faults = refused.faults
    codes = {fault.message.code for fault in faults}
    title = faults[0].sentence(language) if len(faults) == 1 else SEVERAL.sentence(language, {"count": len(faults)})
    return Problem(
        type=f"/problems/{codes.pop() if len(codes) == 1 else SEVERAL.code}",
        title=title,
        status=refused.status,
        detail=("；" if language == "zh" else "; ").join(f.sentence(language) for f in faults[:20]),
        faults=[fault_view(fault, language) for fault in faults],
    )


def fault_view(fault: Fault, language: Language) -> FaultView:
    """A fault as its reader sees it."""
    return FaultView(fault.message.code, fault.sentence(language), fault.field, fault.line, _plain(fault.params))


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, (int, float, str)) else str(value) for name, value in params.items()}
