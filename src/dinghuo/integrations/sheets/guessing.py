"""Guesses which column is which, from the headers' words and the shape of what stands below them."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from dinghuo.integrations.sheets.dates import ORDERS, date_of
from dinghuo.integrations.sheets.fields import NUMBERS, ORDER_LINES, Field, Shape
from dinghuo.integrations.sheets.mapping import Mapping, find_column, header_key, load_mapping, presets
from dinghuo.integrations.sheets.sheet import Cell, Row, Sheet
from dinghuo.integrations.sheets.values import code_of, is_blank, looks_like_number, text_of

# Below this a column is left alone: a wrong guess costs more than a question.
_LEAST = 0.35
# A header that is a field's own word stands for it even where the values below are odd: those are then marked.
_NAMED = 0.5
_NAMES = frozenset(["customer_name", "description", "name", "product_name"])
_INCLUSIVE = ("含税", "taxincl", "inclusive", "gross")
_EXCLUSIVE = ("不含税", "未税", "无税", "taxexcl", "exclusive", "net")


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping found by looking; `sure` says for each of its fields how sure it is (0…1)."""

    mapping: Mapping
    sure: dict[str, float]


def guess(header: Sequence[str], sample: Sequence[Row], shape: Shape = ORDER_LINES) -> Guess:
    """The likeliest mapping of these columns, each column for one field and each field from one column."""
    keys = [header_key(name) for name in header]
    columns = [
        [row[place] for row in sample if place < len(row) and not is_blank(row[place])]
        for place in range(len(header))
    ]
    scores = sorted(
        (
            (-_score(keys[place], columns[place], field), place, rank, field.name)
            for place in range(len(header))
            for rank, field in enumerate(shape.fields.values())
        ),
    )
    places: dict[str, int] = {}
    sure: dict[str, float] = {}
    for negative, place, _, name in scores:
        if -negative >= _LEAST and name not in places and place not in places.values():
            places[name] = place
            sure[name] = round(-negative, 2)
    chosen = {name: _column_name(header, place) for name, place in sorted(places.items(), key=lambda item: item[1])}
    constants = _tax_mode(keys, places) if "tax_mode" in shape.constants else {}
    return Guess(Mapping(columns=chosen, constants=constants), sure)


def mapping_given(options: Sequence[str], shape: Shape = ORDER_LINES) -> Mapping:
    """The mapping that `--map` options say: presets or TOML files by name, changed by `field=column` options."""
    mapping = Mapping()
    for name in (option for option in options if "=" not in option):
        mapping = load_mapping(name, shape)
    return mapping.with_options([option for option in options if "=" in option], shape)


def complete(given: Mapping, sheet: Sheet) -> Mapping:
    """What was given, and for fields that are still missing a preset that fits the header, or else a guess."""
    if not given.missing():
        return given
    found = fitting_preset(sheet) or guess(sheet.header, sheet.sample()).mapping
    taken = {place for column in given.columns.values() for place in find_column(sheet.header, column, sheet.width)}
    free = {
        field: column
        for field, column in found.columns.items()
        if field not in given.constants and not taken.intersection(find_column(sheet.header, column, sheet.width))
    }
    settings = {name: value for name, value in msgspec.structs.asdict(given).items() if value}
    both = {"columns": free | given.columns, "constants": found.constants | given.constants}
    return msgspec.structs.replace(found, **settings | both)


def fitting_preset(sheet: Sheet) -> Mapping | None:
    """The mapping of order lines that comes with Dinghuo and names nothing but columns of this sheet."""
    return next((each for each in presets().values() if _fits(each, sheet)), None)


def _fits(mapping: Mapping, sheet: Sheet) -> bool:
    return all(len(find_column(sheet.header, column)) == 1 for column in mapping.columns.values())


def _score(key: str, values: list[Cell], field: Field) -> float:
    word, form = _word_score(key, field), _shape_score(values, field)
    return word * (max(form, _NAMED) if key in map(header_key, field.words) else form)


def _word_score(key: str, field: Field) -> float:
    """How well a header's words name the field: 1 for its own name, less for later words and partial matches."""
    best = 0.0
    for rank, word in enumerate(map(header_key, field.words)):
        weight = 1.0 - 0.015 * rank
        if key == word:
            best = max(best, weight)
        elif len(word) > 1 and word in key and (not word.isascii() or len(word) > 3):
            best = max(best, weight * (0.4 + 0.5 * len(word) / len(key)))
    return best


def _shape_score(values: list[Cell], field: Field) -> float:
    """How far the column's values could be this field's; an empty column could be anything."""
    if not values:
        return 0.9
    if field.kind in NUMBERS:
        return _penalty(sum(map(looks_like_number, values)) / len(values))
    if field.kind == "date":
        return _penalty(sum(any(date_of(value, order) for order in ORDERS) for value in values) / len(values))
    if not all(isinstance(value, (str, int, float)) for value in values):
        return 0.2
    if field.kind == "code":
        return _penalty(sum(len(code_of(value)) <= field.longest for value in values) / len(values))
    if field.name in _NAMES:
        words = sum(not looks_like_number(value) for value in values) / len(values)
        return 0.5 + 0.5 * words
    return _penalty(sum(len(text_of(value)) <= field.longest for value in values) / len(values))


def _penalty(share: float) -> float:
    return share if share >= 0.8 else share * 0.4


def _column_name(header: Sequence[str], place: int) -> str:
    return header[place] if find_column(header, header[place]) == [place] else f"#{place + 1}"


def _tax_mode(keys: Sequence[str], places: dict[str, int]) -> dict[str, str]:
    """Headers often say whether the price includes tax."""
    place = places.get("unit_price", places.get("amount"))
    if place is None:
        return {}
    if any(word in keys[place] for word in _EXCLUSIVE):
        return {"tax_mode": "exclusive"}
    return {"tax_mode": "inclusive"} if any(word in keys[place] for word in _INCLUSIVE) else {}
