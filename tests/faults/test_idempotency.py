"""One key is one order, however often and through however many processes it comes at once."""

import asyncio

import pytest
from tests.faults.buying import Shop, client, order, place, problem
from tests.faults.serving import Program
from tests.world import traces

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

_TIMES = 50


async def test_the_same_key_fifty_times_at_once_is_one_order(crew: Program, shop: Shop) -> None:
    body = order(("COLA", 3))
    async with client(crew.url, shop) as buyer:
        answers = await asyncio.gather(*(place(buyer, body, key="same") for _ in range(_TIMES)))
        assert {(answer.status_code, answer.headers["idempotency-key"]) for answer in answers} == {(201, "same")}
        assert len({answer.content for answer in answers}) == 1
        assert sum("idempotency-replayed" in answer.headers for answer in answers) < _TIMES

        other = await place(buyer, order(("COLA", 4)), key="same")
        (fault,) = problem(other, 409)["faults"]
        assert (fault["code"], fault["field"]) == ("idempotency-key-reused", "Idempotency-Key")
    found = await traces(shop.database, shop.world.tenant)
    kinds = ("sales_order", "order_line", "reservation", "account_entry", "outbox_event", "idempotency_key", "audit")
    assert {kind: found[kind] for kind in kinds} == dict.fromkeys(kinds, 1)
    await shop.check_books()


async def test_one_key_with_two_bodies_at_once_is_the_order_of_one_of_them(crew: Program, shop: Shop) -> None:
    bodies = [order(("COLA", 1 + number % 2)) for number in range(_TIMES)]
    async with client(crew.url, shop) as buyer:
        answers = await asyncio.gather(*(place(buyer, body, key="same") for body in bodies))
    placed = [answer.status_code == 201 for answer in answers]
    assert placed in ([True, False] * (_TIMES // 2), [False, True] * (_TIMES // 2))
    assert {problem(answer, 409)["type"] for answer in answers if answer.status_code != 201} == {
        "/problems/idempotency-key-reused"
    }
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert (await traces(shop.database, shop.world.tenant))["sales_order"] == 1
    await shop.check_books()


async def test_a_refusal_leaves_its_key_free(crew: Program, shop: Shop) -> None:
    before = await traces(shop.database, shop.world.tenant)
    async with client(crew.url, shop) as buyer:
        refused = await asyncio.gather(*(place(buyer, order(("COLA", 5000)), key="k") for _ in range(_TIMES)))
        assert {problem(answer, 409)["type"] for answer in refused} == {"/problems/short-stock"}
        assert await traces(shop.database, shop.world.tenant) == before
        answer = await place(buyer, order(("COLA", 5)), key="k")
    assert answer.status_code == 201
    assert (await traces(shop.database, shop.world.tenant))["sales_order"] == 1
    await shop.check_books()


async def test_a_key_belongs_to_its_caller(crew: Program, shop: Shop) -> None:
    colleague = await shop.with_another_key()
    async with client(crew.url, shop) as one, client(crew.url, colleague) as other:
        answers = [await place(buyer, order(("COLA", 1)), key="mine") for buyer in (one, other)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]
