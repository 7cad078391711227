"""What dealers are told of their orders: what others did, for the company they act for."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.callers import Staff, staff
from tests.portal.conftest import AsDealer
from tests.portal.shop import change, order
from tests.support import Tenant

from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow

__all__ = ["staff"]

INBOX = "/portal/v1/inbox"


async def told(client: httpx.AsyncClient) -> list[tuple[str, str, str]]:
    found = (await client.get(INBOX)).json()["items"]
    return [(each["kind"], each["title"], each["body"]) for each in found]


async def test_what_the_seller_did_is_told_and_what_they_did_themselves_is_not(
    owner: httpx.AsyncClient, buyer: httpx.AsyncClient, as_dealer: AsDealer, database: Database, tenant: Tenant
) -> None:
    stranger, receiver = await as_dealer("dealer_admin", "D2"), await as_dealer("dealer_receiver", "D1")
    own = await order(buyer, change("WATER", "2"))
    assert (await buyer.post(f"/portal/v1/orders/{own['id']}/cancel", json={"reason": "订错了"})).is_success
    await drain(database, tenant.id, BY_KIND)
    assert await told(buyer) == []

    placed = await order(buyer, change("WATER", "3"))
    number, where = placed["number"], f"/api/v1/orders/{placed['id']}"
    held = await owner.post(f"{where}/hold", json={"reason": "manual", "note": "内部备注"})
    assert held.is_success, held.text
    await drain(database, tenant.id, BY_KIND)
    assert await told(buyer) == [("orders.held", f"订单 {number} 暂缓发货", "")]
    assert (await owner.post(f"{where}/release", json={})).is_success
    await drain(database, tenant.id, BY_KIND)
    assert (await owner.post(f"{where}/cancel", json={"reason": "停产"})).is_success
    await drain(database, tenant.id, BY_KIND)
    assert await told(buyer) == [
        ("orders.cancelled", f"订单 {number} 已取消", "停产"),
        ("orders.hold_lifted", f"订单 {number} 恢复发货", ""),
        ("orders.held", f"订单 {number} 暂缓发货", ""),
    ]
    assert await told(stranger) == await told(receiver) == []
    # Told again, it is told once.
    await drain(database, tenant.id, BY_KIND)
    assert (await buyer.get(f"{INBOX}/count")).json() == {"unread": 3}
    [newest, *_] = (await buyer.get(INBOX, params={"unread": True})).json()["items"]
    assert newest["link"] == f"order:{placed['id']}"
    assert (await stranger.post(f"{INBOX}/read", json={"ids": [newest["id"]]})).json() == {"unread": 0}
    assert (await buyer.get(f"{INBOX}/count")).json() == {"unread": 3}
    assert (await buyer.post(f"{INBOX}/read", json={"ids": [newest["id"]]})).json() == {"unread": 2}
    assert (await buyer.post(f"{INBOX}/read", json={"all": True})).json() == {"unread": 0}
    assert (await buyer.post(f"{INBOX}/read", json={})).status_code == 422


async def test_an_order_entered_for_them_and_a_proposal(
    owner: httpx.AsyncClient, buyer: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    lines: list[dict[str, Any]] = [{"sku": "WATER", "quantity": "5"}]
    draft = (await owner.post("/api/v1/drafts", json={"customer": "D1", "lines": lines})).json()
    assert (await owner.post(f"/api/v1/drafts/{draft['id']}/propose", json={"message": "月底补货"})).is_success
    await drain(database, tenant.id, BY_KIND)
    [(kind, title, body)] = await told(buyer)
    assert (kind, body) == ("proposal.new", "月底补货")
    assert title.endswith("为您准备了一张建议单")


async def test_messages_belong_to_the_company_acted_for(
    owner: httpx.AsyncClient, buyer: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    placed = await order(buyer, change("WATER", "3"))
    assert (await owner.post(f"/api/v1/orders/{placed['id']}/cancel", json={"reason": "停产"})).is_success
    await drain(database, tenant.id, BY_KIND)
    assert len(await told(buyer)) == 1
    async with database.transaction(tenant.id) as tx:
        await tx.write(
            "update message m set customer_id = c.id from customer c "
            "where m.tenant_id = $1 and c.tenant_id = $1 and c.code = 'D2'"
        )
    assert await told(buyer) == []
    assert (await buyer.get(f"{INBOX}/count")).json() == {"unread": 0}


async def comes(owner: httpx.AsyncClient, days: int, **more: Any) -> str:
    """A hundred teas are expected so many days from now."""
    day = (datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=days)).isoformat()
    expected = {"code": "PO/1", "sku": "JASMINE", "warehouse": "MAIN", "quantity": "100", "expected_on": day}
    saved = await owner.put("/api/v1/expected-supply", json={"items": [expected | more]})
    assert saved.is_success, saved.text
    return day


async def test_another_day_for_what_is_waited_for_is_told_once_for_an_order(
    owner: httpx.AsyncClient, buyer: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    first = await comes(owner, 5)
    placed = await order(buyer, change("JASMINE", "20", "瓶"), change("JASMINE", "1", "箱"))
    number, again = placed["number"], f"/api/v1/orders/{placed['id']}/promise"
    await drain(database, tenant.id, BY_KIND)
    assert await told(buyer) == []
    # Nothing moved; then twice, before anybody is told.
    assert (await owner.post(again)).is_success
    await comes(owner, 7)
    assert (await owner.post(again)).is_success
    later = await comes(owner, 9)
    assert (await owner.post(again)).is_success
    await drain(database, tenant.id, BY_KIND)
    body = f"茉莉花茶：{first} → {later}"
    assert await told(buyer) == [
        ("orders.repromised", f"订单 {number} 的 2 行预计到货推迟", f"{body}\n{body}"),
    ]
    await comes(owner, 8)
    assert (await owner.post(again)).is_success
    await comes(owner, 9)
    assert (await owner.post(again)).is_success
    await drain(database, tenant.id, BY_KIND)
    assert len(await told(buyer)) == 1
    sooner = await comes(owner, 6)
    assert (await owner.post(again)).is_success
    await drain(database, tenant.id, BY_KIND)
    newest = (await buyer.get(INBOX)).json()["items"][0]
    assert (newest["title_en"], newest["link"]) == (
        f"2 lines of order {number} will come sooner",
        f"order:{placed['id']}",
    )
    assert sooner in newest["body_en"]


async def test_who_answers_for_the_dealer_is_told_too_when_days_move_by_themselves(
    owner: httpx.AsyncClient, buyer: httpx.AsyncClient, staff: Staff, database: Database, tenant: Tenant
) -> None:
    sales = await staff("sales")
    me = (await sales.get("/api/v1/me")).json()
    async with database.transaction(tenant.id) as tx:
        await tx.write(
            """update customer c set name_en = 'First Dealer', owner_id = k.user_id from api_key k
            where c.tenant_id = $1 and c.code = 'D1' and k.tenant_id = $1 and k.id = $2""",
            me["id"],
        )
        name = (await tx.fetch("select name from customer where tenant_id = $1 and code = 'D1'"))[0]["name"]

    async def messages() -> list[tuple[str, str, str]]:
        found = (await sales.get("/api/v1/inbox")).json()["items"]
        return [(each["title"], each["title_en"], each["body"]) for each in found]

    first = await comes(owner, 5)
    placed = await order(buyer, change("JASMINE", "20", "瓶"))
    number = placed["number"]
    later = await comes(owner, 7)
    await drain(database, tenant.id, BY_KIND)
    said = f"订单 {number} 的 1 行预计到货推迟"
    body = f"茉莉花茶：{first} → {later}"
    assert await told(buyer) == [("orders.repromised", said, body)]
    assert await messages() == [(f"{name}：{said}", f"First Dealer: 1 line of order {number} will come later", body)]
    # What they move themselves they know.
    await comes(owner, 7, state="cancelled")
    assert (await sales.post(f"/api/v1/orders/{placed['id']}/promise")).is_success
    await drain(database, tenant.id, BY_KIND)
    assert (await told(buyer))[0] == ("orders.repromised", said, f"茉莉花茶：{later} → 未定")
    assert len(await messages()) == 1
    known = await comes(owner, 9, state="expected")
    await drain(database, tenant.id, BY_KIND)
    said = f"订单 {number} 的 1 行预计到货日期已定"
    assert (await told(buyer))[0] == ("orders.repromised", said, f"茉莉花茶：{known}")
    assert (await messages())[0] == (
        f"{name}：{said}",
        f"First Dealer: 1 line of order {number} will come on a day that is known now",
        f"茉莉花茶：{known}",
    )
