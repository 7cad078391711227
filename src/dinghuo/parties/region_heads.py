"""Who answers for a region: the head of the nearest region above a customer may be asked to approve."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.identity.save_users import normal_login
from dinghuo.identity.tables import app_user
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import UNKNOWN_CODE, Saved, check_codes, resolve
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.faults import Faults
from dinghuo.parties.tables import region

_SET = """
update region r set head_id = w.head_id
from unnest($2::uuid[], $3::uuid[]) as w(id, head_id)
where r.tenant_id = $1 and r.id = w.id
"""


class RegionHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A region by code and its head's login; null: nobody, the region above answers."""

    region: str
    head: str | None


class RegionHeads(msgspec.Struct, frozen=True):
    items: list[RegionHead]


async def list_heads(tx: Tx) -> RegionHeads:
    """Every region that has a head."""
    r, u = region.c, app_user.c
    rows = await tx.rows(
        select(r.code, u.login)
        .join(app_user, (u.tenant_id == r.tenant_id) & (u.id == r.head_id))
        .where(r.tenant_id == tx.tenant_id, u.tenant_id == tx.tenant_id)
        .order_by(r.code)
    )
    return RegionHeads([RegionHead(row.code, row.login) for row in rows])


async def save_heads(tx: Tx, *, items: Sequence[RegionHead], by: Actor) -> Saved:
    """Say who answers for these regions, all or nothing."""
    faults = Faults("items")
    check_codes(faults, [item.region for item in items], "region")
    known = await resolve(
        tx,
        {
            "region": (region, "code", [item.region for item in items]),
            "head": (app_user, "login", [normal_login(item.head) for item in items if item.head]),
        },
    )
    heads: dict[UUID, UUID | None] = {}
    for line, item in enumerate(items):
        head = known["head"].get(normal_login(item.head)) if item.head else None
        if item.region not in known["region"]:
            faults.add(line, "region", UNKNOWN_CODE, code=item.region)
        if item.head and head is None:
            faults.add(line, "head", UNKNOWN_CODE, code=item.head)
        if item.region in known["region"]:
            heads[known["region"][item.region]] = head
    faults.check()
    before = await _heads(tx, list(heads))
    changed = {id: head for id, head in heads.items() if before.get(id) != head}
    if changed:
        await tx.write(_SET, list(changed), list(changed.values()))
        await record(
            tx,
            [
                Change("region", id, "updated", by, {"head_id": [_text(before.get(id)), _text(head)]})
                for id, head in changed.items()
            ],
        )
        await touch(tx, "parties")
    ids = {item.region: known["region"][item.region] for item in items}
    return Saved(created=0, updated=len(changed), unchanged=len(heads) - len(changed), ids=ids)


async def _heads(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Any]:
    r = region.c
    rows = await tx.rows(
        select(r.id, r.head_id)
        .where(r.tenant_id == tx.tenant_id, r.id.in_(ids))
        .order_by(r.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row.head_id for row in rows}


def _text(id: object) -> str | None:
    return None if id is None else str(id)
