"""How many statements a command sends: the same number, however many things it is given."""

from collections.abc import Awaitable, Callable

from tests.support import Tenant

from dinghuo.kit.database import Database, Tx


async def statements(database: Database, tenant: Tenant, command: Callable[[Tx], Awaitable[object]]) -> int:
    """Carry the command out and count."""
    sent = 0
    async with database.transaction(tenant.id) as tx:
        check = tx.check

        def counted(sql: str) -> None:
            nonlocal sent
            sent += 1
            check(sql)

        tx.check = counted  # type: ignore[method-assign]
        await command(tx)
    return sent
