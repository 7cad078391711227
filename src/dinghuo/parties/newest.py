"""Lists of what belongs to customers, the newest first, that read no more than a page of it."""

from typing import Any

from sqlalchemy import Select, Subquery, Table, select, true

from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.parties.tables import customer


def newest(rows: Select[Any], table: Table, *, tenant_id: int, seen_by: Principal, most: int) -> Subquery:
    """The newest of `rows` (a select from `table`, which names a customer) that may be seen, under the table's name.

    Who may not see all customers gets the newest of each, merged: those of others, however many, are never walked
    over. The table has an index by customer and id.
    """
    if isinstance(seen_by, StaffPrincipal) and seen_by.scope.kind == "all":
        return rows.order_by(table.c.id.desc()).limit(most).subquery(table.name)
    seen = customer.alias("seen")
    of_one = rows.where(table.c.customer_id == seen.c.id).order_by(table.c.id.desc()).limit(most)
    each = of_one.correlate(seen).lateral("each")
    merged = (
        select(each)
        .select_from(seen.join(each, true()))
        .where(seen.c.tenant_id == tenant_id, visible_customers(seen_by, seen))
    )
    return merged.order_by(each.c.id.desc()).limit(most).subquery(table.name)
