"""A desk that approves: people with roles, a clock that tests move, policies and things to approve."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from tests.support import VAULT, Tenant, client_of, key_of, make_user, principal_of

from dinghuo.approvals.ask import Ask, ask
from dinghuo.approvals.kinds import Fact, Kind, Person, Waiver, register
from dinghuo.entry.app import create_app
from dinghuo.flow.reactions import BY_KIND
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id
from dinghuo.kit.outbox_run import drain
from dinghuo.kit.roles import Urls

THING = Kind(
    "thing",
    "东西",
    "Thing",
    facts=(
        Fact("amount", "number", "金额", "Amount", "price"),
        Fact("margin", "number", "毛利", "Margin", "margin"),
        Fact("reason", "text", "原因", "Reason"),
    ),
    people=(Person("keeper", "保管人", "Keeper"),),
    waives=(Waiver("limit", "限额", "Limit"),),
)
register(THING)

Body = dict[str, Any]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Desk:
    """Everybody is known by login; `as_` acts as them."""

    database: Database
    tenant: Tenant
    clock: Clock
    as_: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    staff: dict[str, StaffPrincipal] = field(default_factory=dict)

    async def policy(self, code: str = "big", **said: Any) -> None:
        item = {
            "code": code,
            "subject_kind": "thing",
            "name": code,
            "condition": "amount > 100",
            "steps": [step("经理", role("sales_manager"))],
        } | said
        answer = await self.as_["owner"].put("/api/v1/approval-policies", json={"items": [item]})
        assert answer.status_code == 200, answer.text

    async def ask(self, by: str = "asker", amount: str = "150.00", **other: Any) -> UUID | None:
        return (await self.ask_all([thing(self, by, amount, **other)]))[0]

    async def ask_all(self, asks: Sequence[Ask]) -> list[UUID | None]:
        return await self.database.run(self.tenant.id, lambda tx: ask(tx, asks))

    async def opened(self, **other: Any) -> UUID:
        id = await self.ask(**other)
        assert id is not None
        return id

    async def get(self, who: str, path: str, **query: Any) -> Any:
        answer = await self.as_[who].get(f"/api/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, who: str, path: str, body: Body, status: int = 200) -> Any:
        answer = await self.as_[who].post(f"/api/v1/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def decide(self, who: str, id: UUID, verdict: str = "approve", **other: Any) -> Any:
        return await self.post(who, f"approvals/{id}/decide", {"verdict": verdict, **other})

    async def refused(self, who: str, path: str, body: Body) -> list[str]:
        answer = await self.as_[who].post(f"/api/v1/{path}", json=body)
        assert answer.status_code >= 400, answer.text
        return [fault["code"] for fault in answer.json()["faults"]]

    async def work(self) -> None:
        """What is due is done."""
        await drain(self.database, self.tenant.id, BY_KIND)

    async def inbox(self, who: str) -> list[str]:
        return [item["title"] for item in (await self.get(who, "inbox"))["items"]]

    async def rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        async with self.database.transaction(self.tenant.id) as tx:
            return [dict(row) for row in await tx.fetch(sql, *arguments)]


def step(name: str, *approvers: Body, **other: Any) -> Body:
    return {"name": name, "approvers": list(approvers), **other}


def role(code: str) -> Body:
    return {"by": "role", "code": code}


def user(login: str) -> Body:
    return {"by": "user", "code": login}


def person(word: str) -> Body:
    return {"by": "person_of", "word": word}


def thing(desk: Desk, by: str = "asker", amount: str = "150.00", **other: Any) -> Ask:
    actor = Actor("staff", by, "console", desk.ids[by])
    facts = {"amount": Decimal(amount), "margin": Decimal("12.50"), "reason": "because"}
    said: Body = {"subject_kind": "thing", "subject_id": new_id(), "title": "T-1", "facts": facts, "by": actor}
    return Ask(**(said | other))


PEOPLE = {
    "owner": ["owner"],
    "boss": ["owner"],
    "manager": ["sales_manager"],
    "manager2": ["sales_manager"],
    "asker": ["sales"],
    "clerk": ["warehouse"],
    "money": ["finance"],
}


_CLOCK = Clock()


@pytest.fixture
def clock() -> Clock:
    """Every test's day begins anew."""
    _CLOCK.now = Clock().now
    return _CLOCK


@pytest.fixture(scope="session")
async def _timed(database_urls: Urls) -> AsyncIterator[Database]:
    timed = Database(database_urls.app, guard=True, clock=_CLOCK, vault=VAULT)
    yield timed
    await timed.close()


@pytest.fixture(scope="session")
def timed_app(_timed: Database) -> Litestar:
    return create_app(_timed)


@pytest.fixture
async def desk(_timed: Database, timed_app: Litestar, tenant: Tenant, clock: Clock) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as opened:
        made = Desk(_timed, tenant, clock)
        for login, roles in PEOPLE.items():
            if login != "owner":
                await make_user(_timed, tenant, *roles, login=login)
            token = await key_of(_timed, tenant, login)
            made.as_[login] = await opened.enter_async_context(client_of(timed_app, x_api_key=token.text()))
            principal = await principal_of(_timed, token)
            assert isinstance(principal, StaffPrincipal)
            assert principal.user_id is not None
            made.staff[login], made.ids[login] = principal, principal.user_id
        yield made
