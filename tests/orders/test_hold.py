"""Holds: set and lifted for a reason, by whom, all or none, and never what the payment policy decides."""

from uuid import UUID

import pytest
from tests.orders.desk import Desk
from tests.statements import statements
from tests.support import contents, key_of, principal_of

from dinghuo.kit.database import Tx
from dinghuo.orders.hold import hold

pytestmark = pytest.mark.slow

NOWHERE = "00000000-0000-7000-8000-000000000000"


async def test_an_order_is_held_for_reasons_and_each_is_lifted_for_itself(desk: Desk) -> None:
    placed = await desk.place("K1", ("COLA", "2", "箱"))
    path = f"orders/{placed['id']}"
    held = await desk.done(f"{path}/hold", {"reason": "credit", "note": "超期未付"})
    assert (held["number"], held["holds"], held["revision"]) == (placed["number"], ["credit"], 2)
    held = await desk.done(f"{path}/hold", {"reason": "manual"})
    assert (held["holds"], held["revision"]) == (["credit", "manual"], 3)
    again = await desk.done(f"{path}/hold", {"reason": "manual"})
    assert (again["holds"], again["revision"]) == (["credit", "manual"], 3)
    page = await desk.page(placed["id"])
    assert (page["holds"], page["problems"]) == (["credit", "manual"], ["on_hold"])
    lifted = await desk.done(f"{path}/release", {"reasons": ["credit"], "note": "已付"})
    assert lifted["holds"] == ["manual"]
    lifted = await desk.done(f"{path}/release", {})
    assert lifted["holds"] == []
    holds = (await desk.client.get(f"/api/v1/{path}/holds")).json()
    assert [(h["reason"], h["note"], h["held_by"], h["released_by"], h["release_note"]) for h in holds] == [
        ("credit", "超期未付", "boss · test", "boss · test", "已付"),
        ("manual", None, "boss · test", "boss · test", None),
    ]
    actions = [entry["action"] for entry in (await desk.page(placed["id"]))["history"]]
    assert actions == ["placed", "held", "held", "hold_lifted", "hold_lifted"]
    assert await desk.refused(f"{path}/release", {}) == [("not-held", "holds")]
    assert (await desk.reserved("COLA"), await desk.open_credit("K1")) == ("48", "120.00")
    await desk.sound()


async def test_many_are_held_or_none(desk: Desk) -> None:
    ids = [(await desk.place("K1", ("COLA", "1", "瓶")))["id"] for _ in range(3)]
    await desk.done(f"orders/{ids[2]}/cancel", {})
    before = await contents(desk.database, desk.world.tenant)
    assert await desk.refused("orders/hold", {"ids": ids, "reason": "stock"}) == [("wrong-state", "state")]
    assert await desk.refused("orders/hold", {"ids": [*ids[:2], NOWHERE], "reason": "stock"}) == [
        ("unknown-order", "id")
    ]
    assert await desk.refused("orders/hold", {"ids": ids[:2], "reason": "unpaid"}) == [("hold-not-by-hand", "reason")]
    assert await contents(desk.database, desk.world.tenant) == before
    held = (await desk.done("orders/hold", {"ids": ids[:2], "reason": "stock"}))["items"]
    assert [item["holds"] for item in held] == [["stock"], ["stock"]]
    for wanted, found in (("any", 2), ("stock", 2), ("manual", 0)):
        listed = (await desk.client.get("/api/v1/orders", params={"hold": wanted})).json()["items"]
        assert len(listed) == found
    lifted = (await desk.done("orders/release", {"ids": ids[:2], "reasons": ["stock"]}))["items"]
    assert [item["holds"] for item in lifted] == [[], []]
    await desk.sound()


async def test_the_page_says_who_may_hold_and_why_not(desk: Desk) -> None:
    placed = await desk.place("K1", ("COLA", "1", "瓶"))
    await desk.done(f"orders/{placed['id']}/hold", {"reason": "manual"})
    page = await desk.page(placed["id"])
    actions = {action["name"]: [reason["code"] for reason in action["reasons"]] for action in page["actions"]}
    assert (actions["hold"], actions["lift_hold"], actions["short_close"]) == ([], [], [])
    keeper = await desk.someone("warehouse")
    assert await desk.refused(f"orders/{placed['id']}/release", {}, client=keeper) == [("not-permitted", "")]


async def test_holding_many_costs_the_statements_of_one(desk: Desk) -> None:
    principal = await principal_of(desk.database, await key_of(desk.database, desk.world.tenant, "boss"))
    counts = set()
    for size in (1, 12):
        ids = [(await desk.place("K1", ("COLA", "1", "瓶")))["id"] for _ in range(size)]

        async def command(tx: Tx, ids: list[str] = ids) -> object:
            return await hold(
                tx,
                ids=[UUID(id) for id in ids],
                reason="manual",
                note=None,
                by=desk.world.tenant.owner,
                principal=principal,
            )

        counts.add(await statements(desk.database, desk.world.tenant, command))
    assert len(counts) == 1
