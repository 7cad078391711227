"""Row-level security: what a migration says for each tenant table it makes."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

# `true` = null when unset, and an empty setting is no tenant either: then no row is visible, none can be written.
# The sub-select makes it a value worked out once a statement; without it the setting is read for every row.
TENANT_IS_BOUND = "tenant_id = (select nullif(current_setting('oms.tenant', true), '')::bigint)"

# The worker's role is named as its owner is (kit.roles); an installation that may not make roles has none.
_WORKER_ROLE = text("""
select quote_ident(rolname) from pg_roles
where current_user ~ '_owner$' and rolname = regexp_replace(current_user, '_owner$', '_worker')
""")


def protect(table: str) -> list[str]:
    """The statements that make a tenant table's rows invisible to every other tenant, its owner included."""
    return [
        f'alter table "{table}" enable row level security',
        f'alter table "{table}" force row level security',
        f'create policy tenant_rows on "{table}" using ({TENANT_IS_BOUND}) with check ({TENANT_IS_BOUND})',
    ]


def show_to_worker(connection: Connection, table: str, columns: Sequence[str]) -> None:
    """Let the worker's role read these columns of every tenant's rows, and nothing else. Call it as the owner."""
    role = connection.execute(_WORKER_ROLE).scalar()
    if role is not None:
        connection.execute(text(f'create policy worker_reads on "{table}" for select to {role} using (true)'))
        connection.execute(text(f'grant select ({", ".join(columns)}) on "{table}" to {role}'))
