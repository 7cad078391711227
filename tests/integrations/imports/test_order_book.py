"""An order book through the wizard: tried, run, interrupted, run again; the same figures as the command line's."""

import asyncio
import gzip
import io
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from python_calamine import CalamineWorkbook
from tests.integrations.imports.desk import Desk, csv, reasons
from tests.integrations.order_book.running import assert_sound, books
from tests.support import contents, make_tenant, trail

from dinghuo.integrations.imports import beat
from dinghuo.integrations.order_book import dry_run, read_order_book, run_order_book, write_orders
from dinghuo.integrations.sheets import mapping_given
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow

HEADER = "单号,日期,客户编码,货号,品名,数量,单价"
ROWS = (
    "A1,2026-01-05,D1,X-1,柚子,3,2.50",
    "A1,2026-01-05,D1,X-2,青梅,2,4.00",
    "A2,2026-01-06,,X-1,柚子,5,2.50",
    "A3,2026-01-07,D2,X-2,青梅,七,4.00",
    "A4,2026-01-08,D2,X-1,柚子,-1,2.50",
)
MARKS = [
    (4, 2, "order-book-no-customer"),
    (5, 5, "cell-not-a-number"),
    (6, 5, "order-book-negative-quantity"),
]
_ABOUT_IMPORTS = ("import_file", "import_file_part", "import_job", "import_mapping", "import_fault", "import_rows",
                  "import_slice", "outbox_event", "outbox_mark", "audit_entry", "idempotency_key")  # fmt: skip


async def test_a_dry_run_marks_the_cells_and_writes_nothing(desk: Desk) -> None:
    begun = await desk.begin("order_book", csv(HEADER, *ROWS), "订单.csv")
    assert begun["look"]["missing"] == []
    before = await contents(desk.database, desk.tenant, but=_ABOUT_IMPORTS)
    checked = await desk.check(begun["id"])
    assert await contents(desk.database, desk.tenant, but=_ABOUT_IMPORTS) == before
    assert (checked["state"], checked["faults"], checked["faults_listed"]) == ("checked", 3, 3)
    assert checked["actions"] == ["look", "check", "run", "cancel"]
    report = checked["report"]["order_book"]
    assert (report["dry_run"], report["lines_read"], report["lines_ordered"], report["lines_set_aside"]) == (
        True, 5, 2, 3,
    )  # fmt: skip
    assert (report["amount_ordered"], report["amount_set_aside"]) == ("15.50", "10.00")
    assert reasons(report) == {"no-customer": 1, "cell-not-a-number": 1, "negative-quantity": 1}
    assert await desk.faults(begun["id"]) == MARKS
    assert await desk.faults(begun["id"], limit=1) == MARKS
    assert await desk.faults(begun["id"], code="cell-not-a-number") == MARKS[1:2]


async def test_bad_cells_in_either_language_with_the_rows_around_them(desk: Desk) -> None:
    begun = await desk.begin("order_book", csv(HEADER, *ROWS), "订单.csv")
    await desk.check(begun["id"])
    path = f"/{begun['id']}"
    (chinese,) = (await desk.call("GET", f"{path}/faults?code=cell-not-a-number", headers={"accept-language": "zh"}))[
        "items"
    ]
    assert chinese == {
        "row": 5, "column": 5, "letter": "F", "header": "数量", "field": "quantity", "worksheet": None,
        "value": "七", "code": "cell-not-a-number", "message": "数量“七”不是数字",
    }  # fmt: skip
    rows = await desk.call("GET", f"{path}/rows", params={"first": 3, "limit": 2})
    assert [(row["row"], row["cells"][3], len(row["faults"])) for row in rows["items"]] == [
        (3, "X-2", 0),
        (4, "X-1", 1),
    ]
    rest = await desk.call("GET", f"{path}/rows", params={"cursor": rows["cursor"]})
    assert [row["row"] for row in rest["items"]] == [5, 6] and rest["cursor"] is None
    faulty = await desk.call("GET", f"{path}/rows", params={"faulty": True, "limit": 2})
    assert [(row["row"], row["faults"][0]["column"]) for row in faulty["items"]] == [(4, 2), (5, 5)]
    last = await desk.call("GET", f"{path}/rows", params={"faulty": True, "limit": 2, "cursor": faulty["cursor"]})
    assert [row["faults"] for row in last["items"]] == [
        [{"column": 5, "code": "order-book-negative-quantity", "message": last["items"][0]["faults"][0]["message"]}]
    ]


async def test_the_run_writes_what_the_dry_run_said(desk: Desk) -> None:
    begun = await desk.begin("order_book", csv(HEADER, *ROWS), "订单.csv")
    checked = await desk.check(begun["id"])
    done = await desk.run(begun["id"])
    said, did = checked["report"]["order_book"], done["result"]["order_book"]
    differs = {"dry_run": (True, False), "checked": (False, True)}
    assert {
        name: (said[name], did[name]) for name in said if name != "seconds" and said[name] != did[name]
    } == differs
    assert (done["state"], done["actions"], done["run_by"]) == ("done", [], done["created_by"])
    assert await desk.faults(begun["id"]) == MARKS
    await assert_sound(desk.database, desk.tenant)
    async with desk.database.transaction(desk.tenant.id) as tx:
        origins = await tx.fetch("select distinct origin_kind, origin_id::text from sales_order where tenant_id = $1")
    assert [tuple(origin) for origin in origins] == [("import", begun["id"])]
    kinds = [(kind, action) for kind, action, _ in await trail(desk.database, desk.tenant) if kind == "import"]
    assert kinds == [("import", each) for each in ("created", "ready", "checking", "checked", "running", "done")]
    again = await desk.imported("order_book", csv(HEADER, *ROWS), "订单.csv")
    assert set(again["result"]["order_book"]["new"].values()) == {0}


async def test_the_errors_workbook_can_be_mended_and_imported(desk: Desk) -> None:
    begun = await desk.begin("order_book", csv(HEADER, *ROWS), "订单.csv")
    checked = await desk.check(begun["id"])
    assert checked["has_errors_workbook"]
    answer = await desk.client.get(f"/api/v1/imports/{begun['id']}/errors.xlsx")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E8%AE%A2%E5%8D%95-")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert [row[:7] for row in rows] == [HEADER.split(","), *(row.split(",") for row in ROWS[2:])]
    assert [row[7] for row in rows[1:]] == [4, 5, 6]


async def test_the_same_report_as_the_command_line(desk: Desk, order_book: Path) -> None:
    """The first lines of the real file, by its own preset."""
    content = (order_book / "first-1500-lines.xlsx").read_bytes()
    begun = await desk.begin("order_book", content, "first-1500-lines.xlsx")
    assert (begun["look"]["source"], begun["look"]["rows"]) == ("preset", 1500)
    checked = await desk.check(begun["id"])
    other = await make_tenant(desk.database)
    book = await read_order_book(
        desk.database, other.id, content, mapping_given(["online-retail"]), name="first-1500-lines.xlsx"
    )
    told = msgspec.to_builtins(dry_run(book))
    assert checked["report"]["order_book"] | {"seconds": 0} == told | {"seconds": 0}
    assert checked["faults"] == checked["faults_listed"] == len(book.faults) == len(await desk.faults(begun["id"]))
    done = await desk.run(begun["id"])
    ran = msgspec.to_builtins(await run_order_book(desk.database, other.id, book))
    assert done["result"]["order_book"] | {"seconds": 0} == ran | {"seconds": 0}
    assert await books(desk.database, desk.tenant) == await books(desk.database, other)


async def test_it_goes_on_after_an_interruption_and_counts_everything_once(
    desk: Desk, order_book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped again and again: what is told at the end is what an uninterrupted run tells."""
    # Two slices are in work side by side: before it stops, a run may have committed several.
    monkeypatch.setattr(write_orders, "SLICE_LINES", 150)
    with gzip.open(order_book / "order-lines-2010-12-to-2011-06.csv.gz", "rt") as lines:
        content = gzip.compress("".join(islice(lines, 3001)).encode())
    begun = await desk.begin("order_book", content, "book.csv.gz")
    checked = await desk.check(begun["id"])
    interrupted = await _interrupted_run(desk, begun["id"], monkeypatch)
    assert interrupted >= 3
    done = await desk.get(begun["id"])
    assert (done["state"], done["problem"]) == ("done", None)
    said, did = checked["report"]["order_book"], done["result"]["order_book"]
    assert did["new"] == said["new"] and did["checked"]
    assert {name: did[name] for name in said if name not in ("dry_run", "checked", "seconds")} == {
        name: said[name] for name in said if name not in ("dry_run", "checked", "seconds")
    }
    await assert_sound(desk.database, desk.tenant)
    other = await make_tenant(desk.database)
    book = await read_order_book(desk.database, other.id, content, mapping_given(["online-retail"]), name="x.csv.gz")
    await run_order_book(desk.database, other.id, book)
    assert await books(desk.database, desk.tenant) == await books(desk.database, other)


async def _interrupted_run(desk: Desk, import_id: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run it, stopping as soon as a slice of orders is written; how often that was."""
    stops = 0
    plain = beat.Beat.progress

    def stopping(self: beat.Beat, stage: str, done: int, total: int) -> None:
        nonlocal stops
        if stage == "orders" and 0 < done < total:
            stops += 1
            self.end(beat.Interrupted())
        plain(self, stage, done, total)

    monkeypatch.setattr(beat.Beat, "progress", stopping)
    await desk.call("POST", f"/{import_id}/run", json={})
    await desk.worked_off(import_id)
    return stops


async def test_a_run_is_cancelled_between_slices_and_finished_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_orders, "SLICE_LINES", 2)
    rows = [f"B{n},2026-01-05,D1,X-1,柚子,1,2.50" for n in range(20)]
    begun = await desk.begin("order_book", csv(HEADER, *rows))
    await desk.check(begun["id"])
    plain = beat.Beat.progress

    def cancelling(self: beat.Beat, stage: str, done: int, total: int) -> None:
        if stage == "orders" and done >= 4:
            self.end(beat.Cancelled())
        plain(self, stage, done, total)

    with monkeypatch.context() as patch:
        patch.setattr(beat.Beat, "progress", cancelling)
        cancelled = await desk.run(begun["id"])
    assert (cancelled["state"], cancelled["actions"], cancelled["result"]) == ("cancelled", ["run"], None)
    counted = "select count(*) as n from sales_order where tenant_id = $1"
    async with desk.database.transaction(desk.tenant.id) as tx:
        assert 0 < (await tx.fetch(counted))[0]["n"] < 20
    done = await desk.run(begun["id"])
    assert (done["state"], done["result"]["order_book"]["new"]["orders"]) == ("done", 20)
    async with desk.database.transaction(desk.tenant.id) as tx:
        assert (await tx.fetch(counted))[0]["n"] == 20
    await assert_sound(desk.database, desk.tenant)


async def test_somebody_cancels_while_it_works(desk: Desk) -> None:
    """The wish reaches the worker with its next sign of life."""
    begun = await desk.begin("order_book", csv(HEADER, *ROWS))
    mapping = begun["look"]["mapping"]
    waiting = await desk.call("POST", f"/{begun['id']}/check", json={"mapping": mapping})
    assert (waiting["is_queued"], waiting["progress"], waiting["actions"]) == (True, None, ["cancel"])
    back = await desk.call("POST", f"/{begun['id']}/cancel", json={}, status=200)
    assert back["state"] == "ready"
    await desk.work()
    assert (await desk.get(begun["id"]))["state"] == "ready"
    refused = await desk.call("POST", f"/{begun['id']}/run", json={}, status=409)
    assert refused["faults"][0]["code"] == "import-action-not-now"
    gone = await desk.call("POST", f"/{begun['id']}/cancel", json={}, status=200)
    assert (gone["state"], gone["actions"]) == ("cancelled", [])


async def test_live_orders_and_options(desk: Desk) -> None:
    begun = await desk.begin("order_book", csv(HEADER, *ROWS[:2]))
    checked = await desk.check(begun["id"], options={"live_from": "2026-01-01"})
    assert (checked["options"]["live_from"], checked["report"]["order_book"]["open_orders"]) == ("2026-01-01", 1)


async def test_one_after_the_other(desk: Desk) -> None:
    """Two imports of a company are never written at once."""
    ids = []
    for number in (1, 2):
        begun = await desk.begin("order_book", csv(HEADER, f"N{number},2026-01-05,D1,X-1,柚子,1,2.50"))
        await desk.check(begun["id"])
        await desk.call("POST", f"/{begun['id']}/run", json={})
        ids.append(begun["id"])
    at_once = 0
    most = 0
    runner = desk.runner()
    plain = runner._carry_out

    async def counting(claim: object) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.05)
        await plain(claim)  # type: ignore[arg-type]
        at_once -= 1

    runner._carry_out = counting
    for _ in range(4):
        await drain(desk.database, desk.tenant.id, runner.reactions)
        await runner.finished()
    assert most == 1
    assert [(await desk.get(each))["state"] for each in ids] == ["done", "done"]
