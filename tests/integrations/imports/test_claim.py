"""Who works on which import, and what happens when a worker is gone."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.callers import Staff
from tests.integrations.imports.desk import Desk, csv

from dinghuo.integrations.imports import work
from dinghuo.integrations.imports.claim import LEASE, MOST_ATTEMPTS, Claim, claim
from dinghuo.integrations.imports.tasks import TASKS
from dinghuo.kit.database import Database, RetryTransaction

pytestmark = pytest.mark.slow

SHEET = csv("货号,名称,单位,税率", "A,甲,瓶,13%")


async def claimed(desk: Desk, free: int = 2) -> list[Claim]:
    return await desk.database.run(desk.tenant.id, lambda tx: claim(tx, free=free))


async def begin(desk: Desk) -> str:
    file_id = await desk.upload(SHEET)
    return str((await desk.call("POST", "", json={"kind": "skus", "file_id": file_id}))["id"])


async def late(desk: Desk, by: timedelta = LEASE) -> None:
    async with desk.database.transaction(desk.tenant.id) as tx:
        await tx.write("update import_job set lease_until = lease_until - $2::interval where tenant_id = $1", by)


async def test_each_lane_has_one_at_a_time_the_longest_waiting_first(desk: Desk) -> None:
    first, second = await begin(desk), await begin(desk)
    (one,) = await claimed(desk)
    assert (str(one.import_id), one.state) == (first, "looking")
    assert await claimed(desk) == []
    shown = await desk.get(first)
    assert (shown["is_queued"], shown["progress"]["phase"]) == (False, "fetch")
    await work.carry_out(desk.database, one, stop=asyncio.Event())
    (two,) = await claimed(desk)
    assert str(two.import_id) == second
    assert await claimed(desk, free=0) == []


async def test_a_worker_that_is_gone_is_replaced_and_heard_no_more(desk: Desk) -> None:
    import_id = await begin(desk)
    (gone,) = await claimed(desk)
    await late(desk)
    (other,) = await claimed(desk)
    assert (other.import_id, other.worker != gone.worker) == (gone.import_id, True)
    await desk.work()
    await work._leave(desk.database, gone, "ready", look=None)
    assert (await desk.get(import_id))["state"] == "looking"
    await work.carry_out(desk.database, other, stop=asyncio.Event())
    assert (await desk.get(import_id))["state"] == "ready"


async def test_what_breaks_every_worker_is_given_up(desk: Desk) -> None:
    import_id = await begin(desk)
    for _ in range(MOST_ATTEMPTS):
        assert len(await claimed(desk)) == 1
        await late(desk)
    assert await claimed(desk) == []
    given_up = await desk.get(import_id)
    assert (given_up["state"], [each["code"] for each in given_up["problem"]]) == ("failed", ["import-gave-up"])


async def test_another_look_is_due_as_long_as_something_waits(desk: Desk) -> None:
    await begin(desk)
    await claimed(desk)
    due = (
        "select count(*) as n from outbox_event where tenant_id = $1 and kind = 'imports.due' and settled_at is null"
    )
    async with desk.database.transaction(desk.tenant.id) as tx:
        assert (await tx.fetch(due))[0]["n"] == 2  # the first, still to be taken up, and the look to come


CALLS: tuple[tuple[str, str, Any], ...] = (
    ("GET", "", None), ("GET", "/faults", None), ("GET", "/rows", None), ("GET", "/errors.xlsx", None),
    ("POST", "/look", {}), ("POST", "/check", {"mapping": {}}), ("POST", "/run", {}), ("POST", "/cancel", {}),
)  # fmt: skip


async def test_another_company_sees_nothing_of_it(desk: Desk, other_desk: Desk) -> None:
    import_id = await begin(desk)
    await desk.work()
    for method, path, body in CALLS:
        await other_desk.call(method, f"/{import_id}{path}", status=404, json=body)
    assert (await other_desk.call("GET", "")) == {"items": [], "cursor": None}


async def test_prices_of_others_are_hidden_from_who_may_not_see_prices(desk: Desk, staff: Staff) -> None:
    """The one who keeps the machines running imports, but is not shown what the owner's sheets say of money."""
    it = Desk(await staff("it"), desk.database, desk.tenant)
    priced = (await desk.begin("prices", csv("价目表,货号,单价", "B,G,1")))["id"]
    costed = (await desk.begin("stock", csv("仓库,货号,数量,成本", "M,G,1,2")))["id"]
    plain = (await desk.begin("skus", SHEET))["id"]
    own = (await it.begin("prices", csv("价目表,货号,单价", "B,G,1")))["id"]
    for import_id, code in ((priced, "price-hidden"), (costed, "cost-hidden")):
        for method, path, body in CALLS:
            refused = await it.call(method, f"/{import_id}{path}", status=403, json=body)
            assert [each["code"] for each in refused["faults"]] == [code]
    assert [each["id"] for each in (await it.call("GET", ""))["items"]] == [own, plain]
    assert [each["id"] for each in (await desk.call("GET", ""))["items"]] == [own, plain, costed, priced]
    assert [each["look"] for each in (await desk.call("GET", "?kind=skus&state=ready&limit=1"))["items"]] == [None]


async def test_an_expired_file_is_missed(desk: Desk, database: Database) -> None:
    import_id = await begin(desk)
    await desk.work()
    async with database.transaction(desk.tenant.id) as tx:
        await tx.write("delete from import_file_part where tenant_id = $1")
        await tx.write("delete from import_file where tenant_id = $1")
    found = await desk.get(import_id)
    assert (found["file"]["is_there"], found["actions"]) == (False, ["cancel"])
    mapping = found["look"]["mapping"]
    await desk.call("POST", f"/{import_id}/check", json={"mapping": mapping})
    await desk.work()
    failed = await desk.get(import_id)
    assert (failed["state"], [each["code"] for each in failed["problem"]]) == ("failed", ["import-file-gone"])


async def test_a_bug_is_told_with_a_reference(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> object:
        raise RuntimeError("no such thing")

    monkeypatch.setitem(TASKS, "looking", broken)
    monkeypatch.setattr(work, "_AGAIN_AFTER", timedelta())
    import_id = await begin(desk)
    for _ in range(MOST_ATTEMPTS):
        await desk.work()
    failed = await desk.get(import_id)
    assert (failed["state"], [each["code"] for each in failed["problem"]]) == ("failed", ["import-broke"])
    assert "RuntimeError" not in failed["problem"][0]["message"]


async def test_what_gave_way_to_others_is_taken_up_again_soon(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a lease that nobody needs any more."""
    look, ways = TASKS["looking"], 0

    async def crowded(*about: Any) -> Any:
        nonlocal ways
        ways += 1
        if ways < MOST_ATTEMPTS:
            raise RetryTransaction("others have these rows")
        return await look(*about)

    monkeypatch.setitem(TASKS, "looking", crowded)
    monkeypatch.setattr(work, "_AGAIN_AFTER", timedelta())
    import_id = await begin(desk)
    for _ in range(MOST_ATTEMPTS):
        await desk.work()
    assert ((await desk.get(import_id))["state"], ways) == ("ready", MOST_ATTEMPTS)
