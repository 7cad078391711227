"""What came, or would come, of a plain sheet: counts that add up to it."""

from collections import Counter

import msgspec

from dinghuo.integrations.plain_sheets.outcome import Outcome
from dinghuo.integrations.plain_sheets.read import PlainSheet
from dinghuo.kit.errors import Fault

_MOST_WARNINGS = 100


class SheetReason(msgspec.Struct, frozen=True):
    """Why rows were set aside; the sentence is that of one of them."""

    reason: str
    lines: int
    zh: str
    en: str


class SheetWarning(msgspec.Struct, frozen=True):
    """Something a person should look at; it stopped nothing. `row` is that of the file, null for the file itself."""

    code: str
    zh: str
    en: str
    row: int | None = None


class SheetReport(msgspec.Struct, frozen=True, kw_only=True):
    """`lines_read` = `lines_taken` + `lines_set_aside`; `lines_taken` = `created` + `updated` + `unchanged`.

    `also_created` counts the words (tiers, brands, units …) that rows named and nobody had yet.
    """

    file: str
    kind: str
    dry_run: bool
    lines_read: int
    lines_taken: int
    lines_set_aside: int
    created: int
    updated: int
    unchanged: int
    also_created: dict[str, int]
    set_aside: list[SheetReason]
    warnings: list[SheetWarning]
    seconds: float = 0.0


def report(book: PlainSheet, outcome: Outcome, *, dry_run: bool, seconds: float) -> SheetReport:
    asides, table = book.asides, book.asides.table
    counts = Counter(fault.message.code for fault in asides.reason_of.values())
    examples: dict[str, Fault] = {}
    for fault in asides.reason_of.values():
        examples.setdefault(fault.message.code, fault)
    warnings = [_warning(fault, None) for fault in table.doubts]
    warnings += [_warning(each.fault(), table.rows[each.line]) for each in outcome.warnings[:_MOST_WARNINGS]]
    return SheetReport(
        file=book.sheet.name,
        kind=book.kind.name,
        dry_run=dry_run,
        lines_read=len(table),
        lines_taken=len(table) - len(asides.reason_of),
        lines_set_aside=len(asides.reason_of),
        created=outcome.created,
        updated=outcome.updated,
        unchanged=outcome.unchanged,
        also_created={name: len(words) for name, words in outcome.made.items()},
        set_aside=[
            SheetReason(code, count, examples[code].sentence("zh"), examples[code].sentence("en"))
            for code, count in counts.most_common()
        ],
        warnings=warnings,
        seconds=round(seconds, 3),
    )


def _warning(fault: Fault, row: int | None) -> SheetWarning:
    return SheetWarning(fault.message.code, fault.sentence("zh"), fault.sentence("en"), row)
