"""Units as people call them, in both languages: what is wrong with an order says 箱, not the unit's code."""

import re
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Language
from dinghuo.kit.money import ZERO

_UNITS = "select code, name, name_en from unit where tenant_id = $1"
# Units that are the same however many there are; names that are not English words stay as they are, too.
_UNCOUNTED = frozenset(
    [
        "kg",
        "g",
        "mg",
        "t",
        "lb",
        "oz",
        "l",
        "ml",
        "cl",
        "m",
        "cm",
        "mm",
        "km",
        "m2",
        "m3",
        "pcs",
        "pc",
        "dozen",
        "gross",
    ]
)
_WORD = re.compile(r"[A-Za-z]+( [A-Za-z]+)*")
_COUNTED = re.compile(r"\{(\w+)\} \{(unit|base_unit)\}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_ONE_OF_IT = Decimal(1)
# Parameters of faults that hold a unit's code, and one that holds several.
_ONE, _SEVERAL, _COMMA = ("unit", "base_unit"), "units", "、"


class UnitName(msgspec.Struct, frozen=True):
    """What people call a unit."""

    name: str
    name_en: str | None

    def told(self, language: Language) -> str:
        return self.name if language == "zh" else self.name_en or self.name


Units = Mapping[str, UnitName]


async def unit_names(tx: Tx) -> Units:
    """What units are called, by their codes."""
    memory = await tx.cached("catalogue")
    known: dict[str, UnitName] | None = memory.get("unit_names")
    if known is None:
        known = {row["code"]: UnitName(row["name"], row["name_en"]) for row in await tx.fetch(_UNITS)}
        memory["unit_names"] = known
    return known


def unit_told(units: Units, unit: str | None, language: Language, quantity: Decimal = _ONE_OF_IT) -> str:
    """A unit as people call it beside so much of it; its code where it has no name."""
    if unit is None:
        return ""
    name = units[unit].told(language) if unit in units else unit
    return name if language == "zh" else unit_for(quantity, name)


def unit_for(quantity: Decimal, name: str) -> str:
    """The English name of a unit beside a quantity: 1 case, 2 cases."""
    if abs(quantity) == 1 or not _WORD.fullmatch(name) or name.lower() in _UNCOUNTED:
        return name
    if re.search(r"(s|x|z|ch|sh)$", name, re.IGNORECASE):
        return f"{name}es"
    return f"{name[:-1]}ies" if re.search(r"[^aeiou]y$", name, re.IGNORECASE) else f"{name}s"


def _counted(fault: Fault) -> dict[str, Decimal]:
    """How many of a unit the sentence speaks of, at most, by the unit's parameter."""
    found: dict[str, Decimal] = {}
    for count, unit in _COUNTED.findall(fault.message.en):
        said = str(fault.params.get(count, ""))
        if _NUMBER.fullmatch(said):
            found[unit] = max(found.get(unit, ZERO), abs(Decimal(said)))
    return found


def with_unit_names(fault: Fault, units: Units) -> Fault:
    """The fault with units in its sentence as people call them; its parameters keep the codes."""
    counts = _counted(fault)
    words = {
        name: (unit_told(units, code, "zh"), unit_told(units, code, "en", counts.get(name, _ONE_OF_IT)))
        for name in _ONE
        if isinstance(code := fault.params.get(name), str)
    }
    several = fault.params.get(_SEVERAL)
    if isinstance(several, str):
        codes = several.split(_COMMA)
        words[_SEVERAL] = (
            _COMMA.join(unit_told(units, code, "zh") for code in codes),
            ", ".join(unit_told(units, code, "en") for code in codes),
        )
    return fault.saying(words) if words else fault
