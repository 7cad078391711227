"""How the lines of a cart become others: what the audit keeps of it, and prices that those who save it cannot see."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from dinghuo.kit import audit
from dinghuo.orders.requests import DraftLine, LineRequest

_Goods = tuple[str, str | None]
_APART = ("revision", "updated_at")


def with_hidden_prices(old: Iterable[DraftLine], new: Sequence[DraftLine]) -> list[DraftLine]:
    """The new lines with the prices that others set for the same SKU and unit, first for first."""
    prices: dict[_Goods, deque[Decimal | None]] = defaultdict(deque)
    for line in old:
        prices[_goods(line)].append(line.price)
    kept = []
    for line in new:
        of_goods = prices[_goods(line)]
        hidden = of_goods.popleft() if of_goods else None
        kept.append(msgspec.structs.replace(line, price=hidden) if line.price is None else line)
    return kept


def as_draft_line(line: LineRequest) -> DraftLine:
    return line if isinstance(line, DraftLine) else DraftLine(**msgspec.structs.asdict(line))


def differences(old: msgspec.Struct, new: msgspec.Struct) -> dict[str, list[Any]]:
    """Field by field what changed of a cart; of lines only those that did: `line <SKU> <unit>`: [old, new quantity].

    A cart is saved at every stroke: whole lists of lines would outgrow all other traces. A line of which something
    else changed is named with its quantity twice.
    """
    before, after = msgspec.to_builtins(old), msgspec.to_builtins(new)
    was, is_now = _by_goods(before.pop("lines")), _by_goods(after.pop("lines"))
    changed = {
        " ".join(filter(None, ["line", *goods])): [_quantity(was.get(goods)), _quantity(is_now.get(goods))]
        for goods in {**was, **is_now}
        if was.get(goods) != is_now.get(goods)
    }
    return audit.differences(before, {name: after[name] for name in after if name not in _APART}) | changed


def _goods(line: LineRequest) -> _Goods:
    return (line.sku, line.unit)


def _by_goods(lines: Iterable[dict[str, Any]]) -> dict[_Goods, list[dict[str, Any]]]:
    found: dict[_Goods, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        found[(line["sku"], line["unit"])].append(line)
    return found


def _quantity(lines: Iterable[dict[str, Any]] | None) -> str | None:
    """As it was asked for: a cart may hold quantities that no order takes, and nothing is reckoned with them."""
    return None if lines is None else " + ".join(line["quantity"] for line in lines)
