"""The lines of an order book by columns, each with one price and one exact amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

from dinghuo.integrations.sheets import CellFault, LineTable
from dinghuo.kit.errors import Fault
from dinghuo.kit.money import ZERO, round_money, round_price

# Twelve digits and six decimals, times the same.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a file by columns. A cell at fault is None; whatever reads further skips its line.

    `amounts` are exact, as the file has them: quantity × price, or the amount it states; 0 where that is unreadable.
    """

    table: LineTable
    places: dict[str, int]
    numbers: list[str]
    customers: list[str | None]
    skus: list[str]
    quantities: list[Decimal]
    prices: list[Decimal]
    amounts: list[Decimal]
    moments: list[datetime]

    def __len__(self) -> int:
        return len(self.numbers)

    def column(self, name: str) -> list[Any] | None:
        """A further field, if the file or its mapping gives it."""
        return self.table.columns.get(name)

    def mark(self, line: int, field: str | None, fault: Fault) -> CellFault:
        """A fault of a line: at the cell of a field, or of the whole row where the file has no such column."""
        return CellFault(self.table.rows[line], None if field is None else self.places.get(field), fault)


def lines_of(table: LineTable, places: dict[str, int]) -> Lines:
    """The lines of a table that was read; `places` says in which column each field stands."""
    columns: dict[str, list[Any]] = table.columns
    quantities = columns["quantity"]
    prices: list[Any] = table.numbers("unit_price")
    stated = columns.get("amount")
    with localcontext(EXACT):
        if stated is not None:
            prices = [_price(*each) for each in zip(quantities, prices, stated, strict=True)]
        amounts = [
            quantity * price if quantity is not None and price is not None else ZERO
            for quantity, price in zip(quantities, prices, strict=True)
        ]
    if stated is not None:
        amounts = [amount if known is None else known for amount, known in zip(amounts, stated, strict=True)]
    return Lines(
        table,
        places,
        columns["order_number"],
        _customers(table),
        columns["sku_code"],
        quantities,
        prices,
        amounts,
        columns["placed_at"],
    )


def _price(quantity: Decimal | None, price: Decimal | None, amount: Decimal | None) -> Decimal | None:
    """The price that makes the amount: the one stated if it does, else what was really paid for one."""
    if amount is None or quantity is None:
        return price
    if not quantity:
        return price or ZERO
    if price is not None and round_money(price * quantity) == round_money(amount):
        return price
    return round_price(amount / quantity)


def _customers(table: LineTable) -> list[str | None]:
    """Each line's customer by its code, or by its name where it has none."""
    codes: Sequence[str | None] | None = table.columns.get("customer_code")
    names: Sequence[str | None] | None = table.columns.get("customer_name")
    if codes is None:
        return table.texts("customer_name")
    if names is None or None not in codes:
        return table.texts("customer_code")
    return [code or name for code, name in zip(codes, names, strict=True)]
