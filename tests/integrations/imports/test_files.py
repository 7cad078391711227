"""Uploads: in pieces, in one stream, again, and never another company's."""

import hashlib
from typing import Any

import pytest
from tests.callers import Staff
from tests.integrations.imports.desk import Desk

from dinghuo.integrations.imports import files
from dinghuo.integrations.imports.purge import purge

CONTENT = bytes(range(256)) * 90


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PART_BYTES", 10_000)


async def kept(desk: Desk, file_id: str) -> str:
    content = b"".join([part async for part in files.parts(desk.database, desk.tenant.id, file_id)])  # type: ignore[arg-type]
    return hashlib.sha256(content).hexdigest()


async def test_parts_come_in_any_order_and_again(desk: Desk) -> None:
    file = await desk.call("POST", "/files", json={"name": "订单.csv", "size": len(CONTENT)})
    assert (file["state"], file["parts"], file["part_bytes"], file["received"]) == ("receiving", 3, 10_000, [])
    path = f"/files/{file['id']}"
    pieces = [CONTENT[at : at + 10_000] for at in range(0, len(CONTENT), 10_000)]
    assert (await desk.call("PUT", f"{path}/parts/3", content=pieces[2]))["received"] == [3]
    assert (await desk.call("PUT", f"{path}/parts/3", content=pieces[2]))["received"] == [3]
    assert (await desk.call("PUT", f"{path}/parts/1", content=pieces[0]))["state"] == "receiving"
    refused = await desk.call("POST", "", json={"kind": "skus", "file_id": file["id"]}, status=409)
    assert refused["type"] == "/problems/import-file-incomplete"
    ready = await desk.call("PUT", f"{path}/parts/2", content=pieces[1])
    assert (ready["state"], ready["received"]) == ("ready", [1, 2, 3])
    assert await desk.call("GET", path) == ready
    assert await desk.call("PUT", f"{path}/parts/2", content=b"x") == ready
    assert await kept(desk, file["id"]) == hashlib.sha256(CONTENT).hexdigest()


async def test_one_stream(desk: Desk) -> None:
    file_id = await desk.upload(CONTENT, "a.csv")
    assert await kept(desk, file_id) == hashlib.sha256(CONTENT).hexdigest()
    refused = await desk.call("PUT", f"/files/{file_id}/content", content=CONTENT, status=409)
    assert refused["type"] == "/problems/import-file-complete"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [(CONTENT[:-1], 409, "import-file-incomplete"), (CONTENT + b"x", 422, "import-part-size")],
)
async def test_a_stream_of_another_length(desk: Desk, sent: bytes, status: int, code: str) -> None:
    file = await desk.call("POST", "/files", json={"name": "a.csv", "size": len(CONTENT)})
    refused = await desk.call("PUT", f"/files/{file['id']}/content", content=sent, status=status)
    assert refused["type"] == f"/problems/{code}"
    # What was cut off is sent once more.
    assert (await desk.call("PUT", f"/files/{file['id']}/content", content=CONTENT))["state"] == "ready"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": "a", "size": 0}, "import-file-empty"),
        ({"name": "a", "size": 200_000_000}, "import-file-too-large"),
        ({"name": "a" * 300, "size": 1}, "text-too-long"),
    ],
)
async def test_files_that_are_not_taken(desk: Desk, said: dict[str, Any], code: str) -> None:
    answer = await desk.client.post("/api/v1/imports/files", json=said)
    assert answer.status_code in (413, 422)
    assert answer.json()["type"] == f"/problems/{code}"


async def test_a_part_that_is_none(desk: Desk) -> None:
    file = await desk.call("POST", "/files", json={"name": "a.csv", "size": 15_000})
    path = f"/files/{file['id']}/parts"
    assert (await desk.call("PUT", f"{path}/1", content=b"short", status=422))["type"] == "/problems/import-part-size"
    assert (await desk.call("PUT", f"{path}/3", content=b"", status=422))["type"] == "/problems/import-no-such-part"


async def test_another_company_and_another_person(desk: Desk, other_desk: Desk, staff: Staff) -> None:
    file_id = await desk.upload(CONTENT)
    # Who may see neither prices nor costs is not told what is in the files of others.
    blind = Desk(await staff("it"), desk.database, desk.tenant)
    for stranger, status in ((other_desk, 404), (blind, 403)):
        await stranger.call("GET", f"/files/{file_id}", status=status)
        await stranger.call("PUT", f"/files/{file_id}/content", content=CONTENT, status=status)
        await stranger.call("PUT", f"/files/{file_id}/parts/1", content=CONTENT, status=status)
        await stranger.call("DELETE", f"/files/{file_id}", status=status)
        await stranger.call("POST", "", json={"kind": "skus", "file_id": file_id}, status=status)
    sales = Desk(await staff("sales"), desk.database, desk.tenant)
    await sales.call("POST", "/files", json={"name": "a", "size": 1}, status=403)


async def test_files_go(desk: Desk) -> None:
    deleted, old, new = [await desk.upload(CONTENT) for _ in range(3)]
    await desk.call("DELETE", f"/files/{deleted}", status=204)
    async with desk.database.transaction(desk.tenant.id) as tx:
        await tx.write("update import_file set expires_at = $3 where tenant_id = $1 and id = $2", old, tx.now)
    await desk.call("GET", f"/files/{old}", status=404)
    async with desk.database.transaction(desk.tenant.id) as tx:
        assert await purge(tx) == 1
        assert await purge(tx) == 0
        left = await tx.fetch("select distinct file_id from import_file_part where tenant_id = $1")
    assert [str(row["file_id"]) for row in left] == [new]
