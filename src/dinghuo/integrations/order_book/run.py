"""Take an order book over: read and plan it, then write what the plan says; or only say what that would be."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

import msgspec

from dinghuo.identity.facts import load_tenant
from dinghuo.integrations.order_book import reasons as why
from dinghuo.integrations.order_book.check import held, planned
from dinghuo.integrations.order_book.invoices import Invoice, Invoices
from dinghuo.integrations.order_book.known import Known, load_known
from dinghuo.integrations.order_book.plan import Plan, plan_order_book
from dinghuo.integrations.order_book.report import Report, report
from dinghuo.integrations.order_book.taken_back import write_returns
from dinghuo.integrations.order_book.write_master import write_master
from dinghuo.integrations.order_book.write_orders import Placing
from dinghuo.integrations.order_book.write_stock import write_stock
from dinghuo.integrations.progress import Progress, silent
from dinghuo.integrations.sheets import CellFault, LineTable, Mapping, Sheet, complete, open_sheet, read_order_lines
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused

IMPORTER = Actor("system", "order book", "import")


@dataclass(frozen=True, slots=True)
class OrderBook:
    """A file with the plan of it, and how long that took. `faults` are the cells at fault, as a grid shows them."""

    sheet: Sheet
    mapping: Mapping
    plan: Plan
    seconds: float = 0.0

    @property
    def faults(self) -> list[CellFault]:
        return self.plan.asides.marks


async def read_order_book(
    database: Database,
    tenant_id: int,
    source: Path | bytes,
    given: Mapping,
    *,
    name: str | None = None,
    live_from: date | None = None,
    progress: Progress = silent,
) -> OrderBook:
    """Read a file and plan it against what the tenant has. Writes nothing; raises SheetError when it is unreadable.

    `given` may leave out what the file shows by itself. The file's times are those of its mapping's zone, or else of
    the tenant's.
    """
    started = time.perf_counter()
    progress("read", 0, 0)
    zone = (await database.run(tenant_id, load_tenant)).zone

    def read() -> tuple[Sheet, Mapping, LineTable]:
        sheet = open_sheet(source, name=name, worksheet=given.worksheet, header_row=given.header_row)
        mapping = complete(given, sheet)
        rows = partial(_rows_read, progress)
        return sheet, mapping, read_order_lines(sheet, mapping, zone=mapping.zone or zone, told=rows)

    with uncollected():
        sheet, mapping, table = await asyncio.to_thread(read)

    async def look(tx: Tx) -> tuple[Known, date]:
        known = await load_known(tx, table)
        return known, tx.now.astimezone(known.zone).date()

    known, today = await database.run(tenant_id, look)
    places = mapping.bind(sheet.header, sheet.width)
    plan_it = partial(plan_order_book, table, mapping, places, today=today, known=known, live_from=live_from)
    progress("plan", 0, 0)
    with uncollected():
        plan = await asyncio.to_thread(plan_it)
    return OrderBook(sheet, mapping, plan, time.perf_counter() - started)


def _rows_read(progress: Progress, rows: int) -> None:
    progress("read", rows, rows)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cycles: among millions of values that are all kept it finds none and takes a quarter."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def dry_run(book: OrderBook) -> Report:
    """What a run would report."""
    told = report(book.plan, file=book.sheet.name, dry_run=True)
    return msgspec.structs.replace(told, seconds=round(book.seconds, 3))


async def run_order_book(
    database: Database,
    tenant_id: int,
    book: OrderBook,
    *,
    by: Actor = IMPORTER,
    import_id: UUID | None = None,
    progress: Progress = silent,
) -> Report:
    """Write what the plan says and the tenant does not have yet. What was interrupted continues when it is run again.

    `import_id` is kept with the orders as where they come from. Every order is placed under its own key, in slices
    that commit by themselves: nothing is written twice.
    """
    started = time.perf_counter()
    plan = book.plan
    # What was read stays until the end: no collection need look at it again.
    gc.freeze()
    try:
        plan = await _write(database, tenant_id, plan, by=by, import_id=import_id, progress=progress)
    finally:
        gc.unfreeze()
    told = report(plan, file=book.sheet.name, dry_run=False)
    return msgspec.structs.replace(told, checked=True, seconds=round(book.seconds + time.perf_counter() - started, 3))


async def _write(
    database: Database, tenant_id: int, plan: Plan, *, by: Actor, import_id: UUID | None, progress: Progress
) -> Plan:
    """Carry a plan out; the plan as it was carried out."""
    await write_master(database, tenant_id, plan, by=by, done=_counting(progress, "master", _records(plan)))
    warehouse_id = await write_stock(database, tenant_id, plan, by=by)
    taking_back = _counting(progress, "returns", _lines(plan.invoices.returns))
    await write_returns(database, tenant_id, plan, warehouse_id, by=by, done=taking_back)
    placing = Placing(
        database, tenant_id, plan, warehouse_id, by, _counting(progress, "orders", _lines(plan.new_orders)), import_id
    )
    await placing.run()
    if placing.refused:
        plan = _without(plan, placing.refused)
    progress("check", 0, 1)

    async def look(tx: Tx) -> None:
        found, expected = await held(tx, plan), planned(plan)
        if found != expected:
            raise AssertionError(f"the database holds {found}, the file {expected}")

    await database.run(tenant_id, look)
    progress("check", 1, 1)
    return plan


def _records(plan: Plan) -> int:
    master = plan.master
    return len(master.customers) + len(master.skus) + len(master.prices)


def _lines(invoices: Iterable[Invoice]) -> int:
    return sum(len(invoice.lines) for invoice in invoices if not invoice.is_known)


def _counting(progress: Progress, stage: str, total: int) -> Callable[[int], None]:
    count = 0

    def done(more: int) -> None:
        nonlocal count
        count = min(total, count + more)
        progress(stage, count, total)

    progress(stage, 0, total)
    return done


def _without(plan: Plan, refused: Iterable[tuple[Invoice, Refused]]) -> Plan:
    """The plan as it was carried out: orders that were refused, and what would have cancelled them, set aside."""
    asides = plan.asides
    gone: set[str] = set()
    for order, refusal in refused:
        fault = why.REFUSED(
            sentence="；".join(each.sentence("zh") for each in refusal.faults[:5]),
            sentence_en="; ".join(each.sentence("en") for each in refusal.faults[:5]),
        )
        taking = [part.invoice for part in plan.parts if part.order is order]
        for invoice in {each.number: each for each in (order, *taking)}.values():
            gone.add(invoice.number)
            for line in invoice.lines:
                asides.add(line, None, fault)
    orders = [each for each in plan.invoices.orders if each.number not in gone]
    returns = [each for each in plan.invoices.returns if each.number not in gone]
    parts = [part for part in plan.parts if part.invoice.number not in gone]
    return replace(plan, invoices=Invoices(orders, returns), parts=parts)
