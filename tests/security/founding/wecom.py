"""WeCom: the app, people who are known there, one of them with a second factor, somebody on their way back."""

from uuid import UUID, uuid4

from tests.security.founding.founder import Founder
from tests.wecom import AGENT_ID, CORP_ID
from tests.wecom import SECRET as APP_SECRET

from dinghuo.identity.default_roles import DEFAULT_ROLES
from dinghuo.notices.wecom_door import hashed

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


async def found_wecom(f: Founder) -> None:
    app = {"corp_id": CORP_ID, "agent_id": AGENT_ID, "secret": APP_SECRET, "active": True}
    answer = await f.client.put("/api/v1/wecom-app", json=app)
    assert answer.status_code == 200, answer.text
    await f.put("users", [{"login": f.login("careful"), "name": f.code("CAREFUL"), "roles": ["sales"]}])
    staff = [role.code for role in DEFAULT_ROLES if role.audience == "staff"]
    people = [f.login(name) for name in (*staff, "nobody", "colleague", "careful")]
    await f.put("wecom-people", [{"login": login, "wecom_user": f"{login}-there"} for login in people])
    visit: UUID = uuid4()
    secret, browser = "0" * 48, f"browser-of-{f.mark}"
    async with f.database.transaction(f.tenant.id) as tx:
        await tx.write(
            "update app_user set totp_secret = $2, totp_confirmed_at = now() where tenant_id = $1 and login = $3",
            SECRET,
            f.login("careful"),
        )
        await tx.write(
            "insert into wecom_visit (tenant_id, id, secret_hash, browser_hash, expires_at) "
            "values ($1, $2, $3, $4, '2100-01-01')",
            visit,
            hashed(secret),
            hashed(browser),
        )
    # Somebody of their own, in whose place each person puts theirs.
    f.share("wecom.own", f.share("wecom.state", f"{f.tenant.id}x{visit.hex}{secret}"))
    f.share("wecom.browser", browser)
    f.share("wecom.user", f"{f.login('colleague')}-there")
    f.share("wecom.careful", await f.id_of("app_user", "login", f.login("careful")))
