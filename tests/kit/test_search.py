"""What people type finds what they mean, by index, under row-level security."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Text, Uuid, cast, column, select, values
from sqlalchemy.dialects import postgresql
from tests.support import Tenant, make_tenant

from dinghuo.kit import search
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.roles import Urls

KIND = "test"
_IDS = [new_id() for _ in range(4)]
_TEXTS = {
    _IDS[0]: ("NF-500-24", "农夫山泉 500ml", "Nongfu Spring Water", "6921168509256"),
    _IDS[1]: ("CQ01", "重庆小面", None),
    _IDS[2]: ("A1", "Coca-Cola 可口可乐", None),
    _IDS[3]: ("A10", "绿茶", None),
}


def test_tokens_of_a_code_and_of_latin_words() -> None:
    # What begins another token (nf, nf-500) is left out: the range that finds it finds the other.
    assert search.tokens(["NF-500-24"]) == {"nf-500-24", "nf50024", "500", "24"}
    assert search.tokens(["Coca-Cola  Light"]) == {"coca-cola", "cocacola", "cola", "light"}


def test_tokens_of_chinese() -> None:
    assert search.tokens(["重庆面"]) == {
        *("重庆", "庆面", "面"),
        *("chongqingmian", "qingmian", "mian"),
        *("cqm", "qm"),
    }


def test_full_width_and_case_are_one() -> None:
    assert search.tokens(["ＡＢＣ　１２３"]) == search.tokens(["abc 123"])
    assert search.terms("ＡＢＣ") == ("abc",)


def test_terms() -> None:
    assert search.terms("农夫山泉500 NF-5") == ("农夫", "夫山", "山泉", "500", "nf-5")
    assert search.terms("茶") == ("茶",)
    assert search.terms("  --- \x00") == ()
    assert len(search.terms(" ".join(str(n) for n in range(100)))) == 8


@given(st.text(max_size=30))
def test_a_text_is_found_by_itself(text: str) -> None:
    tokens = search.tokens([text])
    assert all(any(token.startswith(term) for token in tokens) for term in search.terms(text))


@given(st.text(alphabet="农夫山泉重庆绿茶ab1- ", min_size=1, max_size=12), st.integers(0, 11), st.integers(1, 12))
def test_a_text_is_found_by_any_run_of_its_characters_that_begins_a_word(text: str, start: int, length: int) -> None:
    part = text[start : start + length]
    if text[max(start - 1, 0) : start] in ("a", "b", "1") and part[:1] in ("a", "b", "1", "-"):
        return
    tokens = search.tokens([text])
    assert all(any(token.startswith(term) for token in tokens) for term in search.terms(part.strip("- ")))


async def found(tx: Tx, query: str) -> set[UUID]:
    token = search.search_token.c
    subjects = (
        select(token.subject_id.label("id"))
        .where(token.tenant_id == tx.tenant_id, token.kind == KIND)
        .distinct()
        .subquery()
    )
    rows = await tx.rows(select(subjects.c.id).where(*search.matches(tx.tenant_id, KIND, subjects.c.id, query)))
    return {row.id for row in rows}


def ids(*numbers: int) -> set[UUID]:
    return {_IDS[number] for number in numbers}


async def test_queries_find_records(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as tx:
        await search.file(tx, KIND, _TEXTS)
        for query, expected in {
            "nf-500-24": ids(0),
            "nf": ids(0),
            "500": ids(0),
            "6921168": ids(0),
            "NONGFU": ids(0),
            "nfsq": ids(0),
            "sq": ids(0),
            "shanquan": ids(0),
            "夫山": ids(0),
            "泉": ids(0),
            "山泉 water": ids(0),
            "山泉 cola": set(),
            "chongq": ids(1),
            "cqxm": ids(1),
            "cocacola": ids(2),
            "可乐": ids(2),
            "a1": ids(2, 3),
            "lvcha": ids(3),
            "茶绿": set(),
            "%": set(),
            "a_": set(),
        }.items():
            assert await found(tx, query) == expected, query


async def test_a_search_for_nothing_is_still_of_one_tenant(database: Database, tenant: Tenant) -> None:
    token = search.search_token.c
    async with database.transaction(tenant.id) as tx:
        await search.file(tx, KIND, _TEXTS)
        of_tenant = select(token.subject_id).where(token.tenant_id == tx.tenant_id)
        assert await tx.rows(of_tenant.where(*search.matches(tx.tenant_id, KIND, token.subject_id, "%"))) == []


async def test_filing_again_replaces(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as tx:
        await search.file(tx, KIND, _TEXTS)
        await search.file(tx, KIND, {_IDS[0]: ["X1", "可乐"]})
        assert await found(tx, "nf") == set()
        assert await found(tx, "x1") == ids(0)
        assert await found(tx, "可乐") == ids(0, 2)


async def test_nobody_finds_another_tenants(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as tx:
        await search.file(tx, KIND, _TEXTS)
    other = await make_tenant(database)
    async with database.transaction(other.id) as tx:
        assert await found(tx, "nf") == set()


async def test_rank_puts_codes_first(database: Database, tenant: Tenant) -> None:
    codes: Any = values(column("code", Text), name="codes").data([("A10",), ("B",), ("A1",), ("a1",)])
    async with database.transaction(tenant.id) as tx:
        rows = await tx.rows(select(codes.c.code).order_by(search.rank(codes.c.code, "A1"), codes.c.code))
    assert [row.code for row in rows] == ["A1", "a1", "A10", "B"]


def nodes(plan: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


@pytest.mark.slow
async def test_a_search_is_an_index_scan_for_the_application_role(
    database: Database, tenant: Tenant, database_urls: Urls
) -> None:
    """30,000 tokens of each of two tenants: no condition may fall back to reading them all."""
    other = await make_tenant(database)
    for one in (tenant, other):
        async with database.transaction(one.id) as tx:
            await tx.write(_MANY)
    owner = await asyncpg.connect(database_urls.owner)
    await owner.execute("analyze search_token")
    await owner.close()
    for query in ("t12345", "t12", "山泉", "t123 山泉", "t1 t12 t123 t1234"):
        bare = values(column("id", Uuid), name="subjects").data([(new_id(),)])
        hits = select(bare.c.id).where(*search.matches(tenant.id, KIND, cast(bare.c.id, Uuid), query))
        async with database.transaction(tenant.id) as tx:
            explained = await explain(tx, hits)
        scans = [node for node in nodes(explained) if node.get("Relation Name") == "search_token"]
        assert len(scans) == len(search.terms(query)), query
        assert {scan["Node Type"] for scan in scans} <= {"Index Scan", "Index Only Scan"}, (query, explained)
        assert all("token" in scan["Index Cond"] for scan in scans), (query, explained)


_MANY = """
insert into search_token (tenant_id, kind, token, subject_id)
select $1, 'test', case when n % 10 = 0 then '山泉' else 't' || n end, gen_random_uuid()
from generate_series(1, 30000) n
"""


async def explain(tx: Tx, statement: Any) -> dict[str, Any]:
    compiled = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    rows = (await tx.connection.exec_driver_sql(f"explain (format json) {compiled}")).all()
    plan: dict[str, Any] = (json.loads(rows[0][0]) if isinstance(rows[0][0], str) else rows[0][0])[0]["Plan"]
    return plan
