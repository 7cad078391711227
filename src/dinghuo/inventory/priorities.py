"""Who is served before whom: the priority of a customer or of all of a tier, the lowest first."""

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import and_, literal, select, true, union_all

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.inventory.events import PrioritiesChanged
from dinghuo.inventory.tables import allocation_priority
from dinghuo.inventory.targets import TABLES, find_targets
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE, check_codes, drop, put
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.periodic import TENANT
from dinghuo.parties.facts import CustomerFacts

USUAL = 100
_MOST = 999

BAD_PRIORITY = Message(
    "allocation-priority", "优先级应在 0 到 {most} 之间", "The priority must be between 0 and {most}", MALFORMED
)

Kind = Literal["customer", "tier"]


class PriorityInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """0 is served first, 100 is usual, 999 last; null forgets it. A customer's own goes before its tier's."""

    kind: Kind
    code: str
    priority: int | None


class PriorityView(msgspec.Struct, frozen=True):
    kind: str
    code: str
    name: str
    name_en: str | None
    priority: int


class Ranks(msgspec.Struct, frozen=True):
    """The priorities there are."""

    customers: Mapping[UUID, int]
    tiers: Mapping[UUID, int]

    def of(self, who: CustomerFacts) -> int | None:
        """A customer's priority; None is the usual one."""
        own = self.customers.get(who.id)
        return own if own is not None or who.tier_id is None else self.tiers.get(who.tier_id)


_RANKS = "select kind, target_id, priority from allocation_priority where tenant_id = $1"


async def load_ranks(tx: Tx) -> Ranks | None:
    """The priorities, remembered; None when everybody has the usual one."""
    memory = await tx.cached("inventory")
    if "ranks" not in memory:
        rows = await tx.fetch(_RANKS)
        of = {kind: {row["target_id"]: row["priority"] for row in rows if row["kind"] == kind} for kind in TABLES}
        memory["ranks"] = Ranks(of["customer"], of["tier"]) if rows else None
    found: Ranks | None = memory["ranks"]
    return found


_NOW = """
select p.kind, p.target_id, p.priority from allocation_priority p
join unnest($2::text[], $3::uuid[]) as w(kind, target_id) on w.kind = p.kind and w.target_id = p.target_id
where p.tenant_id = $1
"""


async def save_priorities(
    tx: Tx, *, priorities: Sequence[PriorityInput], by: Actor, seen_by: Principal | None = None
) -> int:
    """Set or forget all of these or none; how many were different. What waits is ranked anew behind it."""
    faults = Faults()
    check_codes(faults, [f"{item.kind} {item.code}" for item in priorities])
    ids = await find_targets(tx, ((item.kind, item.code) for item in priorities), seen_by)
    for line, item in enumerate(priorities):
        if (item.kind, item.code) not in ids:
            faults.add(line, "code", UNKNOWN_CODE, code=item.code)
        if item.priority is not None and not 0 <= item.priority <= _MOST:
            faults.add(line, "priority", BAD_PRIORITY, most=_MOST)
    faults.check()
    wanted = {(item.kind, ids[item.kind, item.code]): item.priority for item in priorities}
    rows = await tx.fetch(_NOW, [kind for kind, _ in wanted], [id for _, id in wanted]) if wanted else []
    old = {(row["kind"], row["target_id"]): row["priority"] for row in rows}
    changed = {key: priority for key, priority in wanted.items() if old.get(key) != priority}
    if not changed:
        return 0
    kept = [
        {"kind": kind, "target_id": id, "priority": priority}
        for (kind, id), priority in changed.items()
        if priority is not None
    ]
    await put(tx, allocation_priority, kept)
    await drop(tx, allocation_priority, [key for key, priority in changed.items() if priority is None])
    changes = [
        audit.Change(kind, id, "priority_set", by, {"allocation_priority": [old.get((kind, id)), priority]})
        for (kind, id), priority in changed.items()
    ]
    await audit.record(tx, changes)
    await outbox.emit(tx, [PrioritiesChanged(subject_id=TENANT)])
    await touch(tx, "inventory")
    return len(changed)


async def list_priorities(
    tx: Tx, *, seen_by: Principal, cursor: str | None = None, limit: int = 50
) -> Page[PriorityView]:
    """Customers' and tiers' priorities, by kind and code."""
    p = allocation_priority.c
    both = union_all(
        *(
            select(literal(kind).label("kind"), table.c.code, table.c.name, table.c.name_en, p.priority)
            .select_from(allocation_priority)
            .join(table, and_(table.c.tenant_id == p.tenant_id, table.c.id == p.target_id))
            .where(p.tenant_id == tx.tenant_id, table.c.tenant_id == tx.tenant_id, p.kind == kind)
            .where(visible_customers(seen_by, table) if kind == "customer" else true())
            for kind, table in TABLES.items()
        )
    ).subquery()
    found = select(both).order_by(both.c.kind, both.c.code).limit(limit + 1)
    if cursor is not None:
        kind, code = decode_cursor(cursor, (str, str))
        found = found.where((both.c.kind > kind) | ((both.c.kind == kind) & (both.c.code > code)))
    rows = await tx.rows(found)
    return page(rows, limit, lambda row: (row.kind, row.code), lambda row: PriorityView(**row._mapping))


_RANK = """
update reservation r set priority = w.priority
from json_to_recordset($2::json) as w(document_id uuid, priority int)
where r.tenant_id = $1 and r.document_id = w.document_id and r.priority <> w.priority
  and (r.held > 0 or r.backordered > 0)
"""


class Ranked(msgspec.Struct, frozen=True, gc=False):
    document_id: UUID
    priority: int


async def rank_documents(tx: Tx, ranked: Sequence[Ranked]) -> int:
    """Write at which priority these documents hold and wait; their reservations are locked by the caller."""
    return await tx.write_rows(_RANK, ranked) if ranked else 0
