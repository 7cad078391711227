"""Units as people call them, in both languages: what is wrong with an order says 箱, not the unit's code."""

from collections.abc import Mapping

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Language

_UNITS = "select code, name, name_en from unit where tenant_id = $1"
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


def unit_told(units: Units, unit: str | None, language: Language) -> str:
    """A unit as people call it; its code where it has no name."""
    if unit is None:
        return ""
    return units[unit].told(language) if unit in units else unit


def with_unit_names(fault: Fault, units: Units) -> Fault:
    """The fault with units in its sentence as people call them; its parameters keep the codes."""
    words = {
        name: (unit_told(units, code, "zh"), unit_told(units, code, "en"))
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
