"""What an amendment would make of an order, old and new side by side, with everything that stands in its way.

Nothing is locked and nothing is written; the same functions decide as when it is asked for.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import and_, select

from dinghuo.accounts.reserve import find_credit
from dinghuo.identity.principals import DealerPrincipal, Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.inventory.promises import Promise
from dinghuo.inventory.reserve import read_stock
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import FaultView, Language, Refused, fault_view
from dinghuo.orders import faults as say
from dinghuo.orders.amend import Consents, judge_first, reckon
from dinghuo.orders.amend_allotted import claim_difference
from dinghuo.orders.amend_request import AmendRequest
from dinghuo.orders.amend_workout import rights_of, settle_stock, work_out
from dinghuo.orders.amendments import ChargeChange, HeadChange, LineView, charges_of_diff, head_of, views_of
from dinghuo.orders.diff import DiffLine
from dinghuo.orders.lock_orders import holder_of
from dinghuo.orders.short_close import amendment_waits
from dinghuo.orders.tables import sales_order
from dinghuo.orders.views import Amounts
from dinghuo.parties.tables import customer


class AmendmentPreview(msgspec.Struct, frozen=True, kw_only=True):
    """The order as it would be. Without `faults` it could be done; `then` says whether at once, and `waits_for` for
    whom it would wait first.

    `difference` is of the gross; it, the amounts and `credit_left` (before; null is unlimited) are told to those who
    see prices.
    """

    revision: int
    currency: str
    head: list[HeadChange]
    lines: list[LineView]
    then: str
    waits_for: str | None
    faults: list[FaultView]
    before: Amounts | UnsetType = UNSET
    after: Amounts | UnsetType = UNSET
    difference: Decimal | UnsetType = UNSET
    credit_left: Decimal | UnsetType | None = UNSET
    charges: list[ChargeChange] | UnsetType = UNSET


_PROMISES = """
select r.document_id, r.line_no, r.sku_id, r.warehouse_id, r.held, r.backordered
from reservation r where r.tenant_id = $1 and r.document_id = $2 order by r.line_no, r.warehouse_id
"""


_ENGLISH = "select s.id, s.name_en from sku s where s.tenant_id = $1 and s.id = any($2::uuid[])"


async def preview_amendment(
    tx: Tx,
    *,
    order_id: UUID,
    request: AmendRequest,
    principal: Principal,
    by: Actor,
    language: Language,
    asks_seller: bool = False,
    consents: Consents | None = None,
) -> AmendmentPreview:
    """Look at one amendment; refused only when the order is not theirs to see, has changed, or cannot be amended."""
    order = await _order(tx, order_id, principal)
    found = await work_out(tx, order=order, request=request, rights=rights_of(principal), by=by, locks=False)
    diff = found.diff
    diff.faults += await amendment_waits(tx, [order])
    by_dealer = isinstance(principal, DealerPrincipal)
    judged = await judge_first(tx, found, by_dealer=by_dealer, asks_seller=asks_seller, consents=consents)
    waits = judged.waits_for is not None
    promises = [Promise(**dict(row)) for row in await tx.fetch(_PROMISES, order_id)]
    await reckon(tx, found, promises, waits=waits)
    diff.faults += (await claim_difference(tx, found, locks=False)).faults
    stock = await read_stock(tx, found.growing_skus)
    credit = (await find_credit(tx, [holder_of(order)]))[holder_of(order)]
    settle_stock(found, promises, stock, credit, into=order_id, only_growth=waits, waives_credit=judged.waives_credit)
    told = principal.sees_price
    return AmendmentPreview(
        revision=order.revision,
        currency=order.currency,
        before=_amounts(diff.before) if told else UNSET,
        after=_amounts(diff.after) if told else UNSET,
        difference=diff.after.gross - diff.before.gross if told else UNSET,
        charges=charges_of_diff(diff.old_charges, diff.charges) if told else UNSET,
        head=head_of(diff.head),
        lines=views_of(diff.lines, told=told, english=await _english(tx, diff.lines)),
        then="asked" if waits else "applied",
        waits_for=judged.waits_for,
        faults=[fault_view(fault, language) for fault in diff.faults],
        credit_left=credit.room() if told else UNSET,
    )


async def _english(tx: Tx, lines: Sequence[DiffLine]) -> dict[UUID, str | None]:
    rows = [line.new or (line.old.row if line.old else None) for line in lines]
    ids = sorted({row.sku_id for row in rows if row is not None})
    return {row["id"]: row["name_en"] for row in await tx.fetch(_ENGLISH, ids)}


async def _order(tx: Tx, order_id: UUID, principal: Principal) -> Any:
    o = sales_order.c
    order = await tx.one(
        select(sales_order)
        .join(customer, and_(customer.c.tenant_id == o.tenant_id, customer.c.id == o.customer_id))
        .where(
            o.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            o.id == order_id,
            visible_customers(principal, customer),
        )
    )
    if order is None:
        raise Refused(say.UNKNOWN_ORDER("id"))
    return order


def _amounts(sums: Any) -> Amounts:
    return Amounts(sums.net, sums.tax, sums.gross)
