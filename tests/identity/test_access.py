"""Who gets past the door, route by route: taken from the application, so that a new route is covered at once."""

from collections.abc import Iterator

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from tests.conftest import AsRole
from tests.identity.conftest import codes
from tests.support import Tenant, client_of, contents, key_of, make_user, principal_of

from dinghuo.identity.permissions import OWN_ACCOUNT, PUBLIC, SIGNED_IN
from dinghuo.identity.principals import DealerPrincipal, StaffPrincipal
from dinghuo.kit.database import Database


def routes(app: Litestar, prefix: str) -> Iterator[tuple[str, str, str]]:
    """(method, path with ids filled in, permission) of every route under the prefix."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path.startswith(prefix):
            parts = ["0" * 32 if part.startswith("{") else part for part in route.path.split("/")]
            for handler in route.route_handlers:
                for method in handler.http_methods - {"OPTIONS"}:
                    yield str(method), "/".join(parts), handler.opt["permission"]


@pytest.fixture
async def buyer(as_role: AsRole, database: Database, tenant: Tenant) -> httpx.AsyncClient:
    async with database.transaction(tenant.id) as tx:
        await tx.write(
            "insert into customer (tenant_id, id, code, name, created_at, updated_at) "
            "values ($1, gen_random_uuid(), 'C1', '客户', now(), now())"
        )
    return await as_role("dealer_admin", customers=["C1"])


# Whoever comes here has only a password, a link, or a code of WeChat's or WeCom's.
OPEN = {
    "/api/v1/sign-in",
    "/api/v1/wecom/door",
    "/api/v1/wecom/begin",
    "/api/v1/wecom/sign-in",
    "/api/v1/wecom/second-factor",
    "/portal/v1/sign-in",
    "/portal/v1/invitations/look",
    "/portal/v1/invitations/accept",
    "/portal/v1/wechat/sign-in",
    "/portal/v1/wechat/bind",
}


@pytest.mark.parametrize("prefix", ["/api/v1", "/portal/v1"])
async def test_nobody_gets_past_any_door_unknown(app: Litestar, client: httpx.AsyncClient, prefix: str) -> None:
    doors = list(routes(app, prefix))
    assert len(doors) >= 9
    for method, path, permission in doors:
        answer = await client.request(method, path)
        if permission == PUBLIC:
            assert path in OPEN
        else:
            assert (answer.status_code, codes(answer)) == (401, ["sign-in-first"]), (method, path)


@pytest.mark.slow
async def test_no_dealer_gets_past_any_door_of_staff_nor_staff_past_any_of_dealers(
    app: Litestar, database: Database, tenant: Tenant, as_role: AsRole, buyer: httpx.AsyncClient
) -> None:
    owner = await as_role("owner")
    before = await contents(database, tenant)
    for client, prefix, expected in ((buyer, "/api/v1", "staff-only"), (owner, "/portal/v1", "dealers-only")):
        for method, path, permission in routes(app, prefix):
            if permission != PUBLIC:
                answer = await client.request(method, path)
                assert (answer.status_code, codes(answer)) == (403, [expected]), (method, path)
    assert await contents(database, tenant) == before
    assert (await buyer.get("/portal/v1/me")).status_code == 200
    assert (await owner.get("/api/v1/me")).status_code == 200


async def test_without_its_permission_no_door_opens(
    app: Litestar, database: Database, tenant: Tenant, as_role: AsRole
) -> None:
    """A user who may nothing is refused by every route that names a permission."""
    nobody = await as_role(audience="staff")
    before = await contents(database, tenant)
    for method, path, permission in routes(app, "/api/v1"):
        if permission not in (PUBLIC, SIGNED_IN, OWN_ACCOUNT):
            answer = await nobody.request(method, path)
            assert (answer.status_code, codes(answer)) == (403, ["not-permitted"]), (method, path)
            assert answer.json()["faults"][0]["params"]["permission"] == permission
    assert await contents(database, tenant) == before


async def test_principals_of_staff_and_dealers_are_of_different_types(
    database: Database, tenant: Tenant, buyer: httpx.AsyncClient
) -> None:
    staff = await principal_of(database, await key_of(database, tenant, await make_user(database, tenant, "sales")))
    login = await make_user(database, tenant, "dealer_buyer", customers=["C1"])
    dealer = await principal_of(database, await key_of(database, tenant, login))
    assert isinstance(staff, StaffPrincipal) and not isinstance(staff, DealerPrincipal)
    assert isinstance(dealer, DealerPrincipal) and not isinstance(dealer, StaffPrincipal)
    assert dealer.customer_ids == {dealer.customer_id}
    assert (staff.actor().kind, staff.actor().channel) == ("key", "api")
    assert (dealer.actor().kind, dealer.actor().channel) == ("key", "portal")
    assert dealer.actor("import").channel == "import"


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer nonsense"},
        {"authorization": "Bearer "},
        {"authorization": "Basic dXNlcjpwYXNz"},
        {"x-api-key": "1.2.3"},
        {"x-api-key": f"1.{'0' * 32}.secret"},
        {"x-api-key": f"999999999.{'0' * 32}.secret"},
        {"cookie": "dinghuo=1.2.3"},
        {"cookie": "other=1"},
    ],
)
async def test_what_is_no_credential_opens_nothing(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.get("/api/v1/me", headers=headers)
    assert answer.status_code == 401
    assert codes(answer) in (["sign-in-first"], ["unknown-credential"])


async def test_a_key_is_not_a_session_nor_a_session_a_key(app: Litestar, database: Database, tenant: Tenant) -> None:
    token = await key_of(database, tenant, await make_user(database, tenant, "owner"))
    async with client_of(app, cookie=f"dinghuo={token.text()}") as client:
        assert codes(await client.get("/api/v1/me")) == ["unknown-credential"]


async def test_a_key_cannot_do_what_only_a_person_does(database: Database, tenant: Tenant, as_role: AsRole) -> None:
    owner = await as_role("owner")
    before = await contents(database, tenant)
    for method, path, body in (
        ("POST", "sign-out", None),
        ("POST", "me/password", {"old": "x", "new": "a new password"}),
        ("POST", "me/totp", {"password": "x"}),
        ("POST", "me/totp/confirm", {"code": "000000"}),
        ("POST", "me/totp/remove", {"password": "x"}),
        ("GET", "me/sessions", None),
        ("DELETE", f"me/sessions/{'0' * 32}", None),
    ):
        answer = await owner.request(method, f"/api/v1/{path}", json=body)
        assert (answer.status_code, codes(answer)) == (403, ["session-only"]), path
    assert await contents(database, tenant) == before
