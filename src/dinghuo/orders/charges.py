"""What orders cost beside their lines, kept with them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UnsetType

from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.orders.decide import Priced
from dinghuo.orders.rules.outcome import Charge
from dinghuo.orders.views import Amounts, ChargeView, Goods

_WRITE = """
insert into order_charge (tenant_id, order_id, charge_no, kind, rule, name, name_en, tax_rate, net, tax, gross,
  reason)
select $1, order_id, charge_no, kind, rule, name, name_en, tax_rate, net, tax, gross, reason
from json_to_recordset($2::json) as c(order_id uuid, charge_no int, kind text, rule text, name text, name_en text,
  tax_rate numeric, net numeric, tax numeric, gross numeric, reason jsonb)
"""
_NONE = "delete from order_charge c where c.tenant_id = $1 and c.order_id = $2"
_READ = """
select order_id, charge_no, kind, rule, name, name_en, tax_rate, net, tax, gross, reason::text as reason
from order_charge c where c.tenant_id = $1 and c.order_id = any($2::uuid[]) order by c.order_id, c.charge_no
"""


async def write_charges(tx: Tx, orders: Sequence[Priced]) -> None:
    """Keep what comes to something."""
    rows = [charge for order in orders for charge in order.charges if charge.gross]
    if rows:
        await tx.write_rows(_WRITE, rows)


async def charges_of(tx: Tx, order_ids: Collection[UUID]) -> dict[UUID, list[Charge]]:
    """The charges of these orders, in their order."""
    found: dict[UUID, list[Charge]] = defaultdict(list)
    for row in await tx.fetch(_READ, list(order_ids)):
        values = dict(row) | {"reason": msgspec.json.decode(row["reason"])}
        found[row["order_id"]].append(Charge(**values))
    return dict(found)


def read_charges(kept: Sequence[Any]) -> list[Charge]:
    """Charges that were kept as a document."""
    return msgspec.convert(kept, list[Charge])


async def replace_charges(tx: Tx, order_id: UUID, charges: Sequence[Charge]) -> None:
    """An order's charges are these from now on."""
    await tx.write(_NONE, order_id)
    if charges:
        await tx.write_rows(_WRITE, charges)


def sums_of(charges: Sequence[Charge]) -> dict[str, Decimal]:
    """Net, tax and gross of charges together."""
    return {name: sum((getattr(charge, name) for charge in charges), ZERO) for name in ("net", "tax", "gross")}


def goods_amounts(order: Priced) -> Amounts:
    """What the order's goods come to: its sums without its charges."""
    less = sums_of(order.charges)
    return Amounts(order.net - less["net"], order.tax - less["tax"], order.gross - less["gross"])


def told_of(row: Any, charges: Sequence[Charge], *, sees_price: bool, hidden: UnsetType | None = None) -> Goods:
    """What an order's goods come to, and its charges."""
    less = sums_of(charges)
    amounts = Amounts(row.net - less["net"], row.tax - less["tax"], row.gross - less["gross"])
    return Goods(
        amounts if sees_price else None,
        [charge_view(charge, sees_price=sees_price, hidden=hidden) for charge in charges],
    )


def charge_view(charge: Charge, *, sees_price: bool, hidden: UnsetType | None = None) -> ChargeView:
    """A charge as it is told; `hidden` stands for what is not."""
    amounts: dict[str, Any] = {
        name: getattr(charge, name) if sees_price else hidden for name in ("net", "tax", "gross")
    }
    said, said_en = _said(charge) if sees_price else (None, None)
    return ChargeView(
        kind=charge.kind,
        rule=charge.rule,
        name=charge.name,
        name_en=charge.name_en,
        tax_rate=charge.tax_rate if sees_price else hidden,
        said=said,
        said_en=said_en,
        **amounts,
    )


def _said(charge: Charge) -> tuple[str | None, str | None]:
    """Why it costs this, as people read it, in Chinese and in English."""
    free_from = charge.reason.get("free_from")
    if (places := charge.reason.get("places")) and not charge.reason.get("free"):
        return f"送 {places} 个地址，分别计算", f"to {places} places, each for itself"
    if charge.reason.get("free") and free_from is not None:
        return f"满 {free_from} 免运费", f"free from {free_from} on"
    if grams := charge.reason.get("grams"):
        kilograms = f"{(Decimal(grams) / 1000).normalize():f}"
        return f"按重量 {kilograms} kg", f"by weight, {kilograms} kg"
    if free_from is not None:
        return f"满 {free_from} 免，当前 {charge.reason['goods']}", f"free from {free_from} on"
    return None, None
