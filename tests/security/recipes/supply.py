"""What is expected, transfers, count sheets, lots, who is served first and from where."""

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.recipes.book import RECORDS, WITHOUT_BODY, bodies

RECORDS.update(
    {
        "count_id": "count.id",
        "from": "warehouse.code",
        "lot_id": "lot.id",
        "skus": "sku.code",
        "supply": "supply.code",
        "to": "warehouse.other",
        "transfer_id": "transfer.id",
        "warehouses": "warehouse.code",
        "lot": "lot.number",
        "GET /api/v1/stock/moves.lot": "lot.id",
        "GET /api/v1/expected-supply.document": "supply.document",
        "SupplyInput.code": "supply.code",
        "SupplyInput.document": "supply.document",
        "TransferInput.number": "receipt.free",
        "POST /api/v1/transfers/{transfer_id}/receive.transfer_id": "transfer.shipped",
    }
)
WITHOUT_BODY.update({"/promise", "/ship", "/transfers/{transfer_id}/cancel", "/stock-counts/{count_id}/cancel",
                     "/stock-counts/{count_id}/submit", "/unblock"})  # fmt: skip


@bodies("POST /api/v1/goods-receipts")
def _receipts(company: Company) -> list[Call]:
    expected = {"sku": company["sku.code"], "quantity": "1", "supply": company["supply.code"]}
    named = expected | {"unit": company["unit.code"], "unit_cost": "1"}
    new = {"sku": company["sku.lotted"], "quantity": "1", "lot": {"number": "NEW", "expires_on": "2099-01-01"}}
    known = {"sku": company["sku.lotted"], "quantity": "1", "lot": {"number": company["lot.number"]}}
    receipt = {"warehouse": company["warehouse.code"], "lines": [named, new, known]}
    return [Call(body={"items": [receipt | {"number": company["receipt.free"]}]})]


@bodies("POST /api/v1/stock/adjustments")
def _adjustments(company: Company) -> list[Call]:
    plain = {"sku": company["sku.code"], "unit": company["unit.code"]}
    lotted = {"sku": company["sku.lotted"], "lot": company["lot.number"]}
    of = {"warehouse": company["warehouse.code"], "quantity": "-1", "reason": "damaged"}
    return [Call(body={"items": [plain | of, lotted | of]})]


@bodies("PUT /api/v1/allocation-priorities")
def _priorities(company: Company) -> list[Call]:
    items = [{"kind": kind, "code": company[f"{kind}.code"], "priority": 7} for kind in ("customer", "tier")]
    return [Call(body={"items": items})]


@bodies("PUT /api/v1/minimum-life")
def _lives(company: Company) -> list[Call]:
    items = [{"kind": kind, "code": company[f"{kind}.code"], "days": 7} for kind in ("customer", "tier")]
    return [Call(body={"items": items})]


@bodies("POST /api/v1/allocation")
def _allocation(company: Company) -> list[Call]:
    return [Call(body={"sku": company["sku.code"], "warehouse": company["warehouse.code"]})]


@bodies("PUT /api/v1/settings/inventory")
def _settings(_: Company) -> list[Call]:
    return [Call(body={"allocation": "fair_share", "fewest_splits": "order", "longest_wait_days": 10})]


@bodies("PUT /api/v1/stock-counts/{count_id}/lines")
def _counted(company: Company) -> list[Call]:
    line = {"sku": company["sku.code"], "unit": company["unit.code"], "quantity": "1000"}
    return [Call(body={"items": [line]})]


@bodies("POST /api/v1/transfers/{transfer_id}/receive")
def _arrived(_: Company) -> list[Call]:
    return [Call(body={"lines": [{"line_no": 1, "quantity": "1"}]})]


@bodies("POST /api/v1/lots/{lot_id}/block")
def _blocked(_: Company) -> list[Call]:
    return [Call(body={"reason": "召回"})]
