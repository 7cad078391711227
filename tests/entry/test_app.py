"""The application as a whole: no route without a permission, one form of problem, its contract, its headers."""

from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest
import structlog
from litestar import Router, get, post
from tests.conftest import AsRole
from tests.support import client_of

from dinghuo.entry.app import UnguardedRoute, create_app
from dinghuo.identity.permissions import PUBLIC
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.config import Web
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs


class Line(msgspec.Struct, forbid_unknown_fields=True):
    sku: str
    quantity: Decimal


class Order(msgspec.Struct, forbid_unknown_fields=True):
    lines: list[Line]
    note: str | None = None


@post("/echo", opt=needs(PUBLIC), status_code=200)
async def echo(data: Order) -> Order:
    """Say it again."""
    return data


@get("/broken", opt=needs(PUBLIC))
async def broken() -> None:
    raise ZeroDivisionError("a secret of the innards")


@get("/away", opt=needs(PUBLIC))
async def away() -> None:
    raise ConnectionRefusedError


@pytest.fixture
async def small(database: Database) -> Any:
    app = create_app(database, api=[Router("/", route_handlers=[echo, broken, away])], portal=[], body_bytes=1000)
    async with client_of(app) as client:
        yield client


def problem(answer: httpx.Response) -> tuple[int, list[tuple[str, str, int | None]]]:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    return answer.status_code, [
        (fault["code"], fault.get("field", ""), fault.get("line")) for fault in body["faults"]
    ]


@pytest.mark.parametrize(
    ("opt", "mount"),
    [
        ({}, "api"),
        (needs("orders.fly"), "api"),
        (needs("portal.users"), "api"),
        (needs("orders.read"), "portal"),
        ({"permission": None}, "portal"),
    ],
)
def test_an_application_with_an_unguarded_route_is_not_built(
    database: Database, opt: dict[str, Any], mount: str
) -> None:
    @get("/door", opt=opt)
    async def door() -> None: ...

    routers = {"api": [], "portal": [], mount: [Router("/", route_handlers=[door])]}
    with pytest.raises(UnguardedRoute, match="/door: permission"):
        create_app(database, **routers)  # type: ignore[arg-type]


async def test_decimals_travel_as_strings_and_are_taken_as_numbers_too(small: httpx.AsyncClient) -> None:
    body = {"lines": [{"sku": "A", "quantity": "0.1"}, {"sku": "B", "quantity": 2}]}
    answer = await small.post("/api/v1/echo", json=body)
    assert answer.json() == {
        "lines": [{"sku": "A", "quantity": "0.1"}, {"sku": "B", "quantity": "2"}],
        "note": None,
    }
    contract = (await small.get("/api/openapi.json")).json()
    quantity = contract["components"]["schemas"]["Line"]["properties"]["quantity"]
    assert quantity == {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"lines": ', (400, [("not-json", "", None)])),
        (b"\xff\xfe", (400, [("not-json", "", None)])),
        (b"", (422, [("body-needed", "", None)])),
        (b"[]", (422, [("invalid-value", "", None)])),
        (b"{}", (422, [("invalid-value", "lines", None)])),
        (b'{"lines": [], "color": 1}', (422, [("invalid-value", "color", None)])),
        (b'{"lines": [{"sku": "A", "quantity": "x"}]}', (422, [("invalid-value", "lines[0].quantity", 1)])),
        (
            b'{"lines": [{"sku": "A", "quantity": 1}, {"sku": "A"}]}',
            (422, [("invalid-value", "lines[1].quantity", 2)]),
        ),
        (b'{"note": "' + b"x" * 1000 + b'"}', (413, [("body-too-large", "", None)])),
    ],
)
async def test_a_body_that_does_not_fit_gets_one_problem(
    small: httpx.AsyncClient, body: bytes, expected: tuple[int, list[tuple[str, str, int | None]]]
) -> None:
    assert problem(await small.post("/api/v1/echo", content=body)) == expected


async def test_a_body_without_a_declared_length_is_stopped_too(small: httpx.AsyncClient) -> None:
    async def chunks() -> Any:
        for _ in range(3):
            yield b" " * 400

    assert problem(await small.post("/api/v1/echo", content=chunks())) == (413, [("body-too-large", "", None)])


async def test_problems_speak_the_callers_language(small: httpx.AsyncClient) -> None:
    body = {"lines": [{"sku": 1, "quantity": "1"}]}
    zh = await small.post("/api/v1/echo", json=body)
    en = await small.post("/api/v1/echo", json=body, headers={"accept-language": "en-GB"})
    assert (zh.json()["title"], zh.headers["content-language"]) == ("应为文本，而不是整数", "zh-CN")
    assert (en.json()["title"], en.headers["content-language"]) == ("Expected `str`, got `int`", "en")


async def test_an_unknown_address_and_a_wrong_method_are_problems(small: httpx.AsyncClient) -> None:
    assert problem(await small.get("/nowhere")) == (404, [("not-found", "", None)])
    assert problem(await small.get("/api/v1/echo")) == (405, [("method-not-allowed", "", None)])


async def test_what_breaks_is_logged_whole_and_told_without_its_innards(small: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as log:
        answer = await small.get("/api/v1/broken")
    assert problem(answer) == (500, [("internal-error", "", None)])
    assert "innards" not in answer.text
    assert [line["event"] for line in log] == ["request broke", "request"]
    assert isinstance(log[0]["exc_info"], ZeroDivisionError)


async def test_a_database_that_is_away_asks_to_come_back(small: httpx.AsyncClient) -> None:
    answer = await small.get("/api/v1/away")
    assert problem(answer) == (503, [("database-away", "", None)])
    assert answer.headers["retry-after"] == "2"


@pytest.mark.slow
async def test_health_and_readiness(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).text == "ok"
    assert (await client.get("/readyz")).text == "ok"
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    async with client_of(create_app(nowhere)) as cut_off:
        assert (await cut_off.get("/healthz")).text == "ok"
        answer = await cut_off.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "the database does not answer")
    await nowhere.close()


@pytest.mark.slow
async def test_every_answer_has_its_id_and_guards_browsers(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/nowhere", "/api/v1/me", "/api/openapi.json"):
        answer = await client.get(path)
        assert len(answer.headers["x-request-id"]) == 32
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in answer.headers
    own = await client.get("/healthz", headers={"x-request-id": "order-4711"})
    assert own.headers["x-request-id"] == "order-4711"
    for bad in ("x" * 65, "a b", "<script>"):
        answer = await client.get("/healthz", headers={"x-request-id": bad})
        assert answer.headers["x-request-id"] != bad


@pytest.mark.slow
@pytest.mark.parametrize(
    ("proxies", "believed"), [("127.0.0.1", True), ("10.0.0.0/8,127.0.0.1", True), ("10.0.0.1", False)]
)
async def test_only_known_proxies_are_believed(database: Database, proxies: str, believed: bool) -> None:
    app = create_app(database, web=Web(proxies=proxies))
    async with client_of(app, x_forwarded_proto="https", x_forwarded_for="203.0.113.9") as client:
        for path in ("/healthz", "/api/v1/orders"):
            assert ("strict-transport-security" in (await client.get(path)).headers) == believed


async def test_the_log_names_who_did_what_and_no_query(as_role: AsRole) -> None:
    owner = await as_role("owner")
    with structlog.testing.capture_logs() as log:
        await owner.get("/api/v1/users", params={"department": "secret"}, headers={"x-request-id": "r1"})
        await owner.get("/healthz")
    assert len(log) == 1
    line = log[0]
    assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "GET", "/api/v1/users", 200)
    assert line["tenant"] is not None and line["principal"] is not None
    assert "secret" not in str(log)


@pytest.mark.slow
async def test_the_contract_is_openapi_and_the_page_asks_nobody_else(client: httpx.AsyncClient) -> None:
    contract = (await client.get("/api/openapi.json")).json()
    assert contract["openapi"] == "3.1.0"
    assert "/api/v1/sign-in" in contract["paths"] and "/portal/v1/sign-in" in contract["paths"]
    page = await client.get("/api/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "/api/v1/sign-in" in page.text
    assert "<script" not in page.text and "http://" not in page.text and "https://" not in page.text


async def test_a_route_of_staff_does_not_take_dealers_by_mistake(database: Database, as_role: AsRole) -> None:
    @get("/mistaken", opt=needs(PUBLIC))
    async def mistaken(staff: StaffPrincipal) -> str:
        return staff.name

    async with client_of(create_app(database, api=[Router("/", route_handlers=[mistaken])], portal=[])) as client:
        assert (await client.get("/api/v1/mistaken")).status_code == 500
