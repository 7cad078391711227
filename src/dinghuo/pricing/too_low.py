"""Prices below what the goods cost, and below the least that they are to be sold for."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

import msgspec

MOST_SHOWN = 100


class TooLow(msgspec.Struct, frozen=True, kw_only=True):
    """A price that is too low, per `unit` and without tax like its bounds.

    `list` is the list that has it, where others than the one that is looked at have prices; `list_price` what it is
    before a promotion is granted.
    """

    list: str | None
    sku: str
    name: str
    unit: str
    from_quantity: Decimal
    list_price: Decimal | None
    net_price: Decimal
    cost: Decimal | None
    floor: Decimal | None


class Lowest(msgspec.Struct, frozen=True, kw_only=True):
    """`below_cost` has the worst hundred of `below_cost_count` prices below cost, `below_floor` those below the floor
    price. `costless` counts the prices of goods whose cost is not known."""

    entries: int
    below_cost_count: int
    below_cost: Sequence[TooLow]
    below_floor_count: int
    below_floor: Sequence[TooLow]
    costless: int

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> Self:
        """From what `worst_of` answers."""
        head = rows[0]
        by_bound: dict[str, list[TooLow]] = {"cost": [], "floor": []}
        for row in rows:
            if row["bound"] is not None:
                by_bound[row["bound"]].append(TooLow(**{name: row[name] for name in TooLow.__struct_fields__}))
        return cls(
            entries=head["entries"],
            below_cost_count=head["below_cost"],
            below_cost=by_bound["cost"],
            below_floor_count=head["below_floor"],
            below_floor=by_bound["floor"],
            costless=head["costless"],
        )


_WORST = """
  (select '{bound}' as bound, p.net_price / nullif(p.{bound}, 0) as share, p.*
  from priced p where p.net_price < p.{bound}
  order by share, p.sku, p.unit, p.from_quantity, p.list limit {most})
"""
_COUNTED = """
with priced as materialized ({priced}), counted as (
  select count(*) as entries, count({costless}) filter (where cost is null) as costless,
    count(*) filter (where net_price < cost) as below_cost, count(*) filter (where net_price < floor) as below_floor
  from priced
), worst as ({worst})
select n.*, w.bound, w.list, w.sku, w.name, w.unit, w.from_quantity, round(w.list_price, 6) as list_price,
  round(w.net_price, 6) as net_price, round(w.cost, 6) as cost, round(w.floor, 6) as floor
from counted n left join worst w on true
order by w.bound, w.share, w.sku, w.unit, w.from_quantity, w.list
"""
_BOUND = """
  left join lateral (
    select k.{bound} from sku_{bound} k
    where k.tenant_id = $1 and k.sku_id = s.id and k.valid_from <= $4 order by k.valid_from desc limit 1
  ) {alias} on true
"""
# Joined to SKUs `s`: `c.cost` and `f.floor` of one base unit on the day $4.
_BOUNDS = _BOUND.format(bound="cost", alias="c") + _BOUND.format(bound="floor", alias="f")


def worst_of(priced: str, *, costless: str = "*") -> str:
    """The statement that finds the worst of these prices: a select of what `TooLow` has, joining `{bounds}`."""
    worst = " union all ".join(_WORST.format(bound=bound, most=MOST_SHOWN) for bound in ("cost", "floor"))
    return _COUNTED.format(priced=priced.format(bounds=_BOUNDS), worst=worst, costless=costless)
