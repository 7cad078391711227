"""The goods that proposed lines name, as staff see them."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.database import Tx
from dinghuo.orders.paste.facts import unit_names
from dinghuo.orders.paste.units import UnitName


class PasteUnit(msgspec.Struct, frozen=True):
    """A unit to order by."""

    unit: str
    name: str
    name_en: str | None


class PasteSku(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU that a proposed line, or an alternative of one, means. `image` is a file's hash."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    specification: str | None
    image: str | None
    base_unit: str
    default_unit: str
    units: list[PasteUnit]


_TEXTS = """
select s.id, s.name_en, s.specification, (
    select m.sha256 from product_media m
    where m.tenant_id = $1 and m.product_id = s.product_id and (m.sku_id = s.id or m.sku_id is null)
    order by m.sku_id is null, m.position limit 1
  ) as image
from sku s where s.tenant_id = $1 and s.id = any($2::uuid[])
"""


async def paste_skus(tx: Tx, skus: Sequence[SkuFacts]) -> list[PasteSku]:
    """These SKUs, in the order given."""
    if not skus:
        return []
    names = await unit_names(tx)
    rows = {row["id"]: row for row in await tx.fetch(_TEXTS, [sku.id for sku in skus])}
    return [
        PasteSku(
            id=sku.id,
            code=sku.code,
            name=sku.name,
            name_en=rows[sku.id]["name_en"],
            specification=rows[sku.id]["specification"],
            image=rows[sku.id]["image"],
            base_unit=sku.base_unit,
            default_unit=sku.sales_unit,
            units=[
                PasteUnit(
                    unit, names[unit].name if unit in names else unit, names[unit].name_en if unit in names else None
                )
                for unit in sorted(sku.units, key=lambda unit: (sku.units[unit][0] / sku.units[unit][1], unit))
            ],
        )
        for sku in skus
    ]


def _unit(unit: str, named: UnitName | None) -> PasteUnit:
    return PasteUnit(unit, named.name if named else unit, named.name_en if named else None)
