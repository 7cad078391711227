"""Signing in: who may, what is refused and how, and what remains of it."""

import httpx
import pytest
import structlog
from litestar import Litestar
from sqlalchemy import text
from tests.identity.conftest import PASSWORD, QUICK, Clock, codes, give_password, sign_in
from tests.support import Tenant, client_of, contents, make_tenant, make_user, trail

from dinghuo.entry.app import create_app
from dinghuo.entry.migrate import migrate
from dinghuo.identity.create_tenant import NewTenant, create_tenant
from dinghuo.identity.password_check import WRONG_PASSWORD
from dinghuo.identity.throttle import PER_ACCOUNT
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database
from dinghuo.kit.embedded import EmbeddedServer
from dinghuo.kit.roles import prepare


@pytest.fixture
async def li(timed: Database, tenant: Tenant) -> str:
    """A sales person with a password."""
    login = await make_user(timed, tenant, "sales", login="li.wei")
    await give_password(timed, tenant, login)
    return login


async def test_signing_in_opens_a_session_and_says_who_one_is(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    answer = await sign_in(browser, tenant, " Li.WEI ")
    assert answer.status_code == 201
    said = answer.json()["me"]
    assert (said["login"], said["audience"], said["scope"], said["must"]) == ("li.wei", "staff", "own", None)
    assert said["company"] == {
        "code": tenant.code,
        "name": f"公司 {tenant.code}",
        "currency": "CNY",
        "time_zone": "Asia/Shanghai",
    }
    assert "orders.place" in said["permissions"] and "accounts.write" not in said["permissions"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"dinghuo={tenant.id}.")
    assert cookie.endswith("; HttpOnly; Max-Age=1209600; Path=/api; SameSite=lax")
    me = await browser.get("/api/v1/me")
    assert (me.status_code, me.json()) == (200, said)
    assert me.headers["x-csrf-token"] == answer.json()["csrf"]
    assert (await trail(timed, tenant))[-1] == ("session", "created", "li.wei")


async def test_over_https_the_cookie_travels_over_https_only(timed_app: Litestar, tenant: Tenant, li: str) -> None:
    async with client_of(timed_app) as client:
        client.base_url = httpx.URL("https://dinghuo.test")
        answer = await sign_in(client, tenant, li)
    assert answer.headers["set-cookie"].endswith("; SameSite=lax; Secure")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(("login", "password"), [("li.wei", "a wrong password"), ("nobody", PASSWORD)])
async def test_a_wrong_password_and_an_unknown_login_are_refused_alike(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, login: str, password: str
) -> None:
    before = await contents(timed, tenant, but=["audit_entry", "sign_in_window"])
    answer = await sign_in(browser, tenant, login, password)
    assert (answer.status_code, codes(answer)) == (401, ["wrong-login-or-password"])
    assert answer.json()["title"] == WRONG_PASSWORD.zh
    assert "set-cookie" not in answer.headers
    assert answer.headers["www-authenticate"] == "Bearer"
    assert await contents(timed, tenant, but=["audit_entry", "sign_in_window"]) == before
    assert (await trail(timed, tenant))[-1] == ("sign_in", "refused", "sign-in")


async def test_a_user_without_a_password_cannot_sign_in(browser: httpx.AsyncClient, tenant: Tenant) -> None:
    assert codes(await sign_in(browser, tenant, "owner", "")) == ["wrong-login-or-password"]


async def test_a_disabled_user_is_told_so_only_after_the_right_password(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    async with timed.transaction(tenant.id) as tx:
        await tx.write("update app_user set state = 'disabled' where tenant_id = $1 and login = $2", li)
    assert codes(await sign_in(browser, tenant, li, "a wrong password")) == ["wrong-login-or-password"]
    answer = await sign_in(browser, tenant, li)
    assert (answer.status_code, codes(answer)) == (403, ["user-disabled"])


async def test_two_companies_may_have_the_same_login_with_passwords_of_their_own(
    timed_app: Litestar, timed: Database, tenant: Tenant, li: str
) -> None:
    other = await make_tenant(timed)
    await give_password(timed, other, await make_user(timed, other, "finance", login=li), "another password")
    async with client_of(timed_app) as here, client_of(timed_app) as there:
        assert (await sign_in(here, tenant, li)).json()["me"]["company"]["code"] == tenant.code
        assert (await sign_in(there, other, li, "another password")).json()["me"]["company"]["code"] == other.code
        assert (await sign_in(there, other, li, PASSWORD)).status_code == 401


async def test_an_unknown_company_is_said_to_be_so(browser: httpx.AsyncClient, tenant: Tenant) -> None:
    body = {"login": "li", "password": PASSWORD}
    unknown = await browser.post("/api/v1/sign-in", json={**body, "company": "nobody-has-this"})
    assert (unknown.status_code, codes(unknown)) == (404, ["unknown-company"])
    missing = await browser.post("/api/v1/sign-in", json=body)
    assert (missing.status_code, codes(missing)) == (422, ["company-needed"])


async def test_a_suspended_company_lets_nobody_in(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    await sign_in(browser, tenant, li)
    async with timed.untenanted() as connection:
        await connection.execute(text("update tenant set state = 'suspended' where id = :id"), {"id": tenant.id})
    assert codes(await sign_in(browser, tenant, li)) == ["tenant-suspended"]
    clock.forward(seconds=3)
    answer = await browser.get("/api/v1/me")
    assert (answer.status_code, codes(answer)) == (403, ["tenant-suspended"])


async def test_the_host_name_tells_the_company(timed_app: Litestar, timed: Database, tenant: Tenant) -> None:
    code = f"h-{tenant.code}"
    new = NewTenant(code=code, name="海风", hosts=(f"{code}.example.com",), owner_login="boss", owner_name="老板")
    await create_tenant(timed, new, password=PASSWORD, by=SYSTEM)
    async with client_of(timed_app, host=f"{code}.Example.com:8443") as client:
        answer = await client.post("/api/v1/sign-in", json={"login": "boss", "password": PASSWORD})
        assert answer.json()["me"]["company"]["code"] == code
        other = await client.post(
            "/api/v1/sign-in", json={"login": "boss", "password": PASSWORD, "company": tenant.code}
        )
        assert codes(other) == ["unknown-company"]


@pytest.mark.slow
async def test_where_there_is_one_company_nobody_has_to_name_it(postgres: EmbeddedServer, tenant: Tenant) -> None:
    urls = await prepare(postgres.admin_url(), database=f"sole_{tenant.code[2:]}", secret="test")
    await migrate(urls.owner)
    database = Database(urls.app, guard=True, pool_size=2)
    body = {"login": "owner", "password": PASSWORD}
    async with client_of(create_app(database)) as client:
        assert codes(await client.post("/api/v1/sign-in", json=body)) == ["company-needed"]
        await create_tenant(database, NewTenant(code="only", name="唯一"), password=PASSWORD, by=SYSTEM)
        assert (await client.post("/api/v1/sign-in", json=body)).json()["me"]["company"]["code"] == "only"
        await create_tenant(database, NewTenant(code="second", name="其二"), password=PASSWORD, by=SYSTEM)
        assert codes(await client.post("/api/v1/sign-in", json=body)) == ["company-needed"]
    await database.close()


async def test_too_many_attempts_are_told_when_to_come_back_and_the_right_password_does_not_help(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    for _ in range(PER_ACCOUNT):
        assert (await sign_in(browser, tenant, li, "a wrong password")).status_code == 401
    before = await contents(timed, tenant)
    answer = await sign_in(browser, tenant, li)
    assert (answer.status_code, codes(answer)) == (429, ["too-many-attempts"])
    assert answer.headers["retry-after"] == "900"
    assert await contents(timed, tenant) == before
    clock.forward(minutes=15)
    assert (await sign_in(browser, tenant, li)).status_code == 201
    for _ in range(PER_ACCOUNT):
        assert (await sign_in(browser, tenant, li, "a wrong password")).status_code == 401


async def test_a_hash_of_weaker_parameters_is_replaced_on_the_way(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    weaker = QUICK._hasher.__class__(time_cost=1, memory_cost=32, parallelism=1).hash(PASSWORD)
    async with timed.transaction(tenant.id) as tx:
        await tx.write("update app_user set password_hash = $3 where tenant_id = $1 and login = $2", li, weaker)
    assert (await sign_in(browser, tenant, li)).status_code == 201
    async with timed.transaction(tenant.id) as tx:
        row = (await tx.fetch("select password_hash from app_user where tenant_id = $1 and login = $2", li))[0]
    assert "$m=64,t=1,p=1$" in row["password_hash"]
    assert (await sign_in(browser, tenant, li)).status_code == 201


async def test_staff_and_dealers_have_doors_of_their_own(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    async with timed.transaction(tenant.id) as tx:
        await tx.write(
            "insert into customer (tenant_id, id, code, name, created_at, updated_at) "
            "values ($1, gen_random_uuid(), 'C1', '客户', now(), now())"
        )
    buyer = await make_user(timed, tenant, "dealer_buyer", login="buyer", customers=["C1"])
    await give_password(timed, tenant, buyer)
    before = await contents(timed, tenant, but=["audit_entry", "sign_in_window"])
    at_staff = await sign_in(browser, tenant, buyer)
    assert (at_staff.status_code, codes(at_staff)) == (403, ["dealer-at-staff-door"])
    at_portal = await sign_in(browser, tenant, li, at="/portal/v1")
    assert (at_portal.status_code, codes(at_portal)) == (403, ["staff-at-dealers-door"])
    assert await contents(timed, tenant, but=["audit_entry", "sign_in_window"]) == before
    inside = await sign_in(browser, tenant, buyer, at="/portal/v1")
    assert inside.status_code == 201
    assert "Path=/portal;" in inside.headers["set-cookie"]
    assert [customer["code"] for customer in inside.json()["me"]["customers"]] == ["C1"]


async def test_a_dealer_without_a_customer_gets_no_session(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    await give_password(timed, tenant, await make_user(timed, tenant, "dealer_buyer", login="lonely"))
    before = await contents(timed, tenant, but=["sign_in_window"])
    answer = await sign_in(browser, tenant, "lonely", at="/portal/v1")
    assert (answer.status_code, codes(answer)) == (403, ["user-without-customer"])
    assert await contents(timed, tenant, but=["sign_in_window"]) == before


async def test_neither_log_nor_audit_nor_answers_hold_a_password_or_a_secret(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    with structlog.testing.capture_logs() as log:
        answer = await sign_in(browser, tenant, li)
        await sign_in(browser, tenant, li, "a wrong password")
        await browser.post("/api/v1/sign-in", content=b'{"password": "a wrong password", ')
    secret = answer.headers["set-cookie"].split(".")[2].split(";")[0]
    rows = await contents(timed, tenant)
    for hidden in (PASSWORD, "a wrong password", secret, answer.json()["csrf"]):
        assert hidden not in str(log)
        assert hidden not in str(rows)
    assert len([line for line in log if line["event"] == "request"]) == 3
