"""The second factor: enrolled, asked for, never good twice, and what happens when the telephone is lost."""

from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest
from litestar import Litestar
from tests.identity.conftest import PASSWORD, Clock, codes, give_password, sign_in
from tests.support import Tenant, client_of, contents, make_user, trail

from dinghuo.identity import totp
from dinghuo.kit.database import Database
from dinghuo.kit.vault import is_sealed

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_a_code_is_good_for_its_half_minute_and_one_on_either_side_and_only_once() -> None:
    step = int(NOW.timestamp()) // 30
    code = pyotp.TOTP(SECRET).at(NOW)
    assert totp.matching_step(SECRET, code, NOW, None) == step
    assert totp.matching_step(SECRET, code, NOW + timedelta(seconds=30), None) == step
    assert totp.matching_step(SECRET, code, NOW - timedelta(seconds=30), None) == step
    assert totp.matching_step(SECRET, code, NOW + timedelta(seconds=60), None) is None
    assert totp.matching_step(SECRET, code, NOW - timedelta(seconds=60), None) is None
    assert totp.matching_step(SECRET, code, NOW, step) is None
    assert totp.matching_step(SECRET, code, NOW, step - 1) == step
    assert totp.matching_step(SECRET, "", NOW, None) is None


def test_a_recovery_code_may_be_typed_as_people_type() -> None:
    made = totp.new_recovery_codes()
    assert len(set(made)) == 10
    one = made[0]
    assert len(one) == 14
    assert totp.hash_recovery_code(one) == totp.hash_recovery_code(f" {one.upper().replace('-', ' ')} ")
    assert totp.hash_recovery_code(one) != totp.hash_recovery_code(made[1])


@pytest.fixture
async def li(timed: Database, tenant: Tenant) -> str:
    login = await make_user(timed, tenant, "owner", login="li.wei")
    await give_password(timed, tenant, login)
    return login


async def enrol(browser: httpx.AsyncClient, clock: Clock) -> tuple[str, list[str]]:
    """Enrol a second factor; the secret and the recovery codes."""
    enrolment = (await browser.post("/api/v1/me/totp", json={"password": PASSWORD})).json()
    code = pyotp.TOTP(enrolment["secret"]).at(clock.now)
    confirmed = await browser.post("/api/v1/me/totp/confirm", json={"code": code})
    assert confirmed.status_code == 201
    return enrolment["secret"], confirmed.json()["recovery_codes"]


async def test_enrolling_counts_only_once_confirmed(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    await sign_in(browser, tenant, li)
    enrolment = (await browser.post("/api/v1/me/totp", json={"password": PASSWORD})).json()
    assert enrolment["uri"].startswith("otpauth://totp/Dinghuo%20")
    assert f"secret={enrolment['secret']}" in enrolment["uri"]
    assert enrolment["qr_svg"].startswith("<svg ")
    assert (await browser.get("/api/v1/me")).json()["has_second_factor"] is False
    assert (await sign_in(browser, tenant, li)).status_code == 201
    wrong = await browser.post("/api/v1/me/totp/confirm", json={"code": "000000"})
    assert (wrong.status_code, codes(wrong)) == (401, ["wrong-second-factor"])
    code = pyotp.TOTP(enrolment["secret"]).at(clock.now)
    assert len((await browser.post("/api/v1/me/totp/confirm", json={"code": code})).json()["recovery_codes"]) == 10
    assert (await browser.get("/api/v1/me")).json()["has_second_factor"] is True
    assert (await trail(timed, tenant))[-1] == ("app_user", "second_factor_enrolled", "li.wei")
    again = await browser.post("/api/v1/me/totp", json={"password": PASSWORD})
    assert (again.status_code, codes(again)) == (409, ["second-factor-in-force"])
    again = await browser.post("/api/v1/me/totp/confirm", json={"code": code})
    assert (again.status_code, codes(again)) == (409, ["second-factor-in-force"])


async def test_the_secret_is_sealed_also_one_from_before(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    await sign_in(browser, tenant, li)
    secret, _ = await enrol(browser, clock)

    async def stored() -> str:
        async with timed.transaction(tenant.id) as tx:
            rows = await tx.fetch("select totp_secret from app_user where tenant_id = $1 and login = $2", li)
        return str(rows[0]["totp_secret"])

    assert is_sealed(await stored()) and secret not in await stored()
    async with timed.transaction(tenant.id) as tx:
        await tx.write("update app_user set totp_secret = $2 where tenant_id = $1 and login = $3", secret, li)
    clock.forward(minutes=1)
    again = await sign_in(browser, tenant, li, code=pyotp.TOTP(secret).at(clock.now))
    assert again.status_code == 201
    assert is_sealed(await stored())


async def test_enrolling_needs_the_password(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    await sign_in(browser, tenant, li)
    before = await contents(timed, tenant, but=["audit_entry", "sign_in_window"])
    for path in ("me/totp", "me/totp/remove"):
        answer = await browser.post(f"/api/v1/{path}", json={"password": "not the password"})
        assert (answer.status_code, codes(answer)) == (401, ["wrong-login-or-password"])
    nothing = await browser.post("/api/v1/me/totp/confirm", json={"code": "000000"})
    assert (nothing.status_code, codes(nothing)) == (409, ["second-factor-not-enrolled"])
    nothing = await browser.post("/api/v1/me/totp/remove", json={"password": PASSWORD})
    assert (nothing.status_code, codes(nothing)) == (409, ["second-factor-not-enrolled"])
    assert await contents(timed, tenant, but=["audit_entry", "sign_in_window"]) == before


async def test_signing_in_asks_for_the_code_and_takes_none_twice(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    await sign_in(browser, tenant, li)
    secret, _ = await enrol(browser, clock)
    of_confirming = pyotp.TOTP(secret).at(clock.now)
    before = await contents(timed, tenant, but=["sign_in_window", "audit_entry"])
    asked = await sign_in(browser, tenant, li)
    assert (asked.status_code, codes(asked)) == (401, ["second-factor-needed"])
    assert codes(await sign_in(browser, tenant, li, code=of_confirming)) == ["wrong-second-factor"]
    assert codes(await sign_in(browser, tenant, li, code="not a code")) == ["wrong-second-factor"]
    assert codes(await sign_in(browser, tenant, li, "wrong password", code=of_confirming)) == [
        "wrong-login-or-password"
    ]
    assert await contents(timed, tenant, but=["sign_in_window", "audit_entry"]) == before
    clock.forward(seconds=30)
    code = pyotp.TOTP(secret).at(clock.now)
    assert (await sign_in(browser, tenant, li, code=f" {code} ")).status_code == 201
    assert codes(await sign_in(browser, tenant, li, code=code)) == ["wrong-second-factor"]
    clock.forward(seconds=30)
    assert (await sign_in(browser, tenant, li, code=pyotp.TOTP(secret).at(clock.now))).status_code == 201


async def test_guessing_codes_is_counted_like_guessing_passwords(
    browser: httpx.AsyncClient, tenant: Tenant, li: str, clock: Clock
) -> None:
    await sign_in(browser, tenant, li)
    await enrol(browser, clock)
    answers = [(await sign_in(browser, tenant, li, code="000000")).status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]


async def test_being_asked_for_the_code_is_not_counted(
    browser: httpx.AsyncClient, tenant: Tenant, li: str, clock: Clock
) -> None:
    await sign_in(browser, tenant, li)
    await enrol(browser, clock)
    answers = [(await sign_in(browser, tenant, li)).status_code for _ in range(12)]
    assert answers == [401] * 12


async def test_a_recovery_code_opens_once(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    await sign_in(browser, tenant, li)
    _, recovery = await enrol(browser, clock)
    assert (await sign_in(browser, tenant, li, code=recovery[3].upper())).status_code == 201
    assert codes(await sign_in(browser, tenant, li, code=recovery[3])) == ["wrong-second-factor"]
    rows = await contents(timed, tenant)
    assert len(rows["recovery_code"]) == 9
    assert all(code not in str(rows) for code in recovery)


async def test_whose_role_requires_a_second_factor_enrols_one_before_anything_else(
    timed_app: Litestar, browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    await give_password(timed, tenant, await make_user(timed, tenant, "finance", login="wang"))
    await sign_in(browser, tenant, li)
    body = {"items": [{"code": "finance", "requires_totp": True}]}
    assert (await browser.put("/api/v1/roles", json=body)).json()["updated"] == 1
    async with client_of(timed_app) as wang:
        assert (await sign_in(wang, tenant, "wang")).json()["me"]["must"] == "totp"
        answer = await wang.get("/api/v1/departments")
        assert (answer.status_code, codes(answer)) == (403, ["second-factor-first"])
        await enrol(wang, clock)
        assert (await wang.get("/api/v1/departments")).status_code == 200
        assert (await wang.post("/api/v1/me/totp/remove", json={"password": PASSWORD})).status_code == 204
        assert codes(await wang.get("/api/v1/departments")) == ["second-factor-first"]
        assert (await sign_in(wang, tenant, "wang")).status_code == 201


async def test_an_administrator_takes_the_second_factor_of_a_lost_telephone(
    timed_app: Litestar, browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    await give_password(timed, tenant, await make_user(timed, tenant, "finance", login="wang"))
    await sign_in(browser, tenant, li)
    async with client_of(timed_app) as wang:
        wang_id = (await sign_in(wang, tenant, "wang")).json()["me"]["id"]
        await enrol(wang, clock)
        assert (await browser.post(f"/api/v1/users/{wang_id}/totp/remove")).status_code == 204
        assert codes(await wang.get("/api/v1/me")) == ["credential-revoked"]
        assert (await sign_in(wang, tenant, "wang")).status_code == 201
    assert (await contents(timed, tenant))["recovery_code"] == []
