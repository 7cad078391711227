"""What a busy distributor has switched on: a hundred promotions, an approval policy, order rules, payment policies.

Of the promotions each SKU has one for it and each customer two for their tier: a spread order of five lines meets
seven. The approval policy looks at every order and asks about one in a hundred; one customer in twenty pays first.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import dinghuo.entry.approval_kinds  # noqa: F401 - policies are checked against the kinds there are
from dinghuo.approvals.policies import Approver, StepSpec
from dinghuo.approvals.save_policies import PolicyInput, save_policies
from dinghuo.entry.bench.seed import SKUS, TIERS, customer_codes, sku_codes
from dinghuo.identity.principals import EVERYTHING, StaffPrincipal
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id
from dinghuo.orders.rules.save_rules import OrderRuleInput, save_rules
from dinghuo.orders.rules.terms import Freight, Minimum
from dinghuo.orders.save_terms import TermsInput, save_terms
from dinghuo.pricing.promotion_facts import PromotionKind, Step
from dinghuo.pricing.promotion_input import AudienceMember, GiftInput, PromotionInput, PromotionItem
from dinghuo.pricing.publish_promotions import publish_promotions
from dinghuo.pricing.save_promotions import save_promotions

OF_GOODS = 90
OF_TIERS = 10
APPLICABLE = 7
_ASKED_OF, _PAY_FIRST = 100, 20
_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
_BUDGET = Decimal(900_000_000_000)
_APPROVER = """
with r as (
  insert into role (tenant_id, id, code, name, audience, scope, created_at)
  values ($1, gen_random_uuid(), 'approver', 'Approver', 'staff', 'all', now()) returning id
), p as (
  insert into role_permission (tenant_id, role_id, permission) select $1, r.id, p from r, unnest($2::text[]) p
), u as (
  insert into app_user (tenant_id, id, audience, login, name, created_at, updated_at)
  values ($1, gen_random_uuid(), 'staff', 'approver', 'Approver', now(), now()) returning id
)
insert into user_role (tenant_id, user_id, role_id) select $1, u.id, r.id from u, r
"""
_KINDS: tuple[PromotionKind, ...] = ("percent", "amount_off", "buy_get")


async def set_rules(database: Database, tenant_id: int) -> None:
    """Switch all of it on for a company of `seed`."""
    for command in (_promotions, _approvals, _order_rules, partial(_payments, tenant_id)):
        await database.run(tenant_id, command)


async def _promotions(tx: Tx) -> None:
    several = [*map(_of_goods, range(OF_GOODS)), *map(_of_tier, range(OF_TIERS))]
    await save_promotions(tx, promotions=several, by=SYSTEM, seen_by=None)
    await publish_promotions(tx, codes=[each.code for each in several], by=SYSTEM)


def _of_goods(number: int) -> PromotionInput:
    """For its share of the SKUs; every tenth has a budget."""
    kind = _KINDS[number % len(_KINDS)]
    skus = sku_codes()[number * SKUS // OF_GOODS : (number + 1) * SKUS // OF_GOODS]
    fields: dict[str, Any] = {}
    if kind == "buy_get":
        fields = {"repeats": True, "gift": GiftInput(sku=sku_codes()[-1])}
    steps = [Step(Decimal(10), Decimal(1))] if kind == "buy_get" else [Step(Decimal(1), Decimal(2))]
    return PromotionInput(
        code=f"GOODS{number:02d}",
        name=f"Promotion of goods {number}",
        kind=kind,
        valid_from=_SINCE,
        items=[PromotionItem(kind="sku", code=code) for code in skus],
        steps=steps,
        stackable=True,
        budget=None if number % 10 else _BUDGET,
        **fields,
    )


def _of_tier(number: int) -> PromotionInput:
    """Money off a sum for a tier, two for each: the second in steps."""
    first, second = Step(Decimal(500), Decimal(5)), Step(Decimal(5000), Decimal(80))
    return PromotionInput(
        code=f"TIER{number:02d}",
        name=f"Promotion of a tier {number}",
        kind="spend_save",
        valid_from=_SINCE,
        audience=[AudienceMember(kind="tier", code=f"T{number % TIERS + 1}")],
        steps=[first] if number < TIERS else [first, second],
        stackable=True,
        priority=-1,
    )


async def _approvals(tx: Tx) -> None:
    # Whoever approves may edit roles too: a company has somebody who does.
    await tx.write(_APPROVER, ["approvals.decide", "approvals.write", "identity.roles"])
    await touch(tx, "identity")
    asked = ", ".join(f'"{code}"' for code in customer_codes()[::_ASKED_OF])
    item = PolicyInput(
        code="careful",
        subject_kind="order",
        name="Careful",
        condition=f"discount > 0.5 || credit_overrun > 0.0 || customer in [{asked}]",
        steps=[StepSpec(name="Approver", approvers=[Approver("role", "approver")])],
        expires_hours=72,
    )
    await save_policies(tx, items=[item], by=SYSTEM)


async def _order_rules(tx: Tx) -> None:
    since = date(2020, 1, 1)
    minimum = OrderRuleInput(
        code="minimum", name="Minimum", kind="minimum", target="base", valid_from=since,
        minimum=Minimum(amount=Decimal(1)),
    )  # fmt: skip
    freight = OrderRuleInput(
        code="freight", name="Freight", kind="freight", target="base", valid_from=since,
        freight=Freight(basis="flat", charge=Decimal(30), free_from=Decimal(3000), tax_rate=Decimal("0.09")),
    )  # fmt: skip
    await save_rules(tx, rules=[minimum, freight], by=SYSTEM)


async def _payments(tenant_id: int, tx: Tx) -> None:
    everybody = StaffPrincipal(id=new_id(), tenant_id=tenant_id, name="bench", scope=EVERYTHING)
    items = [TermsInput(customer=code, payment="before_delivery") for code in customer_codes()[1::_PAY_FIRST]]
    await save_terms(tx, items=items, by=SYSTEM, seen_by=everybody)
