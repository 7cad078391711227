"""A route that is born is covered at once, or these tests say what they need to know of it."""

from uuid import UUID

import msgspec
import pytest
from litestar import Router, get, post
from tests.security.company import Company
from tests.security.operations import Operation, operations
from tests.security.recipes import BODIES, RECORDS, NoRecipe, calls

from dinghuo.entry.app import create_app
from dinghuo.kit.bodies import Items
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs

pytestmark = pytest.mark.slow


class PalletInput(msgspec.Struct):
    warehouse: str
    carrier: str


@get("/pallets/{pallet_id:uuid}", opt=needs("inventory.read"))
async def read_pallet(pallet_id: UUID) -> None: ...


@get("/pallets", opt=needs("inventory.read"))
async def list_pallets(forwarder: str | None = None) -> None: ...


@post("/pallets", opt=needs("inventory.receive"))
async def make_pallets(data: Items[PalletInput]) -> None: ...


@post("/pallets/sweep", opt=needs("inventory.adjust"))
async def sweep() -> None: ...


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("GET /api/v1/pallets/{pallet_id}", "what does 'pallet_id' name?"),
        ("GET /api/v1/pallets", "what does 'forwarder' name?"),
        ("POST /api/v1/pallets", "what does 'carrier' name?"),
        ("POST /api/v1/pallets/sweep", "the contract names no body"),
    ],
)
def test_what_is_not_known_of_a_new_route_is_asked_for(
    database: Database, company: Company, name: str, sentence: str
) -> None:
    born = Router("/", route_handlers=[read_pallet, list_pallets, make_pallets, sweep])
    (operation,) = [one for one in operations(create_app(database, api=[born])) if one.name == name]
    with pytest.raises(NoRecipe) as error:
        calls(operation, company)
    assert sentence in str(error.value) and "tests/security/recipes" in str(error.value)


def test_every_operation_can_be_called(contract: list[Operation], company: Company) -> None:
    known = company.knowing(session_id="0" * 32, totp_secret="A" * 32)
    assert all(calls(operation, known) for operation in contract)


def test_no_recipe_outlives_its_route(contract: list[Operation]) -> None:
    names = {operation.name for operation in contract}
    assert names >= BODIES.keys()
    assert names >= {word.rpartition(".")[0] for word in RECORDS if " " in word}
