"""Which lots goods are taken from: first expired, first out (FEFO). Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.money import ZERO

# Of what never expires.
NEVER = date(9999, 12, 31)


class LotThere(msgspec.Struct, frozen=True, gc=False):
    """So much of a lot in a warehouse."""

    lot_id: UUID
    number: str
    expires_on: date
    blocked: bool
    on_hand: Decimal


class Terms(msgspec.Struct, frozen=True):
    """What a lot must be: good for so many days more. None: whatever it is (it is thrown away, or moved)."""

    today: date
    days: int | None

    def allow(self, lot: LotThere) -> bool:
        if self.days is None:
            return True
        # On its last day it can still be sold.
        return not lot.blocked and (lot.expires_on - self.today).days >= self.days


class Picked(msgspec.Struct, frozen=True):
    """What is taken of which lots, of goods that came before lots were kept (`loose`), and what could not be had."""

    lots: list[tuple[LotThere, Decimal]]
    loose: Decimal
    missing: Decimal


def pick(lots: Iterable[LotThere], loose: Decimal, quantity: Decimal, terms: Terms) -> Picked:
    """Loose goods go first where nobody asks how long they are good; then the lots, the first to expire first."""
    taken: list[tuple[LotThere, Decimal]] = []
    from_loose = min(max(loose, ZERO), quantity) if not terms.days else ZERO
    left = quantity - from_loose
    for lot in in_order(lots):
        part = min(lot.on_hand, left)
        if part > 0 and terms.allow(lot):
            taken.append((lot, part))
            left -= part
    return Picked(taken, from_loose, left)


def in_order(lots: Iterable[LotThere]) -> Sequence[LotThere]:
    return sorted(lots, key=lambda lot: (lot.expires_on, lot.number))
