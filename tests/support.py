"""What tests of every module share beside the fixtures of conftest.py."""

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import httpx
from litestar import Litestar

from dinghuo.identity.create_tenant import NewTenant, create_tenant
from dinghuo.kit.actor import SYSTEM, Actor
from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id

BASE_URL = "http://dinghuo.test"


@dataclass(frozen=True)
class Tenant:
    """A tenant as `create_tenant` makes it: organisation, default roles, an owner without a password."""

    id: int
    code: str
    organisation_id: UUID
    owner_id: UUID

    @property
    def owner(self) -> Actor:
        return Actor("staff", "owner", "console", self.owner_id)


async def make_tenant(database: Database) -> Tenant:
    """A tenant nobody else knows; tests that need two make the second one with this."""
    code = f"t-{new_id().hex}"
    made = await create_tenant(database, NewTenant(code=code, name=f"公司 {code}"), password=None, by=SYSTEM)
    return Tenant(made.id, code, made.organisation_id, made.owner_id)


def client_of(app: Litestar, **headers: str) -> httpx.AsyncClient:
    """A client of the application in this process; underscores in header names stand for hyphens."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(cast(Any, app)),
        base_url=BASE_URL,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
