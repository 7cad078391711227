"""What orders must know of the blanket orders they name, remembered in process by their version."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.kit.money import round_price
from dinghuo.kit.texts import storable

TOUCHED = "blankets"


class BlanketLineFacts(msgspec.Struct, frozen=True):
    """One line: its price is per `unit`, of which `quantity` are `base_quantity`."""

    id: UUID
    line_no: int
    sku_id: UUID
    unit: str
    quantity: Decimal
    base_quantity: Decimal
    price: Decimal

    def price_in(self, unit: str, ratio: tuple[int, int]) -> Decimal:
        """The agreed price of another unit, which is so many base units."""
        if unit == self.unit:
            return self.price
        per_base = self.price * self.quantity / self.base_quantity
        return round_price(per_base * ratio[0] / ratio[1])


class BlanketFacts(msgspec.Struct, frozen=True):
    """One blanket order, whatever its state."""

    id: UUID
    number: str
    organisation_id: UUID
    customer_id: UUID
    state: str
    currency: str
    tax_inclusive: bool
    valid_from: date
    valid_until: date
    lines: dict[UUID, BlanketLineFacts]

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_until


_BLANKETS = """
select b.id, b.number, b.organisation_id, b.customer_id, b.state, b.currency, b.tax_inclusive, b.valid_from,
  b.valid_until, l.id as line_id, l.line_no, l.sku_id, l.unit, l.quantity, l.base_quantity, l.price
from blanket_order b join blanket_line l on l.tenant_id = $1 and l.blanket_id = b.id
where b.tenant_id = $1 and b.number = any($2::text[])
order by b.id, l.line_no
"""


async def load_blankets(tx: Tx, numbers: Collection[str]) -> dict[str, BlanketFacts]:
    """The blanket orders with these numbers. Those unknown are absent. Read, never written to."""
    memory: dict[str, BlanketFacts] = (await tx.cached(TOUCHED)).setdefault("blankets", {})
    missing = storable(number for number in numbers if number not in memory)
    if missing:
        for row in await tx.fetch(_BLANKETS, missing):
            if row["number"] not in memory:
                fields = {name: row[name] for name in BlanketFacts.__struct_fields__ if name != "lines"}
                memory[row["number"]] = BlanketFacts(**fields, lines={})
            line = {name: row[name] for name in BlanketLineFacts.__struct_fields__ if name != "id"}
            memory[row["number"]].lines[row["sku_id"]] = BlanketLineFacts(id=row["line_id"], **line)
    return memory
