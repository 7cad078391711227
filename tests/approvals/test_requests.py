"""Requests against the real database: who is asked, what is kept, and that refusals leave no trace."""

import asyncio
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from tests.approvals.conftest import Desk, person, role, step, thing, user
from tests.statements import statements
from tests.support import contents

from dinghuo.approvals.ask import ask, withdraw_open
from dinghuo.approvals.decide import decide
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.ids import new_id

pytestmark = pytest.mark.slow

_WAITING = "select id from approval_request where tenant_id = $1 and state = 'open' and step_no = 1"


def people(detail: Any, number: int = 1) -> dict[str, tuple[str, str]]:
    return {p["login"]: (p["origin"], p["state"]) for p in detail["steps"][number - 1]["people"]}


def verbs(detail: Any) -> list[tuple[str, str, str | None]]:
    return [(d["verb"], d["by"].removesuffix(" · test"), d["on_behalf_of"]) for d in detail["decisions"]]


async def test_without_policies_nothing_is_asked(desk: Desk) -> None:
    before = await contents(desk.database, desk.tenant)
    assert await desk.ask() is None
    assert await contents(desk.database, desk.tenant) == before


async def test_what_no_policy_matches_is_not_asked(desk: Desk) -> None:
    await desk.policy()
    assert await desk.ask_all([thing(desk, amount="100.00"), thing(desk, amount="100.01")]) == [
        None,
        *([UUID(row["id"].hex) for row in await desk.rows("select id from approval_request where tenant_id = $1")]),
    ]


async def test_a_request_goes_through_its_steps(desk: Desk) -> None:
    await desk.policy(steps=[step("经理", role("sales_manager")), step("老板", user("boss"))], expires_hours=72)
    id = await desk.opened()
    detail = await desk.get("manager", f"approvals/{id}")
    assert (detail["state"], detail["requested_by"], detail["title"]) == ("open", "asker", "T-1")
    assert (detail["opened_at"], detail["expires_at"]) == ("2026-03-01T08:00:00Z", "2026-03-04T08:00:00Z")
    assert people(detail) == {"manager": ("policy", "open"), "manager2": ("policy", "open")}
    assert [s["state"] for s in detail["steps"]] == ["open", "waiting"]
    assert {a["name"]: a["allowed"] for a in detail["actions"]} == {
        "approve": True, "reject": True, "add": True, "hand_over": True, "return": False, "withdraw": False,
    }  # fmt: skip
    assert (await desk.get("manager", "approvals/count"), await desk.get("boss", "approvals/count")) == (
        {"mine": 1}, {"mine": 0},
    )  # fmt: skip
    after = await desk.decide("manager", id, comment="可以")
    assert [s["state"] for s in after["steps"]] == ["done", "open"]
    assert people(after) == {"manager": ("policy", "approved"), "manager2": ("policy", "closed")}
    assert await desk.refused("manager", f"approvals/{id}/decide", {"verdict": "approve"}) == ["not-asked"]
    final = await desk.decide("boss", id)
    assert (final["state"], final["step"]) == ("approved", None)
    assert verbs(final) == [("opened", "asker", None), ("approved", "manager", None), ("approved", "boss", None)]
    told = await desk.rows(
        "select data::text as data, subject_id from outbox_event where tenant_id = $1 and kind = 'approvals.decided'"
    )
    assert len(told) == 1
    assert '"outcome": "approved"' in told[0]["data"]
    assert str(told[0]["subject_id"]) == final["subject_id"]


async def test_a_refusal_needs_a_reason_and_ends_it(desk: Desk) -> None:
    await desk.policy()
    id = await desk.opened()
    before = await contents(desk.database, desk.tenant)
    assert await desk.refused("manager", f"approvals/{id}/decide", {"verdict": "reject"}) == ["comment-needed"]
    assert await desk.refused("money", f"approvals/{id}/decide", {"verdict": "approve"}) == ["not-asked"]
    assert await desk.refused("clerk", f"approvals/{id}/decide", {"verdict": "approve"}) == ["no-such-record"]
    assert await contents(desk.database, desk.tenant) == before
    assert (await desk.decide("manager", id, "reject", comment="太贵"))["state"] == "rejected"
    answer = await desk.as_["manager2"].post(f"/api/v1/approvals/{id}/decide", json={"verdict": "approve"})
    assert answer.status_code == 409
    fault = answer.json()["faults"][0]
    assert (fault["code"], fault["params"]["by"]) == ("approval-closed", "manager · test")


async def test_two_at_once_make_one_outcome(desk: Desk) -> None:
    await desk.policy()
    for _ in range(5):
        id = await desk.opened(subject_id=new_id())
        answers = await asyncio.gather(
            desk.as_["manager"].post(f"/api/v1/approvals/{id}/decide", json={"verdict": "approve"}),
            desk.as_["manager2"].post(
                f"/api/v1/approvals/{id}/decide", json={"verdict": "reject", "comment": "不行"}
            ),
        )
        # On a machine that is overrun one of them may be told to try again later: nothing of theirs was saved.
        assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 503])
        rows = await desk.rows(
            "select verb from approval_decision where tenant_id = $1 and request_id = $2 and verb <> 'opened'", id
        )
        state = await desk.rows("select state from approval_request where tenant_id = $1 and id = $2", id)
        assert [row["verb"] for row in rows] == [row["state"] for row in state]


async def test_nobody_decides_on_what_they_asked_for(desk: Desk) -> None:
    await desk.policy()
    id = await desk.opened(by="manager")
    assert people(await desk.get("manager2", f"approvals/{id}")) == {"manager2": ("policy", "open")}
    assert await desk.refused("manager", f"approvals/{id}/decide", {"verdict": "approve"}) == ["not-asked"]


async def test_who_finds_nobody_asks_those_who_keep_the_policies(desk: Desk) -> None:
    await desk.policy(steps=[step("保管人", person("keeper"))])
    id = await desk.opened(by="owner")
    assert people(await desk.get("boss", f"approvals/{id}")) == {"boss": ("fallback", "open")}
    other = await desk.opened(people={"keeper": [desk.ids["money"]]})
    assert people(await desk.get("money", f"approvals/{other}")) == {"money": ("policy", "open")}


async def test_facts_are_told_by_field_right(desk: Desk) -> None:
    await desk.policy(steps=[step("都看", user("clerk"), user("manager"), user("asker"), mode="all")])
    id = await desk.opened(by="boss")
    assert (await desk.get("manager", f"approvals/{id}"))["facts"] == {
        "amount": "150.00", "margin": "12.50", "reason": "because",
    }  # fmt: skip
    assert (await desk.get("asker", f"approvals/{id}"))["facts"] == {"amount": "150.00", "reason": "because"}
    assert (await desk.decide("clerk", id))["facts"] == {"reason": "because"}
    await desk.decide("manager", id)
    kept = await desk.rows(
        "select actor_name, facts::text as facts from approval_decision where tenant_id = $1 and request_id = $2 "
        "and verb = 'approved' order by actor_name",
        id,
    )
    assert [(row["actor_name"], row["facts"]) for row in kept] == [
        ("clerk · test", '{"reason": "because"}'),
        ("manager · test", '{"amount": "150.00", "margin": "12.50", "reason": "because"}'),
    ]


async def test_one_more_has_to_agree(desk: Desk) -> None:
    await desk.policy()
    id = await desk.opened()
    added = await desk.post("manager", f"approvals/{id}/add", {"user": "money", "comment": "请财务看"})
    assert people(added)["money"] == ("added", "open")
    assert (await desk.decide("manager", id))["state"] == "open"
    final = await desk.decide("money", id)
    assert final["state"] == "approved"
    assert [(d["verb"], d["target"]) for d in final["decisions"]] == [
        ("opened", None), ("added", "money"), ("approved", None), ("approved", None),
    ]  # fmt: skip


async def test_whom_one_cannot_bring_in(desk: Desk) -> None:
    await desk.policy()
    id = await desk.opened()
    before = await contents(desk.database, desk.tenant)
    for login, code in (("manager2", "already-asked"), ("asker", "asked-for-it"), ("nobody", "unknown-code")):
        for way in ("add", "hand-over"):
            assert await desk.refused("manager", f"approvals/{id}/{way}", {"user": login}) == [code]
    assert await contents(desk.database, desk.tenant) == before


async def test_what_is_handed_over_is_anothers(desk: Desk) -> None:
    await desk.policy(steps=[step("两位", user("manager"), user("manager2"), mode="all")])
    id = await desk.opened()
    handed = await desk.post("manager", f"approvals/{id}/hand-over", {"user": "money"})
    assert people(handed) == {
        "manager": ("policy", "handed_over"), "manager2": ("policy", "open"), "money": ("handed_over", "open"),
    }  # fmt: skip
    assert await desk.refused("manager", f"approvals/{id}/decide", {"verdict": "approve"}) == ["not-asked"]
    await desk.decide("money", id)
    assert (await desk.decide("manager2", id))["state"] == "approved"


async def test_an_earlier_step_is_asked_again(desk: Desk) -> None:
    await desk.policy(steps=[step("一", user("manager")), step("二", user("boss"))])
    id = await desk.opened()
    assert await desk.refused("manager", f"approvals/{id}/return", {"to_step": 1, "comment": "x"}) == [
        "no-earlier-step"
    ]
    await desk.decide("manager", id)
    assert await desk.refused("boss", f"approvals/{id}/return", {"to_step": 1}) == ["comment-needed"]
    back = await desk.post("boss", f"approvals/{id}/return", {"to_step": 1, "comment": "再核实"})
    assert ([s["state"] for s in back["steps"]], back["step"]["step_no"]) == (["open", "waiting"], 1)
    assert people(back) == {"manager": ("policy", "open")}
    await desk.decide("manager", id)
    assert (await desk.decide("boss", id))["state"] == "approved"


async def test_somebody_away_is_stood_in_for(desk: Desk) -> None:
    await desk.policy(steps=[step("两位", user("boss"), user("manager"), mode="all")])
    span = {"starts_at": "2026-03-01T00:00:00Z", "ends_at": "2026-03-08T00:00:00Z"}
    given = await desk.post("boss", "approval-delegations", {"delegate": "manager", **span}, 201)
    assert (given["user"]["login"], given["delegate"]["login"], given["active"]) == ("boss", "manager", True)
    id = await desk.opened()
    item = (await desk.get("manager", "approvals"))["items"][0]
    assert item["on_behalf_of"] == ["boss"]
    final = await desk.decide("manager", id)
    assert final["state"] == "approved"
    assert sorted(verbs(final)[1:], key=str) == sorted(
        [("approved", "manager", "boss"), ("approved", "manager", None)], key=str
    )
    # Once it is over, or ended, it is each for themselves.
    assert (await desk.as_["boss"].delete(f"/api/v1/approval-delegations/{given['id']}")).status_code == 204
    other = await desk.opened()
    assert (await desk.decide("manager", other))["state"] == "open"
    assert (await desk.decide("boss", other))["state"] == "approved"


async def test_nobody_stands_in_on_what_they_asked_for(desk: Desk) -> None:
    await desk.policy(steps=[step("老板", user("boss"))])
    span = {"starts_at": "2026-03-01T00:00:00Z", "ends_at": "2026-03-08T00:00:00Z"}
    await desk.post("boss", "approval-delegations", {"delegate": "manager", **span}, 201)
    id = await desk.opened(by="manager")
    assert (await desk.get("manager", "approvals"))["items"] == []
    assert await desk.refused("manager", f"approvals/{id}/decide", {"verdict": "approve"}) == ["not-asked"]


async def test_what_is_wrong_with_a_delegation(desk: Desk) -> None:
    before = await contents(desk.database, desk.tenant)
    span = {"starts_at": "2026-03-01T00:00:00Z", "ends_at": "2026-03-08T00:00:00Z"}
    for body, code in (
        ({"delegate": "boss", **span}, "delegation-to-oneself"),
        ({"delegate": "nobody", **span}, "unknown-code"),
        ({"delegate": "manager", **span, "ends_at": "2026-02-01T00:00:00Z"}, "delegation-span"),
        ({"delegate": "manager", **span, "ends_at": "2028-03-01T00:00:00Z"}, "delegation-span"),
    ):
        assert await desk.refused("boss", "approval-delegations", body) == [code]
    other = {"delegate": "manager2", "user": "boss", **span}
    assert await desk.refused("manager", "approval-delegations", other) == ["not-permitted"]
    assert await contents(desk.database, desk.tenant) == before


async def test_who_asked_may_take_it_back(desk: Desk) -> None:
    await desk.policy()
    id = await desk.opened()
    assert await desk.refused("manager", f"approvals/{id}/withdraw", {}) == ["approval-of-another"]
    back = await desk.post("asker", f"approvals/{id}/withdraw", {"comment": "不要了"})
    assert (back["state"], verbs(back)[-1]) == ("withdrawn", ("withdrawn", "asker", None))
    assert [s["state"] for s in back["steps"]] == ["closed"]


async def test_what_is_not_decided_in_time_expires(desk: Desk) -> None:
    await desk.policy(expires_hours=24)
    id = await desk.opened()
    desk.clock.forward(hours=23)
    await desk.work()
    assert (await desk.get("manager", f"approvals/{id}"))["state"] == "open"
    desk.clock.forward(hours=2)
    await desk.work()
    detail = await desk.get("manager", f"approvals/{id}")
    assert (detail["state"], verbs(detail)[-1]) == ("withdrawn", ("expired", "system", None))


async def test_who_is_late_is_reminded_again_and_again(desk: Desk) -> None:
    await desk.policy(steps=[step("经理", user("manager"), due_hours=4)])
    id = await desk.opened()
    await desk.work()
    for _ in range(2):
        desk.clock.forward(hours=5)
        await desk.work()
        await desk.work()
    assert await desk.inbox("manager") == ["催办：东西 T-1", "催办：东西 T-1", "待审批：东西 T-1"]
    detail = await desk.get("manager", f"approvals/{id}")
    assert [verb for verb, _, _ in verbs(detail)] == ["opened", "reminded", "reminded"]
    assert detail["step"]["due_at"] == "2026-03-01T22:00:00Z"


async def test_what_is_late_goes_to_those_above(desk: Desk) -> None:
    await desk.policy(
        steps=[
            step("经理", user("manager"), mode="all", due_hours=4, on_timeout="escalate", escalate_to=[user("boss")])
        ]
    )
    id = await desk.opened()
    desk.clock.forward(hours=5)
    await desk.work()
    assert people(await desk.get("boss", f"approvals/{id}"))["boss"] == ("escalated", "open")
    assert await desk.inbox("boss") == ["超时升级至您：东西 T-1"]
    assert (await desk.decide("boss", id))["state"] == "approved"


async def test_those_asked_and_who_asked_are_told_once(desk: Desk) -> None:
    await desk.policy()
    id = await desk.opened()
    await desk.work()
    items = (await desk.get("manager", "inbox"))["items"]
    assert [(i["kind"], i["title_en"], i["link"], i["read_at"]) for i in items] == [
        ("approval.asked", "To approve: Thing T-1", f"approval:{id}", None)
    ]
    await desk.decide("manager", id, "reject", comment="太贵")
    await desk.work()
    assert await desk.inbox("asker") == ["被驳回：东西 T-1"]
    assert await desk.get("asker", "inbox/count") == {"unread": 1}
    assert await desk.post("asker", "inbox/read", {"all": True}) == {"unread": 0}
    # Told again, it is known already.
    async with desk.database.transaction(desk.tenant.id) as tx:
        await tx.write("delete from outbox_mark where tenant_id = $1")
        await tx.write("update outbox_event set settled_at = null where tenant_id = $1")
    await desk.work()
    assert (await desk.inbox("asker"), await desk.inbox("manager")) == (["被驳回：东西 T-1"], ["待审批：东西 T-1"])


async def test_open_requests_keep_their_policy(desk: Desk) -> None:
    await desk.policy(steps=[step("经理", user("manager")), step("老板", user("boss"))])
    id = await desk.opened()
    await desk.policy(steps=[step("财务", user("money"))])
    detail = await desk.decide("manager", id)
    assert ([s["name"] for s in detail["steps"]], detail["policies"][0]["version"]) == (["经理", "老板"], 1)
    new = await desk.get("money", f"approvals/{await desk.opened()}")
    assert ([s["name"] for s in new["steps"]], new["policies"][0]["version"]) == (["财务"], 2)


async def test_steps_alike_are_asked_once(desk: Desk) -> None:
    await desk.policy("a", position=2, steps=[step("经理", user("manager")), step("老板", user("boss"))])
    await desk.policy("b", position=1, condition="margin < 20", steps=[step("总管", user("boss"))])
    detail = await desk.get("boss", f"approvals/{await desk.opened()}")
    assert [s["name"] for s in detail["steps"]] == ["总管", "经理"]
    assert [p["code"] for p in detail["policies"]] == ["b", "a"]


async def test_what_went_away_by_itself_is_closed_without_news(desk: Desk) -> None:
    await desk.policy()
    subject = new_id()
    id = await desk.opened(subject_id=subject)
    await desk.database.run(
        desk.tenant.id,
        lambda tx: withdraw_open(tx, subject_kind="thing", subject_ids=[subject, new_id()], by=SYSTEM, reason="gone"),
    )
    assert (await desk.get("manager", f"approvals/{id}"))["state"] == "withdrawn"
    assert not await desk.rows("select 1 as n from outbox_event where tenant_id = $1 and kind = 'approvals.decided'")


async def test_many_cost_the_statements_of_one(desk: Desk) -> None:
    await desk.policy(
        steps=[step("一", role("sales_manager"), due_hours=4), step("二", user("boss"))], expires_hours=9
    )
    await desk.ask()
    counts = []
    for number in (1, 30):
        asks = [thing(desk) for _ in range(number)]
        asked = await statements(desk.database, desk.tenant, partial(ask, asks=asks))
        ids = [row["id"] for row in await desk.rows(_WAITING)]
        decided = await statements(
            desk.database,
            desk.tenant,
            partial(decide, ids=ids, verdict="approve", staff=desk.staff["manager"]),
        )
        counts.append((asked, decided))
    assert counts[0] == counts[1]


async def test_boxes(desk: Desk) -> None:
    await desk.policy()
    first, second = await desk.opened(), await desk.opened(by="boss")
    await desk.decide("manager", first)

    async def box(who: str, name: str, **other: Any) -> list[str]:
        return [item["id"] for item in (await desk.get(who, "approvals", box=name, **other))["items"]]

    assert await box("manager", "mine") == [str(second)]
    assert await box("manager", "decided") == [str(first)]
    assert await box("asker", "requested") == [str(first)]
    assert await box("owner", "all") == [str(second), str(first)]
    assert await box("owner", "all", state="open") == [str(second)]
    assert (await desk.as_["asker"].get("/api/v1/approvals", params={"box": "all"})).status_code == 403
    assert (await desk.as_["clerk"].get(f"/api/v1/approvals/{first}")).status_code == 404
    page = await desk.get("owner", "approvals", box="all", limit=1)
    assert [item["id"] for item in page["items"]] == [str(second)]
    assert await box("owner", "all", limit=1, cursor=page["cursor"]) == [str(first)]


async def test_decimals_of_facts_are_kept_to_the_cent(desk: Desk) -> None:
    await desk.policy()
    id = await desk.opened(facts={"amount": Decimal("12345678901234.56"), "margin": None, "reason": "r"})
    assert (await desk.get("manager", f"approvals/{id}"))["facts"] == {
        "amount": "12345678901234.56", "margin": None, "reason": "r",
    }  # fmt: skip
