"""The order book of a real wholesaler becomes orders: half a year, to the penny."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from tests.integrations.order_book.running import assert_sound, books, imported_file, rows_of
from tests.support import Tenant, make_tenant

from dinghuo.integrations.order_book import dry_run, read_order_book
from dinghuo.integrations.sheets import mapping_given
from dinghuo.kit.database import Database

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

PRESET = mapping_given(["online-retail"])
NO_GOODS = {"POST", "DOT", "C2", "M", "m", "D", "S", "AMAZONFEE", "BANK CHARGES", "CRUK", "B", "PADS"}


def expected(path: Path) -> tuple[Counter[str], dict[str, Decimal], set[str], set[str], set[str]]:
    """Lines and amounts of the file read, ordered and set aside, and the orders, customers and SKUs: without us."""
    lines: Counter[str] = Counter()
    amounts = {"read": Decimal(0), "ordered": Decimal(0), "aside": Decimal(0)}
    orders: set[str] = set()
    customers: set[str] = set()
    skus: set[str] = set()
    for row in records(path):
        number, code = row["InvoiceNo"], row["StockCode"]
        quantity, price = Decimal(row["Quantity"]), Decimal(row["UnitPrice"])
        goods = code not in NO_GOODS and not code.startswith("gift_0001_")
        sale = quantity < 0 if number.startswith("C") else quantity > 0 and price > 0
        fate = "ordered" if row["CustomerID"] and goods and sale else "aside"
        for each in ("read", fate):
            lines[each] += 1
            amounts[each] += quantity * price
        if fate == "ordered":
            customers.add(row["CustomerID"])
            skus.add(code)
            if not number.startswith("C"):
                orders.add(number)
    return lines, amounts, orders, customers, skus


def records(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


async def test_half_a_year_adds_up_to_the_penny(database: Database, tenant: Tenant, order_book: Path) -> None:
    path = order_book / "order-lines-2010-12-to-2011-06.csv.gz"
    lines, amounts, orders, customers, skus = expected(path)
    told = await imported_file(database, tenant, path, PRESET)
    assert (told.lines_read, told.lines_ordered, told.lines_set_aside) == (
        lines["read"],
        lines["ordered"],
        lines["aside"],
    )
    assert lines["read"] == 240_007
    assert (Decimal(told.amount_read), Decimal(told.amount_ordered), Decimal(told.amount_set_aside)) == (
        amounts["read"],
        amounts["ordered"],
        amounts["aside"],
    )
    assert (told.orders, told.customers, told.skus) == (len(orders), len(customers), len(skus))
    assert told.checked
    assert sum(told.reasons.values()) == told.lines_set_aside
    assert sum(Decimal(each.amount) for each in told.set_aside) == amounts["aside"]

    numbers = await rows_of(database, tenant, "select number from sales_order where tenant_id = $1")
    assert {number for (number,) in numbers} == orders
    ((held,),) = await rows_of(
        database,
        tenant,
        """select (select sum(quantity * deal_price) from order_line where tenant_id = $1)
          - (select sum(quantity * price) from historical_return where tenant_id = $1)""",
    )
    assert held == amounts["ordered"]
    states = await rows_of(
        database, tenant, "select distinct state from sales_order where tenant_id = $1 order by state"
    )
    assert states == [("cancelled",), ("closed",)]
    ((open_credit, below_zero),) = await rows_of(
        database,
        tenant,
        """select (select sum(open) from account where tenant_id = $1),
          (select count(*) from stock where tenant_id = $1 and on_hand < 0)""",
    )
    assert (open_credit, below_zero) == (0, 0)
    await assert_sound(database, tenant)

    again = dry_run(await read_order_book(database, tenant.id, path, PRESET))
    assert set(msgspec.to_builtins(again.new).values()) == {0}


async def test_a_workbook_says_the_same_as_the_text(
    database: Database, tenant: Tenant, order_book: Path, tmp_path: Path
) -> None:
    """The first 1,500 lines as the spreadsheet a person keeps, and cut from the text."""
    text = tmp_path / "first.csv"
    with gzip.open(order_book / "order-lines-2010-12-to-2011-06.csv.gz", "rt", encoding="utf-8", newline="") as file:
        text.write_text("".join(next(file) for _ in range(1_501)), encoding="utf-8")
    other = await make_tenant(database)
    one = await imported_file(database, tenant, order_book / "first-1500-lines.xlsx", PRESET)
    two = await imported_file(database, other, text, PRESET)
    assert one.lines_read == 1_500
    assert msgspec.structs.replace(one, file="", seconds=0.0) == msgspec.structs.replace(two, file="", seconds=0.0)
    assert await books(database, tenant) == await books(database, other)


async def test_counter_sales_may_be_kept_too(database: Database, tenant: Tenant, order_book: Path) -> None:
    mapping = mapping_given(["online-retail", "customer_code:=WALK-IN"])
    told = dry_run(await read_order_book(database, tenant.id, order_book / "first-1500-lines.xlsx", mapping))
    assert "no-customer" not in told.reasons
    assert (told.lines_ordered, told.customers) == (1_494, 70)
