"""The sliding window of sign-in attempts."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.identity.conftest import Clock
from tests.support import Tenant, make_tenant

from dinghuo.identity.throttle import (
    PER_ACCOUNT,
    PER_ADDRESS,
    TOO_MANY_ATTEMPTS,
    WINDOW,
    attempt,
    forget,
    subjects,
    wait,
)
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_window_slides() -> None:
    ago = [NOW - timedelta(minutes=minutes) for minutes in (1, 4, 14)]
    assert wait(ago, 4, NOW) is None
    assert wait(ago, 3, NOW) == timedelta(minutes=1)
    assert wait(ago, 2, NOW) == timedelta(minutes=11)
    assert wait([NOW - WINDOW], 1, NOW) is None
    assert wait([], 1, NOW) is None


def test_an_address_counts_by_its_network() -> None:
    assert list(subjects("li", "2001:db8::1:2:3:4")) == ["account li", "address 2001:db8::/64"]
    assert list(subjects("li", "192.0.2.7")) == ["account li", "address 192.0.2.7"]
    assert list(subjects("li", "unknown")) == ["account li", "address unknown"]


async def test_after_ten_attempts_an_account_waits_until_the_first_is_a_quarter_of_an_hour_old(
    timed: Database, tenant: Tenant, clock: Clock
) -> None:
    for _ in range(PER_ACCOUNT):
        await timed.run(tenant.id, lambda tx: attempt(tx, "li", "192.0.2.7"))
        clock.forward(seconds=10)
    with pytest.raises(Refused) as refused:
        await timed.run(tenant.id, lambda tx: attempt(tx, "li", "192.0.2.8"))
    assert refused.value.faults == (TOO_MANY_ATTEMPTS("login", seconds=800),)
    assert refused.value.retry_after == 800
    await timed.run(tenant.id, lambda tx: attempt(tx, "wang", "192.0.2.7"))
    clock.forward(seconds=800)
    await timed.run(tenant.id, lambda tx: attempt(tx, "li", "192.0.2.8"))


async def test_an_address_that_tries_many_accounts_waits_too(timed: Database, tenant: Tenant) -> None:
    for number in range(PER_ADDRESS):
        await timed.run(tenant.id, lambda tx, login=f"u{number}": attempt(tx, login, "192.0.2.7"))  # type: ignore[misc]
    with pytest.raises(Refused):
        await timed.run(tenant.id, lambda tx: attempt(tx, "another", "192.0.2.7"))
    other = await make_tenant(timed)
    await timed.run(other.id, lambda tx: attempt(tx, "another", "192.0.2.7"))


async def test_of_a_hundred_attempts_at_once_ten_are_made(database: Database, tenant: Tenant) -> None:
    tries = [database.run(tenant.id, lambda tx: attempt(tx, "li", "192.0.2.7")) for _ in range(100)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 90
    assert sum(isinstance(outcome, BaseException) for outcome in outcomes) == 90


async def test_success_clears_the_account_and_takes_its_own_attempt_from_the_address(
    timed: Database, tenant: Tenant, clock: Clock
) -> None:
    await timed.run(tenant.id, lambda tx: attempt(tx, "li", "192.0.2.7"))
    clock.forward(seconds=1)
    made = await timed.run(tenant.id, lambda tx: attempt(tx, "li", "192.0.2.7"))
    await timed.run(tenant.id, lambda tx: forget(tx, made))
    async with timed.transaction(tenant.id) as tx:
        rows = await tx.fetch("select subject, moments from sign_in_window where tenant_id = $1 order by subject")
    assert [tuple(row) for row in rows] == [
        ("account li", []),
        ("address 192.0.2.7", [clock.now - timedelta(seconds=1)]),
    ]
