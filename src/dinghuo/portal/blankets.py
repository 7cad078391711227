"""A dealer's blanket orders: what is left of them, and orders against them."""

from decimal import Decimal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.catalogue.unit_names import unit_names
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Language
from dinghuo.kit.idempotency import Key
from dinghuo.orders.blankets.call_off import CallOffRequest, against, order_of
from dinghuo.orders.blankets.queries import get_blanket
from dinghuo.orders.charges import charge_view, goods_amounts
from dinghuo.orders.intake import Intake
from dinghuo.orders.preview import look
from dinghuo.orders.requests import Placed, Placement
from dinghuo.orders.rules.views import DeliveryView, HintView, delivery_view, hint_views
from dinghuo.orders.scope import sees
from dinghuo.orders.views import Amounts, ChargeView
from dinghuo.parties.facts import load_customer
from dinghuo.portal.problems import LineProblem, problem_of
from dinghuo.portal.submit import OrderPlaced, placed_view, without_consent

_LINE_BYTES = 100


class CallOffLineView(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it would be ordered. Prices are absent for those who see none."""

    line_no: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    price: Decimal | UnsetType = UNSET
    amounts: Amounts | UnsetType = UNSET


class CallOffPreview(msgspec.Struct, frozen=True, kw_only=True):
    """The order as it would be; `problems` is everything that stands in its way."""

    currency: str
    amounts: Amounts | UnsetType = UNSET
    goods: Amounts | UnsetType = UNSET
    lines: list[CallOffLineView]
    charges: list[ChargeView]
    delivery: DeliveryView | None
    hints: list[HintView]
    problems: list[LineProblem]


async def preview_call_off(
    tx: Tx, *, blanket_id: UUID, request: CallOffRequest, dealer: DealerPrincipal, language: Language
) -> CallOffPreview:
    looked = (await look(tx, await _placement(tx, blanket_id, request, dealer, None))).priced
    units, told = await unit_names(tx), dealer.sees_price
    return CallOffPreview(
        currency=looked.currency,
        amounts=Amounts(looked.net, looked.tax, looked.gross) if told else UNSET,
        goods=goods_amounts(looked) if told else UNSET,
        lines=[
            CallOffLineView(
                line_no=row.line_no,
                sku=row.sku_code,
                name=row.sku_name,
                unit=row.unit,
                quantity=row.quantity,
                price=row.deal_price if told else UNSET,
                amounts=Amounts(row.net, row.tax, row.gross) if told else UNSET,
            )
            for row in looked.lines
        ],
        charges=[charge_view(charge, sees_price=told, hidden=UNSET) for charge in looked.charges],
        delivery=delivery_view(looked.delivery, language),
        hints=hint_views(looked.hints, looked.currency, language) if told else [],
        problems=[problem_of(fault, language, units) for fault in looked.faults],
    )


async def call_off(
    database: Database,
    intake: Intake,
    *,
    blanket_id: UUID,
    request: CallOffRequest,
    key: Key | None,
    dealer: DealerPrincipal,
) -> OrderPlaced:
    """Place it; refused with everything that stands in its way."""
    async with database.transaction(dealer.tenant_id) as tx:
        placement = await _placement(tx, blanket_id, request, dealer, key)
        placement = await without_consent(tx, placement, dealer)
    outcome = await intake.submit(dealer.tenant_id, placement, size=_LINE_BYTES * (1 + len(request.lines)))
    if outcome.refused is not None:
        raise outcome.refused
    if outcome.body is None:
        raise AssertionError("an outcome is either placed or refused")
    return placed_view(dealer, msgspec.json.decode(outcome.body, type=Placed))


async def _placement(
    tx: Tx, blanket_id: UUID, request: CallOffRequest, dealer: DealerPrincipal, key: Key | None
) -> Placement:
    """An order of the dealer's own company, also against what a company above it has agreed."""
    blanket = await get_blanket(tx, principal=dealer, blanket_id=blanket_id)
    own = await load_customer(tx, dealer.customer_id)
    order = order_of(blanket, request, customer=own.code if own else "")
    placement = Placement(
        request=order, by=dealer.actor(), key=key, may_see=sees(dealer), sees_price=dealer.sees_price
    )
    return against(blanket, placement)
