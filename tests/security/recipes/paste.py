"""Pasted orders, and what is learned of them."""

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.recipes.book import PLAIN, RECORDS, bodies

RECORDS.update({"phrase_id": "phrase.id"})
PLAIN.update({"phrase": "叫法"})


@bodies("POST /portal/v1/paste")
def _text(company: Company) -> list[Call]:
    return [Call(body={"text": f"{company['sku.code']} 2"})]


@bodies("POST /api/v1/orders/paste")
def _text_for(company: Company) -> list[Call]:
    return [Call(body={"customer": company["customer.code"], "text": f"{company['sku.code']} 2"})]


@bodies("POST /portal/v1/paste/sheet", "POST /api/v1/orders/paste/sheet")
def _sheet(company: Company) -> list[Call]:
    return [Call(content=f"code,quantity\n{company['sku.code']},1\n".encode())]
