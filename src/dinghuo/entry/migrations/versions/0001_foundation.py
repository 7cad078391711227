"""The foundation: every table of the first release."""

from alembic import op

from dinghuo.entry.tables import metadata
from dinghuo.kit import ledger, outbox_watch, statistics
from dinghuo.kit.rls import protect, show_to_worker
from dinghuo.kit.tables import tenant_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.execute("create extension if not exists btree_gist")
    connection = op.get_bind()
    metadata.create_all(connection)
    statistics.install(connection)
    for table in tenant_tables():
        for statement in protect(table):
            op.execute(statement)
    for table in ledger.LEDGERS:
        ledger.close(connection, table)
    for table, columns in outbox_watch.READABLE.items():
        show_to_worker(connection, table, columns)


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
    op.execute("drop function refresh_statistics(text)")
