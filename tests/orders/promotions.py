"""Promotions of the small company that tests order from."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.world import World

from dinghuo.entry.invariants import broken_invariants
from dinghuo.kit.database import Database, Tx
from dinghuo.pricing.promotion_facts import Step
from dinghuo.pricing.promotion_input import PromotionInput, PromotionItem
from dinghuo.pricing.publish_promotions import publish_promotions
from dinghuo.pricing.save_promotions import save_promotions

SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def promotion(code: str, kind: Any, *steps: tuple[str, str], **fields: Any) -> PromotionInput:
    """A promotion that has long begun."""
    values: dict[str, Any] = {"name": f"促销 {code}", "valid_from": SINCE}
    if steps:
        values["steps"] = [Step(Decimal(start), Decimal(value)) for start, value in steps]
    return PromotionInput(code=code, kind=kind, **values | fields)


def on(code: str, **fields: Any) -> PromotionItem:
    return PromotionItem(kind="sku", code=code, **fields)


async def publish(database: Database, world: World, *promotions: PromotionInput) -> None:
    """Save these promotions and publish them."""

    async def command(tx: Tx) -> None:
        await save_promotions(tx, promotions=promotions, by=world.tenant.owner, seen_by=None)
        await publish_promotions(tx, codes=[each.code for each in promotions], by=world.tenant.owner)

    await database.run(world.tenant.id, command)


async def lines_of(database: Database, world: World, order_id: UUID) -> list[tuple[Any, ...]]:
    """An order's lines: number, kind, SKU, quantity, gross, discount, given by."""
    async with database.transaction(world.tenant.id) as tx:
        rows = await tx.fetch(
            "select line_no, kind, sku_code, quantity, gross, discount, given_by from order_line "
            "where tenant_id = $1 and order_id = $2 order by line_no",
            order_id,
        )
    return [tuple(str(value) if isinstance(value, Decimal) else value for value in row) for row in rows]


async def budgets(database: Database, world: World) -> list[tuple[Any, ...]]:
    """What was taken of each budget: subject, whether of one customer, amount, uses."""
    async with database.transaction(world.tenant.id) as tx:
        rows = await tx.fetch(
            "select subject_kind, customer_id is not null as own, amount, uses from budget where tenant_id = $1 "
            "order by 1, 2"
        )
    return [(row["subject_kind"], row["own"], str(row["amount"]), row["uses"]) for row in rows]


async def sound(database: Database, world: World) -> None:
    async with database.transaction(world.tenant.id) as tx:
        assert await broken_invariants(tx, world.tenant.id) == []
