"""Carry out the statements of a migration's .sql file, and wall off the tables that it makes."""

import re
from pathlib import Path

from alembic import op

from dinghuo.kit import ledger
from dinghuo.kit.ledger import LEDGERS
from dinghuo.kit.rls import protect

_TABLE = re.compile(r"^CREATE TABLE (\w+)", re.M)
_COLUMN = re.compile(r"^ALTER TABLE (\w+) ADD COLUMN (\w+)", re.M)
_INDEX = re.compile(r"^CREATE (?:UNIQUE )?INDEX (\w+) ON (\w+)", re.M)


def carry_out(file: Path) -> None:
    """Run the file's statements; its tables get row-level security, its ledgers keep what is written."""
    sql = file.read_text(encoding="utf-8")
    op.execute("set local lock_timeout = '3s'")
    connection = op.get_bind()
    for statement in sql.split(";\n"):
        if statement.strip() and not _is_comment(statement):
            connection.exec_driver_sql(statement)
    for table in _TABLE.findall(sql):
        for statement in protect(table):
            op.execute(statement)
        if table in LEDGERS:
            ledger.close(connection, table)


def undo(file: Path) -> None:
    """Drop the tables, columns and indexes that the file adds."""
    sql = file.read_text(encoding="utf-8")
    made = _TABLE.findall(sql)
    for table in reversed(made):
        op.execute(f"drop table {table} cascade")
    for table, column in _COLUMN.findall(sql):
        if table not in made:
            op.execute(f"alter table {table} drop column {column} cascade")
    for index, table in _INDEX.findall(sql):
        if table not in made:
            op.execute(f"drop index if exists {index}")


def _is_comment(statement: str) -> bool:
    return all(line.startswith("--") for line in statement.strip().splitlines())
