"""Create and update assortments: who is sold, or not sold, what."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Table, select

from dinghuo.catalogue.tables import assortment, assortment_audience, assortment_item, brand, category, product, sku
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import (
    MISSING,
    UNKNOWN_CODE,
    Planned,
    Saved,
    among,
    check_codes,
    drop,
    given,
    plan,
    put,
    resolve,
    saved,
    store,
)
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, TOO_LARGE, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import check_texts, storable
from dinghuo.parties.tables import channel, customer, region, tier

EVERYONE = EVERYTHING = UUID(int=0)
MOST_MEMBERS = 50_000

CODE_NEEDED = Message("member-code-needed", "“{kind}”须写明编码", "'{kind}' needs a code", MALFORMED)
NO_CODE = Message("member-without-code", "“{kind}”不带编码", "'{kind}' takes no code", MALFORMED)
TOO_MANY_MEMBERS = Message(
    "too-many-members",
    "一次最多 {most} 个对象和商品，这里有 {count} 个",
    "At most {most} audiences and items at once, not {count}",
    TOO_LARGE,
)


class AudienceInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom an assortment is for; a region means all below it too."""

    kind: Literal["everyone", "customer", "tier", "region", "channel"]
    code: str | None = None


class ItemInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an assortment contains; a category means all below it too."""

    kind: Literal["everything", "sku", "product", "category", "brand"]
    code: str | None = None


class AssortmentFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be said of an assortment. A field left out stays as it is; members, when given, are all there are."""

    name: str | UnsetType = UNSET
    mode: Literal["allow", "deny"] | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    audience: list[AudienceInput] | UnsetType = UNSET
    items: list[ItemInput] | UnsetType = UNSET


class AssortmentInput(AssortmentFields, kw_only=True, forbid_unknown_fields=True):
    """One assortment to create or update."""

    code: str


Member = tuple[UUID, str, UUID]
_MEMBERS = {"audience": assortment_audience, "items": assortment_item}
_TARGETS = {
    "tier": tier,
    "region": region,
    "channel": channel,
    "sku": sku,
    "product": product,
    "category": category,
    "brand": brand,
}
_DEFAULTS: dict[str, Any] = {"name": None, "mode": "allow", "active": True}


async def save_assortments(
    tx: Tx, *, assortments: Sequence[AssortmentInput], by: Actor, within: Principal | None, path: str = "items"
) -> Saved:
    """Create or update assortments by code, all or nothing, in a fixed number of statements.

    `within` is whose data scope limits the customers that may be named; None where nobody's does.
    """
    faults = Faults(path)
    check_codes(faults, [item.code for item in assortments])
    _check_size(assortments)
    for line, item in enumerate(assortments):
        check_texts(faults, line, item, {"name": 200})
    planned = await plan(
        tx,
        assortment,
        [(line, item.code, given(item, _DEFAULTS)) for line, item in enumerate(assortments)],
        _DEFAULTS,
    )
    for row in planned:
        if row.old is None and assortments[row.line].name is UNSET:
            faults.add(row.line, "name", MISSING)
    ids = await _targets(tx, assortments, within)
    changes = [
        (table, *await _plan_members(tx, table, field, planned, assortments, ids, faults))
        for field, table in _MEMBERS.items()
    ]
    faults.check()
    written = await store(tx, assortment, planned, by=by)
    for table, gone, fresh in changes:
        await drop(tx, table, gone)
        await put(
            tx, table, [dict(zip(("assortment_id", "kind", "target_id"), member, strict=True)) for member in fresh]
        )
    if written:
        await touch(tx, "catalogue")
    return saved(planned)


def _check_size(assortments: Sequence[AssortmentInput]) -> None:
    lists = [getattr(item, field) for item in assortments for field in _MEMBERS]
    count = sum(len(members) for members in lists if members is not UNSET)
    if count > MOST_MEMBERS:
        raise Refused(TOO_MANY_MEMBERS("items", most=MOST_MEMBERS, count=count))


async def _targets(
    tx: Tx, assortments: Sequence[AssortmentInput], within: Principal | None
) -> dict[str, dict[str, UUID]]:
    """The ids behind all codes named, by kind."""
    codes: dict[str, set[str]] = {}
    for item in assortments:
        for members in (item.audience, item.items):
            for member in () if members is UNSET else members:
                if member.code is not None:
                    codes.setdefault(member.kind, set()).add(member.code)
    found = await resolve(tx, {kind: (table, "code", codes.get(kind, ())) for kind, table in _TARGETS.items()})
    statement = select(customer.c.code, customer.c.id).where(
        customer.c.tenant_id == tx.tenant_id, among(customer.c.code, storable(codes.get("customer", ())))
    )
    if "customer" in codes:
        seen = statement if within is None else statement.where(visible_customers(within, customer))
        found["customer"] = {row.code: row.id for row in await tx.rows(seen)}
    return found


async def _plan_members(
    tx: Tx,
    table: Table,
    field: str,
    planned: Sequence[Planned],
    assortments: Sequence[AssortmentInput],
    ids: dict[str, dict[str, UUID]],
    faults: Faults,
) -> tuple[list[Member], list[Member]]:
    """Which members go and which come; noted on the planned assortments too, as [gone, come]."""
    rows = [row for row in planned if getattr(assortments[row.line], field) is not UNSET]
    old: dict[UUID, set[Member]] = {row.id: set() for row in rows}
    stored = [row.id for row in rows if row.old]
    statement = select(table).where(table.c.tenant_id == tx.tenant_id, among(table.c.assortment_id, stored))
    for member in await tx.rows(statement) if stored else ():
        old[member.assortment_id].add((member.assortment_id, member.kind, member.target_id))
    gone: list[Member] = []
    fresh: list[Member] = []
    for row in rows:
        wanted = set(_members(row, field, getattr(assortments[row.line], field), ids, faults))
        less, more = old[row.id] - wanted, wanted - old[row.id]
        if less or more:
            row.details[field] = [sorted(f"{kind} {id}" for _, kind, id in change) for change in (less, more)]
        gone += less
        fresh += more
    return gone, fresh


def _members(
    row: Planned,
    field: str,
    given: Sequence[AudienceInput | ItemInput],
    ids: dict[str, dict[str, UUID]],
    faults: Faults,
) -> list[Member]:
    members: list[Member] = []
    for number, member in enumerate(given):
        place = f"{field}[{number}].code"
        kind, code = member.kind, member.code
        if kind in ("everyone", "everything"):
            if code is not None:
                faults.add(row.line, place, NO_CODE, kind=kind)
            members.append((row.id, kind, EVERYONE))
        elif code is None:
            faults.add(row.line, place, CODE_NEEDED, kind=kind)
        elif code not in ids[kind]:
            faults.add(row.line, place, UNKNOWN_CODE, code=code)
        else:
            members.append((row.id, kind, ids[kind][code]))
    return members
