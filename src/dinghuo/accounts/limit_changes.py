"""Credit limits that wait until somebody agrees: which there are, and how one ends."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from dinghuo.accounts.events import LimitMoved
from dinghuo.accounts.limit_facts import SUBJECT
from dinghuo.accounts.reserve import Credit, Holder
from dinghuo.approvals.outcomes import outcomes
from dinghuo.approvals.queries import progress
from dinghuo.approvals.views import ApprovalProgress
from dinghuo.kit import outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id
from dinghuo.notices.messages import Note, send

End = Literal["set", "rejected", "withdrawn", "superseded"]


class LimitWaiting(msgspec.Struct, frozen=True, kw_only=True):
    """A credit limit that waits for approval; null is unlimited. Until then the one before it counts."""

    credit_limit: Decimal | None
    asked_at: datetime
    asked_by: str
    approval: ApprovalProgress


class Waiting(msgspec.Struct, frozen=True):
    """A change that waits. `now` is what limit the account has."""

    id: UUID
    account_id: UUID
    customer_id: UUID
    holder: Holder
    old: Decimal | None
    new: Decimal | None
    now: Decimal | None
    asked_at: datetime
    asked_by_name: str


_COLUMNS = """
select l.id, l.account_id, a.customer_id, a.organisation_id, a.currency, l.old_limit, l.new_limit, a.credit_limit,
  l.asked_at, l.asked_by_name
from limit_change l
join account a on a.tenant_id = $1 and a.id = l.account_id
"""
_OF_HOLDERS = f"""{_COLUMNS}
join unnest($2::uuid[], $3::uuid[], $4::text[]) as w(customer_id, organisation_id, currency)
  on a.customer_id = w.customer_id and a.organisation_id = w.organisation_id and a.currency = w.currency
where l.tenant_id = $1 and l.state = 'waiting' and a.kind = 'credit'
"""
_OF_ACCOUNTS = f"{_COLUMNS} where l.tenant_id = $1 and l.state = 'waiting' and l.account_id = any($2::uuid[])"
_BY_ID = f"{_COLUMNS} where l.tenant_id = $1 and l.state = 'waiting' and l.id = any($2::uuid[]) order by l.account_id"
_CLOSE = """
update limit_change l set state = e.state, closed_at = $3
from json_to_recordset($2::json) as e(id uuid, state text)
where l.tenant_id = $1 and l.id = e.id and l.state = 'waiting'
"""
_PROPOSE = """
insert into limit_change (tenant_id, id, account_id, old_limit, new_limit, asked_at, asked_by_name)
select $1, id, account_id, old_limit, new_limit, $3, asked_by_name
from json_to_recordset($2::json) as l(id uuid, account_id uuid, old_limit numeric, new_limit numeric,
  asked_by_name text)
"""


async def waiting_of_holders(tx: Tx, holders: Collection[Holder]) -> dict[Holder, Waiting]:
    """What waits for these holders; at most one change for each."""
    wanted = [list(each) for each in zip(*holders, strict=True)] if holders else [[], [], []]
    return {found.holder: found for found in await _read(tx, _OF_HOLDERS, *wanted)}


async def waiting_by_id(tx: Tx, ids: Collection[UUID]) -> list[Waiting]:
    """Those of these changes that still wait, by account."""
    return await _read(tx, _BY_ID, list(ids))


async def waiting_views(tx: Tx, account_ids: Collection[UUID]) -> dict[UUID, LimitWaiting]:
    """By account, what waits, and how far it is."""
    found = await _read(tx, _OF_ACCOUNTS, list(account_ids))
    approvals = await progress(tx, SUBJECT, [one.id for one in found])
    return {
        one.account_id: LimitWaiting(
            credit_limit=one.new, asked_at=one.asked_at, asked_by=one.asked_by_name, approval=approvals[one.id]
        )
        for one in found
    }


async def _read(tx: Tx, sql: str, *arguments: object) -> list[Waiting]:
    return [
        Waiting(
            row["id"],
            row["account_id"],
            row["customer_id"],
            (row["customer_id"], row["organisation_id"], row["currency"]),
            row["old_limit"],
            row["new_limit"],
            row["credit_limit"],
            row["asked_at"],
            row["asked_by_name"],
        )
        for row in await tx.fetch(sql, *arguments)
    ]


class _Proposed(msgspec.Struct, frozen=True):
    id: UUID
    account_id: UUID
    old_limit: Decimal | None
    new_limit: Decimal | None
    asked_by_name: str


async def propose(
    tx: Tx, asked: Sequence[tuple[Credit, Decimal | None]], accounts: Mapping[Holder, UUID], by: Actor
) -> list[UUID]:
    """Write down which limits are wanted of accounts that are locked; the changes' ids, in that order."""
    rows = [_Proposed(new_id(), accounts[credit.holder], credit.limit, wanted, by.name) for credit, wanted in asked]
    await tx.write_rows(_PROPOSE, rows, tx.now)
    return [row.id for row in rows]


class _Ended(msgspec.Struct, frozen=True):
    id: UUID
    state: End


async def close(tx: Tx, ends: Mapping[UUID, End]) -> None:
    """End these changes, whose accounts are locked."""
    if ends:
        await tx.write_rows(_CLOSE, [_Ended(id, state) for id, state in ends.items()], tx.now)


async def tell(tx: Tx, customers: Collection[UUID]) -> None:
    """Say that what waits for these customers is another than before."""
    if customers:
        await outbox.emit(tx, [LimitMoved(subject_id=id) for id in sorted(set(customers))])


async def tell_superseded(tx: Tx, ids: Sequence[UUID], by: Actor) -> None:
    """Say to those who asked for them that these changes are off, unless it is their own doing."""
    found = await outcomes(tx, SUBJECT, ids)
    await send(
        tx,
        [
            Note(
                group_id=id,
                users=[one.requested_by],
                kind="approval.decided",
                title=f"未生效：信用额度变更 {one.title}",
                title_en=f"Not in force: credit limit {one.title}",
                body="额度在此期间已改为其他值，原申请作废；仍需调整请重新提交。",
                body_en="The limit became another one meanwhile: this request is void. Ask again if need be.",
                link=f"approval:{one.request_id}",
            )
            for id, one in found.items()
            if one.requested_by is not None and one.requested_by != by.id
        ],
    )
