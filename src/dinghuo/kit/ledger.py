"""Ledgers: what was written into them stays as it was. The application may add rows, never change or remove them.

Beside them there are tables whose rows may change but never go (docs/adr/0008): who names one need not ask whether it
is there.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

# By table: the columns that may still be filled in later.
LEDGERS: Mapping[str, Sequence[str]] = {
    "account_entry": (),
    "allotment_entry": (),
    "approval_decision": (),
    "approval_policy_version": (),
    "audit_entry": ("seal",),
    "audit_seal": (),
    "budget_entry": (),
    "lot_move": (),
    "rebate_entry": (),
    "rebate_sale": (),
    "stock_move": (),
}

_GRANTEES = text("""
select distinct pg_get_userbyid(acl.grantee) as role
from pg_class c cross join aclexplode(c.relacl) acl
where c.oid = cast(:table as regclass) and acl.grantee <> c.relowner and acl.grantee <> 0
  and acl.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')
order by role
""")


def close(connection: Connection, table: str) -> None:
    """Take the right to change rows away from everybody but the owner; a migration calls it for a new ledger."""
    columns = ", ".join(LEDGERS[table])
    for name in _grantees(connection, table):
        connection.execute(text(f"revoke update, delete, truncate on {table} from {name}"))
        if columns:
            connection.execute(text(f"grant update ({columns}) on {table} to {name}"))


def keep_rows(connection: Connection, table: str) -> None:
    """Take the right to delete rows away from everybody but the owner."""
    for name in _grantees(connection, table):
        connection.execute(text(f"revoke delete, truncate on {table} from {name}"))


def let_rows_go(connection: Connection, table: str) -> None:
    """Give it back to those who may change them."""
    for name in _grantees(connection, table):
        connection.execute(text(f"grant delete on {table} to {name}"))


def _grantees(connection: Connection, table: str) -> list[str]:
    roles = connection.execute(_GRANTEES, {"table": table}).scalars().all()
    return ['"' + role.replace('"', '""') + '"' for role in roles]
