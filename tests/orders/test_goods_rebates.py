"""Goods rebates follow their lines to the cent, whatever becomes of the order; money follows what is left to pay."""

from typing import Any

import pytest
from tests.orders.desk import Desk
from tests.orders.granted import balances, grant, ship
from tests.support import contents

from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow


@pytest.fixture
async def order(desk: Desk) -> dict[str, Any]:
    """Ten colas of 3.00 are paid by goods, of twelve beers of 5.00 thirty percent by money."""
    await grant(desk, "K2", goods="40.00", credit="50.00")
    lines = [
        {"sku": "COLA", "quantity": "10", "rebate_goods": True},
        {"sku": "BEER", "quantity": "8"},
        {"sku": "BEER", "quantity": "4"},
    ]
    body = {"customer": "K2", "lines": lines, "use_rebate_most": True}
    placed: dict[str, Any] = await desk.done("orders", body, status=201)
    assert await stands(desk, placed) == ("30.00", "18.00", "42.00")
    return placed


async def stands(desk: Desk, order: dict[str, Any]) -> tuple[str, str, str]:
    """What the order holds of goods and of money, and what it still owes; told by three ledgers that agree."""
    await desk.sound()
    held = {kind: reserved for kind, (_, reserved, _) in (await balances(desk)).items()}
    uses = dict(await desk.rows("select kind, amount::text from order_rebate where tenant_id = $1"))
    assert held == uses
    rows = await desk.rows(
        """select sum(e.amount)::text from account_entry e
        where e.tenant_id = $1 and e.document_id = $2 and e.bucket in ('open', 'shipped', 'unapplied')""",
        order["id"],
    )
    return uses["goods"], uses["credit"], rows[0][0]


async def amend(desk: Desk, order: dict[str, Any], *lines: dict[str, Any]) -> None:
    revision = (await desk.page(order["id"]))["revision"]
    done = await desk.done(
        f"orders/{order['id']}/amendments", {"revision": revision, "lines": list(lines)}, status=201
    )
    assert done["state"] == "applied"


async def test_amended_it_gives_back_by_its_lines_and_never_takes_more(desk: Desk, order: dict[str, Any]) -> None:
    await amend(desk, order, {"line_no": 1, "quantity": "7"})
    # 7 × 3.00 by goods; of 60.00 thirty percent stay.
    assert await stands(desk, order) == ("21.00", "18.00", "42.00")
    await amend(desk, order, {"line_no": 1, "quantity": "12"})
    # 36.00 of colas, of which 15.00 are to be paid now; an order that grows does not use more.
    assert await stands(desk, order) == ("21.00", "18.00", "57.00")
    await amend(desk, order, {"line_no": 2, "remove": True})
    # 36 + 20 − 21 are left to pay, thirty percent of it 10.50.
    assert await stands(desk, order) == ("21.00", "10.50", "24.50")
    await amend(desk, order, {"line_no": 1, "price": "1.333333"})
    # 12 × 1.333333 = 16.00; of the 20.00 of beers 6.00.
    assert await stands(desk, order) == ("16.00", "6.00", "14.00")
    await amend(desk, order, {"line_no": 1, "remove": True})
    assert await stands(desk, order) == ("0.00", "6.00", "14.00")
    assert await balances(desk) == {"goods": ("40.00", "0.00", "0.00"), "credit": ("50.00", "6.00", "0.00")}


async def test_cancelled_it_gives_back_all_of_it(desk: Desk, order: dict[str, Any]) -> None:
    await amend(desk, order, {"line_no": 1, "quantity": "9"})
    await desk.done(f"orders/{order['id']}/cancel", {})
    assert await stands(desk, order) == ("0.00", "0.00", "0.00")
    assert await balances(desk) == {"goods": ("40.00", "0.00", "0.00"), "credit": ("50.00", "0.00", "0.00")}
    rows = await desk.rows(
        """select b.kind, e.verb, sum(e.amount)::text from rebate_entry e
        join rebate_balance b on b.tenant_id = $1 and b.id = e.balance_id
        where e.tenant_id = $1 and e.document_id = $2 group by 1, 2 order by 1, 2""",
        order["id"],
    )
    assert rows == [
        ("credit", "release", "-18.00"),
        ("credit", "reserve", "18.00"),
        ("goods", "release", "-30.00"),
        ("goods", "reserve", "30.00"),
    ]


async def test_closed_line_by_line_it_keeps_what_still_comes_and_what_has_left_is_used_for_good(
    desk: Desk, order: dict[str, Any]
) -> None:
    path = f"orders/{order['id']}/short-close"
    await ship(desk, order, 1, 4, "12.00")
    await ship(desk, order, 2, 3, "15.00")
    await desk.done(path, {"lines": [1]})
    # Four of ten colas went: 12.00.
    assert await stands(desk, order) == ("12.00", "18.00", "42.00")
    await desk.done(path, {"lines": [2]})
    # Three beers went and four are to come: 35.00, of which 10.50.
    assert await stands(desk, order) == ("12.00", "10.50", "24.50")
    done = await desk.done(path, {})
    assert done["state"] == "closed"
    assert await stands(desk, order) == ("12.00", "4.50", "10.50")
    await drain(desk.database, desk.world.tenant.id, BY_KIND)
    assert await balances(desk) == {"goods": ("40.00", "0.00", "12.00"), "credit": ("50.00", "0.00", "4.50")}
    await desk.sound()
    before = await contents(desk.database, desk.world.tenant)
    assert await desk.refused(f"orders/{order['id']}/cancel", {}) == [("wrong-state", "state")]
    assert await contents(desk.database, desk.world.tenant) == before
    # What came back is there for the next order, and no more.
    free = {"customer": "K2", "lines": [{"sku": "COLA", "quantity": "10", "rebate_goods": True}]}
    refused = await desk.refused("orders", free)
    assert refused == [("rebate-goods-short", "lines[0].rebate_goods")]
    free["lines"] = [{"sku": "COLA", "quantity": "9", "rebate_goods": True}]
    assert (await desk.done("orders", free, status=201))["gross"] == "27.00"
    assert (await balances(desk))["goods"] == ("40.00", "27.00", "12.00")
    await desk.sound()
