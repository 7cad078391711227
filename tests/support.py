"""What tests of every module share beside the fixtures of conftest.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast
from uuid import UUID

import httpx
from litestar import Litestar

from dinghuo.identity.authenticate import authenticate
from dinghuo.identity.create_key import KeyLimits, NewKey, create_key
from dinghuo.identity.create_tenant import NewTenant, create_tenant
from dinghuo.identity.granting import Granter
from dinghuo.identity.permissions import permissions_of
from dinghuo.identity.principals import Principal
from dinghuo.identity.save_users import UserInput, save_users
from dinghuo.identity.tokens import Token
from dinghuo.kit.actor import SYSTEM, Actor
from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id
from dinghuo.kit.tables import tenant_tables
from dinghuo.kit.vault import Vault

BASE_URL = "http://dinghuo.test"
VAULT = Vault(["a key of the tests"])


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


async def make_user(
    database: Database,
    tenant: Tenant,
    *roles: str,
    login: str | None = None,
    audience: Literal["staff", "dealer"] | None = None,
    customers: Sequence[str] = (),
    regions: Sequence[str] = (),
    department: str | None = None,
) -> str:
    """A user with these roles, by codes; their login."""
    login = login or f"u-{new_id().hex}"
    item = UserInput(
        login=login,
        name=login,
        audience=audience or ("dealer" if any(role.startswith("dealer") for role in roles) else "staff"),
        roles=list(roles),
        customers=list(customers),
        regions=list(regions),
        department=department,
    )
    async with database.transaction(tenant.id) as tx:
        await save_users(tx, items=[item], by=SYSTEM, granter=Granter())
    return login


async def key_of(database: Database, tenant: Tenant, login: str, permissions: Sequence[str] | None = None) -> Token:
    """An API key of this user; with all the permissions the user may ever have, unless some are named."""
    async with database.transaction(tenant.id) as tx:
        audience = await tx.fetch("select audience from app_user where tenant_id = $1 and login = $2", login)
        names = sorted(permissions_of(audience[0]["audience"])) if permissions is None else list(permissions)
        key = NewKey(name="test", user=login, permissions=names)
        token = await create_key(tx, key=key, by=SYSTEM, limits=KeyLimits())
        # Its first use would be noted: a trace in tests of what leaves none.
        await tx.write("update api_key set used_at = $3 where tenant_id = $1 and id = $2", token.id, tx.now)
    return token


async def principal_of(database: Database, token: Token) -> Principal:
    """The principal as handlers get it."""
    return await authenticate(database, token, "key")


async def contents(database: Database, tenant: Tenant, *, but: Collection[str] = ()) -> dict[str, list[str]]:
    """Every row of the tenant, by table: equal before and after what must leave no trace. `but` leaves tables out."""
    names = sorted(set(tenant_tables()) - set(but))
    one = "select '{name}', array(select t::text from {name} t where tenant_id = $1 order by 1)"
    async with database.transaction(tenant.id) as tx:
        return {row[0]: row[1] for row in await tx.fetch(" union all ".join(one.format(name=n) for n in names))}


async def trail(database: Database, tenant: Tenant) -> list[tuple[str, str, str]]:
    """The audit so far: (subject kind, action, actor's name), oldest first."""
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch(
            "select subject_kind, action, actor_name from audit_entry where tenant_id = $1 order by id"
        )
    return [tuple(row) for row in rows]


def client_of(app: Litestar, **headers: str) -> httpx.AsyncClient:
    """A client of the application in this process; underscores in header names stand for hyphens."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(cast(Any, app)),
        base_url=BASE_URL,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
