"""A sheet with bad cells, looked at and tried; a file on its way; what was remembered of headers."""

import asyncio
from functools import partial
from uuid import UUID

from tests.security.founding.founder import Founder

from dinghuo.integrations.imports.claim import claim
from dinghuo.integrations.imports.mappings import remember
from dinghuo.integrations.imports.work import carry_out
from dinghuo.integrations.sheets import Mapping
from dinghuo.kit.actor import SYSTEM


async def found_imports(f: Founder) -> None:
    for _ in f.numbers()[1:]:
        await _import(f, "customers", "code,name\n", f"{f.code('EARLIER')}.csv")
    bad = [f"{f.code('NEW')}{n},{f.mark} 名称,{f.code('NOWHERE')}" for n in f.numbers()]
    header = f"code,name,country,{f.mark}"
    import_id = await _import(
        f, "customers", "\n".join([header, *(f"{row}," for row in bad), ""]), f"{f.code('IMPORT')}.csv"
    )
    await _work(f)
    mapping = {"columns": {"code": "code", "name": "name", "country": "country"}}
    await f.post(f"imports/{import_id}/check", {"mapping": mapping, "remember_as": f.code("MAPPING")})
    await _work(f)
    f.share("import.id", import_id)
    begun = await f.post("imports/files", {"name": f"{f.code('FILE')}.csv", "size": 5})
    f.share("import_file.receiving", begun["id"])
    async with f.database.transaction(f.tenant.id) as tx:
        for number in f.numbers()[1:]:
            await remember(tx, kind="skus", header=[f.code(str(number))], mapping=Mapping(), name=None, by=SYSTEM)
        rows = await tx.fetch("select id from import_mapping where tenant_id = $1 and name is not null")
    f.share("import_mapping.id", rows[0]["id"])


async def _import(f: Founder, kind: str, content: str, name: str) -> str:
    data = content.encode()
    file = await f.post("imports/files", {"name": name, "size": len(data)})
    f.share("import_file.id", file["id"])
    sent = await f.client.put(f"/api/v1/imports/files/{file['id']}/content", content=data)
    assert sent.status_code == 200, sent.text
    return str((await f.post("imports", {"kind": kind, "file_id": file["id"]}))["id"])


async def _work(f: Founder) -> None:
    """Take the last import up, as a worker would; the earlier ones wait for good."""
    async with f.database.transaction(f.tenant.id) as tx:
        await tx.write("update import_job set queued_at = queued_at + interval '1 day' where tenant_id = $1")
        await tx.write(
            "update import_job set queued_at = now() where tenant_id = $1 and file_id = $2",
            UUID(str(f.shared["import_file.id"])),
        )
    for taken in await f.database.run(f.tenant.id, partial(claim, free=2)):
        await carry_out(f.database, taken, stop=asyncio.Event())
