"""What a caller asks for when placing orders, and what comes back."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from dinghuo.kit.actor import Actor
from dinghuo.kit.errors import Refused
from dinghuo.kit.idempotency import Key
from dinghuo.parties.facts import CustomerFacts


class ShipTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the goods go, as it was when the order was placed."""

    recipient: str
    street: str
    mobile: str | None = None
    province: str | None = None
    city: str | None = None
    district: str | None = None
    postcode: str | None = None
    country: str = "CN"


class LineRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line wanted: `quantity` in `unit`, or in the SKU's sales unit when none is named.

    `price` overrides the price lists, per unit and in their tax mode, for those who may set prices. `blanket` is the
    number of a blanket order: the line is called off from it, at the price agreed there. `rebate_goods`: goods
    rebate pays it, at its list price. `ship_to` is where this
    line goes, when that is not where the order does.
    """

    sku: str
    quantity: Decimal
    unit: str | None = None
    price: Decimal | None = None
    requested_date: date | None = None
    note: str | None = None
    blanket: str | None = None
    rebate_goods: bool = False
    ship_to: ShipTo | None = None


class DraftLine(LineRequest, frozen=True, forbid_unknown_fields=True):
    """A line of a cart. `part` tells lines of the same goods and unit apart that go to several places."""

    part: str | None = None


PartialDelivery = Literal["allowed", "whole_lines", "whole_order"]
Substitution = Literal["never", "ask", "allowed"]


class OrderRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One order wanted, by the codes of its customer and SKUs.

    `partial_delivery` and `substitution` say what to do when not all is there; left out, what its customer wishes.
    `use_rebate` is paid from the customer's rebates, or as much as may be with `use_rebate_most`.
    """

    customer: str
    lines: list[LineRequest]
    organisation: str | None = None
    currency: str | None = None
    customer_reference: str | None = None
    requested_date: date | None = None
    ship_to: ShipTo | None = None
    note: str | None = None
    partial_delivery: PartialDelivery | None = None
    substitution: Substitution | None = None
    coupons: list[str] = []
    use_rebate: Decimal | None = None
    use_rebate_most: bool = False


class History(msgspec.Struct, frozen=True):
    """An order that was carried out long ago in another system, taken over as it was.

    It ends `closed` (or `cancelled` when all of it was), its goods taken out of stock and its credit given back;
    it neither ships nor bills again. `cancelled` is what was cancelled of each line, in base units. `warehouse_id`
    is where its goods came from, the preferred one when none is named. `live` keeps it open, as a cut-over keeps
    what is not yet shipped: then it holds stock and credit like any other. What was promised long ago is no longer
    refused: beyond what is there it waits, and it may exceed the credit limit.
    """

    number: str
    placed_at: datetime
    tax_inclusive: bool
    cancelled: tuple[Decimal, ...]
    live: bool = False
    order: int = 0
    warehouse_id: UUID | None = None


class Origin(msgspec.Struct, frozen=True):
    """What an order was made from: `kind` is draft, proposal, import or blanket."""

    kind: Literal["draft", "proposal", "import", "blanket"]
    id: UUID


class FromDraft(msgspec.Struct, frozen=True):
    """The cart that an order is placed from, at the revision that was read."""

    id: UUID
    revision: int


class Agreed(msgspec.Struct, frozen=True):
    """Who of the dealer's own company consents to an order that a colleague asked for, and what they say to it."""

    user_id: UUID
    answer: str | None = None


class Placement(msgspec.Struct, frozen=True):
    """A request with who makes it and under which key. `may_see` says whether the customer is in their scope.

    Who does not see prices is told no amounts, neither of the order nor of the credit it exceeds. `waives_minimum`
    passes over minimum orders and multiples. `most_gross` is the total they saw: a higher one is refused.
    """

    request: OrderRequest
    by: Actor
    key: Key | None = None
    may_see: Callable[[CustomerFacts], bool] | None = None
    may_set_prices: bool = False
    waives_minimum: bool = False
    sees_price: bool = True
    history: History | None = None
    draft: FromDraft | None = None
    origin: Origin | None = None
    most_gross: Decimal | None = None
    agreed: Agreed | None = None


class Placed(msgspec.Struct, frozen=True):
    """A placed order, as its caller is told. The amounts are null for those who see no prices."""

    id: UUID
    number: str
    state: str
    customer: str
    currency: str
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal | None
    lines: int
    placed_at: datetime


class Outcome(msgspec.Struct, frozen=True):
    """What became of one placement: `body` is the JSON of `Placed`, or `refused` says why not.

    `replayed` when the same key had placed it before.
    """

    body: str | None = None
    refused: Refused | None = None
    replayed: bool = False
