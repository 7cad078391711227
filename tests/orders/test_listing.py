"""The list of orders as an order desk narrows it, in the right order, and never by reading more than a page needs."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy.dialects import postgresql
from tests.support import client_of, key_of, make_user
from tests.world import World

from dinghuo.flow.reactions import BY_KIND
from dinghuo.identity.principals import EVERYTHING, Scope, StaffPrincipal
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.outbox_run import drain
from dinghuo.orders.filters import OrderFilter
from dinghuo.orders.listing import find_orders

pytestmark = pytest.mark.slow

PATH = "/api/v1/orders"


@pytest.fixture
async def owner(app: Litestar, database: Database, world: World) -> AsyncIterator[httpx.AsyncClient]:
    key = await key_of(database, world.tenant, await make_user(database, world.tenant, "owner", login="boss"))
    async with client_of(app, authorization=f"Bearer {key.text()}", accept_language="en") as client:
        yield client


async def order(client: httpx.AsyncClient, customer: str, sku: str, quantity: int, **more: Any) -> str:
    body = {"customer": customer, "lines": [{"sku": sku, "quantity": str(quantity)}]} | more
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["number"]
    return number


async def listed(client: httpx.AsyncClient, **filters: Any) -> list[str]:
    answer = await client.get(PATH, params=filters)
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.json()["items"]]


async def grouped(database: Database, world: World) -> None:
    """K1 and K2 belong to sales person Li; K1 lies in BJ below NORTH, channel WEB, department EAST below ALL."""

    async def write(tx: Tx) -> None:
        north, beijing, web, everything, east = (new_id() for _ in range(5))
        await tx.write(
            "insert into region (tenant_id, id, code, name, parent_id) "
            "values ($1, $2, 'NORTH', 'n', null), ($1, $3, 'BJ', 'b', $2)",
            north,
            beijing,
        )
        await tx.write("insert into channel (tenant_id, id, code, name) values ($1, $2, 'WEB', 'w')", web)
        await tx.write(
            "insert into department (tenant_id, id, code, name, parent_id, created_at) "
            "values ($1, $2, 'ALL', 'a', null, now()), ($1, $3, 'EAST', 'e', $2, now())",
            everything,
            east,
        )
        await tx.write(
            """update customer c set region_id = $2, channel_id = $3, department_id = $4,
              owner_id = (select u.id from app_user u where u.tenant_id = $1 and u.login = 'li')
            where c.tenant_id = $1 and c.code = 'K1'""",
            beijing,
            web,
            east,
        )
        await tx.write(
            """update customer c set owner_id = u.id from app_user u
            where c.tenant_id = $1 and c.code = 'K2' and u.tenant_id = $1 and u.login = 'li'"""
        )
        await touch(tx, "parties")

    await make_user(database, world.tenant, "sales", login="li")
    await database.run(world.tenant.id, write)


async def test_every_filter_leaves_what_it_names(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    await grouped(database, world)
    a = await order(owner, "K1", "COLA", 10)  # 25.00
    b = await order(owner, "K2", "COLA", 100)  # 300.00
    c = await order(owner, "K2", "BEER", 25, customer_reference="PO-9")  # 125.00, waits for 15
    d = await order(owner, "K2", "GIFT", 1)  # 1.00
    await owner.post(f"{PATH}/{(await one(owner, d))['id']}/cancel", json={})
    await drain(database, world.tenant.id, BY_KIND)
    assert await listed(owner) == [d, c, b, a]
    assert await listed(owner, sort="placed_at") == [a, b, c, d]
    assert await listed(owner, state="cancelled") == [d]
    assert await listed(owner, state=["cancelled", "confirmed"]) == [d, c, b, a]
    assert await listed(owner, state=["cancelled", "closed"]) == [d]
    assert await listed(owner, state=["confirmed", "closed"], customer="K2", sort="placed_at") == [b, c]
    for filters in ({"region": "NORTH"}, {"region": "BJ"}, {"customer_channel": "WEB"}, {"department": "ALL"}):
        assert await listed(owner, **filters) == [a], filters
    assert await listed(owner, tier="gold", state="confirmed") == [a]
    assert await listed(owner, owner="li") == [d, c, b, a]
    assert await listed(owner, owner="li", customer="K1") == [a]
    assert await listed(owner, owner="boss") == []
    assert await listed(owner, amount_from="25", amount_until="125") == [c, a]
    assert await listed(owner, amount_from="25.005") == [c, b]
    assert await listed(owner, amount_until="25.004", state="confirmed") == [a]
    assert await listed(owner, has_problem="true") == [c]
    assert await listed(owner, search="po-9") == [c]
    assert await listed(owner, search="jingxiaoshangk1", customer="K2") == []
    async with database.transaction(world.tenant.id) as tx:
        await tx.write("update sales_order set holds = array['manual'] where tenant_id = $1 and number = $2", a)
    assert await listed(owner, has_problem="true") == [c, a]
    assert await listed(owner, has_problem="true", customer="K1") == [a]


async def one(client: httpx.AsyncClient, number: str) -> dict[str, Any]:
    (item,) = (await client.get(PATH, params={"number": number})).json()["items"]
    found: dict[str, Any] = item
    return found


async def test_a_row_tells_who_placed_it_who_answers_for_it_and_what_is_wrong(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await grouped(database, world)
    await order(owner, "K2", "BEER", 25)
    (row,) = (await owner.get(PATH)).json()["items"]
    assert (row["owner"], row["problems"], row["amounts"]["gross"]) == ("li", ["waiting"], "125.00")
    # Placed with a key of the owner's.
    assert row["placed_by"] == "boss"


async def test_pages_go_on_where_they_ended_in_both_directions(owner: httpx.AsyncClient, world: World) -> None:
    numbers = [await order(owner, f"K{number % 2 + 1}", "COLA", 1) for number in range(7)]
    for sort, wanted in (("placed_at", numbers), ("-placed_at", numbers[::-1])):
        for filters in ({}, {"state": ["confirmed", "closed"]}, {"tier": "gold"}, {"customer": "K2"}):
            seen: list[str] = []
            cursor: str | None = ""
            while cursor is not None:
                params: dict[str, Any] = {"sort": sort, "limit": 2, **filters} | (
                    {"cursor": cursor} if cursor else {}
                )
                page = (await owner.get(PATH, params=params)).json()
                seen += [item["number"] for item in page["items"]]
                cursor = page["cursor"]
            of_these = {"tier": 1, "customer": 0}
            parity = next((of_these[name] for name in of_these if name in filters), None)
            assert seen == [n for n in wanted if parity is None or numbers.index(n) % 2 != parity], (sort, filters)


@pytest.mark.parametrize("amount", ["-1", "1.0000001", "99999999999999999999"])
async def test_an_amount_that_none_can_be_is_refused(owner: httpx.AsyncClient, amount: str) -> None:
    answer = await owner.get(PATH, params={"amount_from": amount})
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "bad-amount")


async def test_who_sees_no_prices_cannot_feel_for_them(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await order(owner, "K1", "COLA", 10)
    keeper = await key_of(database, world.tenant, await make_user(database, world.tenant, "warehouse"))
    async with client_of(app, x_api_key=keeper.text()) as client:
        answer = await client.get(PATH, params={"amount_from": "25"})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/price-hidden")
        (row,) = (await client.get(PATH)).json()["items"]
        assert row["amounts"] is None


_FILL = """
insert into sales_order (tenant_id, id, number, organisation_id, customer_id, customer_name, state, currency,
  net, tax, gross, line_count, channel, holds, placed_at)
select $1, (lpad(to_hex(1700000000000 + n), 12, '0') || '7000800000000000' || lpad(to_hex(n), 4, '0'))::uuid,
  'X' || n, $2, (array[$3, $4]::uuid[])[1 + n % 2], '', case when n % 3000 = 0 then 'cancelled' else 'closed' end,
  'CNY', worth, 0, worth, 1, 'import', case when n % 5000 = 0 then array['manual'] else '{}' end, now()
from generate_series(1, 20000) n,
  lateral (select case when n <= 10000 then n / 100.0 else n * 1000 end as worth) amount
"""
# Worth less and more than whatever other tests left in the table, whose statistics are of all tenants.


async def plan_of(tx: Tx, principal: StaffPrincipal, wanted: OrderFilter) -> tuple[float, str]:
    """How many rows a page of this list reads, and the plan, as the application's role."""
    statements: list[Any] = []
    rows = tx.rows

    async def kept(statement: Any) -> Any:
        statements.append(statement)
        return await rows(statement)

    tx.rows = kept  # type: ignore[method-assign]
    await find_orders(tx, principal=principal, wanted=wanted, newest_first=True, cursor=None, limit=20)
    tx.rows = rows  # type: ignore[method-assign]
    compiled = statements[-1].compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    explained = (await tx.connection.exec_driver_sql(f"explain (analyze, format json) {compiled}")).all()
    tree = explained[0][0] if not isinstance(explained[0][0], str) else json.loads(explained[0][0])
    plan = tree[0]["Plan"]
    return _read(plan), json.dumps(plan, indent=1)


def _read(plan: dict[str, Any]) -> float:
    """Rows that scans looked at, kept or thrown away."""
    own = 0.0
    if "Scan" in plan["Node Type"] and "Relation Name" in plan:
        own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return own + sum(map(_read, plan.get("Plans", ())))


@pytest.mark.parametrize(
    ("wanted", "most"),
    [
        (OrderFilter(), 100),
        (OrderFilter(states=("cancelled",)), 100),
        (OrderFilter(states=("cancelled", "confirmed", "rejected")), 100),
        (OrderFilter(customer="K1"), 100),
        (OrderFilter(tier="gold"), 200),
        (OrderFilter(amount_from=Decimal(19_999_000)), 100),
        (OrderFilter(amount_until=Decimal("0.03")), 100),
        (OrderFilter(has_problem=True), 100),
        (OrderFilter(search="nothing begins so"), 100),
        (OrderFilter(channel="portal"), 100),
    ],
)
async def test_no_filter_makes_the_list_a_scan(
    database: Database, world: World, wanted: OrderFilter, most: int
) -> None:
    async with database.transaction(world.tenant.id) as tx:
        await tx.write(
            _FILL,
            world.tenant.organisation_id,
            world.customers["K1"],
            world.customers["K2"],
        )
        await tx.connection.exec_driver_sql("select refresh_statistics('sales_order')")
        for scope in (EVERYTHING, Scope("own", owner_id=new_id())):
            principal = StaffPrincipal(id=new_id(), tenant_id=world.tenant.id, name="p", scope=scope, sees_price=True)
            read, plan = await plan_of(tx, principal, wanted)
            assert read <= most, plan
        await tx.connection.rollback()
