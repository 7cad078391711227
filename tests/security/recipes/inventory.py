"""Warehouses and what lies in them."""

from tests.security.recipes.book import PLAIN, RECORDS

RECORDS.update(
    {
        "receipt_id": "receipt.id",
        "warehouse": "warehouse.code",
        "warehouse_id": "warehouse.id",
        "DELETE /api/v1/warehouses/{warehouse_id}.warehouse_id": "warehouse.spare",
        "GoodsReceipt.number": "receipt.free",
        "WarehouseInput.code": "warehouse.code",
    }
)
PLAIN.update({"supplier": "", "reference": "", "reason": ""})
