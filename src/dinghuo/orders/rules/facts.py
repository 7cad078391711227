"""The order rules of a tenant, remembered in process by their version. A tenant without any costs a dict look-up."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID, uuid5

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.orders.rules.calendar import EVERY_DAY, Calendar
from dinghuo.orders.rules.terms import TERMS, DeliveryTerms, Kind, Terms
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.facts import scopes_of

TOUCHED = "order_rules"
Period = Literal["once", "day", "week", "month"]


class RuleFacts(msgspec.Struct, frozen=True):
    """One active rule."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    kind: Kind
    target: str
    organisation_id: UUID | None
    currency: str
    valid_from: date
    valid_until: date | None
    terms: Terms

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class RouteFacts(msgspec.Struct, frozen=True):
    """One active route."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    weekdays: frozenset[int]
    cut_off: str | None
    lead_days: int | None
    calendar: Calendar | None


class QuotaFacts(msgspec.Struct, frozen=True):
    """One active quota, in base units."""

    id: UUID
    code: str
    scope: str
    period: Period
    quantity: Decimal
    valid_from: date
    valid_until: date | None
    # Whether what promotions give is taken of it too.
    counts_gifts: bool

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def period_from(self, day: date) -> date | None:
        """The first day of the period that a day is in."""
        return period_start(self.period, day)

    def allotment_id(self, day: date) -> UUID:
        return allotment_of(self.id, self.period_from(day))


def period_start(period: Period, day: date) -> date | None:
    match period:
        case "once":
            return None
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)


def allotment_of(quota_id: UUID, period_from: date | None) -> UUID:
    """The allotment of a quota in a period: one id, whoever opens it."""
    return quota_id if period_from is None else uuid5(quota_id, period_from.isoformat())


class RuleBook(msgspec.Struct, frozen=True):
    """All that is active, by how it is asked for. `rules`: by kind and scope word, those of an organisation first."""

    rules: Mapping[tuple[str, str], Sequence[RuleFacts]]
    routes: Mapping[tuple[str, UUID], RouteFacts]
    quotas: Mapping[UUID, Sequence[QuotaFacts]]
    calendars: Mapping[str, Calendar]
    # Whether any quota is taken by gifts too.
    counts_gifts: bool = False
    scopes: dict[UUID, tuple[CustomerFacts, tuple[str, ...]]] = {}

    def scopes_of(self, customer: CustomerFacts) -> tuple[str, ...]:
        """The scope words that speak for a customer, put together once while nobody changes them."""
        known = self.scopes.get(customer.id)
        if known is None or known[0] is not customer:
            known = self.scopes[customer.id] = (customer, scopes_of(customer))
        return known[1]

    def winner(
        self, kind: Kind, scopes: Iterable[str], *, organisation_id: UUID, day: date, currency: str | None
    ) -> RuleFacts | None:
        """The rule of a kind that counts: the first, the most specific first, that holds."""
        for scope in scopes:
            for rule in self.rules.get((kind, scope), ()):
                if rule.organisation_id not in (None, organisation_id) or not rule.holds_on(day):
                    continue
                if currency is None or rule.currency == currency:
                    return rule
        return None

    def route_of(self, customer: CustomerFacts) -> RouteFacts | None:
        """The customer's own route, else that of its nearest region which has one."""
        for key in (("customer", customer.id), *(("region", region) for region in customer.regions)):
            if found := self.routes.get(key):
                return found
        return None

    def calendar(self, rule: DeliveryTerms | None, route: RouteFacts | None) -> Calendar:
        if route is not None and route.calendar is not None:
            return route.calendar
        return self.calendars.get((rule.calendar if rule else None) or "", EVERY_DAY)


_RULES = """
select id, code, name, name_en, kind, target, scope, organisation_id, currency, valid_from, valid_until, terms
from order_rule where tenant_id = $1 and active
order by organisation_id nulls last, valid_from desc, code
"""
_ROUTES = """
select r.id, r.code, r.name, r.name_en, r.weekdays, r.cut_off, r.lead_days, c.code as calendar, s.kind, s.target_id
from delivery_route r
left join work_calendar c on c.tenant_id = $1 and c.id = r.calendar_id
join route_stop s on s.tenant_id = $1 and s.route_id = r.id
where r.tenant_id = $1 and r.active
"""
_CALENDARS = """
select c.code, c.base,
  array(select d.day from calendar_day d where d.tenant_id = $1 and d.calendar_id = c.id order by d.day) as days,
  array(select d.kind = 'working' from calendar_day d where d.tenant_id = $1 and d.calendar_id = c.id
    order by d.day) as open,
  array(select d.name from calendar_day d where d.tenant_id = $1 and d.calendar_id = c.id order by d.day) as names
from work_calendar c where c.tenant_id = $1
"""
_QUOTAS = """
select id, code, sku_id, scope, period, quantity, valid_from, valid_until, counts_gifts
from quota where tenant_id = $1 and active order by code
"""


async def rule_book(tx: Tx) -> RuleBook | None:
    """The tenant's rules; None when none were ever saved, or none is left."""
    if not (await tx.versions()).get(TOUCHED):
        return None
    memory = await tx.cached(TOUCHED)
    if "book" not in memory:
        memory["book"] = await _load(tx)
    found: RuleBook | None = memory["book"]
    return found


async def load_calendar(tx: Tx, code: str) -> Calendar | None:
    """One calendar as it is asked, whether anything uses it or not."""
    return next((_calendar(row) for row in await tx.fetch(_CALENDARS) if row["code"] == code), None)


async def _load(tx: Tx) -> RuleBook | None:
    calendars = {row["code"]: _calendar(row) for row in await tx.fetch(_CALENDARS)}
    rules: dict[tuple[str, str], list[RuleFacts]] = {}
    for row in await tx.fetch(_RULES):
        word = row["scope"].rpartition("|")[2]
        rules.setdefault((row["kind"], word), []).append(_rule(row))
    routes = {(row["kind"], row["target_id"]): _route(row, calendars) for row in await tx.fetch(_ROUTES)}
    quotas: dict[UUID, list[QuotaFacts]] = {}
    for row in await tx.fetch(_QUOTAS):
        fields = {name: row[name] for name in QuotaFacts.__struct_fields__}
        quotas.setdefault(row["sku_id"], []).append(QuotaFacts(**fields))
    if not (rules or routes or quotas):
        return None
    gifts = any(quota.counts_gifts for several in quotas.values() for quota in several)
    return RuleBook(rules, routes, quotas, calendars, gifts)


def _rule(row: Any) -> RuleFacts:
    plain = {name: row[name] for name in RuleFacts.__struct_fields__ if name != "terms"}
    return RuleFacts(**plain, terms=read_terms(row["kind"], row["terms"]))


def read_terms(kind: str, kept: Any) -> Terms:
    """The terms of a rule as they are kept."""
    return msgspec.convert(kept, TERMS[kind])


def _route(row: Any, calendars: Mapping[str, Calendar]) -> RouteFacts:
    return RouteFacts(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        weekdays=frozenset(row["weekdays"]),
        cut_off=row["cut_off"],
        lead_days=row["lead_days"],
        calendar=calendars.get(row["calendar"] or ""),
    )


def _calendar(row: Any) -> Calendar:
    own = {day: (is_open, name) for day, is_open, name in zip(row["days"], row["open"], row["names"], strict=True)}
    return Calendar(row["code"], row["base"], own)
