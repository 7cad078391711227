"""Customers that may be one are proposed, the likeliest first, and not again once somebody has decided."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.statements import statements
from tests.support import client_of, contents, key_of, make_user
from tests.world import World

from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.outbox_run import drain
from dinghuo.parties.find_duplicates import compare, find_duplicates_when_due

pytestmark = pytest.mark.slow

PATH = "/api/v1/customers/duplicates"
TAX = "91110000802100433B"


async def save(client: httpx.AsyncClient, *items: dict[str, Any]) -> None:
    answer = await client.put("/api/v1/customers", json={"items": list(items)})
    assert answer.status_code == 200, answer.text


async def proposed(client: httpx.AsyncClient, **query: Any) -> list[tuple[str, str, int, list[str]]]:
    answer = await client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    pairs = answer.json()["items"]
    return [(pair["one"]["code"], pair["other"]["code"], pair["score"], pair["reasons"]) for pair in pairs]


def with_mobile(code: str, name: str, mobile: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "contacts": [{"name": "n", "mobile": mobile, "is_main": True}]} | more


@pytest.fixture
async def alike(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    """A and B share tax number, name and sound; A and C a telephone; D sounds like E."""
    await save(
        owner,
        with_mobile("A", "北京华联商贸有限公司", "138 0013 8000", tax_number=TAX),
        {"code": "B", "name": "北京华联商贸（有限责任公司）", "tax_number": TAX},
        with_mobile("C", "小李便利店", "+8613800138000"),
        {"code": "D", "name": "顺丰超市"},
        {"code": "E", "name": "顺风超市"},
        {"code": "F", "name": "无人像我"},
    )
    await drain(database, world.tenant.id, BY_KIND)


@pytest.mark.usefixtures("alike")
async def test_the_likeliest_come_first(owner: httpx.AsyncClient) -> None:
    await owner.post("/api/v1/orders", json={"customer": "A", "lines": [{"sku": "GIFT", "quantity": "1"}]})
    assert await proposed(owner) == [
        ("A", "B", 210, ["name", "pinyin", "tax_number"]),
        ("A", "C", 50, ["mobile"]),
        ("D", "E", 30, ["pinyin"]),
    ]
    first = (await owner.get(PATH, params={"limit": 1})).json()
    rest = (await owner.get(PATH, params={"cursor": first["cursor"]})).json()["items"]
    assert [pair["score"] for pair in rest] == [50, 30]
    (pair,) = first["items"]
    assert (pair["one"]["orders"], pair["other"]["orders"], pair["one"]["mobile"]) == (1, 0, "138 0013 8000")
    assert [row[:2] for row in await proposed(owner, customer="C")] == [("A", "C")]


@pytest.mark.usefixtures("alike")
async def test_what_is_mended_is_proposed_no_longer(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await save(owner, {"code": "B", "name": "上海另一家公司", "tax_number": None}, {"code": "E", "name": "顺丰超市"})
    await drain(database, world.tenant.id, BY_KIND)
    assert [row[:3] for row in await proposed(owner)] == [("D", "E", 110), ("A", "C", 50)]


@pytest.mark.usefixtures("alike")
async def test_what_somebody_decided_is_not_asked_again(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    answer = await owner.post(f"{PATH}/dismiss", json={"one": "E", "other": "D"})
    assert answer.json() == {"dismissed": 1}
    assert (await owner.post(f"{PATH}/dismiss", json={"one": "D", "other": "E"})).json() == {"dismissed": 0}
    await save(owner, {"code": "E", "name": "顺丰超市"})
    await drain(database, world.tenant.id, BY_KIND)
    assert [row[:2] for row in await proposed(owner)] == [("A", "B"), ("A", "C")]
    before = await contents(database, world.tenant)
    unknown = await owner.post(f"{PATH}/dismiss", json={"one": "A", "other": "NONE"})
    assert [(fault["code"], fault["field"]) for fault in unknown.json()["faults"]] == [("unknown-code", "other")]
    assert await contents(database, world.tenant) == before


@pytest.mark.usefixtures("alike")
async def test_both_must_be_ones_own_to_see(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    login = await make_user(database, world.tenant, "sales_manager", login="half")
    await save(owner, {"code": "A", "owner": "half"}, {"code": "D", "owner": "half"}, {"code": "E", "owner": "half"})
    await owner.put("/api/v1/roles", json={"items": [{"code": "sales_manager", "scope": "own"}]})
    token = await key_of(database, world.tenant, login)
    async with client_of(app, x_api_key=token.text()) as half:
        assert [row[:2] for row in await proposed(half)] == [("D", "E")]
        refused = await half.post(f"{PATH}/dismiss", json={"one": "A", "other": "B"})
        assert refused.status_code == 422


async def test_what_very_many_share_says_nothing(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    names = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
    await save(owner, *[with_mobile(f"X{n}", name * 3, "13800000000") for n, name in enumerate(names[:21])])
    await drain(database, world.tenant.id, BY_KIND)
    assert [row for row in await proposed(owner) if "mobile" in row[3]] == []


async def test_those_never_compared_are_found_by_the_daily_look(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    async with database.transaction(world.tenant.id) as tx:
        # The world's customers were made with plain rows: nobody heard of them.
        await tx.write("update customer set name = '同名' where tenant_id = $1 and code in ('K1', 'K4')")
        await find_duplicates_when_due(tx, [])
    assert [row[:2] for row in await proposed(owner)] == [("K1", "K4")]
    async with database.transaction(world.tenant.id) as tx:
        before = await tx.fetch("select count(*) as n from customer_likeness where tenant_id = $1")
        await find_duplicates_when_due(tx, [])
        assert await tx.fetch("select count(*) as n from customer_likeness where tenant_id = $1") == before


async def test_comparing_many_costs_the_statements_of_one(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await save(owner, *[{"code": f"Y{n}", "name": f"客户 {n}"} for n in range(60)])
    async with database.transaction(world.tenant.id) as tx:
        rows = await tx.fetch("select id from customer where tenant_id = $1 and code like 'Y%'")
    ids = [row["id"] for row in rows]

    async def of(tx: Tx, some: list[Any]) -> None:
        await compare(tx, some)

    counts = {await statements(database, world.tenant, lambda tx, n=n: of(tx, ids[:n])) for n in (1, 60)}  # type: ignore[misc]
    assert len(counts) == 1
