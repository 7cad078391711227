"""What the doctor found: one check, how it went, and a sentence about it."""

from typing import Any, Literal

import msgspec

from dinghuo.kit.errors import Language, Message

State = Literal["ok", "warning", "failed"]


class Finding(msgspec.Struct, frozen=True):
    """One check. A warning is for somebody to look at; a failure must not stay."""

    check: str
    state: State
    message: Message
    params: dict[str, Any] = {}

    def sentence(self, language: Language) -> str:
        return self.message.sentence(language, self.params)


class Diagnosis(msgspec.Struct, frozen=True):
    """A finding as machines read it."""

    check: str
    state: State
    code: str
    message: str
    data: dict[str, Any]


class Report(msgspec.Struct, frozen=True):
    """All findings; `ok` when none failed."""

    ok: bool
    checks: list[Diagnosis]


def report(findings: list[Finding], language: Language) -> Report:
    return Report(
        all(finding.state != "failed" for finding in findings),
        [
            Diagnosis(found.check, found.state, found.message.code, found.sentence(language), found.params)
            for found in findings
        ],
    )


def listed(things: list[str], most: int = 5) -> str:
    """Some of them, and how many more there are."""
    more = len(things) - most
    return ", ".join(things[:most]) + (f" … +{more}" if more > 0 else "")
