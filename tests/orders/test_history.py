"""Plain history takes a way of its own through pricing and writing: it has to write what the usual way writes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from tests.orders.asking import ask, codes, line, placed, wanted
from tests.support import make_tenant
from tests.world import World, make_world, traces

from dinghuo.entry.invariants import broken_invariants
from dinghuo.kit.database import Database
from dinghuo.orders import prepare
from dinghuo.orders.requests import History, Placement

MOMENT = datetime(2011, 3, 4, 9, 30, tzinfo=UTC)
_WRITTEN = (
    """select o.number, o.state, o.net, o.tax, o.gross, o.line_count, l.line_no, l.sku_code, l.sku_name, l.unit,
      l.quantity, l.base_quantity, l.list_price, l.deal_price, l.price_reason, l.tax_inclusive, l.tax_rate,
      l.net as line_net, l.tax as line_tax, l.gross as line_gross, l.unit_cost, l.requested_date, l.note, l.released,
      l.shipped, l.returned, l.cancelled
    from sales_order o join order_line l on l.tenant_id = $1 and l.order_id = o.id
    where o.tenant_id = $1 order by o.number, l.line_no""",
    """select m.at, m.kind, k.code as sku, w.code as warehouse, m.quantity, m.document_kind, o.number, m.line_no
    from stock_move m
    join sku k on k.tenant_id = $1 and k.id = m.sku_id
    join warehouse w on w.tenant_id = $1 and w.id = m.warehouse_id
    left join sales_order o on o.tenant_id = $1 and o.id = m.document_id
    where m.tenant_id = $1 and m.kind = 'issue' order by o.number, m.line_no""",
    """select k.code as sku, w.code as warehouse, s.on_hand, s.reserved
    from stock s
    join sku k on k.tenant_id = $1 and k.id = s.sku_id
    join warehouse w on w.tenant_id = $1 and w.id = s.warehouse_id
    where s.tenant_id = $1 order by k.code, w.code""",
    "select bucket, verb, amount from account_entry where tenant_id = $1 order by amount, verb",
    "select subject_kind, action, changes from audit_entry where tenant_id = $1 order by changes::text",
)


def history(number: str, placement: Placement, *cancelled: int, inclusive: bool = True) -> Placement:
    taken = tuple(Decimal(quantity) for quantity in cancelled) or (Decimal(0),) * len(placement.request.lines)
    return msgspec.structs.replace(placement, history=History(number, MOMENT, inclusive, taken))


PLACEMENTS = (
    history("1", wanted("K1", line("COLA", 30, price="1.95"), line("GIFT", 4, price="2")), 10, 1),
    history(
        "2", wanted("K2", line("COLA", "1.5", price="0.333333"), line("COLA", 2, "瓶", price="0")), inclusive=False
    ),
    history("3", wanted("K2", line("COLA", 3, price="9.99")), 3),
    # Not plain, in the same batch: by the case.
    history("4", wanted("K2", line("COLA", 1, "箱", price="48"), line("COLA", 1, price="2")), 24, 0),
    history("5", wanted("K3", line("COLA", 7, price="2.345"))),
)


async def written(database: Database, world: World) -> list[list[dict[str, Any]]]:
    async with database.transaction(world.tenant.id) as tx:
        return [[dict(row) for row in await tx.fetch(sql)] for sql in _WRITTEN]


async def test_both_ways_write_the_same(database: Database, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = await ask(database, world.tenant.id, *PLACEMENTS)
    other = await make_world(database, await make_tenant(database))
    monkeypatch.setattr(prepare, "price_history", lambda *_: False)
    usual = await ask(database, other.tenant.id, *PLACEMENTS)
    assert [placed(each).number for each in quick] == ["1", "2", "3", "4", "5"]
    assert [placed(each).state for each in quick] == ["closed", "closed", "cancelled", "closed", "closed"]
    same = {"id": other.tenant.owner_id}
    assert [msgspec.structs.replace(placed(each), **same) for each in quick] == [
        msgspec.structs.replace(placed(each), **same) for each in usual
    ]
    assert await written(database, world) == await written(database, other)
    async with database.transaction(world.tenant.id) as tx:
        assert await broken_invariants(tx, world.tenant.id) == []


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (line("NOPE", 1, price="1"), ("unknown-sku", "lines[0].sku")),
        (line("COLA", 0, price="1"), ("bad-quantity", "lines[0].quantity")),
        (line("COLA", "0.0000001", price="1"), ("bad-quantity", "lines[0].quantity")),
        (line("COLA", 1, price="-1"), ("bad-price", "lines[0].price")),
        (line("COLA", 1, "桶", price="1"), ("unknown-unit", "lines[0].unit")),
        (line("COLA", 999_999_999_999, price="999999999999"), ("amount-too-large", "lines[0].quantity")),
        (line("NEW", 1), ("no-price", "lines[0].sku")),
    ],
)
async def test_what_is_wrong_with_history_is_said_and_nothing_is_written(
    database: Database, world: World, asked: Any, fault: tuple[str, str]
) -> None:
    before = await traces(database, world.tenant)
    (outcome,) = await ask(database, world.tenant.id, history("1", wanted("K2", asked)))
    assert codes(outcome) == [fault]
    assert await traces(database, world.tenant) == before
