"""Set credit limits by the codes of customers and organisations, many at once, all or nothing."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from dinghuo.accounts.ask_limits import ask_for, to_be_asked
from dinghuo.accounts.limit_changes import close, tell, tell_superseded, waiting_of_holders
from dinghuo.accounts.limit_facts import SUBJECT
from dinghuo.accounts.reserve import Holder, ensure_accounts, lock_credit
from dinghuo.approvals.queries import progress
from dinghuo.approvals.withdraw import close_open
from dinghuo.identity.facts import TenantFacts, load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MOST, TOO_MANY_ITEMS, UNKNOWN_CODE, among
from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import MAX_MONEY, MINOR_UNITS, fits
from dinghuo.kit.texts import storable
from dinghuo.parties.tables import customer

BAD_LIMIT = Message(
    "credit-limit",
    "信用额度 {limit} 应在 0 到 {most} 之间，小数不超过 2 位；不限额请留空 (null)",
    "The credit limit {limit} must be between 0 and {most}, with at most 2 decimals; null is unlimited",
    MALFORMED,
)
UNKNOWN_CURRENCY = Message(
    "credit-currency",
    "不支持币种 {currency}，可用：{known}",
    "The currency {currency} is not known here; use one of {known}",
    MALFORMED,
)
TWICE = Message(
    "credit-limit-twice", "与第 {other} 行是同一账户", "This is the same account as on line {other}", MALFORMED
)


class LimitInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much a customer may owe one selling organisation; null is unlimited.

    The tenant's first organisation and the customer's own currency are meant when none is named.
    """

    customer: str
    credit_limit: Decimal | None
    organisation: str | None = None
    currency: str | None = None


class LimitAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that does not count yet: somebody has to agree first, as its request tells. Asked now, or before."""

    line: int
    customer: str
    credit_limit: Decimal | None
    request_id: UUID
    was_waiting: bool


class LimitsSet(msgspec.Struct, frozen=True):
    """How many limits were different before, how many were the same, and which wait for approval."""

    updated: int
    unchanged: int
    waiting: list[LimitAsked] = []


class _Row(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    credit_limit: Decimal | None


_WRITE = """
update account a set credit_limit = l.credit_limit, updated_at = $3
from json_to_recordset($2::json) as l(id uuid, credit_limit numeric)
where a.tenant_id = $1 and a.id = l.id
"""


async def set_limits(
    tx: Tx, *, limits: Sequence[LimitInput], by: Actor, seen_by: Principal | None = None
) -> LimitsSet:
    """Set these limits; accounts that do not exist are opened. A limit below the exposure stops only what comes.

    Those that a policy wants approved wait instead. What waited for an account before gives way to what is wanted
    of it now; wanting what waits already, or what counts, changes nothing.
    """
    lines, tenant = await _lines(tx, limits, seen_by)
    if not lines:
        return LimitsSet(0, 0)
    wanted = {holder: limits[i].credit_limit for holder, i in lines.items()}
    before = await waiting_of_holders(tx, wanted)
    gone = [one for holder, one in before.items() if wanted[holder] not in (one.new, one.now)]
    await close_open(tx, subject_kind=SUBJECT, subject_ids=[one.id for one in gone], by=by, reason=None)
    found = await lock_credit(tx, list(lines))
    if await waiting_of_holders(tx, wanted) != before:
        raise RetryTransaction("what waits for these accounts has just changed")
    await close(tx, {one.id: "superseded" for one in gone})
    await tell_superseded(tx, [one.id for one in gone], by)
    kept = {holder: one for holder, one in before.items() if one not in gone and wanted[holder] == one.new}
    changed = [(credit, wanted[h]) for h, credit in found.items() if credit.limit != wanted[h] and h not in kept]
    asked = await to_be_asked(tx, changed, tenant=tenant, by=by)
    waits = {one.credit.holder for one in asked}
    direct = [credit for credit, _ in changed if credit.holder not in waits]
    ids = await ensure_accounts(tx, [credit for credit, _ in changed]) if changed else {}
    await write_limits(tx, [Written(ids[one.holder], one.limit, wanted[one.holder]) for one in direct], by)
    requests = dict(zip((one.credit.holder for one in asked), await ask_for(tx, asked, ids, by), strict=True))
    wishes = [Written(ids[one.credit.holder], one.credit.limit, one.wanted) for one in asked]
    await audit.record(tx, [limit_change("limit_asked", wish, by) for wish in wishes])
    await tell(tx, {holder[0] for holder in waits} | {one.customer_id for one in gone})
    told = await progress(tx, SUBJECT, [one.id for one in kept.values()]) if kept else {}
    requests |= {holder: told[one.id].request_id for holder, one in kept.items()}
    rows = [
        LimitAsked(
            line=lines[holder] + 1,
            customer=limits[lines[holder]].customer,
            credit_limit=wanted[holder],
            request_id=request_id,
            was_waiting=holder in kept,
        )
        for holder, request_id in requests.items()
    ]
    return LimitsSet(len(direct), len(limits) - len(direct) - len(rows), sorted(rows, key=lambda row: row.line))


async def _lines(
    tx: Tx, limits: Sequence[LimitInput], seen_by: Principal | None
) -> tuple[dict[Holder, int], TenantFacts]:
    """Whose limit each line is about; refused with all that is wrong."""
    if len(limits) > MOST:
        raise Refused(TOO_MANY_ITEMS("items", most=MOST, count=len(limits)))
    faults = Faults()
    customers = await _customers(tx, [item.customer for item in limits], seen_by)
    tenant = await load_tenant(tx)
    lines: dict[Holder, int] = {}
    for i, item in enumerate(limits):
        holder = _holder(faults, i, item, customers, tenant)
        if holder is not None and (other := lines.setdefault(holder, i)) != i:
            faults.add(i, "customer", TWICE, other=other + 1)
    faults.check()
    return lines, tenant


async def _customers(tx: Tx, codes: Sequence[str], seen_by: Principal | None) -> dict[str, tuple[UUID, str]]:
    asked = customer.alias("asked")
    statement = (
        select(customer.c.id, asked.c.code, customer.c.currency)
        .join(customer, customer.c.id == func.coalesce(asked.c.merged_into_id, asked.c.id))
        .where(
            asked.c.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            among(asked.c.code, set(storable(codes))),
        )
    )
    if seen_by is not None:
        statement = statement.where(visible_customers(seen_by, customer))
    return {row.code: (row.id, row.currency) for row in await tx.rows(statement)}


def _holder(
    faults: Faults, line: int, item: LimitInput, customers: Mapping[str, tuple[UUID, str]], tenant: TenantFacts
) -> Holder | None:
    """Whose limit this is; None when that cannot be said."""
    found = customers.get(item.customer)
    organisations = tenant.organisations
    code = next(iter(organisations), "") if item.organisation is None else item.organisation
    if found is None:
        faults.add(line, "customer", UNKNOWN_CODE, code=item.customer)
    if code not in organisations:
        faults.add(line, "organisation", UNKNOWN_CODE, code=code)
    if item.currency is not None and item.currency not in MINOR_UNITS:
        faults.add(line, "currency", UNKNOWN_CURRENCY, currency=item.currency, known="、".join(MINOR_UNITS))
    limit = item.credit_limit
    if limit is not None and (not fits(limit, most=MAX_MONEY, places=2) or limit < 0):
        faults.add(line, "credit_limit", BAD_LIMIT, limit=limit, most=MAX_MONEY)
    if found is None or code not in organisations:
        return None
    return (found[0], organisations[code].id, item.currency or found[1])


class Written(msgspec.Struct, frozen=True):
    """A limit to be written, and what it was; `agreed` are those whose consent it took."""

    account_id: UUID
    old: Decimal | None
    new: Decimal | None
    agreed: str | None = None


async def write_limits(tx: Tx, limits: Sequence[Written], by: Actor) -> None:
    """Write limits of accounts that are locked."""
    if not limits:
        return
    await tx.write_rows(_WRITE, [_Row(one.account_id, one.new) for one in limits], tx.now)
    await audit.record(tx, [limit_change("limit_set", one, by) for one in limits])


def limit_change(action: str, one: Written, by: Actor) -> audit.Change:
    """What the audit says of it."""
    agreed = {"agreed_by": [None, one.agreed]} if one.agreed is not None else {}
    return audit.Change("account", one.account_id, action, by, {"credit_limit": [one.old, one.new], **agreed})
