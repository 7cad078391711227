"""One customer's addresses, kept one by one: by the dealer's own people, who do not see the rest of the customer."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, select, update

from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.parties.queries import AddressView
from dinghuo.parties.rules import MOST_ADDRESSES, check_address
from dinghuo.parties.tables import address, customer

FULL = Message(
    "too-many-addresses",
    "最多保存 {most} 个地址，请先删除不用的",
    "At most {most} addresses are kept: delete those you do not use",
    CONFLICT,
)


class AddressFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Where goods go. The default one is proposed first; making one the default takes that from the others."""

    recipient: str
    street: str
    label: str | None = None
    mobile: str | None = None
    province: str | None = None
    city: str | None = None
    district: str | None = None
    postcode: str | None = None
    country: str = "CN"
    is_default: bool = False


async def list_addresses(tx: Tx, customer_id: UUID) -> list[AddressView]:
    """A customer's addresses, the default one first."""
    rows = await tx.rows(
        select(address)
        .where(address.c.tenant_id == tx.tenant_id, address.c.customer_id == customer_id)
        .order_by(address.c.is_default.desc(), address.c.id)
    )
    return [_view(row) for row in rows]


async def save_address(
    tx: Tx, *, customer_id: UUID, address_id: UUID | None, fields: AddressFields, by: Actor
) -> AddressView:
    """Make an address, or change the one with this id."""
    _check(fields)
    before = await _lock(tx, customer_id)
    known = {each.id for each in before}
    if address_id is not None and address_id not in known:
        raise missing("address", address_id)
    if address_id is None and len(known) >= MOST_ADDRESSES:
        raise Refused(FULL(most=MOST_ADDRESSES))
    a = address.c
    of_customer = (a.tenant_id == tx.tenant_id, a.customer_id == customer_id)
    if fields.is_default:
        await tx.execute(update(address).where(*of_customer, a.is_default).values(is_default=False))
    values = {name: value or None for name, value in msgspec.structs.asdict(fields).items() if name != "is_default"}
    values["is_default"] = fields.is_default
    if address_id is None:
        address_id = new_id()
        await tx.execute(
            insert(address).values(tenant_id=tx.tenant_id, id=address_id, customer_id=customer_id, **values)
        )
    else:
        await tx.execute(update(address).where(*of_customer, a.id == address_id).values(**values))
    after = await list_addresses(tx, customer_id)
    await _remember(tx, customer_id, before, after, by)
    return next(each for each in after if each.id == address_id)


async def remove_address(tx: Tx, *, customer_id: UUID, address_id: UUID, by: Actor) -> None:
    """Delete an address. Orders keep where they went."""
    before = await _lock(tx, customer_id)
    if address_id not in {each.id for each in before}:
        raise missing("address", address_id)
    a = address.c
    await tx.execute(
        delete(address).where(a.tenant_id == tx.tenant_id, a.customer_id == customer_id, a.id == address_id)
    )
    await _remember(tx, customer_id, before, [each for each in before if each.id != address_id], by)


def _check(fields: AddressFields) -> None:
    faults = Faults("")
    check_address(faults, 0, fields)
    faults.check()


async def _lock(tx: Tx, customer_id: UUID) -> list[AddressView]:
    """Whoever edits addresses holds the customer."""
    c = customer.c
    await tx.rows(
        select(c.id).where(c.tenant_id == tx.tenant_id, c.id == customer_id).with_for_update(key_share=True)
    )
    return await list_addresses(tx, customer_id)


async def _remember(
    tx: Tx, customer_id: UUID, before: Sequence[AddressView], after: Sequence[AddressView], by: Actor
) -> None:
    """The customer has a new revision: who was editing all of it has not seen this. No fact of it has changed."""
    c = customer.c
    await tx.execute(
        update(customer)
        .where(c.tenant_id == tx.tenant_id, c.id == customer_id)
        .values(revision=c.revision + 1, updated_at=tx.now)
    )
    changes: dict[str, Any] = {"addresses": [msgspec.to_builtins(before), msgspec.to_builtins(after)]}
    await audit.record(tx, [audit.Change("customer", customer_id, "updated", by, changes)])


def _view(row: Any) -> AddressView:
    return AddressView(**{name: row._mapping[name] for name in AddressView.__struct_fields__})
