"""Sheets of customers: terms in people's words, words made, contacts kept, heads before branches."""

from typing import Any

import pytest
from tests.integrations.order_book.running import rows_of
from tests.integrations.plain_sheets.sheets import tried, written
from tests.support import Tenant, contents

from dinghuo.integrations.plain_sheets import run
from dinghuo.integrations.plain_sheets.customers import payment_terms
from dinghuo.kit.database import Database

_CUSTOMERS = """
select c.code, c.name, t.name, r.name, p.code, c.payment_terms, c.payment_days
from customer c
left join tier t on t.tenant_id = $1 and t.id = c.tier_id
left join region r on r.tenant_id = $1 and r.id = c.region_id
left join customer p on p.tenant_id = $1 and p.id = c.parent_id
where c.tenant_id = $1 order by c.code
"""
_CONTACTS = "select name, mobile, is_main from contact where tenant_id = $1 order by name"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("先款后货", ("prepaid", None)),
        ("现结", ("prepaid", None)),
        ("货到付款", ("on_delivery", None)),
        ("月结", ("monthly", None)),
        ("月结 30 天", ("monthly", 30)),
        ("账期60天", ("credit_days", 60)),
        ("45天", ("credit_days", 45)),
        ("Net 30", ("credit_days", 30)),
        ("30 days", ("credit_days", 30)),
        ("COD", ("on_delivery", None)),
        ("看心情", None),
    ],
)
def test_payment_terms_as_people_write_them(text: str, terms: Any) -> None:
    assert payment_terms(text) == terms


async def test_words_are_made_and_heads_come_first(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "SLICE", 1)
    sheet = (
        "客户编码,客户名称,等级,区域,上级客户,付款方式",
        "D2,分店,一级,华东,D1,",
        "D3,孙店,一级,,D2,月结30天",
        "D1,总店,二级,华东,,先款后货",
        "D4,别店,,,D9,",
    )
    before = await contents(database, tenant)
    report, faults = await tried(database, tenant, "customers", *sheet)
    assert await contents(database, tenant) == before
    assert (report.created, report.also_created, faults) == (3, {"tier": 2, "region": 1}, [(5, "unknown-code")])
    done, faults = await written(database, tenant, "customers", *sheet)
    assert (done.created, done.also_created, faults) == (3, {"tier": 2, "region": 1}, [(5, "unknown-code")])
    assert await rows_of(database, tenant, _CUSTOMERS) == [
        ("D1", "总店", "二级", "华东", None, "prepaid", 0),
        ("D2", "分店", "一级", "华东", "D1", "prepaid", 0),
        ("D3", "孙店", "一级", None, "D2", "monthly", 30),
    ]


async def test_without_leave_nothing_is_made(database: Database, tenant: Tenant) -> None:
    report, faults = await written(
        database, tenant, "customers", "客户编码,客户名称,等级", "D1,甲,一级", "D2,乙,", make=False
    )
    assert (report.created, report.also_created, faults) == (1, {}, [(2, "unknown-code")])


async def test_a_word_is_found_by_its_name(database: Database, tenant: Tenant) -> None:
    await written(database, tenant, "customers", "客户编码,客户名称,等级", "D1,甲,一级")
    async with database.transaction(tenant.id) as tx:
        await tx.write("update tier set code = 'T1' where tenant_id = $1")
    report, _ = await written(database, tenant, "customers", "客户编码,客户名称,等级", "D2,乙,一级", "D3,丙,T1")
    assert (report.created, report.also_created) == (2, {})


async def test_contacts_beside_that_of_the_row_stay(database: Database, tenant: Tenant) -> None:
    header = "客户编码,客户名称,联系人,手机,地址"
    await written(database, tenant, "customers", header, "D1,甲,王芳,1380000,西湖路 1 号")
    report, _ = await written(database, tenant, "customers", header, "D1,甲,李明,1390000,西湖路 1 号")
    assert report.updated == 1
    await written(database, tenant, "customers", header, "D1,甲,王芳,1381111,")
    assert await rows_of(database, tenant, _CONTACTS) == [("李明", "1390000", False), ("王芳", "1381111", True)]
    assert len(await rows_of(database, tenant, "select 1 from address where tenant_id = $1")) == 2
    again, _ = await written(database, tenant, "customers", header, "D1,甲,王芳,1381111,")
    assert (again.updated, again.unchanged) == (0, 1)


async def test_names_stand_in_for_codes_where_there_are_none(database: Database, tenant: Tenant) -> None:
    report, faults = await written(database, tenant, "customers", "客户名称,国家", "甲店,中国", "乙店,火星")
    assert (report.created, faults) == (1, [(3, "sheet-unknown-country")])
    assert [row[0] for row in await rows_of(database, tenant, _CUSTOMERS)] == ["甲店"]
    report, faults = await tried(database, tenant, "customers", "客户编码,客户名称", ",丙店", "D1,丁店")
    assert (report.created, faults) == (1, [(2, "cell-empty")])
