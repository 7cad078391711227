"""Who calls: each default role, one without any, and a session of each where only a person may call."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar import Litestar
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from tests.security.company import PASSWORD, Company
from tests.support import client_of

from dinghuo.identity import passwords
from dinghuo.identity.default_roles import DEFAULT_ROLES, DefaultRole
from dinghuo.identity.passwords import hash_password
from dinghuo.identity.permissions import OWN_ACCOUNT, SIGNED_IN
from dinghuo.kit.database import Database

RIGHTS = ("sees_cost", "sees_margin", "sees_price")
BASE = {"staff": "/api/v1", "dealer": "/portal/v1"}


@dataclass(frozen=True)
class Person:
    """A user of a company: by key, or by a session, which knows another session and a second factor of theirs."""

    name: str
    audience: str
    permissions: frozenset[str]
    rights: frozenset[str]
    key: Mapping[str, str]
    session: Mapping[str, str]
    company: Company

    def headers(self, permission: str) -> Mapping[str, str]:
        """Of one's own account only a session decides; everything else is called with a key."""
        return self.session if permission == OWN_ACCOUNT else self.key

    def may(self, audience: str, permission: str) -> bool:
        own = permission in (SIGNED_IN, OWN_ACCOUNT)
        return self.audience == audience and (own or permission in self.permissions)


@contextmanager
def quick_passwords() -> Iterator[None]:
    """The real algorithm with parameters that take no time."""
    with pytest.MonkeyPatch.context() as patch:
        quick = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(passwords, "_hasher", PasswordHash((quick,)))
        passwords._nobodys.cache_clear()
        yield
    passwords._nobodys.cache_clear()


async def gather(app: Litestar, database: Database, company: Company) -> list[Person]:
    """Everyone of a company, signed in."""
    with quick_passwords():
        hashed = await hash_password(PASSWORD)
        async with database.transaction(company.tenant.id) as tx:
            await tx.write("update app_user set password_hash = $2 where tenant_id = $1", hashed)
        found = [await _person(app, company, role) for role in (*DEFAULT_ROLES, *_NOBODIES)]
    async with database.transaction(company.tenant.id) as tx:
        # That somebody called would be noted a minute later: a trace in tests of what leaves none.
        for noted in ("session set seen_at", "api_key set used_at"):
            await tx.write(f"update {noted} = now() + interval '1 day' where tenant_id = $1")
        await tx.write("update wecom_visit set expires_at = now() + interval '1 day' where tenant_id = $1")
    return found


_NOBODIES = [
    DefaultRole(code="nobody", name="", name_en="", permissions=frozenset(), sees_price=False),
    DefaultRole(code="nodealer", name="", name_en="", permissions=frozenset(), audience="dealer", sees_price=False),
]


async def _person(app: Litestar, company: Company, role: DefaultRole) -> Person:
    name, audience = role.code, role.audience
    base = BASE[audience]
    who = {"company": company.tenant.code, "login": company.login(name), "password": PASSWORD}
    async with client_of(app, user_agent=f"Browser of {company.mark}") as client:
        await client.post(f"{base}/sign-in", json=who)
        signed_in = await client.post(f"{base}/sign-in", json=who)
        csrf = {"x-csrf-token": signed_in.json()["csrf"]}
        sessions = (await client.get(f"{base}/me/sessions")).json()
        other = next(session["id"] for session in sessions if not session["is_current"])
        enrolled = await client.post(f"{base}/me/totp", json={"password": PASSWORD}, headers=csrf)
        views = [
            await client.post(f"{base}/saved-views", json={"list": "orders", "name": n, "query": ""}, headers=csrf)
            for n in (("first", "second") if audience == "staff" else ())
        ]
        cookie = {"cookie": f"dinghuo={client.cookies['dinghuo']}", **csrf}
        to_wecom = ""
        if audience == "staff":
            leaving = await client.post(f"{base}/me/wecom/begin", headers=csrf)
            to_wecom = parse_qs(urlsplit(leaving.json()["url"]).query)["state"][0]
            cookie["cookie"] += f"; dinghuo_wecom={client.cookies['dinghuo_wecom']}"
    return Person(
        name=name,
        audience=audience,
        permissions=role.permissions,
        rights=frozenset(right for right in RIGHTS if getattr(role, right)),
        key=company.key(name),
        session=cookie,
        company=company.knowing(
            session_id=other,
            totp_secret=enrolled.json()["secret"],
            wecom_own=to_wecom,
            # One that comes behind another, so that there is an order to change.
            view_id=views[-1].json()["id"] if views else company["view.id"],
        ),
    )
