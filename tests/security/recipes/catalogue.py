"""Goods and how they are grouped, who may see them."""

from typing import Any

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.founding import PICTURE
from tests.security.recipes.book import PLAIN, RECORDS, bodies

RECORDS.update(
    {
        "assortment_id": "assortment.id",
        "barcode": "unit.barcode",
        "base_unit": "unit.code",
        "brand": "brand.code",
        "category": "category.code",
        "product": "product.code",
        "product_id": "product.id",
        "sales_unit": "unit.code",
        "sha256": "file.sha256",
        "sku": "sku.code",
        "sku_id": "sku.id",
        "unit": "unit.code",
        "GET /api/v1/products.code": "product.code",
        "GET /api/v1/skus.code": "sku.code",
        "AssortmentInput.code": "assortment.code",
        "PlacedNodeInput.code": "category.code",
        "PlacedNodeInput.parent": "category.parent",
        "ProductInput.code": "product.code",
        "SkuInput.code": "sku.code",
        "PUT /api/v1/brands.code": "brand.code",
        "PUT /api/v1/units.code": "unit.code",
        "PlacedNodeFields.parent": "category.parent",
        "PATCH /api/v1/categories/{key}.key": "category.id",
        "PATCH /api/v1/brands/{key}.key": "brand.id",
        "PATCH /api/v1/units/{key}.key": "unit.code",
        "DELETE /api/v1/categories/{key}.key": "category.spare",
        "DELETE /api/v1/brands/{key}.key": "brand.spare",
        "DELETE /api/v1/units/{key}.key": "unit.spare",
    }
)
PLAIN.update({"description": "", "product_name": "", "specification": ""})


@bodies("POST /api/v1/files")
def _file(company: Company) -> list[Call]:
    return [Call(content=PICTURE.format(company.mark + " 2").encode())]


@bodies("PUT /api/v1/assortments")
def _assortments(company: Company) -> list[Call]:
    return [Call(body={"items": [{"code": company["assortment.code"], **_members(company)}]})]


@bodies("PATCH /api/v1/assortments/{assortment_id}")
def _assortment(company: Company) -> list[Call]:
    return [Call(body=_members(company))]


def _members(company: Company) -> dict[str, Any]:
    audience, items = ("customer", "tier", "region", "channel"), ("sku", "product", "category", "brand")
    members = {
        name: [{"kind": kind, "code": company[f"{kind}.code"]} for kind in kinds]
        for name, kinds in (("audience", audience), ("items", items))
    }
    return {"name": PLAIN["name"], **members}
