"""Order rules, routes, calendars, quotas, blanket orders."""

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.recipes.book import PLAIN, RECORDS, WITHOUT_BODY, bodies

RECORDS.update(
    {
        "blanket": "blanket.number",
        "blanket_id": "blanket.id",
        "calendar": "calendar.code",
        "regions": "region.code",
        "CalendarInput.code": "calendar.code",
        "OrderRuleInput.code": "rule.code",
        "QuotaInput.code": "quota.code",
        "RouteInput.code": "route.code",
        "GET /api/v1/calendars/{code}/days.code": "calendar.code",
        "PUT /api/v1/blanket-orders/{blanket_id}.blanket_id": "blanket_draft.id",
        "POST /api/v1/blanket-orders/{blanket_id}/activate.blanket_id": "blanket_draft.id",
        "POST /api/v1/blanket-orders/{blanket_id}/close.blanket_id": "blanket_draft.id",
    }
)
PLAIN.update({"cut_off": "16:00", "at": "15:30"})
WITHOUT_BODY.update({"/activate"})


@bodies("PUT /api/v1/order-rules")
def _rules(company: Company) -> list[Call]:
    of = {kind: {"target": kind, kind: company[f"{kind}.code"]} for kind in ("tier", "region", "channel")}
    of["contract"] = {"target": "contract", "customer": company["customer.code"]}
    later = {"valid_from": "2090-01-01", "valid_until": "2090-12-31", "minimum": {"amount": "1.00"}}
    items: list[dict[str, object]] = [{"code": company["rule.code"], "name": PLAIN["name"]}]
    items += [{"code": f"NEW-{kind}", "name": kind, "kind": "minimum", **later, **by} for kind, by in of.items()]
    terms = {"cut_off": "16:00", "calendar": company["calendar.code"]}
    organisation = {"organisation": company["organisation.code"], "target": "base"}
    items.append({"code": "NEW", "name": "新", "kind": "delivery", "delivery": terms, **organisation})
    return [Call(body={"items": items})]


@bodies("PUT /api/v1/quotas")
def _quotas(company: Company) -> list[Call]:
    of = {kind: {"target": kind, kind: company[f"{kind}.code"]} for kind in ("tier", "region", "channel")}
    of["contract"] = {"target": "contract", "customer": company["customer.code"]}
    new = {"sku": company["sku.code"], "quantity": "5"}
    items: list[dict[str, object]] = [{"code": company["quota.code"], "name": PLAIN["name"]}]
    return [Call(body={"items": items + [{"code": f"NEW-{kind}", **new, **by} for kind, by in of.items()]})]


@bodies("PUT /api/v1/routes")
def _routes(company: Company) -> list[Call]:
    route = {"code": company["route.code"], "name": PLAIN["name"], "calendar": company["calendar.code"]}
    return [Call(body={"items": [route | {"regions": [company["region.code"]]}]})]


@bodies("PUT /api/v1/calendars")
def _calendars(company: Company) -> list[Call]:
    day = {"day": "2026-12-31", "kind": "holiday", "name": "盘点"}
    return [Call(body={"items": [{"code": company["calendar.code"], "days": [day]}]})]


@bodies("POST /api/v1/order-rules/delete")
def _no_rules(company: Company) -> list[Call]:
    return [Call(body={"codes": [company["rule.code"]]})]


@bodies("POST /api/v1/quotas/delete")
def _no_quotas(company: Company) -> list[Call]:
    return [Call(body={"codes": [company["quota.code"]]})]


@bodies("POST /api/v1/routes/delete")
def _no_routes(company: Company) -> list[Call]:
    return [Call(body={"codes": [company["route.code"]]})]


@bodies("POST /api/v1/calendars/delete")
def _no_calendars(company: Company) -> list[Call]:
    return [Call(body={"codes": [company["calendar.code"]]})]


@bodies("GET /api/v1/calendars/{code}/days")
def _days(company: Company) -> list[Call]:
    return [Call(query={"first": "2026-12-01", "last": "2026-12-31"})]


@bodies("POST /api/v1/blanket-orders", "PUT /api/v1/blanket-orders/{blanket_id}")
def _blanket(company: Company) -> list[Call]:
    line = {"sku": company["sku.code"], "unit": company["unit.code"], "quantity": "5", "price": "9"}
    head = {"customer": company["customer.code"], "organisation": company["organisation.code"], "currency": "CNY"}
    days = {"valid_from": "2024-01-01", "valid_until": "2099-12-31"}
    return [Call(body={**head, **days, "name": PLAIN["name"], "lines": [line]})]


@bodies("POST /api/v1/blanket-orders/{blanket_id}/close")
def _closed(company: Company) -> list[Call]:
    return [Call(body={"reason": None})]


@bodies(
    "POST /api/v1/blanket-orders/{blanket_id}/call-offs",
    "POST /api/v1/blanket-orders/{blanket_id}/call-offs/preview",
    "POST /portal/v1/blanket-orders/{blanket_id}/call-offs",
    "POST /portal/v1/blanket-orders/{blanket_id}/call-offs/preview",
)
def _call_off(company: Company) -> list[Call]:
    return [Call(body={"lines": [{"line_no": 1, "quantity": "1"}]})]
