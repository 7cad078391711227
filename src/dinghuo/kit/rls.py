"""Row-level security: what a migration says for each tenant table it makes."""

# `true` = null when unset, and an empty setting is no tenant either: then no row is visible, none can be written.
TENANT_IS_BOUND = "tenant_id = nullif(current_setting('oms.tenant', true), '')::bigint"


def protect(table: str) -> list[str]:
    """The statements that make a tenant table's rows invisible to every other tenant, its owner included."""
    return [
        f'alter table "{table}" enable row level security',
        f'alter table "{table}" force row level security',
        f'create policy tenant_rows on "{table}" using ({TENANT_IS_BOUND}) with check ({TENANT_IS_BOUND})',
    ]
