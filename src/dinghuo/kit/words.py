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
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import check_texts
from dinghuo.kit.trees import check_tree


class WordInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One word to create or update; a field left out stays as it is."""

    code: str
    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET


class NodeInput(WordInput, kw_only=True, forbid_unknown_fields=True):
    """One word of a tree. `parent` is a code, of this request too; null puts it at the top."""

    parent: str | UnsetType | None = UNSET


class PlacedNodeInput(NodeInput, kw_only=True, forbid_unknown_fields=True):
    """One word of a tree whose siblings have an order."""

    position: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | UnsetType = UNSET


class WordView(msgspec.Struct, frozen=True):
    code: str
    name: str
    name_en: str | None


class NamedView(WordView, frozen=True):
    id: UUID


class NodeView(NamedView, frozen=True):
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
