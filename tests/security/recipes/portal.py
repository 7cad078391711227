"""What a dealer does."""

from typing import cast

from tests.security.calls import Call, Ref
from tests.security.company import Company
from tests.security.recipes.book import PLAIN, RECORDS, WITHOUT_BODY, bodies

RECORDS.update(
    {
        "list_id": "shopping_list.id",
        "QuickEntry.code": "sku.code",
        "DELETE /portal/v1/drafts/{draft_id}.draft_id": "parked.id",
        "GET /portal/v1/drafts/{draft_id}.draft_id": "parked.id",
        "POST /portal/v1/drafts/{draft_id}/resume.draft_id": "parked.id",
        "POST /portal/v1/drafts/{draft_id}/submit.draft_id": "parked.id",
        "POST /portal/v1/drafts/{draft_id}/ask.draft_id": "parked.id",
        "GET /portal/v1/consents/{draft_id}.draft_id": "consent.id",
        "POST /portal/v1/consents/{draft_id}/approve.draft_id": "consent.id",
        "PUT /portal/v1/consents/{draft_id}/lines.draft_id": "consent.id",
        "POST /portal/v1/consents/{draft_id}/reject.draft_id": "consent.id",
        "POST /portal/v1/consents/{draft_id}/take-back.draft_id": "consent.id",
        "GET /portal/v1/proposals/{draft_id}.draft_id": "proposal.id",
        "POST /portal/v1/proposals/{draft_id}/confirm.draft_id": "proposal.id",
        "POST /portal/v1/proposals/{draft_id}/decline.draft_id": "proposal.id",
    }
)
PLAIN.update(
    {
        "answer": "",
        "GET /portal/v1/price.quantity": "1",
        "POST /portal/v1/cart/sheet.code": "",
        "POST /portal/v1/cart/sheet.unit": "",
        "POST /portal/v1/cart/sheet.quantity": "",
    }
)
WITHOUT_BODY.update({"/add", "/clear", "/reorder", "/resume", "/submit", "/take-back"})


@bodies("POST /portal/v1/cart/quick")
def _quick(company: Company) -> list[Call]:
    return [Call(body={"entries": [{"code": company["sku.code"], "quantity": "1"}], "add": True})]


@bodies("POST /portal/v1/cart/sheet")
def _sheet(company: Company) -> list[Call]:
    return [Call(query={"add": "true"}, content=f"code,quantity\n{company['sku.code']},1\n".encode())]


@bodies("PUT /portal/v1/settings/consent")
def _consent_rule(_company: Company) -> list[Call]:
    return [Call(body={"active": True, "above": "100000000.00"})]


@bodies("GET /portal/v1/orders/{order_id}/lines/{line_no}/price")
def _why_of_order(company: Company) -> list[Call]:
    return [Call(path={"order_id": company["order.id"], "line_no": cast(Ref, "1")})]


@bodies("PUT /portal/v1/consents/{draft_id}/lines")
def _asked_lines(company: Company) -> list[Call]:
    revision = company.revisions.get(str(company["consent.id"]), 1)
    return [Call(body={"revision": revision, "lines": [{"line_no": 1, "quantity": "2"}]})]


@bodies("POST /portal/v1/consents/{draft_id}/reject")
def _reject(_company: Company) -> list[Call]:
    return [Call(body={"reason": "太多"})]


@bodies("POST /portal/v1/inbox/read")
def _read_messages(_company: Company) -> list[Call]:
    return [Call(body={"all": True})]


@bodies("PUT /api/v1/settings/portal")
def _portal(company: Company) -> list[Call]:
    return [Call(body={"availability": "word"})]
