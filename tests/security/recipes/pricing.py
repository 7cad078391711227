"""Price lists, their entries and the grid."""

from dataclasses import replace
from itertools import product

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.recipes.book import PLAIN, RECORDS, WITHOUT_BODY, bodies

RECORDS.update(
    {
        "GET /api/v1/price-grid.list": "base.code",
    }
)
WITHOUT_BODY.update({"/publish"})


@bodies("PUT /api/v1/price-lists")
def _price_lists(company: Company) -> list[Call]:
    of = {kind: {"kind": kind, kind: company[f"{kind}.code"]} for kind in ("tier", "region", "channel")}
    of["contract"] = {"kind": "contract", "customer": company["customer.code"]}
    items = [{"code": company["contract_draft.code"], "name": PLAIN["name"]}]
    new = [{"code": f"NEW-{kind}", "name": kind, "valid_from": "2024-01-01", **target} for kind, target in of.items()]
    return [Call(body={"items": items + new})]


@bodies("PATCH /api/v1/price-lists/{code}")
def _price_list(company: Company) -> list[Call]:
    of = {kind: {"kind": kind, kind: company[f"{kind}.code"]} for kind in ("tier", "region", "channel")}
    of["contract"] = {"kind": "contract", "customer": company["customer.code"]}
    lists = (company["list_draft.code"], company["contract_draft.code"])
    return [Call(path={"code": code}, body=target) for code, target in product(lists, of.values())]


@bodies("GET /api/v1/price-lists/{code}", "GET /api/v1/price-lists/{code}/entries",
        "GET /api/v1/price-lists/{code}/history", "GET /api/v1/exports/price-lists/{code}",
        "POST /api/v1/price-lists/{code}/withdraw")  # fmt: skip
def _published(company: Company) -> list[Call]:
    return [Call(path={"code": company[kind]}) for kind in ("base.code", "contract.code")]


@bodies("POST /api/v1/price-lists/{code}/publish", "GET /api/v1/price-lists/{code}/check",
        "GET /api/v1/price-lists/{code}/backtest")  # fmt: skip
def _drafted(company: Company) -> list[Call]:
    return [Call(path={"code": company[kind]}) for kind in ("list_draft.code", "contract_draft.code")]


@bodies("PUT /api/v1/price-lists/{code}/entries")
def _prices(company: Company) -> list[Call]:
    price = {"sku": company["sku.code"], "unit": company["unit.code"], "minimum_quantity": "5", "price": "9"}
    return [replace(call, body={"items": [price]}) for call in _published(company)]


@bodies("POST /api/v1/price-lists/{code}/entries/delete")
def _no_prices(company: Company) -> list[Call]:
    price = {"sku": company["sku.code"], "unit": company["unit.code"]}
    return [replace(call, body={"items": [price]}) for call in _published(company)]


@bodies("GET /api/v1/price-grid")
def _grid(company: Company) -> list[Call]:
    lists = ("base.code", "contract.code")
    return [Call(query={"list": company[kind]}) for kind in lists]


@bodies("PUT /api/v1/price-grid")
def _cells(company: Company) -> list[Call]:
    cell = {"sku": company["sku.code"], "unit": company["unit.code"], "price": "9"}
    lists = ("base.code", "contract.code")
    return [Call(body={"cells": [cell | {"list": company[kind]}]}) for kind in lists]
