"""Create the customers, SKUs and prices that an order book shows; what is there already stays as it is."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from msgspec import UNSET
from sqlalchemy import Table, select

from dinghuo.accounts.reserve import ensure_accounts, find_credit
from dinghuo.catalogue.rules import UnitInput
from dinghuo.catalogue.save_skus import SkuInput, save_skus
from dinghuo.catalogue.tables import unit
from dinghuo.identity.facts import load_tenant
from dinghuo.integrations.countries import country_code
from dinghuo.integrations.order_book.known import list_code
from dinghuo.integrations.order_book.master import PIECE, NewCustomer, NewPrice, NewSku
from dinghuo.integrations.order_book.plan import Plan
from dinghuo.integrations.order_book.slices import both, slices
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.statistics import MANY, refresh
from dinghuo.kit.words import NodeInput, WordInput, save_words
from dinghuo.parties.facts import load_customers
from dinghuo.parties.save_customers import CustomerInput, save_customers
from dinghuo.parties.tables import region
from dinghuo.pricing.publish import publish
from dinghuo.pricing.save_entries import EntryInput, save_entries
from dinghuo.pricing.save_lists import PriceListInput, save_lists
from dinghuo.pricing.tables import price_list

T = TypeVar("T")

SLICE = 5_000
_CHINESE = frozenset({"CN", "HK", "MO", "TW"})


async def write_master(
    database: Database, tenant_id: int, plan: Plan, *, by: Actor, done: Callable[[int], None]
) -> None:
    """Write what the plan found missing, slice by slice; `done` is told how many records each slice had."""
    master = plan.master

    async def carry_out(items: Sequence[T], write: Callable[[Tx, Sequence[T], Actor], Awaitable[None]]) -> None:
        for several in slices(items, SLICE):

            async def command(tx: Tx, several: Sequence[T] = several) -> None:
                await write(tx, several, by)

            await database.run(tenant_id, command)
            done(len(several))

    async def write_customers() -> None:
        await carry_out(master.customers, _write_customers)
        await carry_out(sorted({(order.customer, order.currency) for order in plan.new_orders}), _open_accounts)

    async def write_prices(tx: Tx, prices: Sequence[NewPrice], by: Actor) -> None:
        await _write_prices(tx, prices, plan, by)

    async def write_skus() -> None:
        await carry_out(master.skus, _write_skus)
        await carry_out(master.prices, write_prices)

    # One is prepared while the database has the other.
    await both(write_customers(), write_skus())


async def _write_customers(tx: Tx, customers: Sequence[NewCustomer], by: Actor) -> None:
    regions = await _missing(tx, region, {new.region for new in customers if new.region})
    if regions:
        items = [NodeInput(code=code, name=code) for code in regions]
        await save_words(tx, region, items=items, by=by, kind="parties")
    await save_customers(tx, customers=[_customer(new) for new in customers], by=by, within=None)


def _customer(new: NewCustomer) -> CustomerInput:
    country = country_code(new.country)
    return CustomerInput(
        code=new.code,
        name=new.name,
        region=new.region or UNSET,
        country=country or UNSET,
        currency=new.currency,
        language="zh" if country is None or country in _CHINESE else "en",
    )


async def _write_skus(tx: Tx, skus: Sequence[NewSku], by: Actor) -> None:
    units = await _missing(tx, unit, {new.unit for new in skus})
    if units:
        names = {PIECE: "piece"}
        items = [WordInput(code=code, name=code, name_en=names.get(code)) for code in units]
        await save_words(tx, unit, items=items, by=by, kind="catalogue")
    await save_skus(
        tx,
        skus=[
            SkuInput(
                code=new.code,
                name=new.name,
                base_unit=new.unit,
                tax_rate=new.tax_rate,
                units=[UnitInput(unit=new.unit, barcode=new.barcode)] if new.barcode else UNSET,
            )
            for new in skus
        ],
        by=by,
    )


async def _missing(tx: Tx, table: Table, codes: set[str]) -> list[str]:
    rows = await tx.rows(
        select(table.c.code).where(table.c.tenant_id == tx.tenant_id, among(table.c.code, sorted(codes)))
    )
    return sorted(codes - {row.code for row in rows})


async def _open_accounts(tx: Tx, holders: Sequence[tuple[str, str]], _by: Actor) -> None:
    """Open the accounts that history will write entries to, so that no slice of it holds one."""
    organisation = next(iter((await load_tenant(tx)).organisations.values()))
    customers = await load_customers(tx, (code for code, _ in holders))
    wanted = [(customers[code].id, organisation.id, currency) for code, currency in holders]
    await ensure_accounts(tx, list((await find_credit(tx, wanted)).values()))
    if len(wanted) >= MANY:
        await refresh(tx, "account")


async def _write_prices(tx: Tx, prices: Sequence[NewPrice], plan: Plan, by: Actor) -> None:
    """Fill a base list in each currency and publish it, unless another base list speaks in that currency already."""
    codes = {list_code(new.currency): new.currency for new in prices}
    fresh = await _missing(tx, price_list, set(codes))
    since = plan.master.since or tx.now.date()
    if fresh:
        lists = [
            PriceListInput(
                code=code,
                name=f"历史订单价 {codes[code]}",
                name_en=f"Prices of the order book, {codes[code]}",
                kind="base",
                valid_from=since,
                currency=codes[code],
                tax_inclusive=plan.tax_inclusive,
            )
            for code in fresh
        ]
        await save_lists(tx, lists=lists, by=by)
    entries = [EntryInput(list=list_code(new.currency), sku=new.sku, price=new.price) for new in prices]
    await save_entries(tx, entries=entries, by=by, is_history=True)
    speaking = [code for code in fresh if codes[code] not in plan.known.other_lists]
    if speaking:
        await publish(tx, codes=speaking, by=by)
