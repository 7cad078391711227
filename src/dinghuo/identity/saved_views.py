"""Saved views: what somebody looked at in a list (its filters, as the URL has them) under a name, to come back to."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, or_, select

from dinghuo.identity.principals import StaffPrincipal, person_of
from dinghuo.identity.tables import saved_view
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing

MOST_VIEWS = 50
# Others' shared views beside one's own.
_MOST_SHARED = 200


class SavedViewItem(msgspec.Struct, frozen=True, kw_only=True):
    """`query` is what stands behind the `?` of the list's address. Only whose it is (`mine`) can change it."""

    id: UUID
    list: str
    name: str
    query: str
    shared: bool
    mine: bool
    owner: str
    position: int
    revision: int


async def list_views(tx: Tx, *, staff: StaffPrincipal, of_list: str) -> list[SavedViewItem]:
    """One's own views of a list in one's own order, then those others share, by name."""
    owner_id = person_of(staff)
    v = saved_view.c
    mine = v.owner_id == owner_id
    own = _views(tx).where(mine, v.list == of_list).order_by(v.position, v.id).limit(MOST_VIEWS)
    others = _views(tx).where(~mine, v.shared, v.list == of_list).order_by(v.name, v.id).limit(_MOST_SHARED)
    return [_item(row, owner_id) for found in (own, others) for row in await tx.rows(found)]


async def get_view(tx: Tx, *, staff: StaffPrincipal, view_id: UUID) -> SavedViewItem:
    """One view, one's own or shared; refused as missing otherwise."""
    owner_id = person_of(staff)
    v = saved_view.c
    row = await tx.one(_views(tx).where(v.id == view_id, or_(v.owner_id == owner_id, v.shared)))
    if row is None:
        raise missing("saved view", view_id)
    return _item(row, owner_id)


def _views(tx: Tx) -> Select[Any]:
    return select(saved_view).where(saved_view.c.tenant_id == tx.tenant_id)


def _item(row: Any, owner_id: UUID) -> SavedViewItem:
    return SavedViewItem(
        id=row.id,
        list=row.list,
        name=row.name,
        query=row.query,
        shared=row.shared,
        mine=row.owner_id == owner_id,
        owner=row.owner_name,
        position=row.position,
        revision=row.revision,
    )
