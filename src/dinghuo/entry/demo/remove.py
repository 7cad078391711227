"""Take the demo company away, with everything people did in it, so that it can be made anew."""

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from dinghuo.entry.demo.company import COMPANY
from dinghuo.entry.tables import metadata
from dinghuo.identity.tables import tenant


async def remove(owner_url: str) -> bool:
    """Delete the demo tenant as the owner of the tables, since ledgers are closed to everybody else.

    Whether it was there. A company that only has its code is none of ours and stays.
    """
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(owner_url))
    try:
        async with engine.begin() as connection:
            demo = (tenant.c.code == COMPANY.code) & (tenant.c.name == COMPANY.name_zh)
            tenant_id = await connection.scalar(tenant.select().with_only_columns(tenant.c.id).where(demo))
            if tenant_id is not None:
                await _delete(connection, tenant_id)
        return tenant_id is not None
    finally:
        await engine.dispose()


async def _delete(connection: AsyncConnection, tenant_id: int) -> None:
    """Referring rows first. A department and its head refer to each other."""
    bound = {"tenant": str(tenant_id)}
    await connection.execute(text("select set_config('oms.tenant', :tenant, true)"), bound)
    await connection.execute(text("update department set head_id = null where head_id is not null"))
    for table in reversed(metadata.sorted_tables):
        if "tenant_id" in table.c:
            await connection.execute(table.delete().where(table.c.tenant_id == tenant_id))
    hosts = metadata.tables["host"]
    await connection.execute(hosts.delete().where(hosts.c.tenant == tenant_id))
    await connection.execute(tenant.delete().where(tenant.c.id == tenant_id))
