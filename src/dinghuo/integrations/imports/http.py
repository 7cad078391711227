"""The import wizard: what to import, the columns, the dry run, the run, and what came of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, delete, get, patch, post
from litestar.params import JSONBody, Parameter, QueryParameter
from litestar.response import Stream

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.imports import files, mappings, queries
from dinghuo.integrations.imports.cancel import cancel_import
from dinghuo.integrations.imports.check import check_import
from dinghuo.integrations.imports.create import create_import
from dinghuo.integrations.imports.http_files import HANDLERS, RUN
from dinghuo.integrations.imports.jobs import Options
from dinghuo.integrations.imports.kinds import NAMES, KindName, KindsView, kinds_view
from dinghuo.integrations.imports.look_again import look_again
from dinghuo.integrations.imports.mappings import MappingView
from dinghuo.integrations.imports.queries import CellFaultView, RowView
from dinghuo.integrations.imports.start import start_import
from dinghuo.integrations.imports.states import State
from dinghuo.integrations.imports.templates import CONTENT_TYPE, template
from dinghuo.integrations.imports.views import ImportView
from dinghuo.integrations.sheets import Mapping
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Language
from dinghuo.kit.http import language_of, once
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import MOST, Page

Limit = Annotated[int, Parameter(ge=1, le=MOST)]
RowNumber = Annotated[int, msgspec.Meta(ge=1, le=1_048_576)]


class NewImport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is in a file. Worksheet and header row are found out where they are not said."""

    kind: KindName
    file_id: UUID
    worksheet: str | None = None
    header_row: RowNumber | None = None


class LookRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the table is; null: to be found out."""

    worksheet: str | None = None
    header_row: RowNumber | None = None


class CheckRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to read the file. The mapping is remembered for this header, by a name if one is given."""

    mapping: Mapping
    options: Options = Options()
    remember_as: str | None = None


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No more has to be said."""


class NewName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How people call a mapping; null takes the name away."""

    name: str | None


@get("/kinds", opt=RUN)
async def list_kinds(request: Request[Any, Any, Any]) -> KindsView:
    """What can be imported, and the fields of each kind."""
    return kinds_view(language_of(request))


@get([f"/templates/{kind}.xlsx" for kind in NAMES], opt=RUN)
async def get_template(request: Request[Any, Any, Any], language: Language | None = None) -> Response[bytes]:
    """A workbook to fill in, with headers in the caller's language and an example row."""
    name = request.url.path.rpartition("/")[2]
    kind = next(each for each in NAMES if name == f"{each}.xlsx")
    content = template(kind, language or language_of(request))
    return Response(content, media_type=CONTENT_TYPE, headers=_as_file(name))


@post("/", opt=RUN, status_code=201)
async def begin(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: JSONBody[NewImport]
) -> ImportView:
    """Begin an import of a file: a worker looks at it first (state `looking`)."""

    async def act(tx: Tx, language: Language) -> UUID:
        return await create_import(
            tx, kind=data.kind, file_id=data.file_id, worksheet=data.worksheet, header_row=data.header_row,
            language=language, staff=staff,
        )  # fmt: skip

    return await _done(request, database, staff, act)


async def _done(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    act: Callable[[Tx, Language], Awaitable[UUID]],
) -> ImportView:
    """Act once on an import, and tell how it stands."""
    language = language_of(request)

    async def command(tx: Tx) -> ImportView:
        return await queries.get_import(tx, await act(tx, language), staff=staff, language=language)

    return await once(request, database, staff, command, ImportView)


@get("/", opt=RUN)
async def list_imports(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    kind: KindName | None = None,
    in_state: Annotated[State | None, QueryParameter(name="state")] = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[ImportView]:
    """Imports with who and when, the newest first. Those of others for who may see all prices and costs."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_imports(
            tx, kind=kind, state=in_state, cursor=cursor, limit=limit, staff=staff, language=language_of(request)
        )


@get("/{import_id:uuid}", opt=RUN)
async def get_import(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, import_id: UUID
) -> ImportView:
    """An import: where it stands, what was found, what may be done now."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.get_import(tx, import_id, staff=staff, language=language_of(request))


@post("/{import_id:uuid}/look", opt=RUN, status_code=202)
async def look(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    import_id: UUID,
    data: JSONBody[LookRequest],
) -> ImportView:
    """Look again, at another worksheet or with another header row."""

    async def act(tx: Tx, _language: Language) -> UUID:
        await look_again(tx, import_id=import_id, worksheet=data.worksheet, header_row=data.header_row, staff=staff)
        return import_id

    return await _done(request, database, staff, act)


@post("/{import_id:uuid}/check", opt=RUN, status_code=202)
async def check(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    import_id: UUID,
    data: JSONBody[CheckRequest],
) -> ImportView:
    """Start a dry run: what would happen, and which cells are in the way. Nothing is written."""

    async def act(tx: Tx, language: Language) -> UUID:
        await check_import(
            tx, import_id=import_id, mapping=data.mapping, options=data.options, remember_as=data.remember_as,
            language=language, staff=staff,
        )  # fmt: skip
        return import_id

    return await _done(request, database, staff, act)


@post("/{import_id:uuid}/run", opt=RUN, status_code=202)
async def run(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    import_id: UUID,
    data: JSONBody[Nothing],  # noqa: ARG001 - nothing is all that may be said
) -> ImportView:
    """Start the import. It survives restarts; imports of one company are written one after the other."""

    async def act(tx: Tx, language: Language) -> UUID:
        await start_import(tx, import_id=import_id, language=language, staff=staff)
        return import_id

    return await _done(request, database, staff, act)


@post("/{import_id:uuid}/cancel", opt=RUN, status_code=200)
async def cancel(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    import_id: UUID,
    data: JSONBody[Nothing],  # noqa: ARG001 - nothing is all that may be said
) -> ImportView:
    """Call it off: a run ends between two slices, and what was written stays."""

    async def act(tx: Tx, _language: Language) -> UUID:
        await cancel_import(tx, import_id=import_id, staff=staff)
        return import_id

    return await _done(request, database, staff, act)


@get("/{import_id:uuid}/faults", opt=RUN)
async def list_faults(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    import_id: UUID,
    code: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[CellFaultView]:
    """The cells at fault, by row: of the run once it has ended, else of the dry run."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_faults(
            tx, import_id, code=code, cursor=cursor, limit=limit, staff=staff, language=language_of(request)
        )


@get("/{import_id:uuid}/rows", opt=RUN)
async def list_rows(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    import_id: UUID,
    first: Annotated[int | None, Parameter(ge=1, le=1_048_576)] = None,
    faulty: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[RowView]:
    """Rows as they stand in the file with their marks: from row `first` on, or only those at fault. Rows far from
    every fault are not kept."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_rows(
            tx, import_id, first=first, faulty=faulty, cursor=cursor, limit=limit, staff=staff,
            language=language_of(request),
        )  # fmt: skip


@get("/{import_id:uuid}/errors.xlsx", opt=RUN)
async def get_errors(database: Database, staff: StaffPrincipal, import_id: UUID) -> Stream:
    """The rows set aside as a workbook: bad cells red, the reasons last; mended, it can be imported."""
    async with database.transaction(staff.tenant_id) as tx:
        job = await queries.find_import(tx, import_id, staff=staff)
    if job.errors_expires_at is None:
        raise missing("file", import_id)
    content = files.parts(database, staff.tenant_id, job.errors_file_id)
    at = f"{(job.finished_at or job.checked_at).astimezone(UTC):%Y%m%d-%H%M}"
    stem = job.file_name.removesuffix(".gz").rpartition(".")[0] or job.file_name
    return Stream(_bytes(content), media_type=CONTENT_TYPE, headers=_as_file(f"{stem}-{at}.xlsx"))


async def _bytes(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for part in content:
        yield part


def _as_file(name: str) -> dict[str, str]:
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


@get("/mappings", opt=RUN)
async def list_mappings(
    database: Database,
    staff: StaffPrincipal,
    kind: KindName | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[MappingView]:
    """Mappings remembered by the headers they were used for, the last used first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await mappings.list_mappings(tx, kind=kind, cursor=cursor, limit=limit)


@patch("/mappings/{mapping_id:uuid}", opt=RUN)
async def rename_mapping(
    database: Database, staff: StaffPrincipal, mapping_id: UUID, data: JSONBody[NewName]
) -> MappingView:
    """Give a mapping a name, or take it away."""

    async def command(tx: Tx) -> MappingView:
        return await mappings.rename_mapping(tx, mapping_id=mapping_id, name=data.name, by=staff.actor())

    return await database.run(staff.tenant_id, command)


@delete("/mappings/{mapping_id:uuid}", opt=RUN, status_code=204)
async def forget_mapping(database: Database, staff: StaffPrincipal, mapping_id: UUID) -> None:
    """Remember a mapping no longer."""

    async def command(tx: Tx) -> None:
        await mappings.forget_mapping(tx, mapping_id=mapping_id, by=staff.actor())

    await database.run(staff.tenant_id, command)


router = Router(
    "/imports",
    route_handlers=[
        *HANDLERS,
        list_kinds,
        get_template,
        begin,
        list_imports,
        get_import,
        look,
        check,
        run,
        cancel,
        list_faults,
        list_rows,
        get_errors,
        list_mappings,
        rename_mapping,
        forget_mapping,
    ],
    tags=["imports"],
)
