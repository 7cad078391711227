"""Orders that somebody has to approve: their facts are held against the policies before they are admitted, and the
request is opened with the order. A company without policies pays a look into memory for a batch.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from dinghuo.accounts.reserve import Holder
from dinghuo.approvals.ask import Ask, open_requests
from dinghuo.approvals.policies import Policies, load_policies
from dinghuo.kit.database import Tx
from dinghuo.orders.admit import holder_of
from dinghuo.orders.approval_facts import BESIDE, WORDS, Beside, Seen, all_facts, facts_of
from dinghuo.orders.decide import Priced
from dinghuo.parties.words import load_words

SUBJECT = "order"

_BESIDE = """
select w.customer_id, w.organisation_id, w.currency, a.oldest_due, not exists (
  select from sales_order o
  where o.tenant_id = $1 and o.customer_id = w.customer_id and o.state in ('confirmed', 'closed')
) as is_new
from unnest($2::uuid[], $3::uuid[], $4::text[]) as w(customer_id, organisation_id, currency)
left join account a on a.tenant_id = $1 and a.customer_id = w.customer_id
  and a.organisation_id = w.organisation_id and a.currency = w.currency and a.kind = 'credit'
"""


class Asking(msgspec.Struct):
    """The policies that count now, and what is known beside the orders as far as their conditions ask for it."""

    policies: Policies
    words: Mapping[UUID, str]
    beside: dict[Holder, Beside]

    def seen(self, order: Priced) -> Seen:
        return Seen(order, self.words, self.beside.get(holder_of(order), Beside()))


async def find_policies(tx: Tx, orders: Sequence[Priced]) -> Asking | None:
    """What these orders are to be held against; None where nothing is to be approved."""
    policies = await load_policies(tx, SUBJECT)
    if not policies:
        return None
    asked = [order for order in orders if order.placement.history is None]
    if not asked:
        return None
    words = await load_words(tx) if WORDS & policies.needs else {}
    beside = await find_beside(tx, {holder_of(order) for order in asked}) if BESIDE & policies.needs else {}
    return Asking(policies, words, beside)


def hold_to_policies(order: Priced, asking: Asking | None) -> None:
    """Find the policies that want this order approved; some take the credit limit's place."""
    if asking is None or order.placement.history is not None:
        return
    seen = asking.seen(order)
    order.policies = asking.policies.matching(facts_of(seen, asking.policies.needs))
    if not order.policies:
        return
    order.facts = all_facts(seen)
    order.waives_credit = any("credit" in policy.waives for policy in order.policies)
    if order.waives_credit and order.credit is not None:
        # What is approved is what was seen: drawn on meanwhile, it is looked at again under the locks.
        order.credit.is_exact = True


async def ask_approvals(tx: Tx, orders: Sequence[Priced], numbers: Mapping[UUID, str], asking: Asking | None) -> None:
    """Open a request for each order that some policy wants approved."""
    waiting = [order for order in orders if order.policies]
    if asking is None or not waiting:
        return
    asking.words = await load_words(tx)
    asking.beside = asking.beside or await find_beside(tx, {holder_of(order) for order in waiting})
    for order in waiting:
        order.facts |= facts_of(asking.seen(order), BESIDE | WORDS)
    await open_requests(
        tx,
        [
            (
                Ask(
                    subject_kind=SUBJECT,
                    subject_id=order.id,
                    title=numbers[order.id],
                    facts=order.facts,
                    by=order.placement.by,
                    customer_id=order.customer.id,
                ),
                order.policies,
            )
            for order in waiting
        ],
    )


async def find_beside(tx: Tx, holders: Collection[Holder]) -> dict[Holder, Beside]:
    wanted = sorted(holders)
    rows = await tx.fetch(_BESIDE, [h[0] for h in wanted], [h[1] for h in wanted], [h[2] for h in wanted])
    return {
        (row["customer_id"], row["organisation_id"], row["currency"]): Beside(row["oldest_due"], row["is_new"])
        for row in rows
    }
