"""What a dealer is told of dates: when their goods can be had, and until when those they ordered wait.

Neither how much there is nor who else waits is theirs to know.
"""

import datetime as dt
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import JSONBody

from dinghuo.catalogue.facts import load_skus
from dinghuo.catalogue.quantities import plain
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.inventory.promise import LinePromise, LineWanted, Wanted, available_to_promise
from dinghuo.kit.bulk import UNKNOWN_CODE
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import FaultView, Language, Message, fault_view
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.texts import storable
from dinghuo.orders.waiting import WaitingLine, why_waiting
from dinghuo.portal.shelf import open_shelf

AnyRequest = Request[Any, Any, Any]

FROM_DAY = Message("portal-from-day", "{quantity} {unit} {on} 可发", "{quantity} {unit} on {on}")
NO_DAY = Message("portal-no-day", "{quantity} {unit} 到货日期未定", "{quantity} {unit} without a date yet")
ALWAYS = Message("portal-always", "随时可发", "It can go at any time")
READY = Message("portal-ready", "已备好货", "It is there for you")
WAITS = Message("portal-waits", "缺货 {waiting} {unit}，预计 {on} 到货", "{waiting} {unit} are expected on {on}")
WAITS_ON = Message(
    "portal-waits-on", "缺货 {waiting} {unit}，到货日期未定", "{waiting} {unit} are missing, without a date yet"
)
SENT = Message("portal-sent", "已全部发出", "All of it has been sent")
OFF = Message("portal-off", "已取消", "It is called off")


class DealerCartWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lines of a cart."""

    lines: Wanted


class DealerPart(msgspec.Struct, frozen=True):
    """So much on a day; null: the day is not known."""

    date: dt.date | None
    quantity: Decimal


class DealerLinePromise(msgspec.Struct, frozen=True, kw_only=True):
    """When one line can be had, in base units. `orderable`: whether it would be taken today."""

    line_no: int
    sku: str
    unit: str
    base_unit: str
    wanted: Decimal
    wanted_on: date
    orderable: bool
    promised_on: date | None
    complete: bool
    on_time: bool
    parts: list[DealerPart]
    message: str


class DealerCartPromise(msgspec.Struct, frozen=True, kw_only=True):
    lines: list[DealerLinePromise]
    complete_on: date | None
    faults: list[FaultView]


class DealerWaitingLine(msgspec.Struct, frozen=True, kw_only=True):
    """How one line stands. `expected_on` null: the day is not known, or there is nothing to wait for."""

    line_no: int
    sku: str
    name: str
    base_unit: str
    ordered: Decimal
    held: Decimal
    waiting: Decimal
    shipped: Decimal
    state: str
    promised_date: date | None
    expected_on: date | None
    late: bool
    message: str


class DealerWaitingOrder(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    number: str
    state: str
    ready_on: date | None
    lines: list[DealerWaitingLine]


async def promise_to_dealer(
    tx: Tx, *, dealer: DealerPrincipal, lines: Sequence[LineWanted], language: Language
) -> DealerCartPromise:
    """When each line can be had. What is not sold to the company is not there."""
    shelf = await open_shelf(tx, dealer)
    known = await load_skus(tx, storable(line.sku for line in lines))
    sold = {i: line for i, line in enumerate(lines) if shelf.sells(known.get(line.sku))}
    numbers = list(sold)
    promise = await available_to_promise(
        tx, lines=list(sold.values()), customer=shelf.customer, days=1, language=language
    )
    unknown = [
        UNKNOWN_CODE(f"lines[{i}].sku", line=i + 1, code=line.sku) for i, line in enumerate(lines) if i not in sold
    ]
    found = [_line(line, numbers[line.line_no - 1] + 1, language) for line in promise.lines]
    faults = [*(fault_view(fault, language) for fault in unknown), *(_moved(f, numbers) for f in promise.faults)]
    return DealerCartPromise(
        lines=found,
        complete_on=None if unknown else promise.complete_on,
        faults=sorted(faults, key=lambda fault: fault.line or 0),
    )


def _moved(fault: FaultView, numbers: Sequence[int]) -> FaultView:
    """A fault of the lines that were asked, told by their places in the request."""
    if fault.line is None:
        return fault
    place = numbers[fault.line - 1]
    field = fault.field.replace(f"lines[{fault.line - 1}]", f"lines[{place}]", 1)
    return msgspec.structs.replace(fault, line=place + 1, field=field)


def _line(line: LinePromise, line_no: int, language: Language) -> DealerLinePromise:
    by_day: dict[date | None, Decimal] = {}
    for part in line.parts:
        by_day[part.date] = by_day.get(part.date, Decimal(0)) + part.quantity
    return DealerLinePromise(
        line_no=line_no,
        sku=line.sku,
        unit=line.unit,
        base_unit=line.base_unit,
        wanted=line.wanted,
        wanted_on=line.wanted_on,
        orderable=line.orderable,
        promised_on=line.promised_on,
        complete=line.complete,
        on_time=line.on_time,
        parts=[DealerPart(day, quantity) for day, quantity in by_day.items()],
        message=_said(line, by_day, language),
    )


def _said(line: LinePromise, by_day: dict[date | None, Decimal], language: Language) -> str:
    if line.supply_policy == "untracked":
        return ALWAYS.sentence(language, {})
    said = []
    for day, quantity in by_day.items():
        of = {"quantity": plain(quantity), "unit": line.base_unit, "on": day}
        said.append((NO_DAY if day is None else FROM_DAY).sentence(language, of))
    return ("，" if language == "zh" else ", ").join(said)


async def waiting_of_dealer(
    tx: Tx, *, dealer: DealerPrincipal, order_id: UUID, language: Language
) -> DealerWaitingOrder:
    """Until when each line of one of the company's orders waits."""
    order = await why_waiting(tx, principal=dealer, order_id=order_id, language=language)
    return DealerWaitingOrder(
        id=order.id,
        number=order.number,
        state=order.state,
        ready_on=order.ready_on,
        lines=[_waiting(line, language) for line in order.lines],
    )


def _waiting(line: WaitingLine, language: Language) -> DealerWaitingLine:
    told = {name: getattr(line, name) for name in DealerWaitingLine.__struct_fields__ if name != "message"}
    return DealerWaitingLine(**told, message=_why(line, language))


def _why(line: WaitingLine, language: Language) -> str:
    plain_words = {"ready": READY, "untracked": ALWAYS, "shipped": SENT, "cancelled": OFF}
    if line.state in plain_words:
        return plain_words[line.state].sentence(language, {})
    missing = line.waiting + sum((place.presold for place in line.places), Decimal(0))
    of = {"waiting": plain(missing), "unit": line.base_unit, "on": line.expected_on}
    return (WAITS_ON if line.expected_on is None else WAITS).sentence(language, of)


@post("/available-to-promise", opt=needs("portal.catalogue"), status_code=200)
async def promise_cart(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, data: JSONBody[DealerCartWanted]
) -> DealerCartPromise:
    """When each line of a cart can be had, if it were ordered now. Nothing is reserved."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await promise_to_dealer(tx, dealer=dealer, lines=data.lines, language=language_of(request))


@get("/orders/{order_id:uuid}/waiting", opt=needs("portal.orders.read"))
async def read_waiting(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID
) -> DealerWaitingOrder:
    """Until when each line of an order waits."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await waiting_of_dealer(tx, dealer=dealer, order_id=order_id, language=language_of(request))


HANDLERS = [promise_cart, read_waiting]
