"""What dealers see: what is for them, while it holds, in their language; and that they have read it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.notices.conftest import PDF, PNG, Ask, published, titles, written
from tests.support import Tenant

from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow


async def test_a_notice_reaches_those_it_is_for(owner: httpx.AsyncClient, as_dealer: Ask) -> None:
    for title, audience in {
        "全部": [{"kind": "everyone"}],
        "华东": [{"kind": "region", "code": "EAST"}],
        "金牌": [{"kind": "tier", "code": "GOLD"}],
        "大客户": [{"kind": "channel", "code": "KA"}],
        "指名": [{"kind": "customer", "code": "N"}],
        "几类": [{"kind": "tier", "code": "GOLD"}, {"kind": "customer", "code": "N"}],
    }.items():
        await published(owner, title=title, audience=audience)
    east, hangzhou, north = await as_dealer("E"), await as_dealer("H"), await as_dealer("N")
    assert await titles(east) == ["几类", "金牌", "华东", "全部"]
    assert await titles(hangzhou) == ["大客户", "华东", "全部"]
    assert await titles(north) == ["几类", "指名", "全部"]
    both = await as_dealer("E", "N")
    customers = {c["code"]: c["id"] for c in (await both.get("/portal/v1/me")).json()["customers"]}
    both.headers["x-customer"] = customers["N"]
    assert await titles(both) == ["几类", "指名", "全部"]


async def test_drafts_withdrawn_and_those_of_another_time_are_not_shown(
    owner: httpx.AsyncClient, as_dealer: Ask
) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    dealer = await as_dealer("E")
    draft = await written(owner, title="草稿")
    later = await published(owner, title="明天", valid_from=tomorrow)
    until = await published(owner, title="到明天", valid_until=tomorrow)
    gone = await published(owner, title="撤回")
    await owner.post(f"/api/v1/notices/{gone['id']}/withdraw")
    assert later["phase"] == "scheduled"
    assert await titles(dealer) == ["到明天"]
    for id in (draft["id"], later["id"], gone["id"]):
        assert (await dealer.get(f"/portal/v1/notices/{id}")).status_code == 404
        assert (await dealer.post(f"/portal/v1/notices/{id}/read")).status_code == 404
    assert (await dealer.get(f"/portal/v1/notices/{until['id']}")).status_code == 200


async def test_a_scheduled_notice_is_news_when_its_moment_comes(
    owner: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    shown = await published(owner, valid_from=soon)

    async def kinds() -> list[str]:
        async with database.transaction(tenant.id) as tx:
            sql = "select kind from outbox_event where tenant_id = $1 and subject_id = $2 order by id"
            rows = await tx.fetch(sql, shown["id"])
        return [row["kind"] for row in rows]

    assert await kinds() == ["notices.show_due"]
    await drain(database, tenant.id, BY_KIND)
    assert await kinds() == ["notices.show_due"]
    async with database.transaction(tenant.id) as tx:
        past = "update notice set shown_at = now() - interval '1 minute', valid_from = null where tenant_id = $1"
        await tx.write(past)
        await tx.write("update outbox_event set due_at = now() where tenant_id = $1 and kind = 'notices.show_due'")
    await drain(database, tenant.id, BY_KIND)
    assert await kinds() == ["notices.show_due", "notices.published"]


async def test_pinned_ones_first_then_the_newest_page_by_page(owner: httpx.AsyncClient, as_dealer: Ask) -> None:
    for title, pinned in (("甲", False), ("乙", True), ("丙", False), ("丁", True)):
        await published(owner, title=title, pinned=pinned)
    dealer = await as_dealer("E")
    first = (await dealer.get("/portal/v1/notices", params={"limit": 3})).json()
    rest = (await dealer.get("/portal/v1/notices", params={"limit": 3, "cursor": first["cursor"]})).json()
    assert [item["title"] for item in first["items"] + rest["items"]] == ["丁", "乙", "丙", "甲"]
    assert rest["cursor"] is None


async def test_reading_it_is_remembered_and_counted(owner: httpx.AsyncClient, as_dealer: Ask, as_staff: Ask) -> None:
    east = [{"kind": "region", "code": "EAST"}]
    one = await published(owner, title="须读", must_read=True, audience=east)
    two = await published(owner, title="随便")
    wang, li = await as_dealer("E", login="wang"), await as_dealer("H", login="li")
    await as_dealer("N", login="zhao")
    unread = (await wang.get("/portal/v1/notices/unread")).json()
    assert (unread["count"], [item["title"] for item in unread["must_read"]]) == (2, ["须读"])
    assert await titles(wang, unread=True) == ["随便", "须读"]
    for _ in range(2):
        assert (await wang.post(f"/portal/v1/notices/{one['id']}/read")).status_code == 204
    assert await titles(wang, unread=True) == ["随便"]
    assert (await wang.get("/portal/v1/notices/unread")).json() == {"count": 1, "must_read": []}
    assert (await li.get("/portal/v1/notices/unread")).json()["count"] == 2
    path = f"/api/v1/notices/{one['id']}"
    counted = (await owner.get(f"{path}/readership")).json()
    assert counted == {"customers": 2, "customers_read": 1, "users": 2, "users_read": 1}
    everyone = (await owner.get(f"/api/v1/notices/{two['id']}/readership")).json()
    assert everyone == {"customers": 3, "customers_read": 0, "users": 3, "users_read": 0}
    first = (await owner.get(f"{path}/readers", params={"limit": 1})).json()
    rest = (await owner.get(f"{path}/readers", params={"cursor": first["cursor"]})).json()
    told = [(item["customer"]["code"], item["user"]["code"], item["read_at"] is not None)
            for item in first["items"] + rest["items"]]  # fmt: skip
    assert told == [("E", "wang", True), ("H", "li", False)]
    missing = (await owner.get(f"{path}/readers", params={"read": False})).json()
    assert [item["user"]["code"] for item in missing["items"]] == ["li"]
    seller = await as_staff("sales")
    assert (await seller.get(f"{path}/readership")).json() == {
        "customers": 0,
        "customers_read": 0,
        "users": 0,
        "users_read": 0,
    }


async def test_a_dealer_reads_it_in_their_language_with_its_files(owner: httpx.AsyncClient, as_dealer: Ask) -> None:
    picture = (await owner.post("/api/v1/notices/files", content=PNG)).json()["sha256"]
    policy = (await owner.post("/api/v1/notices/files", content=PDF)).json()["sha256"]
    shown = await published(
        owner,
        title="返利",
        title_en="Rebates",
        body="第一行\n\n第二行",
        picture=picture,
        attachments=[{"sha256": policy, "name": "政策.pdf"}],
        audience=[{"kind": "customer", "code": "E"}],
    )
    dealer, other = await as_dealer("E"), await as_dealer("N")
    path = f"/portal/v1/notices/{shown['id']}"
    whole = (await dealer.get(path)).json()
    assert (whole["title"], whole["summary"], whole["body"]) == ("返利", "第一行 第二行", "第一行\n\n第二行")
    english = (await dealer.get(path, headers={"accept-language": "en"})).json()
    assert (english["title"], english["body"]) == ("Rebates", "第一行\n\n第二行")
    assert (await dealer.get(f"{path}/files/{picture}")).content == PNG
    assert (await dealer.get(f"{path}/files/{policy}")).headers["content-disposition"].startswith("attachment")
    assert (await dealer.get(f"{path}/files/{'0' * 64}")).status_code == 404
    assert (await other.get(f"{path}/files/{picture}")).status_code == 404
    banner = await published(owner, kind="banner", title="大促", picture=picture, link="category:TEA")
    assert (await dealer.get("/portal/v1/banners")).json() == [
        {"id": banner["id"], "title": "大促", "picture": picture, "link": "category:TEA"}
    ]
    assert await titles(dealer) == ["返利"]
