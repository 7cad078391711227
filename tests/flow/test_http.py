"""Operators see what failed for good, replay it or give it up."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.support import Tenant, client_of, key_of, make_tenant, make_user

from dinghuo.kit.database import Database, Tx, utc_now
from dinghuo.kit.ids import new_id
from dinghuo.kit.outbox import Delivery, Event, emit
from dinghuo.kit.outbox_run import ATTEMPTS, Reactions, drain
from dinghuo.kit.roles import Urls

pytestmark = pytest.mark.slow

URL = "/api/v1/operations/outbox"


class Failing(Event, frozen=True, tag="test.failing"):
    """Its reaction fails."""


async def fails(_tx: Tx, _deliveries: Sequence[Delivery]) -> None:
    raise RuntimeError("no")


@pytest.fixture
async def parked(database: Database, database_urls: Urls, tenant: Tenant) -> list[dict[str, Any]]:
    """Three parked reactions, as items of a request."""
    await _park(database, database_urls, tenant, 3)
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch("select event_id, reaction from outbox_mark where tenant_id = $1 order by event_id")
    return [{"event_id": str(row["event_id"]), "reaction": row["reaction"]} for row in rows]


async def _park(database: Database, urls: Urls, tenant: Tenant, count: int) -> None:
    reactions: Reactions = {Failing.kind(): [("test.fails", fails)]}
    await database.run(tenant.id, partial(emit, events=[Failing(subject_id=new_id()) for _ in range(count)]))
    for day in range(ATTEMPTS):
        later = Database(urls.app, guard=True, pool_size=1, clock=lambda day=day: utc_now() + timedelta(days=day))  # type: ignore[misc]
        await drain(later, tenant.id, reactions)
        await later.close()


async def _client(app: Litestar, database: Database, tenant: Tenant, *roles: str) -> httpx.AsyncClient:
    login = await make_user(database, tenant, *roles)
    return client_of(app, authorization=f"Bearer {(await key_of(database, tenant, login)).text()}")


async def _states(database: Database, tenant: Tenant) -> list[str]:
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch("select state from outbox_mark where tenant_id = $1 order by event_id")
    return [row["state"] for row in rows]


async def test_list_replay_drop(
    app: Litestar, database: Database, tenant: Tenant, parked: list[dict[str, Any]]
) -> None:
    async with await _client(app, database, tenant, "it") as it:
        page = (await it.get(URL, params={"limit": 2})).json()
        rest = (await it.get(URL, params={"limit": 2, "cursor": page["cursor"]})).json()
        seen = page["items"] + rest["items"]
        assert [{key: item[key] for key in ("event_id", "reaction")} for item in seen] == parked
        assert {(item["attempts"], item["state"], item["error"]) for item in seen} == {
            (ATTEMPTS, "parked", "RuntimeError: no")
        }
        assert (await it.get(URL, params={"state": "failed"})).json() == {"items": [], "cursor": None}

        key = {"idempotency-key": "k1"}
        for _ in range(2):
            replayed = await it.post(f"{URL}/replay", json={"items": parked[:1]}, headers=key)
            assert (replayed.status_code, replayed.json()) == (200, {"count": 1})
        dropped = await it.post(f"{URL}/drop", json={"items": parked[1:2]})
        assert (dropped.status_code, dropped.json()) == (200, {"count": 1})
        assert await _states(database, tenant) == ["failed", "dropped", "parked"]

        again = await it.post(f"{URL}/drop", json={"items": parked})
        assert again.status_code == 404
        assert [fault["line"] for fault in again.json()["faults"]] == [1, 2]
        assert await _states(database, tenant) == ["failed", "dropped", "parked"]
        assert (await it.post(f"{URL}/drop", json={"items": []})).status_code == 422
        assert (await it.get(URL, params={"cursor": "x"})).status_code == 422


async def test_another_tenant_and_another_role_are_refused(
    app: Litestar, database: Database, tenant: Tenant, parked: list[dict[str, Any]]
) -> None:
    other = await make_tenant(database)
    async with await _client(app, database, other, "it") as stranger:
        assert (await stranger.get(URL)).json()["items"] == []
        assert (await stranger.post(f"{URL}/replay", json={"items": parked})).status_code == 404
    async with await _client(app, database, tenant, "sales") as sales:
        assert (await sales.get(URL)).status_code == 403
        assert (await sales.post(f"{URL}/drop", json={"items": parked})).status_code == 403
    assert await _states(database, tenant) == ["parked"] * 3
