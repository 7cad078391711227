"""Two rules that every statement is held to while tests run (and whenever a Database is made with `guard=True`).

1. A statement that touches a tenant's table names its tenant: row-level security would hide the mistake on one
   node, but on a sharded database the statement would visit every shard.
2. Rows are locked in one order of ranks (tables.LOCK_RANKS), so that two commands never wait for each other.
"""

import re
from functools import lru_cache

from dinghuo.kit.tables import LOCK_RANKS, metadata, tenant_tables


class UnsafeStatement(AssertionError):
    """A statement breaks a rule of this house."""


# Names after these are tables; after a comma they are if the comma stands in a list of tables. What a dot follows
# is no table but the table of a column: `select a.id, a.name`.
_WORD = re.compile(r'(?:\b(from|join|into|update)|,)\s+(?:only\s+)?"?([a-z_]+)\b(?!"?\.)', re.I)
_CLAUSE = re.compile(r"\b(select|from|join|into|update|where|on|set|by|returning|values|with)\b", re.I)
_LIST = re.compile(r"\((?!\s*(?:select|with|insert|update|delete|\()\b)[^()]*\)", re.I)
_LOCK = re.compile(r"\bfor\s+(?:no\s+key\s+)?update\b(?:\s+of\s+([a-z_0-9, ]+))?", re.I)
_UPDATE = re.compile(r'\bupdate\s+"?([a-z_]+)"?(?:\s|$)', re.I)
_SESSION_SET = re.compile(r"^\s*set\s+(?!local\b|constraints\b)", re.I)


def _tables(sql: str) -> list[str]:
    """The names that stand where tables stand, one for each time."""
    plain, more = sql, 1
    while more:  # from the inside out: columns, arguments and values are not tables
        plain, more = _LIST.subn(" ", plain)
    return [
        match.group(2)
        for match in _WORD.finditer(plain)
        if match.group(1) or _clause(plain, match.start()) in {"from", "join"}
    ]


def _clause(sql: str, position: int) -> str:
    last = ""
    for match in _CLAUSE.finditer(sql, 0, position):
        last = match.group(1).lower()
    return last


@lru_cache(maxsize=4096)
def locked_ranks(sql: str) -> tuple[tuple[str, int], ...]:
    """The ranked tables whose existing rows this statement locks."""
    names = {match.group(1) for match in _UPDATE.finditer(sql)}
    if _LOCK.search(sql):
        names |= set(_tables(sql))
    return tuple(
        (name, metadata.tables[name].info["lock_rank"])
        for name in sorted(names)
        if name in metadata.tables and "lock_rank" in metadata.tables[name].info
    )


@lru_cache(maxsize=4096)
def check_tenant(sql: str) -> None:
    """Raise unless each tenant table in the statement is bound to a tenant."""
    if _SESSION_SET.match(sql):
        raise UnsafeStatement(f"a session-level SET outlives its transaction: {sql[:200]}")
    touched = [name for name in _tables(sql) if name in tenant_tables()]
    if not touched:
        return
    named = len(re.findall(r"\btenant_id\b", sql, re.I))
    if named < len(touched):
        raise UnsafeStatement(
            f"{len(touched)} tenant table(s) {sorted(set(touched))}, tenant_id named {named} time(s): {sql[:600]}"
        )


class LockOrder:
    """The locks one transaction has taken so far."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._highest = -1

    def check(self, sql: str) -> None:
        for table, rank in locked_ranks(sql):
            if table in self._taken:
                continue
            if rank < self._highest:
                raise UnsafeStatement(
                    f"{table} ({LOCK_RANKS[rank]}) is locked after {LOCK_RANKS[self._highest]}: {sql[:400]}"
                )
            self._taken.add(table)
            self._highest = max(self._highest, rank)
