"""Which column of a file is which field, and what the file does not say itself."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from dinghuo.integrations.sheets.dates import DateOrder
from dinghuo.integrations.sheets.fields import ORDER_LINES, Shape
from dinghuo.integrations.sheets.messages import (
    BAD_MAPPING,
    COLUMN_MISSING,
    COLUMN_REPEATED,
    FIELD_UNMAPPED,
    UNKNOWN_FIELD,
    SheetError,
)
from dinghuo.integrations.sheets.values import NumberForm
from dinghuo.kit.errors import Fault, Language

_ASIDES = re.compile(r"[(\[（【].*?[)\]）】]")
_LISTS = frozenset(["fill_down"])
_SETTINGS = frozenset(
    ["title", "worksheet", "header_row", "date_order", "decimal", "time_zone", "cancel_prefix", *_LISTS]
)


class NotGoods(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Codes that are charges or bookings, no goods, and why; a code ending in `*` stands for all that begin so."""

    reason: str
    zh: str
    en: str
    codes: tuple[str, ...]

    def sentence(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """How to read a file. `columns` gives each field its header, or `#3` for the third column.

    `constants` hold for fields without a column, and where a column's cell is empty.
    """

    title: str = ""
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    worksheet: str | None = None
    header_row: int | None = None
    date_order: DateOrder | None = None
    decimal: NumberForm | None = None
    # Where the clocks stood that the dates were read from, such as Europe/London; the tenant's own when not said.
    time_zone: str | None = None
    # Fields written once for several lines (merged cells): an empty cell has the value above.
    fill_down: tuple[str, ...] = ()
    # How the numbers of cancellations and returns begin.
    cancel_prefix: str | None = None
    not_goods: tuple[NotGoods, ...] = ()

    def missing(self, shape: Shape = ORDER_LINES) -> list[tuple[str, ...]]:
        """The groups of needed fields that nothing gives."""
        return [group for group in shape.needs if not any(f in self.columns or f in self.constants for f in group)]

    @property
    def zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.time_zone) if self.time_zone else None

    def is_cancellation(self, order_number: str) -> bool:
        return bool(self.cancel_prefix) and order_number.startswith(self.cancel_prefix or "")

    def not_goods_reason(self, code: str) -> NotGoods | None:
        """Why this code is no goods, if it is none."""
        exact, beginnings = self._not_goods
        if (found := exact.get(code)) or not beginnings:
            return found
        return next((reason for beginning, reason in beginnings if code.startswith(beginning)), None)

    @cached_property
    def _not_goods(self) -> tuple[dict[str, NotGoods], list[tuple[str, NotGoods]]]:
        pairs = [(code, reason) for reason in self.not_goods for code in reason.codes]
        exact = {code: reason for code, reason in pairs if not code.endswith("*")}
        return exact, [(code[:-1], reason) for code, reason in pairs if code.endswith("*")]

    def with_options(self, options: Sequence[str], shape: Shape = ORDER_LINES) -> "Mapping":
        """This mapping changed by options: `sku_code=货号` a column, `currency:=GBP` a constant,
        `date_order=dmy` a setting, `note=` takes a field away. Raises SheetError for every wrong one."""
        columns, constants, settings = dict(self.columns), dict(self.constants), {}
        faults: list[Fault] = []
        for option in options:
            name, sign, value = option.partition("=")
            name, value = name.strip(), value.strip()
            constant = name.endswith(":")
            name = name.rstrip(":").strip()
            if not sign or not ((name in _SETTINGS and not constant) or shape.knows(name, constant=constant)):
                faults.append(_unknown(name, shape))
            elif name in _SETTINGS:
                settings[name] = _setting(name, value)
            else:
                target = constants if constant else columns
                target.pop(name, None)
                if value:
                    target[name] = value
        if faults:
            raise SheetError(faults)
        changed = msgspec.to_builtins(self) | {"columns": columns, "constants": constants} | settings
        return _checked(changed, "--map", shape)

    def check(self, shape: Shape = ORDER_LINES) -> None:
        """Raise SheetError with every field that rows of this shape do not have."""
        named = [(field, False) for field in (*self.columns, *self.fill_down)]
        named += [(field, True) for field in self.constants]
        wrong = [field for field, constant in named if not shape.knows(field, constant=constant)]
        if wrong:
            raise SheetError([_unknown(field, shape) for field in wrong])

    def bind(self, header: Sequence[str], width: int | None = None, shape: Shape = ORDER_LINES) -> dict[str, int]:
        """Where each mapped field stands (from 0) in a table with this header; SheetError with every fault."""
        places: dict[str, int] = {}
        faults: list[Fault] = []
        for field, column in self.columns.items():
            found = find_column(header, column, width)
            label = shape.fields[field].label
            if not found:
                faults.append(COLUMN_MISSING(field, column=column, label=label, found=_list(header)))
            elif len(found) > 1:
                first = found[0] + 1
                faults.append(COLUMN_REPEATED(field, count=len(found), column=column, first=first, label=label))
            else:
                places[field] = found[0]
        for group in self.missing(shape):
            label = " / ".join(shape.fields[field].label for field in group)
            faults.append(FIELD_UNMAPPED(group[0], label=label, found=_list(header)))
        if faults:
            raise SheetError(faults)
        return places


def header_key(header: str) -> str:
    """What headers are compared by: no case, blanks, punctuation or asides: `Unit Price (GBP)*` is `unitprice`."""
    folded = unicodedata.normalize("NFKC", _ASIDES.sub("", header[:200])).casefold()
    return "".join(character for character in folded if character.isalnum())


def find_column(header: Sequence[str], column: str, width: int | None = None) -> list[int]:
    """The places (from 0) of the columns called so; the exact name goes before one that is only alike."""
    if column[:1] == "#" and column[1:].isdecimal():
        place = int(column[1:]) - 1
        return [place] if 0 <= place < (width or len(header)) else []
    exact = [place for place, name in enumerate(header) if name == column]
    key = header_key(column)
    return exact or [place for place, name in enumerate(header) if key and header_key(name) == key]


def load_mapping(source: str | Path, shape: Shape = ORDER_LINES) -> Mapping:
    """A preset by its name, or a TOML file by its path."""
    shipped = presets()
    if isinstance(source, str) and source in shipped:
        return shipped[source]
    path = Path(source)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = f"{error.__class__.__name__}; presets: {', '.join(shipped)}"
        raise SheetError(BAD_MAPPING(name=str(source), reason=reason)) from error
    return parse_mapping(text, name=path.name, shape=shape)


def parse_mapping(text: str, *, name: str, shape: Shape = ORDER_LINES) -> Mapping:
    """A mapping from TOML."""
    try:
        read = msgspec.toml.decode(text)
    except ValueError as error:
        raise SheetError(BAD_MAPPING(name=name, reason=str(error))) from error
    return _checked(read, name, shape)


def presets() -> dict[str, Mapping]:
    """The mappings that come with Dinghuo, by name."""
    folder = files("dinghuo.integrations.sheets") / "presets"
    found = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name
    )
    return {
        entry.name.removesuffix(".toml"): parse_mapping(entry.read_text("utf-8"), name=entry.name) for entry in found
    }


def _checked(read: Any, name: str, shape: Shape) -> Mapping:
    try:
        mapping = msgspec.convert(read, Mapping, strict=False)
        mapping.zone  # noqa: B018 - a zone that is none is told now
    except (msgspec.ValidationError, ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SheetError(BAD_MAPPING(name=name, reason=str(error))) from error
    mapping.check(shape)
    return mapping


def _setting(name: str, value: str) -> Any:
    if name in _LISTS:
        return [each.strip() for each in value.split(",") if each.strip()]
    return value or None


def _unknown(name: str, shape: Shape) -> Fault:
    known = ", ".join([*shape.fields, *sorted(_SETTINGS | shape.constants)])
    return UNKNOWN_FIELD(name, wrong=name, known=known)


def _list(header: Sequence[str]) -> str:
    return ", ".join(name for name in header[:40] if name) or "-"
