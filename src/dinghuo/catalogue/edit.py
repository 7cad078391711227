"""Edit one SKU, product or assortment as somebody saw it."""

from uuid import UUID

import msgspec
from sqlalchemy import Table, select

from dinghuo.catalogue.save_assortments import AssortmentFields, AssortmentInput, save_assortments
from dinghuo.catalogue.save_products import ProductFields, ProductInput, save_products
from dinghuo.catalogue.save_skus import SkuFields, SkuInput, save_skus
from dinghuo.catalogue.tables import assortment, product, sku
from dinghuo.identity.principals import Principal
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import Saved
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.revisions import check_revision


async def edit_sku(tx: Tx, *, sku_id: UUID, fields: SkuFields, revision: int, by: Actor) -> Saved:
    """Change what is given, provided that the SKU is still at this revision."""
    item = SkuInput(code=await _code(tx, sku, sku_id, revision), **msgspec.structs.asdict(fields))
    return await save_skus(tx, skus=[item], by=by, path="")


async def edit_product(tx: Tx, *, product_id: UUID, fields: ProductFields, revision: int, by: Actor) -> Saved:
    """Change what is given, provided that the product is still at this revision."""
    item = ProductInput(code=await _code(tx, product, product_id, revision), **msgspec.structs.asdict(fields))
    return await save_products(tx, products=[item], by=by, path="")


async def edit_assortment(
    tx: Tx, *, assortment_id: UUID, fields: AssortmentFields, revision: int, by: Actor, within: Principal | None
) -> Saved:
    """Change what is given, provided that the assortment is still at this revision."""
    code = await _code(tx, assortment, assortment_id, revision)
    item = AssortmentInput(code=code, **msgspec.structs.asdict(fields))
    return await save_assortments(tx, assortments=[item], by=by, within=within, path="")


async def _code(tx: Tx, table: Table, id: UUID, revision: int) -> str:
    """Lock the row and see that it is as it was read."""
    row = await tx.one(
        select(table.c.code, table.c.revision)
        .where(table.c.tenant_id == tx.tenant_id, table.c.id == id)
        .with_for_update(key_share=True)
    )
    if row is None:
        raise missing(str(table.name), id)
    check_revision(row.revision, revision)
    return str(row.code)
