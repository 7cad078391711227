"""Customers and tiers by their codes, as far as whoever names them may see them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import literal, select, union_all

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.texts import storable
from dinghuo.parties.tables import customer, tier

Target = tuple[str, str]
"""`customer` or `tier`, and its code."""
TABLES = {"customer": customer, "tier": tier}


async def find_targets(tx: Tx, wanted: Iterable[Target], seen_by: Principal | None) -> dict[Target, UUID]:
    """The ids of those that are there; others' customers are not. `seen_by` None is the system itself."""
    named = list(wanted)
    parts = []
    for kind, table in TABLES.items():
        codes = storable(code for of, code in named if of == kind)
        part = select(literal(kind).label("kind"), table.c.code, table.c.id).where(
            table.c.tenant_id == tx.tenant_id, among(table.c.code, codes)
        )
        if kind == "customer" and seen_by is not None:
            part = part.where(visible_customers(seen_by, table))
        parts.append(part)
    return {(row.kind, row.code): row.id for row in await tx.rows(union_all(*parts))}
