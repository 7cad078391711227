"""`dinghuo import order-lines` as it is typed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.entry.home import Home
from tests.integrations.order_book.files import HEADER

from dinghuo.integrations.sheets import open_sheet
from dinghuo.kit.embedded import server

pytestmark = pytest.mark.slow

_MAP = [
    option
    for pair in (
        "order_number=number",
        "placed_at=date",
        "customer_code=customer",
        "sku_code=sku",
        "description=name",
        "quantity=quantity",
        "unit_price=price",
        "cancel_prefix=C",
    )
    for option in ("--map", pair)
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made = Home(tmp_path_factory.mktemp("home"))
    with server(made.data, options={"fsync": "off", "full_page_writes": "off"}):
        made.told("tenant", "create", "acme", "--name", "示例商贸")
        yield made


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.csv"
    rows = ("1,2026-01-01,K1,A,Ale,2,1.50", "2,2026-01-02,,A,Ale,1,1.50", "C3,2026-01-03,K1,A,Ale,-1,1.50")
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return path


def test_it_imports_once_and_tells_it(home: Home, book: Path, tmp_path: Path) -> None:
    command = ("import", "order-lines", str(book), "--tenant", "acme", *_MAP)
    dry = home.told(*command, "--dry-run")
    first = home.told(*command)
    assert (dry["dry_run"], dry["new"], dry["reasons"]) == (True, first["new"], {"no-customer": 1})
    assert (first["lines_read"], first["lines_ordered"], first["lines_set_aside"]) == (3, 2, 1)
    assert (first["amount_read"], first["amount_ordered"], first["amount_set_aside"]) == ("3.00", "1.50", "1.50")
    assert (first["orders"], first["customers"], first["skus"], first["checked"]) == (1, 1, 1, True)
    errors = tmp_path / "errors.xlsx"
    again = home.run(*command, "--errors", str(errors))
    assert (again.returncode, again.stderr) == (0, "")
    assert "Written: 0 orders" in again.stdout
    assert "no-customer" in again.stdout
    (row,) = open_sheet(errors).sample()
    assert row[:7] == ["2", "2026-01-02", "", "A", "Ale", "1", "1.50"]
    assert row[7] == 3
    assert "names no customer" in str(row[8])


def test_strict_imports_nothing_when_anything_would_be_set_aside(home: Home, book: Path) -> None:
    home.told("tenant", "create", "strict", "--name", "示例商贸")
    command = ("import", "order-lines", str(book), "--tenant", "strict", *_MAP, "--json")
    refused = home.run(*command, "--strict")
    assert (refused.returncode, refused.stderr) == (1, "")
    assert json.loads(refused.stdout)["dry_run"]
    assert json.loads(home.run(*command).stdout)["new"]["orders"] == 1


def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(home: Home, book: Path) -> None:
    command = ("import", "order-lines", str(book), "--tenant", "acme")
    wrong = home.run(*command, *_MAP, "--map", "unit_price=cost", "--json")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "The file has no column 'cost'" in wrong.stderr
    nobody = home.run("import", "order-lines", str(book), "--tenant", "nobody")
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert "nobody" in nobody.stderr
    assert home.run("import", "order-lines", str(book.with_name("none.csv")), "--tenant", "acme").returncode == 2
