"""Book the stock that an order book needs: that of closed orders in a warehouse of its own.

What left years ago is no stock of today: it comes from a closed warehouse that nobody can order from, so the
history neither sells what is there now nor waits for it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from dinghuo.integrations.order_book.known import OPENING_ROUTE, import_principal
from dinghuo.integrations.order_book.plan import Plan
from dinghuo.integrations.order_book.slices import slices
from dinghuo.inventory.open_stock import Opening, open_stock
from dinghuo.inventory.save_warehouses import WarehouseInput, save_warehouses
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.idempotency import Key, look_up, remember

HISTORY = "HISTORY"
MAIN = "MAIN"
_SLICE = 5_000
_LAST = 9_999

_WAREHOUSES = """
select id, code, state from warehouse where tenant_id = $1 and (code = $2 or state = 'active') order by priority, code
"""


async def history_warehouse(tx: Tx, *, open_orders: bool, by: Actor) -> tuple[UUID, str]:
    """The id of history's warehouse, made when it is not there, and the code of the one that open orders wait in."""
    rows = await tx.fetch(_WAREHOUSES, HISTORY)
    known = {row["code"]: row["id"] for row in rows}
    active = [row["code"] for row in rows if row["state"] == "active"]
    wanted = []
    if HISTORY not in known:
        name, name_en = "历史（导入）", "History (imported)"
        wanted.append(WarehouseInput(code=HISTORY, state="closed", priority=_LAST, name=name, name_en=name_en))
    if open_orders and not active:
        wanted.append(WarehouseInput(code=MAIN, name="主仓", name_en="Main warehouse"))
        active = [MAIN]
    if wanted:
        known |= (await save_warehouses(tx, warehouses=wanted, by=by)).ids
    return known[HISTORY], next(iter(active), MAIN)


async def write_stock(database: Database, tenant_id: int, plan: Plan, *, by: Actor) -> UUID:
    """Book the opening stock once for each book, whatever was interrupted; the id of history's warehouse."""
    live = bool(plan.to_open_live)

    async def prepare(tx: Tx) -> tuple[UUID, str]:
        return await history_warehouse(tx, open_orders=live, by=by)

    warehouse_id, main = await database.run(tenant_id, prepare)
    openings = [*_openings(HISTORY, plan.to_open), *_openings(main, plan.to_open_live)]
    if not openings:
        return warehouse_id
    since = min(order.at for order in plan.new_orders)
    parts = list(slices(openings, _SLICE))
    for number, several in enumerate(parts, start=1):
        # The key of the whole book comes with its last slice: until then a slice is known by its own.
        name = plan.book if number == len(parts) else f"{plan.book}:{number}"

        async def command(tx: Tx, several: Sequence[Opening] = several, name: str = name) -> None:
            await _open_once(tx, several, name, since, by)

        await database.run(tenant_id, command)
    return warehouse_id


def _openings(warehouse: str, quantities: Mapping[str, Decimal]) -> list[Opening]:
    return [Opening(warehouse, sku, quantity) for sku, quantity in quantities.items()]


async def _open_once(tx: Tx, openings: Sequence[Opening], name: str, since: datetime, by: Actor) -> None:
    key = Key(import_principal(tx.tenant_id), OPENING_ROUTE, name, "")
    if not await look_up(tx, [key]):
        await open_stock(tx, openings=openings, by=by, at=since)
        await remember(tx, [(key, "{}")])
