"""Which goods, where and how many: what callers write by codes and units, as ids and base units."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.inventory.levels import Place
from dinghuo.kit.bulk import MOST, TOO_MANY_ITEMS, UNKNOWN_CODE
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import MAX_QUANTITY, ZERO, base_quantity, fits, round_price
from dinghuo.kit.texts import storable

UNKNOWN_UNIT = Message(
    "stock-unknown-unit",
    "{code} 没有单位“{unit}”，可用：{units}",
    "{code} has no unit {unit}; use one of {units}",
    MALFORMED,
)
BAD_QUANTITY = Message(
    "stock-quantity",
    "数量 {quantity} 应在 {least} 到 {most} 之间，小数不超过 6 位",
    "The quantity {quantity} must be between {least} and {most}, with at most 6 decimals",
    MALFORMED,
)
NOTHING = Message("stock-nothing", "数量不能为 0", "A quantity of 0 changes nothing", MALFORMED)
NOT_EXACT = Message(
    "stock-not-exact",
    "{quantity} {unit} 折算成 {base_unit} 不是精确数量",
    "{quantity} {unit} is no exact quantity of {base_unit}",
    MALFORMED,
)
BAD_COST = Message(
    "stock-cost",
    "成本 {cost} 应在 0 到 {most} 之间，小数不超过 6 位",
    "The cost {cost} must be between 0 and {most}, with at most 6 decimals",
    MALFORMED,
)
TWICE = Message(
    "stock-twice",
    "{warehouse} 的 {sku} 与第 {other} 行重复",
    "{sku} in {warehouse} is on line {other} too",
    MALFORMED,
)
CLOSED = Message("warehouse-closed", "仓库 {code} 已关闭", "Warehouse {code} is closed", CONFLICT)

_WAREHOUSES = "select id, code, state from warehouse where tenant_id = $1 and code = any($2::text[])"


class Known(msgspec.Struct, frozen=True):
    """The SKUs and warehouses of a request. Its methods fault what is wrong with one item and answer None."""

    faults: Faults
    skus: Mapping[str, SkuFacts]
    warehouses: Mapping[str, tuple[UUID, str]]

    def sku(self, line: int, code: str, *, within: str = "") -> SkuFacts | None:
        found = self.skus.get(code)
        if found is None:
            self.faults.add(line, f"{within}sku", UNKNOWN_CODE, code=code)
        return found

    def warehouse(self, line: int, code: str, *, closed_too: bool = True, field: str = "warehouse") -> UUID | None:
        found = self.warehouses.get(code)
        if found is None:
            self.faults.add(line, field, UNKNOWN_CODE, code=code)
            return None
        if found[1] == "closed" and not closed_too:
            self.faults.add(line, field, CLOSED, code=code)
        return found[0]

    def in_base(
        self,
        line: int,
        sku: SkuFacts,
        quantity: Decimal,
        unit: str | None,
        *,
        least: Decimal = ZERO,
        zero: bool = False,
        within: str = "",
    ) -> Decimal | None:
        """The quantity in base units, which is also the unit meant when none is named."""
        ratio = sku.units.get(unit or sku.base_unit)
        if ratio is None:
            units = "、".join(sku.units)
            self.faults.add(line, f"{within}unit", UNKNOWN_UNIT, code=sku.code, unit=unit, units=units)
        sound = fits(quantity) and quantity >= least
        if not sound:
            bounds = {"least": f"{least:f}", "most": MAX_QUANTITY}
            self.faults.add(line, f"{within}quantity", BAD_QUANTITY, quantity=quantity, **bounds)
        if ratio is None or not sound:
            return None
        if not quantity and not zero:
            self.faults.add(line, f"{within}quantity", NOTHING)
            return None
        base = base_quantity(quantity, *ratio)
        if base is not None and not fits(base):
            bounds = {"least": f"{least:f}", "most": f"{MAX_QUANTITY} {sku.base_unit}"}
            self.faults.add(line, f"{within}quantity", BAD_QUANTITY, quantity=quantity, **bounds)
            return None
        if base is None:
            params = {"quantity": quantity, "unit": unit, "base_unit": sku.base_unit}
            self.faults.add(line, f"{within}quantity", NOT_EXACT, **params)
            return None
        return base

    def check_cost(
        self, line: int, sku: SkuFacts | None, unit: str | None, cost: Decimal | None, *, within: str = ""
    ) -> None:
        """Neither the cost of one `unit` nor that of one base unit may be more than can be kept."""
        if cost is None:
            return
        sound = fits(cost) and cost >= 0
        if sound and sku is not None and (unit or sku.base_unit) in sku.units:
            sound = fits(self.base_cost(sku, unit, cost) or ZERO)
        if not sound:
            self.faults.add(line, f"{within}unit_cost", BAD_COST, cost=cost, most=MAX_QUANTITY)

    @staticmethod
    def base_cost(sku: SkuFacts, unit: str | None, cost: Decimal | None) -> Decimal | None:
        """The cost of one base unit, when that of one `unit` is this."""
        if cost is None:
            return None
        numerator, denominator = sku.units[unit or sku.base_unit]
        return round_price(cost * denominator / numerator)


async def know(tx: Tx, *, skus: Iterable[str], warehouses: Iterable[str], count: int, path: str = "items") -> Known:
    """Look the codes of a request up; refused when it has too many items. `path` is where these are in it."""
    if count > MOST:
        raise Refused(TOO_MANY_ITEMS("items", most=MOST, count=count))
    rows = await tx.fetch(_WAREHOUSES, sorted(set(storable(warehouses))))
    return Known(
        Faults(path), await load_skus(tx, storable(skus)), {row["code"]: (row["id"], row["state"]) for row in rows}
    )


class OfPlace(Protocol):
    """Something said of a SKU in a warehouse: a quantity in `unit`, or in the SKU's base unit."""

    @property
    def warehouse(self) -> str: ...
    @property
    def sku(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit(self) -> str | None: ...


async def know_places(tx: Tx, items: Sequence[OfPlace]) -> dict[Place, tuple[int, Decimal]]:
    """What is said of each place: its line, and the quantity in base units. Refused when anything is wrong with any
    of it, a place said twice included."""
    known = await know(
        tx, skus=(item.sku for item in items), warehouses=(item.warehouse for item in items), count=len(items)
    )
    found: dict[Place, tuple[int, Decimal]] = {}
    for i, item in enumerate(items):
        sku, warehouse_id = known.sku(i, item.sku), known.warehouse(i, item.warehouse)
        quantity = known.in_base(i, sku, item.quantity, item.unit, zero=True) if sku else None
        if sku is None or warehouse_id is None or quantity is None:
            continue
        other, _ = found.setdefault((sku.id, warehouse_id), (i, quantity))
        if other != i:
            known.faults.add(i, "sku", TWICE, sku=item.sku, warehouse=item.warehouse, other=other + 1)
    known.faults.check()
    return found
