"""What a list of orders can be narrowed to, as conditions that an index can begin at."""

from datetime import date, datetime, time
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Boolean, ColumnElement, Select, any_, literal, literal_column, select, union

from dinghuo.identity.tables import app_user, department
from dinghuo.inventory.tables import reservation
from dinghuo.kit.bulk import among, within
from dinghuo.kit.errors import Refused
from dinghuo.kit.ids import first_id_at, last_id_at
from dinghuo.kit.money import MAX_MONEY, fits
from dinghuo.kit.search import matches
from dinghuo.kit.texts import storable
from dinghuo.kit.trees import below
from dinghuo.orders import faults as say
from dinghuo.orders.file_for_search import SEARCH_KIND
from dinghuo.orders.tables import sales_order
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import channel, customer, region, tier

_ON_HOLD = literal_column("held.holds <> '{}'::text[]", Boolean)


class OrderFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of orders is narrowed to; days are in the tenant's zone, both included.

    `channel` is how an order came in; `customer_channel`, `region`, `tier`, `owner` (a login) and `department` are of
    its customer, a region or department with all below it. Amounts are gross.
    """

    states: tuple[str, ...] = ()
    customer: str | None = None
    number: str | None = None
    channel: str | None = None
    customer_channel: str | None = None
    region: str | None = None
    tier: str | None = None
    owner: str | None = None
    department: str | None = None
    placed_from: date | None = None
    placed_until: date | None = None
    amount_from: Decimal | None = None
    amount_until: Decimal | None = None
    has_problem: bool = False
    # A reason of holds, or `any`.
    hold: str | None = None
    search: str | None = None

    @property
    def groups_customers(self) -> bool:
        """Whether it names customers by something they share."""
        return any((self.customer_channel, self.region, self.tier, self.owner, self.department))


_GROUPS: dict[str, tuple[Any, str]] = {
    "customer_channel": (channel, "code"),
    "region": (region, "code"),
    "tier": (tier, "code"),
    "owner": (app_user, "login"),
    "department": (department, "code"),
}
_TREES = ("region", "department")


def of_customers(tenant_id: int, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    """The conditions on `customer`."""
    found: list[ColumnElement[bool]] = []
    for name, (table, code) in _GROUPS.items():
        value = getattr(wanted, name)
        if value is not None:
            named = among(table.c[code], storable([value]))
            ids = select(table.c.id).where(table.c.tenant_id == tenant_id, named)
            column = customer.c[f"{name.removeprefix('customer_')}_id"]
            found.append(within(column, below(table, tenant_id, named) if name in _TREES else ids))
    if wanted.customer is not None:
        found.append(customer.c.id == named_customer(tenant_id, wanted.customer))
    return found


def of_orders(tenant_id: int, wanted: OrderFilter, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """The conditions on `sales_order`, but for its states."""
    o = sales_order.c
    found: list[ColumnElement[bool]] = []
    if wanted.number is not None:
        found.append(o.number == wanted.number)
    if wanted.channel is not None:
        found.append(o.channel == wanted.channel)
    if wanted.search is not None:
        found += matches(tenant_id, SEARCH_KIND, o.id, wanted.search)
    if wanted.placed_from is not None:
        found.append(o.id >= first_id_at(datetime.combine(wanted.placed_from, time.min, zone)))
    if wanted.placed_until is not None:
        found.append(o.id <= last_id_at(datetime.combine(wanted.placed_until, time.max, zone)))
    if wanted.amount_from is not None:
        found.append(o.gross_cents >= _cents("amount_from", wanted.amount_from, ROUND_CEILING))
    if wanted.amount_until is not None:
        found.append(o.gross_cents <= _cents("amount_until", wanted.amount_until, ROUND_FLOOR))
    if wanted.has_problem:
        found.append(_in_trouble(tenant_id))
    if wanted.hold is not None:
        found.append(within(o.id, _held(tenant_id, wanted.hold)))
    return found


def _held(tenant_id: int, reason: str) -> Select[Any]:
    """The orders that are held, which are few: they have an index of their own."""
    held = sales_order.alias("held")
    statement = select(held.c.id).where(held.c.tenant_id == tenant_id, _ON_HOLD)
    return statement if reason == "any" else statement.where(literal(reason) == any_(held.c.holds))


def _in_trouble(tenant_id: int) -> ColumnElement[bool]:
    """On hold, or waiting for goods: both are few at any time, and each has an index of its own."""
    r = reservation.c
    return within(
        sales_order.c.id,
        union(
            select(r.document_id).where(r.tenant_id == tenant_id, r.backordered > literal_column("0")),
            _held(tenant_id, "any"),
        ),
    )


def _cents(field: str, amount: Decimal, rounding: str) -> int:
    if not fits(amount, most=MAX_MONEY) or amount < 0:
        raise Refused(say.BAD_AMOUNT(field, amount=amount, most=MAX_MONEY))
    return int((amount * 100).to_integral_value(rounding))
