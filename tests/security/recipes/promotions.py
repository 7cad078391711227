"""Promotions, their coupons and budgets."""

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.recipes.book import PLAIN, WITHOUT_BODY, bodies

PLAIN.update({"coupons": "", "exclusion_group": ""})
WITHOUT_BODY.update({"/publish", "/withdraw"})


def _aimed(company: Company) -> dict[str, object]:
    """For somebody and for something of each kind."""
    whom = ("customer", "tier", "region", "channel")
    what = ("sku", "product", "category", "brand")
    return {
        "audience": [{"kind": kind, "code": company[f"{kind}.code"]} for kind in whom],
        "items": [{"kind": kind, "code": company[f"{kind}.code"]} for kind in what],
    }


@bodies("PUT /api/v1/promotions")
def _promotions(company: Company) -> list[Call]:
    steps = {"kind": "percent", "valid_from": "2024-01-01T00:00:00Z", "steps": [{"from": "0", "value": "5"}]}
    gift = {
        "kind": "buy_get",
        "valid_from": "2024-01-01T00:00:00Z",
        "steps": [{"from": "1", "value": "1"}],
        "gift": {"sku": company["sku.code"], "unit": company["unit.code"]},
    }
    return [
        Call(body={"items": [{"code": company["promotion_draft.code"], "name": PLAIN["name"]} | _aimed(company)]}),
        Call(body={"items": [{"code": "NEW-P", "name": "new"} | steps | _aimed(company)]}),
        Call(body={"items": [{"code": "NEW-G", "name": "new"} | gift]}),
    ]


@bodies("PATCH /api/v1/promotions/{code}")
def _promotion(company: Company) -> list[Call]:
    return [Call(path={"code": company["promotion_draft.code"]}, body=_aimed(company))]


@bodies("GET /api/v1/promotions/{code}", "GET /api/v1/promotions/{code}/budget",
        "GET /api/v1/promotions/{code}/budget/customers", "GET /api/v1/promotions/{code}/budget/entries",
        "GET /api/v1/promotions/{code}/coupons", "GET /api/v1/promotions/{code}/history",
        "POST /api/v1/promotions/{code}/withdraw")  # fmt: skip
def _published(company: Company) -> list[Call]:
    return [Call(path={"code": company["promotion.code"]})]


@bodies("POST /api/v1/promotions/{code}/publish", "GET /api/v1/promotions/{code}/check",
        "GET /api/v1/promotions/{code}/backtest")  # fmt: skip
def _drafted(company: Company) -> list[Call]:
    return [Call(path={"code": company["promotion_draft.code"]})]


@bodies("PUT /api/v1/promotions/{code}/coupons")
def _coupons(company: Company) -> list[Call]:
    items = [{"code": f"{company.mark}-NEW", "customer": company["customer.code"]}]
    return [Call(path={"code": company["promotion.code"]}, body={"items": items})]


@bodies("POST /api/v1/promotions/{code}/try")
def _tried(company: Company) -> list[Call]:
    order = {"customer": company["customer.code"], "lines": [{"sku": company["sku.code"], "quantity": "1"}]}
    return [Call(path={"code": company["promotion_draft.code"]}, body=order)]
