"""Rebates of the small company that tests order from: granted without an agreement, and what stands of them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.orders.desk import Desk

from dinghuo.accounts.consume import consume as move_on
from dinghuo.accounts.draws import Draw
from dinghuo.accounts.rebates import Owner, RebateEntry, RebateKind, open_wallets, write_rebates
from dinghuo.inventory.consume import Use, consume
from dinghuo.inventory.promises import lock_promises
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id


async def grant(desk: Desk, customer: str, **amounts: str) -> None:
    """So much of each kind is there to use."""

    async def command(tx: Tx) -> None:
        who = (desk.world.customers[customer], desk.world.tenant.organisation_id, "CNY")
        kinds: dict[str, RebateKind] = {"goods": "goods", "credit": "credit"}
        owners: dict[Owner, Decimal] = {(*who, kinds[kind]): Decimal(amount) for kind, amount in amounts.items()}
        wallets = await open_wallets(tx, owners)
        await write_rebates(
            tx,
            [
                RebateEntry(wallet.id, "credited", owners[owner], "settle", "rebate_settlement", new_id())
                for owner, wallet in wallets.items()
                if wallet.id is not None
            ],
        )

    await desk.database.run(desk.world.tenant.id, command)


async def balances(desk: Desk) -> dict[str, tuple[str, str, str]]:
    """What was credited of each kind, what orders hold of it, and what is used for good."""
    rows = await desk.rows("select kind, credited, reserved, used from rebate_balance where tenant_id = $1")
    return {kind: (str(credited), str(reserved), str(used)) for kind, credited, reserved, used in rows}


_SHIP = """
update order_line set released = $4, shipped = $4 where tenant_id = $1 and order_id = $2 and line_no = $3
"""

_ACCOUNT = """
select distinct e.account_id from account_entry e
where e.tenant_id = $1 and e.document_id = $2 and e.bucket = 'open'
"""


async def ship(desk: Desk, order: dict[str, Any], line_no: int, quantity: int, worth: str) -> None:
    """Some of a line leaves the house: what goods issues will do; there are none yet."""
    id = UUID(order["id"])

    async def command(tx: Tx) -> None:
        await tx.write(_SHIP, id, line_no, Decimal(quantity))
        await lock_promises(tx, [id])
        (account,) = await tx.fetch(_ACCOUNT, id)
        await move_on(tx, draws=[Draw(account["account_id"], "open", Decimal(worth), "order", id)])
        await consume(tx, uses=[Use(id, line_no, Decimal(quantity))], by=SYSTEM)

    await desk.database.run(desk.world.tenant.id, command)
