"""Orders over HTTP: both lanes say the same, scopes and rights hold, drafts become one order, cancelling frees."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar
from tests.orders.asking import ask, codes, line, placed, wanted
from tests.orders.test_place import sound
from tests.support import client_of, contents, key_of, make_user
from tests.world import World, traces

from dinghuo.entry.hot_lane import PATH
from dinghuo.flow.reactions import BY_KIND
from dinghuo.identity.create_key import KeyLimits, NewKey, create_key
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database
from dinghuo.kit.idempotency import Key
from dinghuo.kit.outbox_run import drain
from dinghuo.orders.requests import FromDraft, Placement

ORDER: dict[str, Any] = {"customer": "K2", "lines": [{"sku": "COLA", "quantity": "2", "unit": "箱"}]}


@pytest.fixture
async def owner(app: Litestar, database: Database, world: World) -> AsyncIterator[httpx.AsyncClient]:
    login = await make_user(database, world.tenant, "owner")
    key = await key_of(database, world.tenant, login)
    async with client_of(app, x_api_key=key.text()) as client:
        yield client


@pytest.fixture
async def general(app: Litestar, database: Database, world: World) -> AsyncIterator[httpx.AsyncClient]:
    """The same owner with the key where the hot lane does not look: in Authorization."""
    login = await make_user(database, world.tenant, "owner")
    key = await key_of(database, world.tenant, login)
    async with client_of(app, authorization=f"Bearer {key.text()}") as client:
        yield client


def told(response: httpx.Response) -> tuple[int, str, Any]:
    """Status, type and body of an answer, without what differs from call to call."""
    body = response.json()
    for name in ("id", "number", "placed_at"):
        body.pop(name, None)
    return response.status_code, response.headers["content-type"].partition(";")[0], body


@pytest.mark.parametrize(
    "body",
    [
        ORDER,
        {"customer": "K2", "lines": [{"sku": "NONE", "quantity": "1"}, {"sku": "COLA", "quantity": "99999"}]},
        {"customer": "K2"},
        {"customer": "K2", "lines": [{"sku": "COLA", "quantity": "many"}, {"quantity": 1}], "colour": "red"},
        {"customer": "K2", "lines": []},
        [],
    ],
)
async def test_both_lanes_say_the_same(
    owner: httpx.AsyncClient, general: httpx.AsyncClient, world: World, body: Any
) -> None:
    for language in ("zh", "en"):
        hot = await owner.post(PATH, json=body, headers={"accept-language": language})
        slow = await general.post(PATH, json=body, headers={"accept-language": language})
        assert told(hot) == told(slow)
        assert set(hot.headers) - set(slow.headers) <= {"idempotency-key"}
        assert world.tenant.code not in hot.text


async def test_a_placed_order_reads_back_with_prices_explained(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(PATH, json=ORDER, headers={"idempotency-key": "k1"})
    assert answer.status_code == 201
    again = await owner.post(PATH, json=ORDER, headers={"idempotency-key": "k1"})
    assert (again.status_code, again.json()) == (201, answer.json())
    assert again.headers["idempotency-replayed"] == "true"
    other = await owner.post(PATH, json=ORDER | {"note": "x"}, headers={"idempotency-key": "k1"})
    assert (other.status_code, other.json()["type"]) == (409, "/problems/idempotency-key-reused")
    order = (await owner.get(f"{PATH}/{answer.json()['id']}")).json()
    (line,) = order["lines"]
    assert (order["state"], order["amounts"]["gross"], line["deal"]["deal_price"]) == (
        "confirmed",
        "144.00",
        "72.000000",
    )
    assert line["deal"]["reason"]["list"] == "BASE"
    assert [(held["warehouse"], held["held"]) for held in line["stock"]] == [("main", "48.000000")]
    assert [(entry["action"], entry["by_kind"]) for entry in order["history"]] == [("placed", "key")]


async def test_lists_filter_and_page_by_key(owner: httpx.AsyncClient) -> None:
    for number in range(5):
        await owner.post(PATH, json=ORDER | {"customer": "K1" if number % 2 else "K2"})
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params: dict[str, Any] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        body = (await owner.get(PATH, params=params)).json()
        seen += [item["number"] for item in body["items"]]
        cursor = body["cursor"]
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5
    mine = (await owner.get(PATH, params={"customer": "K1", "state": "confirmed"})).json()["items"]
    assert [item["customer"]["code"] for item in mine] == ["K1", "K1"]
    assert (await owner.get(PATH, params={"state": "closed"})).json()["items"] == []
    assert (await owner.get(PATH, params={"placed_until": "2001-01-01"})).json()["items"] == []
    assert len((await owner.get(PATH, params={"placed_from": "2001-01-01"})).json()["items"]) == 5
    assert (await owner.get(PATH, params={"cursor": "tampered"})).status_code == 422


@pytest.mark.parametrize("field", ["number", "customer", "state", "channel"])
async def test_a_filter_that_no_text_can_be_is_refused(owner: httpx.AsyncClient, field: str) -> None:
    answer = await owner.get(PATH, params={field: "\0"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/text-unprintable")


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "9999-12-31"])
async def test_days_as_far_as_the_calendar_goes(owner: httpx.AsyncClient, day: str) -> None:
    await owner.post(PATH, json=ORDER)
    counts = [
        len((await owner.get(PATH, params={name: day})).json()["items"]) for name in ("placed_from", "placed_until")
    ]
    assert counts == ([0, 1] if day > "2026" else [1, 0])


async def test_bulk_decides_each_order_for_itself(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    orders = [ORDER, {"customer": "K2", "lines": [{"sku": "NONE", "quantity": "1"}]}, ORDER]
    answer = await owner.post(f"{PATH}/bulk", json={"orders": orders}, headers={"idempotency-key": "b"})
    body = answer.json()
    assert (answer.status_code, body["placed"], body["refused"]) == (200, 2, 1)
    assert body["items"][1]["problem"]["faults"][0]["field"] == "lines[0].sku"
    again = (await owner.post(f"{PATH}/bulk", json={"orders": orders}, headers={"idempotency-key": "b"})).json()
    assert [item["order"] for item in again["items"]] == [item["order"] for item in body["items"]]
    assert (await traces(database, world.tenant))["sales_order"] == 2


async def test_cancelling_frees_stock_and_credit_once(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    before = await traces(database, world.tenant)
    placed = (await owner.post(PATH, json=ORDER | {"customer": "K1"})).json()
    cancelled = await owner.post(f"{PATH}/{placed['id']}/cancel", json={"reason": "客户改主意"})
    assert (cancelled.status_code, cancelled.json()["freed"]) == (200, placed["gross"])
    twice = await owner.post(f"{PATH}/{placed['id']}/cancel", json={})
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/wrong-state")
    after = await traces(database, world.tenant)
    assert (after["stock"], after["accounts"]) == (before["stock"], before["accounts"])
    order = (await owner.get(f"{PATH}/{placed['id']}")).json()
    assert order["state"] == "cancelled"
    assert order["history"][1]["changes"] == {"state": ["confirmed", "cancelled"], "reason": [None, "客户改主意"]}
    await sound(database, world)


@pytest.mark.parametrize(("reason", "code"), [("a\0b", "text-unprintable"), ("n" * 2001, "text-too-long")])
async def test_a_reason_that_cannot_be_kept_cancels_nothing(
    owner: httpx.AsyncClient, database: Database, world: World, reason: str, code: str
) -> None:
    placed = (await owner.post(PATH, json=ORDER)).json()
    before = await traces(database, world.tenant)
    refused = await owner.post(f"{PATH}/{placed['id']}/cancel", json={"reason": reason})
    assert (refused.status_code, [(fault["code"], fault["field"]) for fault in refused.json()["faults"]]) == (
        422,
        [(code, "reason")],
    )
    assert await traces(database, world.tenant) == before


async def test_margins_are_rounded_half_up_as_all_money(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    async with database.transaction(world.tenant.id) as tx:
        await tx.write(
            "insert into sku_cost (tenant_id, sku_id, valid_from, cost) values ($1, $2, '2020-01-01', 0.125)",
            world.skus["GIFT"],
        )
        await touch(tx, "catalogue")
    placed = (await owner.post(PATH, json={"customer": "K2", "lines": [{"sku": "GIFT", "quantity": "1"}]})).json()
    (line,) = (await owner.get(f"{PATH}/{placed['id']}")).json()["lines"]
    # Net 0.88, cost 0.125 → 0.13.
    assert (line["deal"]["amounts"]["net"], line["unit_cost"], line["margin"]) == ("0.88", "0.125000", "0.75")


async def test_a_draft_tapped_five_times_is_one_order(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    draft = (await owner.post("/api/v1/drafts", json=ORDER)).json()
    where = f"/api/v1/drafts/{draft['id']}"
    changed = ORDER | {"note": "周五前送到"}
    stale = await owner.put(where, json=changed, headers={"if-match": "7"})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/draft-changed")
    for nothing in ({}, {"if-match": "99999999999"}):
        unread = await owner.put(where, json=changed, headers=nothing)
        assert (unread.status_code, unread.json()["type"]) == (422, "/problems/if-match-needed")
    saved = await owner.put(where, json=changed, headers={"if-match": "1"})
    assert (saved.status_code, saved.json()["revision"], saved.json()["note"]) == (200, 2, "周五前送到")
    answers = [await owner.post(f"{where}/submit") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await owner.get(where)).json()["order_id"] == answers[0].json()["id"]
    assert (await owner.put(where, json=changed, headers={"if-match": "3"})).status_code == 409
    assert (await owner.delete(where)).status_code == 409
    assert (await owner.get("/api/v1/drafts")).json()["items"] == []
    assert (await traces(database, world.tenant))["sales_order"] == 1


async def test_a_draft_changed_after_it_was_read_is_not_placed(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    draft = (await owner.post("/api/v1/drafts", json=ORDER)).json()
    where = f"/api/v1/drafts/{draft['id']}"
    draft_id = UUID(draft["id"])

    def tap(revision: int) -> Placement:
        key = Key(draft_id, "submit-draft", str(draft_id), "the draft itself")
        asked = wanted("K2", line("COLA", 2, "箱"))
        return msgspec.structs.replace(asked, key=key, draft=FromDraft(draft_id, revision))

    await owner.put(where, json=ORDER | {"note": "十箱"}, headers={"if-match": "1"})
    before = await contents(database, world.tenant)
    (outcome,) = await ask(database, world.tenant.id, tap(1))
    assert codes(outcome) == [("draft-changed-since", "id")]
    assert await contents(database, world.tenant) == before
    # Two at once, each in a transaction of its own, are one order; with it the draft is submitted.
    taps = await asyncio.gather(*(ask(database, world.tenant.id, tap(2)) for _ in range(2)))
    ids = {str(placed(outcome).id) for (outcome,) in taps}
    assert ids == {(await owner.get(where)).json()["order_id"]}
    assert (await owner.post(f"{where}/submit")).json()["id"] in ids
    gone = (await owner.post("/api/v1/drafts", json=ORDER)).json()
    await owner.delete(f"/api/v1/drafts/{gone['id']}")
    draft_id = UUID(gone["id"])
    (outcome,) = await ask(database, world.tenant.id, tap(1))
    assert codes(outcome) == [("no-such-record", "id")]
    assert (await traces(database, world.tenant))["sales_order"] == 1


async def test_scope_and_rights_hold_for_orders(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    placed = (await owner.post(PATH, json=ORDER)).json()
    before = await traces(database, world.tenant)
    sales = await key_of(database, world.tenant, await make_user(database, world.tenant, "sales"))
    keeper = await key_of(database, world.tenant, await make_user(database, world.tenant, "warehouse"))
    async with client_of(app, x_api_key=sales.text()) as client:
        # A sales person sees and serves only customers of their own.
        assert (await client.get(PATH)).json()["items"] == []
        assert (await client.get(f"{PATH}/{placed['id']}")).status_code == 404
        assert (await client.post(f"{PATH}/{placed['id']}/cancel", json={})).status_code == 404
        refused = await client.post(PATH, json=ORDER)
        assert refused.json()["faults"][0]["code"] == "unknown-customer"
    async with client_of(app, x_api_key=keeper.text()) as client:
        order = (await client.get(f"{PATH}/{placed['id']}")).json()
        assert (order["amounts"], order["lines"][0]["deal"], order["lines"][0]["margin"]) == (None, None, None)
        assert (await client.post(PATH, json=ORDER)).status_code == 403
        assert (await client.post(f"{PATH}/{placed['id']}/cancel", json={})).status_code == 403
    assert await traces(database, world.tenant) == before


async def test_a_preview_prices_and_warns_and_writes_nothing(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    before = await traces(database, world.tenant)
    lines = [
        {"sku": "COLA", "quantity": "2", "unit": "箱"},
        {"sku": "BEER", "quantity": "25"},
        {"sku": "NEW", "quantity": "1"},
        {"sku": "COLA", "quantity": "5000"},
    ]
    answer = await owner.post(f"{PATH}/preview", json={"customer": "K1", "lines": lines})
    body = answer.json()
    assert answer.status_code == 200
    assert [(line["sku"], line["amounts"]["gross"], line["available"]) for line in body["lines"]] == [
        ("COLA", "120.00", "1100.000000"),
        ("BEER", "125.00", "10.000000"),
        ("COLA", "12500.00", "1100.000000"),
    ]
    assert [(fault["code"], fault.get("line")) for fault in body["faults"]] == [
        ("no-price", 3),
        ("short-stock", 4),
        ("over-credit", None),
    ]
    assert (body["credit_left"], body["amounts"]["gross"]) == ("10000.00", "12745.00")
    assert await traces(database, world.tenant) == before


async def test_a_scope_walks_only_its_own_customers_and_search_finds(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    login = await make_user(database, world.tenant, "sales")
    async with database.transaction(world.tenant.id) as tx:
        await tx.write(
            """update customer c set owner_id = u.id from app_user u
            where c.tenant_id = $1 and u.tenant_id = $1 and u.login = $2 and c.code = any($3)""",
            login,
            ["K1", "K4"],
        )
        await touch(tx, "parties")
    for number in range(7):
        await owner.post(
            PATH, json=ORDER | {"customer": f"K{(1, 2, 4)[number % 3]}", "customer_reference": f"PO-77{number}"}
        )
    await drain(database, world.tenant.id, BY_KIND)
    sales = await key_of(database, world.tenant, login)
    async with client_of(app, x_api_key=sales.text()) as client:
        first = (await client.get(PATH, params={"limit": 3})).json()
        rest = (await client.get(PATH, params={"limit": 3, "cursor": first["cursor"]})).json()
        found = [item["customer"]["code"] for page in (first, rest) for item in page["items"]]
        assert (found, rest["cursor"]) == (["K1", "K4", "K1", "K4", "K1"], None)
        only = (await client.get(PATH, params={"customer": "K4"})).json()["items"]
        assert [item["customer_reference"] for item in only] == ["PO-775", "PO-772"]
        assert (await client.get(PATH, params={"customer": "K2"})).json()["items"] == []
        hit = (await client.get(PATH, params={"search": "po-775"})).json()["items"]
        assert [item["customer_reference"] for item in hit] == ["PO-775"]
        assert (await client.get(PATH, params={"search": "po-774"})).json()["items"] == []
    (everyone,) = (await owner.get(PATH, params={"search": "PO-774", "channel": "api"})).json()["items"]
    assert everyone["customer"]["code"] == "K2"


async def test_who_sees_no_prices_orders_without_being_told_an_amount(
    app: Litestar, database: Database, world: World
) -> None:
    key = NewKey(name="shop floor", permissions=["orders.place", "orders.cancel", "orders.read"])
    async with database.transaction(world.tenant.id) as tx:
        token = await create_key(tx, key=key, by=SYSTEM, limits=KeyLimits())
    async with client_of(app, x_api_key=token.text()) as client:
        preview = (await client.post(f"{PATH}/preview", json=ORDER | {"customer": "K1"})).json()
        (line,) = preview["lines"]
        assert (preview["amounts"], preview["credit_left"], line["amounts"], line["reason"]) == (None,) * 4
        assert (line["list_price"], line["deal_price"], line["available"]) == (None, None, "1100.000000")
        placed = (await client.post(PATH, json=ORDER)).json()
        assert (placed["state"], placed["net"], placed["tax"], placed["gross"]) == ("confirmed", None, None, None)
        assert (await client.post(f"{PATH}/{placed['id']}/cancel", json={})).json()["freed"] is None
        dear = [{"sku": "GIFT", "quantity": "10001"}]
        refused = await client.post(PATH, json={"customer": "K1", "lines": dear}, headers={"accept-language": "en"})
        assert (refused.status_code, refused.json()["title"]) == (
            409,
            "The order is more than the customer's credit left",
        )
        assert "1000" not in refused.text
