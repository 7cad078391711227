"""Who answers for some customers neither sees nor changes what is others': by ownership, department, region."""

from dataclasses import dataclass
from typing import Literal

import httpx
import pytest
from litestar import Litestar
from tests.security.calls import Call, Ref, exchanged, filtered, places, send, told
from tests.security.company import ELSE, MINE, OF_A_CUSTOMER, Company
from tests.security.conftest import Lab
from tests.security.founding import found_company
from tests.security.operations import Operation
from tests.security.recipes import calls, looks
from tests.support import contents, key_of, make_user

from dinghuo.identity.create_key import KeyLimits, NewKey, create_key
from dinghuo.identity.permissions import OWN_ACCOUNT, PUBLIC, SIGNED_IN, permissions_of
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

# Who administers the company does so for all of it: users (also customers' ones), roles, keys, failed work, settings.
FOR_THE_WHOLE_COMPANY = {
    OWN_ACCOUNT, PUBLIC, SIGNED_IN,
    "audit.read", "identity.keys", "identity.roles", "identity.users", "operations.outbox", "rebates.settle",
    "settings.write",
}  # fmt: skip
# Stock belongs to no customer; what left it, and for which document, is seen by all who see stock.
OF_THE_STOCK = {("GET /api/v1/stock/moves", "document")}
# Without a box it is what waits for the caller.
OF_WHOEVER_IS_ASKED = {"GET /api/v1/approvals"}


@dataclass(frozen=True)
class Pair:
    """Two who may do the same, each for the customer of one half."""

    mine: dict[str, str]
    other: dict[str, str]


@pytest.fixture(scope="module")
async def scoped(app: Litestar, database: Database) -> Company:
    return await found_company(app, database, "GAMA", sellers=["GAMA-ALL-OWN"])


@pytest.fixture(scope="module")
async def pairs(database: Database, scoped: Company) -> dict[str, Pair]:
    """By ownership, by department and by region; systems by department and by region."""
    made = {"own": Pair(scoped.key("sales"), scoped.key("sales2"))}
    sides = (scoped, scoped.of_the_others())
    scopes: tuple[Literal["department", "region"], ...] = ("department", "region")
    for scope in scopes:
        role = f"{scoped.mark}-ALL-{scope.upper()}"
        made[scope] = Pair(*[await _user(database, side, role) for side in sides])
        made[f"{scope} key"] = Pair(*[await _system(database, side, scope) for side in sides])
    return made


async def _user(database: Database, side: Company, role: str) -> dict[str, str]:
    department, region = str(side["department.code"]), str(side["region.code"])
    login = await make_user(database, side.tenant, role, department=department, regions=[region])
    return {"x-api-key": (await key_of(database, side.tenant, login)).text()}


async def _system(database: Database, side: Company, scope: Literal["department", "region"]) -> dict[str, str]:
    key = NewKey(name="system", permissions=sorted(permissions_of("staff")), sees_cost=True, sees_price=True)
    key.scope = scope
    setattr(key, f"{scope}s", [str(side[f"{scope}.code"])])
    async with database.transaction(side.tenant.id) as tx:
        token = await create_key(tx, key=key, by=SYSTEM, limits=KeyLimits())
    return {"x-api-key": token.text()}


@pytest.fixture
def of_customers(contract: list[Operation]) -> list[Operation]:
    """What sales people do: all of the API but the administration of the company."""
    return [
        operation
        for operation in contract
        if operation.audience == "staff" and operation.permission not in FOR_THE_WHOLE_COMPANY
    ]


def secrets(company: Company) -> set[str]:
    """All by which the other half's customer could be recognised."""
    return {f"{company.mark}-{ELSE}-", *(ref for kind, ref in company.theirs.items() if kind in OF_A_CUSTOMER)}


async def test_only_what_belongs_to_ones_own_customers_is_read(
    caller: httpx.AsyncClient, scoped: Company, pairs: dict[str, Pair], of_customers: list[Operation]
) -> None:
    """Every list and record; what the owner reads of the other customer, the one who answers for it reads too."""
    hidden = secrets(scoped)
    telling = set()
    for operation in of_customers:
        if not operation.is_read:
            continue
        for own, others in zip(looks(operation, scoped), looks(operation, scoped.of_the_others()), strict=True):
            known = await _text(caller, operation, others, scoped.key("owner"))
            tells = any(secret in known for secret in hidden)
            telling |= {operation.name} if tells else set()
            for name, pair in pairs.items():
                seen = await _text(caller, operation, own, pair.mine)
                assert not [secret for secret in hidden if secret in seen], (operation.name, name, seen)
                if operation.name in OF_WHOEVER_IS_ASKED:
                    continue
                control = await _text(caller, operation, others, pair.other)
                assert any(secret in control for secret in hidden) == tells, (operation.name, name, control)
    assert len(telling) > 12, telling


async def _text(client: httpx.AsyncClient, operation: Operation, call: Call, headers: dict[str, str]) -> str:
    answer = await send(client, operation, call, headers)
    assert answer.is_success, (operation.name, answer.text)
    return answer.text


async def test_anothers_customer_is_answered_as_one_that_is_not_there(
    caller: httpx.AsyncClient,
    lab: Lab,
    database: Database,
    scoped: Company,
    pairs: dict[str, Pair],
    of_customers: list[Operation],
) -> None:
    before = await contents(database, scoped.tenant, but={"api_key"})
    wrong, tried = [], 0
    for operation in of_customers:
        for call in _narrowed(operation, scoped):
            for place, ref in places(call):
                if ref.kind not in OF_A_CUSTOMER or (operation.name, place[-1]) in OF_THE_STOCK:
                    continue
                theirs, nobodys = scoped.theirs[ref.kind], scoped.unknown(ref)
                for name, pair in pairs.items():
                    foreign = await send(caller, operation, exchanged(call, place, theirs), pair.mine)
                    async with lab.sandbox.undone():
                        unknown = await send(lab.client, operation, exchanged(call, place, nobodys), pair.mine)
                    tried += 1
                    if not _is_kept(place[-1], foreign, theirs, told(unknown, nobodys), scoped):
                        wrong.append(f"{operation.name} {place} by {name}:\n  {foreign.text}\n  {unknown.text}")
    assert not wrong, "\n".join(wrong)
    assert tried > 100
    assert await contents(database, scoped.tenant, but={"api_key"}) == before


def _narrowed(operation: Operation, company: Company) -> list[Call]:
    made = calls(operation, company)
    return made + [narrowed for call in made for _, narrowed in filtered(call)]


def _is_kept(
    word: str | int, foreign: httpx.Response, theirs: Ref, unknown: tuple[int, str], company: Company
) -> bool:
    """Told as unknown. A code of one's own choice that is taken cannot be given again: then only that is told."""
    if told(foreign, theirs) == unknown:
        return True
    others = secrets(company) - {theirs}
    text = foreign.text.replace(theirs, "")
    return word == "code" and foreign.status_code in (403, 409) and not any(secret in text for secret in others)


async def test_whoever_answers_for_the_customer_may(
    lab: Lab, scoped: Company, pairs: dict[str, Pair], of_customers: list[Operation]
) -> None:
    """The controls: the very calls that others are refused, by those whose customers they are about."""
    wrong = []
    for operation in of_customers:
        for side, company in ((MINE, scoped), (ELSE, scoped.of_the_others())):
            for call in calls(operation, company):
                if not any(ref.kind in OF_A_CUSTOMER for _, ref in places(call)):
                    continue
                for name, pair in pairs.items():
                    async with lab.sandbox.undone():
                        headers = pair.mine if side == MINE else pair.other
                        answer = await send(lab.client, operation, call, headers)
                    # What somebody else said is theirs to change, whoever sees it; who is asked decides.
                    if not answer.is_success and not answer.json()["type"].endswith(("-of-another", "/not-asked")):
                        wrong.append(f"{operation.name} by {name} of {side}: {answer.status_code} {answer.text}")
    assert not wrong, "\n".join(wrong)


def test_halves_differ_in_every_record_of_a_customer(scoped: Company) -> None:
    assert scoped.theirs.keys() >= OF_A_CUSTOMER
    assert all(scoped.refs[kind] != scoped.theirs[kind] for kind in OF_A_CUSTOMER)
