"""Blanket orders against the real database: called off at the agreed price, never beyond what is left."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.orders.asking import ask, codes, line, placed, wanted
from tests.support import Tenant, key_of, make_user, principal_of
from tests.world import World, traces

from dinghuo.entry.invariants import broken_invariants
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.outbox import Delivery
from dinghuo.orders.amend import amend
from dinghuo.orders.amend_request import AmendRequest, LineChange
from dinghuo.orders.blankets.activate import activate, close, expire_blankets
from dinghuo.orders.blankets.queries import BlanketView, get_blanket, list_call_offs
from dinghuo.orders.blankets.requests import BlanketLineRequest, BlanketRequest
from dinghuo.orders.blankets.save_blanket import begin_blanket, change_blanket
from dinghuo.orders.cancel import call_off
from dinghuo.orders.lock_orders import lock_orders
from dinghuo.orders.requests import LineRequest, Placement
from dinghuo.orders.short_close import short_close

pytestmark = pytest.mark.slow

D = Decimal
REQUEST = BlanketRequest(
    customer="K1",
    name="年框",
    valid_from=date(2020, 1, 1),
    valid_until=date(2099, 12, 31),
    lines=[BlanketLineRequest("COLA", D(10), D("48.00"), "箱"), BlanketLineRequest("BEER", D(100), D("4.00"))],
)


@pytest.fixture
async def staff(database: Database, tenant: Tenant) -> StaffPrincipal:
    token = await key_of(database, tenant, await make_user(database, tenant, "owner"))
    principal = await principal_of(database, token)
    assert isinstance(principal, StaffPrincipal)
    return principal


async def begin(
    database: Database, world: World, staff: StaffPrincipal, request: BlanketRequest = REQUEST, *, active: bool = True
) -> BlanketView:
    async def command(tx: Tx) -> BlanketView:
        blanket_id = await begin_blanket(tx, request=request, principal=staff, by=SYSTEM)
        if active:
            await activate(tx, blanket_id=blanket_id, principal=staff, by=SYSTEM)
        return await get_blanket(tx, principal=staff, blanket_id=blanket_id)

    return await database.run(world.tenant.id, command)


async def view(database: Database, world: World, staff: StaffPrincipal, blanket_id: UUID) -> BlanketView:
    async with database.transaction(world.tenant.id) as tx:
        return await get_blanket(tx, principal=staff, blanket_id=blanket_id)


def against(number: str, *lines: LineRequest, customer: str = "K1") -> Placement:
    return wanted(customer, *(msgspec.structs.replace(each, blanket=number) for each in lines))


async def sound(database: Database, world: World) -> None:
    async with database.transaction(world.tenant.id) as tx:
        assert await broken_invariants(tx, world.tenant.id) == []


async def test_a_call_off_has_the_agreed_price_and_takes_of_the_line(
    database: Database, world: World, staff: StaffPrincipal
) -> None:
    blanket = await begin(database, world, staff)
    assert blanket.number.startswith("BO-")
    (outcome,) = await ask(
        database, world.tenant.id, against(blanket.number, line("COLA", 2, "箱"), line("BEER", 30))
    )
    order = placed(outcome)
    # 2 × 48.00 + 30 × 4.00, not the lists' 2.50 a bottle and 5.00.
    assert order.gross == D("216.00")
    async with database.transaction(world.tenant.id) as tx:
        lines = await tx.fetch(
            "select deal_price, price_reason from order_line where tenant_id = $1 and order_id = $2 order by line_no",
            order.id,
        )
        (head,) = await tx.fetch(
            "select origin_kind, origin_id from sales_order where tenant_id = $1 and id = $2", order.id
        )
    assert [row["deal_price"] for row in lines] == [D(48), D(4)]
    reason = lines[0]["price_reason"]
    assert (reason["source"], reason["blanket"], reason["line_no"]) == ("blanket", blanket.number, 1)
    assert tuple(head) == ("blanket", blanket.id)
    after = await view(database, world, staff, blanket.id)
    told = [(each.taken, each.remaining, each.remaining_in_unit, each.share) for each in after.lines]
    assert told == [(D(48), D(192), D(8), D("0.2000")), (D(30), D(70), D(70), D("0.3000"))]
    assert (after.amount, after.called_off) == (D("880.00"), D("216.00"))
    await sound(database, world)


async def test_another_unit_is_priced_by_the_exact_ratio(
    database: Database, world: World, staff: StaffPrincipal
) -> None:
    blanket = await begin(database, world, staff)
    (outcome,) = await ask(database, world.tenant.id, against(blanket.number, line("COLA", 5)))
    assert placed(outcome).gross == D("10.00")


async def test_beyond_what_is_left_is_refused_without_a_trace(
    database: Database, world: World, staff: StaffPrincipal
) -> None:
    blanket = await begin(database, world, staff)
    await ask(database, world.tenant.id, against(blanket.number, line("COLA", 8, "箱")))
    before = await traces(database, world.tenant)
    (outcome,) = await ask(database, world.tenant.id, against(blanket.number, line("COLA", 3, "箱")))
    assert codes(outcome) == [("blanket-short", "lines[0].quantity")]
    assert outcome.refused is not None
    assert (outcome.refused.faults[0].params["left"], outcome.refused.faults[0].params["suggested"]) == ("48", "2")
    assert await traces(database, world.tenant) == before
    await sound(database, world)


async def test_two_lines_of_one_order_share_what_is_left(
    database: Database, world: World, staff: StaffPrincipal
) -> None:
    blanket = await begin(database, world, staff)
    (outcome,) = await ask(
        database, world.tenant.id, against(blanket.number, line("COLA", 6, "箱"), line("COLA", 5, "箱"))
    )
    assert codes(outcome) == [("blanket-short", "lines[1].quantity")]


async def test_rivals_exhaust_it_exactly(database: Database, world: World, staff: StaffPrincipal) -> None:
    blanket = await begin(database, world, staff)
    outcomes = await asyncio.gather(
        *(ask(database, world.tenant.id, against(blanket.number, line("COLA", 1, "箱"))) for _ in range(16))
    )
    assert sum(outcome.body is not None for (outcome,) in outcomes) == 10
    assert (await view(database, world, staff, blanket.id)).lines[0].remaining == 0
    await sound(database, world)


async def test_what_is_not_wanted_any_more_comes_back(
    database: Database, world: World, staff: StaffPrincipal
) -> None:
    blanket = await begin(database, world, staff)
    first, second = (
        placed(outcome)
        for outcome in await ask(
            database,
            world.tenant.id,
            against(blanket.number, line("COLA", 4, "箱")),
            against(blanket.number, line("COLA", 6, "箱")),
        )
    )
    async with database.transaction(world.tenant.id) as tx:
        await call_off(tx, await lock_orders(tx, [first.id], None), to="cancelled", by=SYSTEM)
    assert (await view(database, world, staff, blanket.id)).lines[0].remaining == D(96)
    async with database.transaction(world.tenant.id) as tx:
        await short_close(tx, ids=[second.id], by=SYSTEM, principal=staff)
    assert (await view(database, world, staff, blanket.id)).lines[0].remaining == D(240)
    async with database.transaction(world.tenant.id) as tx:
        found = await list_call_offs(tx, principal=staff, blanket_id=blanket.id)
    assert [(each.order_id, each.quantity) for each in found.items] == [(second.id, D(0)), (first.id, D(0))]
    await sound(database, world)


async def test_an_amendment_takes_more_or_gives_back(database: Database, world: World, staff: StaffPrincipal) -> None:
    blanket = await begin(database, world, staff)
    (outcome,) = await ask(database, world.tenant.id, against(blanket.number, line("BEER", 60)))
    order = placed(outcome)

    async def change(revision: int, quantity: int) -> None:
        request = AmendRequest(revision=revision, lines=[LineChange(line_no=1, quantity=D(quantity))])
        await database.run(
            world.tenant.id, partial(amend, order_id=order.id, request=request, principal=staff, by=SYSTEM)
        )

    with pytest.raises(Refused) as refused:
        await change(1, 101)
    assert [fault.message.code for fault in refused.value.faults] == ["blanket-short"]
    for revision, quantity, left in ((1, 100, D(0)), (2, 30, D(70))):
        await change(revision, quantity)
        assert (await view(database, world, staff, blanket.id)).lines[1].remaining == left


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (lambda _: against("BO-1999-000001", line("COLA", 1)), "blanket-unknown"),
        (lambda number: against(number, line("COLA", 1), customer="K2"), "blanket-unknown"),
        (lambda number: against(number, line("GIFT", 1)), "blanket-lacks-sku"),
        (
            lambda number: msgspec.structs.replace(against(number, line("COLA", 1, price="1")), may_set_prices=True),
            "blanket-own-price",
        ),
    ],
)
async def test_what_cannot_be_called_off(
    database: Database, world: World, staff: StaffPrincipal, wish: Any, code: str
) -> None:
    blanket = await begin(database, world, staff)
    (outcome,) = await ask(database, world.tenant.id, wish(blanket.number))
    assert codes(outcome) == [(code, "lines[0].blanket")]


async def test_only_an_active_one_within_its_days_is_called_off(
    database: Database, world: World, staff: StaffPrincipal
) -> None:
    draft = await begin(database, world, staff, active=False)
    later = msgspec.structs.replace(REQUEST, valid_from=date(2099, 1, 1))
    early = await begin(database, world, staff, later)
    closed = await begin(database, world, staff)
    async with database.transaction(world.tenant.id) as tx:
        await close(tx, blanket_id=closed.id, reason="谈妥新框", principal=staff, by=SYSTEM)
    outcomes = await ask(
        database, world.tenant.id, *(against(each.number, line("COLA", 1)) for each in (draft, early, closed))
    )
    assert [codes(outcome)[0][0] for outcome in outcomes] == [
        "blanket-not-active",
        "blanket-not-valid",
        "blanket-not-active",
    ]


async def test_it_expires_when_its_last_day_is_over(database: Database, world: World, staff: StaffPrincipal) -> None:
    blanket = await begin(database, world, staff)
    news = [Delivery(blanket.id, "orders.blanket_ends", blanket.id, {})]
    await database.run(world.tenant.id, lambda tx: expire_blankets(tx, news))
    assert (await view(database, world, staff, blanket.id)).state == "active"
    then = Database(
        database.url, pool_size=1, guard=True, clock=lambda: datetime(2100, 1, 1, tzinfo=UTC), vault=database.vault
    )
    try:
        for _ in range(2):
            await then.run(world.tenant.id, lambda tx: expire_blankets(tx, news))
    finally:
        await then.close()
    assert (await view(database, world, staff, blanket.id)).state == "expired"
    await sound(database, world)


async def test_an_active_one_grows_but_never_below_what_is_called_off(
    database: Database, world: World, staff: StaffPrincipal
) -> None:
    blanket = await begin(database, world, staff)
    await ask(database, world.tenant.id, against(blanket.number, line("COLA", 4, "箱")))

    async def change(*lines: BlanketLineRequest, **head: Any) -> BlanketView:
        request = msgspec.structs.replace(REQUEST, lines=list(lines), **head)
        present = await view(database, world, staff, blanket.id)
        await database.run(
            world.tenant.id,
            lambda tx: change_blanket(
                tx, blanket_id=blanket.id, request=request, revision=present.revision, principal=staff, by=SYSTEM
            ),
        )
        return await view(database, world, staff, blanket.id)

    with pytest.raises(Refused) as refused:
        await change(BlanketLineRequest("COLA", D(3), D(48), "箱"), tax_inclusive=False)
    assert [fault.message.code for fault in refused.value.faults] == ["blanket-stays", "blanket-below-taken"]
    with pytest.raises(Refused) as refused:
        await change(BlanketLineRequest("BEER", D(1), D(4)))
    assert [fault.message.code for fault in refused.value.faults] == ["blanket-line-used"]
    after = await change(BlanketLineRequest("COLA", D(4), D(47), "箱"), BlanketLineRequest("GIFT", D(5), D(0)))
    assert [(each.sku, each.remaining) for each in after.lines] == [("COLA", D(0)), ("GIFT", D(5))]
    (outcome,) = await ask(database, world.tenant.id, against(blanket.number, line("GIFT", 5)))
    assert placed(outcome).gross == 0
    await sound(database, world)
