"""The small lists of master data over HTTP, all alike: read, saved many at once, edited and removed one by one."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, Parameter
from sqlalchemy import Table

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.paging import Page
from dinghuo.kit.remove import remove
from dinghuo.kit.revisions import expected_revision
from dinghuo.kit.words import WordFields, WordInput, WordView, edit_word, list_words, save_words

Limit = Annotated[int, Parameter(ge=1, le=200)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]


@dataclass(frozen=True)
class WordList:
    """`path` names it in the address, `called` in the contract; `module` is whose master data it is."""

    path: str
    called: str
    table: Table
    module: str
    view: type[WordView]
    item: type[WordInput]
    fields: type[WordFields]


def word_routes(words: WordList) -> list[HTTPRouteHandler]:
    """The four routes of a list; a word is addressed by its id, or by its code where it has none."""
    read, write = needs(f"{words.module}.read"), needs(f"{words.module}.write")
    by_id = "id" in words.table.c
    key_type, one = UUID if by_id else str, f"/{words.path}/{{key:{'uuid' if by_id else 'str'}}}"

    async def list_all(
        database: Database, staff: StaffPrincipal, cursor: str | None = None, limit: Limit = 50
    ) -> Any:
        async with database.transaction(staff.tenant_id) as tx:
            return await list_words(tx, words.table, cursor=cursor, limit=limit)

    async def save_all(
        request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[Any]
    ) -> SavedView:
        saved = await database.run(
            staff.tenant_id,
            lambda tx: save_words(tx, words.table, items=data.items, by=staff.actor(), kind=words.module),
        )
        return saved_view(saved, language_of(request))

    async def edit(
        request: Request[Any, Any, Any],
        database: Database,
        staff: StaffPrincipal,
        key: Any,
        data: Any,
        if_match: IfMatch = None,
    ) -> SavedView:
        revision = expected_revision(if_match)
        saved = await database.run(
            staff.tenant_id,
            lambda tx: edit_word(
                tx, words.table, key, fields=data, revision=revision, by=staff.actor(), kind=words.module
            ),
        )
        return saved_view(saved, language_of(request))

    async def take_away(database: Database, staff: StaffPrincipal, key: Any) -> Response[None]:
        async def run(tx: Tx) -> None:
            await remove(tx, words.table, key, by=staff.actor())
            await touch(tx, words.module)

        await database.run(staff.tenant_id, run)
        return Response(None, status_code=204)

    of = words.called
    return [
        get(f"/{words.path}", opt=read)(
            _typed(list_all, f"list_{words.path}", f"{of} by code.".capitalize(), {"return": Page[words.view]})  # type: ignore[name-defined]
        ),
        put(f"/{words.path}", opt=write)(
            _typed(
                save_all,
                f"save_{words.path}",
                f"Create or update {of} by code, all or nothing. Fields left out stay as they are.",
                {"data": Items[words.item]},  # type: ignore[name-defined]
            )
        ),
        patch(one, opt=write)(
            _typed(
                edit,
                f"edit_{words.path}",
                f"Change what is given of one of the {of}, provided that nobody else changed it meanwhile.",
                {"key": key_type, "data": words.fields},
            )
        ),
        delete(one, opt=write, status_code=204)(
            _typed(
                take_away,
                f"delete_{words.path}",
                f"Remove one of the {of} that nothing refers to.",
                {"key": key_type},
            )
        ),
    ]


# What one list's routes take and answer is only known here: said to the function as if it had been written so.
def _typed(handler: Any, name: str, doc: str, types: dict[str, Any]) -> Any:
    handler.__name__ = handler.__qualname__ = name
    handler.__doc__ = doc
    handler.__annotations__.update(types)
    return handler
