"""A new tenant: the company, its first organisation, the default roles and the owner."""

import re
from uuid import UUID

import msgspec
from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import insert as insert_or

from dinghuo.identity.default_roles import DEFAULT_ROLES, OWNER
from dinghuo.identity.passwords import hash_password, password_faults
from dinghuo.identity.tables import app_user, host, organisation, role, role_permission, tenant, user_role
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Language, Message, Refused
from dinghuo.kit.ids import new_id

TENANT_CODE_FORM = Message(
    "tenant-code-form",
    "企业代码由 2 到 40 个小写字母、数字和连字符组成，以字母或数字开头",
    "A company code has 2 to 40 lower-case letters, digits and hyphens and starts with a letter or digit",
    MALFORMED,
)
TENANT_CODE_TAKEN = Message(
    "tenant-code-taken", "企业代码“{code}”已被使用", "The company code '{code}' is taken", CONFLICT
)
HOST_TAKEN = Message(
    "host-taken", "域名“{host}”已属于另一家企业", "The host name '{host}' belongs to another company", CONFLICT
)

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


class NewTenant(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    name: str
    owner_login: str = "owner"
    owner_name: str = "owner"
    hosts: tuple[str, ...] = ()
    language: Language = "zh"
    currency: str = "CNY"
    time_zone: str = "Asia/Shanghai"


class CreatedTenant(msgspec.Struct, frozen=True):
    id: int
    organisation_id: UUID
    owner_id: UUID


async def create_tenant(database: Database, new: NewTenant, *, password: str | None, by: Actor) -> CreatedTenant:
    """Create a tenant, all of it or nothing. It takes the database: there is no tenant's transaction before.

    Without a password the owner cannot sign in until one is set for them.
    """
    faults: list[Fault] = []
    if not _CODE.fullmatch(new.code):
        faults.append(TENANT_CODE_FORM("code"))
    if password is not None:
        faults += password_faults(password, field="password", known=(new.owner_login, new.owner_name, new.code))
    if faults:
        raise Refused(faults)
    password_hash = await hash_password(password) if password is not None else None
    async with database.untenanted() as connection:
        tenant_id: int = await connection.scalar(text("select nextval(pg_get_serial_sequence('tenant', 'id'))"))

    async def create(tx: Tx) -> CreatedTenant:
        await _write_tenant(tx, new)
        organisation_id = await _write_organisation(tx, new)
        owner_id = await _write_owner(tx, new, password_hash, await _write_roles(tx))
        await record(tx, [Change("app_user", owner_id, "created", by, {"login": [None, new.owner_login]})])
        return CreatedTenant(tx.tenant_id, organisation_id, owner_id)

    return await database.run(tenant_id, create)


async def _write_tenant(tx: Tx, new: NewTenant) -> None:
    written = await tx.execute(
        insert_or(tenant)
        .values(
            id=tx.tenant_id,
            code=new.code,
            name=new.name,
            language=new.language,
            currency=new.currency,
            time_zone=new.time_zone,
            created_at=tx.now,
        )
        .on_conflict_do_nothing(index_elements=[tenant.c.code])
    )
    if not written.rowcount:
        raise Refused(TENANT_CODE_TAKEN("code", code=new.code))
    hosts = sorted({name.lower() for name in new.hosts})
    if not hosts:
        return
    rows = await tx.rows(
        insert_or(host)
        .values([{"name": name, "tenant": tx.tenant_id} for name in hosts])
        .on_conflict_do_nothing()
        .returning(host.c.name)
    )
    taken = sorted(set(hosts) - {row.name for row in rows})
    if taken:
        raise Refused([HOST_TAKEN("hosts", host=name) for name in taken])


async def _write_organisation(tx: Tx, new: NewTenant) -> UUID:
    organisation_id = new_id()
    await tx.execute(
        insert(organisation).values(
            tenant_id=tx.tenant_id,
            id=organisation_id,
            code="main",
            name=new.name,
            currency=new.currency,
            created_at=tx.now,
        )
    )
    return organisation_id


async def _write_roles(tx: Tx) -> dict[str, UUID]:
    ids = {default.code: new_id() for default in DEFAULT_ROLES}
    await tx.execute(
        insert(role).values(
            [
                {
                    "tenant_id": tx.tenant_id,
                    "id": ids[default.code],
                    "created_at": tx.now,
                    **{name: getattr(default, name) for name in default.__struct_fields__ if name != "permissions"},
                }
                for default in DEFAULT_ROLES
            ]
        )
    )
    await tx.execute(
        insert(role_permission).values(
            [
                {"tenant_id": tx.tenant_id, "role_id": ids[default.code], "permission": permission}
                for default in DEFAULT_ROLES
                for permission in sorted(default.permissions)
            ]
        )
    )
    return ids


async def _write_owner(tx: Tx, new: NewTenant, password_hash: str | None, roles: dict[str, UUID]) -> UUID:
    owner_id = new_id()
    await tx.execute(
        insert(app_user).values(
            tenant_id=tx.tenant_id,
            id=owner_id,
            audience="staff",
            login=new.owner_login,
            name=new.owner_name,
            language=new.language,
            password_hash=password_hash,
            created_at=tx.now,
            updated_at=tx.now,
        )
    )
    await tx.execute(insert(user_role).values(tenant_id=tx.tenant_id, user_id=owner_id, role_id=roles[OWNER]))
    return owner_id
