"""Mappings remembered for the next file with the same header."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, tuple_, update

from dinghuo.integrations.imports.tables import import_mapping
from dinghuo.integrations.sheets import Mapping
from dinghuo.integrations.sheets.mapping import header_key
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import text_faults

_LONGEST_NAME = 100


class MappingView(msgspec.Struct, frozen=True):
    """A mapping as remembered. `name` null: nobody named it; it is found by its header all the same."""

    id: UUID
    kind: str
    name: str | None
    header: list[str]
    mapping: Mapping
    used_at: datetime
    used_by: str


def signature_of(header: Sequence[str]) -> str:
    """The same for headers that differ in nothing but case, blanks and punctuation."""
    return hashlib.sha256("\x1f".join(header_key(name) for name in header).encode()).hexdigest()


async def remember(
    tx: Tx, *, kind: str, header: Sequence[str], mapping: Mapping, name: str | None, by: Actor
) -> None:
    """Keep how a header is read; a name that it has stays unless another one is given."""
    if faults := list(text_faults("remember_as", name, _LONGEST_NAME)):
        raise Refused(faults)
    await tx.write(
        _REMEMBER,
        new_id(),
        kind,
        signature_of(header),
        name,
        msgspec.json.encode(list(header)).decode(),
        msgspec.json.encode(mapping).decode(),
        tx.now,
        by.name,
    )


_REMEMBER = """
insert into import_mapping (tenant_id, id, kind, signature, name, header, mapping, used_at, used_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (tenant_id, kind, signature) do update
set name = coalesce(excluded.name, import_mapping.name), header = excluded.header, mapping = excluded.mapping,
    used_at = excluded.used_at, used_by = excluded.used_by
where import_mapping.tenant_id = $1
"""


async def find_mapping(tx: Tx, *, kind: str, header: Sequence[str]) -> MappingView | None:
    """What was remembered for a header like this."""
    row = await tx.one(
        select(import_mapping).where(
            import_mapping.c.tenant_id == tx.tenant_id,
            import_mapping.c.kind == kind,
            import_mapping.c.signature == signature_of(header),
        )
    )
    return None if row is None else _view(row)


async def list_mappings(tx: Tx, *, kind: str | None, cursor: str | None, limit: int) -> Page[MappingView]:
    """Remembered mappings, the last used first."""
    table = import_mapping.c
    statement = (
        select(import_mapping)
        .where(table.tenant_id == tx.tenant_id)
        .order_by(table.used_at.desc(), table.id.desc())
        .limit(limit + 1)
    )
    if kind is not None:
        statement = statement.where(table.kind == kind)
    if cursor is not None:
        used_at, last = decode_cursor(cursor, (datetime, UUID))
        statement = statement.where(tuple_(table.used_at, table.id) < tuple_(used_at, last))
    return page(await tx.rows(statement), limit, lambda row: (row.used_at, row.id), _view)


async def rename_mapping(tx: Tx, *, mapping_id: UUID, name: str | None, by: Actor) -> MappingView:
    """Give a mapping a name, or take it away."""
    if faults := list(text_faults("name", name, _LONGEST_NAME)):
        raise Refused(faults)
    table = import_mapping.c
    row = await tx.one(
        update(import_mapping)
        .where(table.tenant_id == tx.tenant_id, table.id == mapping_id)
        .values(name=name or None)
        .returning(*table)
    )
    if row is None:
        raise missing("mapping", mapping_id)
    await audit.record(tx, [audit.Change("import_mapping", mapping_id, "named", by, {"name": [None, row.name]})])
    return _view(row)


async def forget_mapping(tx: Tx, *, mapping_id: UUID, by: Actor) -> None:
    """Remember a mapping no longer."""
    table = import_mapping.c
    row = await tx.one(
        delete(import_mapping).where(table.tenant_id == tx.tenant_id, table.id == mapping_id).returning(table.name)
    )
    if row is None:
        raise missing("mapping", mapping_id)
    await audit.record(tx, [audit.Change("import_mapping", mapping_id, "forgotten", by, {"name": [row.name, None]})])


def _view(row: Any) -> MappingView:
    mapping = msgspec.convert(row.mapping, Mapping)
    return MappingView(row.id, row.kind, row.name, row.header, mapping, row.used_at, row.used_by)
