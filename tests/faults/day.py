"""A day's business of a small shop, with news of every kind that something follows from."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
from tests.faults.buying import Shop, client, order, place
from tests.faults.serving import serve_here
from tests.orders.asking import BY, line

from dinghuo.kit.ids import new_id
from dinghuo.orders.place import place as place_orders
from dinghuo.orders.record_returns import HistoricalReturn, record_returns
from dinghuo.orders.requests import History, OrderRequest, Placement


async def a_day(shop: Shop) -> None:
    """Orders placed, some cancelled, some short until goods come in; and one of long ago.

    Two customers that are one, a notice for later, and what a dealer's people and the seller tell each other.
    """
    async with serve_here(shop.database) as here, client(here.url, shop) as staff:
        await _agreement(staff)
        twins = [{"code": code, "name": "同一家公司"} for code in ("K8", "K9")]
        assert (await staff.put("/api/v1/customers", json={"items": twins})).status_code == 200
        assert (await place(staff, order(("COLA", 1), customer="K9"))).status_code == 201
        merged = await staff.post("/api/v1/customers/merge", json={"from": "K9", "into": "K8"})
        assert merged.status_code == 200, merged.text
        later = {"kind": "notice", "title": "放假通知", "valid_from": "2026-07-01T01:00:00Z"}
        notice = (await staff.post("/api/v1/notices", json=later)).json()["id"]
        assert (await staff.post(f"/api/v1/notices/{notice}/publish")).status_code == 200
        placed = [
            (await place(staff, order(("COLA", 1), ("BEER", n), customer="K1" if n % 3 else "K2"))).json()["id"]
            for n in range(1, 9)
        ]
        for order_id in placed[::3]:
            assert (await staff.post(f"/api/v1/orders/{order_id}/cancel", json={})).status_code == 200
        counted = [{"warehouse": "main", "sku": "COLA", "quantity": "2"}]
        assert (await staff.post("/api/v1/stock/counts", json={"items": counted})).status_code == 201
        expected = {"code": "PO", "sku": "BEER", "warehouse": "main", "quantity": "99", "expected_on": "2026-07-20"}
        assert (await staff.put("/api/v1/expected-supply", json={"items": [expected]})).status_code == 200
        assert (await staff.post(f"/api/v1/orders/{placed[-1]}/promise")).json()["lines"] != []
        received = {"warehouse": "main", "lines": [{"sku": "BEER", "quantity": "100"}]}
        assert (await staff.post("/api/v1/goods-receipts", json={"items": [received]})).status_code == 201
        await _changed_minds(staff, placed[1], placed[2])
        async with client(here.url, await shop.with_key_of("dealer_admin", "K1")) as dealer:
            await _dealers(staff, dealer, shop.database.clock())
        await _approvals(staff, shop, here.url)
    await _of_old(shop)


async def _of_old(shop: Shop) -> None:
    """An order taken over from the books before, and goods that came back then."""
    long_ago = History("OLD-1", datetime(2020, 1, 1, tzinfo=UTC), True, (Decimal(0),))
    old = Placement(OrderRequest("K2", [line("BEER", 2, price="3")]), BY, history=long_ago)
    (outcome,) = await shop.database.run(shop.world.tenant.id, lambda tx: place_orders(tx, [old]))
    assert outcome.body is not None
    at, beer = datetime(2020, 1, 9, tzinfo=UTC), shop.world.skus["BEER"]
    back = HistoricalReturn(
        new_id(), "C-1", 1, shop.world.customers["K2"], beer, "瓶", Decimal(1), Decimal(1), "CNY", Decimal(3),
        Decimal(3), at,
    )  # fmt: skip
    async with shop.database.transaction(shop.world.tenant.id) as tx:
        await record_returns(
            tx, returns=[back], warehouse_id=shop.world.warehouses["main"], untracked=frozenset(), by=BY
        )


async def _agreement(staff: httpx.AsyncClient) -> None:
    """Who buys for more than ten in a year gets two in a hundred back."""
    terms = {"code": "YEAR", "name": "年度返利", "measure": "gross", "period": "year", "valid_from": "2020-01-01"}
    item = terms | {"steps": [{"from": "10", "value": "2"}], "active": True}
    answer = await staff.put("/api/v1/rebates/agreements", json={"items": [item]})
    assert answer.status_code == 200, answer.text


async def _dealers(staff: httpx.AsyncClient, dealer: httpx.AsyncClient, now: datetime) -> None:
    """An order held, paid for and let go; a change refused; goods proposed; a colleague asked."""
    placed = (await place(staff, order(("GIFT", 3), customer="K1"))).json()
    ours, theirs = f"/api/v1/orders/{placed['id']}", f"/portal/v1/orders/{placed['id']}"
    await _done(staff, f"{ours}/hold", {"reason": "manual"})
    await _done(staff, f"{ours}/release", {})
    paper = (await dealer.post(f"{theirs}/files", content=b"%PDF-1.4 ICBC")).json()["sha256"]
    day = (now - timedelta(days=1)).date().isoformat()
    slip = {"amount": "3.00", "paid_on": day, "payer": "K1", "sha256": paper, "name": "回单.pdf"}
    sent = await _done(dealer, f"{theirs}/slips", slip, 201)
    await _done(staff, f"/api/v1/slips/{sent['id']}/confirm", {})
    change = {"revision": (await staff.get(ours)).json()["revision"], "lines": [{"line_no": 1, "quantity": "9"}]}
    asked = await _done(dealer, f"{theirs}/amendments", change, 201)
    await _done(staff, f"{ours}/amendments/{asked['id']}/reject", {"reason": "本月无货"})
    draft = await _done(staff, "/api/v1/drafts", {"customer": "K1", "lines": [{"sku": "GIFT", "quantity": "2"}]}, 201)
    await _done(staff, f"/api/v1/drafts/{draft['id']}/propose", {})
    rule = "/portal/v1/settings/consent"
    read = await dealer.get(rule)
    kept = await dealer.put(rule, json={"active": True}, headers={"if-match": read.headers["etag"]})
    assert kept.status_code == 200, kept.text
    lines = {"changes": [{"sku": "GIFT", "quantity": "4", "unit": "瓶"}]}
    cart = (await dealer.put("/portal/v1/cart/lines", json=lines)).json()
    await _done(dealer, f"/portal/v1/drafts/{cart['id']}/ask", {"revision": cart["revision"]})


async def _done(who: httpx.AsyncClient, path: str, body: object, status: int = 200) -> dict[str, str]:
    answer = await who.post(path, json=body)
    assert answer.status_code == status, answer.text
    said: dict[str, str] = answer.json()
    return said


async def _changed_minds(staff: httpx.AsyncClient, amended: str, closed: str) -> None:
    """An order grows, of another the rest is not to come; who is served first, and what is agreed for the year."""
    first = [{"kind": "customer", "code": "K1", "priority": 10}]
    answer = await staff.put("/api/v1/allocation-priorities", json={"items": first})
    assert answer.status_code == 200, answer.text
    lines = [{"line_no": 1, "quantity": "2"}]
    answer = await staff.post(f"/api/v1/orders/{amended}/amendments", json={"revision": 1, "lines": lines})
    assert answer.status_code == 201, answer.text
    answer = await staff.post(f"/api/v1/orders/{closed}/short-close", json={"reason": "不再需要"})
    assert answer.status_code == 200, answer.text
    agreed = {"sku": "COLA", "quantity": "10", "price": "2"}
    year = {"name": "年度", "valid_from": "2026-01-01", "valid_until": "2027-12-31"}
    blanket = await staff.post("/api/v1/blanket-orders", json={"customer": "K1", "lines": [agreed], **year})
    assert blanket.status_code == 201, blanket.text
    answer = await staff.post(f"/api/v1/blanket-orders/{blanket.json()['id']}/activate", json={})
    assert answer.status_code == 200, answer.text


async def _approvals(staff: httpx.AsyncClient, shop: Shop, url: str) -> None:
    """Two orders that have to be approved: one is, one is forgotten until its time is over."""
    boss = await shop.with_another_key()
    step = {"name": "老板", "approvers": [{"by": "role", "code": "owner"}], "due_hours": 1}
    policy = {"code": "long", "subject_kind": "order", "name": "三行", "condition": "lines > 2", "steps": [step]}
    answer = await staff.put("/api/v1/approval-policies", json={"items": [policy | {"expires_hours": 20}]})
    assert answer.status_code == 200, answer.text
    for _ in range(2):
        placed = (await place(staff, order(("COLA", 1), ("BEER", 1), ("GIFT", 1), customer="K2"))).json()
        assert placed["state"] == "pending_approval"
    (first, _) = await shop.rows("select id from approval_request where tenant_id = $1 order by id")
    async with client(url, boss) as other:
        decided = await other.post(f"/api/v1/approvals/{first['id']}/decide", json={"verdict": "approve"})
        assert decided.status_code == 200, decided.text
