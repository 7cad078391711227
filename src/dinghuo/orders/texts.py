"""What people write on orders and carts: as long as can be kept, and nothing that cannot be stored."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from dinghuo.kit.errors import MALFORMED, Fault, Message
from dinghuo.kit.texts import EMPTY, text_faults
from dinghuo.orders.requests import LineRequest, ShipTo

_LONGEST = 2000
_LONGEST_COUPON = 64
MOST_COUPONS = 10
TOO_MANY_COUPONS = Message(
    "too-many-coupons", "一张订单最多 {most} 张优惠券", "At most {most} coupons on an order", MALFORMED
)
_NEEDED = ("recipient", "street")


class Written(Protocol):
    """An order or a cart."""

    @property
    def note(self) -> str | None: ...
    @property
    def customer_reference(self) -> str | None: ...
    @property
    def ship_to(self) -> ShipTo | None: ...
    @property
    def lines(self) -> Sequence[LineRequest]: ...


def check_written(request: Written) -> Iterator[Fault]:
    """Every text that cannot be kept as it is."""
    yield from text_faults("note", request.note, _LONGEST)
    yield from text_faults("customer_reference", request.customer_reference, _LONGEST)
    if request.ship_to is not None:
        yield from check_address("ship_to", request.ship_to)
    for number, line in enumerate(request.lines, start=1):
        if line.note is not None:
            yield from text_faults(f"lines[{number - 1}].note", line.note, _LONGEST, line=number)
        if line.ship_to is not None:
            yield from check_address(f"lines[{number - 1}].ship_to", line.ship_to, line=number)


def check_address(field: str, ship_to: ShipTo, *, line: int | None = None) -> Iterator[Fault]:
    """What of an address cannot be kept, or is missing."""
    for name, text in msgspec.structs.asdict(ship_to).items():
        yield from text_faults(f"{field}.{name}", text, _LONGEST, line=line)
        if name in _NEEDED and not text.strip():
            yield EMPTY(f"{field}.{name}", line=line)


def coupon_faults(coupons: Sequence[str]) -> Iterator[Fault]:
    """Codes that are none, or too many of them."""
    if len(coupons) > MOST_COUPONS:
        yield TOO_MANY_COUPONS("coupons", most=MOST_COUPONS)
    for number, code in enumerate(coupons[:MOST_COUPONS]):
        yield from text_faults(f"coupons[{number}]", code, _LONGEST_COUPON)
