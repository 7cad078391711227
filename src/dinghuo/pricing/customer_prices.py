"""The prices one customer gets: the same engine that prices its orders, asked for a page of SKUs."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

import msgspec
from sqlalchemy import select

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.catalogue.save_skus import SEARCH_KIND
from dinghuo.catalogue.tables import sku
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.kit import search
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.money import ZERO
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import storable
from dinghuo.parties.facts import CustomerFacts, load_customers
from dinghuo.pricing.engine import find_price
from dinghuo.pricing.facts import ListFacts, load_entries, load_lists
from dinghuo.pricing.locked import check_sees_price, hidden_customers


class PriceStep(msgspec.Struct, frozen=True):
    """The price from a quantity on, and the list that gives it."""

    from_quantity: Decimal
    price: Decimal
    tax_inclusive: bool
    list: str


class CustomerPrice(msgspec.Struct, frozen=True):
    """What a customer pays for a SKU by its sales unit; no steps where no list has a price."""

    sku: str
    sku_name: str
    sku_name_en: str | None
    unit: str
    steps: Sequence[PriceStep]


_STEP = Decimal("0.000001")


async def customer_prices(
    tx: Tx,
    *,
    customer: str,
    seen_by: Principal | None,
    day: date | None = None,
    currency: str | None = None,
    wanted: str | None = None,
    sku_codes: Sequence[str] = (),
    cursor: str | None = None,
    limit: int = 50,
) -> Page[CustomerPrice]:
    """A page of active SKUs by code with what the customer pays on a day (today) in a currency (its own)."""
    check_sees_price(seen_by)
    who = await _customer(tx, customer, seen_by)
    on = day or tx.now.astimezone((await load_tenant(tx)).zone).date()
    statement = select(sku.c.code, sku.c.name_en).where(sku.c.tenant_id == tx.tenant_id, sku.c.state == "active")
    if wanted:
        statement = statement.where(*search.matches(tx.tenant_id, SEARCH_KIND, sku.c.id, wanted))
    if sku_codes:
        statement = statement.where(among(sku.c.code, storable(sku_codes)))
    if cursor is not None:
        statement = statement.where(sku.c.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement.order_by(sku.c.code).limit(limit + 1))
    known = await load_skus(tx, [row.code for row in rows])
    lists = (await load_lists(tx, [who]))[who.id]
    await load_entries(tx, [(price_list, known[row.code].id) for row in rows for price_list in lists])
    money = currency or who.currency

    def view(row: Any) -> CustomerPrice:
        facts = known[row.code]
        steps = price_steps(lists, facts, day=on, currency=money)
        return CustomerPrice(row.code, facts.name, row.name_en, facts.sales_unit, steps)

    return page(rows, limit, lambda row: (row.code,), view)


async def _customer(tx: Tx, code: str, seen_by: Principal | None) -> CustomerFacts:
    found = (await load_customers(tx, storable([code]))).get(code)
    if found is None or await hidden_customers(tx, {found.id}, seen_by=seen_by):
        raise missing("customer", code)
    return found


def price_steps(lists: Sequence[ListFacts], facts: SkuFacts, *, day: date, currency: str) -> list[PriceStep]:
    """Where the price by the sales unit changes with the quantity, from the smallest quantity on."""
    unit = facts.sales_unit
    ratio = facts.units[unit]
    steps: list[PriceStep] = []
    for quantity in _thresholds(lists, facts):
        found = find_price(
            lists,
            sku_id=facts.id,
            unit=unit,
            base_unit=facts.base_unit,
            ratio=ratio,
            quantity=quantity,
            day=day,
            currency=currency,
        )
        if found is None:
            continue
        step = PriceStep(quantity, found.price, found.tax_inclusive, msgspec.json.decode(found.reason)["list"])
        if (
            not steps
            or (steps[-1].price, steps[-1].tax_inclusive, steps[-1].list) != msgspec.structs.astuple(step)[1:]
        ):
            steps.append(step)
    return steps


def _thresholds(lists: Iterable[ListFacts], facts: SkuFacts) -> list[Decimal]:
    """Every quantity of sales units from which some list may say another price; breaks by the base unit reach up."""
    numerator, denominator = facts.units[facts.sales_unit]
    found = {ZERO}
    for price_list in lists:
        by_unit = price_list.entries.get(facts.id, {})
        found |= {minimum for minimum, _ in by_unit.get(facts.sales_unit, ())}
        found |= {
            (minimum * denominator / numerator).quantize(_STEP, ROUND_CEILING)
            for minimum, _ in by_unit.get(facts.base_unit, ())
        }
    return sorted(found)
