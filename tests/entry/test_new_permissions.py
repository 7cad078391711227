"""What a version may do that the one before could not, the default roles of companies that are there may too."""

import asyncpg
import pytest

from dinghuo.entry.migrate import migrate
from dinghuo.kit.embedded import EmbeddedServer
from dinghuo.kit.ids import new_id
from dinghuo.kit.roles import prepare

pytestmark = pytest.mark.slow


async def test_default_roles_get_what_is_new_and_nothing_that_was_taken_from_them(postgres: EmbeddedServer) -> None:
    urls = await prepare(postgres.admin_url(), database="dinghuo_permissions", secret="test")
    await migrate(urls.owner, revision="0002")
    connection = await asyncpg.connect(urls.owner)
    try:
        roles = {(code, role): new_id() for code in ("a", "b") for role in ("warehouse", "own")}
        for code in ("a", "b"):
            tenant = await connection.fetchval(
                "insert into tenant (code, name, created_at) values ($1, $1, now()) returning id", code
            )
            async with connection.transaction():
                await connection.execute("select set_config('oms.tenant', $1, true)", str(tenant))
                for role in ("warehouse", "own"):
                    id = roles[code, role]
                    await connection.execute(
                        "insert into role (tenant_id, id, code, name, audience, created_at) "
                        "values ($1, $2, $3, $3, 'staff', now())",
                        tenant,
                        id,
                        role,
                    )
                    await connection.execute(
                        "insert into role_permission (tenant_id, role_id, permission) values ($1, $2, 'orders.read')",
                        tenant,
                        id,
                    )
        await migrate(urls.owner)
        for code in ("a", "b"):
            tenant = await connection.fetchval("select id from tenant where code = $1", code)
            async with connection.transaction():
                await connection.execute("select set_config('oms.tenant', $1, true)", str(tenant))
                rows = await connection.fetch("select role_id, permission from role_permission")
            held = {
                role: {row["permission"] for row in rows if row["role_id"] == roles[code, role]}
                for role in ("warehouse", "own")
            }
            assert held["own"] == {"orders.read"}
            assert {"orders.read", "approvals.decide"} <= held["warehouse"]
            assert "inventory.read" not in held["warehouse"]
    finally:
        await connection.close()
