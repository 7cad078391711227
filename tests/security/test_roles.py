"""Each operation is for whom its permission says, role by role, and for nobody else."""

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from tests.security.calls import send
from tests.security.conftest import Lab
from tests.security.operations import Operation
from tests.security.people import BASE, Person
from tests.security.recipes import calls
from tests.support import contents, key_of

from dinghuo.identity.permissions import OWN_ACCOUNT, PERMISSIONS, PUBLIC, SIGNED_IN
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

# Answers to those who may call but lack the right to the fields that it is all about.
HIDDEN = {"cost-hidden": "sees_cost", "price-hidden": "sees_price"}
# What only looks, though it is sent as if it changed something.
LOOKS = {
    "POST /api/v1/orders/preview", "POST /api/v1/promotions/{code}/try", "POST /api/v1/customers/merge/preview",
    "POST /api/v1/rebates/settlements/preview",
    "POST /api/v1/approval-policies/check", "POST /api/v1/approval-policies/try",
    "POST /api/v1/orders/{order_id}/amendments/preview",
    "POST /portal/v1/orders/{order_id}/amendments/preview",
    "POST /api/v1/blanket-orders/{blanket_id}/call-offs/preview",
    "POST /portal/v1/blanket-orders/{blanket_id}/call-offs/preview",
    "POST /api/v1/available-to-promise", "POST /portal/v1/available-to-promise", "POST /api/v1/orders/paste",
    "POST /api/v1/orders/paste/sheet", "POST /portal/v1/paste", "POST /portal/v1/paste/sheet",
}  # fmt: skip
# As they are called here they find nothing to change: no line waits, no lot is blocked, the supply is known.
IDLE_HERE = {
    # Nobody was told anything yet.
    "POST /portal/v1/inbox/read",
    "POST /api/v1/orders/{order_id}/promise", "POST /api/v1/lots/{lot_id}/unblock", "PUT /api/v1/expected-supply",
    "POST /api/v1/allocation",
}  # fmt: skip
# What is its author's alone, or of whoever is asked.
OF_ANOTHER = {
    "comment-of-another",
    "amendment-of-others",
    "consent-not-yours",
    "not-asked",
    "approval-of-another",
    "delegation-of-another",
}
# Numbers are drawn aside of the transaction that needs them, and stay drawn.
ASIDE = {"number_counter"}


def codes(answer: httpx.Response) -> list[str]:
    return [fault["code"] for fault in answer.json()["faults"]]


def is_served(answer: httpx.Response, rights: frozenset[str]) -> bool:
    if answer.status_code == 403:
        return all(code in OF_ANOTHER or (code in HIDDEN and HIDDEN[code] not in rights) for code in codes(answer))
    return answer.is_success


@pytest.mark.slow
def test_the_contract_names_the_permission_of_every_route(app: Litestar, contract: list[Operation]) -> None:
    named = {(operation.method, operation.path): operation.permission for operation in contract}
    guarded = {
        (str(method), route.path_format): handler.opt["permission"]
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith(tuple(BASE.values()))
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
        # A stream never ends: tests/entry/live has its own.
        if not route.path.endswith("/events")
    }
    assert named == guarded
    assert len(named) > 100


@pytest.mark.slow
async def test_who_has_the_permission_is_served(
    lab: Lab, database: Database, people: list[Person], contract: list[Operation]
) -> None:
    """The calls that others are refused: 2xx for every role that has the right, and they do change something."""
    refused = []
    idle = {operation.name for operation in contract if not operation.is_read}
    before = await contents(database, people[0].company.tenant, but=ASIDE)
    for operation in contract:
        for person in people:
            if operation.permission == PUBLIC or person.may(operation.audience, operation.permission):
                for call in calls(operation, person.company):
                    async with lab.sandbox.undone():
                        answer = await send(lab.client, operation, call, person.headers(operation.permission))
                        if not is_served(answer, person.rights):
                            refused.append(f"{operation.name} by {person.name}: {answer.status_code} {answer.text}")
                        if operation.name in idle:
                            after = await contents(lab.sandbox.database, person.company.tenant, but=ASIDE)
                            idle -= {operation.name} if after != before else set()
    assert not refused, "\n".join(refused)
    assert idle == LOOKS | IDLE_HERE


@pytest.mark.slow
async def test_who_lacks_it_is_refused_and_leaves_no_trace(
    caller: httpx.AsyncClient, database: Database, people: list[Person], contract: list[Operation]
) -> None:
    tenant = people[0].company.tenant
    before = await contents(database, tenant)
    served = []
    for operation in contract:
        for person in people:
            if operation.permission != PUBLIC and not person.may(operation.audience, operation.permission):
                for call in calls(operation, person.company):
                    answer = await send(caller, operation, call, person.headers(operation.permission))
                    if (answer.status_code, codes(answer)) != (403, [_refusal(operation, person)]):
                        served.append(f"{operation.name} by {person.name}: {answer.status_code} {answer.text}")
    assert not served, "\n".join(served)
    assert await contents(database, tenant) == before


def _refusal(operation: Operation, person: Person) -> str:
    if operation.audience == person.audience:
        return "not-permitted"
    return "staff-only" if operation.audience == "staff" else "dealers-only"


@pytest.mark.slow
async def test_without_a_credential_nothing_opens(
    caller: httpx.AsyncClient, database: Database, people: list[Person], contract: list[Operation]
) -> None:
    company = people[0].company
    before = await contents(database, company.tenant)
    for operation in contract:
        if operation.permission != PUBLIC:
            for call in calls(operation, company):
                answer = await send(caller, operation, call)
                assert (answer.status_code, codes(answer)) == (401, ["sign-in-first"]), operation.name
    assert await contents(database, company.tenant) == before


@pytest.mark.slow
async def test_that_one_permission_decides_and_no_other(
    lab: Lab, database: Database, people: list[Person], contract: list[Operation]
) -> None:
    """A key with this permission alone passes the door, one with every other does not.

    It may still not give away what it has not itself.
    """
    company = people[0].company
    masters = {"staff": "owner", "dealer": "dealer_admin"}
    wrong = []
    for permission in sorted({operation.permission for operation in contract} & PERMISSIONS.keys()):
        audience = PERMISSIONS[permission].audience
        login = company.login(masters[audience])
        others = [name for name, known in PERMISSIONS.items() if known.audience == audience and name != permission]
        alone, all_others = [
            {"x-api-key": (await key_of(database, company.tenant, login, names)).text()}
            for names in ([permission], others)
        ]
        for operation in contract:
            if operation.permission == permission:
                for call in calls(operation, company):
                    async with lab.sandbox.undone():
                        served = await send(lab.client, operation, call, alone)
                        refused = await send(lab.client, operation, call, all_others)
                    passed = served.is_success or OF_ANOTHER.union(["beyond-own-permissions"]) >= set(codes(served))
                    if not passed or (refused.status_code, codes(refused)) != (403, ["not-permitted"]):
                        wrong.append(f"{operation.name}: {served.status_code} {served.text}, {refused.status_code}")
    assert not wrong, "\n".join(wrong)


def test_every_permission_that_says_something_else_is_known(contract: list[Operation]) -> None:
    assert {operation.permission for operation in contract} - PERMISSIONS.keys() == {PUBLIC, SIGNED_IN, OWN_ACCOUNT}
