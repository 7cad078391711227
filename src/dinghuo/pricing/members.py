"""Whom and what a promotion or an agreement names, as ids."""

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from sqlalchemy import Table, select

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.bulk import among, resolve
from dinghuo.kit.database import Tx
from dinghuo.kit.texts import storable
from dinghuo.parties.tables import customer


class Member(Protocol):
    """One of a kind, by its code."""

    @property
    def kind(self) -> str: ...
    @property
    def code(self) -> str: ...


async def member_ids(
    tx: Tx, members: Iterable[Member], targets: Mapping[str, Table], seen_by: Principal | None
) -> dict[str, dict[str, UUID]]:
    """The ids behind the codes of the kinds in `targets`, by kind; of customers only those that `seen_by` sees."""
    codes: dict[str, set[str]] = {}
    for member in members:
        codes.setdefault(member.kind, set()).add(member.code)
    found = await resolve(tx, {kind: (table, "code", codes.get(kind, ())) for kind, table in targets.items()})
    if "customer" in codes:
        c = customer.c
        statement = select(c.code, c.id).where(
            c.tenant_id == tx.tenant_id, among(c.code, storable(codes["customer"]))
        )
        if seen_by is not None:
            statement = statement.where(visible_customers(seen_by, customer))
        found["customer"] = {row.code: row.id for row in await tx.rows(statement)}
    return found
