"""The company itself: its name, language and time zone."""

import httpx
import pytest
from tests.conftest import AsRole
from tests.support import Tenant, contents, trail

from dinghuo.identity.facts import load_tenant
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

PATH = "/api/v1/settings/company"


@pytest.fixture
async def owner(as_role: AsRole) -> httpx.AsyncClient:
    return await as_role("owner", login="boss")


async def test_its_name_and_days_are_changed_by_who_read_them(
    owner: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as tx:
        assert (await load_tenant(tx)).zone.key == "Asia/Shanghai"
    read = await owner.get(PATH)
    assert (read.json()["code"], read.json()["revision"], read.headers["etag"]) == (tenant.code, 1, '"1"')
    wanted = {"name": " 江南饮料 ", "time_zone": "Asia/Urumqi", "language": "en"}
    saved = await owner.patch(PATH, json=wanted, headers={"if-match": '"1"'})
    assert saved.status_code == 200, saved.text
    assert saved.json() == read.json() | wanted | {"name": "江南饮料", "revision": 2}
    assert (await owner.get(PATH)).json() == saved.json()
    assert (await owner.get("/api/v1/me")).json()["company"]["name"] == "江南饮料"
    async with database.transaction(tenant.id) as tx:
        assert (await load_tenant(tx)).zone.key == "Asia/Urumqi"
    assert ("tenant", "updated") in {(kind, action) for kind, action, _ in await trail(database, tenant)}


async def test_what_cannot_be_leaves_no_trace(owner: httpx.AsyncClient, database: Database, tenant: Tenant) -> None:
    before, company = await contents(database, tenant), (await owner.get(PATH)).json()
    wrong = await owner.patch(PATH, json={"name": "  ", "time_zone": "Mars/Base"}, headers={"if-match": '"1"'})
    faults = [(fault["code"], fault["field"]) for fault in wrong.json()["faults"]]
    assert (wrong.status_code, faults) == (422, [("empty-text", "name"), ("unknown-time-zone", "time_zone")])
    assert (await owner.patch(PATH, json={"name": "x"}, headers={"if-match": '"7"'})).status_code == 412
    assert (await owner.patch(PATH, json={"name": "x"})).status_code == 422
    assert (await owner.patch(PATH, json={"currency": "USD"}, headers={"if-match": '"1"'})).status_code == 422
    assert (await contents(database, tenant), (await owner.get(PATH)).json()) == (before, company)
