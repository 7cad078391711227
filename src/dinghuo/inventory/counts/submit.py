"""Submit a count: its differences are booked, once those agree whom the seller's policies name."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.approvals.ask import Ask, ask
from dinghuo.approvals.events import Decided
from dinghuo.approvals.kinds import Fact, Kind
from dinghuo.catalogue.quantities import plain
from dinghuo.inventory.book import book
from dinghuo.inventory.counts.sheet import lock_count
from dinghuo.inventory.levels import Level, Place
from dinghuo.inventory.lots.bar import barred_of
from dinghuo.inventory.lots.book import lots_there
from dinghuo.inventory.moves import Move, write_moves
from dinghuo.inventory.rebalance import Booking
from dinghuo.inventory.states import COUNT
from dinghuo.inventory.supply import today_of
from dinghuo.inventory.tables import stock_count
from dinghuo.kit import audit
from dinghuo.kit.actor import SYSTEM, Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.money import ZERO, round_money
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.transitions import transition

SUBJECT = "stock_count"
STOCK_COUNT = Kind(
    SUBJECT,
    "盘点差异",
    "Differences of a stock count",
    facts=(
        Fact(
            "value",
            "number",
            "差异金额（盘盈盘亏绝对值合计）",
            "Worth of the differences, up or down",
            secret="cost",  # noqa: S106 - a right
        ),
        Fact("net_value", "number", "差异净额（盘盈为正）", "Worth of the differences, net", secret="cost"),  # noqa: S106 - the name of a right
        Fact("largest_value", "number", "单行最大差异金额", "Worth of the largest difference", secret="cost"),  # noqa: S106 - the name of a right
        Fact("lines", "integer", "差异行数", "Lines that differ"),
        Fact("without_cost", "integer", "没有成本的差异行数", "Lines that differ and have no cost"),
        Fact("warehouse", "text", "仓库", "Warehouse"),
    ),
    has_customer=False,
)

NOTHING_COUNTED = Message("count-nothing", "还没有录入任何实盘数量", "Nothing has been counted yet", CONFLICT)
NO_LONGER_FITS = Message(
    "count-no-longer-fits",
    "{sku} 现存 {on_hand}，不能再减少 {wanted}：冻结账面数之后已有出库，请重新盘点该商品",
    "{on_hand} of {sku} are left, {wanted} less cannot be: goods have left since the sheet was written: count again",
    CONFLICT,
)


class Difference(msgspec.Struct, frozen=True):
    """What was counted of a SKU less what the books said; `cost` of one base unit."""

    line_no: int
    sku_id: UUID
    sku: str
    quantity: Decimal
    note: str | None
    cost: Decimal | None
    lot_id: UUID | None = None
    lot: str | None = None

    @property
    def value(self) -> Decimal:
        return round_money(self.quantity * (self.cost or ZERO))


_DIFFERENCES = """
select l.line_no, l.sku_id, k.code as sku, l.counted - l.expected as quantity, l.note, c.cost, l.lot_id,
  o.number as lot
from stock_count_line l
left join lot o on o.tenant_id = $1 and o.id = l.lot_id
join sku k on k.tenant_id = $1 and k.id = l.sku_id
left join lateral (
  select sc.cost from sku_cost sc where sc.tenant_id = $1 and sc.sku_id = l.sku_id and sc.valid_from <= $3
  order by sc.valid_from desc limit 1
) c on true
where l.tenant_id = $1 and l.count_id = $2 and l.counted <> l.expected
order by l.line_no
"""


async def submit_count(tx: Tx, *, count_id: UUID, by: Actor) -> str:
    """Book the differences, or ask for approval when a policy wants it: the state then."""
    head = await lock_count(tx, count_id)
    if not head.counted_count:
        raise Refused(NOTHING_COUNTED("lines"))
    differences = await differences_of(tx, count_id)
    facts = facts_of(differences, head.warehouse)
    (request_id,) = await ask(
        tx, [Ask(subject_kind=SUBJECT, subject_id=count_id, title=head.number, facts=facts, by=by)]
    )
    to = "booked" if request_id is None else "pending_approval"
    values: dict[str, Any] = {"submitted_at": tx.now, "request_id": request_id, "last_outcome": None}
    await _move_on(tx, head, to, by, **values)
    if request_id is None:
        await _book(tx, head, differences, by)
    return to


async def differences_of(tx: Tx, count_id: UUID) -> list[Difference]:
    rows = await tx.fetch(_DIFFERENCES, count_id, await today_of(tx))
    return [Difference(**dict(row)) for row in rows]


def facts_of(differences: Sequence[Difference], warehouse: str) -> dict[str, Any]:
    """What policies may ask of a count."""
    values = [difference.value for difference in differences]
    return {
        "value": sum((abs(value) for value in values), ZERO),
        "net_value": sum(values, ZERO),
        "largest_value": max((abs(value) for value in values), default=ZERO),
        "lines": len(differences),
        "without_cost": sum(difference.cost is None for difference in differences),
        "warehouse": warehouse,
    }


async def _move_on(tx: Tx, head: Any, to: str, by: Actor, **values: Any) -> None:
    booked = {"booked_at": tx.now} if to == "booked" else {}
    revision = stock_count.c.revision + 1
    await transition(tx, stock_count, COUNT, [head.id], to, revision=revision, **booked, **values)
    await audit.record(tx, [audit.Change("stock_count", head.id, to, by, {"state": [head.state, to]})])


async def _book(tx: Tx, head: Any, differences: Sequence[Difference], by: Actor) -> None:
    """Add the differences to what is there now: what came and left since the sheet was written stays as it is."""
    if not differences:
        return
    # What is of no lot comes last: where it is short, it takes of the lots what is left of them.
    several = sorted(differences, key=lambda difference: (difference.lot_id is None, difference.line_no))
    of: dict[Place, list[Difference]] = defaultdict(list)
    for difference in several:
        of[difference.sku_id, head.warehouse_id].append(difference)
    moves = {
        difference.line_no: Move(
            new_id(),
            tx.now,
            "count",
            difference.sku_id,
            head.warehouse_id,
            difference.quantity,
            document_kind=SUBJECT,
            document_id=head.id,
            line_no=difference.line_no,
            note=difference.note,
            actor_id=by.id,
        )
        for difference in several
    }
    lots = {moves[one.line_no].id: one.lot_id for one in several if one.lot_id is not None}
    barred = await barred_of(tx, moves.values(), lots)
    await book(
        tx,
        [
            Booking(*place, by=sum((one.quantity for one in group), ZERO), barred=barred.get(place, ZERO))
            for place, group in of.items()
        ],
        check=lambda before, after: _check(of, before, after),
        under_lock=partial(_check_lots, tx, of),
    )
    await write_moves(tx, list(moves.values()), lots=lots)


_ByPlace = Mapping[Place, Sequence[Difference]]


def _fault(difference: Difference, on_hand: Decimal) -> Fault:
    return NO_LONGER_FITS(
        f"lines[{difference.line_no - 1}].counted",
        line=difference.line_no,
        sku=f"{difference.sku} {difference.lot}" if difference.lot else difference.sku,
        on_hand=plain(on_hand),
        wanted=plain(-difference.quantity),
    )


def _check(of: _ByPlace, before: Mapping[Place, Level], after: Mapping[Place, Level]) -> list[Fault]:
    return [
        _fault(difference, before[place].on_hand)
        for place, several in of.items()
        if after[place].on_hand < 0
        for difference in several
        if difference.quantity < 0
    ]


async def _check_lots(tx: Tx, of: _ByPlace) -> list[Fault]:
    """Nothing was written yet: whoever finds that a lot has left meanwhile leaves no trace."""
    named = [
        (place, one.lot_id, one)
        for place, several in of.items()
        for one in several
        if one.lot_id is not None and one.quantity < 0
    ]
    if not named:
        return []
    there = await lots_there(tx, sorted({place for place, _, _ in named}))
    left = {(place, lot.lot_id): lot.on_hand for place, lots in there.items() for lot in lots}
    return [
        _fault(one, on_hand)
        for place, lot_id, one in named
        if (on_hand := left.get((place, lot_id), ZERO)) + one.quantity < 0
    ]


async def settle_counts(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """Book the counts that were approved; open those again that were not, or that no longer fit."""
    outcomes: dict[UUID, str] = {}
    for delivery in deliveries:
        said = delivery.read(Decided)
        if said.subject_kind == SUBJECT:
            outcomes[said.subject_id] = said.outcome
    for count_id, outcome in sorted(outcomes.items()):
        head = await lock_count(tx, count_id)
        if head.state != "pending_approval":
            continue
        if outcome == "approved":
            try:
                await _book(tx, head, await differences_of(tx, count_id), SYSTEM)
            except Refused:
                # Nothing was written: goods have left meanwhile, and somebody has to count again.
                outcome = "no_longer_fits"
            else:
                await _move_on(tx, head, "booked", SYSTEM, last_outcome=outcome)
                continue
        await _move_on(tx, head, "open", SYSTEM, last_outcome=outcome)
