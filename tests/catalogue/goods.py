"""What tests of the catalogue write with."""

from decimal import Decimal
from typing import Any

import pytest
from tests.support import Tenant, contents

from dinghuo.catalogue.queries import SkuView, get_sku
from dinghuo.catalogue.save_skus import SkuInput, save_skus
from dinghuo.catalogue.tables import brand, category, unit
from dinghuo.kit.bulk import Saved
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.words import PlacedNodeInput, WordInput, save_words


def new_sku(code: str, **fields: Any) -> SkuInput:
    """A SKU with what a new one needs."""
    needed: dict[str, Any] = {"name": f"茶 {code}", "base_unit": "瓶", "tax_rate": Decimal("0.13")}
    return SkuInput(code=code, **needed | fields)


async def make_groups(database: Database, tenant: Tenant) -> None:
    """Units 瓶 箱 盒; category DRINK with TEA below it, and FOOD; brands B1 and B2."""

    async def write(tx: Tx) -> None:
        units = [WordInput(code=code, name=code) for code in ("瓶", "箱", "盒")]
        await save_words(tx, unit, items=units, by=tenant.owner, kind="catalogue")
        categories = [
            PlacedNodeInput(code="DRINK", name="饮料"),
            PlacedNodeInput(code="TEA", name="茶", parent="DRINK", position=1),
            PlacedNodeInput(code="FOOD", name="食品"),
        ]
        await save_words(tx, category, items=categories, by=tenant.owner, kind="catalogue")
        brands = [WordInput(code="B1", name="农夫"), WordInput(code="B2", name="康师傅")]
        await save_words(tx, brand, items=brands, by=tenant.owner, kind="catalogue")

    await database.run(tenant.id, write)


async def save(database: Database, tenant: Tenant, *skus: SkuInput) -> Saved:
    return await database.run(tenant.id, lambda tx: save_skus(tx, skus=skus, by=tenant.owner))


async def refused(database: Database, tenant: Tenant, *skus: SkuInput) -> list[tuple[str, str, int | None]]:
    """The faults as (code, field, line), once it is sure that nothing was written."""
    before = await contents(database, tenant)
    with pytest.raises(Refused) as error:
        await save(database, tenant, *skus)
    assert await contents(database, tenant) == before
    return [(fault.message.code, fault.field, fault.line) for fault in error.value.faults]


async def read(database: Database, tenant: Tenant, made: Saved, code: str) -> SkuView:
    async with database.transaction(tenant.id) as tx:
        view = await get_sku(tx, made.ids[code], seen_by=None, sellable_to=None, include=["units", "media", "cost"])
    assert view is not None
    return view


def units(view: SkuView) -> dict[str, tuple[int, int, str | None]]:
    assert isinstance(view.units, list)
    return {one.unit: (one.numerator, one.denominator, one.barcode) for one in view.units}
