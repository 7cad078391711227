"""Identity's tests: a clock that can be moved, passwords that are quick to check, people who sign in."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from litestar import Litestar
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from tests.support import VAULT, Tenant, client_of

from dinghuo.entry.app import create_app
from dinghuo.identity import passwords
from dinghuo.identity.granting import Granter
from dinghuo.identity.passwords import hash_password
from dinghuo.identity.set_password import set_password
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database
from dinghuo.kit.roles import Urls

PASSWORD = "an honest password"
QUICK = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The real algorithm with parameters that take no time."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHash((QUICK,)))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


_CLOCK = Clock(datetime.now(UTC))


@pytest.fixture
def clock() -> Clock:
    """The clock of `timed`, set to now."""
    _CLOCK.now = datetime.now(UTC).replace(microsecond=0)
    return _CLOCK


@pytest.fixture(scope="session")
async def _timed(database_urls: Urls) -> AsyncIterator[Database]:
    database = Database(database_urls.app, guard=True, clock=_CLOCK, pool_size=4, vault=VAULT)
    yield database
    await database.close()


@pytest.fixture
def timed(_timed: Database, clock: Clock) -> Database:
    """The database by the clock of the test."""
    return _timed


@pytest.fixture(scope="session")
def timed_app(_timed: Database) -> Litestar:
    return create_app(_timed)


@pytest.fixture
async def browser(timed_app: Litestar, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """A client by the clock of the test; it keeps its cookies."""
    async with client_of(timed_app) as client:
        yield client


async def give_password(database: Database, tenant: Tenant, login: str, password: str = PASSWORD) -> None:
    """A password of the user's own, not a temporary one."""
    hashed = await hash_password(password)
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch("select id from app_user where tenant_id = $1 and login = $2", login)
        await set_password(
            tx, user_id=rows[0]["id"], password_hash=hashed, by=SYSTEM, granter=Granter(), temporary=False
        )


async def sign_in(
    client: httpx.AsyncClient,
    tenant: Tenant,
    login: str,
    password: str = PASSWORD,
    *,
    at: str = "/api/v1",
    **body: str,
) -> httpx.Response:
    """Sign in; from then on the client sends the csrf token too."""
    answer = await client.post(
        f"{at}/sign-in", json={"company": tenant.code, "login": login, "password": password, **body}
    )
    if answer.status_code == 201:
        client.headers["x-csrf-token"] = answer.json()["csrf"]
    return answer


def codes(answer: httpx.Response) -> list[str]:
    """The codes of the faults of a refusal."""
    return [fault["code"] for fault in answer.json()["faults"]]
