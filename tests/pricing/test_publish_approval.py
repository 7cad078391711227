"""A price list that somebody has to agree to: nothing of it changes meanwhile, and it holds after the last step."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import AsRole
from tests.pricing.conftest import Prices, base
from tests.publishing import turn

from dinghuo.approvals.policies import Approver, StepSpec
from dinghuo.approvals.save_policies import PolicyInput, save_policies
from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.outbox_run import drain
from dinghuo.pricing.save_entries import EntryInput

pytestmark = pytest.mark.slow

STEPS = [
    StepSpec(name="经理", approvers=[Approver("role", "sales_manager")]),
    StepSpec(name="财务", approvers=[Approver("role", "finance")]),
]
LIST = "/api/v1/price-lists/NEW"
Body = dict[str, Any]


@dataclass
class Desk:
    prices: Prices
    owner: httpx.AsyncClient
    manager: httpx.AsyncClient
    finance: httpx.AsyncClient

    async def policy(self, condition: str, steps: list[StepSpec] = STEPS) -> None:
        item = PolicyInput(code="lists", subject_kind="price_list", name="发布", condition=condition, steps=steps)
        await self.prices.run(lambda tx: save_policies(tx, items=[item], by=self.prices.by))

    async def publish(self) -> Body:
        answer = await turn(self.owner, "price-lists/NEW")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def now(self) -> Body:
        return dict((await self.owner.get(LIST)).json())

    async def decide(self, who: httpx.AsyncClient, verdict: str = "approve") -> Body:
        (request,) = (await who.get("/api/v1/approvals")).json()["items"]
        said = {"verdict": verdict, "comment": "看过"}
        answer = await who.post(f"/api/v1/approvals/{request['id']}/decide", json=said)
        assert answer.status_code == 200, answer.text
        return dict(request)

    async def work(self) -> None:
        await drain(self.prices.database, self.prices.tenant.id, BY_KIND)

    async def costs(self, **costs: str) -> None:
        items = [{"sku": sku, "valid_from": "2020-01-01", "cost": cost} for sku, cost in costs.items()]
        answer = await self.owner.put("/api/v1/skus/costs", json={"items": items})
        assert answer.status_code == 200, answer.text

    async def inbox(self) -> list[str]:
        return [item["title"] for item in (await self.owner.get("/api/v1/inbox")).json()["items"]]


@pytest.fixture
async def desk(prices: Prices, as_role: AsRole) -> AsyncIterator[Desk]:
    """A base list that holds, and a tier's that is to: A 20 % cheaper, B dearer, C new."""
    people = [await as_role(role) for role in ("owner", "sales_manager", "finance")]
    await prices.lists(base(), base("NEW", kind="tier", tier="GOLD"))
    await prices.entries(EntryInput("BASE", "A", price=Decimal(100)), EntryInput("BASE", "B", price=Decimal(10)))
    await prices.entries(
        EntryInput("NEW", "A", price=Decimal(80)),
        EntryInput("NEW", "B", price=Decimal(11)),
        EntryInput("NEW", "C", price=Decimal(5)),
    )
    await prices.publish("BASE")
    made = Desk(prices, *people)
    await made.costs(A="5", B="0.5")
    yield made


async def test_it_holds_after_the_last_step(desk: Desk) -> None:
    await desk.policy("reduction_rate > 0.15")
    waits = await desk.publish()
    assert (waits["state"], waits["approval"]["state"]) == ("draft", "open")
    request = await desk.decide(desk.manager)
    facts = request["facts"]
    assert {name: facts[name] for name in ("prices", "compared", "reduction_rate", "raise_rate", "customers")} == {
        "prices": 3, "compared": 2, "reduction_rate": "0.2000", "raise_rate": "0.1000", "customers": 3,
    }  # fmt: skip
    assert (facts["kind"], facts["tier"], facts["list"], facts["published_before"]) == ("tier", "GOLD", "NEW", False)
    await desk.work()
    assert (await desk.now())["state"] == "draft"
    await desk.decide(desk.finance)
    await desk.work()
    now = await desk.now()
    assert (now["state"], now["approval"], now["last_outcome"]) == ("published", None, "approved")
    rows = await desk.prices.rows(
        "select action, changes from audit_entry where tenant_id = $1 and subject_id = $2 order by id", now["id"]
    )
    assert [row["action"] for row in rows][-2:] == ["publishing_asked", "published"]
    assert "、" in rows[-1]["changes"]["agreed_by"][1]
    # What was withdrawn is asked about again.
    await turn(desk.owner, "price-lists/NEW", "withdraw")
    assert (await desk.publish())["approval"]["state"] == "open"


async def test_what_no_policy_matches_holds_at_once(desk: Desk) -> None:
    await desk.policy("reduction_rate > 0.2 || below_cost > 0")
    now = await desk.publish()
    assert (now["state"], now["approval"]) == ("published", None)


@pytest.mark.parametrize("end", ["rejected", "withdrawn"])
async def test_what_is_not_agreed_to_stays_a_draft_that_can_change(desk: Desk, end: str) -> None:
    await desk.policy("true")
    waits = await desk.publish()
    if end == "rejected":
        await desk.decide(desk.manager, "reject")
    else:
        path = f"/api/v1/approvals/{waits['approval']['request_id']}/withdraw"
        assert (await desk.owner.post(path, json={})).status_code == 200
    await desk.work()
    now = await desk.now()
    assert (now["state"], now["approval"], now["last_outcome"]) == ("draft", None, end)
    answer = await desk.owner.put(f"{LIST}/entries", json={"items": [{"sku": "A", "price": "90"}]})
    assert answer.json() == {"created": 0, "updated": 1, "unchanged": 0}


async def test_nothing_of_it_changes_while_it_waits(desk: Desk) -> None:
    await desk.policy("true")
    await desk.publish()
    before = await desk.prices.traces()
    etag = (await desk.owner.get(LIST)).headers["etag"]
    cell = {"list": "NEW", "sku": "A", "price": "1"}
    answers = [
        await desk.owner.put(f"{LIST}/entries", json={"items": [{"sku": "A", "price": "1"}]}),
        await desk.owner.put("/api/v1/price-grid", json={"cells": [cell]}),
        await desk.owner.post(f"{LIST}/entries/delete", json={"items": [{"sku": "A"}]}),
        await desk.owner.put("/api/v1/price-lists", json={"items": [{"code": "NEW", "valid_from": "2026-02-01"}]}),
        await desk.owner.patch(LIST, json={"name": "别的"}, headers={"if-match": etag}),
        await turn(desk.owner, "price-lists/NEW"),
    ]
    assert [(a.status_code, a.json()["faults"][0]["code"]) for a in answers] == [(409, "price-list-waits")] * 6
    assert await desk.prices.traces() == before
    grid = (await desk.owner.get("/api/v1/price-grid", params={"list": ["BASE", "NEW"]})).json()
    assert [(each["code"], each["may_edit"]) for each in grid["lists"]] == [("BASE", True), ("NEW", False)]
    # What changes nothing is no change.
    same = await desk.owner.put("/api/v1/price-lists", json={"items": [{"code": "NEW", "name": "价目表 NEW"}]})
    assert same.json()["unchanged"] == 1


async def test_a_published_list_changes_as_far_as_nobody_need_agree(desk: Desk) -> None:
    await desk.policy("reduction_rate > 0.15 || below_cost > 0")
    set_to = {"sku": "A", "price": "86"}
    allowed = [
        await desk.owner.put("/api/v1/price-lists/BASE/entries", json={"items": [set_to]}),
        await desk.owner.put("/api/v1/price-grid", json={"cells": [{"list": "BASE", "sku": "B", "price": "50"}]}),
        await desk.owner.put("/api/v1/price-lists", json={"items": [{"code": "BASE", "valid_until": "2090-12-31"}]}),
    ]
    assert [answer.status_code for answer in allowed] == [200, 200, 200]
    before = await desk.prices.traces()
    refused = [
        # By a fifth of what it was an hour ago, and below its cost.
        await desk.owner.put("/api/v1/price-lists/BASE/entries", json={"items": [{"sku": "A", "price": "68.8"}]}),
        await desk.owner.put("/api/v1/price-grid", json={"cells": [{"list": "BASE", "sku": "B", "price": "0.4"}]}),
    ]
    assert await desk.prices.traces() == before
    # Small steps add up to what they are, and so does taking a price out to set it anew.
    again = {"items": [{"sku": "A", "price": "80"}]}
    assert (await desk.owner.put("/api/v1/price-lists/BASE/entries", json=again)).status_code == 409
    gone = {"items": [{"sku": "A"}]}
    assert (await desk.owner.post("/api/v1/price-lists/BASE/entries/delete", json=gone)).is_success
    assert (await desk.owner.put("/api/v1/price-lists/BASE/entries", json=again)).status_code == 409
    back = {"items": [{"sku": "A", "price": "85"}]}
    assert (await desk.owner.put("/api/v1/price-lists/BASE/entries", json=back)).status_code == 200
    await desk.policy("below_cost == 0")
    etag = (await desk.owner.get("/api/v1/price-lists/BASE")).headers["etag"]
    before = await desk.prices.traces()
    refused += [
        await desk.owner.post("/api/v1/price-lists/BASE/entries/delete", json={"items": [{"sku": "B"}]}),
        await desk.owner.put("/api/v1/price-lists", json={"items": [{"code": "BASE", "valid_until": None}]}),
        await desk.owner.patch(
            "/api/v1/price-lists/BASE", json={"valid_from": "2020-01-01"}, headers={"if-match": etag}
        ),
    ]
    assert [(a.status_code, a.json()["faults"][0]["code"]) for a in refused] == [
        (409, "price-list-change-needs-approval")
    ] * 5
    assert [a.json()["faults"][0]["field"] for a in refused] == [
        "list", "list", "list", "items[0].valid_until", "valid_from",
    ]  # fmt: skip
    assert await desk.prices.traces() == before
    # To call it something else, or to end it sooner, is everybody's; a draft is asked about when it is published.
    ended = {"code": "BASE", "name": "旧价", "valid_until": "2080-12-31"}
    assert (await desk.owner.put("/api/v1/price-lists", json={"items": [ended]})).json()["updated"] == 1
    draft = await desk.owner.put(f"{LIST}/entries", json={"items": [{"sku": "A", "price": "1"}]})
    assert draft.json() == {"created": 0, "updated": 1, "unchanged": 0}


async def test_another_list_for_the_same_days_was_quicker(desk: Desk) -> None:
    await desk.policy('list == "NEW"')
    await desk.publish()
    await desk.prices.lists(base("RIVAL", kind="tier", tier="GOLD"))
    await desk.prices.publish("RIVAL")
    await desk.decide(desk.manager)
    await desk.decide(desk.finance)
    await desk.work()
    now = await desk.now()
    assert (now["state"], now["last_outcome"]) == ("draft", "overlaps")
    assert "未生效：价目表发布 NEW" in await desk.inbox()


async def test_what_became_worse_is_asked_about_again(desk: Desk) -> None:
    await desk.policy("true", STEPS[:1])
    first = (await desk.publish())["approval"]["request_id"]
    agreed = await desk.decide(desk.manager)
    assert agreed["facts"]["reduction_rate"] == "0.2000"
    await desk.costs(A="9")
    await desk.work()
    now = await desk.now()
    assert (now["state"], now["approval"]["state"]) == ("draft", "open")
    assert now["approval"]["request_id"] != first
    assert "未生效：价目表发布 NEW" in await desk.inbox()
    await desk.decide(desk.manager)
    await desk.work()
    assert (await desk.now())["state"] == "published"


async def test_two_who_decide_at_once_publish_it_once(desk: Desk, as_role: AsRole) -> None:
    await desk.policy("true", STEPS[:1])
    second = await as_role("sales_manager")
    await desk.publish()
    (request,) = (await desk.manager.get("/api/v1/approvals")).json()["items"]
    answers = await asyncio.gather(
        *(
            who.post(f"/api/v1/approvals/{request['id']}/decide", json={"verdict": "approve"})
            for who in (desk.manager, second)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    await asyncio.gather(desk.work(), desk.work())
    rows = await desk.prices.rows(
        "select count(*) as n from audit_entry where tenant_id = $1 and action = 'published' and subject_id = $2",
        (await desk.now())["id"],
    )
    assert ((await desk.now())["state"], rows[0]["n"]) == ("published", 1)


_OFTEN = ["ask", "ask", "manager", "manager", "finance", "finance", "reject", "withdraw", "news", "edit", "cost"]


@given(acts=st.lists(st.sampled_from(_OFTEN), max_size=14))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.slow
async def test_no_path_to_a_list_that_holds_without_every_step(desk: Desk, acts: list[str]) -> None:
    await desk.policy("true")
    if (await desk.now())["state"] == "published":
        await turn(desk.owner, "price-lists/NEW", "withdraw")
    for number, act in enumerate(acts, start=2):
        await _act(desk, act, number)
        await _judge(desk)
    await desk.work()
    await _judge(desk)


async def _act(desk: Desk, act: str, number: int) -> None:
    """Whoever may not is refused."""
    if act == "ask":
        await turn(desk.owner, "price-lists/NEW")
    elif act == "news":
        await desk.work()
    elif act == "edit":
        await desk.owner.put(f"{LIST}/entries", json={"items": [{"sku": "A", "price": str(number)}]})
    elif act == "cost":
        await desk.costs(A=str(number))
    elif act == "withdraw":
        for item in (await desk.owner.get("/api/v1/approvals", params={"box": "requested"})).json()["items"]:
            await desk.owner.post(f"/api/v1/approvals/{item['id']}/withdraw", json={})
    else:
        who = desk.finance if act == "finance" else desk.manager
        for item in (await who.get("/api/v1/approvals")).json()["items"]:
            said = {"verdict": "reject" if act == "reject" else "approve", "comment": "看过"}
            await who.post(f"/api/v1/approvals/{item['id']}/decide", json=said)


async def _judge(desk: Desk) -> None:
    now = await desk.now()
    rows = await desk.prices.rows(
        """select r.state, (
             select count(distinct d.step_no) from approval_decision d
             where d.tenant_id = $1 and d.request_id = r.id and d.verb = 'approved'
           ) as agreed
           from approval_request r where r.tenant_id = $1 and r.subject_id = $2 order by r.id desc limit 1""",
        now["id"],
    )
    if now["state"] == "published":
        assert (rows[0]["state"], rows[0]["agreed"]) == ("approved", 2)
    elif rows and rows[0]["state"] == "open":
        assert now["approval"] is not None
