"""What somebody wants an order to be instead of what it is."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from dinghuo.orders.requests import ShipTo

MOST_CHANGES = 5000


class LineChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line that changes, goes (`remove`) or comes: `line_no` names one that is there, `sku` a new one's goods.

    What is left out of a line that is there stays as it is. `price` is per unit, for those who may set prices.
    """

    line_no: int | None = None
    sku: str | None = None
    quantity: Decimal | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    price: Decimal | UnsetType = UNSET
    requested_date: date | UnsetType | None = UNSET
    note: str | UnsetType | None = UNSET
    ship_to: ShipTo | UnsetType | None = UNSET
    remove: bool = False


class AmendRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A diff against a revision of an order. What is left out stays as it is, null clears it.

    Lines that are not named keep their price; `reprice` prices all of the order by what holds today.
    """

    revision: int
    reason: str | None = None
    reprice: bool = False
    requested_date: date | UnsetType | None = UNSET
    ship_to: ShipTo | UnsetType | None = UNSET
    note: str | UnsetType | None = UNSET
    customer_reference: str | UnsetType | None = UNSET
    lines: Annotated[list[LineChange], Meta(max_length=MOST_CHANGES)] = []
