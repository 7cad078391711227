"""Create and update products by the caller's own codes."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select

from dinghuo.catalogue.attachments import UNKNOWN_FILE, AttachmentInput, plan_attachments
from dinghuo.catalogue.rules import check_product
from dinghuo.catalogue.tables import brand, category, product, product_attachment, product_media, sku
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
    resolve,
    saved,
    store,
)
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.faults import Faults
from dinghuo.kit.files import PDF, stored_file
from dinghuo.kit.texts import storable


class MediaInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An uploaded picture by its hash; of one of the product's SKUs, by code, if that is named."""

    sha256: str
    sku: str | None = None


class ProductFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a product. A field left out stays as it is; `media` and `attachments`, when given, are
    all there are."""

    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    category: str | UnsetType | None = UNSET
    brand: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    state: Literal["active", "discontinued"] | UnsetType = UNSET
    attributes: dict[str, Any] | UnsetType = UNSET
    media: list[MediaInput] | UnsetType = UNSET
    attachments: list[AttachmentInput] | UnsetType = UNSET


class ProductInput(ProductFields, kw_only=True, forbid_unknown_fields=True):
    """One product to create or update."""

    code: str


_PLAIN = ("name", "name_en", "description", "state", "attributes")
_DEFAULTS: dict[str, Any] = {
    "name": None,
    "name_en": None,
    "category_id": None,
    "brand_id": None,
    "description": None,
    "state": "active",
    "attributes": {},
}


async def save_products(tx: Tx, *, products: Sequence[ProductInput], by: Actor, path: str = "items") -> Saved:
    """Create or update products by code, all or nothing, in a fixed number of statements."""
    faults = Faults(path)
    check_codes(faults, [item.code for item in products])
    for line, item in enumerate(products):
        check_product(faults, line, item)
    planned = await plan_products(tx, list(enumerate(products)), faults)
    for row in planned:
        if row.old is None and products[row.line].name is UNSET:
            faults.add(row.line, "name", MISSING)
    gone, media = await _plan_media(tx, planned, products, faults)
    taken, attachments = await plan_attachments(tx, planned, products, faults)
    faults.check()
    written = await store(tx, product, planned, by=by)
    await drop(tx, product_media, gone)
    await put(tx, product_media, media)
    await drop(tx, product_attachment, taken)
    await put(tx, product_attachment, attachments)
    if written:
        await touch(tx, "catalogue")
    return saved(planned)


async def plan_products(tx: Tx, items: Sequence[tuple[int, ProductInput]], faults: Faults) -> list[Planned]:
    """Merge products, each on its line of the request, into what is there; only `name` may still be missing."""
    tables = {"category": category, "brand": brand}
    wanted = {field: [getattr(item, field) for _, item in items] for field in tables}
    found = await resolve(
        tx, {field: (tables[field], "code", [code for code in codes if code]) for field, codes in wanted.items()}
    )
    rows = []
    for line, item in items:
        columns = given(item, _PLAIN)
        for field in tables:
            code = getattr(item, field)
            if code is not UNSET:
                columns[f"{field}_id"] = found[field].get(code) if code else None
                if code and code not in found[field]:
                    faults.add(line, field, UNKNOWN_CODE, code=code)
        rows.append((line, item.code, columns))
    return await plan(tx, product, rows, _DEFAULTS)


async def _plan_media(
    tx: Tx, planned: Sequence[Planned], products: Sequence[ProductInput], faults: Faults
) -> tuple[list[tuple[UUID, int]], list[dict[str, Any]]]:
    """Which rows of pictures go and which are written."""
    wanted = {row.line: media for row in planned if (media := products[row.line].media) is not UNSET}
    if not wanted:
        return [], []
    files = await _known_pictures(tx, [picture.sha256 for media in wanted.values() for picture in media])
    skus = await _skus_of(tx, [picture.sku for media in wanted.values() for picture in media if picture.sku])
    old: dict[UUID, dict[int, tuple[str, UUID | None]]] = {}
    ids = [row.id for row in planned if row.line in wanted and row.old]
    for found in await tx.rows(
        select(product_media).where(product_media.c.tenant_id == tx.tenant_id, among(product_media.c.product_id, ids))
    ):
        old.setdefault(found.product_id, {})[found.position] = (found.sha256, found.sku_id)
    gone, fresh = [], []
    for row in planned:
        if row.line not in wanted:
            continue
        before = old.get(row.id, {})
        after = dict(enumerate(_pictures(faults, row, wanted[row.line], files, skus)))
        if before != after:
            row.details["media"] = [[before[p][0] for p in sorted(before)], [sha256 for sha256, _ in after.values()]]
        gone += [(row.id, position) for position in before.keys() - after.keys()]
        fresh += [
            {"product_id": row.id, "position": position, "sha256": picture[0], "sku_id": picture[1]}
            for position, picture in after.items()
            if before.get(position) != picture
        ]
    return gone, fresh


def _pictures(
    faults: Faults,
    row: Planned,
    media: Sequence[MediaInput],
    files: set[str],
    skus: Mapping[str, tuple[UUID, UUID]],
) -> list[tuple[str, UUID | None]]:
    pictures = []
    for number, picture in enumerate(media):
        sku_id, product_id = skus.get(picture.sku or "", (None, None))
        if picture.sha256 not in files:
            faults.add(row.line, f"media[{number}].sha256", UNKNOWN_FILE, sha256=picture.sha256)
        if picture.sku and product_id != row.id:
            faults.add(row.line, f"media[{number}].sku", UNKNOWN_CODE, code=picture.sku)
        pictures.append((picture.sha256, sku_id))
    return pictures


async def _known_pictures(tx: Tx, hashes: Sequence[str]) -> set[str]:
    file = stored_file.c
    rows = await tx.rows(
        select(file.sha256).where(
            file.tenant_id == tx.tenant_id, among(file.sha256, storable(hashes)), file.content_type != PDF
        )
    )
    return {row.sha256 for row in rows}


async def _skus_of(tx: Tx, codes: Sequence[str]) -> dict[str, tuple[UUID, UUID]]:
    """SKU and product by the SKU's code."""
    if not codes:
        return {}
    rows = await tx.rows(
        select(sku.c.code, sku.c.id, sku.c.product_id).where(
            sku.c.tenant_id == tx.tenant_id, among(sku.c.code, storable(codes))
        )
    )
    return {row.code: (row.id, row.product_id) for row in rows}
