"""Create and update roles by code: what they permit, how far they see, which fields they are shown."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from dinghuo.identity.admins import check_admins
from dinghuo.identity.authenticate import changed
from dinghuo.identity.create_key import PERMISSION_OF_OTHERS, UNKNOWN_PERMISSION
from dinghuo.identity.granting import RoleFacts, roles_of
from dinghuo.identity.permissions import PERMISSIONS, Audience
from dinghuo.identity.principals import ScopeKind
from dinghuo.identity.tables import role, role_permission
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MISSING, Planned, Saved, check_codes, drop, given, plan, put, saved, store
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import check_texts

ROLE_AUDIENCE_FIXED = Message(
    "role-audience-fixed",
    "员工角色与经销商角色不能互换，请新建角色",
    "A role for staff cannot become one for dealers or the other way round: create another",
    CONFLICT,
)

_FIELDS = ("name", "name_en", "audience", "scope", "sees_cost", "sees_margin", "sees_price", "requires_totp")
_DEFAULTS: dict[str, Any] = {
    "name": None,
    "name_en": None,
    "audience": "staff",
    "scope": "own",
    "sees_cost": False,
    "sees_margin": False,
    "sees_price": False,
    "requires_totp": False,
}


class RoleFields(Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a role; a field left out stays as it is. `permissions` replace those before."""

    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    audience: Audience | UnsetType = UNSET
    scope: ScopeKind | UnsetType = UNSET
    sees_cost: bool | UnsetType = UNSET
    sees_margin: bool | UnsetType = UNSET
    sees_price: bool | UnsetType = UNSET
    requires_totp: bool | UnsetType = UNSET
    permissions: list[str] | UnsetType = UNSET


class RoleInput(RoleFields, kw_only=True, forbid_unknown_fields=True):
    """One to create or update."""

    code: str


async def save_roles(tx: Tx, *, items: Sequence[RoleInput], by: Actor, path: str = "items") -> Saved:
    """Create or update roles by code, all or nothing."""
    faults = Faults(path)
    check_codes(faults, [item.code for item in items])
    for line, item in enumerate(items):
        check_texts(faults, line, item, {"name": 100, "name_en": 100})
    faults.check()
    defaults = {**_DEFAULTS, "created_at": tx.now}
    planned = await plan(
        tx, role, [(line, item.code, given(item, _FIELDS)) for line, item in enumerate(items)], defaults
    )
    before = await roles_of(tx, [row.id for row in planned if row.old])
    wanted = {row.id: _check(row, items[row.line], before.get(row.id), faults) for row in planned}
    faults.check()
    written = await store(tx, role, planned, by=by)
    await _replace(tx, before, wanted)
    if written:
        await changed(tx)
        await check_admins(tx)
    return saved(planned)


def _check(row: Planned, item: RoleInput, before: RoleFacts | None, faults: Faults) -> frozenset[str]:
    """The permissions the role shall have; what is wrong with them goes to `faults`."""
    if not row.new["name"]:
        faults.add(row.line, "name", MISSING)
    if before is not None and before.audience != row.new["audience"]:
        faults.add(row.line, "audience", ROLE_AUDIENCE_FIXED)
    old = before.permissions if before else frozenset()
    if item.permissions is UNSET:
        return old
    for number, name in enumerate(item.permissions):
        if name not in PERMISSIONS:
            faults.add(row.line, f"permissions[{number}]", UNKNOWN_PERMISSION, permission=name)
        elif PERMISSIONS[name].audience != row.new["audience"]:
            faults.add(row.line, f"permissions[{number}]", PERMISSION_OF_OTHERS, permission=name)
    new = frozenset(item.permissions)
    if new != old:
        row.details["permissions"] = [sorted(old), sorted(new)]
    return new


async def _replace(tx: Tx, before: dict[UUID, RoleFacts], wanted: dict[UUID, frozenset[str]]) -> None:
    old = {id: facts.permissions for id, facts in before.items()}
    gone = [(id, name) for id, names in old.items() for name in names - wanted[id]]
    new = [(id, name) for id, names in wanted.items() for name in names - old.get(id, frozenset())]
    await drop(tx, role_permission, gone)
    await put(tx, role_permission, [{"role_id": id, "permission": name} for id, name in new])
