"""What the demo company approves: two policies, and a few orders that wait for a decision."""

from decimal import Decimal
from typing import Final

from sqlalchemy import select

import dinghuo.entry.approval_kinds  # noqa: F401 - orders can be approved
from dinghuo.approvals.policies import Approver, StepSpec
from dinghuo.approvals.save_policies import PolicyInput, save_policies
from dinghuo.entry.demo.steps import DEMO, NOTHING, Outcome
from dinghuo.identity.tables import app_user
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.orders.place import place
from dinghuo.orders.requests import LineRequest, OrderRequest, Placement

_MANAGER: Final = StepSpec(
    name="部门负责人",
    name_en="Head of department",
    approvers=[Approver("person_of", word="sales_manager"), Approver("role", "sales_manager")],
    due_hours=24,
    on_timeout="remind",
)
_FINANCE: Final = StepSpec(
    name="财务",
    name_en="Finance",
    approvers=[Approver("role", "finance")],
    due_hours=8,
    on_timeout="escalate",
    escalate_to=[Approver("role", "owner")],
)
_POLICIES: Final = [
    PolicyInput(
        code="low-price",
        subject_kind="order",
        name="低价审批",
        name_en="Low prices",
        position=10,
        condition="manual_discount > 0.1 || below_cost || manual_price && below_floor > 0",
        steps=[_MANAGER],
        expires_hours=72,
    ),
    PolicyInput(
        code="over-credit",
        subject_kind="order",
        name="超信用审批",
        name_en="Over the credit limit",
        position=20,
        condition="credit_overrun > 0.0",
        steps=[_MANAGER, _FINANCE],
        waives=["credit"],
        expires_hours=48,
    ),
]
# The sales person, their customer, how many of what, and which part of the list price they ask.
_WAITING: Final = (
    ("sales1", "10", Decimal("0.80")),
    ("sales2", "24", Decimal("0.85")),
    ("sales3", "6", Decimal("0.75")),
)


async def policies(tx: Tx) -> Outcome:
    """Written by the owner."""
    await save_policies(tx, items=_POLICIES, by=DEMO)
    return NOTHING


_GOODS: Final = """
select c.code as customer, e.sku, e.unit, e.price from customer c
join app_user u on u.tenant_id = $1 and u.id = c.owner_id and u.login = $2
cross join lateral (
  select s.code as sku, e.unit, e.price from price_entry e
  join price_list l on l.tenant_id = $1 and l.id = e.list_id and l.kind = 'base' and l.state = 'published'
    and l.valid_from <= $3 and (l.valid_until is null or l.valid_until >= $3)
  join sku s on s.tenant_id = $1 and s.id = e.sku_id and s.state = 'active' and exists (
    select from stock k where k.tenant_id = $1 and k.sku_id = s.id and k.on_hand - k.reserved > 500
  )
  where e.tenant_id = $1 order by s.code, e.unit, e.minimum_quantity limit 1
) e
where c.tenant_id = $1 and c.state = 'active' order by c.code limit 1
"""


async def waiting_orders(tx: Tx) -> Outcome:
    """Orders below the list, placed by sales people this morning."""
    u = app_user.c
    rows = await tx.rows(select(u.id, u.login, u.name).where(u.tenant_id == tx.tenant_id, u.audience == "staff"))
    people = {row.login: Actor("staff", row.name, "console", row.id) for row in rows}
    placements = []
    for login, quantity, part in _WAITING:
        found = await tx.fetch(_GOODS, login, tx.now.date())
        if found:
            row = found[0]
            line = LineRequest(
                row["sku"], Decimal(quantity), row["unit"], (row["price"] * part).quantize(Decimal("0.01"))
            )
            placements.append(
                Placement(
                    request=OrderRequest(row["customer"], [line]),
                    by=people[login],
                    may_set_prices=True,
                    waives_minimum=True,
                )
            )
    if placements:
        await place(tx, placements)
    return NOTHING
