"""Lots: received by name, the first to expire goes first, fresh enough for whom it is for, traced where it went."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.inventory.conftest import Depot

from dinghuo.entry.invariants import broken_invariants
from dinghuo.inventory.consume import Use, consume
from dinghuo.inventory.lots.bar import bar_expired
from dinghuo.inventory.lots.pick import NEVER, LotThere, Terms, pick
from dinghuo.kit.ids import new_id

pytestmark = pytest.mark.slow

ZERO = Decimal(0)


def after(days: int) -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=days)


@st.composite
def shelves(draw: st.DrawFn) -> list[LotThere]:
    days = draw(st.lists(st.integers(-5, 60), max_size=6))
    return [
        LotThere(UUID(int=n), f"L{n}", after(d), draw(st.booleans()), Decimal(draw(st.integers(0, 9))))
        for n, d in enumerate(days)
    ]


@given(shelves(), st.integers(0, 9), st.integers(1, 40), st.sampled_from([None, 0, 10, 30]))
def test_the_first_to_expire_goes_first_and_nothing_that_is_not_allowed(
    lots: list[LotThere], loose: int, quantity: int, days: int | None
) -> None:
    terms = Terms(after(0), days)
    picked = pick(lots, Decimal(loose), Decimal(quantity), terms)
    taken = {lot.lot_id: part for lot, part in picked.lots}
    assert sum(taken.values(), ZERO) + picked.loose + picked.missing == quantity
    assert picked.loose <= (0 if days else loose)
    for lot in lots:
        part = taken.get(lot.lot_id, ZERO)
        assert ZERO <= part <= lot.on_hand
        if part:
            assert terms.allow(lot)
            earlier = [o for o in lots if terms.allow(o) and (o.expires_on, o.number) < (lot.expires_on, lot.number)]
            assert all(taken.get(o.lot_id, ZERO) == o.on_hand for o in earlier)
    if picked.missing:
        there = sum((lot.on_hand for lot in lots if terms.allow(lot)), ZERO)
        assert sum(taken.values(), ZERO) == there


async def track(owner: httpx.AsyncClient, *skus: str, shelf_life: int | None = 90) -> None:
    items = [{"sku": sku, "tracked": True, "shelf_life_days": shelf_life} for sku in skus]
    assert (await owner.put("/api/v1/lot-tracking", json={"items": items})).json() == {"updated": len(items)}


async def come(owner: httpx.AsyncClient, number: str, quantity: int, **lot: Any) -> httpx.Response:
    line = {"sku": "A", "quantity": str(quantity), "lot": {"number": number} | lot}
    return await owner.post("/api/v1/goods-receipts", json={"items": [{"warehouse": "W1", "lines": [line]}]})


async def there(depot: Depot) -> dict[tuple[str, str], int]:
    rows = await depot.rows(
        """select l.number, w.code, s.on_hand::int from lot_stock s
        join lot l on l.tenant_id = $1 and l.id = s.lot_id
        join warehouse w on w.tenant_id = $1 and w.id = s.warehouse_id
        where s.tenant_id = $1 and s.on_hand <> 0"""
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def ship(depot: Depot, document: UUID, days: int | None = None) -> None:
    terms = None if days is None else {document: days}
    await depot.run(lambda tx: consume(tx, uses=[Use(document, 1)], by=depot.by, days=terms))


async def sound(depot: Depot) -> None:
    async with depot.database.transaction(depot.tenant.id) as tx:
        broken = await broken_invariants(tx, depot.tenant.id)
    assert [line for line in broken if line.partition(":")[0].startswith(("lot", "stock", "transfer"))] == []


async def test_lots_are_received_by_name_and_go_out_by_their_days(depot: Depot, owner: httpx.AsyncClient) -> None:
    await depot.receive("A", 5)
    await track(owner, "A")
    assert (await come(owner, "L2", 10, expires_on=after(60).isoformat())).status_code == 201
    assert (await come(owner, "L1", 10, made_on=after(-80).isoformat())).status_code == 201
    assert (await come(owner, "L2", 4)).status_code == 201
    assert await there(depot) == {("L1", "W1"): 10, ("L2", "W1"): 14}
    # What came before lots were kept goes first, then what expires first.
    await ship(depot, await depot.promise(("A", 8)))
    assert await there(depot) == {("L1", "W1"): 7, ("L2", "W1"): 14}
    # This customer wants goods that are good for thirty days more.
    await ship(depot, await depot.promise(("A", 5)), days=30)
    assert await there(depot) == {("L1", "W1"): 7, ("L2", "W1"): 9}
    document = await depot.promise(("A", 12))
    assert await depot.refused(lambda tx: consume(tx, uses=[Use(document, 1)], by=depot.by, days={document: 30})) == [
        ("lot-not-fresh", "lines", 1)
    ]
    assert await there(depot) == {("L1", "W1"): 7, ("L2", "W1"): 9}
    await ship(depot, document)
    assert await there(depot) == {("L2", "W1"): 4}
    listed = (await owner.get("/api/v1/lots", params={"sku": "A", "in_stock": "true"})).json()["items"]
    assert [(row["number"], row["days_left"], row["expired"], float(row["on_hand"])) for row in listed] == [
        ("L2", 60, False, 4)
    ]
    both = (await owner.get("/api/v1/lots", params={"limit": 1})).json()
    rest = (await owner.get("/api/v1/lots", params={"limit": 1, "cursor": both["cursor"]})).json()
    assert [page["items"][0]["number"] for page in (both, rest)] == ["L1", "L2"]
    await sound(depot)


async def test_nobody_gets_what_is_blocked_or_expired(depot: Depot, owner: httpx.AsyncClient) -> None:
    await track(owner, "A", shelf_life=None)
    await come(owner, "OLD", 5, expires_on=after(-1).isoformat())
    await come(owner, "LAST-DAY", 5, expires_on=after(0).isoformat())
    await come(owner, "FINE", 5)
    (fine,) = [r for r in (await owner.get("/api/v1/lots")).json()["items"] if r["number"] == "FINE"]
    assert (fine["expires_on"], fine["days_left"]) == (None, None)
    blocked = (await owner.post(f"/api/v1/lots/{fine['id']}/block", json={"reason": "召回"})).json()
    assert (blocked["state"], blocked["block_reason"], [a["allowed"] for a in blocked["actions"]]) == (
        "blocked",
        "召回",
        [False, True],
    )
    # What is of lots that nobody gets is promised to nobody: it waits, and gets it once the lot is let go.
    (row,) = (await owner.get("/api/v1/stock")).json()["items"]
    assert [int(float(row[name])) for name in ("on_hand", "barred", "available")] == [15, 10, 5]
    document = await depot.promise(("A", 6))
    assert await depot.promises(document) == [(1, 5, 1, 0, 0)]
    assert (await owner.post(f"/api/v1/lots/{fine['id']}/unblock", json={})).json()["state"] == "active"
    assert await depot.promises(document) == [(1, 6, 0, 0, 0)]
    # What is promised already stays promised; it is found when it shall leave.
    assert (await owner.post(f"/api/v1/lots/{fine['id']}/block", json={"reason": "召回"})).status_code == 200
    assert [
        fault[0] for fault in await depot.refused(lambda tx: consume(tx, uses=[Use(document, 1)], by=depot.by))
    ] == ["lot-not-fresh"]
    assert (await owner.post(f"/api/v1/lots/{fine['id']}/unblock", json={})).json()["state"] == "active"
    await ship(depot, document)
    assert await there(depot) == {("OLD", "W1"): 5, ("FINE", "W1"): 4}
    # Thrown away it can be.
    item = {"warehouse": "W1", "sku": "A", "quantity": "-5", "reason": "expired", "lot": "OLD"}
    assert (await owner.post("/api/v1/stock/adjustments", json={"items": [item]})).status_code == 201
    refused = await owner.post("/api/v1/stock/adjustments", json={"items": [item | {"quantity": "-1"}]})
    assert [fault["code"] for fault in refused.json()["faults"]] == ["lot-short"]
    unknown = await owner.post("/api/v1/stock/adjustments", json={"items": [item | {"lot": "NONE"}]})
    assert [(f["code"], f["field"]) for f in unknown.json()["faults"]] == [("unknown-code", "items[0].lot")]
    assert await there(depot) == {("FINE", "W1"): 4}
    await sound(depot)


async def test_what_comes_and_nobody_may_have_goes_to_nobody_who_waits(
    depot: Depot, owner: httpx.AsyncClient
) -> None:
    await track(owner, "A", shelf_life=None)
    document = await depot.promise(("A", 6))
    assert await depot.promises(document) == [(1, 0, 6, 0, 0)]
    # Expired goods arrive, are found, and are counted: nobody who waits is given them.
    assert (await come(owner, "OLD", 5, expires_on=after(-1).isoformat())).status_code == 201
    found = {"warehouse": "W1", "sku": "A", "quantity": "3", "reason": "found", "lot": "OLD"}
    assert (await owner.post("/api/v1/stock/adjustments", json={"items": [found]})).status_code == 201
    assert await depot.promises(document) == [(1, 0, 6, 0, 0)]
    # Good ones that come with them are given.
    lines = [
        {"sku": "A", "quantity": "4", "lot": {"number": "OLD"}},
        {"sku": "A", "quantity": "2", "lot": {"number": "NEW", "expires_on": after(30).isoformat()}},
    ]
    both = {"items": [{"warehouse": "W1", "lines": lines}]}
    assert (await owner.post("/api/v1/goods-receipts", json=both)).status_code == 201
    assert await depot.promises(document) == [(1, 2, 4, 0, 0)]
    # What went bad on its way between warehouses does not serve those who wait there either.
    elsewhere = {"items": [{"warehouse": "W2", "lines": [lines[1] | {"quantity": "9"}]}]}
    assert (await owner.post("/api/v1/goods-receipts", json=elsewhere)).status_code == 201
    draft = {"from": "W2", "to": "W1", "expected_on": after(3).isoformat(), "lines": [{"sku": "A", "quantity": "4"}]}
    moved = await owner.post("/api/v1/transfers", json={"items": [draft]})
    assert moved.status_code == 201, moved.text
    path = f"/api/v1/transfers/{moved.json()[0]['id']}"
    assert (await owner.post(f"{path}/ship", json={})).is_success
    (lot,) = [each for each in (await owner.get("/api/v1/lots")).json()["items"] if each["number"] == "NEW"]
    held = await depot.promises(document)
    assert (await owner.post(f"/api/v1/lots/{lot['id']}/block", json={"reason": "召回"})).is_success
    assert (await owner.post(f"{path}/receive", json={})).is_success
    assert await depot.promises(document) == held
    levels = await depot.rows("select barred::int, reserved::int from stock where tenant_id = $1 order by on_hand")
    assert levels == [(5, 0), (18, 2)]
    await sound(depot)


async def test_a_lot_that_expires_over_night_is_promised_to_nobody(depot: Depot, owner: httpx.AsyncClient) -> None:
    await track(owner, "A", shelf_life=None)
    await come(owner, "TODAY", 5, expires_on=after(0).isoformat())
    await depot.run(bar_expired)
    assert [row[0] for row in await depot.rows("select barred::int from stock where tenant_id = $1")] == [0]
    async with depot.database.transaction(depot.tenant.id) as tx:
        await tx.write("update lot set expires_on = $2 where tenant_id = $1", after(-1))
        (await tx.cached("inventory")).clear()
    await depot.run(bar_expired)
    assert [row[0] for row in await depot.rows("select barred::int from stock where tenant_id = $1")] == [5]


async def test_a_receipt_of_goods_whose_lots_are_kept_names_them(depot: Depot, owner: httpx.AsyncClient) -> None:
    await track(owner, "A")
    await come(owner, "L1", 10, expires_on=after(60).isoformat())
    lines = [
        {"sku": "A", "quantity": "1"},
        {"sku": "B", "quantity": "1", "lot": {"number": "L1"}},
        {"sku": "A", "quantity": "1", "lot": {"number": ""}},
        {"sku": "A", "quantity": "1", "lot": {"number": "L1", "expires_on": after(61).isoformat()}},
        {
            "sku": "A",
            "quantity": "1",
            "lot": {"number": "L3", "made_on": after(1).isoformat(), "expires_on": after(0).isoformat()},
        },
    ]
    before = await depot.traces()
    refused = await owner.post("/api/v1/goods-receipts", json={"items": [{"warehouse": "W1", "lines": lines}]})
    assert sorted((fault["code"], fault["field"]) for fault in refused.json()["faults"]) == [
        ("lot-days", "items[0].lines[4].lot.expires_on"),
        ("lot-needed", "items[0].lines[0].lot"),
        ("lot-not-kept", "items[0].lines[1].lot"),
        ("lot-other-days", "items[0].lines[3].lot"),
        ("missing-value", "items[0].lines[2].lot.number"),
    ]
    assert await depot.traces() == before


async def test_a_lot_travels_with_its_goods_and_counts_take_from_the_first_to_expire(
    depot: Depot, owner: httpx.AsyncClient
) -> None:
    await track(owner, "A")
    await come(owner, "L1", 10, expires_on=after(10).isoformat())
    await come(owner, "L2", 10, expires_on=after(20).isoformat())
    body = {"from": "W1", "to": "W2", "expected_on": "2099-01-01", "lines": [{"sku": "A", "quantity": "14"}]}
    (made,) = (await owner.post("/api/v1/transfers", json={"items": [body]})).json()
    await owner.post(f"/api/v1/transfers/{made['id']}/ship", json={})
    assert await there(depot) == {("L2", "W1"): 6}
    arrived = {"lines": [{"line_no": 1, "quantity": "13"}]}
    assert (await owner.post(f"/api/v1/transfers/{made['id']}/receive", json=arrived)).status_code == 200
    assert await there(depot) == {("L2", "W1"): 6, ("L1", "W2"): 10, ("L2", "W2"): 3}
    await depot.count("A", 2, "W2")
    assert await there(depot) == {("L2", "W1"): 6, ("L2", "W2"): 2}
    assert await depot.levels() == {("A", "W1"): (6, 0, 0), ("A", "W2"): (2, 0, 0)}
    await sound(depot)


async def test_a_lot_is_traced_to_where_it_came_from_and_went(depot: Depot, owner: httpx.AsyncClient) -> None:
    await track(owner, "A")
    await come(owner, "L1", 10, expires_on=after(60).isoformat())
    await ship(depot, await depot.promise(("A", 3)))
    (lot,) = (await owner.get("/api/v1/lots")).json()["items"]
    trace = (await owner.get(f"/api/v1/lots/{lot['id']}/trace")).json()
    assert [float(trace[name]) for name in ("received", "issued", "on_hand")] == [10, 3, 7]
    assert [(place["warehouse"], float(place["on_hand"])) for place in trace["warehouses"]] == [("W1", 7)]
    assert [(move["kind"], float(move["quantity"])) for move in trace["moves"]] == [("issue", -3), ("receipt", 10)]
    assert (trace["customers"], trace["more"]) == ([], False)
    moves = (await owner.get("/api/v1/stock/moves", params={"lot": lot["id"], "kind": "issue"})).json()["items"]
    assert [(move["kind"], float(move["quantity"])) for move in moves] == [("issue", -3)]
    assert (await owner.get(f"/api/v1/lots/{new_id()}/trace")).status_code == 404


async def test_who_asks_for_how_much_life_is_said_by_customer_and_tier(
    depot: Depot, owner: httpx.AsyncClient
) -> None:
    await owner.put("/api/v1/tiers", json={"items": [{"code": "gold", "name": "金牌"}]})
    await owner.put("/api/v1/customers", json={"items": [{"code": "K", "name": "客户", "tier": "gold"}]})
    items = [{"kind": "tier", "code": "gold", "days": 30}, {"kind": "customer", "code": "K", "days": 60}]
    assert (await owner.put("/api/v1/minimum-life", json={"items": items})).json() == {"updated": 2}
    listed = (await owner.get("/api/v1/minimum-life")).json()["items"]
    assert [(row["kind"], row["code"], row["days"]) for row in listed] == [
        ("customer", "K", 60),
        ("tier", "gold", 30),
    ]
    gone = [{"kind": "customer", "code": "K", "days": None}]
    assert (await owner.put("/api/v1/minimum-life", json={"items": gone})).json() == {"updated": 1}
    wrong = [{"kind": "tier", "code": "K", "days": 1}, {"kind": "tier", "code": "gold", "days": 0}]
    refused = (await owner.put("/api/v1/minimum-life", json={"items": wrong})).json()
    assert [(f["code"], f["field"]) for f in refused["faults"]] == [
        ("unknown-code", "items[0].code"),
        ("lot-life", "items[1].days"),
    ]


async def test_only_what_will_be_good_is_promised(depot: Depot, owner: httpx.AsyncClient) -> None:
    await track(owner, "A", shelf_life=None)
    await owner.put("/api/v1/customers", json={"items": [{"code": "K", "name": "客户"}, {"code": "N", "name": "另"}]})
    life = [{"kind": "customer", "code": "K", "days": 20}]
    assert (await owner.put("/api/v1/minimum-life", json={"items": life})).json() == {"updated": 1}
    await come(owner, "SOON", 10, expires_on=after(9).isoformat())
    await come(owner, "LATE", 4, expires_on=after(90).isoformat())
    days = (await owner.get("/api/v1/stock/by-day", params={"sku": "A", "days": 12})).json()["days"]
    assert [(int(float(day["available"])), int(float(day["barred"]))) for day in days] == [(14, 0)] * 10 + [
        (4, 10)
    ] * 2

    async def asked(customer: str, on: date) -> tuple[str | None, list[str]]:
        wanted = {"sku": "A", "quantity": "8", "unit": "瓶", "date": on.isoformat()}
        body = {"customer": customer, "lines": [wanted]}
        (line,) = (await owner.post("/api/v1/available-to-promise", json=body)).json()["lines"]
        return line["promised_on"], [reason["code"] for reason in line["reasons"]]

    assert await asked("N", after(0)) == (after(0).isoformat(), ["atp-stock"])
    assert await asked("N", after(10)) == (None, ["atp-stock", "atp-expires", "atp-unknown"])
    assert await asked("K", after(0)) == (None, ["atp-stock", "atp-not-fresh", "atp-unknown"])
    await sound(depot)


def test_what_never_expires_is_always_good_enough() -> None:
    lot = LotThere(UUID(int=1), "L", NEVER, False, Decimal(1))
    assert Terms(after(0), 3650).allow(lot)
