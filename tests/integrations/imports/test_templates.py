"""Templates and what is told of the kinds: what a template holds is recognised as it stands."""

import pytest
from tests.integrations.imports.desk import Desk

pytestmark = pytest.mark.slow

KINDS = ["order_book", "customers", "skus", "prices", "stock"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_header_of_a_template_is_recognised(desk: Desk, kind: str, language: str) -> None:
    answer = await desk.client.get(f"/api/v1/imports/templates/{kind}.xlsx", params={"language": language})
    assert answer.status_code == 200
    look = (await desk.begin(kind, answer.content, f"{kind}.xlsx"))["look"]
    assert (look["rows"], look["missing"]) == (1, [])
    fields = [each["field"] for each in look["columns"]]
    assert None not in fields
    (about,) = [each for each in (await desk.call("GET", "/kinds"))["items"] if each["kind"] == kind]
    assert set(fields) <= {each["name"] for each in about["fields"]}
    assert [each["name"] for each in about["fields"] if each["name"] in fields] == fields


async def test_kinds_in_both_languages(desk: Desk) -> None:
    told = [await desk.call("GET", "/kinds", headers={"accept-language": each}) for each in ("zh", "en")]
    assert [[each["kind"] for each in kinds["items"]] for kinds in told] == [KINDS, KINDS]
    assert [kinds["items"][1]["label"] for kinds in told] == ["客户", "Customers"]
    assert [kinds["items"][0]["fields"][0]["label"] for kinds in told] == ["订单号", "Order number"]
    assert told[0]["items"][0]["needs"][-1] == ["customer_code", "customer_name"]


async def test_no_other_files(desk: Desk) -> None:
    for name in ("skus.csv", "orders.xlsx", "..%2Fskus.xlsx"):
        assert (await desk.client.get(f"/api/v1/imports/templates/{name}")).status_code == 404
