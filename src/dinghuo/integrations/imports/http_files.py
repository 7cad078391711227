"""Uploads: files in pieces or in one stream."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post, put
from litestar.params import JSONBody, Parameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.imports import files
from dinghuo.integrations.imports.files import MOST_BYTES, PART_BYTES, FileView
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import needs, once

RUN = needs("imports.run")


class NewFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that is about to be sent: its name and how many bytes it has."""

    name: str
    size: int


@post("/files", opt=RUN, status_code=201)
async def begin_file(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: JSONBody[NewFile]
) -> FileView:
    """Announce a file; its content follows as parts or as one stream. It goes by itself after a week."""

    async def command(tx: Tx) -> FileView:
        return await files.begin_file(tx, name=data.name, size=data.size, staff=staff)

    return await once(request, database, staff, command, FileView)


@put("/files/{file_id:uuid}/content", opt=RUN, status_code=200, request_max_body_size=MOST_BYTES)
async def put_content(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, file_id: UUID
) -> FileView:
    """Send the whole file in one stream: the body is its bytes."""
    return await files.put_content(database, file_id=file_id, chunks=request.stream(), staff=staff)


@put("/files/{file_id:uuid}/parts/{part:int}", opt=RUN, status_code=200, request_max_body_size=PART_BYTES)
async def put_part(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    file_id: UUID,
    part: Annotated[int, Parameter(ge=1, le=1_000)],
) -> FileView:
    """Send one part (from 1), in any order: the body is its bytes. With the last one the file is ready."""
    content = await request.body()

    async def command(tx: Tx) -> FileView:
        return await files.put_part(tx, file_id=file_id, number=part, content=content, staff=staff)

    return await database.run(staff.tenant_id, command)


@get("/files/{file_id:uuid}", opt=RUN)
async def get_file(database: Database, staff: StaffPrincipal, file_id: UUID) -> FileView:
    """A file and which of its parts are here."""
    async with database.transaction(staff.tenant_id) as tx:
        return await files.get_file(tx, file_id, staff=staff)


@delete("/files/{file_id:uuid}", opt=RUN, status_code=204)
async def delete_file(database: Database, staff: StaffPrincipal, file_id: UUID) -> None:
    """Remove a file that is not being imported."""

    async def command(tx: Tx) -> None:
        await files.delete_file(tx, file_id=file_id, staff=staff)

    await database.run(staff.tenant_id, command)


HANDLERS = [begin_file, put_content, put_part, get_file, delete_file]
