"""An import as its commands and its worker see it."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.imports import messages as say
from dinghuo.integrations.imports.access import check_sees_job
from dinghuo.integrations.imports.events import Due, Progressed
from dinghuo.integrations.imports.states import IMPORT, LEADS_TO, Action, actions
from dinghuo.integrations.imports.tables import import_job
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.missing import missing


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an importer is told beside the mapping.

    Orders from the day `live_from` on stay open. `create_missing`: tiers, regions, brands, units that rows name and
    nobody has are made; otherwise such rows are set aside.
    """

    live_from: date | None = None
    create_missing: bool = True


def actions_of(job: Any) -> list[Action]:
    return actions(
        job.state,
        has_look=job.look is not None,
        is_checked=job.checked_at is not None,
        is_cancelling=job.is_cancelling,
    )


async def lock_job(tx: Tx, import_id: UUID, staff: StaffPrincipal) -> Any:
    row = await tx.one(
        select(import_job)
        .where(import_job.c.tenant_id == tx.tenant_id, import_job.c.id == import_id)
        .with_for_update(key_share=True)
    )
    if row is None:
        raise missing("import", import_id)
    check_sees_job(staff, row)
    return row


def check_action(job: Any, action: Action) -> None:
    if action not in actions_of(job):
        zh, state_zh = say.ACTIONS_ZH[action], say.STATES_ZH[job.state]
        raise Refused(say.NOT_NOW("action", action=action, state=job.state, action_zh=zh, state_zh=state_zh))


async def queue(tx: Tx, job: Any, action: Action, *, by: Actor, **values: Any) -> None:
    """Hand a locked import to the worker."""
    waiting = AT_REST | {"queued_at": tx.now, "attempts": 0, "problem": None}
    await move(tx, job.id, job.state, LEADS_TO[action], by=by, **waiting, **values)
    await outbox.emit(tx, [Due(subject_id=job.id)])


# Nobody has it.
AT_REST: dict[str, Any] = {
    "worker": None,
    "lane": None,
    "lease_until": None,
    "queued_at": None,
    "is_cancelling": False,
    "phase": None,
    "done": 0,
    "total": None,
    "per_second": None,
}


async def move(tx: Tx, import_id: UUID, state: str, to: str, *, by: Actor, **values: Any) -> None:
    """Bring a locked import into another state, with audit, and tell whoever looks on."""
    if (state, to) not in IMPORT.moves:
        raise AssertionError(f"no import goes from {state} to {to}")
    await tx.execute(
        import_job.update()
        .where(import_job.c.tenant_id == tx.tenant_id, import_job.c.id == import_id)
        .values(state=to, progress_at=tx.now, **values)
    )
    await audit.record(tx, [audit.Change("import", import_id, to, by, {"state": [state, to]})])
    await outbox.emit(tx, [Progressed(subject_id=import_id, state=to)])
