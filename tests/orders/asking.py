"""Short ways to say which order is wanted."""

from decimal import Decimal

import msgspec

from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused
from dinghuo.kit.idempotency import Key
from dinghuo.kit.ids import new_id
from dinghuo.orders.place import place
from dinghuo.orders.requests import LineRequest, OrderRequest, Outcome, Placed, Placement

CALLER = new_id()
BY = Actor("staff", "Li", "console", CALLER)


def line(sku: str, quantity: str | int, unit: str | None = None, price: str | None = None) -> LineRequest:
    return LineRequest(sku, Decimal(quantity), unit, Decimal(price) if price is not None else None)


def wanted(
    customer: str, *lines: LineRequest, key: str | None = None, body: str = "same", may_set_prices: bool = False
) -> Placement:
    return Placement(
        request=OrderRequest(customer, list(lines)),
        by=BY,
        key=Key(CALLER, "test", key, body) if key else None,
        may_set_prices=may_set_prices,
    )


async def ask(database: Database, tenant_id: int, *placements: Placement) -> list[Outcome]:
    return await database.run(tenant_id, lambda tx: place(tx, placements))


def placed(outcome: Outcome) -> Placed:
    assert outcome.body is not None, outcome.refused
    return msgspec.json.decode(outcome.body, type=Placed)


def codes(outcome: Outcome) -> list[tuple[str, str]]:
    """The faults of a refused order: (code, field)."""
    assert isinstance(outcome.refused, Refused)
    return [(fault.message.code, fault.field) for fault in outcome.refused.faults]
