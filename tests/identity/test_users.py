"""Users in bulk: what is stored, what is refused, who may give what to whom."""

import asyncio
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from litestar import Litestar
from tests.conftest import AsRole
from tests.identity.conftest import codes
from tests.support import Tenant, client_of, contents, key_of, make_tenant, make_user, trail

from dinghuo.identity.admins import LAST_ADMIN
from dinghuo.identity.granting import Granter
from dinghuo.identity.save_users import UserInput, save_users
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused

pytestmark = pytest.mark.slow


@pytest.fixture
async def it(as_role: AsRole) -> httpx.AsyncClient:
    """Someone who may manage users but not roles."""
    return await as_role("it")


async def put_customer(database: Database, tenant: Tenant, *customer_codes: str) -> None:
    async with database.transaction(tenant.id) as tx:
        await tx.write(
            "insert into customer (tenant_id, id, code, name, created_at, updated_at) "
            "select $1, gen_random_uuid(), code, code, now(), now() from unnest($2::text[]) c(code)",
            list(customer_codes),
        )
        await tx.write("insert into region (tenant_id, id, code, name) values ($1, gen_random_uuid(), 'R1', '一区')")


async def by_login(client: httpx.AsyncClient, login: str) -> dict[str, Any]:
    users = (await client.get("/api/v1/users", params={"limit": 200})).json()["items"]
    found: dict[str, Any] = next(user for user in users if user["login"] == login)
    return found


async def test_users_are_created_updated_and_left_alone(database: Database, tenant: Tenant, as_role: AsRole) -> None:
    client = await as_role("owner", login="boss")
    await put_customer(database, tenant, "C1", "C2")
    await client.put("/api/v1/departments", json={"items": [{"code": "east", "name": "华东"}]})
    items = [
        {
            "login": "Li.Wei",
            "name": "李伟",
            "email": "li@example.com",
            "department": "east",
            "roles": ["sales"],
            "regions": ["R1"],
        },
        {
            "login": "buyer",
            "name": "采购",
            "audience": "dealer",
            "roles": ["dealer_buyer"],
            "customers": ["C2", "C1"],
        },
    ]
    first = await client.put("/api/v1/users", json={"items": items})
    assert first.json() == {"created": 2, "updated": 0, "unchanged": 0, "warnings": []}
    before = await contents(database, tenant)
    again = await client.put("/api/v1/users", json={"items": items})
    assert again.json() == {"created": 0, "updated": 0, "unchanged": 2, "warnings": []}
    assert await contents(database, tenant) == before
    li = await by_login(client, "li.wei")
    assert (li["name"], li["department"]["code"], li["roles"], li["regions"]) == ("李伟", "east", ["sales"], ["R1"])
    assert (li["audience"], li["has_password"], li["revision"]) == ("staff", False, 1)
    assert (await by_login(client, "buyer"))["customers"] == ["C1", "C2"]
    change = {"items": [{"login": "li.wei", "roles": ["finance"], "department": None, "regions": []}]}
    assert (await client.put("/api/v1/users", json=change)).json()["updated"] == 1
    li = await by_login(client, "li.wei")
    assert (li["email"], li["department"], li["roles"], li["regions"], li["revision"]) == (
        "li@example.com",
        None,
        ["finance"],
        [],
        2,
    )
    assert (await trail(database, tenant))[-3:] == [
        ("app_user", "created", "boss · test"),
        ("app_user", "created", "boss · test"),
        ("app_user", "updated", "boss · test"),
    ]


async def test_every_fault_is_named_with_its_line_and_nothing_is_stored(
    database: Database, tenant: Tenant, it: httpx.AsyncClient
) -> None:
    await put_customer(database, tenant, "C1")
    before = await contents(database, tenant)
    items: list[dict[str, Any]] = [
        {"login": "good", "name": "好", "roles": ["sales"]},
        {"login": "nameless"},
        {"login": "a", "name": "短"},
        {"login": "good", "name": "又"},
        {"login": "u1", "name": "一", "roles": ["sales", "pilot"], "department": "moon", "regions": ["R9"]},
        {"login": "u2", "name": "二", "customers": ["C1"]},
        {"login": "u3", "name": "三", "audience": "dealer", "customers": ["C1", "C9"], "regions": ["R1"]},
        {"login": "u4", "name": "四", "audience": "dealer", "roles": ["sales"]},
        {"login": "owner", "audience": "dealer"},
    ]
    form = await it.put("/api/v1/users", json={"items": items})
    assert [(fault["field"], fault["code"]) for fault in form.json()["faults"]] == [
        ("items[2].login", "login-form"),
        ("items[3].login", "duplicate-code"),
    ]
    answer = await it.put("/api/v1/users", json={"items": [items[1], *items[4:]]})
    assert [(fault["field"], fault["line"], fault["code"]) for fault in answer.json()["faults"]] == [
        ("items[0].name", 1, "missing-value"),
        ("items[1].department", 2, "unknown-code"),
        ("items[1].roles[1]", 2, "unknown-code"),
        ("items[1].regions[0]", 2, "unknown-code"),
        ("items[2].customers", 3, "customers-of-dealers"),
        ("items[3].customers[1]", 4, "unknown-code"),
        ("items[3].regions", 4, "regions-of-staff"),
        ("items[4].roles", 5, "role-of-others"),
        ("items[5].audience", 6, "user-audience-fixed"),
        ("items[5].roles", 6, "role-of-others"),
    ]
    assert await contents(database, tenant) == before


async def test_saving_many_costs_as_many_statements_as_saving_one(database: Database, tenant: Tenant) -> None:
    async def statements(count: int) -> int:
        items = [UserInput(login=f"n{count}-{n}", name=f"用户{n}", roles=["sales"]) for n in range(count)]
        async with database.transaction(tenant.id) as tx:
            with patch.object(tx, "check", wraps=tx.check) as checked:
                await save_users(tx, items=items, by=SYSTEM, granter=Granter())
        return checked.call_count

    assert await statements(1) == await statements(50)


async def test_one_user_is_edited_as_somebody_saw_it(
    database: Database, tenant: Tenant, it: httpx.AsyncClient
) -> None:
    await it.put("/api/v1/users", json={"items": [{"login": "li", "name": "李伟"}]})
    li = await by_login(it, "li")
    one = await it.get(f"/api/v1/users/{li['id']}")
    assert (one.json(), one.headers["etag"]) == (li, '"1"')
    path = f"/api/v1/users/{li['id']}"
    edited = await it.patch(path, json={"mobile": "13800000000"}, headers={"if-match": '"1"'})
    assert edited.json() == {"created": 0, "updated": 1, "unchanged": 0, "warnings": []}
    before = await contents(database, tenant)
    for headers, status, expected in (
        ({"if-match": '"1"'}, 412, "stale-revision"),
        ({}, 422, "if-match-needed"),
    ):
        answer = await it.patch(path, json={"name": "王"}, headers=headers)
        assert (answer.status_code, codes(answer)) == (status, [expected])
    assert await contents(database, tenant) == before


async def test_lists_are_filtered_and_paged(it: httpx.AsyncClient) -> None:
    items = [{"login": f"u{n}", "name": f"用户{n}", "roles": ["sales" if n % 2 else "warehouse"]} for n in range(5)]
    await it.put("/api/v1/users", json={"items": items})
    await it.put("/api/v1/users", json={"items": [{"login": "u3", "state": "disabled"}]})
    seen = []
    cursor: str | None = ""
    while cursor is not None:
        params: dict[str, str | int] = {"role": "sales", "limit": 1, **({"cursor": cursor} if cursor else {})}
        page = (await it.get("/api/v1/users", params=params)).json()
        seen += [user["login"] for user in page["items"]]
        cursor = page["cursor"]
    assert seen == ["u1", "u3"]
    disabled = (await it.get("/api/v1/users", params={"state": "disabled"})).json()["items"]
    assert [user["login"] for user in disabled] == ["u3"]
    assert (await it.get("/api/v1/users", params={"audience": "dealer"})).json() == {"items": [], "cursor": None}
    for sought, found in {"用户4": ["u4"], " U2 ": ["u2"], "%": [], "\0": []}.items():
        listed = (await it.get("/api/v1/users", params={"search": sought})).json()["items"]
        assert [user["login"] for user in listed] == found
    wrong = await it.get("/api/v1/users", params={"cursor": "nonsense"})
    assert (wrong.status_code, codes(wrong)) == (422, ["bad-cursor"])


async def test_another_companys_people_roles_and_customers_do_not_exist_here(
    app: Litestar, database: Database, tenant: Tenant, it: httpx.AsyncClient
) -> None:
    other = await make_tenant(database)
    await put_customer(database, other, "THEIRS")
    stranger = await make_user(database, other, "owner", login="stranger")
    token = await key_of(database, other, stranger)
    async with client_of(app, x_api_key=token.text()) as there:
        role = {"code": "special", "name": "特别", "permissions": ["orders.read"]}
        await there.put("/api/v1/roles", json={"items": [role]})
        theirs = await by_login(there, "stranger")
    before = await contents(database, other)
    path = f"/api/v1/users/{theirs['id']}"
    for answer in (
        await it.get(path),
        await it.patch(path, json={"name": "mine"}, headers={"if-match": "1"}),
        await it.post(f"{path}/password", json={}),
        await it.post(f"{path}/totp/remove"),
        await it.get(f"{path}/sessions"),
        await it.delete(f"{path}/sessions"),
    ):
        assert (answer.status_code, codes(answer)) == (404, ["no-such-record"])
    mine = {"login": "mine", "name": "我的", "audience": "dealer", "customers": ["THEIRS"], "roles": ["special"]}
    answer = await it.put("/api/v1/users", json={"items": [mine]})
    assert codes(answer) == ["unknown-code", "unknown-code"]
    key = await it.post("/api/v1/api-keys", json={"name": "x", "permissions": ["orders.read"], "user": "stranger"})
    assert codes(key) == ["unknown-user"]
    assert await contents(database, other) == before


async def test_a_manager_of_users_gives_and_touches_no_more_than_they_have(
    database: Database, tenant: Tenant, as_role: AsRole
) -> None:
    owner = await as_role("owner")
    clerk = {"code": "clerk", "name": "文员", "permissions": ["identity.users", "orders.read"]}
    reader = {"code": "reader", "name": "查阅", "permissions": ["orders.read"]}
    await owner.put("/api/v1/roles", json={"items": [clerk, reader]})
    await put_customer(database, tenant, "C1")
    client = await as_role("clerk")
    boss = await by_login(owner, "owner")
    await client.get("/api/v1/me")
    before = await contents(database, tenant)
    for items in (
        [{"login": "new", "name": "新", "roles": ["finance"]}],
        [{"login": "owner", "roles": ["reader"]}],
        [{"login": "owner", "state": "disabled"}],
    ):
        answer = await client.put("/api/v1/users", json={"items": items})
        assert answer.status_code == 403
        assert set(codes(answer)) == {"beyond-own-permissions"}
    for answer in (
        await client.post(f"/api/v1/users/{boss['id']}/password", json={}),
        await client.post(f"/api/v1/users/{boss['id']}/totp/remove"),
        await client.delete(f"/api/v1/users/{boss['id']}/sessions"),
    ):
        assert answer.status_code == 403
        assert set(codes(answer)) == {"beyond-own-permissions"}
    assert await contents(database, tenant) == before
    items = [
        {"login": "new", "name": "新", "roles": ["reader"]},
        {"login": "buyer", "name": "采购", "audience": "dealer", "roles": ["dealer_admin"], "customers": ["C1"]},
    ]
    assert (await client.put("/api/v1/users", json={"items": items})).json()["created"] == 2
    new = await by_login(client, "new")
    given = await client.post(f"/api/v1/users/{new['id']}/password", json={"password": "one to begin with"})
    assert given.json() == {"password": "one to begin with"}


async def test_the_last_who_can_edit_roles_cannot_be_taken_away(database: Database, tenant: Tenant) -> None:
    async def save(**item: Any) -> None:
        async with database.transaction(tenant.id) as tx:
            await save_users(tx, items=[UserInput(login="owner", **item)], by=SYSTEM, granter=Granter())

    before = await contents(database, tenant)
    changes: list[dict[str, Any]] = [{"state": "disabled"}, {"roles": []}, {"roles": ["sales"]}]
    for change in changes:
        with pytest.raises(Refused) as refused:
            await save(**change)
        assert refused.value.faults == (LAST_ADMIN("roles"),)
    assert await contents(database, tenant) == before
    await make_user(database, tenant, "it")
    await save(state="disabled")


async def test_two_administrators_cannot_remove_each_other_at_once(database: Database, tenant: Tenant) -> None:
    await make_user(database, tenant, "owner", login="second")

    async def disable(login: str) -> None:
        item = UserInput(login=login, state="disabled")
        await database.run(tenant.id, lambda tx: save_users(tx, items=[item], by=SYSTEM, granter=Granter()))

    outcomes = await asyncio.gather(disable("owner"), disable("second"), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "Refused"]


async def test_a_given_password_is_held_to_the_rules(
    it: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    await it.put("/api/v1/users", json={"items": [{"login": "li", "name": "李伟"}]})
    li = await by_login(it, "li")
    before = await contents(database, tenant)
    answer = await it.post(f"/api/v1/users/{li['id']}/password", json={"password": "short"})
    assert (answer.status_code, codes(answer)) == (422, ["password-length"])
    assert await contents(database, tenant) == before
