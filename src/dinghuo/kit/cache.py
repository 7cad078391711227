"""What a process remembers of a tenant's master data between transactions, keyed by the data's version.

A command that changes master data calls `touch` in its transaction; a reader looks the versions up first and
takes only memory of exactly that version. So nothing stale is ever used and nobody has to be told.
"""

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Text

from dinghuo.kit.tables import tenant_table

if TYPE_CHECKING:
    from dinghuo.kit.database import Tx

data_version = tenant_table(
    "data_version",
    Column("kind", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    key=("kind",),
)

# A memory is an optimisation: when a process serves very many tenants, the least used are forgotten.
_MOST = 4096


class TenantCaches:
    """One dictionary for each (tenant, kind), of one version at a time."""

    def __init__(self) -> None:
        self._memory: OrderedDict[tuple[int, str], tuple[int, dict[Any, Any]]] = OrderedDict()

    def get(self, tenant_id: int, kind: str, version: int) -> dict[Any, Any]:
        known = self._memory.get((tenant_id, kind))
        if known is None or known[0] < version:
            known = (version, {})
            self._memory[tenant_id, kind] = known
            while len(self._memory) > _MOST:
                self._memory.popitem(last=False)
        elif known[0] > version:
            # This transaction began before a change that another has seen already: its own, throw-away memory.
            return {}
        else:
            self._memory.move_to_end((tenant_id, kind))
        return known[1]

    def forget(self, tenant_id: int) -> None:
        """Forget all of a tenant: a transaction that wrote was rolled back and may have remembered what is not so."""
        for key in [key for key in self._memory if key[0] == tenant_id]:
            del self._memory[key]


_TOUCH = """
insert into data_version (tenant_id, kind, version)
select $1, kind, 1 from unnest($2::text[]) kind order by kind
on conflict (tenant_id, kind) do update set version = data_version.version + 1
where data_version.tenant_id = $1
"""


async def touch(tx: "Tx", *kinds: str) -> None:
    """Say that master data of these kinds has changed. Call it last: it holds one row until commit."""
    changed = sorted(set(kinds))
    await tx.write(_TOUCH, changed)
    database, tenant_id = tx.database, tx.tenant_id
    tx.after_commit(lambda: database.wake(tenant_id, (), changed))
