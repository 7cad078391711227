"""Costs, margins and prices are told to those with the right to them, in every answer, and to nobody else."""

from collections.abc import Mapping
from itertools import product

import httpx
import pytest
from tests.security.calls import send
from tests.security.company import COST, PRICE, Company
from tests.security.conftest import Lab
from tests.security.operations import Operation
from tests.security.people import RIGHTS
from tests.security.recipes import calls, looks

from dinghuo.identity.create_key import KeyLimits, NewKey, create_key
from dinghuo.identity.permissions import OWN_ACCOUNT, PUBLIC, permissions_of
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

# What each right shows: the amounts themselves, and what a line of one unit comes to by them.
AMOUNTS = {
    "sees_cost": {str(COST)},
    "sees_price": {str(PRICE), "98.77", "87.41", "11.36"},
    "sees_margin": {"79.76"},
}
# Exposure, limit and entries are what credit is about: the permission to see credit shows them.
OF_CREDIT = "accounts.read"

Rights = frozenset[str]


@pytest.fixture(scope="module")
async def systems(database: Database, company: Company) -> Mapping[Rights, dict[str, str]]:
    """A key for every combination of rights that may do everything else."""
    made = {}
    async with database.transaction(company.tenant.id) as tx:
        for flags in product((False, True), repeat=len(RIGHTS)):
            key = NewKey(name="system", permissions=sorted(permissions_of("staff")))
            key.sees_cost, key.sees_margin, key.sees_price = flags
            token = await create_key(tx, key=key, by=SYSTEM, limits=KeyLimits())
            rights = frozenset(right for right in RIGHTS if getattr(key, right))
            made[rights] = {"x-api-key": token.text()}
    return made


def shown(answer: httpx.Response) -> set[str]:
    """The rights whose amounts an answer tells."""
    return {right for right, amounts in AMOUNTS.items() if any(amount in answer.text for amount in amounts)}


@pytest.fixture
def of_staff(contract: list[Operation]) -> list[Operation]:
    return [
        operation
        for operation in contract
        if operation.audience == "staff" and operation.permission not in (OWN_ACCOUNT, PUBLIC)
    ]


async def test_reading_shows_what_each_right_is_for_and_no_more(
    caller: httpx.AsyncClient, company: Company, systems: Mapping[Rights, dict[str, str]], of_staff: list[Operation]
) -> None:
    """With every combination of rights: of what all rights together show, exactly the part that these are for."""
    everything = frozenset(RIGHTS)
    telling: dict[str, set[str]] = {right: set() for right in RIGHTS}
    wrong = []
    for operation in of_staff:
        for call in looks(operation, company) if operation.is_read else ():
            full = shown(await send(caller, operation, call, systems[everything]))
            for right in full:
                telling[right].add(operation.name)
            credit = {"sees_price"} if operation.permission == OF_CREDIT else set()
            for rights, headers in systems.items():
                answer = await send(caller, operation, call, headers)
                if shown(answer) != full & (rights | credit):
                    wrong.append(f"{operation.name} {dict(call.query)} with {set(rights)}: {answer.text}")
                assert answer.is_success or _is_hidden(answer), answer.text
    assert not wrong, "\n".join(wrong)
    assert {"GET /api/v1/skus", "GET /api/v1/stock/moves", "GET /api/v1/orders/{order_id}"} <= telling["sees_cost"]
    assert {"GET /api/v1/prices", "GET /api/v1/drafts", "GET /api/v1/orders/{order_id}"} <= telling["sees_price"]
    assert telling["sees_margin"] == {"GET /api/v1/orders/{order_id}", "GET /api/v1/exports/order-lines"}


HIDDEN = {"cost-hidden", "price-hidden"}
# A system is nobody: it is not asked to approve, and nothing is its own.
OF_PEOPLE = {"comment-of-another", "approval-of-another", "delegation-of-another", "not-asked", "not-a-person"}


def _is_hidden(answer: httpx.Response) -> bool:
    codes = {fault["code"] for fault in answer.json()["faults"]}
    return answer.status_code == 403 and codes <= HIDDEN | OF_PEOPLE


async def test_what_is_changed_answers_no_more_than_what_is_read(
    lab: Lab, company: Company, systems: Mapping[Rights, dict[str, str]], of_staff: list[Operation]
) -> None:
    """Without any right, not even whoever places an order, looks at a preview or saves a cart is told an amount."""
    wrong = []
    for operation in of_staff:
        if operation.is_read:
            continue
        for call in calls(operation, company):
            async with lab.sandbox.undone():
                answer = await send(lab.client, operation, call, systems[frozenset()])
            if shown(answer):
                wrong.append(f"{operation.name}: {answer.text}")
            assert answer.is_success or _is_hidden(answer), answer.text
    assert not wrong, "\n".join(wrong)
