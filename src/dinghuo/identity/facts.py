"""The selling organisations of a tenant and its zone, remembered in process by identity's version."""

from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from dinghuo.kit.database import Tx


class OrganisationFacts(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    currency: str
    number_prefix: str


class TenantFacts(msgspec.Struct, frozen=True):
    """`organisations` by code, in the order they were founded: the first is the one meant when none is named."""

    zone: ZoneInfo
    organisations: dict[str, OrganisationFacts]


_TENANT = "select time_zone from tenant where id = $1"
_ORGANISATIONS = """
select id, code, currency, number_prefix from organisation
where tenant_id = $1 and state = 'active' order by created_at, id
"""


async def load_tenant(tx: Tx) -> TenantFacts:
    memory = await tx.cached("identity")
    facts: TenantFacts | None = memory.get("tenant")
    if facts is None:
        zone = (await tx.fetch(_TENANT))[0]["time_zone"]
        rows = await tx.fetch(_ORGANISATIONS)
        facts = TenantFacts(ZoneInfo(zone), {row["code"]: OrganisationFacts(**dict(row)) for row in rows})
        memory["tenant"] = facts
    return facts
