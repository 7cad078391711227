"""What waits for approval at the demo company beside orders: a dealer's credit limit, prices for year's end."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import select

import dinghuo.entry.approval_kinds  # noqa: F401 - credit limits and price lists can be approved
from dinghuo.accounts.set_limits import LimitInput, set_limits
from dinghuo.approvals.policies import Approver, StepSpec
from dinghuo.approvals.save_policies import PolicyInput, save_policies
from dinghuo.entry.demo.orders import CHINA
from dinghuo.entry.demo.steps import DEMO, NOTHING, Outcome
from dinghuo.identity.tables import app_user
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.parties.tables import channel
from dinghuo.pricing.ask_publishing import ask_to_publish
from dinghuo.pricing.save_entries import EntryInput, save_entries
from dinghuo.pricing.save_lists import PriceListInput, save_lists

_BOSS: Final = StepSpec(
    name="总经理", name_en="Managing director", approvers=[Approver("role", "owner")], due_hours=24
)
_POLICIES: Final = [
    PolicyInput(
        code="credit-raise",
        subject_kind="credit_change",
        name="提高额度审批",
        name_en="Higher credit limits",
        position=10,
        condition='origin == "person" && (increase > 100000.0 || overdue_days > 0)',
        steps=[_BOSS],
    ),
    PolicyInput(
        code="price-cut",
        subject_kind="price_list",
        name="降价发布审批",
        name_en="Lists with large reductions",
        position=10,
        condition='kind != "contract" && (below_cost > 0 || reduction_rate > 0.1)',
        steps=[_BOSS],
    ),
]
_DEALER, _LIMIT = "D006", Decimal(1_200_000)
_LIST, _PART = "YEAR-END", Decimal("0.88")
_GOODS: Final = """
select s.code as sku, e.unit, e.minimum_quantity, e.price from price_entry e
join price_list l on l.tenant_id = $1 and l.id = e.list_id and l.code = 'BASE'
join sku s on s.tenant_id = $1 and s.id = e.sku_id
where e.tenant_id = $1 order by s.code limit 24
"""


async def policies(tx: Tx) -> Outcome:
    """Written by the owner."""
    await save_policies(tx, items=_POLICIES, by=DEMO)
    return NOTHING


async def _somebody(tx: Tx, login: str) -> Actor:
    u = app_user.c
    row = (await tx.rows(select(u.id, u.name).where(u.tenant_id == tx.tenant_id, u.login == login)))[0]
    return Actor("staff", row.name, "console", row.id)


async def higher_limit(tx: Tx) -> Outcome:
    """Asked for by finance this morning."""
    by = await _somebody(tx, "finance")
    await set_limits(tx, limits=[LimitInput(_DEALER, _LIMIT)], by=by)
    return NOTHING


async def year_end(tx: Tx) -> Outcome:
    """Lower prices for one channel next month, which the sales manager wants to publish."""
    by = await _somebody(tx, "manager")
    code = (
        await tx.rows(select(channel.c.code).where(channel.c.tenant_id == tx.tenant_id).order_by(channel.c.code))
    )[0]
    since = (tx.now.astimezone(CHINA).date().replace(day=1) + timedelta(days=32)).replace(day=1)
    new = PriceListInput(
        code=_LIST,
        name="年末渠道特价",
        name_en="Year-end prices",
        kind="channel",
        channel=code.code,
        valid_from=since,
        valid_until=since + timedelta(days=30),
    )
    await save_lists(tx, lists=[new], by=by)
    entries = [
        EntryInput(
            _LIST, row["sku"], row["unit"], row["minimum_quantity"],
            price=(row["price"] * _PART).quantize(Decimal("0.01")),
        )
        for row in await tx.fetch(_GOODS)
    ]  # fmt: skip
    await save_entries(tx, entries=entries, by=by)
    await ask_to_publish(tx, code=_LIST, by=by)
    return NOTHING
