"""Which changes of credit limits somebody has to agree to, and the requests for those."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.accounts.limit_changes import propose
from dinghuo.accounts.limit_facts import SUBJECT, Wish, as_told, facts_of
from dinghuo.accounts.reserve import Credit, Holder
from dinghuo.approvals.ask import Ask, open_requests, origin_of
from dinghuo.approvals.policies import Policy, load_policies
from dinghuo.identity.facts import TenantFacts
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.parties.facts import CustomerFacts, load_customers_by_id
from dinghuo.parties.words import load_words


class Asked(msgspec.Struct, frozen=True):
    """A limit that some policies want agreed to."""

    credit: Credit
    wanted: Decimal | None
    customer: CustomerFacts
    title: str
    facts: Mapping[str, Any]
    policies: tuple[Policy, ...]


_BESIDE = """
select a.id, a.billed, a.oldest_due, not exists (
  select from account_entry e where e.tenant_id = $1 and e.account_id = a.id
) as is_new
from account a where a.tenant_id = $1 and a.id = any($2::uuid[])
"""


async def to_be_asked(
    tx: Tx, changes: Sequence[tuple[Credit, Decimal | None]], *, tenant: TenantFacts, by: Actor
) -> list[Asked]:
    """Those of these changes that a policy matches. Costs a look into memory where there is none."""
    policies = await load_policies(tx, SUBJECT)
    if not policies or not changes:
        return []
    customers = await load_customers_by_id(tx, {credit.holder[0] for credit, _ in changes})
    words = await load_words(tx)
    ids = [credit.account_id for credit, _ in changes if credit.account_id is not None]
    beside = {row["id"]: row for row in await tx.fetch(_BESIDE, ids)}
    codes = {organisation.id: code for code, organisation in tenant.organisations.items()}
    first = next(iter(tenant.organisations), "")
    origin = await origin_of(tx, by)
    day = tx.now.astimezone(tenant.zone).date()
    asked = []
    for credit, wanted in changes:
        customer_id, organisation_id, currency = credit.holder
        customer, organisation, row = customers[customer_id], codes[organisation_id], beside.get(credit.account_id)
        wish = Wish(
            old=credit.limit,
            new=wanted,
            exposure=credit.exposure,
            billed=row["billed"] if row is not None else ZERO,
            oldest_due=row["oldest_due"] if row is not None else None,
            is_new=row is None or row["is_new"],
        )
        facts = facts_of(
            wish, customer=customer, organisation=organisation, currency=currency, words=words, day=day, origin=origin
        )
        if matched := policies.matching(facts):
            beyond = [organisation] * (organisation != first) + [currency] * (currency != customer.currency)
            title = " · ".join([customer.code, *beyond])
            asked.append(Asked(credit, wanted, customer, title, as_told(facts), matched))
    return asked


async def ask_for(tx: Tx, asked: Sequence[Asked], accounts: Mapping[Holder, UUID], by: Actor) -> list[UUID]:
    """Write these down and open their requests, whose ids are answered in the same order."""
    if not asked:
        return []
    ids = await propose(tx, [(one.credit, one.wanted) for one in asked], accounts, by)
    return await open_requests(
        tx,
        [
            (
                Ask(
                    subject_kind=SUBJECT,
                    subject_id=id,
                    title=one.title,
                    facts=one.facts,
                    by=by,
                    customer_id=one.customer.id,
                ),
                one.policies,
            )
            for id, one in zip(ids, asked, strict=True)
        ],
    )
