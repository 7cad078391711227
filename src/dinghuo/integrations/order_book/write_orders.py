"""Place the orders of an order book in slices, two at work: one is prepared while the database has the other."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from dinghuo.integrations.order_book.invoices import Invoice
from dinghuo.integrations.order_book.known import ROUTE, import_principal
from dinghuo.integrations.order_book.match import Part
from dinghuo.integrations.order_book.plan import Plan
from dinghuo.integrations.order_book.slices import both
from dinghuo.integrations.order_book.taken_back import historical_returns
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.idempotency import Key
from dinghuo.kit.money import ZERO
from dinghuo.kit.statistics import refresh
from dinghuo.orders.place import place
from dinghuo.orders.record_returns import record_returns
from dinghuo.orders.requests import History, LineRequest, OrderRequest, Origin, Outcome, Placed, Placement

# Lines in a slice. Closed orders hold no balance of the present, so that nobody waits for a large slice; open ones
# hold the stock and credit that other orders may be waiting for, 200 ms at most.
SLICE_LINES = 8_000
OPEN_LINES = 2_000

_placed = msgspec.json.Decoder(Placed)


@dataclass(slots=True)
class Placing:
    """The orders of a plan on their way into one tenant. `refused` are those that could not be placed, and why."""

    database: Database
    tenant_id: int
    plan: Plan
    warehouse_id: UUID
    by: Actor
    done: Callable[[int], None]
    import_id: UUID | None = None
    refused: list[tuple[Invoice, Refused]] = field(default_factory=list)
    parts: dict[str, list[Part]] = field(init=False)
    principal: UUID = field(init=False)
    # Whether the planner was told of the first orders: until then each line's foreign key reads all of them.
    counted: bool = False

    def __post_init__(self) -> None:
        self.principal = import_principal(self.tenant_id)
        self.parts = defaultdict(list)
        for part in self.plan.parts:
            if part.order is not None and not part.is_known:
                self.parts[part.order.number].append(part)

    async def run(self) -> None:
        """Place every order that is not known. A slice that fails stops the rest; what was committed stays."""
        waiting = self._slices()
        await both(self._work(waiting), self._work(waiting))

    async def _work(self, waiting: Iterator[list[Invoice]]) -> None:
        for orders in waiting:
            await self._place(orders)
            self.done(sum(len(order.lines) for order in orders))

    def _slices(self) -> Iterator[list[Invoice]]:
        several: list[Invoice] = []
        lines, most = 0, SLICE_LINES
        for order in self.plan.new_orders:
            most = min(most, OPEN_LINES if order.is_live else SLICE_LINES)
            if several and lines + len(order.lines) > most:
                yield several
                several, lines, most = [], 0, OPEN_LINES if order.is_live else SLICE_LINES
            several.append(order)
            lines += len(order.lines)
        if several:
            yield several

    async def _place(self, orders: Sequence[Invoice]) -> None:
        placements = [self._placement(order) for order in orders]
        first, self.counted = not self.counted, True

        async def command(tx: Tx) -> list[Outcome]:
            outcomes = await place(tx, placements)
            await self._record_cancelled(tx, orders, outcomes)
            if first:
                await refresh(tx, "sales_order")
            return outcomes

        outcomes = await self.database.run(self.tenant_id, command)
        for order, outcome in zip(orders, outcomes, strict=True):
            if outcome.refused is not None:
                self.refused.append((order, outcome.refused))

    async def _record_cancelled(self, tx: Tx, orders: Sequence[Invoice], outcomes: Sequence[Outcome]) -> None:
        """Keep what cancelled lines of these orders, beside the orders: both or neither."""
        placed = {
            order.number: _placed.decode(outcome.body).id
            for order, outcome in zip(orders, outcomes, strict=True)
            if order.cancelled and outcome.body is not None and not outcome.replayed
        }
        parts = [part for number in placed for part in self.parts.get(number, ())]
        if parts:
            returns, untracked = await historical_returns(tx, self.plan, parts, placed)
            await record_returns(tx, returns=returns, warehouse_id=self.warehouse_id, untracked=untracked, by=self.by)

    def _placement(self, order: Invoice) -> Placement:
        plan = self.plan
        lines = plan.lines
        units, notes = lines.column("unit"), lines.column("note")
        cancelled = [ZERO] * len(order.lines)
        for at, quantity in order.cancelled.items():
            cancelled[at] = plan.units.base(order.lines[at], quantity)
        return Placement(
            request=OrderRequest(
                customer=order.customer,
                currency=order.currency,
                lines=[
                    LineRequest(
                        lines.skus[line],
                        lines.quantities[line],
                        units[line] if units else None,
                        lines.prices[line],
                        None,
                        notes[line] if notes else None,
                    )
                    for line in order.lines
                ],
            ),
            by=self.by,
            key=Key(self.principal, ROUTE, order.number, order.digest),
            origin=Origin("import", self.import_id) if self.import_id else None,
            history=History(
                number=order.number,
                placed_at=order.at,
                tax_inclusive=plan.tax_inclusive,
                cancelled=tuple(cancelled),
                live=order.is_live,
                order=order.order,
                warehouse_id=self.warehouse_id,
            ),
        )
