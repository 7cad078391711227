"""What every table has in common. A tenant's table leads its key and every reference with `tenant_id`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

MONEY = Numeric(18, 2)
QUANTITY = Numeric(18, 6)
UNIT_PRICE = Numeric(18, 6)
RATE = Numeric(7, 6)
MOMENT = DateTime(timezone=True)

# The one order in which a transaction may lock rows; kit.locks holds every statement to it.
LOCK_RANKS = ("documents", "lines", "accounts", "stock", "counters")


def tenant_table(name: str, *items: SchemaItem, key: Sequence[str] = ("id",), lock_rank: str | None = None) -> Table:
    """A table of one tenant's rows: primary key `(tenant_id, *key)`, row-level security forced by migration.

    `lock_rank` (one of LOCK_RANKS) says when its rows may be locked; a table without one is locked freely.
    """
    columns: list[SchemaItem] = [Column("tenant_id", BigInteger, nullable=False, autoincrement=False)]
    if "id" in key and not any(isinstance(item, Column) and item.name == "id" for item in items):
        columns.append(Column("id", Uuid, nullable=False))
    info = {"lock_rank": LOCK_RANKS.index(lock_rank)} if lock_rank else {}
    return Table(name, metadata, *columns, *items, PrimaryKeyConstraint("tenant_id", *key), info=info)


def reference(table: str, *columns: str, target: Sequence[str] = ("id",)) -> ForeignKeyConstraint:
    """A foreign key that cannot leave its tenant: `(tenant_id, *columns) → table (tenant_id, *target)`."""
    return ForeignKeyConstraint(["tenant_id", *columns], [f"{table}.{name}" for name in ("tenant_id", *target)])


def unique(*columns: str) -> UniqueConstraint:
    return UniqueConstraint("tenant_id", *columns)


def index(name: str, *columns: Any, where: Any = None, unique: bool = False) -> Index:
    """An index led by `tenant_id`."""
    return Index(name, "tenant_id", *columns, postgresql_where=where, unique=unique)


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    """The column holds one of these words."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({words})", name=column)


def text(name: str, *, default: str | None = None, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable, server_default=default)


def moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, MOMENT, nullable=nullable)


def revision() -> Column[int]:
    """Grows with every edit: who edits says which one they read (kit.revisions)."""
    return Column("revision", Integer, nullable=False, server_default="1")


def tenant_tables() -> dict[str, Table]:
    """Every table that row-level security protects, by name."""
    return {name: table for name, table in metadata.tables.items() if "tenant_id" in table.c}
