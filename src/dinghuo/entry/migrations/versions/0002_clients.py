"""What the dealer's portal and the seller's console need beside the foundation."""

import re
from pathlib import Path

from alembic import op

from dinghuo.kit.rls import protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_TABLES = re.findall(r"^CREATE TABLE (\w+)", _SQL, re.M)
_COLUMNS = re.findall(r"^ALTER TABLE (\w+) ADD COLUMN (\w+)", _SQL, re.M)


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    connection = op.get_bind()
    for statement in _SQL.split(";\n"):
        if statement.strip() and not _is_comment(statement):
            connection.exec_driver_sql(statement)
    for table in _TABLES:
        for statement in protect(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.execute(f"drop table {table} cascade")
    for table, column in _COLUMNS:
        op.execute(f"alter table {table} drop column {column} cascade")


def _is_comment(statement: str) -> bool:
    return all(line.startswith("--") for line in statement.strip().splitlines())
