"""Warehouses and what lies in them."""

from tests.security.recipes.book import PLAIN, RECORDS

RECORDS.update(
    {
        "receipt_id": "receipt.id",
        "warehouse": "warehouse.code",
        "GoodsReceipt.number": "receipt.free",
        "WarehouseInput.code": "warehouse.code",
    }
)
PLAIN.update({"supplier": "", "reference": "", "reason": ""})
