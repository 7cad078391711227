"""Writing, publishing and withdrawing, and what is refused."""

import hashlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest
from tests.notices.conftest import PDF, PNG, Ask, codes, published, written
from tests.support import Tenant, contents, trail

from dinghuo.kit.database import Database

SHA = hashlib.sha256


async def test_a_notice_from_draft_to_withdrawn(owner: httpx.AsyncClient, database: Database, tenant: Tenant) -> None:
    picture = (await owner.post("/api/v1/notices/files", content=PNG)).json()
    policy = (await owner.post("/api/v1/notices/files", content=PDF)).json()
    assert picture == {"sha256": SHA(PNG).hexdigest(), "content_type": "image/png", "size": len(PNG)}
    draft = await written(
        owner,
        kind="policy",
        title="返利政策",
        title_en="Rebates",
        body="买十送一",
        picture=picture["sha256"],
        link="sku:A-1",
        attachments=[{"sha256": policy["sha256"], "name": "政策.pdf"}],
        must_read=True,
        audience=[{"kind": "region", "code": "EAST"}, {"kind": "customer", "code": "N"}],
    )
    assert (draft["state"], draft["phase"], draft["revision"]) == ("draft", "draft", 1)
    assert draft["actions"] == ["edit", "publish", "delete"]
    assert draft["audience"] == [
        {"kind": "customer", "code": "N", "name": "北客户", "name_en": None},
        {"kind": "region", "code": "EAST", "name": "华东", "name_en": None},
    ]
    assert draft["attachments"] == [
        {
            "sha256": policy["sha256"],
            "name": "政策.pdf",
            "content_type": "application/pdf",
            "size": len(PDF),
        }
    ]
    path = f"/api/v1/notices/{draft['id']}"
    edited = await owner.patch(path, json={"title": "返利新政策"}, headers={"if-match": "1"})
    assert (edited.status_code, edited.json()["title"], edited.json()["revision"]) == (200, "返利新政策", 2)
    shown = (await owner.post(f"{path}/publish")).json()
    assert (shown["state"], shown["phase"], shown["actions"]) == ("published", "current", ["edit", "withdraw"])
    assert shown["published_at"] is not None and shown["revision"] == 3
    again = await owner.post(f"{path}/publish")
    assert (again.status_code, codes(again)) == (409, [("state", "wrong-state")])
    not_a_draft = await owner.delete(path)
    assert (not_a_draft.status_code, codes(not_a_draft)) == (409, [("", "notice-not-a-draft")])
    gone = (await owner.post(f"{path}/withdraw")).json()
    assert (gone["state"], gone["phase"], gone["actions"]) == ("withdrawn", "withdrawn", [])
    late = await owner.patch(path, json={"title": "x"}, headers={"if-match": "4"})
    assert (late.status_code, codes(late)) == (409, [("", "notice-withdrawn")])
    done = [action for kind, action, _ in await trail(database, tenant) if kind == "notice"]
    assert done == ["created", "updated", "published", "withdrawn"]
    file = await owner.get(f"{path}/files/{policy['sha256']}")
    assert (file.content, file.headers["content-type"]) == (PDF, "application/pdf")
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E6%94%BF")


async def test_everything_wrong_is_said_at_once_and_nothing_is_kept(
    owner: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    before = await contents(database, tenant)
    answer = await owner.post(
        "/api/v1/notices",
        json={
            "kind": "notice",
            "title": " ",
            "body": "x" * 20_001,
            "picture": "0" * 64,
            "link": "javascript:alert(1)",
            "attachments": [{"sha256": "1" * 64, "name": ""}],
            "valid_from": "2026-01-02T00:00:00Z",
            "valid_until": "2026-01-01T00:00:00Z",
        },
    )
    assert answer.status_code == 422
    assert codes(answer) == [
        ("title", "empty-text"),
        ("body", "text-too-long"),
        ("link", "notice-link"),
        ("attachments[0].name", "empty-text"),
        ("valid_until", "notice-ends-before-it-begins"),
        ("attachments[0].sha256", "file-not-uploaded"),
        ("picture", "file-not-uploaded"),
    ]
    audience = [
        {"kind": "everyone", "code": "E"},
        {"kind": "tier"},
        {"kind": "customer", "code": "NOBODY"},
        {"kind": "region", "code": "SOUTH"},
    ]
    answer = await owner.post("/api/v1/notices", json={"kind": "notice", "title": "t", "audience": audience})
    assert codes(answer) == [
        ("audience[0].code", "notice-target-without-code"),
        ("audience[1].code", "notice-target-code-needed"),
        ("audience[2].code", "unknown-code"),
        ("audience[3].code", "unknown-code"),
    ]
    assert await contents(database, tenant) == before


async def test_a_banner_is_published_with_its_picture(owner: httpx.AsyncClient) -> None:
    banner = await written(owner, kind="banner", title="国庆大促")
    refused = await owner.post(f"/api/v1/notices/{banner['id']}/publish")
    assert (refused.status_code, codes(refused)) == (409, [("picture", "banner-without-picture")])
    pdf = (await owner.post("/api/v1/notices/files", content=PDF)).json()["sha256"]
    wrong = await owner.patch(f"/api/v1/notices/{banner['id']}", json={"picture": pdf}, headers={"if-match": "1"})
    assert codes(wrong) == [("picture", "notice-picture")]


async def test_two_who_edit_at_once_are_told(owner: httpx.AsyncClient) -> None:
    draft = await written(owner)
    path = f"/api/v1/notices/{draft['id']}"
    assert (await owner.patch(path, json={"body": "a"}, headers={"if-match": "1"})).status_code == 200
    stale = await owner.patch(path, json={"body": "b"}, headers={"if-match": "1"})
    assert (stale.status_code, codes(stale)) == (412, [("If-Match", "stale-revision")])
    same = await owner.patch(path, json={"body": "a"}, headers={"if-match": "2"})
    assert same.json()["revision"] == 2


async def test_a_draft_can_be_thrown_away(owner: httpx.AsyncClient) -> None:
    draft = await written(owner)
    assert (await owner.delete(f"/api/v1/notices/{draft['id']}")).status_code == 204
    assert (await owner.get(f"/api/v1/notices/{draft['id']}")).status_code == 404


async def test_the_list_pages_by_key_and_is_narrowed(owner: httpx.AsyncClient) -> None:
    made = [(await written(owner, title=f"{n}"))["id"] for n in range(3)]
    shown = (await published(owner, title="p", kind="policy"))["id"]
    first = (await owner.get("/api/v1/notices", params={"limit": 2})).json()
    assert [item["id"] for item in first["items"]] == [shown, made[2]]
    rest = (await owner.get("/api/v1/notices", params={"limit": 2, "cursor": first["cursor"]})).json()
    assert [item["id"] for item in rest["items"]] == [made[1], made[0]] and rest["cursor"] is None
    policies = (await owner.get("/api/v1/notices", params={"kind": "policy", "state": "published"})).json()
    assert [item["id"] for item in policies["items"]] == [shown]


async def test_who_answers_for_some_customers_sees_and_keeps_others_out_of_sight(
    owner: httpx.AsyncClient, as_staff: Ask
) -> None:
    """A notice for one customer is that customer's own business; of a mixed one, the others are counted."""
    manager = await as_staff("sales_manager", department=None, login="manager")
    items = [{"code": "E", "owner": "manager"}]
    assert (await owner.put("/api/v1/customers", json={"items": items})).status_code == 200
    secret = await written(owner, audience=[{"kind": "customer", "code": "N"}])
    mixed = await written(owner, audience=[{"kind": "customer", "code": code} for code in ("E", "N")])
    assert (await manager.get(f"/api/v1/notices/{secret['id']}")).status_code == 404
    seen = (await manager.get(f"/api/v1/notices/{mixed['id']}")).json()
    assert (seen["audience"], seen["hidden_customers"]) == (
        [{"kind": "customer", "code": "E", "name": "东客户", "name_en": None}],
        1,
    )
    assert [item["id"] for item in (await manager.get("/api/v1/notices")).json()["items"]] == [mixed["id"]]
    stranger = await manager.patch(
        f"/api/v1/notices/{mixed['id']}",
        json={"audience": [{"kind": "customer", "code": "N"}]},
        headers={"if-match": "1"},
    )
    assert codes(stranger) == [("audience[0].code", "unknown-code")]
    narrowed = await manager.patch(
        f"/api/v1/notices/{mixed['id']}",
        json={"audience": [{"kind": "tier", "code": "GOLD"}]},
        headers={"if-match": "1"},
    )
    assert narrowed.json()["hidden_customers"] == 1
    kept = (await owner.get(f"/api/v1/notices/{mixed['id']}")).json()["audience"]
    assert [(target["kind"], target["code"]) for target in kept] == [("customer", "N"), ("tier", "GOLD")]


async def test_its_time_over_it_cannot_be_published(owner: httpx.AsyncClient) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    draft = await written(owner, valid_until=yesterday)
    late = await owner.post(f"/api/v1/notices/{draft['id']}/publish")
    assert (late.status_code, codes(late)) == (409, [("valid_until", "notice-over")])


def _office(*parts: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as package:
        for part in parts:
            package.writestr(part, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (_office("[Content_Types].xml", "xl/workbook.xml"), "spreadsheetml.sheet"),
        (_office("word/document.xml"), "wordprocessingml.document"),
        (_office("xl/workbook.xml", "xl/vbaProject.bin"), None),
        (_office("evil.exe"), None),
        (b"PK\x03\x04 broken", None),
        (b"MZ program", None),
        (b"<html></html>", None),
        (b"", None),
    ],
    # Not by their bytes: a package holds the time at which it was made.
    ids=["workbook", "document", "with_macros", "no_document", "broken", "program", "page", "empty"],
)
async def test_files_are_told_by_what_they_are(
    owner: httpx.AsyncClient, content: bytes, expected: str | None
) -> None:
    answer = await owner.post("/api/v1/notices/files", content=content)
    if expected is None:
        assert (answer.status_code, codes(answer)) == (422, [("", "not-attachable")])
    else:
        assert answer.json()["content_type"].endswith(expected)
