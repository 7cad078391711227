"""Reading a hundred costs as many statements as reading one, whatever is read."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.security.calls import Call, send
from tests.security.founding import found_company
from tests.security.operations import Operation
from tests.security.people import Person, gather
from tests.security.recipes import looks

from dinghuo.kit.cache import TenantCaches
from dinghuo.kit.database import Database, Tx

pytestmark = pytest.mark.slow

MANY = 100
# As many as there are permissions, as one asks for, as groups have goods, as one customer has addresses.
ALWAYS_FEW = {
    "GET /api/v1/saved-views",
    # As often as one record was changed.
    *(f"GET /api/v1/{of}/history" for of in ("customers/{customer_id}", "skus/{sku_id}")),
    *(f"GET /api/v1/{of}/history" for of in ("products/{product_id}", "price-lists/{code}", "accounts/{account_id}")),
    "GET /api/v1/promotions/{code}/history",
    # As often as one order was held, was to be another, got a file.
    "GET /api/v1/orders/{order_id}/holds",
    *(f"GET {base}/v1/orders/{{order_id}}/amendments" for base in ("/api", "/portal")),
    *(f"GET {base}/v1/orders/{{order_id}}/attachments" for base in ("/api", "/portal")),
    "GET /api/v1/permissions",
    "GET /api/v1/stock/availability",
    "GET /api/v1/changes",
    "GET /portal/v1/banners",
    "GET /portal/v1/changes",
    "GET /portal/v1/addresses",
    "GET /portal/v1/brands",
    "GET /portal/v1/categories",
    # As many as there are kinds of dealers' people.
    "GET /portal/v1/member-roles",
    # What one customer usually takes, and what is agreed with it for the year.
    "GET /api/v1/customers/{customer_id}/usual",
    "GET /portal/v1/blanket-orders",
    "GET /portal/v1/usual",
    # As many as are a company's own.
    "GET /portal/v1/coupons",
    "GET /api/v1/rebates/balances",
    # What happened to one's own orders.
    "GET /portal/v1/inbox",
    # Nothing waits for goods here: tests/orders/test_waiting.py.
    "GET /api/v1/waiting-lines",
}


class Counter:
    """Counts what every transaction sends."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.sent = 0
        check = Tx.check

        def counted(tx: Tx, sql: str) -> None:
            self.sent += 1
            check(tx, sql)

        patch.setattr(Tx, "check", counted)


@pytest.fixture(scope="module")
async def crowd(app: Litestar, database: Database) -> list[Person]:
    """The people of a company that has a hundred of everything."""
    return await gather(app, database, await found_company(app, database, "MANY", more=MANY))


def longest(value: Any) -> int:
    """The length of the longest list within."""
    if isinstance(value, dict):
        return max(map(longest, value.values()), default=0)
    return max([len(value), *map(longest, value)]) if isinstance(value, list) else 0


async def test_reading_many_costs_the_statements_of_reading_one(
    caller: httpx.AsyncClient,
    database: Database,
    people: list[Person],
    crowd: list[Person],
    contract: list[Operation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counter = Counter(monkeypatch)
    masters = {person.audience: person for person in people if person.name in ("owner", "dealer_admin")}
    of_many = {person.audience: person for person in crowd if person.name in ("owner", "dealer_admin")}
    wrong: list[str] = []
    listed: set[str] = set()
    many: set[str] = set()
    for operation in contract:
        if not operation.is_read:
            continue
        few, much = masters[operation.audience], of_many[operation.audience]
        for small, large in zip(looks(operation, few.company), looks(operation, much.company), strict=True):
            counts = []
            for person, call in ((few, small), (much, large)):
                # Nothing is remembered: neither the caller nor any master data.
                database.caches = TenantCaches()
                counter.sent = 0
                answer = await send(caller, operation, _whole(operation, call), person.headers(operation.permission))
                assert answer.is_success, answer.text
                counts.append(counter.sent)
                if answer.headers["content-type"] == "application/json":
                    body = answer.json()
                    listed |= {operation.name} if isinstance(body, list) or "cursor" in body else set()
                    many |= {operation.name} if longest(body) >= MANY else set()
            if counts[0] != counts[1]:
                wrong.append(f"{operation.name} {dict(small.query)}: {counts[0]} for one, {counts[1]} for many")
    assert not wrong, "\n".join(wrong)
    assert listed - many == ALWAYS_FEW


def _whole(operation: Operation, call: Call) -> Call:
    """The largest page there is."""
    most = [one.schema.get("maximum", 200) for one in operation.parameters_in("query") if one.name == "limit"]
    if not most:
        return call
    return Call(path=call.path, query={**call.query, "limit": int(most[0])}, headers=call.headers)
