"""Begin an import of a file that was uploaded: a worker looks at it first."""

from uuid import UUID

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.imports import messages as say
from dinghuo.integrations.imports.events import Due, Progressed
from dinghuo.integrations.imports.files import KEPT, get_file
from dinghuo.integrations.imports.kinds import KindName
from dinghuo.integrations.imports.tables import import_file, import_job
from dinghuo.kit import audit, outbox
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language, Refused
from dinghuo.kit.ids import new_id


async def create_import(
    tx: Tx,
    *,
    kind: KindName,
    file_id: UUID,
    worksheet: str | None,
    header_row: int | None,
    language: Language,
    staff: StaffPrincipal,
) -> UUID:
    """Its id. The file is kept as long as an import has just been made of it."""
    file = await get_file(tx, file_id, staff=staff, lock=True)
    if file.state != "ready":
        received = sum(1 for _ in file.received) * file.part_bytes
        raise Refused(say.FILE_INCOMPLETE("file_id", size=file.size, received=min(received, file.size)))
    await tx.execute(
        import_file.update()
        .where(import_file.c.tenant_id == tx.tenant_id, import_file.c.id == file_id)
        .values(expires_at=tx.now + KEPT)
    )
    import_id, by = new_id(), staff.actor()
    await tx.execute(
        import_job.insert().values(
            tenant_id=tx.tenant_id,
            id=import_id,
            kind=kind,
            state="looking",
            file_id=file_id,
            file_name=file.name,
            file_size=file.size,
            worksheet=worksheet,
            header_row=header_row,
            options={},
            language=language,
            created_at=tx.now,
            created_by=by.id,
            created_by_name=by.name,
            created_by_kind=by.kind,
            queued_at=tx.now,
            progress_at=tx.now,
        )
    )
    changes = {"kind": [None, kind], "file": [None, file.name]}
    await audit.record(tx, [audit.Change("import", import_id, "created", by, changes)])
    await outbox.emit(tx, [Due(subject_id=import_id), Progressed(subject_id=import_id, state="looking")])
    return import_id
