"""To one company another does not exist: its ids and codes are unknown ones, and nothing of it is ever read."""

import httpx
import pytest
from tests.security.calls import Call, exchanged, filtered, places, send, told
from tests.security.company import Company
from tests.security.conftest import Lab
from tests.security.operations import Operation
from tests.security.people import Person
from tests.security.recipes import calls, looks
from tests.support import contents

from dinghuo.identity.permissions import PUBLIC
from dinghuo.integrations.imports.kinds import NAMES
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

# Found or made under a code of one's own, absent, or wrong in a request that was understood.
AS_UNKNOWN = {200, 201, 404, 422}
# What tells no names: permissions are the same everywhere, these costs and entries are amounts, days and ids.
WITHOUT_TEXTS = {
    "GET /api/v1/permissions",
    "GET /api/v1/skus/{sku_id}/costs",
    "GET /api/v1/skus/{sku_id}/floors",
    "GET /api/v1/accounts/{account_id}/entries",
    "GET /api/v1/promotions/{code}/budget",
    "GET /api/v1/rebates/accruals/{accrual_id}/sales",
    "GET /api/v1/rebates/balances/{balance_id}/entries",
    "GET /portal/v1/rebates/{balance_id}/entries",
    "GET /api/v1/settings/company",
    "GET /api/v1/settings/orders",
    "GET /api/v1/settings/inventory",
    "GET /api/v1/settings/portal",
    # No lots are kept of what was ordered.
    "GET /api/v1/orders/{order_id}/lots",
    "GET /api/v1/settings/wechat",
    "GET /api/v1/notices/{notice_id}/readership",
    # Nothing, to who asks for the first time.
    "GET /api/v1/changes",
    "GET /portal/v1/changes",
    "GET /portal/v1/wechat",
    "GET /api/v1/imports/kinds",
    *(f"GET /api/v1/imports/templates/{kind}.xlsx" for kind in NAMES),
    "GET /portal/v1/credit",
    "GET /api/v1/me/figures",
    "GET /api/v1/approval-kinds",
    "GET /api/v1/approvals/count",
    "GET /api/v1/inbox/count",
    "GET /portal/v1/inbox/count",
    "GET /api/v1/wecom-app",
    "GET /api/v1/wecom/door",
    # Nothing waits, nobody has coupons, nothing was told yet; a workbook; a rule's amount.
    "GET /api/v1/waiting-lines",
    "GET /portal/v1/coupons",
    "GET /portal/v1/inbox",
    "GET /api/v1/exports/lots/{lot_id}",
    "GET /portal/v1/settings/consent",
}


def masters(people: list[Person]) -> dict[str, Person]:
    """Who may do everything, by audience."""
    return {person.audience: person for person in people if person.name in ("owner", "dealer_admin")}


def variants(operation: Operation, company: Company) -> list[Call]:
    """The calls of an operation, and each narrowed by each record it can be filtered by."""
    made = calls(operation, company)
    return made + [narrowed for call in made for _, narrowed in filtered(call)]


async def test_what_is_another_companys_is_answered_as_what_nobody_has(
    lab: Lab, database: Database, people: list[Person], other_company: Company, contract: list[Operation]
) -> None:
    before = await contents(database, other_company.tenant)
    other = other_company.knowing(session_id=(await _session(database, other_company)))
    wrong, exchanges = [], 0
    for operation in contract:
        if operation.permission == PUBLIC:
            continue
        person = masters(people)[operation.audience]
        headers = person.headers(operation.permission)
        for call in variants(operation, person.company):
            for place, ref in places(call):
                answers = []
                for value in (other.counterpart(ref), person.company.unknown(ref)):
                    async with lab.sandbox.undone():
                        answer = await send(lab.client, operation, exchanged(call, place, value), headers)
                    answers.append(told(answer, value))
                exchanges += 1
                foreign, unknown = answers
                if foreign != unknown or foreign[0] not in AS_UNKNOWN:
                    wrong.append(f"{operation.name} {place} {ref.kind}:\n  {foreign}\n  {unknown}")
    assert not wrong, "\n".join(wrong)
    assert exchanges > 200
    assert await contents(database, other_company.tenant) == before


async def _session(database: Database, company: Company) -> str:
    async with database.transaction(company.tenant.id) as tx:
        return str((await tx.fetch("select id from session where tenant_id = $1 limit 1"))[0]["id"])


@pytest.mark.parametrize("side", ["one", "other"])
async def test_nothing_of_another_company_is_ever_read(
    caller: httpx.AsyncClient,
    app: object,
    database: Database,
    company: Company,
    other_company: Company,
    people: list[Person],
    other_people: list[Person],
    contract: list[Operation],
    side: str,
) -> None:
    """Every page of everything, as each company's owner: full of one's own mark and without the other's."""
    readers = masters(people if side == "one" else other_people)
    own, foreign = (company, other_company) if side == "one" else (other_company, company)
    silent = []
    for operation in contract:
        if not operation.is_read:
            continue
        person = readers[operation.audience]
        heard = False
        for call in looks(operation, person.company):
            answer = await send(caller, operation, call, person.headers(operation.permission))
            assert answer.is_success, (operation.name, answer.text)
            for text in (answer.text, answer.text.lower()):
                assert foreign.mark not in text and foreign.mark.lower() not in text, (operation.name, answer.text)
            heard = heard or own.mark in answer.text or own.mark.lower() in answer.text
            assert not _ids(foreign) & set(answer.text.split('"')), operation.name
        if not heard:
            silent.append(operation.name)
    assert set(silent) == WITHOUT_TEXTS


def _ids(company: Company) -> set[str]:
    return {ref for ref in company.refs.values() if ref.kind.endswith(".id")}


async def test_a_credential_opens_no_other_company(
    caller: httpx.AsyncClient, company: Company, other_company: Company
) -> None:
    """Not by its number in a key, and not by the id of a customer in X-Customer."""
    key = company.key("owner")["x-api-key"]
    forged = ".".join([str(other_company.tenant.id), *key.split(".")[1:]])
    assert (await caller.get("/api/v1/me", headers={"x-api-key": key})).is_success
    assert (await caller.get("/api/v1/me", headers={"x-api-key": forged})).status_code == 401
    answers = []
    for customer in (company["customer.id"], other_company["customer.id"], company.unknown(company["customer.id"])):
        headers = {**company.key("dealer_admin"), "x-customer": customer}
        answers.append(told(await caller.get("/portal/v1/users", headers=headers), customer))
    assert answers[0][0] == 200
    assert answers[1] == answers[2]
    assert answers[1][0] == 403
