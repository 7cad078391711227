"""What stands above the lines of the cart: own order number, wanted day, where to, a note."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.missing import missing
from dinghuo.kit.texts import EMPTY
from dinghuo.orders.requests import ShipTo
from dinghuo.parties.addresses import list_addresses
from dinghuo.portal.cart import Cart, ensure_cart, write_cart


class CartFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is; null takes it away. `address_id` is one of the company's addresses."""

    customer_reference: str | UnsetType | None = UNSET
    requested_date: date | UnsetType | None = UNSET
    note: str | UnsetType | None = UNSET
    coupons: list[str] | UnsetType = UNSET
    ship_to: ShipTo | UnsetType | None = UNSET
    address_id: UUID | UnsetType = UNSET


async def edit_cart(tx: Tx, *, fields: CartFields, dealer: DealerPrincipal) -> Cart:
    """Write above the cart; the last one wins."""
    given: dict[str, Any] = {
        name: getattr(fields, name)
        for name in ("customer_reference", "requested_date", "note", "ship_to", "coupons")
        if getattr(fields, name) is not UNSET
    }
    if fields.address_id is not UNSET:
        given["ship_to"] = (await own_addresses(tx, [fields.address_id], dealer))[fields.address_id]
    ship_to = given.get("ship_to")
    if ship_to is not None:
        blank = [name for name in ("recipient", "street") if not getattr(ship_to, name).strip()]
        if blank:
            raise Refused([EMPTY(f"ship_to.{name}") for name in blank])
    cart = await ensure_cart(tx, dealer)
    return await write_cart(tx, dealer, cart, msgspec.structs.replace(cart.content, **given))


async def own_addresses(tx: Tx, ids: Collection[UUID], dealer: DealerPrincipal) -> dict[UUID, ShipTo]:
    """These addresses of the company; refused (404) when one of them is not there."""
    if not ids:
        return {}
    found = {
        each.id: ShipTo(**{name: getattr(each, name) for name in ShipTo.__struct_fields__})
        for each in await list_addresses(tx, dealer.customer_id)
    }
    if absent := [id for id in ids if id not in found]:
        raise missing("address", absent[0])
    return found
