"""The order book of a real wholesaler, as it is."""

import subprocess
import sys
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from dinghuo.integrations.sheets import LineTable, Mapping, complete, open_sheet, presets, read_order_lines

pytestmark = [pytest.mark.slow, pytest.mark.real_data]


@pytest.fixture(scope="module")
def book(order_book: Path) -> LineTable:
    sheet = open_sheet(order_book / "order-lines-2010-12-to-2011-06.csv.gz")
    return read_order_lines(sheet, complete(Mapping(), sheet))


def amount(table: LineTable) -> Decimal:
    pairs = zip(table.numbers("quantity"), table.numbers("unit_price"), strict=True)
    return sum(
        (quantity * price for quantity, price in pairs if quantity is not None and price is not None), Decimal(0)
    )


def test_every_line_of_the_order_book_is_read(book: LineTable) -> None:
    assert (len(book), book.faults, book.doubts, book.empty_rows) == (240_007, [], [], 0)
    assert book.rows == list(range(2, 240_009))
    assert len(set(book.texts("order_number"))) == 12_468
    assert len(set(book.texts("sku_code"))) == 3_645
    assert book.texts("customer_code").count(None) == 67_225
    assert amount(book) == Decimal("4275143.931")
    moments = [moment for moment in book.moments("placed_at") if moment]
    assert (min(moments), max(moments)) == (datetime(2010, 12, 1, 8, 26), datetime(2011, 6, 26, 10, 59))  # noqa: DTZ001


def test_what_is_no_goods_and_what_is_cancelled(book: LineTable) -> None:
    mapping = presets()["online-retail"]
    reasons = Counter(
        found.reason for code in book.texts("sku_code") if code and (found := mapping.not_goods_reason(code))
    )
    assert reasons == {
        "carriage": 560 + 429 + 65,
        "manual": 265 + 1,
        "sample": 43,
        "discount": 35,
        "fee": 19 + 18,
        "voucher": 8 + 4 + 4 + 3 + 2,
        "padding": 1,
    }
    assert sum(mapping.is_cancellation(number or "") for number in book.texts("order_number")) == 4_350


def test_the_spreadsheet_a_person_keeps_says_the_same(order_book: Path, book: LineTable) -> None:
    sheet = open_sheet(order_book / "first-1500-lines.xlsx")
    table = read_order_lines(sheet, complete(Mapping(), sheet))
    assert (len(table), table.faults, table.doubts) == (1_500, [], [])
    for name, column in table.columns.items():
        assert column == book.columns[name][:1_500], name


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
def test_the_order_book_is_read_in_little_memory_and_without_the_database(order_book: Path) -> None:
    script = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from dinghuo.integrations.sheets import Mapping, complete, open_sheet, read_order_lines\n"
        "sheet = open_sheet(Path(sys.argv[1]))\n"
        "assert len(read_order_lines(sheet, complete(Mapping(), sheet))) == 240_007\n"
        "assert not {'sqlalchemy', 'asyncpg', 'pandas'} & sys.modules.keys()\n"
        "print(re.search(r'VmHWM:\\s*(\\d+) kB', Path('/proc/self/status').read_text())[1])\n"
    )
    path = order_book / "order-lines-2010-12-to-2011-06.csv.gz"
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 120_000
