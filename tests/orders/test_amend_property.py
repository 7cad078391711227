"""After any series of amendments an order holds what placing its final lines would, and its sums are its lines'."""

from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.orders.asking import BY, ask, line, placed, wanted
from tests.support import key_of, make_user, principal_of
from tests.world import World

from dinghuo.entry.invariants import broken_invariants
from dinghuo.identity.principals import Principal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.orders.amend import amend
from dinghuo.orders.amend_request import AmendRequest, LineChange
from dinghuo.orders.cancel import cancel

SKUS = ("COLA", "BEER", "GIFT")
QUANTITY = st.integers(1, 30)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("quantity"), st.integers(0, 4), QUANTITY),
        st.tuples(st.just("remove"), st.integers(0, 4), st.just(0)),
        st.tuples(st.just("add"), st.integers(0, 2), QUANTITY),
        st.tuples(st.just("case"), st.integers(0, 4), st.integers(1, 3)),
    ),
    min_size=1,
    max_size=3,
)


def request_of(changes: list[tuple[str, int, int]], numbers: list[int], revision: int) -> AmendRequest | None:
    """The changes as an amendment of an order with these lines, each named once."""
    named: dict[int, LineChange] = {}
    added = []
    for kind, which, quantity in changes:
        if kind == "add":
            added.append(LineChange(sku=SKUS[which], quantity=Decimal(quantity)))
            continue
        number = numbers[which % len(numbers)]
        if kind == "remove":
            named[number] = LineChange(line_no=number, remove=True)
        elif kind == "case":
            named[number] = LineChange(line_no=number, quantity=Decimal(quantity), unit="箱")
        else:
            named[number] = LineChange(line_no=number, quantity=Decimal(quantity), unit="瓶")
    lines = [*named.values(), *added]
    return AmendRequest(revision=revision, lines=lines) if lines else None


async def state(tx: Tx, order_id: UUID) -> tuple[Any, ...]:
    (order,) = await tx.fetch(
        "select o.net, o.tax, o.gross, o.revision from sales_order o where o.tenant_id = $1 and o.id = $2", order_id
    )
    lines = await tx.fetch(
        "select l.line_no, l.sku_code, l.unit, l.quantity, l.net, l.tax, l.gross from order_line l "
        "where l.tenant_id = $1 and l.order_id = $2 order by l.line_no",
        order_id,
    )
    held = await tx.fetch(
        "select r.sku_id, sum(r.held) as held, sum(r.backordered) as waiting from reservation r "
        "where r.tenant_id = $1 and r.document_id = $2 and r.held + r.backordered > 0 group by 1 order by 1",
        order_id,
    )
    return order, lines, [tuple(row) for row in held]


@given(series=st.lists(CHANGES, min_size=1, max_size=5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.slow
async def test_any_series_of_amendments_is_as_placing_the_final_lines(
    database: Database, world: World, series: list[list[tuple[str, int, int]]]
) -> None:
    tenant = world.tenant
    principal = await owner_of(database, world)
    (outcome,) = await ask(database, tenant.id, wanted("K2", line("COLA", 10), line("BEER", 6)))
    order_id = placed(outcome).id
    for changes in series:
        async with database.transaction(tenant.id) as tx:
            order, lines, _ = await state(tx, order_id)
        request = request_of(changes, [row["line_no"] for row in lines], order["revision"])
        if request is not None:
            with suppress(Refused):
                await database.run(
                    tenant.id,
                    partial(amend, order_id=order_id, request=request, principal=principal, by=BY),
                )
    async with database.transaction(tenant.id) as tx:
        order, lines, held = await state(tx, order_id)
        assert await broken_invariants(tx, tenant.id) == []
        # Nobody else takes of this account.
        (account,) = await tx.fetch(
            "select a.open from account a where a.tenant_id = $1 and a.customer_id = $2", world.customers["K2"]
        )
    sums = [sum(row[name] for row in lines) for name in ("net", "tax", "gross")]
    assert (sums, account["open"]) == ([order["net"], order["tax"], order["gross"]], order["gross"])
    await database.run(tenant.id, partial(cancel, ids=[order_id], by=BY, principal=principal))
    final = [line(row["sku_code"], str(row["quantity"]), row["unit"]) for row in lines]
    (outcome,) = await ask(database, tenant.id, wanted("K2", *final))
    async with database.transaction(tenant.id) as tx:
        _, _, afresh = await state(tx, placed(outcome).id)
    assert held == afresh
    await database.run(tenant.id, partial(cancel, ids=[placed(outcome).id], by=BY, principal=principal))


async def owner_of(database: Database, world: World) -> Principal:
    return await principal_of(
        database, await key_of(database, world.tenant, await make_user(database, world.tenant, "owner"))
    )
