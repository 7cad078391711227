"""The small master data by which larger ones are grouped, all alike: a code, a name, sometimes a place in a tree."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Table, select

from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import (
    MISSING,
    UNKNOWN_CODE,
    Planned,
    Saved,
    check_codes,
    given,
    plan,
    resolve,
    saved,
    store,
)
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.faults import Faults
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.revisions import check_revision
from dinghuo.kit.texts import check_texts
from dinghuo.kit.trees import check_tree

# A code; null puts a word at the top of its tree.
Parent = str | UnsetType | None
Position = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | UnsetType


class WordFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a word; a field left out stays as it is."""

    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET


class NodeFields(WordFields, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a word of a tree. `parent` is a code; null puts it at the top."""

    parent: Parent = UNSET


class PlacedNodeFields(NodeFields, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a word of a tree whose siblings have an order."""

    position: Position = UNSET


class WordInput(WordFields, kw_only=True, forbid_unknown_fields=True):
    """One word to create or update; a field left out stays as it is."""

    code: str


class NodeInput(WordInput, kw_only=True, forbid_unknown_fields=True):
    """One word of a tree. `parent` is a code, of this request too; null puts it at the top."""

    parent: Parent = UNSET


class PlacedNodeInput(NodeInput, kw_only=True, forbid_unknown_fields=True):
    """One word of a tree whose siblings have an order."""

    position: Position = UNSET


class WordView(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    name: str
    name_en: str | None
    revision: int


class NamedView(WordView, frozen=True, kw_only=True):
    id: UUID


class NodeView(NamedView, frozen=True, kw_only=True):
    """`parent` is a code."""

    parent: str | None
    position: int | None = None


async def save_words(
    tx: Tx, table: Table, *, items: Sequence[WordInput], by: Actor, kind: str, path: str = "items"
) -> Saved:
    """Create or update words by code, all or nothing. `kind` is the master data they belong to."""
    faults = Faults(path)
    check_codes(faults, [item.code for item in items])
    for line, item in enumerate(items):
        check_texts(faults, line, item, {"name": 200, "name_en": 200})
    fields = [name for name in ("name", "name_en", "position") if name in table.c]
    defaults = {name: 0 if name == "position" else None for name in fields}
    planned = await plan(
        tx,
        table,
        [(line, item.code, given(item, [f for f in fields if hasattr(item, f)])) for line, item in enumerate(items)],
        defaults | ({"parent_id": None} if "parent_id" in table.c else {}),
    )
    for row in planned:
        if row.old is None and items[row.line].name is UNSET:
            faults.add(row.line, "name", MISSING)
    if "parent_id" in table.c:
        await _hang(tx, table, items, planned, faults)
        await check_tree(tx, table, planned, faults, kind=kind)
    faults.check()
    if await store(tx, table, planned, by=by):
        await touch(tx, kind)
    return saved(planned)


async def edit_word(
    tx: Tx, table: Table, key: UUID | str, *, fields: WordFields, revision: int, by: Actor, kind: str
) -> Saved:
    """Change one word, named by its id (or its code, where it has no id), while it is at the revision read."""
    place = table.c.id if "id" in table.c else table.c.code
    row = await tx.one(
        select(table.c.code, table.c.revision)
        .where(table.c.tenant_id == tx.tenant_id, place == key)
        .with_for_update(key_share=True)
    )
    if row is None:
        raise missing(str(table.name), key)
    check_revision(row.revision, revision)
    item = _INPUTS[type(fields)](code=row.code, **msgspec.structs.asdict(fields))
    return await save_words(tx, table, items=[item], by=by, kind=kind, path="")


_INPUTS: dict[type[WordFields], type[WordInput]] = {
    WordFields: WordInput,
    NodeFields: NodeInput,
    PlacedNodeFields: PlacedNodeInput,
}


async def _hang(tx: Tx, table: Table, items: Sequence[WordInput], planned: Sequence[Planned], faults: Faults) -> None:
    parents = {line: item.parent for line, item in enumerate(items) if isinstance(item, NodeInput)}
    wanted = {line: parent for line, parent in parents.items() if parent is not UNSET}
    known = (await resolve(tx, {"parent": (table, "code", [code for code in wanted.values() if code])}))["parent"]
    known |= {row.code: row.id for row in planned}
    for row in planned:
        if row.line in wanted:
            code = wanted[row.line]
            row.new["parent_id"] = known.get(code) if code else None
            if code and code not in known:
                faults.add(row.line, "parent", UNKNOWN_CODE, code=code)


async def list_words(tx: Tx, table: Table, *, cursor: str | None, limit: int) -> Page[Any]:
    """A page of words by code: NodeView of a tree, WordView where there is no id, NamedView otherwise."""
    statement = select(table).where(table.c.tenant_id == tx.tenant_id).order_by(table.c.code).limit(limit + 1)
    if "parent_id" in table.c:
        parent = table.alias("parent")
        statement = statement.add_columns(parent.c.code.label("parent")).outerjoin_from(
            table, parent, (parent.c.tenant_id == table.c.tenant_id) & (parent.c.id == table.c.parent_id)
        )
        view: type[msgspec.Struct] = NodeView
    else:
        view = NamedView if "id" in table.c else WordView
    if cursor is not None:
        statement = statement.where(table.c.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement)
    fields = view.__struct_fields__
    return page(rows, limit, lambda row: (row.code,), lambda row: view(**{f: row._mapping.get(f) for f in fields}))
