"""Which rules a customer's orders are held to, and why the others are not."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.identity.facts import OrganisationFacts, load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language, Refused
from dinghuo.kit.refs import Ref
from dinghuo.orders import faults as say
from dinghuo.orders.rules.decide import delivery_of
from dinghuo.orders.rules.facts import RuleBook, RuleFacts, rule_book
from dinghuo.orders.rules.queries import QuotaView, quotas_by_id
from dinghuo.orders.rules.tables import RULE_KINDS, order_rule
from dinghuo.orders.rules.terms import DeliveryTerms
from dinghuo.orders.rules.views import DeliveryView, delivery_view
from dinghuo.orders.scope import sees
from dinghuo.parties.facts import CustomerFacts, load_customers
from dinghuo.pricing.facts import scopes_of

Why = Literal["won", "less_specific", "not_valid", "inactive", "other_currency", "other_organisation"]

_SAID: dict[Why, tuple[str, str]] = {
    "won": ("生效：在所有适用规则中最具体", "counts: the most specific of all that apply"),
    "less_specific": ("不生效：有更具体的规则", "passed over: another one is more specific"),
    "not_valid": ("不生效：当天不在有效期内", "passed over: it does not hold on this day"),
    "inactive": ("不生效：已停用", "passed over: it is switched off"),
    "other_currency": ("不生效：币种不同", "passed over: it is in another currency"),
    "other_organisation": ("不生效：属于其他销售组织", "passed over: it is another organisation's"),
}


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that names this customer one way or another, and whether it counts."""

    code: str
    name: str
    target: str
    won: bool
    why: Why
    said: str


class OfKind(msgspec.Struct, frozen=True):
    """The rules of a kind, the most specific first; `winner` is the code of the one that counts."""

    kind: str
    winner: str | None
    candidates: list[Candidate]


class RouteOf(msgspec.Struct, frozen=True, kw_only=True):
    """The route a customer is on: by its own name or by its region's."""

    code: str
    name: str
    named_by: Literal["customer", "region"]
    weekdays: list[int]


class RulesOfCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """What an order of this customer would be held to on a day, placed now or at the day's beginning."""

    customer: Ref
    organisation: str
    day: date
    kinds: list[OfKind]
    route: RouteOf | None
    delivery: DeliveryView | None
    quotas: list[QuotaView]


async def rules_of_customer(
    tx: Tx,
    *,
    customer: str,
    organisation: str | None,
    on: date | None,
    currency: str | None,
    at: str | None = None,
    seen_by: Principal,
    language: Language,
) -> RulesOfCustomer:
    """Refused when the customer is not there or not this principal's to see."""
    tenant = await load_tenant(tx)
    found = (await load_customers(tx, [customer])).get(customer)
    may_see = sees(seen_by)
    if found is None or (may_see is not None and not may_see(found)):
        raise Refused(say.UNKNOWN_CUSTOMER("customer", code=customer))
    seller = (
        tenant.organisations.get(organisation) if organisation else next(iter(tenant.organisations.values()), None)
    )
    if seller is None:
        raise Refused(say.UNKNOWN_ORGANISATION("organisation", code=organisation or ""))
    now = tx.now.astimezone(tenant.zone)
    moment = _moment(now, on, at)
    money = currency or found.currency
    book = await rule_book(tx)
    organisations = [None, *(each.id for each in tenant.organisations.values())]
    rows = await _named(tx, scopes_of(found), organisations)
    return RulesOfCustomer(
        customer=Ref(found.id, found.code, found.name),
        organisation=seller.code,
        day=moment.date(),
        kinds=_kinds(rows, book, found, seller, moment.date(), money, language),
        route=_route(book, found),
        delivery=_delivery(book, found, seller.id, moment, language),
        quotas=await _quotas(tx, book, found, moment.date(), seen_by),
    )


def _moment(now: datetime, on: date | None, at: str | None) -> datetime:
    """The moment that is asked about; `now` is in the company's zone."""
    if at is not None:
        return datetime.combine(on or now.date(), time.fromisoformat(at), now.tzinfo)
    return now if on is None or on == now.date() else datetime.combine(on, time(), now.tzinfo)


async def _named(tx: Tx, words: Sequence[str], organisations: Sequence[UUID | None]) -> list[Any]:
    """All rules with one of these words, the most specific first, those of an organisation before the general."""
    r = order_rule.c
    scopes = {
        f"{organisation or '*'}|{kind}|{word}"
        for word in words
        for kind in RULE_KINDS
        for organisation in organisations
    }
    rows = await tx.rows(select(order_rule).where(r.tenant_id == tx.tenant_id, among(r.scope, scopes)))
    place = {word: number for number, word in enumerate(words)}
    return sorted(
        rows,
        key=lambda row: (
            place[row.scope.rpartition("|")[2]],
            row.organisation_id is None,
            -row.valid_from.toordinal(),
            row.code,
        ),
    )


def _kinds(
    rows: Sequence[Any],
    book: RuleBook | None,
    customer: CustomerFacts,
    seller: OrganisationFacts,
    day: date,
    currency: str,
    language: Language,
) -> list[OfKind]:
    kinds = []
    for kind in RULE_KINDS:
        money = None if kind == "delivery" else currency
        winner = _winner(book, kind, customer, seller.id, day, money)
        candidates = [
            _candidate(row, _why(row, winner, seller.id, day, money), language) for row in rows if row.kind == kind
        ]
        kinds.append(OfKind(kind, winner.code if winner else None, candidates))
    return kinds


def _winner(
    book: RuleBook | None, kind: Any, customer: CustomerFacts, seller: UUID, day: date, currency: str | None
) -> RuleFacts | None:
    if book is None:
        return None
    return book.winner(kind, scopes_of(customer), organisation_id=seller, day=day, currency=currency)


def _why(row: Any, winner: RuleFacts | None, seller: UUID, day: date, currency: str | None) -> Why:
    if winner is not None and row.id == winner.id:
        return "won"
    if not row.active:
        return "inactive"
    if row.organisation_id not in (None, seller):
        return "other_organisation"
    if row.valid_from > day or (row.valid_until is not None and row.valid_until < day):
        return "not_valid"
    if currency is not None and row.currency != currency:
        return "other_currency"
    return "less_specific"


def _candidate(row: Any, why: Why, language: Language) -> Candidate:
    zh, en = _SAID[why]
    return Candidate(
        code=row.code,
        name=row.name,
        target=row.target,
        won=why == "won",
        why=why,
        said=zh if language == "zh" else en,
    )


def _route(book: RuleBook | None, customer: CustomerFacts) -> RouteOf | None:
    route = book.route_of(customer) if book else None
    if book is None or route is None:
        return None
    own = book.routes.get(("customer", customer.id))
    return RouteOf(
        code=route.code,
        name=route.name,
        named_by="customer" if own else "region",
        weekdays=sorted(route.weekdays),
    )


def _delivery(
    book: RuleBook | None, customer: CustomerFacts, seller: UUID, moment: datetime, language: Language
) -> DeliveryView | None:
    if book is None:
        return None
    rule = _winner(book, "delivery", customer, seller, moment.date(), None)
    terms = rule.terms if rule and isinstance(rule.terms, DeliveryTerms) else None
    route = book.route_of(customer)
    return delivery_view(delivery_of(terms, route, book.calendar(terms, route), moment), language)


async def _quotas(
    tx: Tx, book: RuleBook | None, customer: CustomerFacts, day: date, seen_by: Principal
) -> list[QuotaView]:
    if book is None or not book.quotas:
        return []
    scopes = frozenset(scopes_of(customer))
    ids = [
        quota.id
        for several in book.quotas.values()
        for quota in several
        if quota.scope in scopes and quota.holds_on(day)
    ]
    return await quotas_by_id(tx, ids[:_MOST_QUOTAS], seen_by=seen_by) if ids else []


_MOST_QUOTAS = 200
