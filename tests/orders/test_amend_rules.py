"""Amendments are held to the order rules: freight follows, minima and days count, quotas take the difference."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.orders.asking import BY, ask, line, placed, wanted
from tests.orders.desk import Desk
from tests.orders.promotions import on, promotion, publish
from tests.statements import statements
from tests.support import contents, key_of, make_user, principal_of
from tests.world import World

from dinghuo.entry.invariants import broken_invariants
from dinghuo.identity.principals import Principal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.orders.amend import amend
from dinghuo.orders.amend_request import AmendRequest, LineChange
from dinghuo.orders.place import place
from dinghuo.orders.requests import Placement
from dinghuo.pricing.promotion_input import GiftInput

pytestmark = pytest.mark.slow

SINCE = "2020-01-01"
FREIGHT = {
    "basis": "amount",
    "steps": [{"from": "0", "charge": "21.80"}],
    "free_from": "100.00",
    "tax_rate": "0.09",
    "tax_inclusive": True,
}


async def put(desk: Desk, path: str, *items: dict[str, Any]) -> None:
    answer = await desk.client.put(f"/api/v1/{path}", json={"items": list(items)})
    assert answer.status_code == 200, answer.text


def rule(code: str, kind: str, terms: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "name": code, "kind": kind, "target": "base", "valid_from": SINCE, kind: terms}


def quota(quantity: str, code: str = "Q", **fields: Any) -> dict[str, Any]:
    return {"code": code, "sku": "COLA", "target": "base", "quantity": quantity, "valid_from": SINCE, **fields}


async def taken(desk: Desk) -> list[str]:
    found = await desk.rows("select a.taken from allotment a where a.tenant_id = $1 order by a.period_from, a.id")
    return [f"{row[0].normalize():f}" for row in found]


async def amended(desk: Desk, order_id: str, *lines: dict[str, Any], **head: Any) -> dict[str, Any]:
    """Amend an order, once it was looked at."""
    revision = (await desk.page(order_id))["revision"]
    body = {"revision": revision, "lines": list(lines), **head}
    preview = await desk.done(f"orders/{order_id}/amendments/preview", body)
    done: dict[str, Any] = await desk.done(f"orders/{order_id}/amendments", body, status=201)
    assert [preview[name] for name in ("before", "after", "charges")] == [
        done[name] for name in ("before", "after", "charges")
    ]
    return done


def charged(amendment: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    return [(each["rule"], each["old"], each["new"]) for each in amendment["charges"]]


async def test_freight_changes_by_the_difference_and_credit_with_it(desk: Desk) -> None:
    await put(desk, "order-rules", rule("F", "freight", FREIGHT))
    order_id = (await desk.place("K1", ("COLA", "10", "瓶")))["id"]
    assert await desk.open_credit("K1") == "46.80"
    free = await amended(desk, order_id, {"line_no": 1, "quantity": "40"})
    # 40 × 2.50 = 100.00: free from here on, and 21.80 less.
    assert (free["before"], free["after"]) == (
        {"net": "42.12", "tax": "4.68", "gross": "46.80"},
        {"net": "88.50", "tax": "11.50", "gross": "100.00"},
    )
    assert charged(free) == [("F", "21.80", None)]
    page = await desk.page(order_id)
    assert (page["amounts"]["gross"], page["charges"], await desk.open_credit("K1")) == ("100.00", [], "100.00")
    await desk.sound()
    again = await amended(desk, order_id, {"line_no": 1, "quantity": "20"})
    assert (again["after"]["gross"], charged(again)) == ("71.80", [("F", None, "21.80")])
    kept = await desk.rows("select c.rule, c.net, c.tax, c.gross from order_charge c where c.tenant_id = $1")
    assert [(row[0], *map(str, row[1:])) for row in kept] == [("F", "20.00", "1.80", "21.80")]
    read = (await desk.client.get(f"/api/v1/orders/{order_id}/amendments/{again['id']}")).json()
    assert charged(read) == [("F", None, "21.80")]
    # What changes neither goods nor prices leaves the freight as it was agreed, whatever it would cost by now.
    await put(desk, "order-rules", rule("F", "freight", {**FREIGHT, "steps": [{"from": "0", "charge": "50.00"}]}))
    note = await amended(desk, order_id, note="北门")
    assert (note["after"]["gross"], charged(note)) == ("71.80", [])
    dearer = await amended(desk, order_id, {"line_no": 1, "quantity": "21"})
    assert (dearer["after"]["gross"], charged(dearer)) == ("102.50", [("F", "21.80", "50.00")])
    assert await desk.open_credit("K1") == "102.50"
    await desk.sound()
    await desk.done(f"orders/{order_id}/cancel", {})
    assert await desk.open_credit("K1") == "0.00"
    await desk.sound()


async def test_nobody_amends_an_order_further_below_the_minimum(desk: Desk) -> None:
    await desk.keep_settings(dealer_amendments="apply")
    dealer = await desk.someone("dealer_buyer", customer="K1")
    order_id = (await desk.place("K1", ("COLA", "20", "瓶"), ("BEER", "4", "瓶")))["id"]
    await put(desk, "order-rules", rule("M", "minimum", {"amount": "60.00", "quantity": "22"}))
    portal = f"/portal/v1/orders/{order_id}/amendments"
    before = await contents(desk.database, desk.world.tenant)
    # 20 × 2.50 + 4 × 5.00 = 70.00, 24 bottles; without the beer 50.00 and 20.
    less = {"revision": 1, "lines": [{"line_no": 2, "remove": True}]}
    assert await desk.refused(portal, less, client=dealer) == [
        ("order-below-amount", "lines"),
        ("order-below-quantity", "lines"),
    ]
    seen = (await dealer.post(f"{portal}/preview", json=less)).json()
    assert [fault["code"] for fault in seen["faults"]] == ["order-below-amount", "order-below-quantity"]
    assert await contents(desk.database, desk.world.tenant) == before
    # Those who may order below it may amend below it; from there a dealer may come nearer, and not go further.
    await amended(desk, order_id, {"line_no": 2, "remove": True})
    nearer = {"revision": 2, "lines": [{"line_no": 1, "quantity": "21"}]}
    assert (await dealer.post(portal, json=nearer)).status_code == 201
    further = {"revision": 3, "lines": [{"line_no": 1, "quantity": "20"}]}
    assert [code for code, _ in await desk.refused(portal, further, client=dealer)] == [
        "order-below-amount",
        "order-below-quantity",
    ]
    assert (await dealer.post(portal, json={"revision": 3, "note": "x"})).status_code == 201
    await desk.sound()


async def test_days_asked_for_anew_and_more_goods_take_their_time(
    database: Database, world: World, desk: Desk
) -> None:
    await put(desk, "calendars", {"code": "CN", "name": "中国", "base": "china"})
    await put(desk, "routes", {"code": "R", "name": "周二周五", "weekdays": [2, 5], "customers": ["K1"]})
    await put(desk, "order-rules", rule("D", "delivery", {"cut_off": "16:00", "lead_days": 1, "calendar": "CN"}))
    principal = await dealer_of(database, world)
    # Monday, 10:00 in Shanghai: ready on Tuesday, comes on Tuesday the 24th at the earliest.
    monday, late = (
        Database(
            database.url, pool_size=2, guard=True, clock=partial(datetime, *day, tzinfo=UTC), vault=database.vault
        )
        for day in ((2026, 11, 23, 2), (2026, 11, 23, 9))
    )
    try:
        (outcome,) = await ask(monday, world.tenant.id, _on("2026-11-24", wanted("K1", line("COLA", 5))))
        order_id = placed(outcome).id

        async def tried(revision: int, *lines: LineChange, **head: Any) -> list[tuple[str, str, str]]:
            request = AmendRequest(revision=revision, lines=list(lines), **head)
            try:
                await late.run(
                    world.tenant.id, partial(amend, order_id=order_id, request=request, principal=principal, by=BY)
                )
            except Refused as refused:
                return [(each.message.code, each.field, str(each.params["suggested"])) for each in refused.faults]
            return []

        # After the cut-off, what is added comes on Friday: not on the day that was asked for.
        early = ("requested-too-early", "requested_date", "2026-11-27")
        assert await tried(1, LineChange(line_no=1, quantity=Decimal(6))) == [early]
        assert await tried(1, LineChange(sku="COLA", quantity=Decimal(1))) == [early]
        assert await tried(1, LineChange(line_no=1, quantity=Decimal(4)), note="less") == []
        assert await tried(2, LineChange(line_no=1, requested_date=date(2026, 11, 28))) == [
            ("not-delivered-on", "lines[0].requested_date", "2026-12-01")
        ]
        assert await tried(2, requested_date=date(2026, 11, 26)) == [
            ("requested-too-early", "requested_date", "2026-11-27")
        ]
        own_day = LineChange(sku="COLA", quantity=Decimal(1), requested_date=date(2026, 11, 27))
        assert await tried(2, own_day) == []
    finally:
        await monday.close()
        await late.close()
    kept = await desk.rows(
        "select o.requested_date, o.earliest_date, o.revision from sales_order o where tenant_id = $1"
    )
    assert kept == [(date(2026, 11, 24), date(2026, 11, 27), 3)]
    await desk.sound()


def _monday(hour: int) -> datetime:
    return datetime(2026, 11, 23, hour, tzinfo=UTC)


def _on(day: str, placement: Placement) -> Placement:
    request = msgspec.structs.replace(placement.request, requested_date=date.fromisoformat(day))
    return msgspec.structs.replace(placement, request=request)


async def test_quotas_take_the_difference_line_by_line(desk: Desk) -> None:
    await put(desk, "quotas", quota("30"))
    order_id = (await desk.place("K2", ("COLA", "10", "瓶"), ("BEER", "3", "瓶")))["id"]
    assert await taken(desk) == ["10"]
    await amended(desk, order_id, {"line_no": 1, "quantity": "24"})
    assert await taken(desk) == ["24"]
    path, before = f"orders/{order_id}/amendments", await contents(desk.database, desk.world.tenant)
    more = {"revision": 2, "lines": [{"sku": "COLA", "quantity": "4"}, {"line_no": 1, "quantity": "27"}]}
    # Six are left: the line that is there takes three of them, the new one finds too few.
    assert await desk.refused(path, more) == [("quota-short", "lines[0].quantity")]
    (fault,) = (await desk.done(f"{path}/preview", more))["faults"]
    assert (fault["code"], fault["params"]["left"], fault["params"]["suggested"]) == ("quota-short", "3", "3")
    assert await contents(desk.database, desk.world.tenant) == before
    # What one line gives back serves another one.
    swap = ({"sku": "COLA", "quantity": "20"}, {"line_no": 1, "quantity": "10"})
    await amended(desk, order_id, *swap)
    assert await taken(desk) == ["30"]
    await desk.sound()
    await amended(desk, order_id, {"line_no": 1, "remove": True})
    assert await taken(desk) == ["20"]
    await desk.done(f"orders/{order_id}/cancel", {})
    assert await taken(desk) == ["0"]
    await desk.sound()


async def test_a_quota_that_came_later_takes_only_what_is_added(desk: Desk) -> None:
    order_id = (await desk.place("K2", ("COLA", "100", "瓶")))["id"]
    await put(desk, "quotas", quota("10", period="month"))
    await amended(desk, order_id, {"line_no": 1, "quantity": "104"})
    assert await taken(desk) == ["4"]
    more = {"revision": 2, "lines": [{"line_no": 1, "quantity": "111"}]}
    assert await desk.refused(f"orders/{order_id}/amendments", more) == [("quota-short", "lines[0].quantity")]
    await amended(desk, order_id, {"line_no": 1, "quantity": "90"})
    assert await taken(desk) == ["0"]
    await desk.sound()


async def test_gifts_take_of_a_quota_that_counts_them(desk: Desk) -> None:
    give = promotion("GIVE", "buy_get", ("50", "5"), repeats=True, items=[on("BEER")], gift=GiftInput(sku="COLA"))
    await publish(desk.database, desk.world, give)
    await put(desk, "quotas", quota("12", counts_gifts=True))

    async def gifts(order_id: str) -> list[str]:
        lines = (await desk.page(order_id))["lines"]
        return [each["quantity"] for each in lines if each["kind"] == "gift"]

    order_id = (await desk.place("K2", ("BEER", "120", "瓶")))["id"]
    assert (await gifts(order_id), await taken(desk)) == (["10.000000"], ["10"])
    # Two are left: five are not given, and the order stands without.
    without = (await desk.place("K2", ("BEER", "50", "瓶")))["id"]
    assert (await gifts(without), await taken(desk)) == ([], ["10"])
    await amended(desk, order_id, {"line_no": 1, "quantity": "60"})
    assert (await gifts(order_id), await taken(desk)) == (["5.000000"], ["5"])
    # Seven are left, fifteen more would be given: the gift stays as it is.
    await amended(desk, order_id, {"line_no": 1, "quantity": "200"})
    assert (await gifts(order_id), await taken(desk)) == (["5.000000"], ["5"])
    await desk.sound()
    await put(desk, "quotas", {"code": "Q", "counts_gifts": False})
    uncounted = (await desk.place("K2", ("BEER", "200", "瓶")))["id"]
    assert (await gifts(uncounted), await taken(desk)) == (["20.000000"], ["5"])
    for each in (order_id, without, uncounted):
        await desk.done(f"orders/{each}/cancel", {})
    assert await taken(desk) == ["0"]
    await desk.sound()


async def test_what_is_asked_for_is_carried_out_at_the_freight_that_was_shown(desk: Desk) -> None:
    await put(desk, "order-rules", rule("F", "freight", FREIGHT))
    await put(desk, "quotas", quota("30"))
    dealer = await desk.someone("dealer_buyer", customer="K1")
    order_id = (await desk.place("K1", ("COLA", "10", "瓶")))["id"]

    async def asked(revision: int, quantity: str) -> dict[str, Any]:
        body = {"revision": revision, "lines": [{"line_no": 1, "quantity": quantity}]}
        answer = await dealer.post(f"/portal/v1/orders/{order_id}/amendments", json=body)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    first = await asked(1, "20")
    assert (first["after"]["gross"], first["charges"], await desk.open_credit("K1")) == ("71.80", [], "71.80")
    await put(desk, "order-rules", rule("F", "freight", {**FREIGHT, "steps": [{"from": "0", "charge": "50.00"}]}))
    accept = f"orders/{order_id}/amendments/{first['id']}/accept"
    assert (await desk.done(accept, {}))["after"]["gross"] == "71.80"
    assert (await taken(desk), await desk.open_credit("K1")) == (["20"], "71.80")
    second = await asked(2, "30")
    assert charged(second) == [("F", "21.80", "50.00")]
    await desk.place("K2", ("COLA", "1", "瓶"))
    # Somebody else was quicker: what was asked for no longer fits.
    before = await contents(desk.database, desk.world.tenant)
    assert await desk.refused(f"orders/{order_id}/amendments/{second['id']}/accept", {}) == [("quota-short", "lines")]
    assert await contents(desk.database, desk.world.tenant) == before
    await desk.sound()


async def test_the_number_of_statements_does_not_grow_with_the_lines(
    database: Database, world: World, desk: Desk
) -> None:
    await put(desk, "order-rules", rule("M", "minimum", {"amount": "1.00"}))
    await put(desk, "quotas", quota("900", counts_gifts=True), quota("900", "B", sku="BEER"))
    principal = await owner_of(database, world)

    async def cost(count: int) -> int:
        lines = [line(sku, 1) for _ in range(count) for sku in ("COLA", "BEER")]
        await put(desk, "order-rules", rule("F", "freight", {"basis": "flat", "charge": "10.00"}))
        (outcome,) = await database.run(world.tenant.id, lambda tx: place(tx, [wanted("K2", *lines)]))
        changes = [LineChange(line_no=number + 1, quantity=Decimal(2)) for number in range(2 * count)]
        request = AmendRequest(revision=1, lines=[*changes, LineChange(sku="COLA", quantity=Decimal(1))])
        order_id = placed(outcome).id
        # Whatever it would cost by now: the charge changes too.
        await put(desk, "order-rules", rule("F", "freight", {"basis": "flat", "charge": "20.00"}))
        return await statements(
            database,
            world.tenant,
            lambda tx: amend(tx, order_id=order_id, request=request, principal=principal, by=BY),
        )

    await cost(1)
    assert await cost(1) == await cost(12)
    await desk.sound()


@given(
    series=st.lists(
        st.lists(st.tuples(st.integers(0, 3), st.integers(0, 25)), min_size=1, max_size=3), min_size=1, max_size=5
    )
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.slow
async def test_any_series_of_amendments_leaves_freight_and_quotas_as_placing_would(
    database: Database, world: World, desk: Desk, series: list[list[tuple[int, int]]]
) -> None:
    """What the order costs in the end, and holds of quotas, is what its final lines cost and hold."""
    await put(desk, "order-rules", rule("F", "freight", FREIGHT))
    await put(desk, "quotas", quota("40"))
    principal = await owner_of(database, world)
    (outcome,) = await ask(database, world.tenant.id, wanted("K2", line("COLA", 10), line("BEER", 4)))
    order_id = placed(outcome).id
    for revision_of in series:
        await _amend_somehow(database, world, principal, order_id, revision_of)
    async with database.transaction(world.tenant.id) as tx:
        assert await broken_invariants(tx, world.tenant.id) == []
        lines, order = await _state(tx, order_id)
    cola = sum(row["base_quantity"] for row in lines if row["sku_code"] == "COLA")
    goods = sum(row["gross"] for row in lines)
    assert order["gross"] == goods + (0 if goods >= 100 else Decimal("21.80"))
    assert await taken(desk) in (["0"] if not cola else [f"{cola.normalize():f}"],)
    await desk.done(f"orders/{order_id}/cancel", {})


async def _amend_somehow(
    database: Database, world: World, principal: Principal, order_id: UUID, changes: list[tuple[int, int]]
) -> None:
    async with database.transaction(world.tenant.id) as tx:
        lines, order = await _state(tx, order_id)
    named: dict[int, LineChange] = {}
    added = []
    for which, quantity in changes:
        if which < len(lines):
            number = lines[which]["line_no"]
            if quantity:
                named[number] = LineChange(line_no=number, quantity=Decimal(quantity))
            else:
                named[number] = LineChange(line_no=number, remove=True)
        else:
            added.append(LineChange(sku="COLA", quantity=Decimal(quantity or 1)))
    request = AmendRequest(revision=order["revision"], lines=[*named.values(), *added])
    try:
        await database.run(
            world.tenant.id, partial(amend, order_id=order_id, request=request, principal=principal, by=BY)
        )
    except Refused as refused:
        known = {"quota-short", "nothing-changes", "no-lines-left"}
        assert {fault.message.code for fault in refused.faults} <= known, refused.faults


async def _state(tx: Tx, order_id: UUID) -> tuple[list[Any], Any]:
    lines = await tx.fetch(
        "select l.line_no, l.sku_code, l.base_quantity, l.gross from order_line l "
        "where l.tenant_id = $1 and l.order_id = $2 order by l.line_no",
        order_id,
    )
    (order,) = await tx.fetch(
        "select o.gross, o.revision from sales_order o where o.tenant_id = $1 and o.id = $2", order_id
    )
    return list(lines), order


async def owner_of(database: Database, world: World) -> Principal:
    return await principal_of(
        database, await key_of(database, world.tenant, await make_user(database, world.tenant, "owner"))
    )


async def dealer_of(database: Database, world: World) -> Principal:
    login = await make_user(database, world.tenant, "dealer_buyer", audience="dealer", customers=["K1"])
    return await principal_of(database, await key_of(database, world.tenant, login))
