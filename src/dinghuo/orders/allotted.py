"""What orders take of quotas and blanket orders: decided with stock and credit, given back line by line."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.accounts.allotments import (
    Allotments,
    Drawn,
    Opening,
    Take,
    draw_allotments,
    held_by,
    lock_allotments,
    open_allotments,
    see_allotments,
)
from dinghuo.catalogue.facts import SkuFacts
from dinghuo.catalogue.quantities import at_most, plain
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message
from dinghuo.orders.blankets.facts import TOUCHED as BLANKETS
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.quota_takes import possible_gift_takes
from dinghuo.orders.rules.facts import TOUCHED as RULES

QUOTA_SHORT = Message(
    "quota-short",
    "第 {line} 行：{code} 的配额剩余 {left} {base_unit}，需要 {wanted}",
    "Line {line}: {left} {base_unit} of {code} are left of the quota, {wanted} are wanted",
    CONFLICT,
)
BLANKET_SHORT = Message(
    "blanket-short",
    "第 {line} 行：框架订单中 {code} 剩余 {left} {base_unit}，需要 {wanted}",
    "Line {line}: {left} {base_unit} of {code} are left of the blanket order, {wanted} are wanted",
    CONFLICT,
)


async def find_allotments(tx: Tx, orders: Sequence[Priced], *, lock: bool = False) -> Allotments | None:
    """What orders may take, as it is now; locked before accounts and stock are. None when none takes anything."""
    wanted = {take.allotment_id for order in orders for take in order.takes}
    wanted.update(id for order in orders if order.offers is not None for id in possible_gift_takes(order))
    if not wanted:
        return None
    return await (lock_allotments if lock else see_allotments)(tx, wanted)


def claim(order: Priced, allotments: Allotments | None) -> list[Take]:
    """Take all that the order needs, and answer what was taken; what is short is added to its faults."""
    if allotments is None or not order.takes:
        return []
    taken: list[Take] = []
    lines = {row.line_no: (row, sku) for row, sku in zip(order.lines, order.skus, strict=True)}
    for take in order.takes:
        if take.line_no not in lines:
            continue  # a line that is refused already
        if allotments.take(take):
            taken.append(take)
        else:
            order.faults.append(_short(take, *lines[take.line_no], left=allotments.left(take)))
    return taken


def unclaim(taken: Sequence[Take], allotments: Allotments | None) -> None:
    """Put back what an order took that is refused after all."""
    if allotments is not None:
        for take in taken:
            allotments.put_back(take)


def _short(take: Take, row: LineRow, sku: SkuFacts, *, left: Decimal) -> Fault:
    params = {
        "line": row.line_no,
        "code": sku.code,
        "left": plain(left),
        "wanted": plain(row.base_quantity),
        "base_unit": sku.base_unit,
        "suggested": plain(at_most(sku, row.unit, left)),
    }
    message = QUOTA_SHORT if take.opening else BLANKET_SHORT
    return Fault(message, f"lines[{row.line_no - 1}].quantity", row.line_no, params)


async def draw_takes(tx: Tx, orders: Sequence[Priced], seen: Allotments | None) -> None:
    """Move the balances by what admitted orders take; before accounts and stock are moved."""
    if seen is None:
        return
    openings: dict[UUID, Opening] = {
        take.allotment_id: take.opening
        for order in orders
        for take in order.takes
        if take.opening is not None and take.allotment_id not in seen.known
    }
    await open_allotments(tx, await bounds_now(tx, openings))
    await draw_allotments(
        tx,
        [Drawn(take.allotment_id, order.id, take.line_no, take.quantity) for order in orders for take in order.takes],
    )


_BOUNDS = (
    "select q.id, q.quantity from quota q where q.tenant_id = $1 and q.id = any($2::uuid[]) order by q.id for share"
)


async def bounds_now(tx: Tx, openings: Mapping[UUID, Opening]) -> Mapping[UUID, Opening]:
    """Each with the quota's bound as it is now: whoever changes it waits until the period is open, or was first."""
    if not openings:
        return {}
    rows = await tx.fetch(_BOUNDS, list({opening.subject_id for opening in openings.values()}))
    now = {row["id"]: row["quantity"] for row in rows}
    return {
        id: msgspec.structs.replace(opening, quantity=now.get(opening.subject_id, opening.quantity))
        for id, opening in openings.items()
    }


class Back(msgspec.Struct, frozen=True):
    """What of an order's line is not wanted any more, in base units; None: all of it."""

    order_id: UUID
    line_no: int
    quantity: Decimal | None = None


async def give_back_all(tx: Tx, order_ids: Sequence[UUID]) -> None:
    """Give back all that these orders hold of quotas and blanket orders: under the orders' lock, before accounts."""
    if await has_allotments(tx):
        await draw_allotments(tx, [_less(one, one.quantity) for one in await held_by(tx, order_ids)])


async def give_back(tx: Tx, backs: Sequence[Back]) -> None:
    """Give back parts of lines: under the orders' lock, before accounts and stock."""
    if not backs or not await has_allotments(tx):
        return
    asked = {(back.order_id, back.line_no): back.quantity for back in backs}
    drawn = []
    for one in await held_by(tx, {back.order_id for back in backs}):
        key = (one.document_id, one.line_no)
        if key in asked:
            wanted = asked[key]
            drawn.append(_less(one, one.quantity if wanted is None else min(wanted, one.quantity)))
    await draw_allotments(tx, [one for one in drawn if one.quantity])


def _less(one: Drawn, quantity: Decimal) -> Drawn:
    return msgspec.structs.replace(one, quantity=-quantity)


async def has_allotments(tx: Tx) -> bool:
    """Whether the tenant has, or ever had, quotas or blanket orders."""
    versions = await tx.versions()
    return bool(versions.get(RULES) or versions.get(BLANKETS))
