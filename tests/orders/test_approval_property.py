"""No path to an order that binds without every step of its approval: whatever people do, in whatever order.

Two judges: what was decided stands in a ledger, and the ledger alone says here whether an order may bind; and whoever
is asked at the same moment makes one outcome.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.orders.asking import BY, ask, line, placed, wanted
from tests.support import VAULT, key_of, make_user, principal_of
from tests.world import World

import dinghuo.entry.approval_kinds  # noqa: F401
from dinghuo.approvals.decide import decide
from dinghuo.approvals.delegations import DelegationInput, delegate, end_delegation
from dinghuo.approvals.involve import add, hand_over, send_back
from dinghuo.approvals.policies import Approver, StepSpec
from dinghuo.approvals.save_policies import PolicyInput, save_policies
from dinghuo.approvals.withdraw import withdraw
from dinghuo.entry.invariants import broken_invariants
from dinghuo.flow.reactions import BY_KIND
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.outbox_run import drain
from dinghuo.kit.roles import Urls
from dinghuo.orders.amend import amend
from dinghuo.orders.amend_request import AmendRequest, LineChange
from dinghuo.orders.cancel import cancel

PEOPLE = ("ann", "bob", "cai", "dou", "eve", "boss")
# Who is asked in each step, and how many of them have to agree.
ASKED: dict[int, tuple[str, ...]] = {1: ("ann", "bob"), 2: ("cai", "dou"), 3: ("ann", "cai", "eve")}
ENOUGH = {1: 1, 2: 2, 3: 2}
ABOVE = "boss"


def _users(*logins: str) -> list[Approver]:
    return [Approver("user", login) for login in logins]


STEPS = [
    StepSpec(name="一", mode="any", approvers=_users(*ASKED[1])),
    StepSpec(
        name="二", mode="all", approvers=_users(*ASKED[2]), due_hours=4, on_timeout="escalate",
        escalate_to=_users(ABOVE),
    ),
    StepSpec(name="三", mode="of", needed=2, approvers=_users(*ASKED[3])),
]  # fmt: skip

WHO = st.sampled_from(PEOPLE)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("approve"), WHO, WHO),
        st.tuples(st.just("approve"), WHO, WHO),
        st.tuples(st.just("approve"), WHO, WHO),
        st.tuples(st.sampled_from(("add", "hand_over", "back", "away", "here", "wait", "news")), WHO, WHO),
        st.tuples(st.sampled_from(("reject", "withdraw", "amend", "cancel")), st.just("boss"), WHO),
    ),
    max_size=30,
)


@dataclass
class Office:
    """Everybody by login, and an order that they are asked about."""

    database: Database
    world: World
    staff: dict[str, StaffPrincipal]
    moment: list[datetime]
    asker: Actor
    order_id: UUID = field(default_factory=lambda: UUID(int=0))

    async def run(self, command: Callable[[Tx], Awaitable[Any]]) -> Any:
        return await self.database.run(self.world.tenant.id, command)

    async def rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        async with self.database.transaction(self.world.tenant.id) as tx:
            return [dict(row) for row in await tx.fetch(sql, *arguments)]

    async def work(self) -> None:
        await drain(self.database, self.world.tenant.id, BY_KIND)

    async def place(self) -> None:
        placement = msgspec.structs.replace(wanted("K2", line("COLA", 5)), by=self.asker)
        (outcome,) = await ask(self.database, self.world.tenant.id, placement)
        assert placed(outcome).state == "pending_approval"
        self.order_id = placed(outcome).id

    async def state(self) -> str:
        rows = await self.rows("select state from sales_order where tenant_id = $1 and id = $2", self.order_id)
        return str(rows[0]["state"])

    async def request(self) -> dict[str, Any]:
        """The newest request about the order."""
        rows = await self.rows(
            "select id, state, step_no from approval_request where tenant_id = $1 and subject_id = $2 "
            "order by id desc limit 1",
            self.order_id,
        )
        return rows[0]

    async def act(self, what: str, who: str, other: str) -> None:
        """Whoever may not is refused."""
        with suppress(Refused):
            await self._act(what, who, other)

    async def _act(self, what: str, who: str, other: str) -> None:
        staff, request = self.staff[who], await self.request()
        match what:
            case "approve" | "reject":
                verdict: Any = what
                await self.run(partial(decide, ids=[request["id"]], verdict=verdict, staff=staff, comment="看过"))
            case "add":
                await self.run(partial(add, request_id=request["id"], user=other, staff=staff))
            case "hand_over":
                await self.run(partial(hand_over, request_id=request["id"], user=other, staff=staff))
            case "back":
                to = max(request["step_no"] - 1, 1)
                await self.run(partial(send_back, request_id=request["id"], to_step=to, staff=staff, comment="再看"))
            case "withdraw":
                await self.run(partial(withdraw, request_id=request["id"], staff=staff))
            case "away":
                span = (self.moment[0] - timedelta(hours=1), self.moment[0] + timedelta(hours=2))
                item = DelegationInput(delegate=other, starts_at=span[0], ends_at=span[1])
                await self.run(partial(delegate, item=item, staff=staff))
            case "here":
                for row in await self.rows(
                    "select id from approval_delegation where tenant_id = $1 and user_id = $2", staff.user_id
                ):
                    await self.run(partial(end_delegation, delegation_id=row["id"], staff=staff))
            case "wait":
                self.moment[0] += timedelta(hours=3)
                await self.work()
            case "news":
                await self.work()
            case "amend":
                await self._amend()
            case "cancel":
                await self.run(partial(cancel, ids=[self.order_id], by=BY, principal=self.staff["boss"]))

    async def _amend(self) -> None:
        (row,) = await self.rows(
            "select o.revision, l.quantity from sales_order o join order_line l on l.tenant_id = $1 "
            "and l.order_id = o.id where o.tenant_id = $1 and o.id = $2",
            self.order_id,
        )
        if await self.state() != "pending_approval":
            return
        request = AmendRequest(
            revision=row["revision"], lines=[LineChange(line_no=1, quantity=row["quantity"] + Decimal(1))]
        )
        await self.run(
            partial(amend, order_id=self.order_id, request=request, principal=self.staff["boss"], by=self.asker)
        )

    async def check(self) -> None:
        """An order that binds was agreed to in every step; one that is off holds nothing."""
        state, request = await self.state(), await self.request()
        if state == "confirmed":
            assert request["state"] == "approved"
        if request["state"] == "approved":
            await self._judge(request["id"])
        else:
            assert state != "confirmed"
        async with self.database.transaction(self.world.tenant.id) as tx:
            assert await broken_invariants(tx, self.world.tenant.id) == []

    async def _judge(self, request_id: UUID) -> None:
        """What the ledger says: in the last round of every step enough agreed, one step after the other."""
        acts = await self.rows(
            "select step_no, round, verb, coalesce(on_behalf_of, actor_id) as voice, target_id "
            "from approval_decision where tenant_id = $1 and request_id = $2 and step_no is not null order by id",
            request_id,
        )
        # People here act by keys of theirs; for others they act as users.
        names = {id: login for login, staff in self.staff.items() for id in (staff.id, staff.user_id)}
        finished = -1
        for step in ASKED:
            last = max(each["round"] for each in acts if each["step_no"] == step and each["verb"] == "approved")
            of_step = [(i, each) for i, each in enumerate(acts) if (each["step_no"], each["round"]) == (step, last)]
            asked, added, agreed, above = set(ASKED[step]), set[str](), set[str](), set[str]()
            for i, each in of_step:
                voice, target = names.get(each["voice"], ""), names.get(each["target_id"], "")
                match each["verb"]:
                    case "approved":
                        # Nobody agreed to a step before the one before it was through.
                        assert i > finished
                        agreed.add(voice)
                    case "added":
                        added.add(target)
                    case "escalated":
                        above.add(ABOVE)
                    case "handed_over":
                        for group in (asked, added, above):
                            if voice in group:
                                group.remove(voice)
                                group.add(target)
            finished = max(i for i, each in of_step if each["verb"] == "approved")
            assert added <= agreed
            assert len(agreed & asked) >= ENOUGH[step] or agreed & above


@pytest.fixture
async def office(database_urls: Urls, world: World) -> AsyncIterator[Office]:
    moment = [datetime.now(UTC)]
    timed = Database(database_urls.app, guard=True, clock=lambda: moment[0], vault=VAULT)
    staff = {}
    for login in PEOPLE:
        await make_user(timed, world.tenant, "owner" if login == "boss" else "sales_manager", login=login)
        principal = await principal_of(timed, await key_of(timed, world.tenant, login))
        assert isinstance(principal, StaffPrincipal)
        staff[login] = principal
    item = PolicyInput(code="all", subject_kind="order", name="都审", condition="true", steps=STEPS, expires_hours=20)
    await make_user(timed, world.tenant, "sales", login="asker")
    asker = await principal_of(timed, await key_of(timed, world.tenant, "asker"))
    made = Office(timed, world, staff, moment, asker.actor())
    await made.run(partial(save_policies, items=[item], by=BY))
    yield made
    await timed.close()


@given(acts=ACTS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.slow
async def test_no_path_to_an_order_that_binds_without_every_step(
    office: Office, acts: list[tuple[str, str, str]]
) -> None:
    await office.place()
    for each in acts:
        await office.act(*each)
        await office.check()
    # What is still open is seen to its end: by everybody in turn, until nobody is asked any more.
    for _ in range(4 * len(PEOPLE)):
        for who in PEOPLE:
            await office.act("approve", who, who)
        if (await office.request())["state"] != "open":
            break
    await office.work()
    await office.check()
    assert await office.state() in ("confirmed", "rejected", "cancelled")
    for who in PEOPLE:
        await office.act("here", who, who)
    with suppress(Refused):
        await office.run(partial(cancel, ids=[office.order_id], by=BY, principal=office.staff["boss"]))


@given(st.lists(st.tuples(st.sampled_from(("approve", "approve", "reject")), WHO), min_size=2, max_size=6))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.slow
async def test_however_many_decide_at_once_make_one_outcome(office: Office, together: list[tuple[str, str]]) -> None:
    """All at once, each with a connection of their own; and again, until it is over."""
    await office.place()
    for _ in range(12):
        await asyncio.gather(*(office.act(verdict, who, who) for verdict, who in together))
        await asyncio.gather(*(office.act("approve", who, who) for who in PEOPLE), office.work())
        await office.check()
        if (await office.request())["state"] != "open":
            break
    await office.work()
    await office.check()
    told = await office.rows(
        "select data from outbox_event where tenant_id = $1 and kind = 'approvals.decided' and subject_id = $2",
        office.order_id,
    )
    assert len(told) == 1
    rejected = await office.rows(
        "select 1 as n from approval_decision d join approval_request r on r.tenant_id = $1 and r.id = d.request_id "
        "where d.tenant_id = $1 and r.subject_id = $2 and d.verb = 'rejected'",
        office.order_id,
    )
    assert await office.state() == ("rejected" if rejected else "confirmed")
    with suppress(Refused):
        await office.run(partial(cancel, ids=[office.order_id], by=BY, principal=office.staff["boss"]))
