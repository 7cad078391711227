"""Narrowing a list by what stands in another table, with no index to say which comes first.

What is wanted may be three rows of a million or half of them. The one is found by its ids and sorted, the other by
walking the list and asking of each row; taken for the other, either reads everything. The planner cannot know which
it is: the number is looked at.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, select, true

from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx

# Rows that are sorted sooner than a list of which they are all that is wanted is walked.
MOST = 2_000


async def narrowed(
    tx: Tx, id: ColumnElement[UUID], wanted: Select[Any], *, otherwise: ColumnElement[bool]
) -> ColumnElement[bool]:
    """The condition that `id` is one of those that `wanted` selects; `otherwise` says the same of many."""
    found = [row[0] for row in await tx.rows(wanted.limit(MOST + 1))]
    return among(id, found) if len(found) <= MOST else otherwise


def of_groups(tenant_id: int, table: Table, column: str, groups: Select[Any]) -> Select[Any]:
    """The ids of the rows whose `column` is one of `groups`, by the index of that column and the code."""
    group, member = groups.subquery("of_groups"), table.alias("member")
    mine = member.c.tenant_id == tenant_id, member.c[column] == group.c.id
    # In its order, so that nothing but that index will do.
    each = select(member.c.id).where(*mine).order_by(member.c.code).limit(MOST + 1).correlate(group).lateral("each")
    return select(each.c.id).select_from(group.join(each, true()))
