"""Orders that were carried out long ago, priced and written as they come: by the tens of thousands.

Only the plain order goes this way, which an import is full of: closed, by base units, at prices of its own. Whatever
is out of the ordinary is left to `price_order`, which says everything that is wrong, and to its writer. Both ways
write the same (tests/orders/test_history.py).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import repeat
from uuid import UUID

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.inventory.reserve import MOVE_ISSUED, Taken
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_ids
from dinghuo.kit.money import CENT, MAX_MONEY, MINOR_UNITS, ZERO, fits, split_tax
from dinghuo.orders.decide import HISTORY_REASON, PlainLines, Priced


def price_history(priced: Priced, skus: Mapping[str, SkuFacts]) -> bool:
    """Fill in the lines and sums of a plain order; False, and nothing done, when it is not plain."""
    request, history = priced.placement.request, priced.placement.history
    if history is None or history.live or not request.lines:
        return False
    if request.note or request.customer_reference or request.ship_to:
        return False
    found = PlainLines(history.cancelled)
    met, nets, taxes, currency = found.skus, found.nets, found.taxes, priced.currency
    for line in request.lines:
        sku, price = skus.get(line.sku), line.price
        if sku is None or price is None or line.note is not None or line.requested_date is not None or sku.costs:
            return False
        if (line.unit or sku.sales_unit) != sku.base_unit:
            return False
        net = _amount(line.quantity, price, currency)
        if net is None:
            return False
        tax = ZERO
        if sku.tax_rate:
            split = split_tax(net, sku.tax_rate, tax_inclusive=history.tax_inclusive, currency=currency)
            net, tax = split.net, split.tax
        met.append(sku)
        nets.append(net)
        taxes.append(tax)
    found.quantities = [line.quantity for line in request.lines]
    found.prices = [line.price or ZERO for line in request.lines]
    priced.plain = found
    priced.net, priced.tax = sum(nets, ZERO), sum(taxes, ZERO)
    priced.gross = priced.net + priced.tax
    return True


@lru_cache(maxsize=65_536)
def _amount(quantity: Decimal, price: Decimal, currency: str) -> Decimal | None:
    """A line's amount; None when its numbers are none that the columns hold."""
    if not (fits(quantity) and fits(price) and quantity > 0 and price >= 0):
        return None
    amount = (quantity * price).quantize(MINOR_UNITS.get(currency, CENT), ROUND_HALF_UP)
    return amount if amount <= MAX_MONEY else None


# Lines and issues in one statement: a line's columns travel once, its order and SKU as a number each.
_WRITE = f"""
with placed as materialized (
  select o.id as order_id, o.placed_at, o.tax_inclusive, o.warehouse_id, s.id as sku_id, s.code, s.name, s.unit,
         s.tax_rate, s.is_tracked, l.move_id, l.line_no, l.quantity, l.price, l.net, l.tax, l.cancelled
  from unnest($2::text::int[], $3::text::int[], $4::text::int[], $5::text::uuid[], $6::text::numeric[],
    $7::text::numeric[], $8::text::numeric[], $9::text::numeric[], $10::text::numeric[])
    as l(order_no, sku_no, line_no, move_id, quantity, price, net, tax, cancelled)
  join unnest($11::uuid[], $12::timestamptz[], $13::bool[], $14::uuid[])
    with ordinality as o(id, placed_at, tax_inclusive, warehouse_id, no) on o.no = l.order_no
  join unnest($15::text::uuid[], $16::text::text[], $17::text::text[], $18::text::text[], $19::text::numeric[],
    $20::text::bool[])
    with ordinality as s(id, code, name, unit, tax_rate, is_tracked, no) on s.no = l.sku_no
  -- An order's lines are read together: they shall lie together.
  order by l.order_no, l.line_no
), lines as (
  insert into order_line (tenant_id, order_id, line_no, sku_id, sku_code, sku_name, unit, quantity, base_quantity,
    deal_price, price_reason, tax_inclusive, tax_rate, net, tax, gross, shipped, cancelled)
  select $1, order_id, line_no, sku_id, code, name, unit, quantity, quantity, price, '{HISTORY_REASON}'::json,
         tax_inclusive, tax_rate, net, tax, net + tax, quantity - cancelled, cancelled
  from placed
), issued as (
  select move_id as id, placed_at as at, sku_id, warehouse_id, quantity - cancelled as quantity,
         order_id as document_id, line_no
  from placed where is_tracked and quantity > cancelled
)
{MOVE_ISSUED}
"""  # noqa: S608 - constants of ours


async def write_plain(tx: Tx, orders: Sequence[Priced], warehouse_of: Callable[[Priced], UUID]) -> Taken:
    """Write the lines of plain orders and what left for them; the balances it came from are left to the caller."""
    columns = _Columns()
    for order in orders:
        if order.plain is not None:
            columns.add(order, order.plain, warehouse_of(order))
    if columns.orders:
        await tx.write(_WRITE, *columns.arguments())
    return columns.taken()


class _Columns:
    """The lines of many orders by columns."""

    def __init__(self) -> None:
        self.orders: list[tuple[UUID, datetime, bool, UUID]] = []
        self._skus: list[SkuFacts] = []
        self._number_of: dict[int, int] = {}
        self._order_numbers: list[int] = []
        self._sku_numbers: list[int] = []
        self._line_numbers: list[int] = []
        self._decimals: tuple[list[Decimal], ...] = ([], [], [], [], [])
        # By warehouse, what left of each SKU by its number.
        self._left: dict[UUID, dict[int, Decimal]] = {}

    def add(self, order: Priced, lines: PlainLines, warehouse_id: UUID) -> None:
        history = order.placement.history
        self.orders.append((order.id, order.placed_at, history is not None and history.tax_inclusive, warehouse_id))
        count = len(lines.skus)
        self._order_numbers += repeat(len(self.orders), count)
        self._line_numbers += range(1, count + 1)
        numbers = [self._number(sku) for sku in lines.skus]
        self._sku_numbers += numbers
        parts = (lines.quantities, lines.prices, lines.nets, lines.taxes, lines.cancelled)
        for column, part in zip(self._decimals, parts, strict=True):
            column += part
        left = self._left.setdefault(warehouse_id, {})
        for number, quantity, cancelled in zip(numbers, lines.quantities, lines.cancelled, strict=True):
            left[number] = left.get(number, ZERO) + (quantity - cancelled if cancelled else quantity)

    def _number(self, sku: SkuFacts) -> int:
        # Facts are one object a SKU, and its address is hashed faster than its id.
        number = self._number_of.get(id(sku))
        if number is None:
            self._skus.append(sku)
            number = self._number_of[id(sku)] = len(self._skus)
        return number

    def arguments(self) -> Iterator[object]:
        """The parameters of the statement: columns as the text of arrays, which costs both sides the least."""
        numbers = (self._order_numbers, self._sku_numbers, self._line_numbers)
        yield from (_array(map(str, column)) for column in numbers)
        yield _array(new_ids(len(self._line_numbers)))
        yield from (_array(map(str, column)) for column in self._decimals)
        for place in range(4):
            yield [order[place] for order in self.orders]
        skus = self._skus
        yield _array(sku.id.hex for sku in skus)
        for name in ("code", "name", "base_unit"):
            yield _array(_quoted(getattr(sku, name)) for sku in skus)
        yield _array("null" if sku.tax_rate is None else str(sku.tax_rate) for sku in skus)
        yield _array("t" if sku.supply_policy != "untracked" else "f" for sku in skus)

    def taken(self) -> Taken:
        return {
            (self._skus[number - 1].id, warehouse_id): quantity
            for warehouse_id, left in self._left.items()
            for number, quantity in left.items()
            if quantity and self._skus[number - 1].supply_policy != "untracked"
        }


def _array(elements: Iterable[str]) -> str:
    return f"{{{','.join(elements)}}}"


@lru_cache(maxsize=65_536)
def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
