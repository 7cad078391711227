"""Write what cancellations and returns took back."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.integrations.order_book.invoices import Invoice
from dinghuo.integrations.order_book.known import ROUTE, import_principal
from dinghuo.integrations.order_book.match import Part
from dinghuo.integrations.order_book.plan import Plan
from dinghuo.integrations.order_book.slices import slices
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.idempotency import Key, look_up, remember
from dinghuo.kit.ids import new_id_at
from dinghuo.kit.money import base_quantity, round_money
from dinghuo.orders.record_returns import HistoricalReturn, record_returns
from dinghuo.parties.facts import load_customers

_SLICE = 1_000
_ONE = (1, 1)


async def write_returns(
    database: Database, tenant_id: int, plan: Plan, warehouse_id: UUID, *, by: Actor, done: Callable[[int], None]
) -> None:
    """Write the returns that no order is found for; those imported before stay as they are.

    They come before the orders: then goods that came back are there, whichever of two slices is written first.
    """
    for several in slices((each for each in plan.invoices.returns if not each.is_known), _SLICE):

        async def command(tx: Tx, several: Sequence[Invoice] = several) -> None:
            await _write(tx, plan, several, warehouse_id, by)

        await database.run(tenant_id, command)
        done(sum(len(invoice.lines) for invoice in several))


async def _write(tx: Tx, plan: Plan, invoices: Sequence[Invoice], warehouse_id: UUID, by: Actor) -> None:
    principal = import_principal(tx.tenant_id)
    keys = {each.number: Key(principal, ROUTE, each.number, each.digest) for each in invoices}
    known = await look_up(tx, list(keys.values()))
    fresh = {number: key for number, key in keys.items() if key.identity not in known}
    parts = [part for part in plan.parts if part.order is None and part.invoice.number in fresh and not part.is_known]
    returns, untracked = await historical_returns(tx, plan, parts, {})
    await record_returns(tx, returns=returns, warehouse_id=warehouse_id, untracked=untracked, by=by)
    await remember(tx, [(key, "{}") for key in fresh.values()])


async def historical_returns(
    tx: Tx, plan: Plan, parts: Sequence[Part], orders: Mapping[str, UUID]
) -> tuple[list[HistoricalReturn], frozenset[UUID]]:
    """The rows of these parts, `orders` being the ids of what they cancel by number; and the SKUs without stock."""
    lines = plan.lines
    customers = await load_customers(tx, (part.invoice.customer for part in parts))
    skus = await load_skus(tx, (lines.skus[part.line] for part in parts))
    units = lines.column("unit")
    rows = []
    for part in parts:
        sku = skus[lines.skus[part.line]]
        price = lines.prices[part.line]
        rows.append(
            HistoricalReturn(
                id=new_id_at(part.invoice.at, part.invoice.order),
                number=part.invoice.number,
                line_no=part.line_no,
                customer_id=customers[part.invoice.customer].id,
                sku_id=sku.id,
                unit=(units[part.line] if units else None) or sku.sales_unit,
                quantity=part.quantity,
                base_quantity=_base(sku, part, units[part.line] if units else None),
                currency=part.invoice.currency,
                price=price,
                amount=round_money(price * part.quantity, part.invoice.currency),
                at=part.invoice.at,
                order_id=orders[part.order.number] if part.order else None,
                order_line_no=part.place + 1 if part.order else None,
            )
        )
    wanted = (skus[lines.skus[part.line]] for part in parts)
    return rows, frozenset(sku.id for sku in wanted if sku.supply_policy == "untracked")


def _base(sku: SkuFacts, part: Part, unit: str | None) -> Decimal:
    return base_quantity(part.quantity, *sku.units.get(unit or sku.sales_unit, _ONE)) or part.quantity
