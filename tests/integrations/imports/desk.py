"""Somebody at the import wizard, and a worker beside them in this process."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from tests.support import Tenant

from dinghuo.integrations.imports.claim import Claim
from dinghuo.integrations.imports.runner import Runner
from dinghuo.integrations.imports.states import WORKING
from dinghuo.integrations.imports.work import carry_out
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

Json = dict[str, Any]
PATIENCE = 120


@dataclass
class Desk:
    """`work` does what a worker would; calls raise on refusals unless `status` says which is expected."""

    client: httpx.AsyncClient
    database: Database
    tenant: Tenant

    async def call(self, method: str, path: str, *, status: int | None = None, **how: Any) -> Any:
        answer = await self.client.request(method, f"/api/v1/imports{path}", **how)
        if status is None:
            assert answer.status_code < 300, answer.text
        else:
            assert answer.status_code == status, answer.text
        return answer.json() if answer.headers.get("content-type", "").startswith("application/") else answer

    async def upload(self, content: bytes, name: str = "sheet.csv") -> str:
        file = await self.call("POST", "/files", json={"name": name, "size": len(content)})
        ready = await self.call("PUT", f"/files/{file['id']}/content", content=content)
        assert ready["state"] == "ready"
        return str(file["id"])

    async def begin(self, kind: str, content: bytes, name: str = "sheet.csv", **said: Any) -> Json:
        """An import that was looked at."""
        file_id = await self.upload(content, name)
        begun = await self.call("POST", "", json={"kind": kind, "file_id": file_id, **said})
        assert (begun["state"], begun["is_queued"], begun["actions"]) == ("looking", True, ["cancel"])
        return await self.worked_off(str(begun["id"]))

    async def get(self, import_id: str) -> Json:
        found: Json = await self.call("GET", f"/{import_id}")
        return found

    async def check(self, import_id: str, mapping: Json | None = None, **said: Any) -> Json:
        """The import after a dry run, by the mapping that was proposed unless another is given."""
        if mapping is None:
            mapping = (await self.get(import_id))["look"]["mapping"]
        asked = await self.call("POST", f"/{import_id}/check", json={"mapping": mapping, **said})
        assert asked["state"] == "checking"
        return await self.worked_off(import_id)

    async def run(self, import_id: str) -> Json:
        asked = await self.call("POST", f"/{import_id}/run", json={})
        assert asked["state"] == "running"
        return await self.worked_off(import_id)

    async def imported(self, kind: str, content: bytes, name: str = "sheet.csv") -> Json:
        begun = await self.begin(kind, content, name)
        await self.check(begun["id"])
        return await self.run(begun["id"])

    async def worked_off(self, import_id: str) -> Json:
        """The import once nothing is left to do with it: what was interrupted or gave way is taken up again."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.work()
                found = await self.get(import_id)
                if found["state"] not in WORKING:
                    return found
                await asyncio.sleep(0.05)

    async def work(self, *, stop: asyncio.Event | None = None) -> None:
        """Do all that is due now."""
        runner = self.runner(stop)
        await drain(self.database, self.tenant.id, runner.reactions)
        await runner.finished()
        await drain(self.database, self.tenant.id, runner.reactions)
        await runner.finished()

    def runner(self, stop: asyncio.Event | None = None) -> Runner:
        async def here(claim: Claim) -> None:
            await carry_out(self.database, claim, stop=stop or asyncio.Event())

        return Runner(here)

    async def faults(self, import_id: str, **query: Any) -> list[tuple[int, int | None, str]]:
        """Row, column and code of every cell at fault."""
        found: list[tuple[int, int | None, str]] = []
        cursor: str | None = None
        while True:
            params = query | ({"cursor": cursor} if cursor else {})
            page = await self.call("GET", f"/{import_id}/faults", params=params)
            found += [(each["row"], each["column"], each["code"]) for each in page["items"]]
            cursor = page["cursor"]
            if cursor is None:
                return found


def csv(*rows: str) -> bytes:
    return "\n".join([*rows, ""]).encode()


def reasons(report: Json) -> dict[str, int]:
    return {each["reason"]: each["lines"] for each in report["set_aside"]}


def column(items: Sequence[Json], name: str) -> list[Any]:
    return [item[name] for item in items]
