"""What becomes of orders: holds, amendments, payments, files."""

from datetime import UTC, datetime

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.recipes.book import PLAIN, RECORDS, WITHOUT_BODY, bodies

_ONE = "/orders/{order_id}/amendments/{amendment_id}"

RECORDS.update(
    {
        "amendment_id": "asked_amendment.id",
        "slip_id": "slip.id",
        "HoldsRequest.ids": "order.id",
        "LiftsRequest.ids": "held.id",
        "ShortClosesRequest.ids": "order.id",
        "AttachRequest.sha256": "order_file.sha256",
        "SlipRequest.sha256": "order_file.sha256",
        "POST /api/v1/orders/{order_id}/release.order_id": "held.id",
        "GET /api/v1/orders/{order_id}/holds.order_id": "held.id",
        "GET /api/v1/orders/{order_id}/amendments.order_id": "asked.id",
        "GET /portal/v1/orders/{order_id}/amendments.order_id": "asked.id",
        "POST /api/v1/orders/{order_id}/pay-by-balance.order_id": "due.id",
        "POST /portal/v1/orders/{order_id}/pay-by-balance.order_id": "due.id",
    }
)
for _base in ("/api/v1", "/portal/v1"):
    _file = f"{_base}/orders/{{order_id}}/attachments/{{sha256}}"
    RECORDS[f"GET {_file}.sha256"] = RECORDS[f"POST {_file}/remove.sha256"] = "order_file.sha256"
    RECORDS[f"GET {_base}{_ONE}.order_id"] = "asked.id"
    RECORDS[f"POST {_base}{_ONE}/withdraw.order_id"] = "asked.id"
for _verb in ("accept", "reject"):
    RECORDS[f"POST /api/v1{_ONE}/{_verb}.order_id"] = "asked.id"
for _verb in ("consent", "reject"):
    RECORDS[f"POST /portal/v1{_ONE}/{_verb}.order_id"] = "grown.id"
    RECORDS[f"POST /portal/v1{_ONE}/{_verb}.amendment_id"] = "grown_amendment.id"
RECORDS[f"POST /api/v1{_ONE}/withdraw.order_id"] = "amended.id"
RECORDS[f"POST /api/v1{_ONE}/withdraw.amendment_id"] = "own_amendment.id"
PLAIN.update({"payer": "付款人", "bank_reference": "", "reason": ""})
WITHOUT_BODY.update({"/accept", "/consent", "/remove"})


@bodies(
    "POST /api/v1/orders/{order_id}/amendments",
    "POST /api/v1/orders/{order_id}/amendments/preview",
    "POST /portal/v1/orders/{order_id}/amendments",
    "POST /portal/v1/orders/{order_id}/amendments/preview",
)
def _amended(company: Company) -> list[Call]:
    lines = [{"line_no": 1, "quantity": "2"}, {"sku": company["sku.code"], "quantity": "1"}]
    return [Call(body={"revision": 1, "lines": lines})]


@bodies("POST /api/v1/orders/{order_id}/slips", "POST /portal/v1/orders/{order_id}/slips")
def _slip(company: Company) -> list[Call]:
    today = datetime.now(UTC).date().isoformat()
    paper = {"sha256": company["order_file.sha256"], "name": PLAIN["name"]}
    return [Call(body={"amount": "1", "paid_on": today, "payer": PLAIN["payer"], **paper})]


@bodies("POST /api/v1/slips/{slip_id}/refuse")
def _refused(company: Company) -> list[Call]:
    return [Call(body={"reason": "未到账"})]


@bodies("POST /api/v1/orders/{order_id}/files", "POST /portal/v1/orders/{order_id}/files")
def _paper(company: Company) -> list[Call]:
    return [Call(content=f"%PDF-1.7 {company.mark} 9".encode())]


@bodies("POST /api/v1/orders/{order_id}/attachments", "POST /portal/v1/orders/{order_id}/attachments")
def _attached(company: Company) -> list[Call]:
    return [Call(body={"sha256": company["order_file.sha256"], "name": PLAIN["name"]})]


@bodies("PUT /api/v1/settings/orders")
def _settings(company: Company) -> list[Call]:
    return [Call(body={"dealer_amendments": "apply"})]


@bodies("PUT /api/v1/order-terms")
def _terms(company: Company) -> list[Call]:
    return [Call(body={"items": [{"customer": company["customer.code"], "substitution": "allowed"}]})]
