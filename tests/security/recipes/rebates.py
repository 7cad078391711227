"""Rebates: agreements, what has accrued, balances, settlements."""

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.recipes.book import PLAIN, RECORDS, bodies

_AGREEMENTS = "/api/v1/rebates/agreements"

RECORDS.update(
    {
        "agreement": "rebate.code",
        "accrual_id": "accrual.id",
        "balance_id": "balance.id",
        "settlement_id": "settlement.id",
        f"GET {_AGREEMENTS}/{{code}}.code": "rebate.code",
        f"PATCH {_AGREEMENTS}/{{code}}.code": "rebate.code",
    }
)
# How much is to be paid by rebates.
PLAIN["use_rebate"] = "0"


def _aimed(company: Company) -> dict[str, object]:
    """With somebody and about something of each kind."""
    whom = ("customer", "tier", "region", "channel")
    what = ("sku", "product", "category", "brand")
    return {
        "organisation": company["organisation.code"],
        "audience": [{"kind": kind, "code": company[f"{kind}.code"]} for kind in whom],
        "items": [{"kind": kind, "code": company[f"{kind}.code"]} for kind in what],
    }


@bodies(f"PUT {_AGREEMENTS}")
def _agreements(company: Company) -> list[Call]:
    steps = {"measure": "gross", "period": "year", "valid_from": "2100-01-01", "steps": [{"from": "0", "value": "5"}]}
    return [
        Call(body={"items": [{"code": company["rebate.code"], "name": PLAIN["name"]} | _aimed(company)]}),
        Call(body={"items": [{"code": "NEW-R", "name": "new"} | steps | _aimed(company)]}),
    ]


@bodies(f"PATCH {_AGREEMENTS}/{{code}}")
def _agreement(company: Company) -> list[Call]:
    return [Call(path={"code": company["rebate.code"]}, body=_aimed(company))]


@bodies("POST /api/v1/rebates/settlements/preview")
def _seen(company: Company) -> list[Call]:
    return [Call(body={"until": "2024-12-31", "agreements": [company["rebate.code"]]})]


@bodies("POST /api/v1/rebates/settlements")
def _settled(company: Company) -> list[Call]:
    # What is due of every accrual that was founded: those of both customers, ten each.
    return [Call(body={"until": "2024-12-31", "agreements": [company["rebate.code"]], "expected": "20"})]
