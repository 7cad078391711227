"""The foundation: every table of the first release."""

import re
from pathlib import Path

from alembic import op

from dinghuo.kit import ledger, outbox_watch, statistics
from dinghuo.kit.rls import protect, show_to_worker

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_TABLES = re.findall(r"^CREATE TABLE (\w+)", _SQL, re.M)
# The only ones that belong to no tenant.
_GLOBAL = ("tenant", "host")
_LEDGERS = ("account_entry", "audit_entry", "audit_seal", "stock_move")


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    connection = op.get_bind()
    for statement in _SQL.split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
    statistics.install(connection)
    for table in _TABLES:
        if table not in _GLOBAL:
            for statement in protect(table):
                op.execute(statement)
    for table in _LEDGERS:
        ledger.close(connection, table)
    for table, columns in outbox_watch.READABLE.items():
        show_to_worker(connection, table, columns)


def downgrade() -> None:
    for table in _TABLES:
        op.execute(f"drop table {table} cascade")
    op.execute("drop function refresh_statistics(text)")
