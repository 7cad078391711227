"""What rules come to, as people read it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from dinghuo.kit.errors import Language
from dinghuo.orders.rules.outcome import Delivery, Hint

_SHOWN = 5


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """When an order can come: `earliest`, and the first days on which it can (`next`)."""

    counts_for: date
    after_cut_off: bool
    cut_off: str | None
    earliest: date | None
    next: list[date]
    route: str | None
    weekdays: list[int] | None
    said: str


class HintView(msgspec.Struct, frozen=True, rename={"start": "from"}):
    """What would make the order better: `missing` to reach `from`."""

    code: str
    message: str
    missing: Decimal
    start: Decimal


def delivery_view(delivery: Delivery | None, language: Language) -> DeliveryView | None:
    if delivery is None:
        return None
    route = delivery.route if language == "zh" else delivery.route_en or delivery.route
    return DeliveryView(
        counts_for=delivery.counts_for,
        after_cut_off=delivery.after_cut_off,
        cut_off=delivery.cut_off,
        earliest=delivery.earliest,
        next=list(delivery.upcoming(_SHOWN)),
        route=route,
        weekdays=sorted(delivery.weekdays) if delivery.route is not None else None,
        said=_said(delivery, language),
    )


def _said(delivery: Delivery, language: Language) -> str:
    counted, earliest = delivery.counts_for.isoformat(), delivery.earliest
    if language == "zh":
        late = f"{delivery.cut_off} 已截单，按 {counted} 计；" if delivery.after_cut_off else ""
        return late + (f"最早 {earliest.isoformat()} 送达" if earliest else "近期没有送货日")
    late = f"after {delivery.cut_off}: counts for {counted}; " if delivery.after_cut_off else ""
    return late + (f"earliest delivery {earliest.isoformat()}" if earliest else "no delivery day in sight")


def hint_views(hints: Sequence[Hint], currency: str, language: Language) -> list[HintView]:
    return [
        HintView(
            hint.message.code,
            hint.message.sentence(language, {"missing": f"{hint.missing:f}", "currency": currency}),
            hint.missing,
            hint.start,
        )
        for hint in hints
    ]
