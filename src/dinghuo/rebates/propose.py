"""What there is to be settled: the agreements with periods that are over and what these come to."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec

from dinghuo.identity.principals import Principal
from dinghuo.kit.database import Tx
from dinghuo.kit.refs import Ref
from dinghuo.pricing.locked import check_sees_price
from dinghuo.rebates.accruals import today_of
from dinghuo.rebates.settle import check_sees_all

MOST = 500


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement with what is earned and not settled of its periods that are over, from the first day to the last.

    `amount` is earned less settled; what is to be taken back lowers it, whether it is still there or not.
    """

    agreement: Ref
    settle_as: str
    currency: str
    periods: int
    period_from: date
    period_until: date
    customers: int
    amount: Decimal


class SettlementProposal(msgspec.Struct, frozen=True, kw_only=True):
    """What could be settled until a day, what waits longest first; `more` when there are further agreements."""

    until: date
    items: list[Proposed]
    more: bool


_DUE = """
select g.id, g.code, g.name, g.name_en, g.settle_as, g.currency, d.*
from (
  select a.agreement_id, count(distinct a.period_from) as periods, min(a.period_from) as period_from,
    max(a.period_until) as period_until, count(distinct a.customer_id) as customers,
    sum(a.earned - a.settled) as amount
  from rebate_accrual a
  where a.tenant_id = $1 and a.earned <> a.settled and a.period_until <= $2 group by a.agreement_id
) d
join rebate_agreement g on g.tenant_id = $1 and g.id = d.agreement_id and g.active
order by d.period_from, g.code limit $3
"""


async def propose_settlements(tx: Tx, *, until: date | None, seen_by: Principal | None) -> SettlementProposal:
    """What could be settled until a day: by yesterday, when none is given."""
    check_sees_price(seen_by)
    check_sees_all(seen_by)
    last = await today_of(tx) - timedelta(days=1)
    day = last if until is None else min(until, last)
    rows = await tx.fetch(_DUE, day, MOST + 1)
    items = [
        Proposed(
            agreement=Ref(row["id"], row["code"], row["name"], row["name_en"]),
            **{name: row[name] for name in Proposed.__struct_fields__ if name != "agreement"},
        )
        for row in rows[:MOST]
    ]
    return SettlementProposal(until=day, items=items, more=len(rows) > MOST)
