"""A manager writes a policy, a sales person gives too much away, the manager is told and decides."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from tests.conftest import AsRole
from tests.support import Tenant, client_of, key_of, make_user
from tests.world import World, make_world

from dinghuo.entry.invariants import broken_invariants
from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow


@pytest.fixture
async def world(database: Database, tenant: Tenant) -> AsyncIterator[World]:
    yield await make_world(database, tenant)


async def _post(client: httpx.AsyncClient, path: str, body: object, status: int = 200) -> dict[str, object]:
    answer = await client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_a_price_that_is_too_low(
    app: Litestar, as_role: AsRole, database: Database, tenant: Tenant, world: World
) -> None:
    """周子谦 sells below the list; 林佩芸 heads his department and is to agree, above 1,000 the owner as well."""
    owner = await as_role("owner")
    for login, role in (("lin", "sales_manager"), ("zhou", "sales_manager")):
        await make_user(database, tenant, role, login=login)
    departments = [
        {"code": "sales", "name": "销售中心", "head": "lin"},
        {"code": "sales-1", "name": "销售一部", "parent": "sales"},
    ]
    assert (await owner.put("/api/v1/departments", json={"items": departments})).status_code == 200
    for login, department in (("lin", "sales"), ("zhou", "sales-1")):
        item = {"login": login, "department": department}
        assert (await owner.put("/api/v1/users", json={"items": [item]})).status_code == 200
    customer = {"code": "K2", "owner": "zhou", "department": "sales-1"}
    assert (await owner.put("/api/v1/customers", json={"items": [customer]})).status_code == 200
    lin, zhou = [await _client(app, database, tenant, login) for login in ("lin", "zhou")]

    # The owner tries a condition on what was ordered before writing it down.
    assert (await _post(zhou, "orders", _order("3"), 201))["state"] == "confirmed"
    wanted = {"subject_kind": "order", "condition": "manual_discount > 0.1", "last": 100}
    assert (await _post(owner, "approval-policies/try", wanted))["matched"] == 0
    manager = {"name": "部门负责人", "approvers": [{"by": "person_of", "word": "sales_manager"}], "due_hours": 24}
    boss = {"name": "总经理", "approvers": [{"by": "role", "code": "owner"}]}
    policies = [
        {"code": "low", "subject_kind": "order", "name": "低价审批", "condition": "manual_discount > 0.1",
         "steps": [manager], "expires_hours": 72, "position": 1},
        {"code": "big", "subject_kind": "order", "name": "大额低价", "position": 2, "steps": [boss],
         "condition": "manual_discount > 0.1 && gross > 1000"},
    ]  # fmt: skip
    assert (await owner.put("/api/v1/approval-policies", json={"items": policies})).status_code == 200

    # Zhou gives 20 % away, on a lot of bottles: the order waits, and its goods with it.
    placed = await _post(zhou, "orders", _order("500", "2.40"), 201)
    assert placed["state"] == "pending_approval"
    await drain(database, tenant.id, BY_KIND)
    (message,) = (await lin.get("/api/v1/inbox")).json()["items"]
    assert (message["title"], message["body"]) == (
        f"待审批：订单 {placed['number']}",
        "经销商K2\n环节：部门负责人\n申请人：zhou · test",
    )

    # Lin sees why, and agrees; then it is the owner's turn.
    (waiting,) = (await lin.get("/api/v1/approvals")).json()["items"]
    assert (waiting["facts"]["manual_discount"], waiting["facts"]["gross"]) == ("0.2000", "1200.00")
    assert waiting["step"]["steps"] == 2
    await _post(lin, f"approvals/{waiting['id']}/decide", {"verdict": "approve", "comment": "老客户"})
    await drain(database, tenant.id, BY_KIND)
    order = (await zhou.get(f"/api/v1/orders/{placed['id']}")).json()
    assert (order["state"], [step["state"] for step in order["approval"]["steps"]]) == (
        "pending_approval", ["done", "open"],
    )  # fmt: skip
    await _post(owner, f"approvals/{waiting['id']}/decide", {"verdict": "approve"})
    await drain(database, tenant.id, BY_KIND)
    assert (await zhou.get(f"/api/v1/orders/{placed['id']}")).json()["state"] == "confirmed"
    assert [item["title"] for item in (await zhou.get("/api/v1/inbox")).json()["items"]] == [
        f"已通过：订单 {placed['number']}"
    ]

    # The next one is refused, and everything it held is free.
    second = await _post(zhou, "orders", _order("10", "1.00"), 201)
    (waiting,) = (await lin.get("/api/v1/approvals")).json()["items"]
    await _post(lin, f"approvals/{waiting['id']}/decide", {"verdict": "reject", "comment": "低于成本"})
    await drain(database, tenant.id, BY_KIND)
    assert (await zhou.get(f"/api/v1/orders/{second['id']}")).json()["state"] == "rejected"
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


def _order(quantity: str, price: str | None = None) -> dict[str, object]:
    line = {"sku": "COLA", "quantity": quantity} | ({"price": price} if price else {})
    return {"customer": "K2", "lines": [line]}


async def _client(app: Litestar, database: Database, tenant: Tenant, login: str) -> httpx.AsyncClient:
    """Whoever is there already, by a key of their own."""
    return client_of(app, x_api_key=(await key_of(database, tenant, login)).text())
