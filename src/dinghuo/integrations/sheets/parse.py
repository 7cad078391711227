"""From a cell to a field's value, or to the sentence why not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_HALF_UP, Context, Decimal

from dinghuo.integrations.sheets.dates import FIRST_YEAR, LAST_YEAR, DateOrder, date_of
from dinghuo.integrations.sheets.fields import Field
from dinghuo.integrations.sheets.messages import (
    CODE_AS_SCIENTIFIC,
    CONTROL_CHARACTERS,
    DATE_OUT_OF_RANGE,
    DIGITS_LOST,
    EMPTY,
    EXCEL_ERROR,
    NOT_A_CODE,
    NOT_A_DATE,
    NOT_A_NUMBER,
    NUMBER_TOO_LARGE,
    TEXT_TOO_LONG,
    TOO_MANY_PLACES,
)
from dinghuo.integrations.sheets.sheet import Cell
from dinghuo.integrations.sheets.values import (
    CONTROL,
    EXCEL_ERRORS,
    NumberForm,
    code_of,
    has_lost_digits,
    is_scientific,
    number_of,
    text_of,
)
from dinghuo.kit.errors import Fault, Message
from dinghuo.kit.money import MAX_QUANTITY

Value = str | int | Decimal | datetime
Parsed = Value | Fault | None

PLACES = 6
_MICRO = Decimal(1).scaleb(-PLACES)
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Forms:
    """How one column writes its values."""

    number: NumberForm = "point"
    date: DateOrder = "dmy"
    # Codes that went through a float: 17850.0.
    float_codes: bool = False
    epoch_1904: bool = False
    zone: tzinfo = UTC


def parser(field: Field, label: str, forms: Forms, *, required: bool) -> Callable[[Cell], Parsed]:
    """A function from a cell to the field's value, None for an empty cell, or a Fault; `label` names the column."""
    read = _READERS[field.kind]
    empty = EMPTY(field.name, label=label) if required else None

    def parse(cell: Cell) -> Parsed:
        if isinstance(cell, str) and not text_of(cell):
            return empty
        found: Parsed | Message = read(cell, forms)
        if isinstance(cell, str) and cell.strip() in EXCEL_ERRORS:
            found = EXCEL_ERROR
        if isinstance(found, str):
            found = _short(found, field)
        if isinstance(found, Message):
            limit = PLACES if found is TOO_MANY_PLACES else field.longest
            return found(field.name, label=label, value=text_of(cell)[:60], limit=limit)
        return found

    return parse


def _text(cell: Cell, _forms: Forms) -> Value | Message:
    return text_of(cell)


def _code(cell: Cell, forms: Forms) -> Value | Message:
    if not isinstance(cell, (str, int, float)):
        return NOT_A_CODE
    if has_lost_digits(cell):
        return DIGITS_LOST
    code = code_of(cell)
    code = code.removesuffix(".0") if forms.float_codes else code
    return CODE_AS_SCIENTIFIC if is_scientific(code) else code


def _short(text: str, field: Field) -> str | Message:
    if len(text) > field.longest:
        return TEXT_TOO_LONG
    return CONTROL_CHARACTERS if CONTROL.search(text) else text


def _integer(cell: Cell, forms: Forms) -> Value | Message:
    number = number_of(cell, forms.number)
    if number is None or not number.is_finite() or abs(number) >= 10**9 or number != int(number):
        return NOT_A_NUMBER
    return int(number)


def _quantity(cell: Cell, forms: Forms) -> Value | Message:
    number = _bounded(cell, forms)
    if isinstance(number, Decimal) and number != number.quantize(_MICRO, context=_EXACT):
        return TOO_MANY_PLACES
    return number


def _price(cell: Cell, forms: Forms) -> Value | Message:
    """A price that a formula made, such as 100 / 1.13, is kept to the places that prices have."""
    return _micro(_bounded(cell, forms))


def _rate(cell: Cell, forms: Forms) -> Value | Message:
    """13 % is written as 13%, 0.13 or 13."""
    number = _bounded(cell, forms, percent=True)
    if isinstance(number, Message):
        return number
    number = number.scaleb(-2) if number >= 1 else number
    return _micro(number) if 0 <= number < 1 else NOT_A_NUMBER


def _bounded(cell: Cell, forms: Forms, *, percent: bool = False) -> Decimal | Message:
    number = number_of(cell, forms.number, percent=percent)
    if number is None:
        return NOT_A_NUMBER
    return NUMBER_TOO_LARGE if abs(number) > MAX_QUANTITY else number


def _micro(number: Decimal | Message) -> Decimal | Message:
    if isinstance(number, Message) or number.as_tuple().exponent >= -PLACES:  # type: ignore[operator]
        return number
    return number.quantize(_MICRO, context=_EXACT)


def _date(cell: Cell, forms: Forms) -> Value | Message:
    moment = date_of(cell, forms.date, epoch_1904=forms.epoch_1904, zone=forms.zone)
    if moment is None:
        return NOT_A_DATE
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else DATE_OUT_OF_RANGE


_READERS = {
    "text": _text,
    "code": _code,
    "integer": _integer,
    "quantity": _quantity,
    "price": _price,
    "amount": _price,
    "rate": _rate,
    "date": _date,
}
