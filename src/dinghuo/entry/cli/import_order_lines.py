"""How `dinghuo import order-lines` runs, and what people see of it."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from dinghuo.entry.cli.installation import installation, progress, tenant_id
from dinghuo.entry.cli.say import language
from dinghuo.integrations.order_book import OrderBook, Report, dry_run, read_order_book, run_order_book
from dinghuo.integrations.sheets import mapping_given, write_errors

_WORDS = {
    "zh": {
        "read": "读取文件",
        "plan": "规划",
        "master": "客户、商品、价格",
        "returns": "退货",
        "orders": "订单行",
        "check": "核对",
        "lines": "行",
        "amount": "金额",
        "in file": "文件",
        "taken": "已导入",
        "would be taken": "将导入",
        "set aside": "搁置",
        "made": "新写入",
        "to make": "将写入",
        "counts": "订单 {orders}（未结 {open_orders}） · 客户 {customers} · 商品 {skus} · "
        "取消行 {cancelling_lines} · 退货行 {returned_lines}",
        "new": "订单 {orders} · 退货 {returns} · 客户 {customers} · 商品 {skus} · 价格 {prices} · "
        "期初库存 {openings}",
        "opening": "期初库存：{skus} 个商品，共 {quantity}",
        "reasons": "搁置的行",
        "errors": "搁置的行及原因已写入 {errors}",
    },
    "en": {
        "read": "Reading",
        "plan": "Planning",
        "master": "Customers, SKUs, prices",
        "returns": "Returns",
        "orders": "Order lines",
        "check": "Checking",
        "lines": "Lines",
        "amount": "Amount",
        "in file": "In the file",
        "taken": "Taken",
        "would be taken": "Would be taken",
        "set aside": "Set aside",
        "made": "Written",
        "to make": "To write",
        "counts": "{orders} orders ({open_orders} open) · {customers} customers · {skus} SKUs · "
        "{cancelling_lines} cancelling lines · {returned_lines} returned lines",
        "new": "{orders} orders · {returns} returns · {customers} customers · {skus} SKUs · {prices} prices · "
        "{openings} opening balances",
        "opening": "Opening stock: {skus} SKUs, {quantity} in all",
        "reasons": "Lines set aside",
        "errors": "The lines set aside, with their reasons, are in {errors}",
    },
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line said."""

    file: Path
    tenant: str
    options: tuple[str, ...]
    dry_run: bool
    errors: Path | None
    live_from: date | None
    strict: bool


def import_order_lines(wanted: Wanted) -> Report:
    """Carry the command out on the installation."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    if sys.platform != "win32":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(_run(wanted))


async def _run(wanted: Wanted) -> Report:
    given = mapping_given(wanted.options)
    async with installation() as there:
        tenant = await tenant_id(there.database, wanted.tenant)
        with _bars() as tell_progress:
            book = await read_order_book(
                there.database, tenant, wanted.file, given, live_from=wanted.live_from, progress=tell_progress
            )
            if wanted.dry_run or (wanted.strict and book.plan.asides.reason_of):
                told = dry_run(book)
            else:
                told = await run_order_book(there.database, tenant, book, progress=tell_progress)
    if wanted.errors is not None:
        _write_errors(wanted.errors, book, told)
    return told


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar a stage on standard error, where somebody looks."""
    words = _WORDS[language()]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=progress, disable=not progress.is_terminal) as bars:
        tasks = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(words[stage], total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield tell


def _write_errors(target: Path, book: OrderBook, told: Report) -> None:
    words = _WORDS[language()]
    totals: list[tuple[str, int | str | Decimal]] = []
    for word, lines, amount in _sums(told):
        totals.append((f"{words[word]}: {words['lines']}", lines))
        totals.append((f"{words[word]}: {words['amount']}", Decimal(amount)))
    write_errors(target, book.sheet, book.faults, language=language(), totals=totals)


def _sums(told: Report) -> tuple[tuple[str, int, str], ...]:
    taken = "would be taken" if told.dry_run else "taken"
    return (
        ("in file", told.lines_read, told.amount_read),
        (taken, told.lines_ordered, told.amount_ordered),
        ("set aside", told.lines_set_aside, told.amount_set_aside),
    )


def tell(told: Report, errors: Path | None) -> None:
    """Show the report to a person, on standard output."""
    words, console = _WORDS[language()], Console(highlight=False)
    sums = Table("", words["lines"], words["amount"], box=None, pad_edge=False)
    for column in sums.columns[1:]:
        column.justify = "right"
    for word, lines, amount in _sums(told):
        sums.add_row(words[word], f"{lines:,}", f"{Decimal(amount):,f}")
    console.print(sums)
    fields = {name: getattr(told, name) for name in told.__struct_fields__}
    console.print(words["counts"].format_map(fields))
    console.print(words["opening"].format(skus=told.opening.skus, quantity=told.opening.quantity))
    made = {name: getattr(told.new, name) for name in told.new.__struct_fields__}
    console.print(f"{words['to make' if told.dry_run else 'made']}: {words['new'].format_map(made)}")
    if told.set_aside:
        console.print(f"\n{words['reasons']}")
        reasons = Table(box=None, pad_edge=False, show_header=False)
        for each in told.set_aside:
            sentence = each.zh if language() == "zh" else each.en
            reasons.add_row(f"{each.lines:,}", f"{Decimal(each.amount):,f}", each.reason, sentence)
        console.print(reasons)
        if errors is not None:
            console.print(words["errors"].format(errors=errors))
    for warned in told.warnings:
        console.print(f"! {warned.zh if language() == 'zh' else warned.en}", style="yellow")
