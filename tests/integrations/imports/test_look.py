"""What a file looks like, and which column is which."""

import io
import zipfile

import pytest
import xlsxwriter
from tests.integrations.imports.desk import Desk, csv

pytestmark = pytest.mark.slow

HEADER = "货号,名称,单位,税率,箱规,大单位"
ROWS = ("A-1,柚子气泡水,瓶,13%,24,箱", "A-2,青梅气泡水,瓶,13%,24,箱")


async def test_a_sheet_is_looked_at(desk: Desk) -> None:
    found = await desk.begin("skus", csv("商品目录,,,,,", HEADER, *ROWS), "目录.csv")
    look = found["look"]
    assert (found["state"], found["actions"], found["progress"]) == ("ready", ["look", "check", "cancel"], None)
    assert (look["header_row"], look["rows"], look["delimiter"], look["source"]) == (2, 2, ",", "guessed")
    assert look["first_rows"] == [row.split(",") for row in ROWS]
    assert [(each["ref"], each["letter"], each["field"]) for each in look["columns"]] == [
        ("货号", "A", "code"),
        ("名称", "B", "name"),
        ("单位", "C", "base_unit"),
        ("税率", "D", "tax_rate"),
        ("箱规", "E", "case_quantity"),
        ("大单位", "F", "case_unit"),
    ]
    assert all(0.35 <= each["confidence"] <= 1 for each in look["columns"])
    assert look["columns"][0]["samples"] == ["A-1", "A-2"]
    assert look["missing"] == []


async def test_gb18030_and_another_header_row(desk: Desk) -> None:
    content = "\n".join(["甲,乙,丙", HEADER, *ROWS]).encode("gb18030")
    found = await desk.begin("skus", content, header_row=1)
    assert (found["look"]["encoding"], found["look"]["header"], found["look"]["missing"]) == (
        "gb18030",
        ["甲", "乙", "丙"],
        [["code"]],
    )
    again = await desk.call("POST", f"/{found['id']}/look", json={"header_row": 2}, status=202)
    assert again["state"] == "looking"
    await desk.work()
    assert (await desk.get(found["id"]))["look"]["header"] == HEADER.split(",")


async def test_worksheets(desk: Desk) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for title, header in (("说明", ["请看", "第二页"]), ("数据", HEADER.split(","))):
            page = book.add_worksheet(title)
            page.write_row(0, 0, header)
            page.write_row(1, 0, ["A-1", "x", "瓶", 0.13, 24, "箱"][: len(header)])
    found = await desk.begin("skus", target.getvalue(), "目录.xlsx")
    assert (found["look"]["worksheet"], found["look"]["worksheets"]) == ("说明", ["说明", "数据"])
    await desk.call("POST", f"/{found['id']}/look", json={"worksheet": "数据"}, status=202)
    await desk.work()
    found = await desk.get(found["id"])
    assert found["look"]["first_rows"] == [["A-1", "x", "瓶", "0.13", "24", "箱"]]
    await desk.call("POST", f"/{found['id']}/look", json={"worksheet": "没有"}, status=202)
    await desk.work()
    failed = await desk.get(found["id"])
    assert (failed["state"], [each["code"] for each in failed["problem"]]) == ("failed", ["sheet-no-such-worksheet"])
    assert failed["actions"] == ["look", "check"]


async def test_what_no_sheet_is(desk: Desk) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    for content, code in (
        (b"%PDF-1.7 ...", "sheet-not-a-sheet"),
        (b"PK\x03\x04 broken", "sheet-damaged"),
        (bomb.getvalue(), "sheet-unpacks-too-large"),
        (b"\n\n", "sheet-empty"),
    ):
        found = await desk.begin("customers", content, "x.xlsx")
        assert (found["state"], [each["code"] for each in found["problem"]]) == ("failed", [code])
        assert "x.xlsx" in found["problem"][0]["message"]


async def test_a_mapping_is_remembered_by_its_header(desk: Desk, other_desk: Desk) -> None:
    content = csv("甲,乙,丙,丁", "A-1,柚子,瓶,13%")
    found = await desk.begin("skus", content)
    assert found["look"]["missing"] == [["code"]]
    mapping = {"columns": {"code": "甲", "name": "乙", "base_unit": "丙", "tax_rate": "丁"}}
    await desk.check(found["id"], mapping, remember_as="老系统")
    again = (await desk.begin("skus", csv(" 甲 ,乙,丙, 丁", "A-2,柚子,瓶,13%")))["look"]
    assert (again["source"], again["mapping_name"], again["mapping"], again["missing"]) == (
        "remembered",
        "老系统",
        mapping,
        [],
    )
    assert {each["confidence"] for each in again["columns"]} == {1.0}
    assert (await other_desk.begin("skus", content))["look"]["source"] == "guessed"
    assert (await desk.begin("customers", content))["look"]["source"] == "guessed"


async def test_remembered_mappings_are_named_and_forgotten(desk: Desk, other_desk: Desk) -> None:
    for kind, header in (("skus", "货号,名称"), ("skus", "货号,品名"), ("customers", "客户编码,客户名称")):
        found = await desk.begin(kind, csv(header, "A,B"))
        await desk.check(found["id"])
    page = await desk.call("GET", "/mappings", params={"limit": 2})
    rest = await desk.call("GET", "/mappings", params={"limit": 2, "cursor": page["cursor"]})
    kept = [*page["items"], *rest["items"]]
    assert [(each["kind"], each["header"], each["name"]) for each in kept] == [
        ("customers", ["客户编码", "客户名称"], None),
        ("skus", ["货号", "品名"], None),
        ("skus", ["货号", "名称"], None),
    ]
    assert rest["cursor"] is None
    path = f"/mappings/{kept[0]['id']}"
    await other_desk.call("PATCH", path, json={"name": "x"}, status=404)
    await other_desk.call("DELETE", path, status=404)
    assert (await desk.call("PATCH", path, json={"name": "用友"}))["name"] == "用友"
    await desk.call("DELETE", path, status=204)
    left = await desk.call("GET", "/mappings", params={"kind": "customers"})
    assert left == {"items": [], "cursor": None}
    assert (await other_desk.call("GET", "/mappings"))["items"] == []


async def test_a_mapping_with_faults_is_refused_whole(desk: Desk) -> None:
    found = await desk.begin("skus", csv("货号,名称,名称", "A,B,C"))
    mapping = {"columns": {"name": "名称", "brand": "没有"}, "time_zone": "Europe/Nowhere"}
    refused = await desk.call("POST", f"/{found['id']}/check", json={"mapping": mapping}, status=422)
    assert sorted((each["field"], each["code"]) for each in refused["faults"]) == [
        ("mapping.columns.brand", "mapping-column-missing"),
        ("mapping.columns.code", "mapping-field-unmapped"),
        ("mapping.columns.name", "mapping-column-repeated"),
        ("mapping.time_zone", "import-time-zone"),
    ]
    wrong = {"columns": {"code": "货号", "quantity": "名称"}}
    refused = await desk.call("POST", f"/{found['id']}/check", json={"mapping": wrong}, status=422)
    assert [each["code"] for each in refused["faults"]] == ["mapping-unknown-field"]
    assert (await desk.get(found["id"]))["state"] == "ready"
