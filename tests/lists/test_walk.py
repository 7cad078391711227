"""What is walked page after page is what there is, each once, in order."""

from functools import partial
from typing import Any

import pytest
from tests.lists.fill import COMMON, fill
from tests.lists.pages import Read
from tests.support import make_tenant

from dinghuo.identity.principals import EVERYTHING, StaffPrincipal
from dinghuo.identity.queries import UserFilter, list_users
from dinghuo.inventory.queries import list_stock
from dinghuo.kit import walk
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id
from dinghuo.notices.readership import list_readers

pytestmark = pytest.mark.slow

_ROWS = 60


async def _all_of(tx: Tx, read: Any) -> tuple[list[Any], int]:
    """What all pages hold, and how many there were."""
    found: list[Any] = []
    cursor, pages = None, 0
    while cursor is not None or pages == 0:
        page = await read(tx, cursor=cursor, limit=4)
        found += page.items
        cursor, pages = page.cursor, pages + 1
        assert pages < 3 * _ROWS
    return found, pages


async def test_pages_of_a_walk_hold_what_there_is(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = await make_tenant(database)
    staff = StaffPrincipal(id=new_id(), tenant_id=tenant.id, name="p", scope=EVERYTHING, sees_price=True)
    reads: dict[str, Read] = {
        "users": partial(list_users, wanted=UserFilter(search="5")),
        "stock": partial(list_stock, short=True),
        "unread": partial(list_readers, notice_id=COMMON, seen_by=staff, read=False),
        "read": partial(list_readers, notice_id=COMMON, seen_by=staff, read=True),
    }
    async with database.transaction(tenant.id) as tx:
        await fill(tx, _ROWS)
        await tx.write(
            "update stock set reserved = on_hand + allowance where tenant_id = $1 and sku_id in "
            "(select id from sku where tenant_id = $1 and code like '%7')"
        )
        await tx.write(
            "delete from notice_read where tenant_id = $1 and user_id in "
            "(select id from app_user where tenant_id = $1 and login like '%3')"
        )
        for name, read in reads.items():
            monkeypatch.setattr(walk, "MOST", 10_000)
            at_once, few = await _all_of(tx, read)
            monkeypatch.setattr(walk, "MOST", 3)
            walked, many = await _all_of(tx, read)
            assert walked == at_once, name
            assert len(at_once) >= 5 and many > few, name
        await tx.connection.rollback()
