"""The small lists of master data: edited by who read them, removed where nothing refers to them."""

from typing import Any

import httpx
import pytest
from tests.support import contents, trail
from tests.world import World

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

EDITED = [
    ("tiers", "A", {"name": "金牌客户"}),
    ("channels", "A", {"name_en": "Retail"}),
    ("regions", "A", {"parent": "TOP"}),
    ("brands", "A", {"name": "别的品牌"}),
    ("categories", "A", {"position": 7}),
    ("units", "A", {"name": "大箱"}),
    ("warehouses", "A", {"priority": 3}),
]


async def word(client: httpx.AsyncClient, path: str, code: str) -> dict[str, Any]:
    rows = (await client.get(f"/api/v1/{path}", params={"limit": 200})).json()["items"]
    found: dict[str, Any] = next(row for row in rows if row["code"] == code)
    return found


async def place(client: httpx.AsyncClient, path: str, code: str) -> str:
    return f"/api/v1/{path}/{(await word(client, path, code)).get('id', code)}"


@pytest.mark.parametrize(("path", "code", "change"), EDITED)
async def test_a_word_is_edited_by_who_read_it(
    owner: httpx.AsyncClient, database: Database, world: World, path: str, code: str, change: dict[str, Any]
) -> None:
    items = [{"code": "TOP", "name": "上级"}, {"code": code, "name": "原名"}]
    await owner.put(f"/api/v1/{path}", json={"items": items})
    at = await place(owner, path, code)
    assert (await word(owner, path, code))["revision"] == 1
    edited = await owner.patch(at, json=change, headers={"if-match": '"1"'})
    assert (edited.status_code, edited.json()["updated"]) == (200, 1), edited.text
    after = await word(owner, path, code)
    assert after["revision"] == 2 and {name: after[name] for name in change} == change
    before = await contents(database, world.tenant)
    stale = await owner.patch(at, json={"name": "另一个"}, headers={"if-match": '"1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale-revision")
    assert (await owner.patch(at, json={"name": "另一个"})).status_code == 422
    wrong = await owner.patch(at, json={"name": "n" * 201}, headers={"if-match": '"2"'})
    assert (wrong.status_code, [fault["field"] for fault in wrong.json()["faults"]]) == (422, ["name"])
    nobody = at.replace(at.rpartition("/")[2], "NOWHERE" if path == "units" else str(world.tenant.owner_id))
    assert (await owner.patch(nobody, json=change, headers={"if-match": '"1"'})).status_code == 404
    assert await contents(database, world.tenant) == before


@pytest.mark.parametrize("path", [path for path, _, _ in EDITED] + ["departments"])
async def test_what_nothing_refers_to_is_removed(
    owner: httpx.AsyncClient, database: Database, world: World, path: str
) -> None:
    before = await contents(database, world.tenant, but={"audit_entry", "data_version"})
    await owner.put(f"/api/v1/{path}", json={"items": [{"code": "GONE", "name": "n"}]})
    if path == "departments":
        rows = (await owner.get("/api/v1/departments")).json()
        at = f"/api/v1/departments/{next(row['id'] for row in rows if row['code'] == 'GONE')}"
    else:
        at = await place(owner, path, "GONE")
    assert (await owner.delete(at)).status_code == 204
    assert await contents(database, world.tenant, but={"audit_entry", "data_version"}) == before
    assert (await owner.delete(at)).status_code == 404
    assert [action for _, action, _ in await trail(database, world.tenant)][-2:] == ["created", "removed"]


async def test_what_is_used_stays(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    for path, item in (
        ("tiers", {"code": "T", "name": "t"}),
        ("channels", {"code": "C", "name": "c"}),
        ("regions", {"code": "R", "name": "r"}),
        ("regions", {"code": "R-BELOW", "name": "r", "parent": "R"}),
        ("departments", {"code": "D", "name": "d"}),
        ("customers", {"code": "K1", "tier": "T", "department": "D"}),
    ):
        assert (await owner.put(f"/api/v1/{path}", json={"items": [item]})).status_code == 200
    audience = {"audience": [{"kind": "channel", "code": "C"}], "items": [{"kind": "everything"}]}
    await owner.put("/api/v1/assortments", json={"items": [{"code": "ALL", "name": "a", **audience}]})
    departments = (await owner.get("/api/v1/departments")).json()
    department = next(row["id"] for row in departments if row["code"] == "D")
    before = await contents(database, world.tenant)
    for at, used_by in (
        (await place(owner, "tiers", "T"), "customers"),
        (await place(owner, "channels", "C"), "assortments"),
        (await place(owner, "regions", "R"), "regions below it"),
        (f"/api/v1/departments/{department}", "customers"),
        (await place(owner, "warehouses", "main"), "stock"),
    ):
        refused = await owner.delete(at, headers={"accept-language": "en"})
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/in-use"), refused.text
        assert f"still in use ({used_by})" in refused.json()["faults"][0]["message"]
    assert await contents(database, world.tenant) == before
