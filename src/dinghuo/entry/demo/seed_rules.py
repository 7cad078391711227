"""What the demo company's orders are held to, and what it has agreed with its largest dealer for the year."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from dinghuo.entry.demo.orders import CHINA
from dinghuo.entry.demo.products import SKUS
from dinghuo.entry.demo.seed_company import people
from dinghuo.entry.demo.steps import DEMO, NOTHING, Outcome
from dinghuo.identity.principals import EVERYTHING, StaffPrincipal
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.orders.blankets.activate import activate
from dinghuo.orders.blankets.call_off import CallOffLine, CallOffRequest, against, order_of
from dinghuo.orders.blankets.queries import get_blanket
from dinghuo.orders.blankets.requests import BlanketLineRequest, BlanketRequest
from dinghuo.orders.blankets.save_blanket import begin_blanket
from dinghuo.orders.place import place
from dinghuo.orders.requests import Placement
from dinghuo.orders.rules.save_calendars import CalendarInput, OwnDay, save_calendars
from dinghuo.orders.rules.save_quotas import QuotaInput, save_quotas
from dinghuo.orders.rules.save_routes import RouteInput, save_routes
from dinghuo.orders.rules.save_rules import OrderRuleInput, save_rules
from dinghuo.orders.rules.terms import DeliveryTerms, Freight, Minimum, Step

_DEALER: Final = "D001"
_AGREED: Final = 3
_NINE: Final = Decimal("0.09")


async def rules(tx: Tx) -> Outcome:
    """Minimum, freight with a free threshold, cut-off, routes, a calendar, a quota."""
    today = tx.now.astimezone(CHINA).date()
    stocktaking = OwnDay(day=date(today.year, 12, 31), kind="holiday", name="年终盘点")
    calendar = CalendarInput(
        code="CN", name="法定工作日", name_en="Statutory working days", base="china", days=[stocktaking]
    )
    await save_calendars(tx, calendars=[calendar], by=DEMO)
    routes = [
        RouteInput(code="R-EAST", name="华东线", name_en="East", weekdays=[1, 2, 3, 4, 5], regions=["east"]),
        RouteInput(code="R-NORTH", name="华北线", name_en="North", weekdays=[2, 5], regions=["north"]),
        RouteInput(
            code="R-WEST",
            name="西部线",
            name_en="West",
            weekdays=[3],
            cut_off="12:00",
            lead_days=2,
            regions=["southwest", "northwest"],
        ),
    ]
    await save_routes(tx, routes=[msgspec.structs.replace(route, calendar="CN") for route in routes], by=DEMO)
    await save_rules(tx, rules=_rules(today), by=DEMO)
    hot = SKUS[0]
    quota = QuotaInput(
        code="Q-ECOM",
        name="电商渠道月度配额",
        sku=hot.code,
        target="channel",
        channel="ecommerce",
        period="month",
        quantity=Decimal(50 * hot.case_unit.numerator),
        valid_from=today.replace(day=1),
    )
    await save_quotas(tx, quotas=[quota], by=DEMO)
    return NOTHING


def _rules(today: date) -> list[OrderRuleInput]:
    since = today.replace(month=1, day=1)
    steps = (Step(Decimal(0), Decimal(80)), Step(Decimal(1000), Decimal(40)))
    freight = Freight(basis="amount", steps=steps, free_from=Decimal(2000), tax_rate=_NINE)
    far = Freight(basis="amount", steps=(Step(Decimal(0), Decimal(160)),), free_from=Decimal(5000), tax_rate=_NINE)
    return [
        OrderRuleInput(
            code="MIN-ECOM",
            name="电商渠道起订金额",
            name_en="Minimum order, e-commerce",
            kind="minimum",
            target="channel",
            channel="ecommerce",
            valid_from=since,
            minimum=Minimum(Decimal(500)),
        ),
        OrderRuleInput(
            code="FREIGHT",
            name="运费",
            name_en="Freight",
            kind="freight",
            target="base",
            valid_from=since,
            freight=freight,
        ),
        OrderRuleInput(
            code="FREIGHT-NW",
            name="西北运费",
            name_en="Freight, north-west",
            kind="freight",
            target="region",
            region="northwest",
            valid_from=since,
            freight=far,
        ),
        OrderRuleInput(
            code="CUT-OFF",
            name="截单与备货",
            name_en="Cut-off and lead time",
            kind="delivery",
            target="base",
            valid_from=since,
            delivery=DeliveryTerms("16:00", 1, "CN"),
        ),
    ]


async def blankets(tx: Tx) -> Outcome:
    """The year's frame of the largest dealer, and a first order against it."""
    today = tx.now.astimezone(CHINA).date()
    known = await people(tx)
    boss = StaffPrincipal(
        id=next(iter(known.values())), tenant_id=tx.tenant_id, name="demo", scope=EVERYTHING, sees_price=True
    )
    agreed = [sku for sku in SKUS if sku.supply_policy == "refuse"][:_AGREED]
    request = BlanketRequest(
        customer=_DEALER,
        name=f"{today.year} 年度框架",
        valid_from=today.replace(day=1),
        valid_until=today + timedelta(days=365),
        customer_reference="KJ-01",
        lines=[
            BlanketLineRequest(
                sku.code,
                Decimal(600),
                (sku.list_price * sku.case_unit.numerator * Decimal("0.88")).quantize(Decimal("0.01")),
                sku.case_unit.code,
            )
            for sku in agreed
        ],
    )
    blanket_id = await begin_blanket(tx, request=request, principal=boss, by=DEMO)
    await activate(tx, blanket_id=blanket_id, principal=boss, by=DEMO)
    blanket = await get_blanket(tx, principal=boss, blanket_id=blanket_id)
    wanted = CallOffRequest(lines=[CallOffLine(line.line_no, Decimal(20)) for line in blanket.lines])
    by = Actor("dealer", "方雅琴", "portal", known["d001.admin"])
    order = order_of(blanket, wanted, customer=_DEALER)
    # What is short on the day is not called off, as a dealer would leave it.
    await place(tx, [against(blanket, Placement(request=order, by=by, waives_minimum=True))])
    return NOTHING
