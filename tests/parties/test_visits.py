"""Visits: noted by whoever was there, read by those who answer for the customer."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.conftest import AsRole
from tests.support import Tenant, contents
from tests.world import make_world

from dinghuo.kit.database import Database, utc_now

pytestmark = pytest.mark.slow

PATH = "/api/v1/visits"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
async def client(as_role: AsRole, database: Database, tenant: Tenant) -> httpx.AsyncClient:
    await make_world(database, tenant)
    return await as_role("owner", login="boss")


async def visit(client: httpx.AsyncClient, customer: str, **more: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json={"customer": customer} | more)
    assert answer.status_code == 201, answer.text
    noted: dict[str, Any] = answer.json()
    return noted


async def listed(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return [item["note"] for item in answer.json()["items"]]


async def test_a_visit_keeps_when_where_and_what_was_seen(client: httpx.AsyncClient) -> None:
    photo = await client.post(f"{PATH}/photos", content=PICTURE, headers={"content-type": "image/png"})
    assert photo.status_code == 201, photo.text
    sha256 = photo.json()["sha256"]
    noted = await visit(
        client,
        "K1",
        note="陈列整齐",
        latitude="39.904200",
        longitude="116.407400",
        accuracy_m=25,
        photos=[sha256],
        at=(utc_now() - timedelta(hours=3)).isoformat(),
    )
    assert (noted["customer"]["code"], noted["by"]["name"], noted["photos"]) == ("K1", "boss · test", [sha256])
    assert (noted["latitude"], noted["longitude"], noted["accuracy_m"]) == ("39.904200", "116.407400", 25)
    assert noted["at"] < noted["created_at"]
    assert (await client.get(f"/api/v1/files/{sha256}")).content == PICTURE


async def test_visits_are_listed_by_whom_where_and_when(client: httpx.AsyncClient, as_role: AsRole) -> None:
    manager = await as_role("owner", login="other")
    await visit(client, "K1", note="a", at=(utc_now() - timedelta(days=1)).isoformat())
    await visit(client, "K2", note="b")
    await visit(manager, "K1", note="c")
    assert await listed(client) == ["c", "b", "a"]
    assert await listed(client, mine="true") == ["b", "a"]
    assert await listed(client, by="OTHER") == ["c"]
    assert await listed(client, customer="K1") == ["c", "a"]
    assert await listed(client, **{"from": (utc_now() + timedelta(days=2)).date().isoformat()}) == []
    assert await listed(client, until=(utc_now() - timedelta(days=3)).date().isoformat()) == []
    first = (await client.get(PATH, params={"limit": 2})).json()
    assert await listed(client, cursor=first["cursor"]) == ["a"]
    assert (await client.get(PATH, params={"customer": "NONE"})).status_code == 404


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"customer": "NONE", "note": "n" * 2001}, [("text-too-long", "note"), ("unknown-code", "customer")]),
        ({"latitude": "1"}, [("visit-half-a-place", "longitude")]),
        ({"latitude": "91", "longitude": "181"}, [("visit-bad-place", "latitude"), ("visit-bad-place", "longitude")]),
        ({"latitude": "1.1234567", "longitude": "1"}, [("visit-bad-place", "latitude")]),
        ({"accuracy_m": -1}, [("visit-bad-accuracy", "accuracy_m")]),
        ({"at": "2020-01-01T00:00:00Z"}, [("visit-bad-moment", "at")]),
        ({"at": "2999-01-01T00:00:00Z"}, [("visit-bad-moment", "at")]),
        ({"photos": ["x"]}, [("unknown-code", "photos[0]")]),
        (
            {"photos": ["x"] * 7},
            [("visit-too-many-photos", "photos")] + [("unknown-code", f"photos[{n}]") for n in range(7)],
        ),
    ],
)
async def test_what_cannot_be_noted_leaves_no_trace(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, body: Any, faults: list[tuple[str, str]]
) -> None:
    before = await contents(database, tenant)
    answer = await client.post(PATH, json={"customer": "K1"} | body)
    assert (answer.status_code, [(f["code"], f["field"]) for f in answer.json()["faults"]]) == (422, faults)
    assert await contents(database, tenant) == before


async def test_an_answer_lost_on_the_road_is_not_a_second_visit(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        answer = await client.post(PATH, json={"customer": "K1", "note": "x"}, headers={"idempotency-key": "k"})
        assert answer.status_code == 201
    assert await listed(client) == ["x"]


async def test_others_customers_are_not_visited_nor_their_visits_read(
    client: httpx.AsyncClient, as_role: AsRole
) -> None:
    await visit(client, "K1", note="x")
    seller = await as_role("sales")
    assert await listed(seller) == []
    answer = await seller.post(PATH, json={"customer": "K1"})
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "unknown-code")
    assert (await seller.get(PATH, params={"customer": "K1"})).status_code == 404
