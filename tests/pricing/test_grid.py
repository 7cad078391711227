"""The price grid: what stands in it, and a pasted block saved whole or not at all."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.statements import statements
from tests.support import client_of, contents, key_of, make_user
from tests.world import World, make_world

from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database
from dinghuo.pricing.save_grid import CellInput, save_grid

PATH = "/api/v1/price-grid"


@pytest.fixture
async def world(database: Database, tenant: Any) -> World:
    return await make_world(database, tenant)


@pytest.fixture
async def client(app: Litestar, database: Database, world: World) -> AsyncIterator[httpx.AsyncClient]:
    key = await key_of(database, world.tenant, await make_user(database, world.tenant, "owner"))
    async with client_of(app, x_api_key=key.text(), accept_language="en") as client:
        yield client


async def grid(client: httpx.AsyncClient, **query: Any) -> dict[str, list[tuple[Any, ...]]]:
    answer = await client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    names = ("list", "unit", "minimum_quantity", "price")
    rows = answer.json()["items"]
    return {row["sku"]: [tuple(cell[name] for name in names) for cell in row["cells"]] for row in rows}


async def test_lists_stand_side_by_side(client: httpx.AsyncClient) -> None:
    answer = (await client.get(PATH, params={"list": ["GOLD", "BASE"]})).json()
    columns = [(column["code"], column["kind"], column["target"], column["may_edit"]) for column in answer["lists"]]
    assert columns == [("GOLD", "tier", "金牌", True), ("BASE", "base", None, True)]
    cells = await grid(client, list=["GOLD", "BASE"])
    assert list(cells) == ["BEER", "COLA", "GIFT", "NEW"]
    assert sorted(cells["COLA"]) == [
        ("BASE", "瓶", "0.000000", "3.000000"),
        ("BASE", "箱", "10.000000", "60.000000"),
        ("GOLD", "瓶", "0.000000", "2.500000"),
    ]
    assert cells["NEW"] == []
    assert list(await grid(client, list="GOLD", filled="true")) == ["COLA"]
    assert list(await grid(client, list="GOLD", sku=["GIFT", "NEW"])) == ["GIFT", "NEW"]
    (row,) = (await client.get(PATH, params={"list": "BASE", "sku": "COLA"})).json()["items"]
    assert (row["base_unit"], row["sales_unit"], row["units"]) == ("瓶", "瓶", ["瓶", "箱"])


async def test_pages_count_skus(client: httpx.AsyncClient) -> None:
    first = (await client.get(PATH, params={"list": "BASE", "limit": 3})).json()
    rest = (await client.get(PATH, params={"list": "BASE", "limit": 3, "cursor": first["cursor"]})).json()
    assert [row["sku"] for row in first["items"] + rest["items"]] == ["BEER", "COLA", "GIFT", "NEW"]
    assert rest["cursor"] is None


async def test_a_block_is_set_changed_and_emptied_at_once(
    client: httpx.AsyncClient, database: Database, world: World
) -> None:
    cells: list[dict[str, Any]] = [
        {"list": "BASE", "sku": "COLA", "price": "3.20", "was": "3"},
        {"list": "BASE", "sku": "COLA", "unit": "箱", "minimum_quantity": "10", "price": None, "was": "60.00"},
        {"list": "BASE", "sku": "NEW", "price": "9.5", "was": None},
        {"list": "GOLD", "sku": "COLA", "price": "2.5"},
        {"list": "GOLD", "sku": "GIFT", "price": None},
    ]
    saved = await client.put(PATH, json={"cells": cells})
    assert saved.status_code == 200, saved.text
    assert saved.json() == {
        "created": 1,
        "updated": 1,
        "deleted": 1,
        "unchanged": 2,
        "versions": {"BASE": 2, "GOLD": 1},
    }
    now = await grid(client, list="BASE")
    assert (now["COLA"], now["NEW"]) == (
        [("BASE", "瓶", "0.000000", "3.200000")],
        [("BASE", "瓶", "0.000000", "9.500000")],
    )
    order = {"customer": "K2", "lines": [{"sku": "COLA", "quantity": "1"}]}
    assert (await client.post("/api/v1/orders/preview", json=order)).json()["amounts"]["gross"] == "3.20"
    async with database.transaction(world.tenant.id) as tx:
        rows = await tx.fetch("select changes from audit_entry where tenant_id = $1 and action = 'priced'")
    (row,) = rows
    assert row["changes"] == {
        "COLA 瓶 0": ["3.000000", "3.200000"],
        "COLA 箱 10": ["60.000000", None],
        "NEW 瓶 0": [None, "9.500000"],
    }


async def test_every_fault_is_told_by_its_cell_and_nothing_is_saved(
    client: httpx.AsyncClient, database: Database, world: World
) -> None:
    before = await contents(database, world.tenant)
    cells: list[dict[str, Any]] = [
        {"list": "BASE", "sku": "COLA", "price": "4"},
        {"list": "NONE", "sku": "NONE", "price": "-1"},
        {"list": "BASE", "sku": "COLA", "unit": "桶", "price": "1"},
        {"list": "BASE", "sku": "COLA", "price": "5"},
        {"list": "BASE", "sku": "BEER", "minimum_quantity": "-1", "price": "1.1234567"},
    ]
    answer = await client.put(PATH, json={"cells": cells})
    assert answer.status_code == 422
    assert [(fault["code"], fault["field"], fault["line"]) for fault in answer.json()["faults"]] == [
        ("price-entry-price", "cells[1].price", 2),
        ("unknown-code", "cells[1].list", 2),
        ("unknown-code", "cells[1].sku", 2),
        ("price-entry-unknown-unit", "cells[2].unit", 3),
        ("price-entry-twice", "cells[3].sku", 4),
        ("price-entry-price", "cells[4].price", 5),
        ("price-entry-minimum", "cells[4].minimum_quantity", 5),
    ]
    bad = await client.put(PATH, json={"cells": [{"list": "BASE", "sku": "COLA", "price": "drei"}]})
    assert (bad.status_code, bad.json()["faults"][0]["field"]) == (422, "cells[0].price")
    assert await contents(database, world.tenant) == before


async def test_what_somebody_changed_meanwhile_is_not_undone(
    client: httpx.AsyncClient, database: Database, world: World
) -> None:
    before = await contents(database, world.tenant)
    cells: list[dict[str, Any]] = [
        {"list": "BASE", "sku": "COLA", "price": "4", "was": "2.99"},
        {"list": "BASE", "sku": "NEW", "price": "4", "was": "1"},
        {"list": "GOLD", "sku": "COLA", "price": "2", "was": None},
        {"list": "BASE", "sku": "GIFT", "price": "2", "was": "1.00"},
    ]
    answer = await client.put(PATH, json={"cells": cells})
    assert answer.status_code == 409
    told = [(fault["code"], fault["field"], fault["params"]["now"]) for fault in answer.json()["faults"]]
    assert told == [
        ("price-changed", "cells[0].price", "3"),
        ("price-changed", "cells[1].price", "—"),
        ("price-changed", "cells[2].price", "2.5"),
    ]
    assert await contents(database, world.tenant) == before


async def test_who_sees_no_prices_has_no_grid(app: Litestar, database: Database, world: World) -> None:
    token = await key_of(database, world.tenant, await make_user(database, world.tenant, "warehouse"))
    async with client_of(app, x_api_key=token.text()) as keeper:
        assert (await keeper.get(PATH, params={"list": "BASE"})).status_code == 403
    async with client_of(app, x_api_key=token.text()) as keeper:
        assert (await keeper.put(PATH, json={"cells": []})).status_code == 403


async def test_too_many_lists_and_unknown_ones_are_refused(client: httpx.AsyncClient) -> None:
    many = await client.get(PATH, params={"list": [str(number) for number in range(21)]})
    assert (many.status_code, many.json()["type"]) == (422, "/problems/grid-too-many-lists")
    assert (await client.get(PATH, params={"list": ["BASE", "NONE"]})).status_code == 404


async def test_a_large_block_costs_the_statements_of_a_small_one(database: Database, world: World) -> None:
    counts = []
    for quantities in (range(1, 2), range(2, 3), range(3, 400)):
        steps = [Decimal(quantity) for quantity in quantities]
        cells = [CellInput(list="BASE", sku="COLA", minimum_quantity=step, price=step) for step in steps]
        cells.append(CellInput(list="BASE", sku="COLA", minimum_quantity=steps[0] - 1, price=None))

        async def save(tx: Any, cells: Any = tuple(cells)) -> object:
            return await save_grid(tx, cells=cells, by=SYSTEM)

        counts.append(await statements(database, world.tenant, save))
    # The first one has the SKU read.
    assert counts[1] == counts[2]
