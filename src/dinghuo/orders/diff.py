"""An amendment worked out: every line as it is and as it is to be, and the order's sums. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.errors import Fault
from dinghuo.kit.money import ZERO
from dinghuo.orders.decide import LineRow
from dinghuo.orders.requests import ShipTo
from dinghuo.orders.rules.outcome import Charge
from dinghuo.orders.worth import worth

Kind = Literal["added", "changed", "removed", "kept"]

# What of a line people agree on: where none of it differs, nothing was changed.
_AGREED = (
    "unit",
    "quantity",
    "base_quantity",
    "deal_price",
    "tax_inclusive",
    "net",
    "tax",
    "gross",
    "requested_date",
    "note",
    "ship_to",
)


_GOODS = ("unit", "quantity", "gross", "ship_to")


class OldLine(msgspec.Struct, frozen=True):
    """A line as it stands, and how far it is."""

    row: LineRow
    released: Decimal
    shipped: Decimal
    cancelled: Decimal

    @property
    def least(self) -> Decimal:
        """What cannot be amended away, in base units."""
        return max(self.released, self.shipped)


class DiffLine(msgspec.Struct):
    """One line; `index` is its place in the request, where it is named there."""

    line_no: int
    change: Kind
    old: OldLine | None
    new: LineRow | None
    index: int | None = None
    sku: SkuFacts | None = None

    @property
    def grows(self) -> Decimal:
        """By how much its quantity rises, in base units; below zero where it falls."""
        return (self.new.base_quantity if self.new else ZERO) - (self.old.row.base_quantity if self.old else ZERO)

    @property
    def path(self) -> str:
        return "lines" if self.index is None else f"lines[{self.index}]"


class Sums(msgspec.Struct, frozen=True):
    """Net + tax = gross."""

    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO


class Diff(msgspec.Struct):
    """What an order is to be instead; `order` is its row. `head` maps a field to [old, new]."""

    order: Any
    lines: list[DiffLine]
    head: dict[str, list[Any]]
    faults: list[Fault]
    before: Sums
    after: Sums
    # What it costs beside its lines, as it is (where it was looked at) and as it is to be (where that is another).
    old_charges: list[Charge] | None = None
    charges: list[Charge] | None = None
    # The first day on which what is added can come.
    earliest: date | None = None

    @property
    def changed(self) -> list[DiffLine]:
        return [line for line in self.lines if line.change != "kept"]

    @property
    def is_nothing(self) -> bool:
        return not self.head and not self.changed

    @property
    def closed_before(self) -> Decimal:
        """What of the order's amount was not to come any more."""
        return sum((self._closed(line.old, line.old.row) for line in self.lines if line.old), ZERO)

    @property
    def closed_after(self) -> Decimal:
        """The same of its amount as it is to be: a line that was closed in part stays, its discount may not."""
        return sum((self._closed(line.old, line.new) for line in self.lines if line.old and line.new), ZERO)

    def _closed(self, old: OldLine, row: LineRow) -> Decimal:
        if not old.cancelled:
            return ZERO
        return row.gross - worth(row.gross, row.base_quantity, row.base_quantity - old.cancelled, self.order.currency)


def settle(line: DiffLine) -> None:
    """A line that came out as it was is kept."""
    if line.change == "changed" and line.old and line.new and agrees(line.old.row, line.new):
        line.change, line.new = "kept", line.old.row


def asks_for_more(diff: Diff) -> bool:
    """Whether an order grows: in its amount, or by something that is added or becomes more."""
    return diff.after.gross > diff.before.gross or any(line.grows > ZERO for line in diff.changed)


def agrees(old: LineRow, new: LineRow) -> bool:
    """Whether people agree on the same in both."""
    return all(getattr(old, name) == getattr(new, name) for name in _AGREED)


def is_gift(line: DiffLine) -> bool:
    return line.new is not None and line.new.kind == "gift"


def changes_goods(line: DiffLine) -> bool:
    """Whether what promotions and order rules look at is another: goods, quantity, price, or where they go."""
    old, new = line.old.row if line.old else None, line.new
    return old is None or new is None or any(getattr(old, name) != getattr(new, name) for name in _GOODS)


def sums_after(diff: Diff) -> Sums:
    """The order's sums as it is to be: those of its lines and of what is charged beside them."""
    order, old = diff.order, _sum(line.old.row for line in diff.lines if line.old)
    new = _sum(line.new for line in diff.lines if line.new)
    if diff.charges is not None:
        charged = _sum(diff.charges)
        return Sums(charged.net + new.net, charged.tax + new.tax, charged.gross + new.gross)
    return Sums(order.net - old.net + new.net, order.tax - old.tax + new.tax, order.gross - old.gross + new.gross)


def _sum(rows: Iterable[Any]) -> Sums:
    """What lines, or charges, come to together."""
    several = list(rows)
    return Sums(
        sum((row.net for row in several), ZERO),
        sum((row.tax for row in several), ZERO),
        sum((row.gross for row in several), ZERO),
    )


def old_line(row: Any) -> OldLine:
    """A row of order_line as it stands."""
    return OldLine(line_row(row._mapping), row.released, row.shipped, row.cancelled)


def line_row(values: Mapping[Any, Any]) -> LineRow:
    fields = {name: values[name] for name in LineRow.__struct_fields__ if name in values}
    fields["price_reason"] = msgspec.Raw(msgspec.json.encode(values["price_reason"]))
    ship_to = fields.get("ship_to")
    # Progress is kept apart: the row says what was agreed.
    apart = {"shipped": None, "cancelled": None, "ship_to": ship_to and msgspec.convert(ship_to, ShipTo)}
    return LineRow(**fields | apart)


def with_texts(row: LineRow, *, requested_date: date | None, note: str | None, ship_to: ShipTo | None) -> LineRow:
    return msgspec.structs.replace(row, requested_date=requested_date, note=note, ship_to=ship_to)
