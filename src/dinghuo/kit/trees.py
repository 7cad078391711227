"""Rows that hang below rows of the same table (`parent_id`): regions, categories, customers."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, select

from dinghuo.kit.bulk import Planned
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message
from dinghuo.kit.faults import Faults

# What reads ancestors (prices, assortments, scopes) looks no farther up than this.
DEEPEST = 16

OWN_ANCESTOR = Message(
    "own-ancestor",
    "“{code}”不能成为自己的上级或下级的下级",
    "'{code}' would be above itself",
    CONFLICT,
)
TOO_DEEP = Message(
    "too-deep", "“{code}”的层级超过 {most} 层", "'{code}' would lie more than {most} levels deep", CONFLICT
)


def below(table: Table, tenant_id: int, start: ColumnElement[bool]) -> Select[tuple[UUID]]:
    """The ids of the rows where `start` holds, and of all below them."""
    tree = select(table.c.id).where(table.c.tenant_id == tenant_id, start).cte(recursive=True)
    lower = table.alias()
    tree = tree.union(
        select(lower.c.id).join(tree, lower.c.parent_id == tree.c.id).where(lower.c.tenant_id == tenant_id)
    )
    return select(tree.c.id)


def above(table: Table, tenant_id: int, start: ColumnElement[bool]) -> Select[tuple[UUID]]:
    """The ids of the rows where `start` holds, and of all above them."""
    tree = select(table.c.id, table.c.parent_id).where(table.c.tenant_id == tenant_id, start).cte(recursive=True)
    upper = table.alias()
    tree = tree.union(
        select(upper.c.id, upper.c.parent_id)
        .join(tree, upper.c.id == tree.c.parent_id)
        .where(upper.c.tenant_id == tenant_id)
    )
    return select(tree.c.id)


async def check_tree(tx: Tx, table: Table, planned: list[Planned], faults: Faults, *, kind: str) -> None:
    """Fault every planned row that would lie above itself or too deep.

    Whoever moves rows holds the version row of `kind` from here on: two moves, each fine alone, could make a ring.
    """
    moved = {row.id: row.new["parent_id"] for row in planned if "parent_id" in row.changes}
    if not any(moved.values()):
        return
    await tx.fetch("select version from data_version where tenant_id = $1 and kind = $2 for update", kind)
    rows = await tx.fetch(_PARENTS.format(table=table.name), [parent for parent in moved.values() if parent])
    parents: dict[UUID, UUID | None] = {row["id"]: row["parent_id"] for row in rows} | moved
    for row in planned:
        if row.id in moved:
            path = _path(row.id, parents)
            if path is None:
                faults.add(row.line, "parent", OWN_ANCESTOR, code=row.code)
            elif len(path) > DEEPEST:
                faults.add(row.line, "parent", TOO_DEEP, code=row.code, most=DEEPEST)


_PARENTS = """
with recursive tree (id, parent_id) as (
  select id, parent_id from {table} where tenant_id = $1 and id = any($2::uuid[])
  union
  select t.id, t.parent_id from tree join {table} t on t.tenant_id = $1 and t.id = tree.parent_id
) select id, parent_id from tree
"""


def _path(start: UUID, parents: Mapping[UUID, UUID | None]) -> list[UUID] | None:
    """`start` and all above it; None when that never ends."""
    path, seen = [start], {start}
    while (parent := parents.get(path[-1])) is not None:
        if parent in seen:
            return None
        path.append(parent)
        seen.add(parent)
    return path
