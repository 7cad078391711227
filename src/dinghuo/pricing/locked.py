"""Price lists under the lock of the command that changes them, and whether its caller may see them."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, FORBIDDEN, Message, Refused
from dinghuo.kit.texts import storable
from dinghuo.parties.tables import customer
from dinghuo.pricing.tables import price_list

WAITS = Message(
    "price-list-waits",
    "价目表 {code} 正在等待发布审批，期间不能修改；请先撤回审批",
    "Price list {code} waits to be approved and cannot change meanwhile: take the request back first",
    CONFLICT,
)
PRICE_HIDDEN = Message("price-hidden", "您无权查看或修改价格", "You may not see or change prices", FORBIDDEN)


def check_sees_price(seen_by: Principal | None) -> None:
    """Raise unless prices may be told; None is the system itself."""
    if seen_by is not None and not seen_by.sees_price:
        raise Refused(PRICE_HIDDEN("price"))


class LockedList(msgspec.Struct, frozen=True):
    """A price list as it stands."""

    id: UUID
    code: str
    customer_id: UUID | None
    scope: str
    currency: str
    valid_from: date
    valid_until: date | None
    state: str
    revision: int
    waits: bool


_COLUMNS = [price_list.c[name] for name in LockedList.__struct_fields__]


async def lock_lists(tx: Tx, codes: Iterable[str], *, seen_by: Principal | None) -> dict[str, LockedList]:
    """The lists with these codes, locked in the order of their codes; absent those that do not exist or are for
    customers that `seen_by` may not see."""
    rows = await tx.rows(
        select(*_COLUMNS)
        .where(price_list.c.tenant_id == tx.tenant_id, among(price_list.c.code, set(storable(codes))))
        .order_by(price_list.c.code)
        .with_for_update(key_share=True)
    )
    found = [LockedList(**row._mapping) for row in rows]
    hidden = await hidden_customers(tx, {item.customer_id for item in found if item.customer_id}, seen_by=seen_by)
    return {item.code: item for item in found if item.customer_id not in hidden}


async def hidden_customers(tx: Tx, ids: Collection[UUID], *, seen_by: Principal | None) -> set[UUID]:
    """Those of these customers that `seen_by` may not see. Nothing is hidden from None, the system itself."""
    if seen_by is None or not ids:
        return set()
    rows = await tx.rows(
        select(customer.c.id).where(
            customer.c.tenant_id == tx.tenant_id, among(customer.c.id, ids), visible_customers(seen_by, customer)
        )
    )
    return set(ids) - {row.id for row in rows}
