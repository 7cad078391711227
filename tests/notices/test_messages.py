"""One's own messages: told once, read by whom they are for."""

from functools import partial
from uuid import UUID

from tests.conftest import AsRole
from tests.support import Tenant, key_of, make_user

from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id
from dinghuo.notices.messages import Note, send


async def test_each_reads_their_own(as_role: AsRole, database: Database, tenant: Tenant) -> None:
    li, wang = await as_role("sales", login="li"), await as_role("sales", login="wang")
    group = new_id()
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch("select id, login from app_user where tenant_id = $1 and login in ('li', 'wang')")
    ids: dict[str, UUID] = {row["login"]: row["id"] for row in rows}
    note = Note(
        group_id=group, users=[ids["li"], ids["wang"], ids["li"]], kind="order.paid", title="已付款", title_en="Paid",
        body="甲", body_en="A", link=f"order:{group}",
    )  # fmt: skip
    for _ in range(2):
        await database.run(tenant.id, partial(send, notes=[note]))
    more = Note(group_id=new_id(), users=[ids["li"]], kind="x", title="二", title_en="Two")
    await database.run(tenant.id, partial(send, notes=[more]))
    items = (await li.get("/api/v1/inbox")).json()["items"]
    assert [(item["title"], item["read_at"]) for item in items] == [("二", None), ("已付款", None)]
    assert items[1]["link"] == f"order:{group}"
    assert (await wang.get("/api/v1/inbox/count")).json() == {"unread": 1}
    # Another's is passed over.
    assert (await wang.post("/api/v1/inbox/read", json={"ids": [items[0]["id"]]})).json() == {"unread": 1}
    assert (await li.post("/api/v1/inbox/read", json={"ids": [items[0]["id"]]})).json() == {"unread": 1}
    unread = (await li.get("/api/v1/inbox", params={"unread": True})).json()["items"]
    assert [item["title"] for item in unread] == ["已付款"]
    assert (await li.post("/api/v1/inbox/read", json={})).status_code == 422
    assert (await li.post("/api/v1/inbox/read", json={"all": True})).json() == {"unread": 0}
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch(
            "select count(*) as n from outbox_event where tenant_id = $1 and kind = 'notices.messaged'"
        )
    assert rows[0]["n"] == 2


async def test_a_page_at_a_time(as_role: AsRole, database: Database, tenant: Tenant) -> None:
    login = await make_user(database, tenant, "sales", login="zhao")
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch("select id from app_user where tenant_id = $1 and login = $2", login)
        notes = [
            Note(group_id=new_id(), users=[rows[0]["id"]], kind="x", title=str(n), title_en=str(n)) for n in range(5)
        ]
        await send(tx, notes)
    token = await key_of(database, tenant, login)
    client = await as_role("sales")
    client.headers["authorization"] = f"Bearer {token.text()}"
    seen, cursor = [], None
    while True:
        page = (
            await client.get("/api/v1/inbox", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [item["title"] for item in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]
