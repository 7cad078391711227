"""A customer's contacts and addresses: given as a whole, kept by what stayed the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import msgspec
from sqlalchemy import Table, select

from dinghuo.kit.bulk import Planned, among, drop, put
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.ids import new_id
from dinghuo.parties.tables import address, contact

UNKNOWN_DETAIL = Message(
    "unknown-detail",
    "该客户没有编号为 {id} 的记录，或已写过一次",
    "This customer has none with the id {id}, or it is given twice",
    MALFORMED,
)


class ContactInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A person at a customer. With `id`, that one changes; without, one alike is kept or a new one made."""

    name: str
    mobile: str | None = None
    email: str | None = None
    title: str | None = None
    is_main: bool = False
    id: UUID | None = None


class AddressInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Where goods go. With `id`, that one changes; without, one alike is kept or a new one made."""

    recipient: str
    street: str
    label: str | None = None
    mobile: str | None = None
    province: str | None = None
    city: str | None = None
    district: str | None = None
    postcode: str | None = None
    country: str = "CN"
    is_default: bool = False
    id: UUID | None = None


class HasDetails(Protocol):
    contacts: Any
    addresses: Any


@dataclass(slots=True)
class DetailChanges:
    """What to write of one table."""

    table: Table
    put: list[dict[str, Any]] = field(default_factory=list)
    gone: list[tuple[UUID]] = field(default_factory=list)


async def plan_details(
    tx: Tx, planned: Sequence[Planned], items: Sequence[HasDetails], faults: Faults
) -> list[DetailChanges]:
    """Compare what was given with what is there; changes are noted on the planned customers too."""
    return [
        await _plan(tx, table, name, {row.line: row for row in planned}, items, faults)
        for name, table in (("contacts", contact), ("addresses", address))
    ]


async def _plan(
    tx: Tx,
    table: Table,
    name: str,
    planned: Mapping[int, Planned],
    items: Sequence[HasDetails],
    faults: Faults,
) -> DetailChanges:
    wanted = {line: getattr(item, name) for line, item in enumerate(items)}
    wanted = {line: details for line, details in wanted.items() if details is not msgspec.UNSET}
    stored = [planned[line].id for line in wanted if planned[line].old]
    existing: dict[UUID, list[dict[str, Any]]] = {}
    if stored:
        for row in await tx.rows(
            select(table).where(table.c.tenant_id == tx.tenant_id, among(table.c.customer_id, stored))
        ):
            existing.setdefault(row.customer_id, []).append(dict(row._mapping))
    changes = DetailChanges(table)
    for line, details in wanted.items():
        customer = planned[line]
        old = existing.get(customer.id, [])
        free = {row["id"] for row in old}
        for number, detail in enumerate(details):
            if detail.id is not None and detail.id not in free:
                faults.add(line, f"{name}[{number}].id", UNKNOWN_DETAIL, id=str(detail.id))
            free.discard(detail.id)
        fresh = match(old, [msgspec.structs.asdict(detail) for detail in details])
        before = {row["id"]: _content(row) for row in old}
        after = {row["id"]: _content(row) for row in fresh}
        if before != after:
            customer.details[name] = [list(before.values()), list(after.values())]
            changed = [row for row in fresh if before.get(row["id"]) != after[row["id"]]]
            changes.put += [{**row, "customer_id": customer.id} for row in changed]
            changes.gone += [(id,) for id in before.keys() - after.keys()]
    return changes


def match(old: Iterable[Mapping[str, Any]], wanted: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give each wanted row an id: its own, that of an old row with the same content, or a new one."""
    rows = [dict(row) for row in wanted]
    taken = {row["id"] for row in rows}
    alike: dict[tuple[Any, ...], list[UUID]] = {}
    for row in old:
        if row["id"] not in taken:
            alike.setdefault(tuple(sorted(_content(row).items())), []).append(row["id"])
    for row in rows:
        if row["id"] is None:
            same = alike.get(tuple(sorted(_content(row).items())))
            row["id"] = same.pop() if same else new_id()
    return rows


def _content(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("tenant_id", "id", "customer_id")}


async def store_details(tx: Tx, changes: Sequence[DetailChanges]) -> None:
    for change in changes:
        await drop(tx, change.table, change.gone)
        await put(tx, change.table, change.put)
