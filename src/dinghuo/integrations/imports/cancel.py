"""Cancel an import: at once while nobody works on it, otherwise after the slice in hand."""

from uuid import UUID

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.imports.jobs import AT_REST, check_action, lock_job, move
from dinghuo.integrations.imports.tables import import_job
from dinghuo.kit.database import Tx


async def cancel_import(tx: Tx, *, import_id: UUID, staff: StaffPrincipal) -> None:
    """What was written stays."""
    job = await lock_job(tx, import_id, staff)
    check_action(job, "cancel")
    if job.worker is not None:
        await tx.execute(
            import_job.update()
            .where(import_job.c.tenant_id == tx.tenant_id, import_job.c.id == import_id)
            .values(is_cancelling=True)
        )
        return
    to = cancelled(job.state)
    ended = {"finished_at": tx.now} if to == "cancelled" else {}
    await move(tx, import_id, job.state, to, by=staff.actor(), **AT_REST, **ended)


def cancelled(state: str) -> str:
    """Where an import goes whose work is called off: a check only takes back what was asked."""
    return "ready" if state == "checking" else "cancelled"
