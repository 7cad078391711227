from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from tests.callers import owner, staff
from tests.master import Goods, Parties, make_goods, make_parties
from tests.support import Tenant

from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import Saved
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.pricing.publish import publish
from dinghuo.pricing.save_entries import EntriesSaved, EntryInput, save_entries
from dinghuo.pricing.save_lists import PriceListInput, save_lists

__all__ = ["owner", "staff"]

T = TypeVar("T")
NEW_YEAR = date(2026, 1, 1)


@dataclass(frozen=True)
class Prices:
    """A tenant with goods A, B, C and customers PARENT, CHILD (below it) and OTHER, and short ways to price them."""

    database: Database
    tenant: Tenant
    goods: Goods
    parties: Parties

    @property
    def by(self) -> Actor:
        return self.tenant.owner

    async def run(self, command: Callable[[Tx], Awaitable[T]]) -> T:
        return await self.database.run(self.tenant.id, command)

    async def lists(self, *lists: PriceListInput, **how: Any) -> Saved:
        return await self.run(lambda tx: save_lists(tx, lists=lists, by=self.by, **how))

    async def entries(self, *entries: EntryInput, **how: Any) -> EntriesSaved:
        return await self.run(lambda tx: save_entries(tx, entries=entries, by=self.by, **how))

    async def publish(self, *codes: str) -> int:
        return await self.run(lambda tx: publish(tx, codes=codes, by=self.by))

    async def rows(self, sql: str, *arguments: object) -> Sequence[Mapping[str, Any]]:
        async with self.database.transaction(self.tenant.id) as tx:
            return [dict(row) for row in await tx.fetch(sql, *arguments)]

    async def version(self) -> int:
        """The version of what processes remember of prices."""
        found = await self.rows("select version from data_version where tenant_id = $1 and kind = 'pricing'")
        return found[0]["version"] if found else 0

    async def traces(self) -> Mapping[str, Any]:
        """All that a pricing command may leave behind."""
        tables = ("price_list", "price_entry", "audit_entry", "search_token")
        found: dict[str, Any] = {t: await self.rows(f"select count(*) from {t} where tenant_id = $1") for t in tables}
        found["lists"] = await self.rows("select * from price_list where tenant_id = $1 order by code")
        found["prices"] = await self.rows("select * from price_entry where tenant_id = $1 order by 2, 3, 4, 5")
        return found | {"version": await self.version()}

    async def refused(self, command: Callable[[Tx], Awaitable[object]]) -> Refused:
        """The refusal of a command, which leaves no trace."""
        before = await self.traces()
        with pytest.raises(Refused) as refusal:
            await self.run(command)
        assert await self.traces() == before
        return refusal.value


def base(code: str = "BASE", **fields: Any) -> PriceListInput:
    usual: dict[str, Any] = {"name": f"价目表 {code}", "kind": "base", "valid_from": NEW_YEAR}
    return PriceListInput(code=code, **usual | fields)


def price(list: str, sku: str, price: str, unit: str | None = None, minimum: str = "0") -> EntryInput:
    return EntryInput(list=list, sku=sku, price=Decimal(price), unit=unit, minimum_quantity=Decimal(minimum))


def said(refused: Refused) -> list[tuple[str, str, int | None]]:
    """The faults of a refusal: (code, field, line)."""
    return [(fault.message.code, fault.field, fault.line) for fault in refused.faults]


@pytest.fixture
async def prices(database: Database, tenant: Tenant) -> Prices:
    goods = await make_goods(database, tenant, "A", "B", "C")
    parties = await make_parties(database, tenant, "PARENT", "CHILD", "OTHER", parents={"CHILD": "PARENT"})
    return Prices(database, tenant, goods, parties)
