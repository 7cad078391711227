"""`dinghuo import sheet` as it is typed: the same functions as the wizard's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.entry.home import Home

from dinghuo.integrations.sheets import open_sheet
from dinghuo.kit.embedded import server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made = Home(tmp_path_factory.mktemp("home"))
    with server(made.data, options={"fsync": "off", "full_page_writes": "off"}):
        made.told("tenant", "create", "acme", "--name", "示例商贸")
        yield made


def test_it_tries_and_writes(home: Home, tmp_path: Path) -> None:
    sheet, errors = tmp_path / "dealers.csv", tmp_path / "errors.xlsx"
    sheet.write_bytes("编号,客户名称,等级\nD1,甲店,一级\nD2,乙店,二级\n,丙店,\n".encode("gb18030"))
    command = ("import", "sheet", "customers", str(sheet), "--tenant", "acme", "--map", "code=编号")
    dry = home.told(*command, "--map", "name=客户名称", "--map", "tier=等级", "--dry-run")
    first = home.told(*command, "--map", "name=客户名称", "--map", "tier=等级")
    assert {**dry, "dry_run": False, "seconds": 0} == {**first, "seconds": 0}
    assert (first["created"], first["lines_set_aside"], first["also_created"]) == (2, 1, {"tier": 2})
    # What is not said is guessed only while nothing is.
    sheet.write_text("客户编码,客户名称,等级\nD1,甲店,二级\n,丙店,\n", encoding="utf-8")
    again = home.run("import", "sheet", "customers", str(sheet), "--tenant", "acme", "--errors", str(errors))
    assert (again.returncode, again.stderr) == (0, "")
    assert "0 created · 1 updated · 0 unchanged" in again.stdout
    (row,) = open_sheet(errors).sample()
    assert row[1] == "丙店"


def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(home: Home, tmp_path: Path) -> None:
    sheet = tmp_path / "stock.csv"
    sheet.write_text("甲,乙\n1,2\n", encoding="utf-8")
    wrong = home.run("import", "sheet", "stock", str(sheet), "--tenant", "acme", "--json")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "No column was given for warehouse" in wrong.stderr
