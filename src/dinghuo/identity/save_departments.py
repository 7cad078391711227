"""Create and update departments by code: a tree, each with a head."""

from collections.abc import Sequence

from msgspec import UNSET, Struct, UnsetType

from dinghuo.identity.authenticate import changed
from dinghuo.identity.save_users import normal_login
from dinghuo.identity.tables import app_user, department
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MISSING, UNKNOWN_CODE, Saved, check_codes, given, plan, resolve, saved, store
from dinghuo.kit.database import Tx
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import check_texts
from dinghuo.kit.trees import check_tree


class DepartmentFields(Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a department; a field left out stays as it is. `head` is a login, `parent` a code."""

    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    parent: str | UnsetType | None = UNSET
    head: str | UnsetType | None = UNSET


class DepartmentInput(DepartmentFields, kw_only=True, forbid_unknown_fields=True):
    """One to create or update."""

    code: str


async def save_departments(tx: Tx, *, items: Sequence[DepartmentInput], by: Actor, path: str = "items") -> Saved:
    """Create or update departments by code, all or nothing. A parent may be of the same request."""
    faults = Faults(path)
    check_codes(faults, [item.code for item in items])
    for line, item in enumerate(items):
        check_texts(faults, line, item, {"name": 100, "name_en": 100})
    faults.check()
    planned = await plan(
        tx,
        department,
        [(line, item.code, given(item, ("name", "name_en"))) for line, item in enumerate(items)],
        {"name": None, "name_en": None, "parent_id": None, "head_id": None, "created_at": tx.now},
    )
    known = await resolve(
        tx,
        {
            "parent": (department, "code", [item.parent for item in items if item.parent]),
            "head": (app_user, "login", [normal_login(item.head) for item in items if item.head]),
        },
    )
    known["parent"] |= {row.code: row.id for row in planned}
    for row in planned:
        if not row.new["name"]:
            faults.add(row.line, "name", MISSING)
        for field in ("parent", "head"):
            name: str | UnsetType | None = getattr(items[row.line], field)
            if name is UNSET:
                continue
            code = normal_login(name) if name and field == "head" else name
            row.new[f"{field}_id"] = known[field].get(code) if code else None
            if code and code not in known[field]:
                faults.add(row.line, field, UNKNOWN_CODE, code=name)
    await check_tree(tx, department, planned, faults, kind="identity")
    faults.check()
    if await store(tx, department, planned, by=by):
        await changed(tx)
    return saved(planned)
