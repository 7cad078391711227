"""Settings of a company: one value in a row of a module's table, remembered in process, changed with audit."""

from typing import Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.dialects.postgresql import insert

from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.revisions import check_revision

S = TypeVar("S", bound=msgspec.Struct)


class Kept(Generic[S]):
    """The row `name` of a table of settings. `usual` counts while nobody has said otherwise; `memory` is what is
    forgotten when they change; `subject` is theirs in the audit, where there is one of them in a company."""

    def __init__(self, table: Table, name: str, usual: S, *, memory: str, subject: UUID) -> None:
        self._table, self._name, self._usual = table, name, usual
        self._memory, self._subject = memory, subject

    async def load(self, tx: Tx) -> S:
        memory = await tx.cached(self._memory)
        known: S | None = memory.get("settings")
        if known is None:
            row = await tx.one(select(self._table.c.value).where(*self._mine(tx)))
            known = self._usual if row is None else msgspec.convert(row.value, type(self._usual))
            memory["settings"] = known
        return known

    async def revision(self, tx: Tx) -> int:
        """What they were edited at last; 1 while nobody has."""
        row = await tx.one(select(self._table.c.revision).where(*self._mine(tx)))
        return 1 if row is None else int(row.revision)

    async def save(self, tx: Tx, given: msgspec.Struct, *, by: Actor, revision: int | None) -> S:
        """Change what is given, all of it or some; where a `revision` was read, only while it is still that."""
        # Locked by the row there may not be yet: two who save at once come one after the other.
        usual = msgspec.to_builtins(self._usual)
        first = insert(self._table).values(tenant_id=tx.tenant_id, name=self._name, value=usual)
        await tx.execute(first.on_conflict_do_nothing())
        columns = self._table.c
        (row,) = await tx.rows(select(columns.value, columns.revision).where(*self._mine(tx)).with_for_update())
        if revision is not None:
            check_revision(row.revision, revision)
        old = msgspec.to_builtins(msgspec.convert(row.value, type(self._usual)))
        new = {**old, **msgspec.to_builtins(given)}
        if old != new:
            changed = update(self._table).where(*self._mine(tx))
            await tx.execute(changed.values(value=new, revision=row.revision + 1))
            change = audit.Change("setting", self._subject, "updated", by, audit.differences(old, new))
            await audit.record(tx, [change])
            await touch(tx, self._memory)
        return msgspec.convert(new, type(self._usual))

    def _mine(self, tx: Tx) -> tuple[ColumnElement[bool], ...]:
        return self._table.c.tenant_id == tx.tenant_id, self._table.c.name == self._name
