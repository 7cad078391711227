"""Telling the planner of many new rows, in the transaction that writes them.

PostgreSQL counts a table some time after its changes are committed. Until then it expects less than a row of a tenant
it has never seen, finds any index that begins with the tenant as good as the primary key, and checks each foreign key
of a first import by reading all of it: ten thousand SKUs took a minute. Only an owner may count: hence the function.
"""

from sqlalchemy import Connection

from dinghuo.kit.database import Tx

# Fewer rows are not worth the count (a sample of 30,000 rows), whatever the plans.
MANY = 1000

_INSTALL = """
create function refresh_statistics(counted text) returns void language plpgsql security definer
set search_path = public, pg_temp as $$ begin execute format('analyze public.%I', counted); end $$
"""


def install(connection: Connection) -> None:
    """Make the function. Call it as the owner of the tables."""
    connection.exec_driver_sql(_INSTALL)


async def refresh(tx: Tx, table: str) -> None:
    """Count a table to which this transaction has written MANY rows. Others who would count it wait for its end."""
    await tx.connection.exec_driver_sql("select refresh_statistics($1)", (table,))
