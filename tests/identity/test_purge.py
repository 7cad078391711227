"""What sessions and attempts to sign in leave behind goes a day later."""

import httpx
import pytest
from tests.identity.conftest import Clock, give_password, sign_in
from tests.support import Tenant, contents, make_user

from dinghuo.identity.purge import purge_sessions
from dinghuo.kit.database import Database


@pytest.fixture
async def li(timed: Database, tenant: Tenant) -> str:
    login = await make_user(timed, tenant, "owner", login="li.wei")
    await give_password(timed, tenant, login)
    return login


async def purged(database: Database, tenant: Tenant, most: int = 100) -> tuple[int, int]:
    return await database.run(tenant.id, lambda tx: purge_sessions(tx, most=most))


async def test_sessions_go_a_day_after_their_end_and_attempts_a_day_after_the_last(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    for _ in range(3):
        await sign_in(browser, tenant, li)
    clock.forward(hours=23)
    before = await contents(timed, tenant)
    assert await purged(timed, tenant) == (0, 0)
    assert await contents(timed, tenant) == before
    clock.forward(hours=2)
    assert await purged(timed, tenant, most=1) == (0, 1)
    assert await purged(timed, tenant) == (0, 1)
    clock.forward(days=13, hours=22)
    assert await purged(timed, tenant) == (0, 0)
    clock.forward(hours=2)
    assert await purged(timed, tenant, most=2) == (2, 0)
    assert await purged(timed, tenant) == (1, 0)
    after = await contents(timed, tenant)
    assert after == before | {name: [] for name in ("session", "sign_in_window")}


async def test_a_session_in_use_stays(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    await sign_in(browser, tenant, li)
    clock.forward(hours=11)
    await purged(timed, tenant)
    assert (await browser.get("/api/v1/me")).status_code == 200
