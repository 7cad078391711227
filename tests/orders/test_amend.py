"""Amendments: what was agreed becomes something else, and stock and credit move by the difference."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.orders.desk import Desk
from tests.support import contents

pytestmark = pytest.mark.slow

NEXT_WEEK = "2030-01-07"


def sides(amendment: dict[str, Any]) -> list[tuple[Any, ...]]:
    """(change, line, old quantity and price, new quantity and price) of each line."""

    def side(of: dict[str, Any] | None) -> tuple[str, str] | None:
        return None if of is None else (f"{float(of['quantity']):g} {of['unit']}", f"{float(of['price']):g}")

    return [(line["change"], line["line_no"], side(line["old"]), side(line["new"])) for line in amendment["lines"]]


async def test_lines_change_come_and_go_and_the_difference_moves(desk: Desk) -> None:
    placed = await desk.place("K1", ("COLA", "2", "箱"), ("BEER", "4", "瓶"), ("GIFT", "3", "瓶"))
    path = f"orders/{placed['id']}/amendments"
    assert (await desk.open_credit("K1"), await desk.reserved("BEER")) == ("143.00", "4")
    wanted = {
        "revision": 1,
        "reason": "客户加量",
        "requested_date": NEXT_WEEK,
        "note": "改送北门",
        "lines": [
            {"line_no": 1, "quantity": "3"},
            {"line_no": 2, "remove": True},
            {"sku": "COLA", "quantity": "5", "unit": "瓶"},
            {"line_no": 3, "note": "送人"},
        ],
    }
    before = await contents(desk.database, desk.world.tenant)
    preview = await desk.done(f"{path}/preview", wanted)
    assert (preview["faults"], preview["then"], preview["difference"]) == ([], "applied", "52.50")
    assert await contents(desk.database, desk.world.tenant) == before
    amended = await desk.done(path, wanted, status=201)
    assert sides(amended) == [
        ("changed", 1, ("2 箱", "60"), ("3 箱", "60")),
        ("removed", 2, ("4 瓶", "5"), None),
        ("changed", 3, ("3 瓶", "1"), ("3 瓶", "1")),
        ("added", 4, None, ("5 瓶", "2.5")),
    ]
    assert sides(preview) == sides(amended)
    assert (amended["state"], amended["revision_from"], amended["revision_to"]) == ("applied", 1, 2)
    assert (amended["before"]["gross"], amended["after"]["gross"]) == ("143.00", "195.50")
    assert {change["field"]: (change["old"], change["new"]) for change in amended["head"]} == {
        "requested_date": (None, NEXT_WEEK),
        "note": (None, "改送北门"),
    }
    page = await desk.page(placed["id"])
    assert [(line["line_no"], line["sku"], line["quantity"]) for line in page["lines"]] == [
        (1, "COLA", "3.000000"),
        (3, "GIFT", "3.000000"),
        (4, "COLA", "5.000000"),
    ]
    assert (page["amounts"]["gross"], page["line_count"], page["note"], page["requested_date"], page["revision"]) == (
        "195.50",
        3,
        "改送北门",
        NEXT_WEEK,
        2,
    )
    assert (await desk.reserved("COLA"), await desk.reserved("BEER"), await desk.open_credit("K1")) == (
        "77",
        "0",
        "195.50",
    )
    kept = (await desk.client.get(f"/api/v1/{path}")).json()
    assert [(each["id"], each["state"], each["reason"]) for each in kept] == [(amended["id"], "applied", "客户加量")]
    assert (await desk.client.get(f"/api/v1/{path}/{amended['id']}")).json() == amended
    await desk.sound()


async def test_a_line_not_named_keeps_its_price_and_repricing_is_asked_for(desk: Desk) -> None:
    placed = await desk.place("K2", ("COLA", "2", "瓶"), ("BEER", "2", "瓶"))
    dearer = [{"sku": sku, "unit": "瓶", "price": price} for sku, price in (("COLA", "4"), ("BEER", "6"))]
    answer = await desk.client.put("/api/v1/price-lists/BASE/entries", json={"items": dearer})
    assert answer.status_code == 200, answer.text
    path = f"orders/{placed['id']}/amendments"
    amended = await desk.done(path, {"revision": 1, "lines": [{"sku": "COLA", "quantity": "1"}]}, status=201)
    assert sides(amended) == [("added", 3, None, ("1 瓶", "4"))]
    assert amended["after"]["gross"] == "20.00"
    repriced = await desk.done(path, {"revision": 2, "reprice": True}, status=201)
    assert sides(repriced) == [
        ("changed", 1, ("2 瓶", "3"), ("2 瓶", "4")),
        ("changed", 2, ("2 瓶", "5"), ("2 瓶", "6")),
    ]
    assert (repriced["after"]["gross"], await desk.open_credit("K2")) == ("24.00", "24.00")
    await desk.sound()


async def test_a_changed_quantity_reaches_the_break_and_a_price_by_hand_stays(desk: Desk) -> None:
    placed = await desk.place("K2", ("COLA", "2", "箱"))
    path = f"orders/{placed['id']}/amendments"
    more = await desk.done(path, {"revision": 1, "lines": [{"line_no": 1, "quantity": "10"}]}, status=201)
    assert sides(more) == [("changed", 1, ("2 箱", "72"), ("10 箱", "60"))]
    by_hand = {"revision": 2, "lines": [{"line_no": 1, "price": "50"}]}
    seller = await desk.someone("sales")
    assert await desk.refused(path, by_hand, client=seller) == [("unknown-order", "id")]
    set_by_hand = await desk.done(path, by_hand, status=201)
    assert sides(set_by_hand) == [("changed", 1, ("10 箱", "60"), ("10 箱", "50"))]
    less = await desk.done(path, {"revision": 3, "lines": [{"line_no": 1, "quantity": "4"}]}, status=201)
    assert sides(less) == [("changed", 1, ("10 箱", "50"), ("4 箱", "50"))]
    assert (less["after"]["gross"], await desk.open_credit("K2"), await desk.reserved("COLA")) == (
        "200.00",
        "200.00",
        "96",
    )
    await desk.sound()


async def test_every_fault_is_told_at_its_line_and_nothing_stays(desk: Desk) -> None:
    placed = await desk.place("K1", ("COLA", "2", "箱"), ("BEER", "4", "瓶"), ("COLA", "1", "瓶"))
    await desk.write("update order_line set released = 30 where tenant_id = $1 and line_no = 1")
    path = f"orders/{placed['id']}/amendments"
    before = await contents(desk.database, desk.world.tenant)
    lines = [
        {"line_no": 1, "quantity": "1"},
        {"line_no": 9, "quantity": "1"},
        {"line_no": 2, "quantity": "0"},
        {"line_no": 2, "remove": True},
        {"quantity": "1"},
        {"sku": "NONE", "quantity": "1"},
        {"sku": "COLA", "quantity": "50", "unit": "箱"},
        {"sku": "NEW", "quantity": "1"},
        {"sku": "BEER"},
    ]
    assert sorted(await desk.refused(path, {"revision": 1, "lines": lines})) == sorted(
        [
            ("unknown-line", "lines[1].line_no"),
            ("line-twice", "lines[3].line_no"),
            ("line-or-sku", "lines[4]"),
            ("quantity-needed", "lines[8].quantity"),
            ("bad-quantity", "lines[2].quantity"),
            ("unknown-sku", "lines[5].sku"),
            ("no-price", "lines[7].sku"),
            ("below-released", "lines[0].quantity"),
            ("short-stock", "lines[6].quantity"),
        ]
    )
    assert await desk.refused(path, {"revision": 7, "lines": lines}) == [("stale-revision", "revision")]
    assert await desk.refused(path, {"revision": 1}) == [("nothing-changes", "lines")]
    assert await desk.refused(path, {"revision": 1, "lines": [{"line_no": 1, "quantity": "2"}]}) == [
        ("nothing-changes", "lines")
    ]
    removing = [{"line_no": number, "remove": True} for number in (1, 2, 3)]
    assert await desk.refused(path, {"revision": 1, "lines": removing}) == [
        ("below-released", "lines[0].remove"),
    ]
    over = {"revision": 1, "lines": [{"sku": "BEER", "quantity": "3000"}]}
    assert await desk.refused(path, over) == [("over-credit", "customer")]
    assert (await desk.client.post(f"/api/v1/{path}", json={"revision": 7})).status_code == 412
    assert await contents(desk.database, desk.world.tenant) == before
    await desk.done(f"orders/{placed['id']}/short-close", {"lines": [2]})
    assert await desk.refused(path, {"revision": 2, "lines": [{"line_no": 2, "quantity": "1"}]}) == [
        ("line-closed", "lines[0].line_no")
    ]


async def test_a_discontinued_article_may_be_ordered_less_of_but_not_more(desk: Desk) -> None:
    placed = await desk.place("K1", ("BEER", "9", "瓶"))
    await desk.client.put("/api/v1/skus", json={"items": [{"code": "BEER", "state": "discontinued"}]})
    path = f"orders/{placed['id']}/amendments"
    more = {"revision": 1, "lines": [{"line_no": 1, "quantity": "10"}]}
    assert await desk.refused(path, more) == [("sku-discontinued", "lines[0].sku")]
    less = await desk.done(path, {"revision": 1, "lines": [{"line_no": 1, "quantity": "8"}]}, status=201)
    assert sides(less) == [("changed", 1, ("9 瓶", "5"), ("8 瓶", "5"))]


async def test_what_one_line_gives_back_serves_another_before_those_who_wait(desk: Desk) -> None:
    placed = await desk.place("K2", ("BEER", "10", "瓶"))
    waiting = await desk.place("K2", ("BEER", "3", "瓶"))
    lines = [{"line_no": 1, "quantity": "4"}, {"sku": "BEER", "quantity": "5"}]
    await desk.done(f"orders/{placed['id']}/amendments", {"revision": 1, "lines": lines}, status=201)
    page, other = await desk.page(placed["id"]), await desk.page(waiting["id"])
    assert [(part["held"], part["backordered"]) for line in page["lines"] for part in line["stock"]] == [
        ("4.000000", "0.000000"),
        ("5.000000", "0.000000"),
    ]
    assert [(part["held"], part["backordered"]) for part in other["lines"][0]["stock"]] == [("1.000000", "2.000000")]
    await desk.sound()


async def test_a_dealer_asks_and_the_seller_decides(desk: Desk) -> None:
    dealer = await desk.someone("dealer_buyer", customer="K1")
    placed = await desk.place("K1", ("COLA", "2", "箱"), ("BEER", "4", "瓶"))
    portal = f"/portal/v1/orders/{placed['id']}/amendments"
    wanted = {
        "revision": 1,
        "reason": "多要两箱",
        "lines": [{"line_no": 1, "quantity": "4"}, {"line_no": 2, "quantity": "1"}, {"sku": "BEER", "quantity": "2"}],
    }
    preview = (await dealer.post(f"{portal}/preview", json=wanted)).json()
    assert (preview["then"], preview["faults"]) == ("asked", [])
    asked = await dealer.post(portal, json=wanted)
    assert asked.status_code == 201, asked.text
    amendment = asked.json()
    assert (amendment["state"], amendment["waits_for"], amendment["side"]) == ("pending", "seller", "dealer")
    # The order stays as it is; what grows is reserved: 48 more bottles of cola, 2 of beer, and 115.00 of credit.
    page = await desk.page(placed["id"])
    assert (page["revision"], page["amounts"]["gross"]) == (1, "140.00")
    assert (await desk.reserved("COLA"), await desk.reserved("BEER"), await desk.open_credit("K1")) == (
        "96",
        "6",
        "255.00",
    )
    await desk.sound()
    path = f"orders/{placed['id']}"
    assert await desk.refused(f"{path}/amendments", {"revision": 1, "note": "x"}) == [("amendment-pending", "id")]
    assert await desk.refused(f"{path}/short-close", {}) == [("amendment-pending", "id")]
    waiting = (await desk.client.get("/api/v1/amendments")).json()["items"]
    assert [(each["id"], each["number"]) for each in waiting] == [(amendment["id"], placed["number"])]
    agreed = await desk.done(f"{path}/amendments/{amendment['id']}/accept", {})
    assert (agreed["state"], agreed["revision_to"], agreed["after"]["gross"]) == ("applied", 2, "255.00")
    page = await desk.page(placed["id"])
    assert [(line["sku"], line["quantity"]) for line in page["lines"]] == [
        ("COLA", "4.000000"),
        ("BEER", "1.000000"),
        ("BEER", "2.000000"),
    ]
    assert (await desk.reserved("COLA"), await desk.reserved("BEER"), await desk.open_credit("K1")) == (
        "96",
        "3",
        "255.00",
    )
    assert await desk.refused(f"{path}/amendments/{amendment['id']}/accept", {}) == [("wrong-state", "state")]
    await desk.sound()


async def test_what_is_rejected_or_taken_back_leaves_the_order_and_frees_what_it_held(desk: Desk) -> None:
    dealer = await desk.someone("dealer_buyer", customer="K1")
    placed = await desk.place("K1", ("COLA", "2", "箱"))
    portal = f"/portal/v1/orders/{placed['id']}/amendments"
    path = f"orders/{placed['id']}/amendments"

    async def ask() -> str:
        answer = await dealer.post(portal, json={"revision": 1, "lines": [{"line_no": 1, "quantity": "4"}]})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    first = await ask()
    rejected = await desk.done(f"{path}/{first}/reject", {"reason": "本月无货"})
    assert (rejected["state"], rejected["decision_reason"]) == ("rejected", "本月无货")
    second = await ask()
    assert await desk.refused(f"{path}/{second}/withdraw", {}) == [("amendment-of-others", "id")]
    assert (await dealer.post(f"{portal}/{second}/withdraw", json={})).json()["state"] == "withdrawn"
    third = await ask()
    await desk.done(f"orders/{placed['id']}/cancel", {})
    ended = (await dealer.get(f"{portal}/{third}")).json()
    assert (ended["state"], ended["decided_by"]) == ("withdrawn", None)
    assert (await desk.reserved("COLA"), await desk.open_credit("K1")) == ("0", "0.00")
    await desk.sound()


async def test_what_was_asked_for_is_refused_when_more_was_released_meanwhile(desk: Desk) -> None:
    dealer = await desk.someone("dealer_buyer", customer="K1")
    placed = await desk.place("K1", ("COLA", "2", "箱"))
    wanted = {"revision": 1, "lines": [{"line_no": 1, "quantity": "1"}]}
    asked = (await dealer.post(f"/portal/v1/orders/{placed['id']}/amendments", json=wanted)).json()
    await desk.write("update order_line set released = 40 where tenant_id = $1")
    before = await contents(desk.database, desk.world.tenant)
    path = f"orders/{placed['id']}/amendments/{asked['id']}"
    assert await desk.refused(f"{path}/accept", {}) == [("below-released", "lines.quantity")]
    assert await contents(desk.database, desk.world.tenant) == before


async def test_the_seller_says_whether_dealers_may_amend(desk: Desk) -> None:
    dealer = await desk.someone("dealer_buyer", customer="K1")
    placed = await desk.place("K1", ("COLA", "2", "箱"))
    portal = f"/portal/v1/orders/{placed['id']}/amendments"

    async def setting(word: str) -> httpx.Response:
        return await desk.keep_settings(dealer_amendments=word)

    assert (await setting("off")).status_code == 200
    assert await desk.refused(portal, {"revision": 1, "note": "x"}, client=dealer) == [("amendments-off", "id")]
    await setting("apply")
    priced = {"revision": 1, "lines": [{"line_no": 1, "price": "1"}]}
    assert await desk.refused(portal, priced, client=dealer) == [("may-not-set-price", "lines[0].price")]
    done = await dealer.post(portal, json={"revision": 1, "lines": [{"line_no": 1, "quantity": "1"}]})
    assert (done.status_code, done.json()["state"], done.json()["requested_by"] is None) == (201, "applied", False)
    stranger = await desk.someone("dealer_buyer", customer="K2")
    assert await desk.refused(portal, {"revision": 2, "note": "x"}, client=stranger) == [("unknown-order", "id")]
    receiver = await desk.someone("dealer_receiver", customer="K1")
    told = (await receiver.get(f"{portal}/{done.json()['id']}")).json()
    assert {"before", "after"} & told.keys() == {"price", "amounts"} & told["lines"][0]["new"].keys() == set()


async def test_rivals_amend_one_order_once_for_each_revision(desk: Desk) -> None:
    """Eight who saw the same revision: one changes it, the others are told; the last goods are promised once."""
    placed = await desk.place("K2", ("COLA", "1090", "瓶"))
    path = f"/api/v1/orders/{placed['id']}/amendments"
    body = {"revision": 1, "lines": [{"line_no": 1, "quantity": "1100"}]}
    answers = await asyncio.gather(*[desk.client.post(path, json=body) for _ in range(8)])
    assert sorted(answer.status_code for answer in answers) == [201, *[412] * 7]
    others = [await desk.place("K2", ("GIFT", "1", "瓶")) for _ in range(4)]
    await desk.done(f"orders/{placed['id']}/amendments", {"revision": 2, "lines": [
        {"line_no": 1, "quantity": "1098"}]}, status=201)  # fmt: skip
    wanted = {"revision": 1, "lines": [{"sku": "COLA", "quantity": "1"}]}
    rivals = [desk.client.post(f"/api/v1/orders/{each['id']}/amendments", json=wanted) for each in others]
    assert sorted(answer.status_code for answer in await asyncio.gather(*rivals)) == [201, 201, 409, 409]
    assert await desk.reserved("COLA") == "1100"
    await desk.sound()
