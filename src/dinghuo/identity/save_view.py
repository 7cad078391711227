"""Keep a view of a list, change it, throw it away, and put one's views in order."""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import delete, func, select

from dinghuo.identity.principals import StaffPrincipal, person_of
from dinghuo.identity.saved_views import MOST_VIEWS, SavedViewItem, get_view, list_views
from dinghuo.identity.tables import saved_view
from dinghuo.kit.bulk import put
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.kit.revisions import check_revision
from dinghuo.kit.texts import EMPTY, text_faults

_LIST = re.compile("[a-z][a-z-]{0,39}")
_LONGEST_NAME, _LONGEST_QUERY = 60, 4000

BAD_LIST = Message(
    "bad-list-name", "列表名只能是小写字母和连字符", "A list's name is of small letters and hyphens", MALFORMED
)
NAME_TAKEN = Message("view-name-taken", "已有同名视图“{name}”", "You have a view called '{name}' already", CONFLICT)
TOO_MANY_VIEWS = Message(
    "too-many-views", "每个列表最多保存 {most} 个视图", "At most {most} views of a list are kept", CONFLICT
)


class NewView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A view to keep; `shared` shows it to all of the company's people."""

    list: str
    name: str
    query: str
    shared: bool = False


class ViewFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What changes; what is left out stays as it is."""

    name: str | UnsetType = UNSET
    query: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET


class ViewOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One's own views of a list as they shall stand; those not named come behind, as they stood."""

    list: str
    ids: tuple[UUID, ...]


async def create_view(tx: Tx, *, staff: StaffPrincipal, view: NewView) -> SavedViewItem:
    """Keep a view behind one's others."""
    owner_id = person_of(staff)
    if faults := [*_check_list(view.list), *_check(view.name, view.query)]:
        raise Refused(faults)
    v = saved_view.c
    mine = [v.tenant_id == tx.tenant_id, v.owner_id == owner_id, v.list == view.list]
    found = await tx.one(
        select(func.count().label("views"), func.coalesce(func.max(v.position) + 1, 0).label("next")).where(*mine)
    )
    if found is not None and found.views >= MOST_VIEWS:
        raise Refused(TOO_MANY_VIEWS("list", most=MOST_VIEWS))
    await _check_name(tx, owner_id, view.list, view.name.strip())
    view_id = new_id()
    row = {
        "id": view_id,
        "owner_id": owner_id,
        "owner_name": staff.name,
        "list": view.list,
        "name": view.name.strip(),
        "query": view.query,
        "shared": view.shared,
        "position": found.next if found is not None else 0,
        "updated_at": tx.now,
    }
    await put(tx, saved_view, [row])
    return await get_view(tx, staff=staff, view_id=view_id)


async def edit_view(
    tx: Tx, *, staff: StaffPrincipal, view_id: UUID, fields: ViewFields, revision: int
) -> SavedViewItem:
    """Change one's own view, provided that it is still at this revision."""
    v = saved_view.c
    await tx.one(select(v.id).where(v.tenant_id == tx.tenant_id, v.id == view_id).with_for_update())
    old = await get_view(tx, staff=staff, view_id=view_id)
    if not old.mine:
        raise missing("saved view", view_id)
    check_revision(old.revision, revision)
    given = {name: value for name, value in msgspec.structs.asdict(fields).items() if value is not UNSET}
    new: dict[str, Any] = {"name": old.name, "query": old.query, "shared": old.shared} | given
    if faults := _check(new["name"], new["query"]):
        raise Refused(faults)
    new["name"] = new["name"].strip()
    if new["name"] != old.name:
        await _check_name(tx, person_of(staff), old.list, new["name"])
    kept = {"id": view_id, "list": old.list, "position": old.position, "revision": revision + 1, "updated_at": tx.now}
    mine = {"owner_id": person_of(staff), "owner_name": staff.name}
    await put(tx, saved_view, [{**kept, **mine, **new}])
    return await get_view(tx, staff=staff, view_id=view_id)


async def remove_view(tx: Tx, *, staff: StaffPrincipal, view_id: UUID) -> None:
    """Throw a view away: one's own, or another's shared one with the right to the company's settings."""
    found = await get_view(tx, staff=staff, view_id=view_id)
    if not found.mine:
        staff.check("settings.write")
    await tx.execute(delete(saved_view).where(saved_view.c.tenant_id == tx.tenant_id, saved_view.c.id == view_id))


async def arrange_views(tx: Tx, *, staff: StaffPrincipal, order: ViewOrder) -> list[SavedViewItem]:
    """Put one's own views of a list in this order."""
    if faults := list(_check_list(order.list)):
        raise Refused(faults)
    found = await list_views(tx, staff=staff, of_list=order.list)
    mine = [view.id for view in found if view.mine]
    unknown = [id for id in order.ids if id not in mine]
    if unknown:
        raise missing("saved view", unknown[0])
    wanted = list(dict.fromkeys([*order.ids, *mine]))
    await tx.write(_ARRANGE, wanted, list(range(len(wanted))))
    return await list_views(tx, staff=staff, of_list=order.list)


_ARRANGE = """
update saved_view v set position = w.position from unnest($2::uuid[], $3::int[]) as w(id, position)
where v.tenant_id = $1 and v.id = w.id and v.position <> w.position
"""


def _check_list(of_list: str) -> Iterator[Fault]:
    if not _LIST.fullmatch(of_list):
        yield BAD_LIST("list")


def _check(name: str, query: str) -> Sequence[Fault]:
    faults = [*text_faults("name", name, _LONGEST_NAME), *text_faults("query", query, _LONGEST_QUERY)]
    return [EMPTY("name"), *faults] if not name.strip() else faults


async def _check_name(tx: Tx, owner_id: UUID, of_list: str, name: str) -> None:
    v = saved_view.c
    taken = await tx.one(
        select(v.id).where(v.tenant_id == tx.tenant_id, v.owner_id == owner_id, v.list == of_list, v.name == name)
    )
    if taken is not None:
        raise Refused(NAME_TAKEN("name", name=name))
