"""To a dealer no other dealer exists, whatever route of the portal is tried; and who sees no prices is told none."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.security.calls import Call, exchanged, filtered, places, send, told
from tests.security.company import ELSE, MINE, OF_A_CUSTOMER, PRICE, Company
from tests.security.conftest import Lab
from tests.security.operations import Operation
from tests.security.recipes import calls, looks
from tests.support import contents, key_of, make_user

from dinghuo.identity.permissions import OWN_ACCOUNT, PUBLIC, permissions_of
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

# Refused, or answered as a record that nobody has.
AS_UNKNOWN = {200, 404, 422}
# What a line of one unit costs, and comes to.
AMOUNTS = {str(PRICE), "98.77", "87.41", "11.36"}
# Fields that stand for money, by name: absent for those who see no prices, not even null.
OF_PRICES = {
    "price", "list_price", "deal_price", "base_price", "price_kind", "breaks", "next_break", "amounts", "net", "tax",
    "gross", "credit", "used", "left", "after",
}  # fmt: skip


@pytest.fixture
def of_dealers(contract: list[Operation]) -> list[Operation]:
    return [
        operation
        for operation in contract
        if operation.audience == "dealer" and operation.permission not in (OWN_ACCOUNT, PUBLIC)
    ]


@pytest.fixture(scope="module")
def sides(company: Company) -> list[tuple[Company, dict[str, str], set[str]]]:
    """Either dealer's administrator, and all by which the other could be recognised."""
    other = company.of_the_others()

    def known(half: str, refs: Mapping[str, str]) -> set[str]:
        return {f"{company.mark}-{half}-", *(ref for kind, ref in refs.items() if kind in OF_A_CUSTOMER)}

    return [
        (company, company.key("dealer_admin"), known(ELSE, company.theirs)),
        (other, company.key("stranger"), known(MINE, company.refs)),
    ]


async def test_a_dealer_reads_nothing_of_another(
    caller: httpx.AsyncClient, sides: list[tuple[Company, dict[str, str], set[str]]], of_dealers: list[Operation]
) -> None:
    for company, headers, hidden in sides:
        for operation in of_dealers:
            for call in looks(operation, company) if operation.is_read else ():
                answer = await send(caller, operation, call, headers)
                assert answer.is_success, (operation.name, answer.text)
                assert not [secret for secret in hidden if secret in answer.text], (operation.name, answer.text)


async def test_what_is_another_dealers_is_answered_as_what_nobody_has(
    lab: Lab, database: Database, company: Company, of_dealers: list[Operation]
) -> None:
    """Every record that a call names, wherever it does, exchanged for the other dealer's: nothing of theirs moves."""
    headers = company.key("dealer_admin")
    before = await contents(database, company.tenant)
    wrong, tried = [], set()
    for operation in of_dealers:
        for call in _narrowed(operation, company):
            for place, ref in places(call):
                if ref.kind not in OF_A_CUSTOMER:
                    continue
                answers = []
                for value in (company.theirs[ref.kind], company.unknown(ref)):
                    async with lab.sandbox.undone():
                        answer = await send(lab.client, operation, exchanged(call, place, value), headers)
                        untouched = await _of_theirs(lab.sandbox.database, company)
                    answers.append((told(answer, value), untouched))
                tried.add(operation.name)
                if answers[0] != answers[1] or answers[0][0][0] not in AS_UNKNOWN:
                    wrong.append(f"{operation.name} {place} {ref.kind}:\n  {answers[0][0]}\n  {answers[1][0]}")
    assert not wrong, "\n".join(wrong)
    named = {operation.name for operation in of_dealers for call in calls(operation, company) if _names_one(call)}
    assert tried >= named
    assert len(tried) > 15
    assert await contents(database, company.tenant) == before


def _narrowed(operation: Operation, company: Company) -> list[Call]:
    made = calls(operation, company)
    return made + [narrowed for call in made for _, narrowed in filtered(call)]


def _names_one(call: Call) -> bool:
    return any(ref.kind in OF_A_CUSTOMER for _, ref in places(call))


_THEIRS = """
select 'draft' as kind, d::text as row from draft d where d.tenant_id = $1 and d.customer_id = $2
union all select 'order', o::text from sales_order o where o.tenant_id = $1 and o.customer_id = $2
union all select 'address', a::text from address a where a.tenant_id = $1 and a.customer_id = $2
union all select 'list', l::text from shopping_list l where l.tenant_id = $1 and l.customer_id = $2
union all select 'proposal', p::text from draft_proposal p where p.tenant_id = $1 and p.customer_id = $2
union all select 'consent', c::text from draft_consent c where c.tenant_id = $1 and c.customer_id = $2
union all select 'consent rule', r::text from consent_rule r where r.tenant_id = $1 and r.customer_id = $2
order by 1, 2
"""


async def _of_theirs(database: Database, company: Company) -> list[tuple[str, str]]:
    async with database.transaction(company.tenant.id) as tx:
        rows = await tx.fetch(_THEIRS, UUID(str(company.theirs["customer.id"])))
    return [(row["kind"], row["row"]) for row in rows]


@pytest.fixture(scope="module")
async def blind(database: Database, company: Company) -> dict[str, str]:
    """A user of the dealer who may do everything but see prices."""
    role = f"dealer-{company.mark}-blind"
    async with database.transaction(company.tenant.id) as tx:
        await tx.write(
            "with made as (insert into role (tenant_id, id, code, name, audience, scope, created_at) "
            "values ($1, gen_random_uuid(), $2, $2, 'dealer', 'own', now()) returning id) "
            "insert into role_permission (tenant_id, role_id, permission) select $1, made.id, p from made, "
            "unnest($3::text[]) p",
            role,
            sorted(permissions_of("dealer")),
        )
    login = await make_user(database, company.tenant, role, customers=[str(company["customer.code"])])
    return {"x-api-key": (await key_of(database, company.tenant, login)).text()}


async def test_who_sees_no_prices_is_told_none(
    lab: Lab, company: Company, blind: dict[str, str], of_dealers: list[Operation]
) -> None:
    """Neither by reading nor by changing anything: no amount, and no field that stands for one."""
    wrong, telling = [], set()
    for operation in of_dealers:
        for call in [*looks(operation, company)] if operation.is_read else calls(operation, company):
            async with lab.sandbox.undone():
                answer = await send(lab.client, operation, call, blind)
            async with lab.sandbox.undone():
                seeing = await send(lab.client, operation, call, company.key("dealer_admin"))
            if any(amount in seeing.text for amount in AMOUNTS):
                telling.add(operation.name)
            fields = _fields(answer.json()) & OF_PRICES if "json" in answer.headers.get("content-type", "") else set()
            if fields or any(amount in answer.text for amount in AMOUNTS):
                wrong.append(f"{operation.name}: {fields} {answer.text}")
    assert not wrong, "\n".join(wrong)
    assert {
        "GET /portal/v1/cart",
        "GET /portal/v1/home",
        "GET /portal/v1/orders",
        "GET /portal/v1/products",
        "POST /portal/v1/cart/quick",
        "POST /portal/v1/drafts/{draft_id}/submit",
    } <= telling


def _fields(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for each in value.values() for name in _fields(each)}
    return {name for each in value for name in _fields(each)} if isinstance(value, list) else set()
