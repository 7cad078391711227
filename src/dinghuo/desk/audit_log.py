"""Reading the audit: who changed what, narrowed; and the history of one record. What one may not see is left out."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Select,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    true,
)

from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.save_users import normal_login
from dinghuo.kit.audit import audit_entry
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at, last_id_at
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import storable


class AuditView(msgspec.Struct, frozen=True, kw_only=True):
    """One change. `subject` is what people call it, where that is known; `hidden` names changed fields whose values
    the reader may not see."""

    id: UUID
    at: datetime
    kind: str
    subject_id: UUID
    subject: str | None
    action: str
    by: str
    by_kind: str
    by_id: UUID | None
    channel: str
    changes: dict[str, Any] | None
    hidden: list[str]
    sealed: bool


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """`actor` is a login or the name of a key; days are in the tenant's zone, both included."""

    actor: str | None = None
    actor_kind: str | None = None
    kind: str | None = None
    subject: UUID | None = None
    action: str | None = None
    channel: str | None = None
    since: date | None = None
    until: date | None = None


# What people call a record of each kind.
_NAMES = {
    "order": ("sales_order", "number"),
    "customer": ("customer", "code"),
    "sku": ("sku", "code"),
    "sku_cost": ("sku", "code"),
    "sku_floor": ("sku", "code"),
    "product": ("product", "code"),
    "category": ("category", "code"),
    "brand": ("brand", "code"),
    "price_list": ("price_list", "code"),
    "promotion": ("promotion", "code"),
    "assortment": ("assortment", "code"),
    "tier": ("tier", "code"),
    "region": ("region", "code"),
    "channel": ("channel", "code"),
    "warehouse": ("warehouse", "code"),
    "goods_receipt": ("goods_receipt", "number"),
    "app_user": ("app_user", "login"),
    "role": ("role", "code"),
    "department": ("department", "code"),
    "organisation": ("organisation", "code"),
    "api_key": ("api_key", "name"),
    "notice": ("notice", "title"),
    "order_rule": ("order_rule", "code"),
    "quota": ("quota", "code"),
    "delivery_route": ("delivery_route", "code"),
    "work_calendar": ("work_calendar", "code"),
    "blanket_order": ("blanket_order", "number"),
}
_NAMES_OF = " union all ".join(
    f"select '{kind}' as kind, t.id, t.{column} as name from {table} t where t.tenant_id = $1 and t.id = any($2::uuid[])"  # noqa: S608, E501
    for kind, (table, column) in _NAMES.items()
)
# Accounts are called by whose they are.
_NAMES_OF += """ union all
select 'account', a.id, c.code from account a
join customer c on c.tenant_id = $1 and c.id = a.customer_id
where a.tenant_id = $1 and a.id = any($2::uuid[])"""

# Fields that are amounts, whatever the record.
_PRICES = frozenset({"price", "prices", "deal_price", "list_price", "net", "tax", "gross", "amount", "amounts"})
_COSTS = frozenset({"cost", "unit_cost", "margin"})
_TERMS = frozenset({"steps", "items", "bundle_price", "budget", "customer_budget", "tiers"})
# The commonest kind has no index by kind: the log itself, newest first, is full of it.
_COMMONEST = "order"


async def read_audit(
    tx: Tx, *, staff: StaffPrincipal, wanted: AuditFilter, cursor: str | None = None, limit: int = 50
) -> Page[AuditView]:
    """A page of the company's audit, the newest first."""
    conditions = _conditions(wanted)
    zone = (await load_tenant(tx)).zone
    a = audit_entry.c
    if wanted.since is not None:
        conditions.append(a.id >= first_id_at(datetime.combine(wanted.since, time.min, zone)))
    if wanted.until is not None:
        conditions.append(a.id <= last_id_at(datetime.combine(wanted.until, time.max, zone)))
    actors = None if wanted.actor is None else await _actors(tx, wanted.actor)
    return await _page(tx, conditions, staff, cursor, limit, actors)


async def history_of(
    tx: Tx, *, staff: StaffPrincipal, subject_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[AuditView]:
    """What happened to one record, the newest first. That the reader may see the record, the caller says."""
    return await _page(tx, [audit_entry.c.subject_id == subject_id], staff, cursor, limit)


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    a = audit_entry.c
    found: list[ColumnElement[bool]] = []
    for place, value in (
        (a.actor_kind, wanted.actor_kind),
        (a.subject_kind, wanted.kind),
        (a.action, wanted.action),
        (a.channel, wanted.channel),
    ):
        if value is not None:
            found.append(among(place, storable([value])))
    if wanted.kind is not None and wanted.kind != _COMMONEST:
        found.append(literal_column("audit_entry.subject_kind <> 'order'", Boolean))
    if wanted.subject is not None:
        found.append(a.subject_id == wanted.subject)
    return found


_ACTORS = """
select u.id from app_user u where u.tenant_id = $1 and u.login = any($2::text[])
union
select k.id from api_key k
where k.tenant_id = $1 and (k.name = any($3::text[]) or k.user_id in (
  select o.id from app_user o where o.tenant_id = $1 and o.login = any($2::text[])))
"""


async def _actors(tx: Tx, named: str) -> list[UUID]:
    """The user with this login and the keys they have, and keys of this name."""
    rows = await tx.fetch(_ACTORS, storable([normal_login(named)]), storable([named]))
    return [row["id"] for row in rows]


async def _page(
    tx: Tx,
    conditions: Sequence[ColumnElement[bool]],
    staff: StaffPrincipal,
    cursor: str | None,
    limit: int,
    actors: Sequence[UUID] | None = None,
) -> Page[AuditView]:
    a = audit_entry.c
    after = [] if cursor is None else [a.id < decode_cursor(cursor, (UUID,))[0]]
    statement = (
        select(audit_entry)
        .where(a.tenant_id == tx.tenant_id, *conditions, *after)
        .order_by(a.id.desc())
        .limit(limit + 1)
    )
    rows = await tx.rows(statement if actors is None else _of_actors(statement, actors, limit + 1))
    names = await _names(tx, rows[:limit])
    return page(rows, limit, lambda row: (row.id,), lambda row: _view(row, names, staff))


def _of_actors(statement: Select[Any], actors: Sequence[UUID], most: int) -> Select[Any]:
    """The newest of each actor, merged: what others did, however much, is never walked over."""
    given = func.unnest(cast(bindparam(None, list(actors), type_=ARRAY(Uuid)), ARRAY(Uuid)))
    actor = given.table_valued(column("id", Uuid), name="actor").render_derived()
    newest = statement.where(audit_entry.c.actor_id == actor.c.id).correlate(actor).lateral("newest")
    return select(newest).select_from(actor.join(newest, true())).order_by(newest.c.id.desc()).limit(most)


async def _names(tx: Tx, rows: Sequence[Any]) -> dict[tuple[str, UUID], str]:
    found = await tx.fetch(_NAMES_OF, list({row.subject_id for row in rows}))
    return {(row["kind"], row["id"]): row["name"] for row in found}


def _view(row: Any, names: dict[tuple[str, UUID], str], staff: StaffPrincipal) -> AuditView:
    changes, hidden = told(row.subject_kind, row.action, row.changes, staff)
    return AuditView(
        id=row.id,
        at=row.at,
        kind=row.subject_kind,
        subject_id=row.subject_id,
        subject=names.get((row.subject_kind, row.subject_id)),
        action=row.action,
        by=row.actor_name,
        by_kind=row.actor_kind,
        by_id=row.actor_id,
        channel=row.channel,
        changes=changes,
        hidden=hidden,
        sealed=row.seal is not None,
    )


def told(
    kind: str, action: str, changes: dict[str, Any] | None, staff: StaffPrincipal
) -> tuple[dict[str, Any] | None, list[str]]:
    """What of a change this reader may see, and the names of the fields that are kept from them."""
    if changes is None:
        return None, []
    hidden = [name for name in changes if _is_hidden(kind, action, name, staff)]
    return {name: change for name, change in changes.items() if name not in hidden}, hidden


def _is_hidden(kind: str, action: str, field: str, staff: StaffPrincipal) -> bool:
    if kind in ("sku_cost", "sku_floor") or field in _COSTS:
        return not staff.sees_cost
    if (kind == "price_list" and action == "priced") or field in _PRICES:
        return not staff.sees_price
    if kind in ("promotion", "rebate_agreement") and field in _TERMS:
        return not staff.sees_price
    if (kind == "order_rule" and field == "terms") or (kind == "blanket_order" and field.startswith("line ")):
        return not staff.sees_price
    return kind == "account" and not staff.may("accounts.read")
