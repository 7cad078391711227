"""Reading accounts: what customers owe, what they may still take, and entry by entry how it came about."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, and_, select, true, tuple_

from dinghuo.accounts.limit_changes import LimitWaiting, waiting_views
from dinghuo.accounts.tables import account, account_entry
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import organisation
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import storable
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import customer


class AccountView(msgspec.Struct, frozen=True):
    """`exposure` is the sum of the four buckets; `room` what is left below the limit. Null is unlimited.

    `waiting` is another limit that somebody has to agree to first.
    """

    id: UUID
    customer: str
    customer_name: str
    organisation: str
    currency: str
    credit_limit: Decimal | None
    open: Decimal
    shipped: Decimal
    billed: Decimal
    unapplied: Decimal
    exposure: Decimal
    room: Decimal | None
    oldest_due: date | None
    updated_at: datetime
    waiting: LimitWaiting | None = None


class AccountEntryView(msgspec.Struct, frozen=True):
    """One change of one bucket, and the document that caused it."""

    id: UUID
    at: datetime
    bucket: str
    amount: Decimal
    verb: str
    document_kind: str
    document_id: UUID


_EXPOSURE = account.c.open + account.c.shipped + account.c.billed + account.c.unapplied


async def list_accounts(
    tx: Tx,
    *,
    seen_by: Principal | None,
    customer_code: str | None = None,
    organisation_code: str | None = None,
    over_limit: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[AccountView]:
    """A page of accounts by customer code. `over_limit`: only those whose exposure is above their limit."""
    statement = _accounts(tx, seen_by)
    if customer_code is not None:
        statement = statement.where(customer.c.id == named_customer(tx.tenant_id, customer_code))
    if organisation_code is not None:
        statement = statement.where(among(organisation.c.code, storable([organisation_code])))
    if over_limit:
        statement = statement.where(account.c.credit_limit < _EXPOSURE)
    key = tuple_(customer.c.code, account.c.id)
    if cursor is not None:
        last = decode_cursor(cursor, (str, UUID))
        # Of two tables no index knows the pair: the first of it is where the walk begins.
        statement = statement.where(customer.c.code >= last[0], key > tuple_(*last))
    rows = await tx.rows(statement.order_by(customer.c.code, account.c.id).limit(limit + 1))
    waiting = await waiting_views(tx, [row.id for row in rows[:limit]])
    return page(rows, limit, lambda row: (row.customer, row.id), lambda row: _view(row, waiting))


async def get_account(tx: Tx, account_id: UUID, *, seen_by: Principal | None) -> AccountView:
    """One account; refused as missing when it is not there or not for these eyes."""
    row = await tx.one(_accounts(tx, seen_by).where(account.c.id == account_id))
    if row is None:
        raise missing("account", account_id)
    return _view(row, await waiting_views(tx, [account_id]))


async def list_entries(
    tx: Tx, account_id: UUID, *, seen_by: Principal | None, cursor: str | None = None, limit: int = 50
) -> Page[AccountEntryView]:
    """A page of an account's entries, the newest first."""
    await get_account(tx, account_id, seen_by=seen_by)
    entry = account_entry.c
    statement = select(*(entry[name] for name in AccountEntryView.__struct_fields__)).where(
        entry.tenant_id == tx.tenant_id, entry.account_id == account_id
    )
    if cursor is not None:
        statement = statement.where(entry.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(entry.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), lambda row: AccountEntryView(**row._mapping))


def _accounts(tx: Tx, seen_by: Principal | None) -> Select[Any]:
    columns = [c for name, c in account.c.items() if name in AccountView.__struct_fields__]
    return (
        select(
            *columns,
            _EXPOSURE.label("exposure"),
            customer.c.code.label("customer"),
            customer.c.name.label("customer_name"),
            organisation.c.code.label("organisation"),
        )
        .join(customer, and_(customer.c.tenant_id == tx.tenant_id, customer.c.id == account.c.customer_id))
        .join(
            organisation,
            and_(organisation.c.tenant_id == tx.tenant_id, organisation.c.id == account.c.organisation_id),
        )
        .where(
            account.c.tenant_id == tx.tenant_id, true() if seen_by is None else visible_customers(seen_by, customer)
        )
    )


def _view(row: Row[Any], waiting: Mapping[UUID, LimitWaiting]) -> AccountView:
    limit = row.credit_limit
    room = None if limit is None else limit - row.exposure
    return AccountView(**row._mapping, room=room, waiting=waiting.get(row.id))
