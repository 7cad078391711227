"""Tenants to order from, and the requests that order from them."""

from functools import partial
from typing import NamedTuple

from dinghuo.entry.bench.failure import BenchFailed
from dinghuo.entry.bench.installation import Installation
from dinghuo.entry.bench.load import LoadConfig, LoadResult, Orders, run_load
from dinghuo.entry.bench.seed import seed
from dinghuo.entry.invariants import INVARIANTS, broken_invariants
from dinghuo.identity.create_key import KeyLimits, NewKey, create_key
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database

ORDERS = "/api/v1/orders"
_KEY = NewKey(name="bench", permissions=["orders.place", "orders.read"], sees_price=True)


class Shop(NamedTuple):
    """A tenant with the master data of `seed`, and an API key of it."""

    id: int
    code: str
    headers: dict[str, str]

    def ordering(self, port: int, orders: Orders, **more: object) -> LoadConfig:
        """Placing orders; `more` are fields of LoadConfig."""
        return LoadConfig(port=port, path=ORDERS, headers=self.headers, orders=orders, **more)  # type: ignore[arg-type]

    def reading(self, port: int, query: str, *, requests: int) -> LoadConfig:
        """Reading the list of orders, one request after the other."""
        path = f"{ORDERS}?{query}"
        return LoadConfig(port=port, path=path, method="GET", headers=self.headers, connections=1, requests=requests)


async def open_shop(database: Database, code: str) -> Shop:
    """The tenant with this code, made when it is not there yet."""
    tenant_id = await seed(database, code)
    token = await database.run(tenant_id, partial(create_key, key=_KEY, by=SYSTEM, limits=KeyLimits()))
    return Shop(tenant_id, code, {"X-Api-Key": token.text()})


async def place(config: LoadConfig) -> LoadResult:
    """Run the load; every order must have been placed."""
    return all_answered(await run_load(config), 201)


def all_answered(result: LoadResult, status: int) -> LoadResult:
    """The result, when every request was answered with this status: of anything else the rate means nothing."""
    if set(result.statuses) - {status} or result.answers or result.unanswered or result.connects_failed:
        raise BenchFailed(
            f"not every request was answered with {status}: {result.statuses}, {result.unanswered} unanswered, "
            f"{result.connects_failed} connections failed, {result.answers}"
        )
    if not result.statuses:
        raise BenchFailed("nothing was answered in the time measured")
    return result


async def check_books(there: Installation, *tenant_ids: int) -> str:
    """A word for the report that every invariant holds for these tenants. Raises `BenchFailed` when one does not."""
    await there.as_owner("analyze")  # what autovacuum does within minutes: without it the checks take as long
    broken = []
    for tenant_id in tenant_ids:
        async with there.database.transaction(tenant_id) as tx:
            broken += await broken_invariants(tx, tenant_id)
    if broken:
        raise BenchFailed("the books are wrong after the run:\n" + "\n".join(broken))
    return f"{len(INVARIANTS)} checked, none broken"
