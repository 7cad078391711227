"""Who above refers to goods. This module knows nothing of what lies above it; the metadata of the tables does."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from dinghuo.catalogue.tables import product_media, sku_cost, sku_floor, sku_unit
from dinghuo.kit.database import Tx
from dinghuo.kit.tables import metadata

_OWN = frozenset({sku_unit, sku_cost, sku_floor, product_media})
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


async def used(tx: Tx, target: Table, keys: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], str]:
    """Which of these rows of `target` (by key, without the tenant) are referred to, and a table that does."""
    statement = _statement(target)
    if not keys or statement is None:
        return {}
    found = {}
    for row in await tx.fetch(statement, *(list(values) for values in zip(*keys, strict=True))):
        found[tuple(row)[1:]] = row["used_by"]
    return found


@cache
def _statement(target: Table) -> str | None:
    names = [column.name for column in target.primary_key if column.name != "tenant_id"]
    arrays = ", ".join(
        f"${number}::{target.c[name].type.compile(_DIALECT)}[]" for number, name in enumerate(names, start=2)
    )
    keys = ", ".join(names)
    parts = [
        f"select '{table.name}' as used_by, k.* from unnest({arrays}) as k({keys}) where exists ("  # noqa: S608
        f"select 1 from {table.name} t where t.tenant_id = $1 and "
        + " and ".join(f"t.{local[name]} = k.{name}" for name in names)
        + ")"
        for table, local in _references(target)
    ]
    return " union all ".join(parts) or None


def _references(target: Table) -> list[tuple[Table, dict[str, str]]]:
    """Tables above with a foreign key to `target` that can be asked through an index, and their columns for its key.

    What has no such index (the lines of documents) keeps its own copy of what it needs to know.
    """
    found = []
    for table in metadata.tables.values():
        for key in table.foreign_key_constraints if table not in _OWN else ():
            local = {element.column.name: element.parent.name for element in key.elements}
            if key.referred_table is target and _first_columns(table) & set(local.values()):
                found.append((table, local))
    return found


def _first_columns(table: Table) -> set[str]:
    """The column after the tenant in each index."""
    indexes = [list(table.primary_key.columns), *(list(index.columns) for index in table.indexes)]
    return {columns[1].name for columns in indexes if len(columns) > 1}
