"""Look at another worksheet of a file, or take another row for its header."""

from uuid import UUID

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.imports.jobs import check_action, lock_job, queue
from dinghuo.kit.database import Tx


async def look_again(
    tx: Tx, *, import_id: UUID, worksheet: str | None, header_row: int | None, staff: StaffPrincipal
) -> None:
    """What was found and checked before no longer counts."""
    job = await lock_job(tx, import_id, staff)
    check_action(job, "look")
    await queue(
        tx, job, "look", by=staff.actor(),
        worksheet=worksheet, header_row=header_row, mapping=None, report=None, checked_at=None,
        faults=0, faults_listed=0, marks=None, errors_file_id=None,
    )  # fmt: skip
