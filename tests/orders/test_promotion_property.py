"""Gifts and budgets hold under any series of orders, amendments, closings and cancellations: beside every step a
model says, by sums a person would do, what each order is granted, what its gifts are, and what is left to grant."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.orders.asking import BY, ask, line, placed, wanted
from tests.orders.promotions import on, promotion, publish
from tests.support import key_of, make_user, principal_of
from tests.world import World

from dinghuo.entry.invariants import broken_invariants
from dinghuo.identity.principals import Principal
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused
from dinghuo.kit.money import allocate
from dinghuo.orders.amend import amend
from dinghuo.orders.amend_request import AmendRequest, LineChange
from dinghuo.orders.cancel import cancel
from dinghuo.orders.short_close import short_close
from dinghuo.pricing.promotion_input import GiftInput

PRICES = {"COLA": Decimal(3), "BEER": Decimal(5), "GIFT": Decimal(1)}
SKUS = tuple(PRICES)
CENT, ZERO = Decimal("0.01"), Decimal(0)
# What each grants at most: in all, to one customer, and how often.
BUDGET = {"TEN": Decimal("20.01"), "GIVE": Decimal("24")}
OF_ONE = {"TEN": Decimal("11.70")}
USES = {"SAVE": 2}
PROMOTIONS = (
    promotion(
        "TEN", "percent", ("0", "10"), items=[on("COLA")], budget=BUDGET["TEN"], customer_budget=OF_ONE["TEN"]
    ),
    promotion("SAVE", "spend_save", ("20", "7.77"), items=[on("GIFT")], uses=USES["SAVE"]),
    promotion(
        "GIVE", "buy_get", ("5", "1"), repeats=True, items=[on("BEER")], gift=GiftInput(sku="COLA"),
        budget=BUDGET["GIVE"],
    ),
)  # fmt: skip


@dataclass
class Line:
    sku: str
    quantity: int
    closed: int = 0

    @property
    def left(self) -> int:
        return self.quantity - self.closed


@dataclass
class Order:
    """An order as the model has it: goods by line, the gift and how much of it is closed, what it was granted."""

    id: UUID
    customer: str
    lines: dict[int, Line]
    state: str = "confirmed"
    gift: int = 0
    gift_closed: int = 0
    grants: dict[str, Decimal] = field(default_factory=dict)

    def of(self, sku: str) -> dict[int, Line]:
        return {no: each for no, each in self.lines.items() if each.sku == sku}

    @property
    def holds(self) -> bool:
        """Whether budgets count it."""
        return self.state == "confirmed"


@dataclass
class Model:
    orders: list[Order] = field(default_factory=list)

    def would_save(self, order: Order, code: str) -> Decimal:
        if code == "TEN":
            return sum(self._ten(order).values(), ZERO)
        if code == "SAVE":
            spent = sum(each.quantity for each in order.of("GIFT").values())
            return Decimal("7.77") if spent >= 20 else ZERO
        return 3 * Decimal(self._earned(order, closed=False))

    def _ten(self, order: Order) -> dict[int, Decimal]:
        return {
            no: (each.quantity * PRICES["COLA"] / 10).quantize(CENT, ROUND_HALF_UP)
            for no, each in order.of("COLA").items()
        }

    def _earned(self, order: Order, *, closed: bool) -> int:
        return sum(each.left if closed else each.quantity for each in order.of("BEER").values()) // 5

    def fits(self, order: Order, code: str, saved: Decimal) -> bool:
        others = [each for each in self.orders if each is not order and each.holds and code in each.grants]
        own = [each for each in others if each.customer == order.customer]
        return (
            sum((each.grants[code] for each in others), saved) <= BUDGET.get(code, Decimal(10**9))
            and sum((each.grants[code] for each in own), saved) <= OF_ONE.get(code, Decimal(10**9))
            and len(others) < USES.get(code, 10**9)
        )

    def grant(self, order: Order, codes: Any) -> None:
        """Grant of these what is reached and fits; what is not granted is not any more."""
        order.grants = {
            code: saved for code in codes if (saved := self.would_save(order, code)) and self.fits(order, code, saved)
        }
        if not order.gift_closed:
            order.gift = self._earned(order, closed=False) if "GIVE" in order.grants else 0
        self.close_gifts(order)

    def close_gifts(self, order: Order) -> None:
        """What the goods that are left do not bring is closed of the gift."""
        surplus = order.gift - order.gift_closed - self._earned(order, closed=True)
        order.gift_closed += max(surplus, 0)

    def discounts(self, order: Order) -> dict[int, Decimal]:
        found: dict[int, Decimal] = dict.fromkeys(order.lines, ZERO)
        if "TEN" in order.grants:
            found |= self._ten(order)
        if "SAVE" in order.grants:
            lines = order.of("GIFT")
            shares = allocate(Decimal("7.77"), [Decimal(each.quantity) for each in lines.values()])
            found |= dict(zip(lines, shares, strict=True))
        return found


def left_of(gross: Decimal, each: Line) -> Decimal:
    return (gross * each.left / each.quantity).quantize(CENT, ROUND_HALF_UP)


ORDERS = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 30)), min_size=1, max_size=4)
WHICH = st.integers(0, 3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("place"), st.sampled_from(("K2", "K4")), ORDERS),
        st.tuples(st.just("amend"), WHICH, st.tuples(WHICH, st.integers(0, 30))),
        st.tuples(st.just("add"), WHICH, st.tuples(st.sampled_from(SKUS), st.integers(1, 30))),
        st.tuples(st.just("close"), WHICH, st.none() | WHICH),
        st.tuples(st.just("cancel"), WHICH, st.none()),
    ),
    min_size=1,
    max_size=12,
)


@dataclass
class Play:
    """Does a step for real and in the model, and compares."""

    database: Database
    world: World
    principal: Principal
    model: Model = field(default_factory=Model)

    async def start_over(self) -> None:
        """What an example left, also one that failed, is off."""
        self.model = Model()
        rows = await self.rows("select id from sales_order where tenant_id = $1 and state = 'confirmed'")
        if ids := [row["id"] for row in rows]:
            await self.database.run(self.world.tenant.id, partial(cancel, ids=ids, by=BY, principal=self.principal))

    async def step(self, kind: str, which: Any, what: Any) -> None:
        if kind == "place":
            await self.place(which, what)
        elif open_ones := [order for order in self.model.orders if order.state == "confirmed"]:
            await getattr(self, kind)(open_ones[which % len(open_ones)], what)

    async def place(self, customer: str, lines: list[tuple[str, int]]) -> None:
        if len(self.model.orders) == 5:
            return
        asked = wanted(customer, *(line(sku, quantity) for sku, quantity in lines))
        (outcome,) = await ask(self.database, self.world.tenant.id, asked)
        numbered = {no: Line(*each) for no, each in enumerate(lines, start=1)}
        order = Order(placed(outcome).id, customer, numbered)
        self.model.grant(order, ("TEN", "SAVE", "GIVE"))
        self.model.orders.append(order)

    async def amend(self, order: Order, what: tuple[int, int]) -> None:
        """Set one line to another quantity; none of it takes it out."""
        place, quantity = what
        no = sorted(order.lines)[place % len(order.lines)]
        change = (
            LineChange(line_no=no, quantity=Decimal(quantity)) if quantity else LineChange(line_no=no, remove=True)
        )
        old = order.lines[no]
        if quantity == old.quantity:
            return
        impossible = old.closed or (not quantity and len(order.lines) == 1)
        if await self._amend(order, change, impossible=bool(impossible)):
            if quantity:
                order.lines[no] = replace(old, quantity=quantity)
            else:
                del order.lines[no]
            self.model.grant(order, list(order.grants))

    async def add(self, order: Order, what: tuple[str, int]) -> None:
        sku, quantity = what
        if len(order.lines) < 6 and await self._amend(order, LineChange(sku=sku, quantity=Decimal(quantity))):
            (no,) = {number for number, _, kind in await self._numbers(order) if kind == "goods"} - order.lines.keys()
            order.lines[no] = Line(sku, quantity)
            self.model.grant(order, list(order.grants))

    async def _amend(self, order: Order, change: LineChange, *, impossible: bool = False) -> bool:
        (row,) = await self.rows("select revision from sales_order where tenant_id = $1 and id = $2", order.id)
        request = AmendRequest(revision=row["revision"], lines=[change])
        command = partial(amend, order_id=order.id, request=request, principal=self.principal, by=BY)
        if not impossible:
            await self.database.run(self.world.tenant.id, command)
            return True
        with suppress(Refused):
            await self.database.run(self.world.tenant.id, command)
            raise AssertionError("an amendment that cannot be was carried out")
        return False

    async def close(self, order: Order, place: int | None) -> None:
        """Close a whole order, or one of its lines."""
        no = None if place is None else sorted(order.lines)[place % len(order.lines)]
        lines = order.lines if no is None else {no: order.lines[no]}
        command = partial(
            short_close, ids=[order.id], by=BY, principal=self.principal, lines=None if no is None else [no]
        )
        if not any(each.left for each in lines.values()):
            with suppress(Refused):
                await self.database.run(self.world.tenant.id, command)
                raise AssertionError("nothing was left to be closed")
            return
        await self.database.run(self.world.tenant.id, command)
        for each in lines.values():
            each.closed = each.quantity
        if no is None:
            order.gift_closed = order.gift
        self.model.close_gifts(order)
        if not any(each.left for each in order.lines.values()) and order.gift == order.gift_closed:
            order.state = "closed"

    async def cancel(self, order: Order, _: None) -> None:
        await self.database.run(
            self.world.tenant.id, partial(cancel, ids=[order.id], by=BY, principal=self.principal)
        )
        order.state = "cancelled"

    async def rows(self, sql: str, *arguments: object) -> list[Any]:
        async with self.database.transaction(self.world.tenant.id) as tx:
            return list(await tx.fetch(sql, *arguments))

    async def _numbers(self, order: Order) -> list[tuple[int, str, str]]:
        rows = await self.rows(
            "select line_no, sku_code, kind from order_line where tenant_id = $1 and order_id = $2", order.id
        )
        return [tuple(row) for row in rows]

    async def compare(self) -> None:
        async with self.database.transaction(self.world.tenant.id) as tx:
            assert await broken_invariants(tx, self.world.tenant.id) == []
        for order in self.model.orders:
            await self._compare(order)
        await self._compare_budgets()

    async def _compare(self, order: Order) -> None:
        (head,) = await self.rows(
            "select state, net, tax, gross from sales_order where tenant_id = $1 and id = $2", order.id
        )
        rows = await self.rows(
            "select line_no, kind, sku_code, quantity, cancelled, net, tax, gross, discount from order_line "
            "where tenant_id = $1 and order_id = $2 order by line_no",
            order.id,
        )
        assert head["state"] == order.state
        assert [head[name] for name in ("net", "tax", "gross")] == [
            sum(row[name] for row in rows) for name in ("net", "tax", "gross")
        ]
        assert all(row["net"] + row["tax"] == row["gross"] for row in rows)
        goods = {row["line_no"]: row for row in rows if row["kind"] == "goods"}
        gifts = [row for row in rows if row["kind"] == "gift"]
        discounts = self.model.discounts(order)
        full = {no: PRICES[each.sku] * each.quantity for no, each in order.lines.items()}
        assert {
            no: (row["sku_code"], row["quantity"], row["discount"], row["gross"]) for no, row in goods.items()
        } == {
            no: (each.sku, each.quantity, discounts[no], full[no] - discounts[no]) for no, each in order.lines.items()
        }
        granted = await self.rows(
            """select p.code, g.saved
            from sales_order o cross join jsonb_to_recordset(o.promotions) as g(promotion_id uuid, saved numeric)
            join promotion p on p.tenant_id = $1 and p.id = g.promotion_id
            where o.tenant_id = $1 and o.id = $2""",
            order.id,
        )
        assert {row["code"]: row["saved"] for row in granted} == order.grants
        if order.state == "cancelled":
            return
        assert {no: row["cancelled"] for no, row in goods.items()} == {
            no: each.closed for no, each in order.lines.items()
        }
        assert [(row["sku_code"], row["quantity"], row["cancelled"]) for row in gifts] == (
            [("COLA", order.gift, order.gift_closed)] if order.gift else []
        )

    async def _compare_budgets(self) -> None:
        rows = await self.rows(
            "select p.code, c.code as customer, b.amount, b.uses from budget b "
            "join promotion p on p.tenant_id = $1 and p.id = b.subject_id "
            "left join customer c on c.tenant_id = $1 and c.id = b.customer_id where b.tenant_id = $1"
        )
        there = {(row["code"], row["customer"]): (row["amount"], row["uses"]) for row in rows}
        living = [order for order in self.model.orders if order.holds]
        for code, customer in [(code, None) for code in ("TEN", "SAVE", "GIVE")] + [("TEN", "K2"), ("TEN", "K4")]:
            of = [order for order in living if code in order.grants and customer in (None, order.customer)]
            taken = sum((order.grants[code] for order in of), ZERO)
            assert there.get((code, customer), (ZERO, 0)) == (taken, len(of))
            assert taken <= (OF_ONE if customer else BUDGET).get(code, Decimal(10**9))
            assert len(of) <= USES.get(code, 10**9)
        for customer in ("K2", "K4"):
            await self._compare_credit(customer, [order for order in living if order.customer == customer])

    async def _compare_credit(self, customer: str, living: list[Order]) -> None:
        """What is open on the account is what is left of the orders, each line its part to the cent."""
        open_amount = ZERO
        for order in living:
            discounts = self.model.discounts(order)
            for no, each in order.lines.items():
                open_amount += left_of(PRICES[each.sku] * each.quantity - discounts[no], each)
        rows = await self.rows(
            "select coalesce(sum(open), 0) as open from account where tenant_id = $1 and customer_id = $2",
            self.world.customers[customer],
        )
        assert rows[0]["open"] == open_amount


@pytest.fixture
async def play(database: Database, world: World) -> Play:
    login = await make_user(database, world.tenant, "owner")
    principal = await principal_of(database, await key_of(database, world.tenant, login))
    await publish(database, world, *PROMOTIONS)
    return Play(database, world, principal)


@given(first=st.lists(ORDERS, min_size=1, max_size=2), steps=STEPS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.slow
async def test_gifts_and_budgets_hold_whatever_becomes_of_orders(
    play: Play, first: list[list[tuple[str, int]]], steps: list[tuple[str, Any, Any]]
) -> None:
    await play.start_over()
    for lines in first:
        await play.place("K2", lines)
    await play.compare()
    for each in steps:
        await play.step(*each)
        await play.compare()
