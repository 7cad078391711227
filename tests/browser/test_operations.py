"""What the worker could not do waits on a screen: tried again it is done, given up it is gone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from playwright.async_api import expect
from tests.browser.conftest import Shop, Visit
from tests.faults.serving import until

from dinghuo.kit.embedded import server
from dinghuo.kit.ids import new_id

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

_REACTION = "orders.file_for_search"
_PARK = """
with company as (select id from tenant where code = $1), made as (
  insert into outbox_event (tenant_id, id, kind, subject_id, data, created_at, due_at)
  select company.id, e, 'orders.confirmed', $3, '{}', now(), 'infinity' from company, unnest($2::uuid[]) e
  returning tenant_id, id
)
insert into outbox_mark (tenant_id, event_id, reaction, state, attempts, error, at)
select tenant_id, id, $4, 'parked', 12, E'Traceback\\nsearch: the index is being rebuilt', now() from made
"""
_STATES = "select event_id, state from outbox_mark where event_id = any($1::uuid[]) and reaction = $2"


async def park(shop: Shop, events: Sequence[UUID], order_id: str) -> None:
    """As if the reaction to these news of an order had failed for good."""
    assert shop.data is not None
    with server(shop.data) as held:
        connection: Any = await asyncpg.connect(held.admin_url("dinghuo"))
        await connection.execute(_PARK, shop.company, list(events), UUID(order_id), _REACTION)
        await connection.close()


async def states(shop: Shop, events: Sequence[UUID]) -> list[str]:
    assert shop.data is not None
    with server(shop.data) as held:
        connection: Any = await asyncpg.connect(held.admin_url("dinghuo"))
        found = {row["event_id"]: row["state"] for row in await connection.fetch(_STATES, list(events), _REACTION)}
        await connection.close()
    return [found[event] for event in events]


async def test_what_was_parked_is_tried_again_or_given_up(visit: Visit, shop: Shop) -> None:
    if shop.data is None:
        pytest.skip("DINGHUO_DEMO_DATA says where the running demo keeps its data")
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    page, events = boss.page, [new_id() for _ in range(3)]
    order = (await boss.ask("GET", "/api/v1/orders?limit=1"))["items"][0]
    await park(shop, events, order["id"])
    await boss.goto("/settings/operations")
    rows = page.locator("ul.card > li")
    await expect(rows).to_have_count(3)
    await rows.first.get_by_role("button", name="详情").click()
    await boss.look("console-operations")
    await boss.accessible()
    await rows.nth(0).get_by_role("button", name=f"重试 {_REACTION}").click()
    await expect(rows).to_have_count(2)
    await rows.nth(0).get_by_role("checkbox").check()
    await page.locator(".bulk .el-button--primary").click()
    await expect(rows).to_have_count(1)
    await rows.nth(0).get_by_role("button", name=f"放弃 {_REACTION}").click()
    await boss.look("console-operations-drop")
    await page.locator(".el-dialog:visible .el-button--danger").click()
    await expect(rows).to_have_count(0)

    async def is_done() -> bool:
        return (await states(shop, events))[:2] == ["done", "done"]

    await until(is_done)
    assert await states(shop, events) == ["done", "done", "dropped"]
