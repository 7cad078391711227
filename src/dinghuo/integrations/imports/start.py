"""Start the import for good; one that was interrupted or cancelled goes on."""

from uuid import UUID

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.imports.jobs import check_action, lock_job, queue
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language


async def start_import(tx: Tx, *, import_id: UUID, language: Language, staff: StaffPrincipal) -> None:
    """Rows that the check has set aside never stop the others."""
    job = await lock_job(tx, import_id, staff)
    check_action(job, "run")
    by = staff.actor()
    await queue(
        tx, job, "run", by=by, run_by=by.id, run_by_name=by.name, run_by_kind=by.kind, language=language,
        started_at=job.started_at or tx.now, finished_at=None,
    )  # fmt: skip
