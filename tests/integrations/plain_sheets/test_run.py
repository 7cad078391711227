"""Slices: refusals without a row are found by halves, and people wait for no more than a slice."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.integrations.plain_sheets.sheets import CLERK, marks, read
from tests.support import Tenant

from dinghuo.integrations.plain_sheets import run, run_sheet
from dinghuo.integrations.plain_sheets.customers import CUSTOMERS
from dinghuo.integrations.plain_sheets.kind import Written
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Message, Refused

TOO_MUCH = Message("test-too-much", "太多", "Too much")


async def test_a_refusal_that_names_no_row_is_found_by_halves(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "SLICE", 5)
    calls = []

    async def write(_tx: Tx, items: Sequence[Any], _by: Actor, _make: bool) -> Written:
        codes = [item.code for item in items]
        if {"C3", "C8"} & set(codes):
            raise Refused(TOO_MUCH("items"))
        calls.append(codes)
        return Written(len(items), 0, 0)

    book = await read(database, tenant, "customers", "客户编码,客户名称", *(f"C{n},{n}" for n in range(12)))
    book = replace(book, kind=replace(CUSTOMERS, write=write))
    told = await run_sheet(database, tenant.id, book, by=CLERK)
    assert (told.created, told.lines_set_aside, marks(book)) == (10, 2, [(5, "test-too-much"), (10, "test-too-much")])
    assert [codes for codes in calls if len(codes) > 2] == [["C0", "C1", "C2", "C4"], ["C5", "C6", "C7", "C9"]]


async def test_progress_counts_the_rows(database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SLICE", 2)
    book = await read(database, tenant, "customers", "客户编码,客户名称", *(f"C{n},{n}" for n in range(5)))
    seen: list[tuple[str, int, int]] = []
    await run_sheet(database, tenant.id, book, by=CLERK, progress=lambda *told: seen.append(told))
    assert seen == [("write", done, 5) for done in (0, 2, 4, 5)]
