"""The page of one customer: who they are, what they ordered and owe, whose prices they get, who orders for them."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.accounts.queries import AccountView, list_accounts
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import StaffPrincipal, lacking
from dinghuo.kit.actions import Action, action
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Language, Message
from dinghuo.kit.ids import first_id_at
from dinghuo.kit.missing import missing
from dinghuo.orders import faults as say
from dinghuo.orders.filters import OrderFilter
from dinghuo.orders.listing import list_orders
from dinghuo.orders.views import OrderSummary
from dinghuo.parties.duplicates import count_duplicates
from dinghuo.parties.facts import load_customers
from dinghuo.parties.queries import CustomerView, get_customer
from dinghuo.parties.visits import VisitFilter, VisitView, list_visits
from dinghuo.pricing.facts import load_lists

_LATEST_ORDERS, _LATEST_VISITS = 10, 5

MERGED = Message(
    "customer-is-merged",
    "该客户已合并到“{into}”",
    "This customer was merged into '{into}'",
    CONFLICT,
)


class Bought(msgspec.Struct, frozen=True):
    """Orders of a span that were not called off, in the customer's currency; `gross` for those who see prices."""

    orders: int
    gross: Decimal | None


class OrdersOfCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """`open` counts those neither closed nor called off."""

    open: int
    this_month: Bought
    last_12_months: Bought
    first_at: datetime | None
    last_at: datetime | None
    latest: list[OrderSummary]


class PriceListName(msgspec.Struct, frozen=True):
    """A published list that speaks for the customer; the most specific first."""

    code: str
    kind: str
    currency: str
    valid_from: date
    valid_until: date | None


class PortalUser(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who orders for the customer. `roles` are codes."""

    id: UUID
    login: str
    name: str
    mobile: str | None
    state: str
    roles: list[str]
    last_seen_at: datetime | None


class CustomerPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that a desk needs of one customer; parts the reader has no right to are null."""

    customer: CustomerView
    orders: OrdersOfCustomer | None
    accounts: list[AccountView] | None
    price_lists: list[PriceListName] | None
    users: list[PortalUser] | None
    visits: list[VisitView] | None
    duplicates: int
    actions: list[Action]


async def customer_page(tx: Tx, *, staff: StaffPrincipal, customer_id: UUID, language: Language) -> CustomerPage:
    """One customer; refused as missing when it is not there or not theirs to see."""
    view = await get_customer(tx, customer_id, seen_by=staff, include=("contacts", "addresses"))
    if view is None:
        raise missing("customer", customer_id)
    return CustomerPage(
        customer=view,
        orders=await _orders(tx, view, staff) if staff.may("orders.read") else None,
        accounts=await _accounts(tx, view, staff) if staff.may("accounts.read") and staff.sees_price else None,
        price_lists=await _price_lists(tx, view) if staff.may("pricing.read") else None,
        users=await _users(tx, view) if staff.may("parties.write") or staff.may("identity.users") else None,
        visits=await _visits(tx, view, staff) if staff.may("parties.visit") else None,
        duplicates=await count_duplicates(tx, customer_id=customer_id) if staff.may("parties.merge") else 0,
        actions=_actions(view, staff, language),
    )


def _actions(view: CustomerView, staff: StaffPrincipal, language: Language) -> list[Action]:
    gone = [MERGED("id", into=view.merged_into.code)] if view.merged_into is not None else []
    blocked: list[Fault] = []
    if not gone and view.state != "active":
        blocked = [say.CUSTOMER_BLOCKED("customer", name=view.name)]
    wanted = {"order": "orders.place", "edit": "parties.write", "merge": "parties.merge", "visit": "parties.visit"}
    return [
        action(name, [*lacking(staff, permission), *gone, *(blocked if name == "order" else [])], language)
        for name, permission in wanted.items()
    ]


_BOUGHT = """
select count(*) filter (where o.state in ('confirmed', 'pending_approval')) as open,
  count(*) filter (where o.state not in ('cancelled', 'rejected') and o.id >= $3) as year_orders,
  count(*) filter (where o.state not in ('cancelled', 'rejected') and o.id >= $4) as month_orders,
  coalesce(sum(o.gross) filter (where o.currency = $5 and o.state not in ('cancelled', 'rejected') and o.id >= $3), 0)
    as year_gross,
  coalesce(sum(o.gross) filter (where o.currency = $5 and o.state not in ('cancelled', 'rejected') and o.id >= $4), 0)
    as month_gross,
  min(o.placed_at) as first_at, max(o.placed_at) as last_at
from sales_order o where o.tenant_id = $1 and o.customer_id = $2
"""


async def _orders(tx: Tx, view: CustomerView, staff: StaffPrincipal) -> OrdersOfCustomer:
    zone = (await load_tenant(tx)).zone
    today = tx.now.astimezone(zone).date()
    month = datetime.combine(today.replace(day=1), time.min, zone)
    year = datetime.combine(_a_year_before(today), time.min, zone)
    rows: list[Any] = await tx.fetch(_BOUGHT, view.id, first_id_at(year), first_id_at(month), view.currency)
    row = rows[0]
    latest = await list_orders(tx, principal=staff, wanted=OrderFilter(customer=view.code), limit=_LATEST_ORDERS)
    told = staff.sees_price
    return OrdersOfCustomer(
        open=row["open"],
        this_month=Bought(row["month_orders"], row["month_gross"] if told else None),
        last_12_months=Bought(row["year_orders"], row["year_gross"] if told else None),
        first_at=row["first_at"],
        last_at=row["last_at"],
        latest=latest.items,
    )


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


async def _accounts(tx: Tx, view: CustomerView, staff: StaffPrincipal) -> list[AccountView]:
    return (await list_accounts(tx, seen_by=staff, customer_code=view.code, limit=20)).items


async def _price_lists(tx: Tx, view: CustomerView) -> list[PriceListName]:
    facts = (await load_customers(tx, [view.code]))[view.code]
    return [
        PriceListName(each.code, each.kind, each.currency, each.valid_from, each.valid_until)
        for each in (await load_lists(tx, [facts]))[facts.id]
    ]


_USERS = """
select u.id, u.login, u.name, u.mobile, u.state,
  array(
    select r.code from user_role h join role r on r.tenant_id = $1 and r.id = h.role_id
    where h.tenant_id = $1 and h.user_id = u.id
    union
    select r.code from user_customer_role h join role r on r.tenant_id = $1 and r.id = h.role_id
    where h.tenant_id = $1 and h.user_id = u.id and h.customer_id = $2
    order by 1
  ) as roles,
  (select max(s.seen_at) from session s where s.tenant_id = $1 and s.user_id = u.id) as last_seen_at
from user_customer c
join app_user u on u.tenant_id = $1 and u.id = c.user_id
where c.tenant_id = $1 and c.customer_id = $2
order by u.login limit 200
"""


async def _users(tx: Tx, view: CustomerView) -> list[PortalUser]:
    return [PortalUser(**dict(row)) for row in await tx.fetch(_USERS, view.id)]


async def _visits(tx: Tx, view: CustomerView, staff: StaffPrincipal) -> list[VisitView]:
    wanted = VisitFilter(customer_id=view.id)
    return (await list_visits(tx, seen_by=staff, wanted=wanted, limit=_LATEST_VISITS)).items
