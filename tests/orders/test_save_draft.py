"""Carts that are saved again and again, also by those who do not see everything in them."""

from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar
from tests.support import client_of, contents, key_of, make_user
from tests.world import World

from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

CART: dict[str, Any] = {
    "customer": "K1",
    "lines": [
        {"sku": "COLA", "quantity": "2", "unit": "箱", "price": "55"},
        {"sku": "COLA", "quantity": "3", "price": "2.2"},
        {"sku": "COLA", "quantity": "1", "price": "1"},
        {"sku": "BEER", "quantity": "1"},
    ],
}


@pytest.fixture
async def seller(app: Litestar, database: Database, world: World) -> httpx.AsyncClient:
    login = await make_user(database, world.tenant, "owner")
    return client_of(app, x_api_key=(await key_of(database, world.tenant, login)).text())


@pytest.fixture
async def clerk(app: Litestar, database: Database, world: World) -> httpx.AsyncClient:
    """Takes orders and sees no prices."""
    async with database.transaction(world.tenant.id) as tx:
        await tx.write("update role set sees_price = false where tenant_id = $1 and code = 'sales_manager'")
        await tx.write("update role set scope = 'all' where tenant_id = $1 and code = 'sales_manager'")
        await touch(tx, "identity")
    login = await make_user(database, world.tenant, "sales_manager")
    return client_of(app, x_api_key=(await key_of(database, world.tenant, login)).text())


async def save(client: httpx.AsyncClient, draft: dict[str, Any], **changed: Any) -> dict[str, Any]:
    body = {name: draft[name] for name in ("customer", "lines")} | changed
    headers = {"if-match": str(draft["revision"])}
    answer = await client.put(f"/api/v1/drafts/{draft['id']}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def prices(draft: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(line["sku"], line["quantity"], line["price"]) for line in draft["lines"]]


async def test_prices_survive_whoever_does_not_see_them(seller: httpx.AsyncClient, clerk: httpx.AsyncClient) -> None:
    draft = (await seller.post("/api/v1/drafts", json=CART)).json()
    read = (await clerk.get(f"/api/v1/drafts/{draft['id']}")).json()
    assert {price for _, _, price in prices(read)} == {None}
    beer, *colas = reversed(read["lines"])
    more = {"sku": "COLA", "quantity": "9"}
    saved = await save(clerk, read, lines=[beer, *reversed(colas), more])
    assert {price for _, _, price in prices(saved)} == {None}
    read = (await seller.get(f"/api/v1/drafts/{draft['id']}")).json()
    assert prices(read) == [
        ("BEER", "1", None),
        ("COLA", "2", "55"),
        ("COLA", "3", "2.2"),
        ("COLA", "1", "1"),
        ("COLA", "9", None),
    ]
    for line in read["lines"]:
        line["price"] = None
    cleared = await save(seller, read)
    assert {price for _, _, price in prices(cleared)} == {None}


async def test_prices_agreed_with_one_customer_are_not_anothers(
    seller: httpx.AsyncClient, clerk: httpx.AsyncClient
) -> None:
    draft = (await seller.post("/api/v1/drafts", json=CART)).json()
    await save(clerk, draft, lines=[line | {"price": None} for line in draft["lines"]], customer="K2")
    read = (await seller.get(f"/api/v1/drafts/{draft['id']}")).json()
    assert (read["customer"], {price for _, _, price in prices(read)}) == ("K2", {None})


async def test_the_audit_names_the_lines_that_changed(
    seller: httpx.AsyncClient, database: Database, world: World
) -> None:
    draft = (await seller.post("/api/v1/drafts", json=CART)).json()
    case, three, one, _ = draft["lines"]
    gift = {"sku": "GIFT", "quantity": "5"}
    draft = await save(seller, draft, note="加急", lines=[gift, case | {"quantity": "4"}, three, one])
    draft = await save(
        seller,
        draft,
        note="加急",
        lines=[gift, case | {"quantity": "4", "price": "50"}, three | {"quantity": "7"}, one],
    )
    await save(seller, draft, note="加急", lines=draft["lines"][::-1])
    async with database.transaction(world.tenant.id) as tx:
        rows = await tx.fetch(
            "select changes::text from audit_entry where tenant_id = $1 and action = 'changed' order by id"
        )
    assert [msgspec.json.decode(row["changes"]) for row in rows] == [
        {"note": [None, "加急"], "line COLA 箱": ["2", "4"], "line BEER": ["1", None], "line GIFT": [None, "5"]},
        {"line COLA 箱": ["4", "4"], "line COLA": ["3 + 1", "7 + 1"]},
        {"line COLA": ["7 + 1", "1 + 7"]},
    ]


async def test_without_an_active_organisation_no_draft_is_begun(
    seller: httpx.AsyncClient, database: Database, world: World
) -> None:
    async with database.transaction(world.tenant.id) as tx:
        await tx.write("update organisation set state = 'closed' where tenant_id = $1")
        await touch(tx, "identity")
    before = await contents(database, world.tenant)
    refused = await seller.post("/api/v1/drafts", json=CART)
    assert refused.status_code == 409
    assert [fault["code"] for fault in refused.json()["faults"]] == ["no-active-organisation"]
    assert await contents(database, world.tenant) == before
