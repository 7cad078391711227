"""Saving master data by the caller's own codes: many at once, all or nothing, in a fixed number of statements.

Plan (read and lock what is there, merge what was given into it), check, then store. Nothing is written while
anything is wrong, and nothing is written for what did not change.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    any_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from dinghuo.kit import statistics
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, differences, record
from dinghuo.kit.database import RetryTransaction, Tx, sqlstate
from dinghuo.kit.errors import MALFORMED, TOO_LARGE, Fault, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.ids import new_id
from dinghuo.kit.texts import storable

MOST = 10_000

TOO_MANY_ITEMS = Message(
    "too-many-items", "一次最多 {most} 条，这里有 {count} 条", "At most {most} at once, not {count}", TOO_LARGE
)
MISSING = Message("missing-value", "新建时必填", "Needed for a new one", MALFORMED)
DUPLICATE_CODE = Message(
    "duplicate-code", "编码“{code}”与第 {other} 行重复", "The code '{code}' is on line {other} too", MALFORMED
)
UNKNOWN_CODE = Message("unknown-code", "“{code}”不存在", "There is no '{code}'", MALFORMED)

# Written by `store`, never by a caller, and no news to the audit.
_HOUSEKEEPING = frozenset({"tenant_id", "id", "created_at", "updated_at", "revision"})
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
# For the audit, of what has no id of its own.
WITHOUT_ID = UUID("0198c1f0-0000-7000-8000-000000000000")

# Another transaction made or dropped, since this one looked, a row that this one refers to or makes as well.
_LOST_RACES = frozenset({"23505", "23503"})


class Saved(msgspec.Struct, frozen=True):
    """What a bulk command did. `ids` are those of the codes given; warnings stop nothing."""

    created: int
    updated: int
    unchanged: int
    ids: dict[str, UUID]
    warnings: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Planned:
    """One row as it is and as it shall be. `details` are changes of rows that hang on it, as [old, new]."""

    line: int
    id: UUID
    code: str
    old: dict[str, Any] | None
    new: dict[str, Any]
    details: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def changes(self) -> dict[str, Any]:
        old = self.old or {}
        columns = differences(old, self.new)
        return {name: change for name, change in columns.items() if name not in _HOUSEKEEPING} | self.details

    @property
    def is_written(self) -> bool:
        return self.old is None or bool(self.changes)


def given(item: msgspec.Struct, names: Iterable[str]) -> dict[str, Any]:
    """The fields among `names` that the caller gave; the others stay as they are. An empty text is none."""
    values = ((name, getattr(item, name)) for name in names)
    return {name: None if value == "" else value for name, value in values if value is not msgspec.UNSET}


def check_codes(faults: Faults, codes: Sequence[str], field: str = "code") -> None:
    """Not too many at once (refused alone), and none twice."""
    if len(codes) > MOST:
        raise Refused(TOO_MANY_ITEMS("items", most=MOST, count=len(codes)))
    first: dict[str, int] = {}
    for line, code in enumerate(codes):
        other = first.setdefault(code, line)
        if other != line:
            faults.add(line, field, DUPLICATE_CODE, code=code, other=other + 1)


def among(column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """`column = any(array)`: one statement text, whatever the number of values."""
    return column == any_(bindparam(None, list(values), type_=ARRAY(column.type)))


def equals(column: ColumnElement[str], value: str) -> ColumnElement[bool]:
    """`column = value`, by which an index that goes on in the order of a list can be walked; none is what cannot be
    stored."""
    # Not `false()`: that would swallow all other conditions of the statement, the tenant's too.
    return column == value if storable([value]) else literal_column("false", Boolean)


def within(column: ColumnElement[Any], wanted: Select[Any] | CompoundSelect[Any]) -> ColumnElement[bool]:
    """`column = any(array(select …))`: the select runs once, whatever the planner believes.

    Of a tenant it has no statistics of yet (the minutes after a first import) it expects a single row in each table,
    and would run the select of an `in` anew for each row there is.
    """
    return column == any_(func.array(wanted.scalar_subquery()))


async def plan(
    tx: Tx, table: Table, items: Sequence[tuple[int, str, Mapping[str, Any]]], defaults: Mapping[str, Any]
) -> list[Planned]:
    """Lock the rows with these codes, in their order, and merge what was given: (line, code, columns)."""
    if not items:
        return []
    rows = await tx.rows(
        select(table)
        .where(
            table.c.tenant_id == tx.tenant_id,
            among(table.c.code, storable(code for _, code, _ in items)),
        )
        .order_by(table.c.code)
        .with_for_update(key_share=True)
    )
    known = {row.code: dict(row._mapping) for row in rows}
    return [_merge(table, line, code, known.get(code), columns, defaults) for line, code, columns in items]


def _merge(
    table: Table,
    line: int,
    code: str,
    old: dict[str, Any] | None,
    columns: Mapping[str, Any],
    defaults: Mapping[str, Any],
) -> Planned:
    if "id" in table.c:
        id = old["id"] if old else new_id()
        key = {"id": id, "code": code}
    else:
        id = uuid5(WITHOUT_ID, f"{table.name} {code}")
        key = {"code": code}
    kept = {name: value for name, value in (old or defaults).items() if name != "tenant_id"}
    return Planned(line, id, code, old, {**kept, **key, **columns})


async def store(tx: Tx, table: Table, planned: Sequence[Planned], *, by: Actor) -> list[Planned]:
    """Write and audit what is new or changed; those are returned."""
    written = [row for row in planned if row.is_written]
    changes = [
        Change(str(table.name), row.id, "updated" if row.old else "created", by, row.changes) for row in written
    ]
    for row in written:
        if "updated_at" in table.c:
            row.new |= {"updated_at": tx.now, "created_at": row.new.get("created_at", tx.now)}
        if "revision" in table.c:
            row.new["revision"] = row.old["revision"] + 1 if row.old else 1
    await put(tx, table, [row.new for row in written])
    await record(tx, changes)
    return written


def saved(planned: Sequence[Planned], warnings: Iterable[Fault] = ()) -> Saved:
    """The counts, before or after `store`."""
    created = sum(row.old is None for row in planned)
    updated = sum(row.old is not None and row.is_written for row in planned)
    return Saved(
        created=created,
        updated=updated,
        unchanged=len(planned) - created - updated,
        ids={row.code: row.id for row in planned},
        warnings=tuple(warnings),
    )


async def resolve(tx: Tx, wanted: Mapping[str, tuple[Table, str, Iterable[str]]]) -> dict[str, dict[str, UUID]]:
    """Ids by code, for several tables in one statement: `{name: (table, code column, codes)}`.

    The code of what was merged into something else means that.
    """
    asked = {name: (table, column, storable(codes)) for name, (table, column, codes) in wanted.items()}
    asked = {name: lookup for name, lookup in asked.items() if lookup[2]}
    found: dict[str, dict[str, UUID]] = {name: {} for name in wanted}
    if asked:
        parts = [
            f"select '{name}' as name, {column} as code, {_meant(table)} as id "  # noqa: S608 - names of our own tables
            f"from {table.name} where tenant_id = $1 and {column} = any(${number}::text[])"
            for number, (name, (table, column, _)) in enumerate(asked.items(), start=2)
        ]
        for row in await tx.fetch(" union all ".join(parts), *[codes for _, _, codes in asked.values()]):
            found[row["name"]][row["code"]] = row["id"]
    return found


def _meant(table: Table) -> str:
    return "coalesce(merged_into_id, id)" if "merged_into_id" in table.c else "id"


async def put(tx: Tx, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows and overwrite those with the same key. All have the same columns, without the tenant."""
    if rows:
        key = _key(table)
        ordered = sorted(rows, key=lambda row: tuple(row[name] for name in key))
        await _write(tx, table, _put(table, tuple(rows[0])), ordered)


async def drop(tx: Tx, table: Table, keys: Collection[tuple[Any, ...]]) -> None:
    """Delete the rows with these primary keys (without the tenant)."""
    if keys:
        names = _key(table)
        await _write(tx, table, _drop(table), [dict(zip(names, key, strict=True)) for key in sorted(keys)])


async def _write(tx: Tx, table: Table, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
    try:
        await tx.write_rows(sql, rows)
    except DBAPIError as error:
        if sqlstate(error) in _LOST_RACES:
            raise RetryTransaction(f"another transaction has just changed what {table.name} refers to") from error
        raise
    if len(rows) >= statistics.MANY:
        await statistics.refresh(tx, str(table.name))


def _key(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key if column.name != "tenant_id")


def _recordset(table: Table, columns: Iterable[str]) -> str:
    typed = (f"{name} {table.c[name].type.compile(_DIALECT)}" for name in columns)
    return f"json_to_recordset($2::json) as v({', '.join(typed)})"


@cache
def _put(table: Table, columns: tuple[str, ...]) -> str:
    key = _key(table)
    changes = [f"{name} = excluded.{name}" for name in columns if name not in key]
    change = f"update set {', '.join(changes)} where {table.name}.tenant_id = $1" if changes else "nothing"
    return (
        f"insert into {table.name} (tenant_id, {', '.join(columns)}) "  # noqa: S608 - names of our own tables
        f"select $1, {', '.join(f'v.{name}' for name in columns)} from {_recordset(table, columns)} "
        f"on conflict (tenant_id, {', '.join(key)}) do {change}"
    )


@cache
def _drop(table: Table) -> str:
    key = _key(table)
    same = " and ".join(f"t.{name} = v.{name}" for name in key)
    return (
        f"delete from {table.name} t using {_recordset(table, key)} "  # noqa: S608 - names of our own tables
        f"where t.tenant_id = $1 and {same}"
    )
