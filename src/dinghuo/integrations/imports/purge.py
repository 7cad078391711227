"""Files that have expired go, and with them the rows and marks of imports that ended long ago."""

from collections.abc import Sequence
from datetime import timedelta

from dinghuo.integrations.imports.files import remove_files
from dinghuo.integrations.imports.states import WORKING
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery, Event
from dinghuo.kit.periodic import TENANT, schedule

EVERY = timedelta(hours=1)
MARKS_KEPT = timedelta(days=30)
_MOST = 100
# Imports in one go, each of which may have many thousands of marks.
_MOST_MARKED = 5


class FilePurgeDue(Event, frozen=True, kw_only=True, tag="imports.purge_due"):
    """It is time to remove what has expired."""


async def purge_files_when_due(tx: Tx, _deliveries: Sequence[Delivery]) -> None:
    await purge(tx)
    await schedule(tx, FilePurgeDue(subject_id=TENANT), EVERY)


async def purge(tx: Tx) -> int:
    """Remove expired files that no worker reads, and marks that nobody looks at any more; how many files."""
    working = list(WORKING)
    rows = await tx.fetch(_EXPIRED, tx.now, working, _MOST)
    if rows:
        await remove_files(tx, [row["id"] for row in rows])
    before = tx.now - MARKS_KEPT
    for statement in (_FAULTS, _ROWS):
        await tx.write(statement, before, working, _MOST_MARKED)
    return len(rows)


_EXPIRED = """
select f.id from import_file f
where f.tenant_id = $1 and f.expires_at <= $2 and not exists (
  select from import_job j where j.tenant_id = $1 and j.file_id = f.id and j.state = any($3::text[])
)
order by f.expires_at limit $4
"""
_OLD = """
select j.id from import_job j
where j.tenant_id = $1 and j.progress_at < $2 and j.state <> all($3::text[]) and exists (
  select from {table} m where m.tenant_id = $1 and m.import_id = j.id
)
limit $4
"""
_DELETE = "delete from {table} where tenant_id = $1 and import_id in ({old})"
_FAULTS, _ROWS = (
    _DELETE.format(table=table, old=_OLD.format(table=table)) for table in ("import_fault", "import_rows")
)
