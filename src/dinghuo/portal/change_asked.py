"""Whoever may approve what a colleague asks for may change its quantities before; who changed what is kept."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import update

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message, Refused
from dinghuo.kit.money import MAX_QUANTITY, ZERO, fits
from dinghuo.orders.requests import LineRequest
from dinghuo.orders.submit_drafts import CHANGED_SINCE
from dinghuo.orders.tables import draft_consent
from dinghuo.portal.cart import Cart, ConsentChange, find_asked, write_cart
from dinghuo.portal.consents import locked_request

MOST_LINES = 500

UNKNOWN_LINE = Message("consent-unknown-line", "没有第 {line_no} 行", "There is no line {line_no}", MALFORMED)
BAD_QUANTITY = Message(
    "consent-quantity", "数量应不小于 0，小数不超过 6 位", "A quantity of 0 or more is needed", MALFORMED
)
NOTHING_LEFT = Message(
    "consent-nothing-left", "不能删除所有行，请改为驳回", "No line would be left: reject it instead", CONFLICT
)
PROPOSED = Message(
    "consent-of-proposal",
    "卖家的建议单只能整单同意或驳回",
    "What the seller proposed is agreed to as it is, or not",
    CONFLICT,
)


class AskedQuantity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a line shall be; zero takes it out."""

    line_no: int
    quantity: Decimal


class AskedQuantities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Changes of what was read at this revision."""

    revision: int
    lines: Annotated[list[AskedQuantity], Meta(min_length=1, max_length=MOST_LINES)]


async def change_asked(tx: Tx, *, draft_id: UUID, request: AskedQuantities, dealer: DealerPrincipal) -> Cart:
    """Change quantities of what waits for consent; it waits on, as it is then."""
    found = await locked_request(tx, dealer, draft_id)
    if found.proposal is not None:
        raise Refused(PROPOSED("id"))
    if request.revision != found.revision:
        raise Refused(CHANGED_SINCE("revision"))
    lines = found.content.lines
    if faults := _faults(lines, request.lines):
        raise Refused(faults)
    wanted = {each.line_no: each.quantity for each in request.lines}
    kept = [
        msgspec.structs.replace(line, quantity=wanted.get(number, line.quantity))
        for number, line in enumerate(lines, start=1)
        if wanted.get(number) != ZERO
    ]
    if not kept:
        raise Refused(NOTHING_LEFT("lines"))
    changes = _changes(tx, lines, wanted, dealer)
    if changes:
        await write_cart(tx, dealer, found, msgspec.structs.replace(found.content, lines=kept))
        c = draft_consent.c
        told = [*(found.consent.changes if found.consent else ()), *changes]
        await tx.execute(
            update(draft_consent)
            .where(c.tenant_id == tx.tenant_id, c.draft_id == draft_id)
            .values(changes=msgspec.to_builtins(told))
        )
    after = await find_asked(tx, dealer, draft_id)
    if after is None:
        raise AssertionError("what was asked for is there")
    return after


def _faults(lines: Sequence[LineRequest], wanted: Sequence[AskedQuantity]) -> list[Fault]:
    found = []
    for number, each in enumerate(wanted):
        if not 1 <= each.line_no <= len(lines):
            found.append(UNKNOWN_LINE(f"lines[{number}].line_no", line=number + 1, line_no=each.line_no))
        if not fits(each.quantity, most=MAX_QUANTITY) or each.quantity < ZERO:
            found.append(BAD_QUANTITY(f"lines[{number}].quantity", line=number + 1))
    return found


def _changes(
    tx: Tx, lines: Sequence[LineRequest], wanted: dict[int, Decimal], dealer: DealerPrincipal
) -> list[ConsentChange]:
    return [
        ConsentChange(
            at=tx.now, by=dealer.name, sku=line.sku, unit=line.unit, old=line.quantity, new=wanted[number] or None
        )
        for number, line in enumerate(lines, start=1)
        if number in wanted and wanted[number] != line.quantity
    ]
