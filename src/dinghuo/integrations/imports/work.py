"""One turn of work on one import, by whoever has claimed it: look, check or run, and what comes of it.

Whatever ends it (a refusal, a cancellation, the program being stopped, a bug), the import is left in a state from
which it can go on.
"""

import asyncio
import hashlib
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select

from dinghuo.integrations.imports import messages as say
from dinghuo.integrations.imports.beat import Beat, Cancelled, Interrupted, Stopped
from dinghuo.integrations.imports.cancel import cancelled
from dinghuo.integrations.imports.claim import MOST_ATTEMPTS, Claim
from dinghuo.integrations.imports.events import Due
from dinghuo.integrations.imports.files import parts
from dinghuo.integrations.imports.jobs import AT_REST, move
from dinghuo.integrations.imports.problems import kept
from dinghuo.integrations.imports.tables import import_job
from dinghuo.integrations.imports.tasks import TASKS
from dinghuo.kit import outbox
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Fault, Refused
from dinghuo.kit.outages import is_away, is_contended

_AGAIN_AFTER = timedelta(seconds=10)

log = structlog.get_logger()


async def carry_out(database: Database, claim: Claim, *, stop: asyncio.Event) -> None:
    """Do what the claimed import waits for. `stop` ends it between two slices; another worker goes on then."""
    job = await _read(database, claim)
    if job is None:
        return
    beat = Beat(database, claim)
    stopping = asyncio.create_task(_end_when(stop, beat))
    try:
        async with beat.beating():
            to, values = await _work(database, claim, job, beat)
        await _leave(database, claim, to, **values)
    except Stopped as why:
        await _stopped(database, claim, job, why)
    except Refused as refused:
        await _fail(database, claim, refused.faults)
    except Exception as error:
        await _broke(database, claim, job, error)
    finally:
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)


async def _end_when(stop: asyncio.Event, beat: Beat) -> None:
    await stop.wait()
    beat.end(Interrupted())


async def _read(database: Database, claim: Claim) -> Any:
    """The import, unless another worker has it by now."""
    async with database.transaction(claim.tenant_id) as tx:
        return await tx.one(
            select(import_job).where(
                import_job.c.tenant_id == tx.tenant_id,
                import_job.c.id == claim.import_id,
                import_job.c.worker == claim.worker,
            )
        )


async def _work(database: Database, claim: Claim, job: Any, beat: Beat) -> tuple[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="dinghuo-import-") as folder:
        path = Path(folder) / f"file{Path(job.file_name).suffix[:10]}"
        await _fetch(database, job, path, beat)
        return await TASKS[claim.state](database, claim, job, path, beat)


async def _fetch(database: Database, job: Any, path: Path, beat: Beat) -> None:
    """Bring the file here: it is read from a disk as often as needed."""
    size = 0
    with path.open("wb") as target:
        async for content in parts(database, job.tenant_id, job.file_id):
            target.write(content)
            size += len(content)
            beat.progress("fetch", size, job.file_size)
    if size != job.file_size:
        raise Refused(say.FILE_GONE("file_id"))


async def _leave(database: Database, claim: Claim, to: str, **values: Any) -> None:
    """Put the import into the state that the work led to, if it is still ours."""

    async def command(tx: Tx) -> None:
        if await _ours(tx, claim):
            await move(tx, claim.import_id, claim.state, to, by=SYSTEM, **AT_REST | values)
            await outbox.emit(tx, [Due(subject_id=claim.import_id)])

    await database.run(claim.tenant_id, command)


async def _ours(tx: Tx, claim: Claim) -> bool:
    row = await tx.one(
        select(import_job.c.worker, import_job.c.state)
        .where(import_job.c.tenant_id == tx.tenant_id, import_job.c.id == claim.import_id)
        .with_for_update(key_share=True)
    )
    return row is not None and row.worker == claim.worker and row.state == claim.state


async def _stopped(database: Database, claim: Claim, job: Any, why: Stopped) -> None:
    if isinstance(why, Cancelled):
        to = cancelled(claim.state)

        async def end(tx: Tx) -> None:
            if await _ours(tx, claim):
                ended = {"finished_at": tx.now} if to == "cancelled" else {}
                await move(tx, claim.import_id, claim.state, to, by=SYSTEM, **AT_REST | ended)
                await outbox.emit(tx, [Due(subject_id=claim.import_id)])

        await database.run(claim.tenant_id, end)
    elif isinstance(why, Interrupted):
        # Nobody's fault: it does not count as an attempt.
        await _wait(database, claim, timedelta(), attempts=job.attempts - 1)


async def _wait(database: Database, claim: Claim, delay: timedelta, **values: Any) -> None:
    """Give the import back, to be taken up again."""

    async def command(tx: Tx) -> None:
        if await _ours(tx, claim):
            at = tx.now + delay
            waiting = {name: value for name, value in AT_REST.items() if name != "is_cancelling"}
            await tx.execute(
                import_job.update()
                .where(import_job.c.tenant_id == tx.tenant_id, import_job.c.id == claim.import_id)
                .values(waiting | {"queued_at": at} | values)
            )
            await outbox.emit(tx, [Due(subject_id=claim.import_id)], due=[at])

    await database.run(claim.tenant_id, command)


async def _fail(database: Database, claim: Claim, faults: tuple[Fault, ...]) -> None:
    async def command(tx: Tx) -> None:
        if await _ours(tx, claim):
            ended = {"problem": kept(faults[:100]), "finished_at": tx.now}
            await move(tx, claim.import_id, claim.state, "failed", by=SYSTEM, **AT_REST | ended)
            await outbox.emit(tx, [Due(subject_id=claim.import_id)])

    await database.run(claim.tenant_id, command)


async def _broke(database: Database, claim: Claim, job: Any, error: Exception) -> None:
    """Try again a few times: what breaks once may go well the next time. A database that is away is waited for."""
    if is_away(error):
        log.warning("an import waits for the database", reason=str(error))
        raise error
    reference = hashlib.sha256(repr(error).encode()).hexdigest()[:8]
    if is_contended(error):
        log.warning("an import gives way", import_id=str(claim.import_id), reason=str(error))
    else:
        log.error("an import broke", import_id=str(claim.import_id), reference=reference, exc_info=error)
    if job.attempts >= MOST_ATTEMPTS:
        await _fail(database, claim, (say.BROKE(reference=reference),))
    else:
        await _wait(database, claim, _AGAIN_AFTER * job.attempts)
