"""A credit limit that somebody has to agree to: the old one counts until the last step, then the new one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import AsRole
from tests.master import make_parties
from tests.statements import statements
from tests.support import Tenant, contents

from dinghuo.accounts.set_limits import LimitInput, set_limits
from dinghuo.approvals.policies import Approver, StepSpec
from dinghuo.approvals.save_policies import PolicyInput, save_policies
from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow

ERP = Actor("key", "ERP", "api", new_id())
STEPS = [
    StepSpec(name="经理", approvers=[Approver("role", "sales_manager")]),
    StepSpec(name="财务", approvers=[Approver("role", "finance")]),
]
MANY = [f"K{n}" for n in range(60)]
Body = dict[str, Any]


@dataclass
class Desk:
    database: Database
    tenant: Tenant
    owner: httpx.AsyncClient
    manager: httpx.AsyncClient
    finance: httpx.AsyncClient

    async def policy(self, condition: str, steps: list[StepSpec] = STEPS) -> None:
        item = PolicyInput(code="limits", subject_kind="credit_change", name="额度", condition=condition, steps=steps)
        await self.database.run(self.tenant.id, lambda tx: save_policies(tx, items=[item], by=self.tenant.owner))

    async def want(self, *limits: tuple[str, str | None], by: httpx.AsyncClient | None = None) -> Body:
        items = [{"customer": code, "credit_limit": limit} for code, limit in limits]
        answer = await (by or self.owner).put("/api/v1/accounts", json={"items": items})
        assert answer.status_code == 200, answer.text
        said: Body = answer.json()
        return said

    async def account(self, code: str = "C1") -> Body:
        (found,) = (await self.owner.get("/api/v1/accounts", params={"customer": code})).json()["items"]
        return dict(found)

    async def limits(self, code: str = "C1") -> tuple[str | None, str | None]:
        """What counts, and what waits."""
        found = await self.account(code)
        return found["credit_limit"], found["waiting"] and found["waiting"]["credit_limit"]

    async def decide(self, who: httpx.AsyncClient, verdict: str = "approve") -> Body:
        """On the one request that waits for them."""
        (request,) = (await who.get("/api/v1/approvals")).json()["items"]
        said = {"verdict": verdict, "comment": "看过"}
        answer = await who.post(f"/api/v1/approvals/{request['id']}/decide", json=said)
        assert answer.status_code == 200, answer.text
        return dict(request)

    async def work(self) -> None:
        await drain(self.database, self.tenant.id, BY_KIND)

    async def trail(self) -> list[tuple[str, str, Body]]:
        async with self.database.transaction(self.tenant.id) as tx:
            rows = await tx.fetch(
                "select action, actor_name, changes from audit_entry "
                "where tenant_id = $1 and subject_kind = 'account' order by id"
            )
        return [tuple(row) for row in rows]

    async def states(self) -> list[str]:
        async with self.database.transaction(self.tenant.id) as tx:
            rows = await tx.fetch("select state from limit_change where tenant_id = $1 order by id")
        return [row["state"] for row in rows]


@pytest.fixture
async def desk(database: Database, tenant: Tenant, as_role: AsRole) -> AsyncIterator[Desk]:
    await make_parties(database, tenant, "C1", "C2", "C3", *MANY)
    people = [
        await as_role("owner", login="boss"),
        await as_role("sales_manager", login="lin"),
        await as_role("finance", login="chen"),
    ]
    async with database.transaction(tenant.id) as tx:
        # Whoever manages sales sees every customer here.
        await tx.write("update role set scope = 'all' where tenant_id = $1 and code = 'sales_manager'")
    made = Desk(database, tenant, *people)
    await made.want(("C1", "1000"), ("C2", "500"))
    yield made


async def test_the_old_limit_counts_until_the_last_step(desk: Desk) -> None:
    await desk.policy("increase > 100.0")
    said = await desk.want(("C1", "5000"), ("C2", "550"), ("C3", "70"))
    (waits,) = said["waiting"]
    # A first limit of one who had none is less than before.
    assert (said["updated"], said["unchanged"]) == (2, 0)
    assert (waits["line"], waits["customer"], waits["credit_limit"]) == (1, "C1", "5000")
    assert await desk.limits() == ("1000.00", "5000.00")
    waiting = (await desk.account())["waiting"]
    assert waiting["approval"]["request_id"] == waits["request_id"]
    assert [step["state"] for step in waiting["approval"]["steps"]] == ["open", "waiting"]
    request = await desk.decide(desk.manager)
    facts = {name: request["facts"][name] for name in ("old_limit", "new_limit", "increase", "increase_rate")}
    assert facts == {"old_limit": "1000.00", "new_limit": "5000", "increase": "4000.00", "increase_rate": "4.0000"}
    assert (request["title"], request["customer"]["code"]) == ("C1", "C1")
    await desk.work()
    assert await desk.limits() == ("1000.00", "5000.00")
    await desk.decide(desk.finance)
    await desk.work()
    assert await desk.limits() == ("5000.00", None)
    assert await desk.states() == ["set"]
    assert (await desk.trail())[-1] == (
        "limit_set",
        "system",
        {"credit_limit": ["1000.00", "5000.00"], "agreed_by": [None, "lin · test、chen · test"]},
    )
    # The same news again changes nothing.
    async with desk.database.transaction(desk.tenant.id) as tx:
        await tx.write(
            "update outbox_mark set state = 'failed', due_at = now() where tenant_id = $1 and reaction = "
            "'accounts.settle_limits'"
        )
    await desk.want(("C1", "4500"))
    await desk.work()
    assert await desk.limits() == ("4500.00", None)


@pytest.mark.parametrize(
    ("end", "state"), [("reject", "rejected"), ("withdraw", "withdrawn"), ("expire", "withdrawn")]
)
async def test_what_is_not_agreed_to_is_dropped(desk: Desk, end: str, state: str) -> None:
    await desk.policy("true")
    said = await desk.want(("C1", None))
    assert await desk.limits() == ("1000.00", None)
    (waits,) = said["waiting"]
    path = f"/api/v1/approvals/{waits['request_id']}"
    if end == "reject":
        await desk.decide(desk.manager)
        await desk.decide(desk.finance, "reject")
    elif end == "withdraw":
        answer = await desk.owner.post(f"{path}/withdraw", json={})
        assert answer.status_code == 200, answer.text
    else:
        async with desk.database.transaction(desk.tenant.id) as tx:
            from dinghuo.approvals.withdraw import expire_when_due
            from dinghuo.kit.outbox import Delivery

            await tx.write(
                "update approval_request r set expires_at = $2 where r.tenant_id = $1 and r.state = 'open'", tx.now
            )
            request = (await tx.fetch("select id from approval_request where tenant_id = $1"))[0]["id"]
            await expire_when_due(tx, [Delivery(new_id(), "approvals.expiry_due", request, {})])
    await desk.work()
    assert (await desk.account())["waiting"] is None
    assert (await desk.account())["credit_limit"] == "1000.00"
    assert await desk.states() == [state]
    assert (await desk.trail())[-1][0] == f"limit_{state}"


async def test_another_limit_takes_the_place_of_what_waits(desk: Desk) -> None:
    await desk.policy("increase > 100.0")
    first = (await desk.want(("C1", "5000")))["waiting"][0]
    # What waits already, and what counts, changes nothing, as often as it is said.
    again = await desk.want(("C1", "5000.0"))
    assert (again["updated"], again["unchanged"], again["waiting"][0]["request_id"]) == (0, 0, first["request_id"])
    assert again["waiting"][0]["was_waiting"] is True
    assert await desk.want(("C1", "1000")) == {"updated": 0, "unchanged": 1, "waiting": []}
    assert await desk.limits() == ("1000.00", "5000.00")
    other = (await desk.want(("C1", "6000")))["waiting"][0]
    assert other["was_waiting"] is False
    assert (await desk.owner.get(f"/api/v1/approvals/{first['request_id']}")).json()["state"] == "withdrawn"
    assert await desk.limits() == ("1000.00", "6000.00")
    # One that nobody has to agree to counts at once, and what waited is off.
    assert (await desk.want(("C1", "900")))["updated"] == 1
    assert await desk.limits() == ("900.00", None)
    assert await desk.states() == ["superseded", "superseded"]
    assert (await desk.manager.get("/api/v1/approvals")).json()["items"] == []


async def test_what_was_agreed_to_is_refused_once_the_limit_is_another(desk: Desk) -> None:
    await desk.policy("increase > 100.0", STEPS[:1])
    await desk.want(("C1", "5000"))
    await desk.decide(desk.manager)
    # Before the news is worked off, the account becomes another one's way.
    async with desk.database.transaction(desk.tenant.id) as tx:
        await tx.write("update account a set credit_limit = 800 where a.tenant_id = $1 and a.credit_limit = 1000")
    await desk.work()
    assert (await desk.limits(), await desk.states()) == (("800.00", None), ["superseded"])
    titles = [message["title"] for message in (await desk.owner.get("/api/v1/inbox")).json()["items"]]
    assert "未生效：信用额度变更 C1" in titles


async def test_two_who_decide_at_once_set_it_once(desk: Desk, as_role: AsRole) -> None:
    await desk.policy("true", STEPS[:1])
    second = await as_role("sales_manager", login="zhou")
    await desk.want(("C1", "5000"))
    (request,) = (await desk.manager.get("/api/v1/approvals")).json()["items"]
    answers = await asyncio.gather(
        *(
            who.post(f"/api/v1/approvals/{request['id']}/decide", json={"verdict": "approve"})
            for who in (desk.manager, second)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    await asyncio.gather(desk.work(), desk.work())
    assert await desk.limits() == ("5000.00", None)
    assert [action for action, _, _ in await desk.trail()].count("limit_set") == 3


async def test_asking_and_deciding_at_once_end_as_one(desk: Desk) -> None:
    """Whoever is first: never two that wait, never one set that nobody agreed to."""
    await desk.policy("increase > 100.0", STEPS[:1])
    await desk.want(("C1", "5000"))
    (request,) = (await desk.manager.get("/api/v1/approvals")).json()["items"]
    await asyncio.gather(
        desk.manager.post(f"/api/v1/approvals/{request['id']}/decide", json={"verdict": "approve"}),
        desk.want(("C1", "6000")),
        desk.want(("C1", "7000")),
    )
    await desk.work()
    now, waiting = await desk.limits()
    assert now in ("1000.00", "5000.00")
    assert waiting in ("6000.00", "7000.00")
    assert (await desk.states()).count("waiting") == 1


async def test_the_source_of_truth_passes_by_what_its_policy_says(desk: Desk) -> None:
    await desk.policy('origin != "system_key"')
    passed = await desk.database.run(
        desk.tenant.id, lambda tx: set_limits(tx, limits=[LimitInput("C1", Decimal(9000))], by=ERP)
    )
    assert (passed.updated, passed.waiting) == (1, [])
    # A person's own key is the person.
    assert len((await desk.want(("C1", "100")))["waiting"]) == 1


async def test_facts_are_those_of_the_account(desk: Desk) -> None:
    async with desk.database.transaction(desk.tenant.id) as tx:
        await tx.write(
            "update account a set billed = 1300, oldest_due = '2020-01-01' where a.tenant_id = $1 "
            "and a.credit_limit = 1000"
        )
    await desk.policy("overrun > 0.0 && becomes_unlimited == false || becomes_unlimited && increase > 1e6")
    said = await desk.want(("C1", "1200"), ("C2", None), ("C3", "5"))
    assert [row["customer"] for row in said["waiting"]] == ["C1", "C2"]
    items = (await desk.manager.get("/api/v1/approvals")).json()["items"]
    facts = {item["title"]: item["facts"] for item in items}
    one = facts["C1"]
    assert (one["exposure"], one["billed"], one["overrun"], one["new_customer"]) == (
        "1300.00", "1300.00", "100.00", True,
    )  # fmt: skip
    assert (one["overdue_days"] > 2000, one["origin"]) == (True, "person")
    # No amount stands for what is unlimited.
    assert (facts["C2"]["new_limit"], facts["C2"]["increase"], facts["C2"]["becomes_unlimited"]) == (None, None, True)


async def test_what_is_refused_leaves_no_trace(desk: Desk) -> None:
    await desk.policy("true")
    before = await contents(desk.database, desk.tenant)
    items = [{"customer": "C1", "credit_limit": "9000"}, {"customer": "NONE", "credit_limit": "-1"}]
    answer = await desk.owner.put("/api/v1/accounts", json={"items": items})
    assert (answer.status_code, await contents(desk.database, desk.tenant)) == (422, before)


async def test_many_cost_the_statements_of_one(desk: Desk) -> None:
    codes = list(MANY)
    await desk.policy("true")

    async def sent(some: list[str], limit: str) -> int:
        limits = [LimitInput(code, Decimal(limit)) for code in some]
        return await statements(
            desk.database, desk.tenant, lambda tx: set_limits(tx, limits=limits, by=desk.tenant.owner)
        )

    await sent(codes[:1], "1")
    assert await sent(codes[1:2], "1") == await sent(codes[2:], "1")
    assert await sent(codes[:1], "2") == await sent(codes, "3")


Act = Literal["ask", "lower", "manager", "finance", "reject", "withdraw", "news"]
_OFTEN: list[Act] = ["ask", "ask", "manager", "manager", "finance", "finance", "lower", "reject", "withdraw", "news"]
ACTS: st.SearchStrategy[list[Act]] = st.lists(
    st.sampled_from(
        ["ask", "ask", "lower", "manager", "manager", "finance", "finance", "reject", "withdraw", "news"]
    ),
    max_size=14,
)


@given(acts=ACTS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.slow
async def test_no_path_to_a_higher_limit_without_every_step(desk: Desk, acts: list[Act]) -> None:
    """The ledger of decisions judges: a limit that rose was asked about, and both agreed."""
    await desk.policy("increase > 0.0")
    await _act(desk, "withdraw", 1)  # what the acts before left waiting
    await desk.want(("C1", "1"))
    await desk.work()
    for number, act in enumerate(acts, start=2):
        await _act(desk, act, number)
        await _judge(desk)
    await desk.work()
    await _judge(desk)


async def _act(desk: Desk, act: Act, number: int) -> None:
    who: dict[str, Callable[[], httpx.AsyncClient]] = {
        "manager": lambda: desk.manager, "finance": lambda: desk.finance, "reject": lambda: desk.manager,
    }  # fmt: skip
    if act == "ask":
        await desk.want(("C1", str(number * 1000)))
    elif act == "lower":
        await desk.want(("C1", "1"))
    elif act == "news":
        await desk.work()
    elif act == "withdraw":
        for item in (await desk.owner.get("/api/v1/approvals", params={"box": "requested"})).json()["items"]:
            await desk.owner.post(f"/api/v1/approvals/{item['id']}/withdraw", json={})
    else:
        for item in (await who[act]().get("/api/v1/approvals")).json()["items"]:
            said = {"verdict": "reject" if act == "reject" else "approve", "comment": "看过"}
            await who[act]().post(f"/api/v1/approvals/{item['id']}/decide", json=said)


async def _judge(desk: Desk) -> None:
    async with desk.database.transaction(desk.tenant.id) as tx:
        rows = await tx.fetch(
            """select l.state, l.new_limit, a.credit_limit, r.state as request, (
                 select count(distinct d.step_no) from approval_decision d
                 where d.tenant_id = $1 and d.request_id = r.id and d.verb = 'approved'
               ) as agreed
               from limit_change l
               join account a on a.tenant_id = $1 and a.id = l.account_id
               join approval_request r on r.tenant_id = $1 and r.subject_id = l.id
               where l.tenant_id = $1 order by l.id"""
        )
    agreed = {row["new_limit"] for row in rows if row["state"] == "set"}
    assert all((row["request"], row["agreed"]) == ("approved", 2) for row in rows if row["state"] == "set")
    assert all(row["request"] != "open" for row in rows if row["state"] != "waiting")
    assert sum(row["state"] == "waiting" for row in rows) <= 1
    assert not rows or rows[0]["credit_limit"] in agreed | {Decimal(1)}
