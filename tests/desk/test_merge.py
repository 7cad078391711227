"""Merging customers: all that was the one's is the other's, the books stay true, and both codes mean the survivor."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.publishing import turn
from tests.support import client_of, contents, key_of, make_user
from tests.world import World

from dinghuo.analytics.recount import recount
from dinghuo.desk import absorb, absorb_rebates
from dinghuo.entry.invariants import broken_invariants
from dinghuo.entry.tables import metadata
from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow

PATH = "/api/v1/customers/merge"

# Tables that name a customer and stay with the one they name, each for its reason.
_STAY = {
    "account": "moved by its entries, or adopted",
    "user_customer": "moved",
    "customer": "children and earlier merges move",
    "customer_likeness": "of nobody any more",
    "likely_duplicate": "of nobody any more",
}


def test_no_table_that_names_a_customer_is_forgotten() -> None:
    """A new table that refers to customers has to say what becomes of it: a statement of `desk.absorb`."""
    named = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_key_constraints
        if key.referred_table.name == "customer"
    }
    moved = "\n".join([*absorb.MOVES.values(), *absorb._QUIETLY, absorb._USERS, absorb._ADOPT, absorb_rebates.ADOPT])
    assert {name for name in named if f"update {name} " not in moved and f"{name} " not in moved} == set()
    assert named >= _STAY.keys()


async def put(client: httpx.AsyncClient, path: str, *items: dict[str, Any]) -> None:
    answer = await client.put(f"/api/v1/{path}", json={"items": list(items)})
    assert answer.status_code == 200, answer.text


async def order(client: httpx.AsyncClient, customer: str, quantity: str = "1") -> dict[str, Any]:
    body = {"customer": customer, "lines": [{"sku": "COLA", "quantity": quantity}]}
    answer = await client.post("/api/v1/orders", json=body)
    assert answer.status_code == 201, answer.text
    placed: dict[str, Any] = answer.json()
    return placed


async def account_of(client: httpx.AsyncClient, customer: str) -> list[tuple[str, str | None, str]]:
    rows = (await client.get("/api/v1/accounts", params={"customer": customer})).json()["items"]
    return [(row["customer"], row["credit_limit"], row["exposure"]) for row in rows]


async def test_the_survivor_has_the_history_of_both(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await put(
        owner,
        "customers",
        {
            "code": "K2",
            "name_en": "Second",
            "contacts": [{"name": "c", "mobile": "13800138000", "is_main": True}],
            "addresses": [{"recipient": "r", "street": "s", "is_default": True}],
        },
        {"code": "K1", "addresses": [{"recipient": "own", "street": "own", "is_default": True}]},
        {"code": "CHILD", "name": "c", "parent": "K2"},
    )
    contract = {"code": "C2", "name": "c", "kind": "contract", "customer": "K2", "valid_from": "2020-01-01"}
    await put(owner, "price-lists", contract)
    await put(owner, "price-lists/C2/entries", {"sku": "COLA", "price": "1.00"})
    await turn(owner, "price-lists/C2")
    await make_user(database, world.tenant, "dealer_admin", login="dealer", customers=["K2"])
    kept, moved = await order(owner, "K1", "10"), await order(owner, "K2", "30")
    draft = (await owner.post("/api/v1/drafts", json={"customer": "K2"})).json()
    await owner.post("/api/v1/visits", json={"customer": "K2"})
    await drain(database, world.tenant.id, BY_KIND)
    preview = (await owner.post(f"{PATH}/preview", json={"from": "K2", "into": "K1"})).json()
    merged = await owner.post(PATH, json={"from": "K2", "into": "K1"})
    assert merged.status_code == 200, merged.text
    told = merged.json()
    assert told == {
        "from": "K2",
        "into": "K1",
        "moved": {
            "orders": 1,
            "drafts": 1,
            "visits": 1,
            "contacts": 1,
            "addresses": 1,
            "price_lists": 1,
            "children": 1,
            "users": 1,
            "accounts": 1,
        },
        "filled": ["name_en"],
    }
    assert preview == told | {"faults": []}
    await drain(database, world.tenant.id, BY_KIND)
    numbers = [
        item["number"] for item in (await owner.get("/api/v1/orders", params={"customer": "K1"})).json()["items"]
    ]
    assert numbers == [moved["number"], kept["number"]]
    assert (await owner.get(f"/api/v1/drafts/{draft['id']}")).json()["customer"] == "K1"
    assert await account_of(owner, "K1") == [("K1", "10000.00", "55.00")]
    one = (await owner.get(f"/api/v1/customers/{world.customers['K1']}?include=contacts&include=addresses")).json()
    defaults = {address["recipient"]: address["is_default"] for address in one["addresses"]}
    assert (one["name_en"], len(one["contacts"]), defaults) == ("Second", 1, {"own": True, "r": False})
    gone = (await owner.get(f"/api/v1/customers/{world.customers['K2']}")).json()
    assert (gone["state"], gone["merged_into"]["code"]) == ("closed", "K1")
    codes = [item["code"] for item in (await owner.get("/api/v1/customers")).json()["items"]]
    assert codes == ["CHILD", "K1", "K3", "K4"]
    found = (await owner.get("/api/v1/customers", params={"search": "K2"})).json()["items"]
    assert [item["code"] for item in found] == ["K1"]
    async with database.transaction(world.tenant.id) as tx:
        assert await broken_invariants(tx, world.tenant.id) == []
    history = (await owner.get(f"/api/v1/customers/{world.customers['K1']}/history")).json()["items"]
    assert history[0]["action"] == "absorbed"
    assert history[0]["changes"]["orders"] == [None, 1]


async def test_the_merged_code_means_the_survivor_everywhere(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await owner.post(PATH, json={"from": "K2", "into": "K1"})
    placed = await order(owner, "K2")
    assert placed["customer"] == "K1"
    listed = (await owner.get("/api/v1/orders", params={"customer": "K2"})).json()["items"]
    assert [item["number"] for item in listed] == [placed["number"]]
    assert (await owner.get("/api/v1/prices", params={"customer": "K2", "sku": "COLA"})).json()["items"][0]["steps"][
        0
    ]["list"] == "GOLD"
    await put(owner, "accounts", {"customer": "K2", "credit_limit": "77"})
    assert await account_of(owner, "K2") == [("K1", "77.00", "2.50")]
    contract = {"code": "C", "name": "c", "kind": "contract", "customer": "K2", "valid_from": "2020-01-01"}
    await put(owner, "price-lists", contract)
    assert (await owner.get("/api/v1/price-lists/C")).json()["customer"]["code"] == "K1"
    before = await contents(database, world.tenant)
    refused = await owner.put("/api/v1/customers", json={"items": [{"code": "K2", "name": "x"}]})
    assert [fault["code"] for fault in refused.json()["faults"]] == ["customer-was-merged"]
    assert await contents(database, world.tenant) == before
    # And once more: what was merged into the one that goes now is the new survivor's as well.
    await owner.post(PATH, json={"from": "K1", "into": "K4"})
    assert (await owner.get("/api/v1/orders", params={"customer": "K2"})).json()["items"][0]["customer"][
        "code"
    ] == "K4"


async def test_credit_moves_entry_by_entry_where_both_have_an_account(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await put(owner, "accounts", {"customer": "K2", "credit_limit": "500"}, {"customer": "K4", "credit_limit": "100"})
    a, b = await order(owner, "K2", "10"), await order(owner, "K2", "20")
    await owner.post(f"/api/v1/orders/{a['id']}/cancel", json={})
    await owner.post(PATH, json={"from": "K2", "into": "K4"})
    assert await account_of(owner, "K4") == [("K4", "100.00", "60.00")]
    async with database.transaction(world.tenant.id) as tx:
        assert await broken_invariants(tx, world.tenant.id) == []
        rows = await tx.fetch(
            "select amount from account_entry where tenant_id = $1 and verb = 'adjust' order by amount"
        )
        assert [row["amount"] for row in rows] == [Decimal("-60.00"), Decimal("60.00")]
    # What was reserved in one account is freed in the other.
    assert (await owner.post(f"/api/v1/orders/{b['id']}/cancel", json={})).json()["freed"] == "60.00"
    assert await account_of(owner, "K4") == [("K4", "100.00", "0.00")]
    async with database.transaction(world.tenant.id) as tx:
        assert await broken_invariants(tx, world.tenant.id) == []


async def test_sums_by_day_move_along(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    for customer in ("K1", "K2"):
        await order(owner, customer, "10")
    async with database.transaction(world.tenant.id) as tx:
        # As if it were yesterday's news.
        await tx.write(
            "insert into sales_day (tenant_id, day, customer_id, channel, currency, orders, lines, net, gross) "
            "select $1, date '2020-01-01', c.id, 'api', 'CNY', 1, 1, 10, 10 from customer c "
            "where c.tenant_id = $1 and c.code in ('K1', 'K2')"
        )
    await owner.post(PATH, json={"from": "K2", "into": "K1"})
    async with database.transaction(world.tenant.id) as tx:
        rows = await tx.fetch("select customer_id, day, orders, gross from sales_day where tenant_id = $1")
        assert [tuple(row) for row in rows] == [(world.customers["K1"], date(2020, 1, 1), 2, Decimal(20))]
        await recount(tx)


async def test_what_was_on_its_way_during_the_merge_is_moved_afterwards(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await owner.post(PATH, json={"from": "K2", "into": "K1"})
    placed = await order(owner, "K1")
    async with database.transaction(world.tenant.id) as tx:
        # A rival had read K2 before and commits only now.
        await tx.write("update sales_order set customer_id = $2 where tenant_id = $1", world.customers["K2"])
        await tx.write("update outbox_event set due_at = now() where tenant_id = $1 and settled_at is null")
    await drain(database, world.tenant.id, BY_KIND)
    listed = (await owner.get("/api/v1/orders", params={"customer": "K1"})).json()["items"]
    assert [item["number"] for item in listed] == [placed["number"]]


Prepare = Callable[[httpx.AsyncClient, Database, World], Any]


async def tax_numbers(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    await put(
        owner,
        "customers",
        {"code": "K2", "tax_number": "91110000802100433B"},
        {"code": "K1", "tax_number": "914403001922038216"},
    )


async def closed(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    await put(owner, "customers", {"code": "K1", "state": "closed"})


async def above(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    await put(owner, "customers", {"code": "MID", "name": "m", "parent": "K2"}, {"code": "K1", "parent": "MID"})


async def contracts(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    for code, customer in (("C1", "K1"), ("C2", "K2")):
        await put(
            owner,
            "price-lists",
            {"code": code, "name": "c", "kind": "contract", "customer": customer, "valid_from": "2020-01-01"},
        )
        await turn(owner, f"price-lists/{code}")


async def merged_already(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    await owner.post(PATH, json={"from": "K2", "into": "K4"})


async def nothing(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    pass


@pytest.mark.parametrize(
    ("prepare", "gone", "into", "status", "faults"),
    [
        (nothing, "K1", "K1", 409, [("merge-into-itself", "into")]),
        (nothing, "NONE", "NOBODY", 422, [("unknown-code", "from"), ("unknown-code", "into")]),
        (merged_already, "K2", "K1", 409, [("merge-already-merged", "from")]),
        (merged_already, "K1", "K2", 409, [("merge-already-merged", "into"), ("merge-into-closed", "into")]),
        (tax_numbers, "K2", "K1", 409, [("merge-tax-numbers", "from")]),
        (closed, "K2", "K1", 409, [("merge-into-closed", "into")]),
        (above, "K2", "K1", 409, [("merge-parent-of-other", "from")]),
        (contracts, "K2", "K1", 409, [("merge-contracts-overlap", "from")]),
    ],
)
async def test_what_cannot_be_merged_is_refused_without_a_trace(
    owner: httpx.AsyncClient,
    database: Database,
    world: World,
    prepare: Prepare,
    gone: str,
    into: str,
    status: int,
    faults: list[tuple[str, str]],
) -> None:
    await prepare(owner, database, world)
    before = await contents(database, world.tenant)
    answer = await owner.post(PATH, json={"from": gone, "into": into})
    assert (answer.status_code, [(f["code"], f["field"]) for f in answer.json()["faults"]]) == (status, faults)
    preview = await owner.post(f"{PATH}/preview", json={"from": gone, "into": into})
    assert [(f["code"], f["field"]) for f in preview.json()["faults"]] == faults
    assert await contents(database, world.tenant) == before


async def test_who_stood_directly_below_takes_the_place(owner: httpx.AsyncClient, world: World) -> None:
    await put(owner, "customers", {"code": "TOP", "name": "t"}, {"code": "K2", "parent": "TOP"})
    await put(owner, "customers", {"code": "K1", "parent": "K2"})
    assert (await owner.post(PATH, json={"from": "K2", "into": "K1"})).status_code == 200
    one = (await owner.get(f"/api/v1/customers/{world.customers['K1']}")).json()
    assert one["parent"]["code"] == "TOP"


async def test_others_customers_cannot_be_merged(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    login = await make_user(database, world.tenant, "sales_manager", login="half")
    await owner.put("/api/v1/roles", json={"items": [{"code": "sales_manager", "scope": "own"}]})
    await put(owner, "customers", {"code": "K1", "owner": "half"})
    token = await key_of(database, world.tenant, login)
    before = await contents(database, world.tenant, but={"api_key"})
    async with client_of(app, x_api_key=token.text()) as half:
        for gone, into, field in (("K1", "K2", "into"), ("K2", "K1", "from")):
            refused = await half.post(PATH, json={"from": gone, "into": into})
            assert [(f["code"], f["field"]) for f in refused.json()["faults"]] == [("unknown-code", field)]
    assert await contents(database, world.tenant, but={"api_key"}) == before


async def test_a_person_both_have_is_one(owner: httpx.AsyncClient, world: World) -> None:
    """Whoever is the same by name and says nothing the survivor's entry does not say."""
    await put(
        owner,
        "customers",
        {
            "code": "K1",
            "contacts": [{"name": "李伟", "mobile": "13800138000", "email": "Li@a.cn"}, {"name": "王芳"}],
        },
        {
            "code": "K2",
            "contacts": [
                {"name": " 李伟", "mobile": "13800138000", "is_main": True},
                {"name": "李伟", "mobile": "13900139000"},
                {"name": "王芳", "email": "w@a.cn"},
                {"name": "赵六"},
            ],
        },
    )
    request = {"from": "K2", "into": "K1"}
    preview = (await owner.post(f"{PATH}/preview", json=request)).json()
    merged = (await owner.post(PATH, json=request)).json()
    assert preview["moved"] == merged["moved"] == {"contacts": 3}
    one = (await owner.get(f"/api/v1/customers/{world.customers['K1']}?include=contacts")).json()
    people = sorted((each["name"], each["mobile"] or each["email"] or "") for each in one["contacts"])
    assert people == [
        ("李伟", "13800138000"),
        ("李伟", "13900139000"),
        ("王芳", ""),
        ("王芳", "w@a.cn"),
        ("赵六", ""),
    ]


@pytest.mark.parametrize("own", [True, False])
async def test_what_was_agreed_of_payment_goes_along_where_nothing_else_was(
    owner: httpx.AsyncClient, own: bool
) -> None:
    terms = [{"customer": "K2", "payment": "deposit", "deposit_percent": "30"}]
    if own:
        terms.append({"customer": "K1", "payment": "before_delivery"})
    await put(owner, "order-terms", *terms)
    assert (await owner.post(PATH, json={"from": "K2", "into": "K1"})).status_code == 200
    one = (await owner.get("/api/v1/customers", params={"search": "K1"})).json()["items"][0]
    kept = (await owner.get(f"/api/v1/customers/{one['id']}/order-terms")).json()
    assert kept["payment"] == ("before_delivery" if own else "deposit")
