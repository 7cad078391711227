"""Which company somebody signs in to: by the host name they came to, or by the company code they typed."""

import msgspec
from sqlalchemy import text

from dinghuo.identity.authenticate import TENANT_SUSPENDED
from dinghuo.kit.database import Database
from dinghuo.kit.errors import MALFORMED, NOT_FOUND, Message, Refused

UNKNOWN_COMPANY = Message("unknown-company", "没有企业“{code}”", "There is no company '{code}' here", NOT_FOUND)
COMPANY_NEEDED = Message("company-needed", "请填写企业代码", "Give the company code", MALFORMED)


class Company(msgspec.Struct, frozen=True):
    """A tenant as those who are not signed in may know it."""

    id: int
    code: str
    name: str


# An installation with one tenant needs neither.
_FIND = text(
    """
    select t.id, t.code, t.name, t.state from tenant t
    where t.id = coalesce(
      (select tenant from host where name = :host),
      (select id from tenant where code = :company),
      (select min(id) from (select id from tenant limit 2) two having cast(:company as text) is null and count(*) = 1)
    )
    """
)


async def which_tenant(database: Database, *, host: str, company: str | None) -> Company:
    """The company; a host name that belongs to one settles it, and another code is refused there."""
    code = company.strip().lower() if company else None
    name = host.lower() if host.endswith("]") else host.lower().rpartition(":")[0] or host.lower()
    async with database.untenanted() as connection:
        row = (await connection.execute(_FIND, {"host": name, "company": code})).first()
    if row is None or (code is not None and row.code != code):
        raise Refused(UNKNOWN_COMPANY("company", code=code) if code else COMPANY_NEEDED("company"))
    if row.state != "active":
        raise Refused(TENANT_SUSPENDED())
    return Company(row.id, row.code, row.name)
