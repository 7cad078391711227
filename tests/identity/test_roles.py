"""Roles, departments and selling organisations: the company's own data."""

from typing import Any

import httpx
import pytest
from tests.conftest import AsRole
from tests.identity.conftest import codes
from tests.support import Tenant, contents, make_user, trail

from dinghuo.identity.default_roles import DEFAULT_ROLES
from dinghuo.identity.permissions import PERMISSIONS, permissions_of
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow


@pytest.fixture
async def owner(as_role: AsRole) -> httpx.AsyncClient:
    return await as_role("owner", login="boss")


async def put(client: httpx.AsyncClient, path: str, *items: dict[str, Any]) -> httpx.Response:
    return await client.put(f"/api/v1/{path}", json={"items": list(items)})


async def row(client: httpx.AsyncClient, path: str, code: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = (await client.get(f"/api/v1/{path}")).json()
    return next(row for row in rows if row["code"] == code)


async def test_a_tenant_starts_with_the_default_roles(owner: httpx.AsyncClient) -> None:
    roles = {role["code"]: role for role in (await owner.get("/api/v1/roles")).json()}
    assert list(roles) == [
        "finance",
        "it",
        "owner",
        "sales",
        "sales_manager",
        "warehouse",
        "dealer_admin",
        "dealer_approver",
        "dealer_buyer",
        "dealer_receiver",
    ]
    for default in DEFAULT_ROLES:
        assert roles[default.code]["permissions"] == sorted(default.permissions)
        assert default.permissions <= permissions_of(default.audience)
    assert (roles["sales"]["scope"], roles["sales_manager"]["scope"], roles["finance"]["scope"]) == (
        "own",
        "department",
        "all",
    )
    sees_prices = [code for code, role in roles.items() if not role["sees_price"]]
    assert sees_prices == ["it", "warehouse", "dealer_receiver"]
    sees_cost = [code for code, role in roles.items() if role["sees_cost"]]
    assert sees_cost == ["finance", "owner", "sales_manager"]
    assert roles["owner"]["users"] == 2


async def test_permissions_are_told_in_the_callers_language(owner: httpx.AsyncClient) -> None:
    zh = (await owner.get("/api/v1/permissions")).json()
    en = (await owner.get("/api/v1/permissions", headers={"accept-language": "en"})).json()
    assert [permission["name"] for permission in zh] == list(PERMISSIONS)
    assert zh[0] == {"name": "parties.read", "audience": "staff", "title": "查看客户"}
    assert en[0]["title"] == "See customers"


@pytest.mark.slow
async def test_a_role_is_made_changed_and_removed(
    database: Database, tenant: Tenant, owner: httpx.AsyncClient
) -> None:
    made = await put(
        owner,
        "roles",
        {
            "code": "auditor",
            "name": "审计",
            "permissions": ["audit.read", "orders.read"],
            "scope": "all",
            "sees_price": True,
        },
    )
    assert made.json()["created"] == 1
    auditor = await row(owner, "roles", "auditor")
    assert auditor["permissions"] == ["audit.read", "orders.read"]
    path = f"/api/v1/roles/{auditor['id']}"
    change = {"permissions": ["audit.read", "accounts.read"], "sees_price": False}
    assert (await owner.patch(path, json=change, headers={"if-match": "1"})).json()["updated"] == 1
    auditor = await row(owner, "roles", "auditor")
    assert (auditor["permissions"], auditor["sees_price"], auditor["scope"], auditor["revision"]) == (
        ["accounts.read", "audit.read"],
        False,
        "all",
        2,
    )
    await make_user(database, tenant, "auditor")
    refused = await owner.delete(path)
    assert (refused.status_code, codes(refused)) == (409, ["role-in-use"])
    async with database.transaction(tenant.id) as tx:
        await tx.write("delete from user_role where tenant_id = $1 and role_id = $2::text::uuid", auditor["id"])
    assert (await owner.delete(path)).status_code == 204
    assert "auditor" not in [role["code"] for role in (await owner.get("/api/v1/roles")).json()]
    assert [entry for entry in await trail(database, tenant) if entry[0] == "role"] == [
        ("role", "created", "boss · test"),
        ("role", "updated", "boss · test"),
        ("role", "removed", "boss · test"),
    ]


async def test_a_changed_role_changes_what_its_users_may_at_once(as_role: AsRole, owner: httpx.AsyncClient) -> None:
    sales = await as_role("sales")
    assert (await sales.get("/api/v1/orders")).status_code == 200
    await put(owner, "roles", {"code": "sales", "permissions": ["catalogue.read"]})
    answer = await sales.get("/api/v1/orders")
    assert (answer.status_code, codes(answer)) == (403, ["not-permitted"])


@pytest.mark.parametrize(
    ("role", "status", "expected"),
    [
        ({"code": "x"}, 422, ["missing-value"]),
        ({"code": " x", "name": "x"}, 422, ["code-form"]),
        ({"code": "x", "name": "x", "permissions": ["orders.fly"]}, 422, ["unknown-permission"]),
        ({"code": "x", "name": "x", "permissions": ["portal.users"]}, 409, ["permission-of-others"]),
        ({"code": "sales", "audience": "dealer"}, 409, ["role-audience-fixed"]),
        ({"code": "owner", "permissions": []}, 409, ["last-administrator"]),
        ({"code": "x", "name": "x", "scope": "galaxy"}, 422, ["invalid-value"]),
    ],
)
async def test_a_refused_role_leaves_no_trace(
    database: Database,
    tenant: Tenant,
    owner: httpx.AsyncClient,
    role: dict[str, Any],
    status: int,
    expected: list[str],
) -> None:
    before = await contents(database, tenant)
    answer = await put(owner, "roles", {"code": "fine", "name": "好"}, role)
    assert (answer.status_code, codes(answer)) == (status, expected)
    assert await contents(database, tenant) == before


async def test_departments_are_a_tree_with_heads(
    database: Database, tenant: Tenant, owner: httpx.AsyncClient
) -> None:
    await make_user(database, tenant, "sales_manager", login="li")
    made = await put(
        owner,
        "departments",
        {"code": "sh", "name": "上海", "parent": "east", "head": "Li"},
        {"code": "east", "name": "华东", "name_en": "East"},
    )
    assert made.json()["created"] == 2
    sh = await row(owner, "departments", "sh")
    assert (sh["parent"]["code"], sh["head"]["code"]) == ("east", "li")
    path = f"/api/v1/departments/{sh['id']}"
    assert (await owner.patch(path, json={"head": None}, headers={"if-match": "1"})).json()["updated"] == 1
    assert (await row(owner, "departments", "sh"))["head"] is None


@pytest.mark.parametrize(
    ("item", "status", "expected"),
    [
        ({"code": "east", "parent": "sh"}, 409, ["own-ancestor"]),
        ({"code": "east", "parent": "east"}, 409, ["own-ancestor"]),
        ({"code": "east", "parent": "moon"}, 422, ["unknown-code"]),
        ({"code": "east", "head": "nobody"}, 422, ["unknown-code"]),
        ({"code": "west"}, 422, ["missing-value"]),
    ],
)
async def test_a_refused_department_leaves_no_trace(
    database: Database,
    tenant: Tenant,
    owner: httpx.AsyncClient,
    item: dict[str, Any],
    status: int,
    expected: list[str],
) -> None:
    tree = ({"code": "east", "name": "华东"}, {"code": "sh", "name": "上海", "parent": "east"})
    await put(owner, "departments", *tree)
    before = await contents(database, tenant)
    answer = await put(owner, "departments", item)
    assert (answer.status_code, codes(answer)) == (status, expected)
    assert await contents(database, tenant) == before


async def test_a_company_may_sell_as_several_organisations(
    database: Database, tenant: Tenant, owner: httpx.AsyncClient, as_role: AsRole
) -> None:
    made = await put(
        owner,
        "organisations",
        {"code": "hk", "name": "香港公司", "currency": "HKD", "tax_status": "exempt", "number_prefix": "HK-"},
        {"code": "main", "tax_number": "91310000MA1FL0000X"},
    )
    assert made.json() == {"created": 1, "updated": 1, "unchanged": 0, "warnings": []}
    hk = await row(owner, "organisations", "hk")
    assert (hk["currency"], hk["tax_status"], hk["number_prefix"], hk["state"]) == ("HKD", "exempt", "HK-", "active")
    assert (await row(owner, "organisations", "main"))["tax_number"] == "91310000MA1FL0000X"
    path = f"/api/v1/organisations/{hk['id']}"
    assert (await owner.patch(path, json={"state": "closed"}, headers={"if-match": "1"})).json()["updated"] == 1
    sales = await as_role("sales")
    assert len((await sales.get("/api/v1/organisations")).json()) == 2
    before = await contents(database, tenant)
    for client, item, status, expected in (
        (owner, {"code": "hk", "currency": "CNY"}, 409, ["organisation-currency-fixed"]),
        (owner, {"code": "us", "name": "US", "currency": "XYZ"}, 422, ["unknown-currency"]),
        (owner, {"code": "us"}, 422, ["missing-value"]),
        (sales, {"code": "us", "name": "US"}, 403, ["not-permitted"]),
    ):
        answer = await put(client, "organisations", item)
        assert (answer.status_code, codes(answer)) == (status, expected)
    assert await contents(database, tenant) == before
