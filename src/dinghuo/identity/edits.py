"""Editing one record somebody has read: only while it is at the revision they read."""

from uuid import UUID

from sqlalchemy import Table, select

from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.revisions import check_revision


async def code_to_edit(tx: Tx, table: Table, id: UUID, *, revision: int, what: str, column: str = "code") -> str:
    """Lock the record and return its code; refused when it is not there or was changed meanwhile."""
    row = await tx.one(
        select(table.c[column].label("code"), table.c.revision)
        .where(table.c.tenant_id == tx.tenant_id, table.c.id == id)
        .with_for_update(key_share=True)
    )
    if row is None:
        raise missing(what, id)
    check_revision(row.revision, revision)
    return str(row.code)
