"""What the keyboard palette finds: a few orders, customers and SKUs in one go, of those one may see."""

from datetime import datetime
from uuid import UUID

import msgspec

from dinghuo.catalogue.queries import SkuFilter, list_skus
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.search import terms
from dinghuo.orders.filters import OrderFilter
from dinghuo.orders.listing import list_orders
from dinghuo.parties.queries import CustomerFilter, list_customers


class OrderHit(msgspec.Struct, frozen=True):
    id: UUID
    number: str
    state: str
    customer: str
    placed_at: datetime


class CustomerHit(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    name: str
    state: str


class SkuHit(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    name: str
    specification: str | None
    state: str


class Hits(msgspec.Struct, frozen=True):
    """Kinds the reader has no right to, and everything when nothing was asked, are empty."""

    orders: list[OrderHit]
    customers: list[CustomerHit]
    skus: list[SkuHit]


async def find(tx: Tx, *, staff: StaffPrincipal, wanted: str, limit: int) -> Hits:
    """The best few of each kind by what was typed: numbers, codes, names, pinyin, barcodes."""
    if not terms(wanted):
        return Hits([], [], [])
    return Hits(
        await _orders(tx, staff, wanted, limit) if staff.may("orders.read") else [],
        await _customers(tx, staff, wanted, limit) if staff.may("parties.read") else [],
        await _skus(tx, staff, wanted, limit) if staff.may("catalogue.read") else [],
    )


async def _orders(tx: Tx, staff: StaffPrincipal, wanted: str, limit: int) -> list[OrderHit]:
    found = await list_orders(tx, principal=staff, wanted=OrderFilter(search=wanted), limit=limit)
    return [
        OrderHit(order.id, order.number, order.state, order.customer.name, order.placed_at) for order in found.items
    ]


async def _customers(tx: Tx, staff: StaffPrincipal, wanted: str, limit: int) -> list[CustomerHit]:
    found = await list_customers(tx, seen_by=staff, wanted=CustomerFilter(search=wanted), limit=limit)
    return [CustomerHit(each.id, each.code, each.name, each.state) for each in found.items]


async def _skus(tx: Tx, staff: StaffPrincipal, wanted: str, limit: int) -> list[SkuHit]:
    found = await list_skus(tx, seen_by=staff, sellable_to=None, wanted=SkuFilter(search=wanted), limit=limit)
    return [SkuHit(each.id, each.code, each.name, each.specification, each.state) for each in found.items]
