"""Settle rebates: what periods that are over have earned is credited to customers' balances, each bit of it once.

An accrual is settled up to what it has earned. What changes afterwards (a return, an order called off) is the next
settlement's: more is credited, less is taken back, never beyond what is free of the balance; what could not be taken
back is set off against what is earned later.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert

from dinghuo.accounts.rebates import Owner, RebateEntry, find_wallets, open_wallets, write_rebates
from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE, put
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, FORBIDDEN, MALFORMED, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.money import ZERO
from dinghuo.kit.refs import Ref
from dinghuo.kit.texts import storable, text_faults
from dinghuo.pricing.locked import check_sees_price
from dinghuo.rebates.accruals import today_of
from dinghuo.rebates.events import Settled
from dinghuo.rebates.tables import rebate_settlement, rebate_settlement_line

DOCUMENT = "rebate_settlement"
MOST = 2000
_LONGEST_NOTE = 2000

NOT_OVER = Message(
    "rebate-period-not-over",
    "只能结算 {today} 之前已结束的期间",
    "Only periods that ended before {today} can be settled",
    MALFORMED,
)
NOTHING_TO_SETTLE = Message("rebate-nothing-to-settle", "没有可结算的返利", "There is nothing to settle", CONFLICT)
NOT_AS_PREVIEWED = Message(
    "rebate-not-as-previewed",
    "结算金额已由 {expected} 变为 {total}，请重新核对后再结算",
    "What is to be settled has become {total} instead of {expected}: look at it again",
    CONFLICT,
)
WHOLE_COMPANY = Message(
    "rebate-whole-company",
    "返利结算涉及全部客户，需要全部数据权限",
    "Settling concerns every customer: it takes a role that sees them all",
    FORBIDDEN,
)


class SettlementRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to settle: periods that ended on `until` or before, of these agreements; of all when none is named."""

    until: date
    agreements: list[str] = []


class SettleRequest(SettlementRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`expected` is the total that the preview told: refused when it has become another one."""

    expected: Decimal
    note: str | None = None


class DueLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one customer's period comes to now: `amount` is credited, or taken back where it is negative.

    `left` is what should be taken back and is not free any more: it is set off later.
    """

    accrual_id: UUID
    agreement: Ref
    customer: Ref
    organisation: str
    currency: str
    settle_as: str
    period_from: date
    period_until: date
    measured: Decimal
    measure: str
    earned: Decimal
    settled: Decimal
    amount: Decimal
    left: Decimal


class SettlementPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What settling would do now. `total` adds up all currencies' amounts; there is nearly always one.

    `more` when there is more than is settled at once: settle, then again.
    """

    until: date
    lines: list[DueLine]
    total: Decimal
    customers: int
    more: bool


_DUE = """
select a.id, a.customer_id, a.period_from, a.period_until, a.amount, a.quantity, a.earned, a.settled,
  g.id as agreement_id, g.code as agreement_code, g.name as agreement_name,
  g.name_en as agreement_name_en, g.organisation_id, g.currency, g.measure,
  g.settle_as, c.code as customer_code, c.name as customer_name, c.name_en as customer_name_en,
  o.code as organisation
from rebate_accrual a
join rebate_agreement g on g.tenant_id = $1 and g.id = a.agreement_id and g.active
join customer c on c.tenant_id = $1 and c.id = a.customer_id
join organisation o on o.tenant_id = $1 and o.id = g.organisation_id
where a.tenant_id = $1 and a.earned <> a.settled and a.period_until <= $2 and ($3::text[] = '{}' or g.code = any($3))
order by a.id limit $4"""
_LOCK_DUE = f"{_DUE} for no key update of a"
# Agreements are locked before, as whoever accrues does.
_LOCK_AGREEMENTS = """
select g.id from rebate_agreement g
where g.tenant_id = $1 and g.active and ($2::text[] = '{}' or g.code = any($2)) order by g.id for no key update
"""
_NAMED = "select g.code from rebate_agreement g where g.tenant_id = $1 and g.code = any($2::text[])"
_SETTLE = """
update rebate_accrual a set settled = s.settled, updated_at = $3
from json_to_recordset($2::json) as s(id uuid, settled numeric)
where a.tenant_id = $1 and a.id = s.id
"""


class _SettledRow(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    settled: Decimal


async def preview_settlement(tx: Tx, *, request: SettlementRequest, seen_by: Principal | None) -> SettlementPreview:
    """What would be settled now; nothing is written."""
    await _check(tx, request, seen_by)
    rows = await tx.fetch(_DUE, request.until, request.agreements, MOST + 1)
    wallets = await find_wallets(tx, (_owner(row) for row in rows[:MOST]))
    free = {owner: wallet.free for owner, wallet in wallets.items()}
    return _preview(request.until, decide(rows[:MOST], free), more=len(rows) > MOST)


async def settle(tx: Tx, *, request: SettleRequest, seen_by: Principal | None, by: Actor) -> UUID:
    """Settle what the preview told; the settlement's id. Whoever else settles waits, and finds nothing left."""
    await _check(tx, request, seen_by)
    if faults := list(text_faults("note", request.note, _LONGEST_NOTE)):
        raise Refused(faults)
    await tx.fetch(_LOCK_AGREEMENTS, request.agreements)
    rows = (await tx.fetch(_LOCK_DUE, request.until, request.agreements, MOST + 1))[:MOST]
    wallets = await open_wallets(tx, (_owner(row) for row in rows)) if rows else {}
    lines = decide(rows, {owner: wallet.free for owner, wallet in wallets.items()})
    preview = _preview(request.until, lines, more=False)
    if preview.total != request.expected:
        raise Refused(NOT_AS_PREVIEWED("expected", expected=request.expected, total=preview.total))
    written = [(row, line) for row, line in zip(rows, lines, strict=True) if line.amount]
    if not written:
        raise Refused(NOTHING_TO_SETTLE("until"))
    return await _write(tx, request, preview.total, written, wallets, by)


def decide(rows: Sequence[Any], free: dict[Owner, Decimal]) -> list[DueLine]:
    """What each accrual comes to. Pure. Of one balance what is credited comes first, then what is taken back, as far
    as it is there."""
    room = dict(free)
    for row in rows:
        if row["earned"] > row["settled"]:
            room[_owner(row)] += row["earned"] - row["settled"]
    lines = []
    for row in rows:
        wanted: Decimal = row["earned"] - row["settled"]
        amount = max(wanted, -room[_owner(row)]) if wanted < ZERO else wanted
        if amount < ZERO:
            room[_owner(row)] += amount
        lines.append(_line(row, amount, amount - wanted))
    return lines


def _ref(row: Any, name: str) -> Ref:
    return Ref(row[f"{name}_id"], row[f"{name}_code"], row[f"{name}_name"], row[f"{name}_name_en"])


def _line(row: Any, amount: Decimal, left: Decimal) -> DueLine:
    return DueLine(
        accrual_id=row["id"],
        agreement=_ref(row, "agreement"),
        customer=_ref(row, "customer"),
        organisation=row["organisation"],
        currency=row["currency"],
        settle_as=row["settle_as"],
        period_from=row["period_from"],
        period_until=row["period_until"],
        measured=row["quantity"] if row["measure"] == "quantity" else row["amount"],
        measure=row["measure"],
        earned=row["earned"],
        settled=row["settled"],
        amount=amount,
        left=left,
    )


def _preview(until: date, lines: list[DueLine], *, more: bool) -> SettlementPreview:
    total = sum((line.amount for line in lines), Decimal("0.00"))
    return SettlementPreview(
        until=until, lines=lines, total=total, customers=len({line.customer.id for line in lines}), more=more
    )


def _owner(row: Any) -> Owner:
    return (row["customer_id"], row["organisation_id"], row["currency"], row["settle_as"])


async def _check(tx: Tx, request: SettlementRequest, seen_by: Principal | None) -> None:
    check_sees_price(seen_by)
    check_sees_all(seen_by)
    today = await today_of(tx)
    faults = [NOT_OVER("until", today=today.isoformat())] if request.until >= today else []
    if request.agreements:
        known = {row["code"] for row in await tx.fetch(_NAMED, storable(request.agreements))}
        faults += [
            UNKNOWN_CODE(f"agreements[{place}]", line=place + 1, code=code)
            for place, code in enumerate(request.agreements)
            if code not in known
        ]
    if faults:
        raise Refused(faults)


def check_sees_all(seen_by: Principal | None) -> None:
    """Raise for those who see only some of the customers."""
    if isinstance(seen_by, StaffPrincipal) and seen_by.scope.kind != "all":
        raise Refused(WHOLE_COMPANY("scope"))


async def _write(
    tx: Tx,
    request: SettleRequest,
    total: Decimal,
    written: Sequence[tuple[Any, DueLine]],
    wallets: dict[Owner, Any],
    by: Actor,
) -> UUID:
    settlement_id = new_id()
    values = {"until": request.until, "total": total, "note": request.note or None, "settled_at": tx.now}
    whose = {"settled_by": by.id, "settled_by_name": by.name}
    await tx.execute(insert(rebate_settlement).values(tenant_id=tx.tenant_id, id=settlement_id, **values, **whose))
    rows = [
        {
            "settlement_id": settlement_id,
            "accrual_id": line.accrual_id,
            "before": line.settled,
            "earned": line.earned,
            "amount": line.amount,
        }
        for _, line in written
    ]
    await put(tx, rebate_settlement_line, rows)
    await tx.write_rows(
        _SETTLE, [_SettledRow(line.accrual_id, line.settled + line.amount) for _, line in written], tx.now
    )
    entries = [
        RebateEntry(wallets[_owner(row)].id, "credited", line.amount, "settle", DOCUMENT, settlement_id)
        for row, line in written
    ]
    await write_rebates(tx, entries)
    await outbox.emit(tx, [Settled(subject_id=settlement_id)])
    told = {"total": [None, str(total)], "until": [None, request.until.isoformat()], "lines": [None, len(rows)]}
    await audit.record(tx, [audit.Change("rebate_settlement", settlement_id, "settled", by, told)])
    return settlement_id
