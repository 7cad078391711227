"""Plain sheets through the wizard."""

import pytest
from tests.integrations.imports.desk import Desk, column, csv, reasons
from tests.integrations.imports.test_order_book import _ABOUT_IMPORTS
from tests.master import make_goods, make_warehouses
from tests.support import contents

from dinghuo.integrations.imports import tasks
from dinghuo.integrations.plain_sheets import run

pytestmark = pytest.mark.slow

SKUS = csv(
    "货号,名称,单位,大单位,箱规,税率,品牌",
    "Y-1,柚子气泡水,瓶,箱,24,13%,示例",
    "Y-2,青梅气泡水,瓶,箱,二十四,13%,示例",
    "Y-3,白水,瓶,,,免税,",
    "Y-1,又是柚子,瓶,箱,24,13%,示例",
    "Y-4,,瓶,,,13%,",
)


async def test_skus_are_tried_and_written(desk: Desk) -> None:
    begun = await desk.begin("skus", SKUS, "商品.csv")
    before = await contents(desk.database, desk.tenant, but=_ABOUT_IMPORTS)
    checked = await desk.check(begun["id"])
    assert await contents(desk.database, desk.tenant, but=_ABOUT_IMPORTS) == before
    report = checked["report"]["sheet"]
    assert (report["lines_read"], report["lines_taken"], report["lines_set_aside"]) == (5, 2, 3)
    assert (report["created"], report["updated"], report["unchanged"]) == (2, 0, 0)
    assert report["also_created"] == {"brand": 1, "unit": 2}
    assert reasons(report) == {"sheet-not-whole": 1, "sheet-row-twice": 1, "missing-value": 1}
    assert await desk.faults(begun["id"]) == [
        (3, 4, "sheet-not-whole"),
        (5, 0, "sheet-row-twice"),
        (6, 1, "missing-value"),
    ]
    done = await desk.run(begun["id"])
    assert {**done["result"]["sheet"], "seconds": 0, "dry_run": True} == {**report, "seconds": 0}
    skus = (await desk.client.get("/api/v1/skus")).json()["items"]
    assert column(skus, "code") == ["Y-1", "Y-3"]
    again = (await desk.imported("skus", SKUS))["result"]["sheet"]
    assert (again["created"], again["unchanged"], again["also_created"]) == (0, 2, {})


async def test_slices_written_before_a_crash_are_not_written_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "SLICE", 2)
    rows = [f"C{n},客户{n},{'华东' if n % 2 else ''},{'x' if n == 3 else 'CNY'}" for n in range(7)]
    begun = await desk.begin("customers", csv("客户编码,客户名称,区域,币种", *rows))
    await desk.check(begun["id"])
    kept = tasks._Journal.keep
    count = 0

    async def crashing(self: tasks._Journal, tx: object, number: int, outcome: object) -> None:
        nonlocal count
        await kept(self, tx, number, outcome)  # type: ignore[arg-type]
        count += 1
        if count == 2:
            raise RuntimeError("the lamp went out")

    with monkeypatch.context() as patch:
        patch.setattr(tasks._Journal, "keep", crashing)
        await desk.call("POST", f"/{begun['id']}/run", json={})
        await desk.work()
    broken = await desk.get(begun["id"])
    assert (broken["state"], broken["is_queued"]) == ("running", True)
    async with desk.database.transaction(desk.tenant.id) as tx:
        await tx.write("update import_job set queued_at = $2 where tenant_id = $1", tx.now)
        await tx.write("update outbox_event set due_at = $2 where tenant_id = $1 and kind = 'imports.due'", tx.now)
    done = await desk.worked_off(begun["id"])
    report = done["result"]["sheet"]
    assert (done["state"], report["created"], report["unchanged"], report["lines_set_aside"]) == ("done", 6, 0, 1)
    assert report["also_created"] == {"region": 1}
    assert await desk.faults(begun["id"]) == [(5, 3, "currency-form")]


async def test_prices_and_opening_stock(desk: Desk) -> None:
    await make_goods(desk.database, desk.tenant, "G1", "G2")
    await make_warehouses(desk.database, desk.tenant, "MAIN")
    lists = [{"code": "BASE", "name": "标准价", "kind": "base", "valid_from": "2026-01-01"}]
    assert (await desk.client.put("/api/v1/price-lists", json={"items": lists})).status_code == 200
    prices = await desk.imported(
        "prices", csv("价目表,货号,单位,单价", "BASE,G1,箱,66", "BASE,G9,箱,1", "BASE,G2,桶,1")
    )
    assert prices["result"]["sheet"]["created"] == 1
    assert await desk.faults(prices["id"]) == [(3, 1, "unknown-code"), (4, 2, "price-entry-unknown-unit")]
    opening = csv("仓库,货号,数量,单位,成本", "MAIN,G1,3,箱,24", "MAIN,G2,1,桶,", "MAIN,G1,5,瓶,2", "MAIN,G2,7,,")
    stock = await desk.imported("stock", opening)
    assert (stock["result"]["sheet"]["created"], stock["result"]["sheet"]["lines_set_aside"]) == (2, 2)
    assert await desk.faults(stock["id"]) == [(3, 3, "stock-unknown-unit"), (5, None, "sheet-other-row-wrong")]
    on_hand = (await desk.client.get("/api/v1/stock")).json()["items"]
    assert [(each["sku"], float(each["on_hand"])) for each in on_hand] == [("G1", 41)]
    again = await desk.imported("stock", opening)
    assert (again["result"]["sheet"]["created"], again["result"]["sheet"]["unchanged"]) == (0, 2)
    other = await desk.imported("stock", csv("仓库,货号,数量", "MAIN,G1,40"))
    assert reasons(other["result"]["sheet"]) == {"sheet-opened-otherwise": 1}


async def test_a_poisoned_file_stops_nothing_else(desk: Desk) -> None:
    """Cells that no database can hold, formulas, and the longest texts."""
    rows = [
        "Z1,=cmd|'/C calc'!A0,瓶,13%",
        "Z2,a\x01b,瓶,13%",
        f"Z3,{'长' * 5000},瓶,13%",
        "Z4,好,瓶,13%",
        '"Z\n5",x,瓶,13%',
    ]
    done = await desk.imported("skus", csv("货号,名称,单位,税率", *rows))
    report = done["result"]["sheet"]
    assert (done["state"], report["created"], report["lines_set_aside"]) == ("done", 2, 3)
    page = await desk.call("GET", f"/{done['id']}/rows", params={"faulty": True})
    assert [len(row["faults"]) for row in page["items"]] == [1, 1, 1]
