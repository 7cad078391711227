"""Files of a tenant, kept in parts: none is ever whole in memory. What is uploaded goes away by itself."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.imports import messages as say
from dinghuo.integrations.imports.access import check_sees_file
from dinghuo.integrations.imports.states import WORKING
from dinghuo.integrations.imports.tables import import_file, import_file_part, import_job
from dinghuo.kit import audit
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.kit.texts import text_faults

PART_BYTES = 4 * 1024 * 1024
MOST_BYTES = 128 * 1024 * 1024
# All files of a tenant together.
MOST_STORED = 2 * 1024 * 1024 * 1024
KEPT = timedelta(days=7)
# Errors are mended in the days after; the import they came of is remembered for good.
ERRORS_KEPT = timedelta(days=30)
_LONGEST_NAME = 255
_MEGABYTE = 1024 * 1024


class FileView(msgspec.Struct, frozen=True):
    """A file on its way or here. `received` are the numbers of the parts that are here, from 1."""

    id: UUID
    name: str
    size: int
    state: str
    part_bytes: int
    parts: int
    received: list[int]
    created_at: datetime
    expires_at: datetime


def parts_of(size: int) -> int:
    return -(-size // PART_BYTES)


async def begin_file(tx: Tx, *, name: str, size: int, staff: StaffPrincipal) -> FileView:
    """Make room for a file of this size."""
    faults = list(text_faults("name", name, _LONGEST_NAME))
    if not 0 < size <= MOST_BYTES:
        faults.append(
            say.FILE_TOO_LARGE("size", most=MOST_BYTES // _MEGABYTE) if size > 0 else say.FILE_EMPTY("size")
        )
    if faults:
        raise Refused(faults)
    stored = await tx.one(
        select(func.coalesce(func.sum(import_file.c.size), 0).label("bytes")).where(
            import_file.c.tenant_id == tx.tenant_id
        )
    )
    if stored is not None and stored.bytes + size > MOST_STORED:
        raise Refused(say.TOO_MANY_FILES("size", most=MOST_STORED // _MEGABYTE))
    return await _insert(tx, name, size, "source", staff.id, KEPT)


async def _insert(tx: Tx, name: str, size: int, purpose: str, by: UUID | None, kept: timedelta) -> FileView:
    file_id = new_id()
    await tx.execute(
        import_file.insert().values(
            tenant_id=tx.tenant_id,
            id=file_id,
            name=name,
            size=size,
            state="receiving",
            purpose=purpose,
            created_at=tx.now,
            created_by=by,
            expires_at=tx.now + kept,
        )
    )
    return FileView(file_id, name, size, "receiving", PART_BYTES, parts_of(size), [], tx.now, tx.now + kept)


async def get_file(tx: Tx, file_id: UUID, *, staff: StaffPrincipal, lock: bool = False) -> FileView:
    """A file that was uploaded; with `lock`, held until the transaction ends."""
    statement = select(import_file).where(
        import_file.c.tenant_id == tx.tenant_id,
        import_file.c.id == file_id,
        import_file.c.purpose == "source",
        import_file.c.expires_at > tx.now,
    )
    row = await tx.one(statement.with_for_update(key_share=True) if lock else statement)
    if row is None:
        raise missing("file", file_id)
    check_sees_file(staff, row.created_by)
    parts = await tx.rows(
        select(import_file_part.c.number)
        .where(import_file_part.c.tenant_id == tx.tenant_id, import_file_part.c.file_id == file_id)
        .order_by(import_file_part.c.number)
    )
    received = [part.number for part in parts]
    return FileView(
        row.id,
        row.name,
        row.size,
        row.state,
        PART_BYTES,
        parts_of(row.size),
        received,
        row.created_at,
        row.expires_at,
    )


_PUT = """
insert into import_file_part (tenant_id, file_id, number, size, content) values ($1, $2, $3, $4, $5)
on conflict (tenant_id, file_id, number) do update
set size = excluded.size, content = excluded.content where import_file_part.tenant_id = $1
"""
_READY = "update import_file set state = 'ready' where tenant_id = $1 and id = $2"


async def put_part(tx: Tx, *, file_id: UUID, number: int, content: bytes, staff: StaffPrincipal) -> FileView:
    """Keep one part, in any order and as often as one likes; with the last one the file is ready."""
    file = await get_file(tx, file_id, staff=staff, lock=True)
    if file.state == "ready":
        if number in file.received:
            return file
        raise Refused(say.FILE_COMPLETE("number"))
    faults = Faults("")
    if not 1 <= number <= file.parts:
        faults.add(0, "number", say.NO_SUCH_PART, parts=file.parts)
        faults.check()
    expected = file.size - PART_BYTES * (file.parts - 1) if number == file.parts else PART_BYTES
    if len(content) != expected:
        raise Refused(say.PART_SIZE("content", number=number, expected=expected, size=len(content)))
    await tx.write(_PUT, file_id, number, len(content), content)
    received = sorted({*file.received, number})
    if len(received) < file.parts:
        return msgspec.structs.replace(file, received=received)
    await tx.write(_READY, file_id)
    return msgspec.structs.replace(file, received=received, state="ready")


async def put_content(
    database: Database, *, file_id: UUID, chunks: AsyncIterator[bytes], staff: StaffPrincipal
) -> FileView:
    """Keep a file that comes in one stream, part by part, each in a transaction of its own."""
    async with database.transaction(staff.tenant_id) as tx:
        file = await get_file(tx, file_id, staff=staff)
    if file.state == "ready":
        raise Refused(say.FILE_COMPLETE("content"))
    number, held, received = 0, bytearray(), 0

    async def keep(content: bytes) -> FileView:
        async def command(tx: Tx) -> FileView:
            return await put_part(tx, file_id=file_id, number=number, content=content, staff=staff)

        return await database.run(staff.tenant_id, command)

    async for chunk in chunks:
        held += chunk
        received += len(chunk)
        if received > file.size:
            raise Refused(say.PART_SIZE("content", number=number + 1, expected=file.size, size=received))
        while len(held) >= PART_BYTES:
            number += 1
            file = await keep(bytes(held[:PART_BYTES]))
            del held[:PART_BYTES]
    if received < file.size:
        raise Refused(say.FILE_INCOMPLETE("content", size=file.size, received=received))
    if held:
        number += 1
        file = await keep(bytes(held))
    return file


async def delete_file(tx: Tx, *, file_id: UUID, staff: StaffPrincipal) -> None:
    """Remove a file that no worker is reading."""
    await get_file(tx, file_id, staff=staff, lock=True)
    used = await tx.one(
        select(import_job.c.id)
        .where(
            import_job.c.tenant_id == tx.tenant_id, import_job.c.file_id == file_id, import_job.c.state.in_(WORKING)
        )
        .limit(1)
    )
    if used is not None:
        raise Refused(say.FILE_IN_USE("file_id"))
    await remove_files(tx, [file_id])
    await audit.record(tx, [audit.Change("import_file", file_id, "deleted", staff.actor())])


async def remove_files(tx: Tx, file_ids: list[UUID]) -> None:
    part, file = import_file_part, import_file
    await tx.execute(delete(part).where(part.c.tenant_id == tx.tenant_id, part.c.file_id.in_(file_ids)))
    await tx.execute(delete(file).where(file.c.tenant_id == tx.tenant_id, file.c.id.in_(file_ids)))


async def parts(database: Database, tenant_id: int, file_id: UUID) -> AsyncIterator[bytes]:
    """The content of a file, part by part; the next is asked for when the last was taken."""
    part, number = import_file_part, 0
    while True:
        number += 1
        async with database.transaction(tenant_id) as tx:
            row = await tx.one(
                select(part.c.content).where(
                    part.c.tenant_id == tx.tenant_id, part.c.file_id == file_id, part.c.number == number
                )
            )
        if row is None:
            return
        yield row.content


async def keep_errors(database: Database, tenant_id: int, path: Path, *, name: str, by: UUID | None) -> UUID:
    """Keep a workbook of errors that was made here."""
    size = path.stat().st_size

    async def begin(tx: Tx) -> FileView:
        return await _insert(tx, name, size, "errors", by, ERRORS_KEPT)

    file = await database.run(tenant_id, begin)
    with path.open("rb") as source:
        for number in range(1, file.parts + 1):
            content = source.read(PART_BYTES)

            async def command(tx: Tx, number: int = number, content: bytes = content) -> None:
                await tx.write(_PUT, file.id, number, len(content), content)
                if number == file.parts:
                    await tx.write(_READY, file.id)

            await database.run(tenant_id, command)
    return file.id
