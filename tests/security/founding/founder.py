"""What every room founds with: the owner's client, and where it keeps what it made."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
from tests.security.calls import Ref
from tests.security.company import ELSE, MINE
from tests.support import Tenant

from dinghuo.kit.database import Database

DAY = "2024-01-01"
REACTION = "test.reaction"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><title>{}</title></svg>'


class Founder:
    """`shared` are the records of the whole company, `halves` those of each half's customer."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        database: Database,
        tenant: Tenant,
        mark: str,
        more: int,
        sellers: Sequence[str],
    ) -> None:
        self.client = client
        self.database = database
        self.tenant = tenant
        self.mark = mark
        self.more = more
        self.sellers = list(sellers)
        self.halves: dict[str, dict[str, Ref]] = {MINE: {}, ELSE: {}}
        self.shared: dict[str, Ref] = {}

    def numbers(self) -> list[int]:
        return list(range(1 + self.more))

    def code(self, name: str) -> str:
        return f"{self.mark}-{name}"

    def login(self, name: str) -> str:
        return self.code(name).lower()

    def row(self, name: str) -> dict[str, Any]:
        return {"code": self.code(name), "name": f"{self.code(name)} 名称"}

    def named(self, name: str) -> list[dict[str, Any]]:
        """One row, and as many further ones as there shall be."""
        return [self.row(f"{name}{number or ''}") for number in self.numbers()]

    def share(self, kind: str, value: object) -> Ref:
        self.shared[kind] = Ref(value, kind)
        return self.shared[kind]

    def hold(self, half: str, kind: str, value: object) -> None:
        self.halves[half][kind] = Ref(value, kind)

    async def id_of(self, table: str, column: str, value: object) -> UUID:
        async with self.database.transaction(self.tenant.id) as tx:
            rows = await tx.fetch(f"select id from {table} where tenant_id = $1 and {column} = $2", value)
        found: UUID = rows[0]["id"]
        return found

    async def put(self, path: str, items: Sequence[dict[str, Any]]) -> None:
        self.checked(await self.client.put(f"/api/v1/{path}", json={"items": items}))

    async def post(self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        return self.checked(await self.client.post(f"/api/v1/{path}", json=body, headers=headers))

    async def dealt(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        return self.checked(await self.client.post(f"/portal/v1/{path}", json=body, headers=headers))

    @staticmethod
    def checked(answer: httpx.Response) -> Any:
        assert answer.status_code in (200, 201, 202), f"{answer.request.url}: {answer.text}"
        return answer.json()
