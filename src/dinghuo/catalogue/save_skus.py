"""Create and update SKUs by the caller's own codes, with their units and, where needed, their products."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select

from dinghuo.catalogue.in_use import used
from dinghuo.catalogue.rules import UnitInput, Units, check_sku, check_units, doubtful_barcodes, units_of
from dinghuo.catalogue.save_products import ProductInput, plan_products
from dinghuo.catalogue.tables import product, sku, sku_unit, unit
from dinghuo.kit import search
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import (
    MISSING,
    UNKNOWN_CODE,
    Planned,
    Saved,
    among,
    check_codes,
    drop,
    given,
    plan,
    put,
    saved,
    store,
)
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import storable

SEARCH_KIND = "sku"

PRODUCT_DIFFERS = Message(
    "product-differs",
    "商品“{product}”在第 {other} 行的写法不同",
    "Line {other} says something else of the product '{product}'",
    MALFORMED,
)
UNIT_IN_USE = Message(
    "unit-in-use",
    "单位“{unit}”仍被引用（{used_by}），不能去掉",
    "The unit '{unit}' is still referred to ({used_by}) and cannot be taken away",
    CONFLICT,
)
BASE_UNIT_IN_USE = Message(
    "base-unit-in-use",
    "“{code}”已有数据以基本单位计量（{used_by}），不能更改基本单位",
    "The base unit of '{code}' cannot change: quantities are kept in it ({used_by})",
    CONFLICT,
)


class SkuFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a SKU. A field left out stays as it is; `units`, when given, are all there are.

    `product` is a code; a product that is not there is made. `product_name`, `category` and `brand` are the
    product's. `tax_rate` null is exempt, which is not 0.
    """

    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    specification: str | UnsetType | None = UNSET
    product: str | UnsetType = UNSET
    product_name: str | UnsetType = UNSET
    category: str | UnsetType | None = UNSET
    brand: str | UnsetType | None = UNSET
    base_unit: str | UnsetType = UNSET
    sales_unit: str | UnsetType = UNSET
    units: list[UnitInput] | UnsetType = UNSET
    minimum_quantity: Decimal | UnsetType | None = UNSET
    multiple: Decimal | UnsetType | None = UNSET
    tax_rate: Decimal | UnsetType | None = UNSET
    supply_policy: Literal["refuse", "backorder", "presell", "untracked"] | UnsetType = UNSET
    weight_grams: int | UnsetType | None = UNSET
    state: Literal["active", "discontinued"] | UnsetType = UNSET
    attributes: dict[str, Any] | UnsetType = UNSET


class SkuInput(SkuFields, kw_only=True, forbid_unknown_fields=True):
    """One SKU to create or update. A new one needs name, base_unit and tax_rate."""

    code: str


_PLAIN = (
    "name",
    "name_en",
    "specification",
    "base_unit",
    "sales_unit",
    "minimum_quantity",
    "multiple",
    "tax_rate",
    "supply_policy",
    "weight_grams",
    "state",
    "attributes",
)
_NEEDED = ("name", "base_unit", "tax_rate")
_DEFAULTS: dict[str, Any] = {
    "name": None,
    "name_en": None,
    "specification": None,
    "base_unit": None,
    "sales_unit": None,
    "minimum_quantity": None,
    "multiple": None,
    "tax_rate": None,
    "supply_policy": "refuse",
    "weight_grams": None,
    "state": "active",
    "attributes": {},
}
# What a SKU is found by.
_SEARCHED = frozenset({"name", "name_en", "specification", "units"})


async def save_skus(tx: Tx, *, skus: Sequence[SkuInput], by: Actor, path: str = "items") -> Saved:
    """Create or update SKUs by code, all or nothing, in a fixed number of statements."""
    faults = Faults(path)
    check_codes(faults, [item.code for item in skus])
    for line, item in enumerate(skus):
        check_sku(faults, line, item)
    products = await _plan_products(tx, skus, faults)
    planned = await plan(
        tx,
        sku,
        [
            (line, item.code, given(item, _PLAIN) | {"product_id": products[line].id})
            for line, item in enumerate(skus)
        ],
        _DEFAULTS,
    )
    _check_needed(planned, skus, faults)
    old, units = await _plan_units(tx, planned, skus, faults)
    warnings = _check(planned, skus, units, faults)
    await _check_use(tx, planned, old, units, faults)
    faults.check()
    await store(tx, product, list({row.id: row for row in products.values()}.values()), by=by)
    written = await store(tx, sku, planned, by=by)
    await _store_units(tx, planned, old, units)
    await _file(tx, written, units)
    if written or any(row.is_written for row in products.values()):
        await touch(tx, "catalogue")
    return saved(planned, warnings)


async def _plan_products(tx: Tx, skus: Sequence[SkuInput], faults: Faults) -> dict[int, Planned]:
    """The product of each line: as named, else the one it has, else one of its own with its code and name."""
    rows = await tx.rows(
        select(sku.c.code, product.c.code.label("product"))
        .join(product, (product.c.tenant_id == sku.c.tenant_id) & (product.c.id == sku.c.product_id))
        .where(sku.c.tenant_id == tx.tenant_id, among(sku.c.code, storable(item.code for item in skus)))
    )
    current = {row.code: row.product for row in rows}
    codes = [current.get(item.code, item.code) if item.product is UNSET else item.product for item in skus]
    merged: dict[str, tuple[int, ProductInput]] = {}
    for line, (code, item) in enumerate(zip(codes, skus, strict=True)):
        first, fields = merged.setdefault(code, (line, ProductInput(code=code)))
        for name, value in (("name", item.product_name), ("category", item.category), ("brand", item.brand)):
            if value is UNSET:
                continue
            if getattr(fields, name) not in (UNSET, value):
                faults.add(
                    line, name if name != "name" else "product_name", PRODUCT_DIFFERS, product=code, other=first + 1
                )
            setattr(fields, name, value)
    planned = {row.code: row for row in await plan_products(tx, list(merged.values()), faults)}
    for row in planned.values():
        if row.new["name"] is None and isinstance(skus[row.line].name, str):
            row.new["name"] = skus[row.line].name
    return {line: planned[code] for line, code in enumerate(codes)}


def _check_needed(planned: Iterable[Planned], skus: Sequence[SkuInput], faults: Faults) -> None:
    for row in planned:
        if row.new["sales_unit"] is None:
            row.new["sales_unit"] = row.new["base_unit"]
        if row.old is None:
            for name in _NEEDED:
                if getattr(skus[row.line], name) is UNSET:
                    faults.add(row.line, name, MISSING)


async def _plan_units(
    tx: Tx, planned: Sequence[Planned], skus: Sequence[SkuInput], faults: Faults
) -> tuple[dict[UUID, Units], dict[UUID, Units]]:
    """The units of each SKU as they are and as they shall be."""
    old: dict[UUID, Units] = {row.id: {} for row in planned}
    stored = [row.id for row in planned if row.old]
    statement = select(sku_unit).where(sku_unit.c.tenant_id == tx.tenant_id, among(sku_unit.c.sku_id, stored))
    for found in await tx.rows(statement) if stored else ():
        old[found.sku_id][found.unit] = UnitInput(
            unit=found.unit, numerator=found.numerator, denominator=found.denominator, barcode=found.barcode
        )
    units: dict[UUID, Units] = {}
    for row in planned:
        if row.new["base_unit"] is not None:
            wanted = skus[row.line].units
            units[row.id] = units_of(row.new["base_unit"], None if wanted is UNSET else wanted, old[row.id])
            if units[row.id] != old[row.id]:
                row.details["units"] = [_told(old[row.id]), _told(units[row.id])]
    await _check_known(tx, skus, faults)
    return old, units


def _told(units: Units) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(units[name]) for name in sorted(units)]


async def _check_known(tx: Tx, skus: Sequence[SkuInput], faults: Faults) -> None:
    named = [
        (line, field, code)
        for line, item in enumerate(skus)
        for field, code in [
            ("base_unit", item.base_unit),
            ("sales_unit", item.sales_unit),
            *((f"units[{n}].unit", one.unit) for n, one in enumerate([] if item.units is UNSET else item.units)),
        ]
        if isinstance(code, str)
    ]
    rows = await tx.rows(
        select(unit.c.code).where(
            unit.c.tenant_id == tx.tenant_id, among(unit.c.code, storable(c for _, _, c in named))
        )
    )
    known = {row.code for row in rows}
    for line, field, code in named:
        if code not in known:
            faults.add(line, field, UNKNOWN_CODE, code=code)


def _check(
    planned: Iterable[Planned], skus: Sequence[SkuInput], units: Mapping[UUID, Units], faults: Faults
) -> list[Fault]:
    warnings: list[Fault] = []
    for row in planned:
        item = skus[row.line]
        # Of a code given twice, the last line's units are here.
        if row.new["base_unit"] in units.get(row.id, {}):
            check_units(
                faults,
                row.line,
                base_unit=row.new["base_unit"],
                old_base=row.old["base_unit"] if row.old else None,
                sales_unit=row.new["sales_unit"],
                units=units[row.id],
                given=item.units is not UNSET,
            )
        if item.units is not UNSET and "units" in row.details:
            warnings += doubtful_barcodes(faults, row.line, item.units)
    return warnings


async def _check_use(
    tx: Tx, planned: Sequence[Planned], old: Mapping[UUID, Units], units: Mapping[UUID, Units], faults: Faults
) -> None:
    """No unit disappears that something refers to, and no base unit changes that something is counted in."""
    rebased = {row.id: row for row in planned if row.old and row.old["base_unit"] != row.new["base_unit"]}
    if rebased:
        # Whoever is about to refer to one of these waits from here on; the look comes after.
        await tx.rows(
            select(sku.c.id)
            .where(sku.c.tenant_id == tx.tenant_id, among(sku.c.id, sorted(rebased)))
            .order_by(sku.c.id)
            .with_for_update()
        )
        for (id,), used_by in (await used(tx, sku, [(id,) for id in rebased])).items():
            row = rebased[id]
            faults.add(row.line, "base_unit", BASE_UNIT_IN_USE, code=row.code, used_by=used_by)
    lines = {row.id: row.line for row in planned}
    gone = [(id, name) for id, wanted in units.items() for name in old[id].keys() - wanted.keys()]
    for (id, name), used_by in (await used(tx, sku_unit, gone)).items():
        faults.add(lines[id], "units", UNIT_IN_USE, unit=name, used_by=used_by)


async def _store_units(
    tx: Tx, planned: Iterable[Planned], old: Mapping[UUID, Units], units: Mapping[UUID, Units]
) -> None:
    changed = [row.id for row in planned if "units" in row.details]
    await drop(tx, sku_unit, [(id, name) for id in changed for name in old[id].keys() - units[id].keys()])
    fresh = [
        {"sku_id": id, **msgspec.structs.asdict(one)}
        for id in changed
        for name, one in units[id].items()
        if old[id].get(name) != one
    ]
    await put(tx, sku_unit, fresh)


async def _file(tx: Tx, written: Iterable[Planned], units: Mapping[UUID, Units]) -> None:
    texts = {}
    for row in written:
        if row.old is None or _SEARCHED & row.changes.keys():
            named = (row.new[name] for name in ("name", "name_en", "specification"))
            texts[row.id] = [row.code, *named, *(one.barcode for one in units[row.id].values())]
    await search.file(tx, SEARCH_KIND, texts)
