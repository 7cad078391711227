"""Change lines of the cart: set, removed, moved to another unit; as often as it is sent."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec
from msgspec import UnsetType

from dinghuo.catalogue.facts import load_skus
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Fault, Message, Refused
from dinghuo.kit.texts import text_faults
from dinghuo.orders.draft_lines import as_draft_line
from dinghuo.orders.requests import LineRequest, ShipTo
from dinghuo.orders.texts import check_address
from dinghuo.portal.cart import Cart, ensure_cart, find_own, write_cart
from dinghuo.portal.edit_cart import own_addresses
from dinghuo.portal.merge import LineChange, Mark, is_known, key_of, key_of_line, merge, together

MOST_CHANGES = 500

TOO_MANY_CHANGES = Message("too-many-changes", "一次最多 {most} 处修改", "At most {most} changes at once", MALFORMED)


class LineChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Changes of one device to the cart that its user had before them; null: none yet."""

    changes: list[LineChange]
    cart: UUID | None = None
    device: str | None = None


class Changed(msgspec.Struct, frozen=True):
    """The cart as it is now, and what came too late to change it."""

    cart: Cart
    ignored: list[LineChange]


async def change_lines(tx: Tx, *, request: LineChanges, dealer: DealerPrincipal) -> Changed:
    """Merge the changes into the present cart.

    Those typed into a cart that has become an order meanwhile: what it had taken is in that order, what it had never
    seen goes into the present one.
    """
    if found := list(_faults(request)):
        raise Refused(found)
    cart = await ensure_cart(tx, dealer)
    changes = await _with_places(tx, await _with_units(tx, request.changes), dealer)
    known: list[LineChange] = []
    if request.cart is not None and request.cart != cart.id:
        past = await find_own(tx, dealer, request.cart)
        if past is not None:
            known = [change for change in changes if is_known(past.marks, change, request.device)]
            changes = [change for change in changes if change not in known]
    merged = merge(cart.content.lines, cart.marks, changes, device=request.device, now_ms=_now_ms(tx))
    content = msgspec.structs.replace(cart.content, lines=merged.lines)
    return Changed(await write_cart(tx, dealer, cart, content, merged.marks), known + merged.ignored)


def _faults(request: LineChanges) -> Iterator[Fault]:
    if len(request.changes) > MOST_CHANGES:
        yield TOO_MANY_CHANGES("changes", most=MOST_CHANGES)
        return
    yield from text_faults("device", request.device, 64)
    for number, change in enumerate(request.changes):
        for field, text in (("sku", change.sku), ("unit", change.unit), ("new_unit", change.new_unit)):
            yield from text_faults(f"changes[{number}].{field}", text, 200, line=number + 1)
        if change.part is not None:
            yield from text_faults(f"changes[{number}].part", change.part, 64, line=number + 1)
        if isinstance(change.blanket, str):
            yield from text_faults(f"changes[{number}].blanket", change.blanket, 200, line=number + 1)
        if isinstance(change.ship_to, ShipTo):
            yield from check_address(f"changes[{number}].ship_to", change.ship_to, line=number + 1)
        if isinstance(change.note, str):
            yield from text_faults(f"changes[{number}].note", change.note, 2000, line=number + 1)


async def _with_units(tx: Tx, changes: Sequence[LineChange]) -> list[LineChange]:
    """A change that names no unit means the SKU's own."""
    known = await load_skus(tx, [change.sku for change in changes])
    return [
        msgspec.structs.replace(change, unit=known[change.sku].sales_unit)
        if not change.unit and change.sku in known
        else change
        for change in changes
    ]


async def _with_places(tx: Tx, changes: Sequence[LineChange], dealer: DealerPrincipal) -> list[LineChange]:
    """A change that names one of the company's addresses means that place."""
    wanted = {change.address_id for change in changes if not isinstance(change.address_id, UnsetType)}
    places = await own_addresses(tx, wanted, dealer)
    return [
        change
        if isinstance(change.address_id, UnsetType)
        else msgspec.structs.replace(change, ship_to=places[change.address_id])
        for change in changes
    ]


def _now_ms(tx: Tx) -> int:
    return int(tx.now.timestamp() * 1000)


async def add_lines(tx: Tx, *, lines: Sequence[LineRequest], dealer: DealerPrincipal) -> Cart:
    """Add to what is in the cart. The lines name their units."""
    cart = await ensure_cart(tx, dealer)
    found = {key_of_line(line): line for line in cart.content.lines}
    marks = dict(cart.marks)
    for line in lines:
        key = key_of(line.sku, line.unit)
        before = found.get(key)
        if before is None:
            found[key] = as_draft_line(line)
        else:
            found[key] = msgspec.structs.replace(before, quantity=together(line.quantity, before.quantity))
        marks[key] = Mark(_now_ms(tx))
    content = msgspec.structs.replace(cart.content, lines=list(found.values()))
    return await write_cart(tx, dealer, cart, content, marks)
