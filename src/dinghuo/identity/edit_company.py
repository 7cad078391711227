"""The company itself: what it is called, what it speaks, when its days begin and end."""

from uuid import UUID
from zoneinfo import available_timezones

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select, update

from dinghuo.identity.authenticate import changed
from dinghuo.identity.tables import tenant
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Fault, Language, Message, Refused
from dinghuo.kit.revisions import check_revision
from dinghuo.kit.texts import EMPTY, text_faults

# For the audit: there is one of them in a company.
_SUBJECT = UUID("0198c1f0-0000-7000-8000-0000000000f1")
_LONGEST_NAME = 200

UNKNOWN_ZONE = Message(
    "unknown-time-zone", "没有时区“{zone}”", "There is no time zone '{zone}'; one is 'Asia/Shanghai'", MALFORMED
)


class CompanyFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can be said of the company; a field left out stays as it is."""

    name: str | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    language: Language | UnsetType = UNSET


class CompanySettings(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is what people type to sign in; it and the currency stay what they were at the beginning."""

    code: str
    name: str
    currency: str
    time_zone: str
    language: str
    revision: int


async def load_company(tx: Tx) -> CompanySettings:
    columns = [tenant.c[name] for name in CompanySettings.__struct_fields__]
    row = (await tx.rows(select(*columns).where(tenant.c.id == tx.tenant_id)))[0]
    return CompanySettings(**row._mapping)


async def edit_company(tx: Tx, *, fields: CompanyFields, revision: int, by: Actor) -> CompanySettings:
    """Change what is given. Figures of days gone by stay counted by the zone of those days."""
    await tx.execute(select(tenant.c.id).where(tenant.c.id == tx.tenant_id).with_for_update(key_share=True))
    old = await load_company(tx)
    check_revision(old.revision, revision)
    given = {name: value for name, value in msgspec.structs.asdict(fields).items() if value is not UNSET}
    _check(given)
    if "name" in given:
        given["name"] = given["name"].strip()
    changes = audit.differences({name: getattr(old, name) for name in given}, given)
    if not changes:
        return old
    await tx.execute(update(tenant).where(tenant.c.id == tx.tenant_id).values(revision=old.revision + 1, **given))
    await audit.record(tx, [audit.Change("tenant", _SUBJECT, "updated", by, changes)])
    await changed(tx)
    return msgspec.structs.replace(old, revision=old.revision + 1, **given)


def _check(given: dict[str, str]) -> None:
    faults: list[Fault] = []
    if "name" in given:
        faults += text_faults("name", given["name"], _LONGEST_NAME)
        if not given["name"].strip():
            faults.append(EMPTY("name"))
    if "time_zone" in given and given["time_zone"] not in available_timezones():
        faults.append(UNKNOWN_ZONE("time_zone", zone=given["time_zone"]))
    if faults:
        raise Refused(faults)
