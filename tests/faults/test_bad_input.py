"""Input nobody should send: one problem document with every fault and its place, the same from both lanes, in both
languages, and nothing stored."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
from tests.faults.buying import Shop, client, open_shop, order, place, problem
from tests.faults.serving import Here, serve_here
from tests.support import make_tenant
from tests.world import traces

from dinghuo.entry.hot_lane import PATH
from dinghuo.kit.database import Database

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

_MANY_NINES = "9" * 400


class Bad(NamedTuple):
    """A body, how it is sent, and what is said of it: status and, fault by fault, code, field and line."""

    body: Any
    status: int
    faults: Sequence[tuple[str, str, int | None]]
    content_type: str = "application/json"


def lines(*given: Any) -> dict[str, Any]:
    return {"customer": "K2", "lines": list(given)}


def cola(quantity: Any, **more: Any) -> dict[str, Any]:
    return {"sku": "COLA", "quantity": quantity, **more}


def bad_quantity(*quantities: Any) -> Bad:
    faults = [("bad-quantity", f"lines[{n}].quantity", n + 1) for n in range(len(quantities))]
    return Bad(lines(*(cola(quantity) for quantity in quantities)), 422, faults)


def at(code: str, *places: tuple[str, int | None]) -> list[tuple[str, str, int | None]]:
    return [(code, field, line) for field, line in places]


BAD = {
    "unknown SKUs": Bad(
        lines(cola(1), {"sku": "NONE", "quantity": 1}, {"sku": "", "quantity": 1}, {"sku": "\0", "quantity": 1}),
        422,
        at("unknown-sku", ("lines[1].sku", 2), ("lines[2].sku", 3), ("lines[3].sku", 4)),
    ),
    "quantities": bad_quantity(
        "0",
        "-1",
        "-0",
        "NaN",
        "-NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "1000000000000",
        "0.0000001",
        "1E+999999",
        "1E-999999",
        1e300,
        -1,
        0,
        int(_MANY_NINES),
        "999999999999.9999999",
    ),
    "a number beyond any float": Bad(
        b'{"customer": "K2", "lines": [{"sku": "COLA", "quantity": 1e400}]}',
        422,
        [("bad-quantity", "lines[0].quantity", 1)],
    ),
    "a number beyond any": Bad(
        b'{"customer": 5, "lines": [{"sku": "COLA", "quantity": %s}]}' % (b"9" * 5000),
        422,
        [("invalid-value", "customer", None)],
    ),
    "too much in base units": Bad(
        lines(cola("99999999999", unit="箱")), 422, [("bad-quantity", "lines[0].quantity", 1)]
    ),
    "wrong units": Bad(
        lines(cola(1, unit="桶"), cola(1), cola(1, unit=""), cola(1, unit="\0")),
        422,
        at("unknown-unit", ("lines[0].unit", 1), ("lines[3].unit", 4)),
    ),
    "no price": Bad(lines({"sku": "NEW", "quantity": 1}), 409, [("no-price", "lines[0].sku", 1)]),
    "prices": Bad(
        lines(*(cola(1, price=price) for price in ("-1", "NaN", "0.0000001", "1E+30"))),
        422,
        [("bad-price", f"lines[{n}].price", n + 1) for n in range(4)],
    ),
    "5,001 lines": Bad(lines(*[cola(1)] * 5001), 422, [("too-many-lines", "lines", None)]),
    "no lines": Bad(lines(), 422, [("no-lines", "lines", None)]),
    "no customer, no organisation, no currency": Bad(
        {"customer": "NOBODY", "organisation": "NOWHERE", "currency": "XYZ", "lines": []},
        422,
        at("unknown-customer", ("customer", None))
        + at("unknown-organisation", ("organisation", None))
        + at("unknown-currency", ("currency", None)),
    ),
    "texts": Bad(
        lines(cola(1, note="\0")) | {"note": "n" * 2001, "ship_to": {"recipient": " ", "street": "\u0007"}},
        422,
        [
            ("text-too-long", "note", None),
            ("empty-text", "ship_to.recipient", None),
            ("text-unprintable", "ship_to.street", None),
            ("text-unprintable", "lines[0].note", 1),
        ],
    ),
    "wrong types in many lines": Bad(
        lines({"sku": 1, "quantity": "many"}, 7, cola(1), {"quantity": [], "requested_date": "2026-02-30"}, None),
        422,
        at(
            "invalid-value",
            ("lines[0].sku", 1),
            ("lines[0].quantity", 1),
            ("lines[1]", 2),
            ("lines[3].sku", 4),
            ("lines[3].quantity", 4),
            ("lines[3].requested_date", 4),
            ("lines[4]", 5),
        ),
    ),
    "unknown fields": Bad(
        lines(cola(1, colour="red")) | {"ship_to": {"recipient": "A", "street": "B", "planet": "C"}, "x": 1},
        422,
        at("invalid-value", ("x", None), ("lines[0].colour", 1), ("ship_to.planet", None)),
    ),
    "missing fields": Bad({"note": None}, 422, at("invalid-value", ("customer", None), ("lines", None))),
    "a list": Bad([], 422, at("invalid-value", ("", None))),
    "a number": Bad(b"1", 422, at("invalid-value", ("", None))),
    "nothing": Bad(b"", 422, [("body-needed", "", None)]),
    "half of it": Bad(b'{"customer": "K2", "lines": [', 400, [("not-json", "", None)]),
    "no JSON": Bad(b"customer=K2", 400, [("not-json", "", None)]),
    "NaN as a number": Bad(
        b'{"customer": "K2", "lines": [{"sku": "COLA", "quantity": NaN}]}', 400, [("not-json", "", None)]
    ),
    "deep nesting": Bad(b'{"customer": ' + b"[" * 100_000, 400, [("not-json", "", None)]),
    "deep nesting where nobody looks": Bad(b'{"x": ' + b'{"y":' * 100_000, 400, [("not-json", "", None)]),
    "invalid UTF-8": Bad(b'{"customer": "\xff\xfe", "lines": []}', 400, [("not-json", "", None)]),
    "another encoding": Bad('{"customer": "客户", "lines": []}'.encode("gb18030"), 400, [("not-json", "", None)]),
    "half a surrogate": Bad(b'{"customer": "\\ud800", "lines": []}', 400, [("not-json", "", None)]),
    "XML": Bad(b"<order/>", 415, [("not-sent-as-json", "Content-Type", None)], "text/xml"),
    "a form": Bad(
        msgspec.json.encode(order(("COLA", 1))),
        415,
        [("not-sent-as-json", "Content-Type", None)],
        "application/x-www-form-urlencoded",
    ),
}


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    """One for all tests here: no order is ever stored in it."""
    return await open_shop(database, await make_tenant(database))


@pytest.fixture(scope="module")
async def here(database: Database) -> AsyncIterator[Here]:
    async with serve_here(database) as here:
        yield here


@pytest.fixture(scope="module")
async def lanes(here: Here, shop: Shop) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """Two clients with one key: its header decides which lane they come by."""
    headers = {"authorization": f"Bearer {shop.token.text()}"}
    async with (
        client(here.url, shop) as hot,
        httpx.AsyncClient(base_url=here.url, headers=headers, timeout=60) as general,
    ):
        yield hot, general


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD)
async def test_every_fault_is_told_and_nothing_is_stored(
    lanes: tuple[httpx.AsyncClient, httpx.AsyncClient], shop: Shop, name: str
) -> None:
    body, status, faults, content_type = BAD[name]
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    before = await traces(shop.database, shop.world.tenant)
    for language in ("en", "zh"):
        headers = {"content-type": content_type, "accept-language": language}
        answers = [await lane.post(PATH, content=content, headers=headers) for lane in lanes]
        documents = [problem(answer, status) for answer in answers]
        assert documents[0] == documents[1]
        assert [answer.headers["content-language"] for answer in answers] == [
            {"en": "en", "zh": "zh-CN"}[language]
        ] * 2
        told = [(fault["code"], fault["field"], fault["line"]) for fault in map(_whole, documents[0]["faults"])]
        assert told == faults
        speaks_chinese = [bool(re.search("[\u4e00-\u9fff]", _own_words(fault))) for fault in documents[0]["faults"]]
        assert speaks_chinese == [language == "zh"] * len(faults), documents[0]
    assert await traces(shop.database, shop.world.tenant) == before


def _whole(fault: dict[str, Any]) -> dict[str, Any]:
    return {"field": "", "line": None, **fault}


def _own_words(fault: dict[str, Any]) -> str:
    """The sentence without what it quotes of the request and of the master data."""
    said: str = fault["message"]
    for value in fault.get("params", {}).values():
        said = said.replace(str(value), "") if fault["code"] != "invalid-value" and value else said
    return said.replace("瓶", "").replace("箱", "")


@pytest.mark.parametrize("path", [PATH, f"{PATH}/bulk", "/api/v1/drafts"])
@pytest.mark.parametrize("declared", [True, False])
async def test_twenty_megabytes_are_refused(
    lanes: tuple[httpx.AsyncClient, httpx.AsyncClient], shop: Shop, path: str, declared: bool
) -> None:
    """With their length declared, and in pieces without."""
    piece = b" " * 1_000_000

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield piece

    before = await traces(shop.database, shop.world.tenant)
    for lane in lanes:
        content = piece * 20 if declared else pieces()
        answer = await lane.post(path, content=content, headers={"content-type": "application/json"})
        (fault,) = problem(answer, 413)["faults"]
        assert (fault["code"], fault["params"]) == ("body-too-large", {"most": 10_000_000})
    assert await traces(shop.database, shop.world.tenant) == before


async def test_a_bulk_lists_the_faults_of_all_its_orders(here: Here, shop: Shop) -> None:
    orders = [order(("COLA", 1)), lines({"sku": 1}), {"customer": "K2", "lines": [cola(1, price="x")]}]
    before = await traces(shop.database, shop.world.tenant)
    async with client(here.url, shop) as buyer:
        document = problem(await buyer.post(f"{PATH}/bulk", json={"orders": orders}), 422)
    assert [(fault["field"], fault["line"], fault["message"]) for fault in document["faults"]] == [
        ("orders[1].lines[0].sku", 2, "Expected `str`, got `int`"),
        ("orders[1].lines[0].quantity", 2, "Object missing required field `quantity`"),
        ("orders[2].lines[0].price", 3, "Invalid decimal string"),
    ]
    assert await traces(shop.database, shop.world.tenant) == before


async def test_a_cart_keeps_nothing_that_cannot_be_stored(here: Here, shop: Shop) -> None:
    cart = lines({"sku": "\0", "quantity": "NaN", "unit": "\0", "note": "\0"}) | {"name": "\0", "note": "\0"}
    before = await traces(shop.database, shop.world.tenant)
    async with client(here.url, shop) as buyer:
        document = problem(await buyer.post("/api/v1/drafts", json=cart), 422)
        assert await traces(shop.database, shop.world.tenant) == before
        # What no order could be, a cart may be: its lines are looked at when it is submitted.
        odd = await buyer.post("/api/v1/drafts", json=lines({"sku": "NONE", "quantity": "NaN"}, cola("1E+999999")))
        submitted = await buyer.post(f"/api/v1/drafts/{odd.json()['id']}/submit")
    places = [fault["field"] for fault in document["faults"]]
    assert sorted(places) == ["lines[0].note", "lines[0].sku", "lines[0].unit", "name", "note"]
    assert odd.status_code == 201
    assert [fault["code"] for fault in problem(submitted, 422)["faults"]] == ["unknown-sku", "bad-quantity"]


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_a_key_must_be_one(lanes: tuple[httpx.AsyncClient, httpx.AsyncClient], shop: Shop, key: str) -> None:
    before = await traces(shop.database, shop.world.tenant)
    for lane in lanes:
        (fault,) = problem(await place(lane, order(("COLA", 1)), key=key), 422)["faults"]
        assert (fault["code"], fault["field"]) == ("idempotency-key-too-long", "Idempotency-Key")
    assert await traces(shop.database, shop.world.tenant) == before


@pytest.mark.parametrize(
    ("depth", "status", "code", "field"),
    [
        (16, 422, "attributes-too-deep", "items[0].attributes"),
        (600, 422, "attributes-too-deep", "items[0].attributes"),
        (100_000, 400, "not-json", ""),
    ],
)
async def test_nesting_where_anything_goes(
    here: Here, shop: Shop, depth: int, status: int, code: str, field: str
) -> None:
    attributes = b'{"a": %s%s}' % (b"[" * depth, b"]" * depth)
    body = b'{"items": [{"code": "DEEP", "name": "deep", "attributes": %s}]}' % attributes
    async with client(here.url, shop) as staff:
        answer = await staff.put("/api/v1/products", content=body, headers={"content-type": "application/json"})
    (fault,) = problem(answer, status)["faults"]
    assert (fault["code"], fault.get("field", "")) == (code, field)
    assert await shop.rows("select 1 from product where tenant_id = $1 and code = 'DEEP'") == []
