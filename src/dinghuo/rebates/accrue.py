"""Accrue rebates: what documents bring under agreements is put down as differences, document by document.

Level-triggered: a document is reckoned afresh and only what differs from what was put down before is written. So
any news may be told again, in any order, and the sums are always what reckoning all of it anew would give.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from dinghuo.identity.facts import load_tenant
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at, new_id, new_id_text
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.periodic import TENANT, schedule
from dinghuo.rebates.events import CountDue
from dinghuo.rebates.fresh import FRESH
from dinghuo.rebates.periods import end_of
from dinghuo.rebates.save_agreements import MEMORY
from dinghuo.rebates.tiers import Tier, earned

EVERY = timedelta(hours=6)
_NEVER = datetime(1970, 1, 1)  # noqa: DTZ001 - the first moment there is, in whatever zone


class _Terms(msgspec.Struct, frozen=True):
    """What an accrual is reckoned by."""

    measure: Any
    method: Any
    period: Any
    currency: str
    valid_until: date | None
    tiers: list[Tier]


class _Accrual(msgspec.Struct, frozen=True):
    id: UUID
    agreement_id: UUID
    customer_id: UUID
    period_from: date
    period_until: date


class _Sale(msgspec.Struct, frozen=True, gc=False):
    id: str
    accrual_id: UUID
    document_kind: str
    document_id: UUID
    amount: Decimal
    quantity: Decimal


class _Moved(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    amount: Decimal
    quantity: Decimal
    earned: Decimal
    period_until: date


_ACTIVE = "select a.id from rebate_agreement a where a.tenant_id = $1 and a.active order by a.id"
# Whoever reckons for an agreement holds it: nobody puts the same difference down twice.
_LOCK = """
select a.id, a.measure, a.method, a.period, a.currency, a.valid_until, a.steps::text as steps,
  (a.valid_from - case when a.over_last_year then interval '1 year' else interval '0' end)::date as begins
from rebate_agreement a where a.tenant_id = $1 and a.id = any($2::uuid[]) and a.active order by a.id for no key update
"""
_DIFFERENCES = f"""
with recursive {FRESH}, held as materialized (
  select a.agreement_id, a.customer_id, a.period_from, e.document_kind as kind, e.document_id,
    sum(e.amount) as amount, sum(e.quantity) as quantity
  from rebate_accrual a
  join rebate_sale e on e.tenant_id = {{tenant}} and e.accrual_id = a.id and ({{entries}})
  where a.tenant_id = {{tenant}} and a.agreement_id = any({{agreements}})
  group by 1, 2, 3, 4, 5
)
select coalesce(f.agreement_id, h.agreement_id) as agreement_id, coalesce(f.kind, h.kind) as kind,
  coalesce(f.customer_id, h.customer_id) as customer_id, coalesce(f.period_from, h.period_from) as period_from,
  coalesce(f.document_id, h.document_id) as document_id,
  coalesce(f.amount, 0) - coalesce(h.amount, 0) as amount,
  coalesce(f.quantity, 0) - coalesce(h.quantity, 0) as quantity
from fresh f
full join held h on h.agreement_id = f.agreement_id and h.customer_id = f.customer_id
  and h.period_from = f.period_from and h.kind = f.kind and h.document_id = f.document_id
where coalesce(f.amount, 0) <> coalesce(h.amount, 0) or coalesce(f.quantity, 0) <> coalesce(h.quantity, 0)
order by 1, 2, 3, 4, 5
"""  # noqa: S608 - constants of ours
_WORDS = {"tenant": "$1", "agreements": "$2::uuid[]", "zone": "$3::text", "house": "$4::uuid"}
_OF_DOCUMENTS = _DIFFERENCES.format(
    **_WORDS,
    orders="o.id = any($5::uuid[])",
    returns="r.id = any($5::uuid[])",
    entries="e.document_id = any($5::uuid[])",
)
_OF_ALL = _DIFFERENCES.format(**_WORDS, orders="o.id >= $5::uuid", returns="r.id is not null", entries="true")
_OPEN = """
insert into rebate_accrual (tenant_id, id, agreement_id, customer_id, period_from, period_until, updated_at)
select $1, id, agreement_id, customer_id, period_from, period_until, $3
from json_to_recordset($2::json)
  as a(id uuid, agreement_id uuid, customer_id uuid, period_from date, period_until date)
order by agreement_id, customer_id, period_from
on conflict (tenant_id, agreement_id, customer_id, period_from) do nothing
"""
_ACCRUALS = """
select a.id, a.agreement_id, a.customer_id, a.period_from, a.period_until, a.amount, a.quantity,
  a.earned
from rebate_accrual a
join unnest($2::uuid[], $3::uuid[], $4::date[]) as w(agreement_id, customer_id, period_from)
  on a.agreement_id = w.agreement_id and a.customer_id = w.customer_id and a.period_from = w.period_from
where a.tenant_id = $1
order by a.id for no key update of a
"""
_ALL_ACCRUALS = """
select a.id, a.agreement_id, a.customer_id, a.period_from, a.period_until, a.amount, a.quantity,
  a.earned
from rebate_accrual a where a.tenant_id = $1 and a.agreement_id = any($2::uuid[])
order by a.id for no key update
"""
_PUT_DOWN = """
insert into rebate_sale (tenant_id, id, accrual_id, at, document_kind, document_id, amount, quantity)
select $1, id, accrual_id, $3, document_kind, document_id, amount, quantity
from json_to_recordset($2::json) as s(id uuid, accrual_id uuid, document_kind text, document_id uuid,
  amount numeric, quantity numeric)
"""
_MOVE = """
update rebate_accrual a set amount = m.amount, quantity = m.quantity, earned = m.earned,
  period_until = m.period_until, updated_at = $3
from json_to_recordset($2::json)
  as m(id uuid, amount numeric, quantity numeric, earned numeric, period_until date)
where a.tenant_id = $1 and a.id = m.id
"""
_COUNTED = """
update rebate_agreement a set counted_at = $3 where a.tenant_id = $1 and a.id = any($2::uuid[])
"""


async def accrue_documents(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to orders that bind, change or are off, and to goods that came back long ago.

    A company without agreements pays a look into memory.
    """
    agreements = await active_agreements(tx)
    if agreements:
        await accrue(tx, agreements, {delivery.subject_id for delivery in deliveries})


async def accrue_agreements(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to agreements that are new or changed. What one that is not active has accrued stays as it is."""
    await accrue(tx, sorted({delivery.subject_id for delivery in deliveries}), None)


async def accrue_all(tx: Tx, deliveries: Sequence[Delivery]) -> None:  # noqa: ARG001 - a reaction
    """The reaction to customers who are one by now: what counted for either counts for the survivor."""
    agreements = await active_agreements(tx)
    if agreements:
        await accrue(tx, agreements, None)


async def count_when_due(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to CountDue: customers and goods may be in other tiers, regions and categories by now."""
    await accrue_all(tx, deliveries)
    await schedule(tx, CountDue(subject_id=TENANT), EVERY)


async def active_agreements(tx: Tx) -> list[UUID]:
    """The agreements that hold at some time; a look into memory."""
    memory = await tx.cached(MEMORY)
    known: list[UUID] | None = memory.get("active")
    if known is None:
        known = memory["active"] = [row["id"] for row in await tx.fetch(_ACTIVE)]
    return known


async def accrue(tx: Tx, agreements: Sequence[UUID], documents: Collection[UUID] | None) -> None:
    """Put down what these documents (None: all) differ by; the same statements whatever their number."""
    tenant = await load_tenant(tx)
    rows = await tx.fetch(_LOCK, list(agreements))
    terms = {row["id"]: _terms(row) for row in rows}
    house = next((each.id for each in tenant.organisations.values()), None)
    if documents is None:
        begins = min((row["begins"] for row in rows), default=None)
        from_id = first_id_at(_start(begins, tenant.zone))
        found = await tx.fetch(_OF_ALL, list(terms), tenant.zone.key, house, from_id)
    else:
        found = await tx.fetch(_OF_DOCUMENTS, list(terms), tenant.zone.key, house, list(documents))
    accruals = await _accruals(tx, found, terms, whole=documents is None)
    await _put_down(tx, found, accruals, terms)
    if documents is None:
        await tx.write(_COUNTED, list(terms), tx.now)


def _start(day: date | None, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone) if day else _NEVER.replace(tzinfo=zone)


def _terms(row: Any) -> _Terms:
    return _Terms(
        row["measure"],
        row["method"],
        row["period"],
        row["currency"],
        row["valid_until"],
        msgspec.json.decode(row["steps"], type=list[Tier], strict=False),
    )


async def _accruals(tx: Tx, found: Sequence[Any], terms: dict[UUID, _Terms], *, whole: bool) -> Sequence[Any]:
    """The accruals that these differences belong to, opened where there is none, locked in key order. Of whole
    agreements all: their tiers may be others."""
    keys = list(dict.fromkeys(_key(row) for row in found))
    if keys:
        await tx.write_rows(
            _OPEN,
            [
                _Accrual(new_id(), *key, end_of(terms[key[0]].period, key[2], terms[key[0]].valid_until))
                for key in keys
            ],
            tx.now,
        )
    if whole:
        return await tx.fetch(_ALL_ACCRUALS, list(terms))
    return await tx.fetch(_ACCRUALS, *([key[i] for key in keys] for i in range(3))) if keys else []


async def _put_down(tx: Tx, found: Sequence[Any], accruals: Sequence[Any], terms: dict[UUID, _Terms]) -> None:
    by_key = {_key(row): row for row in accruals}
    sums: dict[UUID, tuple[Decimal, Decimal]] = {row["id"]: (row["amount"], row["quantity"]) for row in accruals}
    sales = []
    for row in found:
        id = by_key[_key(row)]["id"]
        amount, quantity = sums[id]
        sums[id] = (amount + row["amount"], quantity + row["quantity"])
        sales.append(_Sale(new_id_text(), id, row["kind"], row["document_id"], row["amount"], row["quantity"]))
    if sales:
        await tx.write_rows(_PUT_DOWN, sales, tx.now)
    changed = []
    for row in accruals:
        moved = _moved(row, *sums[row["id"]], terms[row["agreement_id"]])
        if any(getattr(moved, name) != row[name] for name in _Moved.__struct_fields__):
            changed.append(moved)
    if changed:
        await tx.write_rows(_MOVE, changed, tx.now)


def _moved(row: Any, amount: Decimal, quantity: Decimal, terms: _Terms) -> _Moved:
    measured = quantity if terms.measure == "quantity" else amount
    earns = earned(terms.tiers, terms.method, terms.measure, measured, terms.currency)
    return _Moved(row["id"], amount, quantity, earns, end_of(terms.period, row["period_from"], terms.valid_until))


def _key(row: Any) -> tuple[UUID, UUID, date]:
    return (row["agreement_id"], row["customer_id"], row["period_from"])
