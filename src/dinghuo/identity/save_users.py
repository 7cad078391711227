"""Create and update users by login: all of a request or nothing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import BigInteger, Table, Text, Uuid, select, update
from sqlalchemy import table as named_table
from sqlalchemy.sql import column

from dinghuo.identity.admins import check_admins
from dinghuo.identity.authenticate import changed
from dinghuo.identity.granting import Granter, roles_of
from dinghuo.identity.permissions import Audience
from dinghuo.identity.tables import (
    app_user,
    department,
    role,
    session,
    user_customer,
    user_customer_role,
    user_region,
    user_role,
)
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
    put,
    resolve,
    saved,
    store,
)
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Language, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.ids import new_id
from dinghuo.kit.texts import check_texts

LOGIN_FORM = Message(
    "login-form",
    "登录名由 2 到 100 个小写字母、数字、汉字和 . _ - @ + 组成",
    "A login has 2 to 100 lower-case letters, digits and . _ - @ +",
    MALFORMED,
)
AUDIENCE_FIXED = Message(
    "user-audience-fixed",
    "员工用户与经销商用户不能互换，请新建用户",
    "A staff user cannot become a dealer's or the other way round: create another user",
    CONFLICT,
)
ROLE_OF_OTHERS = Message(
    "role-of-others",
    "角色“{code}”不适用于此类用户",
    "The role '{code}' is not for this kind of user",
    CONFLICT,
)
CUSTOMERS_OF_DEALERS = Message(
    "customers-of-dealers",
    "只有经销商用户才关联客户",
    "Only a dealer's user belongs to customers",
    CONFLICT,
)
REGIONS_OF_STAFF = Message(
    "regions-of-staff",
    "只有员工用户才有部门和负责区域",
    "Only staff have a department and regions",
    CONFLICT,
)

_LOGIN = re.compile(r"[\w.@+-]{2,100}")
_FIELDS = ("name", "email", "mobile", "language", "state")
_DEFAULTS: dict[str, Any] = {
    "name": None,
    "email": None,
    "mobile": None,
    "language": "zh",
    "department_id": None,
    "state": "active",
}


# The two things above this module that a login refers to; they are named and never imported.
def _above(name: str, *ids: str) -> Any:
    columns = {"tenant_id": BigInteger, "id": Uuid, "code": Text, "name": Text, "name_en": Text}
    columns |= dict.fromkeys(ids, Uuid)
    return named_table(name, *(column(name, type_) for name, type_ in columns.items()))


CUSTOMER = _above("customer", "owner_id", "department_id", "region_id", "merged_into_id")
REGION = _above("region")


class UserFields(Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a user; a field left out stays as it is. Lists hold codes and replace those before."""

    audience: Audience | UnsetType = UNSET
    name: str | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    mobile: str | UnsetType | None = UNSET
    language: Language | UnsetType = UNSET
    state: Literal["active", "disabled"] | UnsetType = UNSET
    department: str | UnsetType | None = UNSET
    roles: list[str] | UnsetType = UNSET
    customers: list[str] | UnsetType = UNSET
    regions: list[str] | UnsetType = UNSET


class UserInput(UserFields, kw_only=True, forbid_unknown_fields=True):
    """One to create or update."""

    login: str


class _Link(Struct, frozen=True):
    """A list of codes and the table that keeps it."""

    name: str
    of: Any
    table: Table
    column: str
    # Why users of an audience may have none.
    not_for: Mapping[Audience, Message] = {}


_LINKS = (
    _Link("roles", role, user_role, "role_id"),
    _Link("customers", CUSTOMER, user_customer, "customer_id", {"staff": CUSTOMERS_OF_DEALERS}),
    _Link("regions", REGION, user_region, "region_id", {"dealer": REGIONS_OF_STAFF}),
)


def normal_login(login: str) -> str:
    """How a login is stored and looked up: capitals make no difference."""
    return login.strip().casefold()


async def save_users(
    tx: Tx, *, items: Sequence[UserInput], by: Actor, granter: Granter, path: str = "items"
) -> Saved:
    """Create or update users by login, all or nothing; `granter` says which roles may be given and taken."""
    faults = Faults(path)
    logins = [normal_login(item.login) for item in items]
    check_codes(faults, logins, "login")
    for line, item in enumerate(items):
        if not _LOGIN.fullmatch(logins[line]):
            faults.add(line, "login", LOGIN_FORM)
        check_texts(faults, line, item, {"name": 100, "email": 200, "mobile": 40})
    faults.check()
    planned = await _plan(tx, items, logins, faults)
    links = await _links(tx, items, planned, faults)
    there = await _roles_there(tx, [row.id for row in planned if row.old])
    await _check_roles(tx, planned, links["roles"], there, granter, faults)
    faults.check()
    replaced = _replaced(items, planned, there)
    disabled = [row.id for row in planned if row.old and row.new["state"] == "disabled" != row.old["state"]]
    written = await store(tx, app_user, planned, by=by)
    for link in _LINKS:
        await _replace(tx, link, links[link.name])
    await drop(tx, user_customer_role, replaced)
    if disabled:
        await _end_sessions(tx, disabled)
    if written:
        await changed(tx)
        await check_admins(tx)
    return saved(planned)


async def _plan(tx: Tx, items: Sequence[UserInput], logins: Sequence[str], faults: Faults) -> list[Planned]:
    """Lock the users there are and merge what was given into them."""
    rows = await tx.rows(
        select(app_user)
        .where(app_user.c.tenant_id == tx.tenant_id, among(app_user.c.login, logins))
        .order_by(app_user.c.login)
        .with_for_update(key_share=True)
    )
    known = {row.login: dict(row._mapping) for row in rows}
    wanted = [item.department for item in items if item.department]
    departments = (await resolve(tx, {"department": (department, "code", wanted)}))["department"]
    planned = []
    for line, (item, login) in enumerate(zip(items, logins, strict=True)):
        old = known.get(login)
        new = given(item, _FIELDS)
        if item.department is not UNSET:
            new["department_id"] = departments.get(item.department) if item.department else None
            if item.department and item.department not in departments:
                faults.add(line, "department", UNKNOWN_CODE, code=item.department)
        audience = item.audience if item.audience is not UNSET else old["audience"] if old else "staff"
        if old and old["audience"] != audience:
            faults.add(line, "audience", AUDIENCE_FIXED)
        kept = {name: value for name, value in (old or {**_FRESH, **_DEFAULTS}).items() if name != "tenant_id"}
        row = Planned(line, old["id"] if old else new_id(), login, old, {**kept, **new, "audience": audience})
        row.new |= {"id": row.id, "login": login}
        if not row.new["name"]:
            faults.add(line, "name", MISSING)
        if audience == "dealer" and row.new["department_id"] is not None:
            faults.add(line, "department", REGIONS_OF_STAFF)
        planned.append(row)
    return planned


# Columns that other commands write.
_FRESH: dict[str, Any] = {
    "password_hash": None,
    "must_change_password": False,
    "totp_secret": None,
    "totp_confirmed_at": None,
    "totp_step": None,
}

# User → what they have and what they shall have, each id with its code.
_Links = dict[UUID, tuple[dict[UUID, str], dict[UUID, str]]]


async def _links(
    tx: Tx, items: Sequence[UserInput], planned: Sequence[Planned], faults: Faults
) -> Mapping[str, _Links]:
    known = await resolve(tx, {link.name: (link.of, "code", _codes(items, link.name)) for link in _LINKS})
    return {link.name: await _linked(tx, link, items, planned, known[link.name], faults) for link in _LINKS}


def _codes(items: Sequence[UserInput], name: str) -> list[str]:
    return [code for item in items if (codes := getattr(item, name)) is not UNSET for code in codes]


async def _linked(
    tx: Tx,
    link: _Link,
    items: Sequence[UserInput],
    planned: Sequence[Planned],
    known: Mapping[str, UUID],
    faults: Faults,
) -> _Links:
    present = await _present(tx, link, [row.id for row in planned if row.old])
    links: _Links = {}
    for row in planned:
        old = new = present.get(row.id, {})
        codes: list[str] | UnsetType = getattr(items[row.line], link.name)
        if codes is not UNSET:
            new = {known[code]: code for code in codes if code in known}
            for number, code in enumerate(codes):
                if code not in known:
                    faults.add(row.line, f"{link.name}[{number}]", UNKNOWN_CODE, code=code)
        if new and (refusal := link.not_for.get(row.new["audience"])):
            faults.add(row.line, link.name, refusal)
        if old.keys() != new.keys():
            row.details[link.name] = [sorted(old.values()), sorted(new.values())]
        links[row.id] = (old, new)
    return links


async def _present(tx: Tx, link: _Link, users: Sequence[UUID]) -> dict[UUID, dict[UUID, str]]:
    if not users:
        return {}
    linked = link.table.c[link.column]
    rows = await tx.rows(
        select(link.table.c.user_id, linked.label("linked_id"), link.of.c.code)
        .join(link.of, (link.of.c.tenant_id == link.table.c.tenant_id) & (link.of.c.id == linked))
        .where(link.table.c.tenant_id == tx.tenant_id, among(link.table.c.user_id, users))
    )
    present: dict[UUID, dict[UUID, str]] = {}
    for row in rows:
        present.setdefault(row.user_id, {})[row.linked_id] = row.code
    return present


_There = dict[UUID, list[tuple[UUID, UUID]]]


async def _roles_there(tx: Tx, users: Sequence[UUID]) -> _There:
    """By user, the companies in which they have roles of their own, and the roles."""
    if not users:
        return {}
    c = user_customer_role.c
    found: _There = {}
    for row in await tx.rows(
        select(c.user_id, c.customer_id, c.role_id).where(c.tenant_id == tx.tenant_id, among(c.user_id, users))
    ):
        found.setdefault(row.user_id, []).append((row.customer_id, row.role_id))
    return found


def _replaced(items: Sequence[UserInput], planned: Sequence[Planned], there: _There) -> list[tuple[UUID, UUID, UUID]]:
    """Roles in single companies that go, because some were given that hold in all."""
    gone = []
    for row in planned:
        roles = items[row.line].roles
        pairs = there.get(row.id, []) if roles is not UNSET and roles else []
        if pairs:
            row.details["roles_in_companies"] = [len(pairs), 0]
        gone += [(row.id, *pair) for pair in pairs]
    return gone


async def _check_roles(
    tx: Tx, planned: Sequence[Planned], links: _Links, there: _There, granter: Granter, faults: Faults
) -> None:
    """Roles fit the kind of user; and whoever touches a user holds what the user may do, before and after."""
    somewhere = {user: {role_id for _, role_id in pairs} for user, pairs in there.items()}
    ids = {id for pair in links.values() for ids in pair for id in ids}
    roles = await roles_of(tx, ids.union(*somewhere.values()))
    for row in planned:
        old, new = links[row.id]
        for id, code in sorted(new.items()):
            if roles[id].audience != row.new["audience"]:
                faults.add(row.line, "roles", ROLE_OF_OTHERS, code=code)
        if row.is_written:
            held = {*old, *new, *somewhere.get(row.id, ())}
            granter.check([roles[id] for id in sorted(held)], row.line, faults)


async def _replace(tx: Tx, link: _Link, links: _Links) -> None:
    await drop(tx, link.table, [(user, id) for user, (old, new) in links.items() for id in old.keys() - new.keys()])
    await put(
        tx,
        link.table,
        [{"user_id": user, link.column: id} for user, (old, new) in links.items() for id in new.keys() - old.keys()],
    )


async def _end_sessions(tx: Tx, users: Sequence[UUID]) -> None:
    await tx.execute(
        update(session)
        .where(session.c.tenant_id == tx.tenant_id, among(session.c.user_id, users), session.c.revoked_at.is_(None))
        .values(revoked_at=tx.now)
    )
