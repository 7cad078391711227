"""The rebates of the company that a dealer acts for: what may be used, and how far it is to the next tier."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.accounts.rebate_tables import rebate_balance
from dinghuo.accounts.rebates import has_rebates
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.paging import Page
from dinghuo.orders.terms import load_terms
from dinghuo.parties.facts import load_customer
from dinghuo.rebates.accruals import AccrualFilter, list_accruals
from dinghuo.rebates.accrue import active_agreements
from dinghuo.rebates.balances import list_movements
from dinghuo.rebates.tiers import NextTier, Tier
from dinghuo.rebates.views import AccrualView, RebateMovement

_MOST = 20


class DealerBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What may be used on orders (`credit` on any goods, `goods` for goods at their list price), and what open orders
    hold; `of_group` when it is that of the company at the top of the group."""

    id: UUID
    kind: str
    currency: str
    free: Decimal
    reserved: Decimal
    of_group: bool


class RebateProgress(msgspec.Struct, frozen=True, kw_only=True):
    """What was bought in a period of what counts, what it earns, and how far it is to the next tier.

    `share` is how much of the way to the next tier is behind, in percent; 100 beyond the last.
    """

    name: str
    name_en: str | None
    period_from: date
    period_until: date
    is_over: bool
    currency: str
    measure: str
    steps: list[Tier]
    measured: Decimal
    earned: Decimal
    due: Decimal
    settle_as: str
    reached: Tier | None
    next: NextTier | None
    share: int


class DealerRebates(msgspec.Struct, frozen=True, kw_only=True):
    """All of it; empty where nothing was ever agreed."""

    balances: list[DealerBalance]
    progress: list[RebateProgress]


async def read_rebates(tx: Tx, dealer: DealerPrincipal) -> DealerRebates | None:
    """The company's rebates; None where there are none at all, which is known from memory."""
    agreed, granted = bool(await active_agreements(tx)), await has_rebates(tx)
    if not agreed and not granted:
        return None
    return DealerRebates(
        balances=await _balances(tx, dealer) if granted else [],
        progress=await _progress(tx, dealer) if agreed else [],
    )


async def _balances(tx: Tx, dealer: DealerPrincipal) -> list[DealerBalance]:
    organisation = next(iter((await load_tenant(tx)).organisations.values()), None)
    b = rebate_balance.c
    rows = await tx.rows(
        select(rebate_balance)
        .where(
            b.tenant_id == tx.tenant_id,
            among(b.customer_id, await _usable(tx, dealer.customer_id)),
            b.organisation_id == (organisation.id if organisation else None),
        )
        .order_by(b.customer_id != dealer.customer_id, b.kind, b.currency)
    )
    return [_balance(row, dealer) for row in rows]


async def _usable(tx: Tx, customer_id: UUID) -> list[UUID]:
    """Whose balances its orders may use."""
    customer = await load_customer(tx, customer_id)
    terms = await load_terms(tx, [customer]) if customer is not None else None
    if customer is None or terms is None or not terms[customer_id].uses_group_rebates:
        return [customer_id]
    return list({customer_id, customer.parents[-1]})


def _balance(row: Any, dealer: DealerPrincipal) -> DealerBalance:
    return DealerBalance(
        id=row.id,
        kind=row.kind,
        currency=row.currency,
        free=row.credited - row.reserved - row.used,
        reserved=row.reserved,
        of_group=row.customer_id != dealer.customer_id,
    )


async def _progress(tx: Tx, dealer: DealerPrincipal) -> list[RebateProgress]:
    """Of periods that run, and of those that are over and not settled."""
    running = await list_accruals(tx, seen_by=dealer, wanted=AccrualFilter(running=True), limit=_MOST)
    ended = await list_accruals(tx, seen_by=dealer, wanted=AccrualFilter(running=False, open=True), limit=_MOST)
    return [_step(each) for each in (*running.items, *ended.items)]


def _step(each: AccrualView) -> RebateProgress:
    ahead = each.next
    share = 100 if ahead is None else int(max(each.measured, Decimal(0)) * 100 / ahead.start)
    return RebateProgress(
        name=each.agreement.name,
        name_en=each.agreement.name_en,
        period_from=each.period_from,
        period_until=each.period_until,
        is_over=each.is_over,
        currency=each.currency,
        measure=each.measure,
        steps=each.steps,
        measured=each.measured,
        earned=each.earned,
        due=each.due,
        settle_as=each.settle_as,
        reached=each.reached,
        next=ahead,
        share=share,
    )


async def read_movements(
    tx: Tx, balance_id: UUID, *, dealer: DealerPrincipal, cursor: str | None, limit: int
) -> Page[RebateMovement]:
    """How a balance of the company's came about."""
    return await list_movements(tx, balance_id, seen_by=dealer, cursor=cursor, limit=limit)
