"""What is told of a text that was read."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec

from dinghuo.kit.errors import Language
from dinghuo.orders.paste.rank import Fit, Habit, Reason
from dinghuo.orders.paste.read import Alternative, Doubt, Line, Reading
from dinghuo.orders.paste.source import Source
from dinghuo.orders.paste.split import Split

DoubtCode = Literal["no-quantity", "several-alike", "unit-guessed", "size-differs", "about", "not-found"]

_REASONS: dict[Reason, tuple[str, str]] = {
    "learned": ("上次您这样改过", "Learned from an earlier correction"),
    "code": ("编码一致", "The code is the same"),
    "barcode": ("条码一致", "The barcode is the same"),
    "similar_code": ("编码相近", "The code is nearly the same"),
    "usual": ("常购商品：最近下过 {times} 单", "Usually ordered: in {times} of the last orders"),
    "name": ("名称相符", "The name fits"),
    "similar_name": ("名称相近", "The name is similar"),
    "none": ("没有找到", "Nothing was found"),
}
_DOUBTS: dict[Doubt, tuple[str, str]] = {
    "no-quantity": ("没有写数量，按常购数量或 1 填入", "No quantity was said: the usual one, or 1"),
    "several-alike": ("有几个相近的商品", "Several goods are alike"),
    "unit-guessed": ("没有这个单位，已按相近的单位填入", "It is not sold by that unit: the nearest was taken"),
    "size-differs": ("规格与所写不同", "The size differs from what was said"),
    "about": ("数量是个约数", "The quantity was said roughly"),
    "not-found": ("没有找到这个商品", "These goods were not found"),
}


class PasteReason(msgspec.Struct, frozen=True):
    """Why these goods were taken."""

    kind: Literal["learned", "code", "barcode", "similar_code", "usual", "name", "similar_name", "none"]
    text: str


class PasteDoubt(msgspec.Struct, frozen=True):
    """What should be looked at."""

    code: DoubtCode
    message: str


class PasteAlternative(msgspec.Struct, frozen=True):
    """Other goods that may have been meant; confidence from 0 to 100."""

    sku: str
    unit: str
    quantity: Decimal
    confidence: int


class PasteLine(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed line. `sku` is null when nothing was found. Offsets count UTF-16 code units, as browsers do."""

    line: int
    text: str
    start: int
    end: int
    phrase: str
    sku: str | None
    unit: str | None
    quantity: Decimal | None
    confidence: int
    doubtful: bool
    reason: PasteReason
    doubts: list[PasteDoubt]
    alternatives: list[PasteAlternative]


class PastePiece(msgspec.Struct, frozen=True):
    """A piece of the text."""

    start: int
    end: int
    text: str


class PasteWithdrawn(PastePiece, frozen=True):
    """A piece that takes a line back."""

    phrase: str


class PasteDay(PastePiece, frozen=True):
    """The day that was said."""

    date: date


class PasteRead(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it was read, without the goods themselves."""

    text: str
    lines: list[PasteLine]
    unmatched: list[PastePiece]
    withdrawn: list[PasteWithdrawn]
    requested_date: PasteDay | None
    note: str | None


def view_of(
    source: Source, said: Split, reading: Reading, habits: dict[UUID, Habit], language: Language
) -> PasteRead:
    """Tell what was read in a language."""
    day = said.day
    return PasteRead(
        text=source.text,
        lines=[_line(source, number, line, habits, language) for number, line in enumerate(reading.lines, start=1)],
        unmatched=[_piece(source, start, end) for start, end in reading.unmatched],
        withdrawn=[
            PasteWithdrawn(*source.span(start, end), source.piece(start, end), phrase)
            for start, end, phrase in reading.withdrawn
        ],
        requested_date=None
        if day is None or day.date is None
        else PasteDay(*source.span(day.start, day.end), source.piece(day.start, day.end), day.date),
        note=reading.note,
    )


def _line(source: Source, number: int, line: Line, habits: dict[UUID, Habit], language: Language) -> PasteLine:
    item, fit = line.item, line.fit
    start, end = source.span(item.start, item.end)
    return PasteLine(
        line=number,
        text=source.piece(item.start, item.end).strip(),
        start=start,
        end=end,
        phrase=item.phrase,
        sku=fit.goods.code if fit else None,
        unit=line.unit,
        quantity=line.quantity,
        confidence=round(100 * line.confidence),
        doubtful=line.doubtful,
        reason=_reason(fit, habits, language),
        doubts=[PasteDoubt(code, _said(_DOUBTS[code], language)) for code in line.doubts],
        alternatives=[_alternative(each) for each in line.alternatives],
    )


def _reason(fit: Fit | None, habits: dict[UUID, Habit], language: Language) -> PasteReason:
    if fit is None:
        return PasteReason("none", _said(_REASONS["none"], language))
    habit = habits.get(fit.goods.id)
    return PasteReason(fit.reason, _said(_REASONS[fit.reason], language, times=habit.times if habit else 0))


def _alternative(each: Alternative) -> PasteAlternative:
    return PasteAlternative(each.goods.code, each.unit, each.quantity, round(100 * each.confidence))


def _piece(source: Source, start: int, end: int) -> PastePiece:
    return PastePiece(*source.span(start, end), source.piece(start, end).strip())


def _said(pair: tuple[str, str], language: Language, **values: Any) -> str:
    return pair[0 if language == "zh" else 1].format(**values)
