"""Make the demo company, or find it: two months of its life through the commands that serve the API.

It is made at its own times. Its tenant's age says when it was begun, so that a run that was interrupted goes on
with the same company, and a later run finds nothing to do.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Final

from sqlalchemy import select

from dinghuo.entry.demo import (
    seed_approvals,
    seed_approvals_beside,
    seed_company,
    seed_consents,
    seed_goods,
    seed_notices,
    seed_order_life,
    seed_orders,
    seed_paste,
    seed_portal,
    seed_promotions,
    seed_rebates,
    seed_rules,
    seed_supply,
)
from dinghuo.entry.demo.company import COMPANY
from dinghuo.entry.demo.deliveries import deliveries
from dinghuo.entry.demo.orders import CHINA, DemoOrder, demo_orders
from dinghuo.entry.demo.people import STAFF
from dinghuo.entry.demo.seed_orders import Cast
from dinghuo.entry.demo.steps import DEMO, NOTHING, Clock, Command, Outcome, Step, do, key_of
from dinghuo.identity.create_tenant import NewTenant, create_tenant
from dinghuo.identity.tables import tenant
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Message, Refused
from dinghuo.kit.idempotency import look_up

AGE: Final = timedelta(weeks=8)
"""How long the company has used Dinghuo when it is first seen."""

_LIVE: Final = timedelta(weeks=1)
_SLICE_LINES: Final = 3_000

Progress = Callable[[str, int, int], None]
"""Told the stage (`company`, `orders`), how much of it is done and how much there is."""

NOT_THE_DEMO = Message(
    "demo-code-taken",
    "企业代码“{code}”属于“{name}”，不是演示企业",
    "The company code '{code}' belongs to '{name}', which is not the demo",
)


@dataclass(frozen=True, slots=True)
class Seeded:
    """The demo tenant. `is_new` when this run made it, or made the rest of it."""

    tenant_id: int
    is_new: bool


async def seed(database: Database, *, now: datetime | None = None, progress: Progress) -> Seeded:
    """Make the demo company as it would stand `now`, unless it is there."""
    clock = Clock(now or datetime.now(UTC))
    replay = Database(database.url, pool_size=2, guard=database.guard, clock=clock, name="dinghuo-demo")
    try:
        tenant_id, now = await _tenant(replay, clock)
        finished = Step("finished", now, _nothing)
        if await _is_done(replay, tenant_id, finished):
            return Seeded(tenant_id, is_new=False)
        await _fill(replay, clock, tenant_id, now, progress)
        await do(replay, clock, tenant_id, [finished], done=lambda _: None)
        return Seeded(tenant_id, is_new=True)
    finally:
        await replay.close()


async def _tenant(database: Database, clock: Clock) -> tuple[int, datetime]:
    """The demo tenant, made when it is not there, and the moment up to which its past goes."""
    async with database.untenanted() as connection:
        c = tenant.c
        found = (
            await connection.execute(select(c.id, c.name, c.created_at).where(c.code == COMPANY.code))
        ).one_or_none()
    if found is None:
        now, clock.at = clock.at, clock.at - AGE
        boss = STAFF[0]
        new = NewTenant(code=COMPANY.code, name=COMPANY.name_zh, owner_login=boss.login, owner_name=boss.zh)
        return (await create_tenant(database, new, password=None, by=DEMO)).id, now
    if found.name != COMPANY.name_zh:
        raise Refused(NOT_THE_DEMO(code=COMPANY.code, name=found.name))
    return found.id, found.created_at + AGE


async def _fill(database: Database, clock: Clock, tenant_id: int, now: datetime, progress: Progress) -> None:
    """Do every step that is not done: first what orders refer to, then what happened."""
    await _do(database, clock, tenant_id, "company", _company(now), progress)
    cast = await database.run(tenant_id, seed_orders.load_cast)
    orders = demo_orders(today=now.astimezone(CHINA).date(), until=now)
    await _do(database, clock, tenant_id, "orders", _events(orders, now, cast), progress)


async def _do(
    database: Database, clock: Clock, tenant_id: int, stage: str, steps: Sequence[Step], progress: Progress
) -> None:
    count = 0

    def done(more: int) -> None:
        nonlocal count
        count += more
        progress(stage, count, len(steps))

    await do(database, clock, tenant_id, steps, done)


def _company(now: datetime) -> list[Step]:
    commands: dict[str, Command] = {
        "company": seed_company.company,
        "dealers": seed_company.dealers,
        "credit": seed_company.credit,
        "passwords": seed_company.passwords,
        "catalogue": seed_goods.catalogue,
        "prices": partial(seed_goods.prices, today=now.astimezone(CHINA).date()),
        "stock": seed_goods.stock,
    }
    return [Step(name, now - AGE, command) for name, command in commands.items()]


def _events(orders: Sequence[DemoOrder], now: datetime, cast: Cast) -> list[Step]:
    """What was delivered and ordered, at a stroke until a week ago, from then on as it happened."""
    cut = datetime.combine(now.astimezone(CHINA), time(), CHINA) - _LIVE
    past = [order for order in orders if order.placed_at < cut]
    came = partial(seed_goods.receipts, came=deliveries(past), by=cast.keeper())
    taken_over = [
        Step(f"past {number}", cut, partial(seed_orders.past, orders=several, cast=cast))
        for number, several in enumerate(_slices(past), start=1)
    ]
    live = [step for order in orders[len(past) :] for step in _live(order, cast) if step.at <= now]
    portal: dict[str, Command] = {
        "shopping lists": seed_portal.lists,
        "internal approval": seed_consents.consents,
        "carts": seed_portal.carts,
        "proposals": seed_portal.proposals,
        "pasted phrases": seed_paste.phrases,
        "notices": seed_notices.notices,
        "order rules": seed_rules.rules,
        "blanket orders": seed_rules.blankets,
        "promotions": seed_promotions.promotions,
        "rebates": seed_rebates.rebates,
        "lots": seed_supply.tracking,
        "goods on their way": seed_supply.supply,
        "count": seed_supply.count,
        "approval policies": seed_approvals.policies,
        "orders to approve": seed_approvals.waiting_orders,
        "other approval policies": seed_approvals_beside.policies,
        "credit to approve": seed_approvals_beside.higher_limit,
        "prices to approve": seed_approvals_beside.year_end,
        **seed_order_life.order_life(),
    }
    last = [Step(name, now, command) for name, command in portal.items()]
    return [Step("receipts", cut, came), *taken_over, *sorted(live, key=lambda step: step.at), *last]


def _slices(orders: Sequence[DemoOrder]) -> Iterator[list[DemoOrder]]:
    several: list[DemoOrder] = []
    lines = 0
    for order in orders:
        several.append(order)
        lines += len(order.lines)
        if lines >= _SLICE_LINES:
            yield several
            several, lines = [], 0
    if several:
        yield several


def _live(order: DemoOrder, cast: Cast) -> Iterator[Step]:
    name = f"order {order.reference}"
    yield Step(name, order.placed_at, partial(seed_orders.present, order=order, cast=cast))
    if order.cancelled_at is not None:
        command = partial(seed_orders.called_off, order=order, cast=cast, placed_as=name)
        yield Step(f"cancel {order.reference}", order.cancelled_at, command)


async def _is_done(database: Database, tenant_id: int, step: Step) -> bool:
    return bool(await database.run(tenant_id, lambda tx: look_up(tx, [key_of(step.key)])))


async def _nothing(_tx: Tx) -> Outcome:
    return NOTHING
