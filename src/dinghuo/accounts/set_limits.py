"""Set credit limits by the codes of customers and organisations, many at once, all or nothing."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from dinghuo.accounts.reserve import Credit, Holder, ensure_accounts, lock_credit
from dinghuo.identity.facts import TenantFacts, load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MOST, TOO_MANY_ITEMS, UNKNOWN_CODE, among
from dinghuo.kit.database import Tx
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


class LimitsSet(msgspec.Struct, frozen=True):
    """How many limits were different before, and how many were the same."""

    updated: int
    unchanged: int


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
    """Set these limits; accounts that do not exist are opened. A limit below the exposure stops only what comes."""
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
    found = await lock_credit(tx, list(lines)) if lines else {}
    wanted = {holder: limits[i].credit_limit for holder, i in lines.items()}
    changed = [credit for holder, credit in found.items() if credit.limit != wanted[holder]]
    if changed:
        await _write(tx, changed, wanted, by)
    return LimitsSet(len(changed), len(limits) - len(changed))


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


async def _write(tx: Tx, changed: Sequence[Credit], wanted: Mapping[Holder, Decimal | None], by: Actor) -> None:
    ids = await ensure_accounts(tx, changed)
    rows = [_Row(ids[credit.holder], wanted[credit.holder]) for credit in changed]
    await tx.write_rows(_WRITE, rows, tx.now)
    changes = [
        audit.Change(
            "account",
            ids[credit.holder],
            "limit_set",
            by,
            {"credit_limit": [credit.limit, wanted[credit.holder]]},
        )
        for credit in changed
    ]
    await audit.record(tx, changes)
