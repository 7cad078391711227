"""kill -9 of everything in the middle of an import: the next worker finishes it, and every figure is exact."""

import gzip
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from tests.faults.serving import serve, until
from tests.integrations.order_book.running import assert_sound, books
from tests.support import Tenant, key_of, make_tenant

from dinghuo.integrations.order_book import dry_run, read_order_book, run_order_book
from dinghuo.integrations.sheets import mapping_given
from dinghuo.kit.database import Database

pytestmark = [pytest.mark.slow, pytest.mark.real_data, pytest.mark.xdist_group("faults")]

_LINES = 60_000
_DATA = Path(__file__).parents[3] / "shared" / "data" / "online-retail" / "order-lines-2010-12-to-2011-06.csv.gz"


async def test_an_import_survives(
    environment: dict[str, str], database: Database, tenant: Tenant, tmp_path: Path
) -> None:
    if not _DATA.exists():
        pytest.skip(f"the real order book is not beside the checkout ({_DATA})")
    with gzip.open(_DATA, "rt") as lines:
        content = gzip.compress("".join(islice(lines, _LINES + 1)).encode())
    log = tmp_path / "serve.log"
    key = (await key_of(database, tenant, "owner")).text()
    async with serve(environment, log, workers=1, background=True) as first, _client(first.url, key) as client:
        import_id = await _begun(client, content)
        checked = await _when(client, import_id, "checked")
        assert checked["look"]["rows"] == checked["report"]["order_book"]["lines_read"] == _LINES
        assert await _orders(database, tenant) == 0
        await _post(client, f"/{import_id}/run", {})

        async def some() -> bool:
            return await _orders(database, tenant) > 0

        await until(some)
        importers = [each for child in first.children for each in child.children()]
        assert len(importers) == 1
        importers[0].kill()
        await first.kill()
    written = await _orders(database, tenant)
    async with serve(environment, log, workers=1, background=True) as second, _client(second.url, key) as client:
        done = await _when(client, import_id, "done")
    assert 0 < written < done["result"]["order_book"]["orders"] == await _orders(database, tenant)
    other = await make_tenant(database)
    book = await read_order_book(database, other.id, content, mapping_given(["online-retail"]), name="book.csv.gz")
    assert checked["report"]["order_book"] | {"seconds": 0} == msgspec.to_builtins(dry_run(book)) | {"seconds": 0}
    told = msgspec.to_builtins(await run_order_book(database, other.id, book))
    # What the killed one wrote is known by now, and no longer doubted.
    passing = {"seconds": 0, "warnings": []}
    assert done["result"]["order_book"] | passing == told | passing
    await assert_sound(database, tenant)
    assert await books(database, tenant) == await books(database, other)


def _client(url: str, key: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"{url}/api/v1/imports", headers={"x-api-key": key}, timeout=60)


async def _post(client: httpx.AsyncClient, path: str, body: Any) -> Any:
    answer = await client.post(path, json=body)
    assert answer.status_code in (201, 202), answer.text
    return answer.json()


async def _begun(client: httpx.AsyncClient, content: bytes) -> str:
    file = await _post(client, "/files", {"name": "book.csv.gz", "size": len(content)})
    sent = await client.put(f"/files/{file['id']}/content", content=content)
    assert sent.json()["state"] == "ready", sent.text
    begun = await _post(client, "", {"kind": "order_book", "file_id": file["id"]})
    ready = await _when(client, begun["id"], "ready")
    assert ready["look"]["source"] == "preset"
    await _post(client, f"/{begun['id']}/check", {"mapping": ready["look"]["mapping"]})
    return str(begun["id"])


async def _when(client: httpx.AsyncClient, import_id: str, state: str) -> Any:
    found: Any = None

    async def there() -> bool:
        nonlocal found
        found = (await client.get(f"/{import_id}")).json()
        assert found["state"] not in ("failed", "cancelled"), found
        return bool(found["state"] == state)

    await until(there)
    return found


async def _orders(database: Database, tenant: Tenant) -> int:
    async with database.transaction(tenant.id) as tx:
        return int((await tx.fetch("select count(*) as n from sales_order where tenant_id = $1"))[0]["n"])
