"""The guard knows tables from everything else that stands after a comma."""

import pytest

import dinghuo.entry.tables  # noqa: F401 - the tables the statements name
from dinghuo.kit.guard import LockOrder, UnsafeStatement, check_tenant


@pytest.mark.parametrize(
    "sql",
    [
        "select id from customer where tenant_id = $1",
        "insert into audit_entry (tenant_id, id) select $1, id, channel from unnest($2::uuid[]) c(id, channel)",
        "select c.id, channel, tier from sales_order c where c.tenant_id = $1 order by channel, tier",
        "update stock set on_hand = 1, reserved = 2 where tenant_id = $1 returning sku_id, stock.reserved",
        "with old as (select id from draft where tenant_id = $1) delete from old",
        "select 1",
        "set local lock_timeout = '3s'",
    ],
)
def test_what_names_its_tenant_passes(sql: str) -> None:
    check_tenant(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select id from customer",
        "select o.id from sales_order o, customer c where o.tenant_id = $1",
        "select o.id from sales_order o join customer c on c.id = o.customer_id where o.tenant_id = $1",
        "select id from unnest($1::uuid[]) as w(id), sku where sku.id = w.id",
        "update stock set on_hand = 0",
        "delete from draft",
        "set lock_timeout = '3s'",
    ],
)
def test_what_does_not_is_stopped(sql: str) -> None:
    with pytest.raises(UnsafeStatement):
        check_tenant(sql)


def test_rows_are_locked_in_one_order() -> None:
    order = LockOrder()
    order.check("select id from sales_order where tenant_id = $1 for no key update")
    order.check("update account set open = 0 where tenant_id = $1")
    order.check("update stock set reserved = 0 where tenant_id = $1")
    order.check("update account set open = 1 where tenant_id = $1")  # held already
    with pytest.raises(UnsafeStatement, match="order_line"):
        order.check("select 1 from order_line where tenant_id = $1 for update")
