"""Coupons as placing an order must know them."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.kit.texts import storable


class Coupon(msgspec.Struct, frozen=True):
    """A code that lets a promotion speak; `customer_id` None is anybody's, `uses` None is unlimited."""

    id: UUID
    code: str
    promotion_id: UUID
    customer_id: UUID | None
    uses: int | None
    active: bool


_COUPONS = """
select id, code, promotion_id, customer_id, uses, active from coupon where tenant_id = $1 and code = any($2::text[])
"""


def coupon_code(written: str) -> str:
    """A code as it is kept: people type it in any case, with spaces around it."""
    return written.strip().upper()


async def load_coupons(tx: Tx, codes: Iterable[str]) -> dict[str, Coupon]:
    """The coupons with these codes; those unknown are absent."""
    return {row["code"]: Coupon(**dict(row)) for row in await tx.fetch(_COUPONS, storable(codes))}
